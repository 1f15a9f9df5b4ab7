"""The addresses of the desktop app follow from its configuration, and from nothing else."""

from typing import Any

import pytest

from claude_byoc.contract.desktop_allowlist import desktop_rows
from claude_byoc.contract.desktop_profiles import DESKTOP_PROFILES

QUIET: dict[str, Any] = {
    "disableEssentialTelemetry": True, "disableNonessentialTelemetry": True, "disableNonessentialServices": True,
    "disableAutoUpdates": True,
}  # fmt: skip
GATEWAY: dict[str, Any] = {
    "inferenceProvider": "gateway",
    "inferenceGatewayBaseUrl": "https://gw.example.com",
}
BEDROCK = {"inferenceProvider": "bedrock", "inferenceBedrockRegion": "eu-west-3"}
VERTEX = {"inferenceProvider": "vertex", "inferenceVertexProjectId": "p", "inferenceVertexRegion": "us-east5"}
ALWAYS = "downloads.claude.ai"


def hosts(values: dict[str, Any], *, required: bool = True) -> set[str]:
    return {row.host for row in desktop_rows(values) if row.required is required}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (GATEWAY, {"gw.example.com"}),
        (
            {**GATEWAY, "inferenceGatewayOidc": {"clientId": "c", "issuer": "https://idp.example.com/x"}},
            {"gw.example.com", "idp.example.com"},
        ),
        ({"inferenceProvider": "anthropic"}, {"api.anthropic.com", "platform.claude.com"}),
        (
            {**BEDROCK, "inferenceBedrockBearerToken": "t"},
            {"bedrock-runtime.eu-west-3.amazonaws.com", "bedrock.eu-west-3.amazonaws.com"},
        ),
        (
            {**BEDROCK, "inferenceModels": ["m"], "inferenceBedrockSsoStartUrl": "https://d-1.awsapps.com/start",
             "inferenceBedrockSsoRegion": "eu-west-1"},
            {"bedrock-runtime.eu-west-3.amazonaws.com", "sts.amazonaws.com", "sts.eu-west-3.amazonaws.com",
             "portal.sso.eu-west-1.amazonaws.com", "oidc.eu-west-1.amazonaws.com", "*.awsapps.com", "d-1.awsapps.com"},
        ),
        (
            {"inferenceProvider": "bedrock", "inferenceBedrockRegion": "us-gov-west-1",
             "inferenceBedrockBearerToken": "t"},
            {"bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "bedrock-fips.us-gov-west-1.amazonaws.com"},
        ),
        (
            {**BEDROCK, "inferenceModels": ["m"], "inferenceBedrockBaseUrl": "https://vpce.example.com:8443"},
            {"vpce.example.com"},
        ),
        ({**BEDROCK, "inferenceProvider": "mantle"}, {"bedrock-mantle.eu-west-3.api.aws"}),
        (VERTEX, {"us-east5-aiplatform.googleapis.com", "oauth2.googleapis.com"}),
        (
            {**VERTEX, "inferenceVertexRegion": "global", "inferenceVertexOAuthClientId": "c"},
            {"aiplatform.googleapis.com", "oauth2.googleapis.com", "accounts.google.com"},
        ),
        (
            {**VERTEX, "inferenceVertexRegion": "eu", "inferenceVertexWorkforceAudience": "//a"},
            {"aiplatform.eu.rep.googleapis.com", "oauth2.googleapis.com", "sts.googleapis.com"},
        ),
        (
            {"inferenceProvider": "foundry", "inferenceFoundryResource": "contoso", "inferenceFoundryClientId": "c"},
            {"contoso.services.ai.azure.com", "login.microsoftonline.com"},
        ),
        ({"bootstrapUrl": "https://boot.example.com/x"}, {"boot.example.com"}),
    ],
)  # fmt: skip
def test_the_hosts_of_each_provider(values: dict[str, Any], expected: set[str]) -> None:
    assert hosts({**QUIET, **values}) == {ALWAYS, *expected}


def test_the_hosts_that_values_name() -> None:
    rows = desktop_rows(
        {
            **QUIET,
            **GATEWAY,
            "otlpEndpoint": "http://otel.example.com:4318",
            "egressProxyUrl": "http://proxy.example.com",
            "managedMcpServers": [
                {"name": "a", "url": "https://mcp.example.com/x", "oauth": {"authorizationServer": ["https://as.example.com"]}},
                {"name": "m", "server": "microsoft365", "azureCloud": "us-gov-high"},
                {"name": "w", "server": "websearch", "provider": "custom", "customUrl": "https://search.example.com"},
                {"name": "g", "server": "github", "host": "github.example.com"},
            ],
            "allowedPluginMarketplaces": [{"source": "github", "repo": "a/b"}],
            "coworkEgressAllowedHosts": ["*.git.example.com", "*", "10.0.0.1:8080"],
        }
    )  # fmt: skip
    assert {(row.host, row.port, row.protocol) for row in rows} >= {
        ("otel.example.com", 4318, "http"), ("proxy.example.com", 80, "http"), ("mcp.example.com", 443, "https"),
        ("as.example.com", 443, "https"), ("graph.microsoft.us", 443, "https"), ("search.example.com", 443, "https"),
        ("login.microsoftonline.us", 443, "https"), ("github.example.com", 443, "https"),
        ("github.com", 443, "https"), ("objects.githubusercontent.com", 443, "https"),
        ("*.git.example.com", 443, "https"), ("10.0.0.1", 8080, "https"),
    }  # fmt: skip
    assert not any(row.host == "*" for row in rows)
    assert {row.hosts for row in rows} == {("desktop",)}


def test_switches_take_groups_away() -> None:
    everything = desktop_rows(GATEWAY)
    assert {row.host for row in everything if row.required} == {
        ALWAYS, "gw.example.com", "claude.ai", "api.anthropic.com",
    }  # fmt: skip
    assert "releases.claude.com" in hosts({**GATEWAY, "updateViaUpdatesHost": True})
    assert "api.anthropic.com" not in hosts({**GATEWAY, "updateViaUpdatesHost": True})
    optional = hosts(GATEWAY, required=False)
    for switch, host in (
        ("disableEssentialTelemetry", "*.sentry.io"),
        ("disableNonessentialTelemetry", "a-cdn.anthropic.com"),
        ("disableNonessentialServices", "cdn.jsdelivr.net"),
    ):
        assert host in optional
        assert host not in hosts({**GATEWAY, switch: True}, required=False)
    locked = desktop_rows({**DESKTOP_PROFILES["locked_down"].values, **GATEWAY})
    assert {row.host for row in locked} == {ALWAYS, "gw.example.com"}


def test_what_is_not_known_yet_has_no_row_and_nothing_configured_none_at_all() -> None:
    assert desktop_rows({}) == []
    assert desktop_rows({"chatTabEnabled": True}) == []
    unknown: dict[str, Any] = {**QUIET, "inferenceProvider": "gateway", "inferenceGatewayBaseUrl": None}
    assert hosts({**unknown, "coworkEgressAllowedHosts": None, "managedMcpServers": None}) == {ALWAYS}


def test_one_row_per_destination() -> None:
    rows = desktop_rows({**GATEWAY, "inferenceGatewayBaseUrl": "https://claude.ai"})
    places = [(row.host, row.port, row.path) for row in rows]
    assert len(set(places)) == len(places)
    (shared,) = [row for row in rows if row.host == "claude.ai"]
    assert shared.required
    assert "the gateway" in shared.why
    assert "updates of the app" in shared.why
