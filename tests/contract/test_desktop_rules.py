"""What goes together in a desktop configuration and what does not."""

from typing import Any

import pytest

from claude_byoc.contract.desktop_rules import check_desktop_set
from claude_byoc.contract.desktop_sign_in import gateway_helper, gateway_key, gateway_sso
from claude_byoc.contract.problems import Problem, errors

GATEWAY = {"inferenceProvider": "gateway", "inferenceGatewayBaseUrl": "https://gw.example.com"}
KEYED: dict[str, Any] = {**GATEWAY, "inferenceGatewayApiKey": "gw-0123456789"}
BEDROCK = {"inferenceProvider": "bedrock", "inferenceBedrockRegion": "eu-west-3"}
VERTEX = {"inferenceProvider": "vertex", "inferenceVertexProjectId": "contoso", "inferenceVertexRegion": "eu"}
FOUNDRY: dict[str, Any] = {
    "inferenceProvider": "foundry", "inferenceFoundryResource": "contoso", "inferenceModels": ["claude-opus-5"],
}  # fmt: skip
SSO = {
    "inferenceBedrockSsoStartUrl": "https://contoso.awsapps.com/start",
    "inferenceBedrockSsoRegion": "eu-west-1",
    "inferenceBedrockSsoAccountId": "123456789012",
    "inferenceBedrockSsoRoleName": "Claude",
}
ISSUER = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"
OIDC = {"clientId": "c", "issuer": ISSUER}
MODELS: dict[str, Any] = {"inferenceModels": ["eu.anthropic.claude-opus-5"]}


def found(values: dict[str, Any], severity: str = "error") -> list[Problem]:
    return [problem for problem in check_desktop_set(values) if problem.severity == severity]


@pytest.mark.parametrize(
    "values",
    [
        KEYED,
        {**GATEWAY, "inferenceCredentialKind": "interactive"},
        {**GATEWAY, "inferenceCredentialHelper": "/opt/helper"},
        {**GATEWAY, "inferenceCredentialHelper": r"C:\Helper\helper.exe", "inferenceCredentialHelperTtlSec": 60},
        gateway_sso("https://gw.example.com", issuer=ISSUER, client_id="c"),
        gateway_sso("https://gw.example.com", issuer=ISSUER, client_id="c", broker=True),
        gateway_sso(
            "https://gw.example.com", issuer=ISSUER, client_id="c", access_token=True,
            scopes="api://x/access_as_user offline_access",
        ),
        gateway_key("https://gw.example.com"),
        gateway_key("https://gw.example.com", "k", x_api_key=True),
        gateway_helper("https://gw.example.com", "/opt/helper"),
        {"inferenceProvider": "anthropic"},
        {"inferenceProvider": "anthropic", "inferenceAnthropicApiKey": "k"},
        {**BEDROCK, **MODELS, **SSO},
        {**BEDROCK, **MODELS, "inferenceBedrockProfile": "claude", "inferenceCredentialKind": "vendor-profile"},
        {**BEDROCK, "inferenceBedrockBearerToken": "t"},
        {"inferenceProvider": "mantle", "inferenceBedrockRegion": "us-east-1", "inferenceBedrockBearerToken": "t"},
        VERTEX,
        {**VERTEX, "inferenceVertexOAuthClientId": "i", "inferenceVertexOAuthClientSecret": "s"},
        {**VERTEX, "inferenceCredentialKind": "workforce", "inferenceVertexWorkforceAudience": "//iam/x",
         "inferenceVertexWorkforceOidc": OIDC},
        {**FOUNDRY, "inferenceFoundryApiKey": "k"},
        {**FOUNDRY, "inferenceFoundryTenantId": "contoso.com",
         "inferenceFoundryClientId": "11111111-2222-3333-4444-555555555555", "inferenceFoundryAuthFlow": "broker"},
        {"bootstrapUrl": "https://bootstrap.example.com/user/bootstrap"},
        {"disableAutoUpdates": True, "egressProxyUrl": "http://proxy.example.com:8080"},
        # Values that are not known yet count as present and right.
        {"inferenceProvider": None, "inferenceGatewayBaseUrl": None},
        {**FOUNDRY, "inferenceModels": None, "inferenceFoundryApiKey": None},
        {**GATEWAY, "inferenceGatewayOidc": None, "inferenceGatewayOidcAuthFlow": "broker"},
    ],
)  # fmt: skip
def test_right_sets(values: dict[str, Any]) -> None:
    assert check_desktop_set(values) == []


@pytest.mark.parametrize(
    ("values", "key", "text"),
    [
        ({"chatTabEnabled": True}, "inferenceProvider", "stays in its standard mode"),
        ({"inferenceProvider": "gateway", "inferenceGatewayApiKey": "k"}, "inferenceGatewayBaseUrl", "requires it"),
        (GATEWAY, "inferenceProvider", "has no credential for gateway"),
        ({**KEYED, "inferenceCredentialHelper": "/h"}, "inferenceGatewayApiKey", "one of several"),
        ({**KEYED, "inferenceCredentialKind": "workforce"}, "inferenceCredentialKind", "does not have"),
        ({**KEYED, "inferenceCredentialKind": "helper-script"}, "inferenceCredentialKind", "is missing"),
        ({**BEDROCK, **MODELS}, "inferenceProvider", "has no credential for bedrock"),
        ({**BEDROCK, **SSO}, "inferenceModels", "bearer token or a credential helper only"),
        (
            {**BEDROCK, **MODELS, **{k: v for k, v in SSO.items() if "Role" not in k}},
            "inferenceBedrockSsoStartUrl",
            "requires inferenceBedrockSsoRoleName",
        ),
        (
            {**BEDROCK, **MODELS, "inferenceCredentialKind": "external-idp", "inferenceIdpOidc": OIDC},
            "inferenceCredentialKind",
            "requires inferenceBedrockBaseUrl",
        ),
        ({**VERTEX, "inferenceVertexOAuthClientId": "i"}, "inferenceVertexOAuthClientId", "requires"),
        ({**FOUNDRY, "inferenceFoundryApiKey": "k", "inferenceModels": []}, "inferenceModels", "Foundry"),
        ({**FOUNDRY, "inferenceFoundryTenantId": "t"}, "inferenceFoundryTenantId", "requires"),
        (
            {"inferenceProvider": "mantle", "inferenceBedrockRegion": "us-east-1", "inferenceBedrockProfile": "p"},
            "inferenceProvider",
            "has no credential for mantle",
        ),
        ({**KEYED, "modelDiscoveryEnabled": False}, "inferenceModels", "modelDiscoveryEnabled is false"),
        ({**GATEWAY, "inferenceGatewayOidc": {"clientId": "c"}}, "inferenceGatewayOidc.issuer", "is missing"),
        ({**GATEWAY, "inferenceGatewayOidc": {"issuer": ISSUER}}, "inferenceGatewayOidc", "has no clientId"),
        (
            {**GATEWAY, "inferenceGatewayOidc": {**OIDC, "issuer": ISSUER + "/.well-known/openid-configuration"}},
            "inferenceGatewayOidc.issuer",
            "/.well-known/",
        ),
        (
            {**GATEWAY, "inferenceGatewayOidc": {**OIDC, "bearerTokenType": "access_token"}},
            "inferenceGatewayOidc.scopes",
            "requires it",
        ),
        (
            {**GATEWAY, "inferenceGatewayOidc": {**OIDC, "resource": "https://gw.example.com"}},
            "inferenceGatewayOidc.resource",
            "Entra",
        ),
        (
            {**GATEWAY, "inferenceGatewayOidcAuthFlow": "broker",
             "inferenceGatewayOidc": {"clientId": "c", "issuer": "https://contoso.okta.com"}},
            "inferenceGatewayOidcAuthFlow",
            "Entra ID alone",
        ),
        ({**KEYED, "inferenceModelPricingEnabled": True, "inferenceModelPricingMultiplier": 0},
         "inferenceModelPricingMultiplier", "is 0"),
        ({**KEYED, "managedMcpServers": [{"name": "a", "url": "https://m.example"}]},
         "managedMcpServers[0].transport", "rejects"),
        ({**KEYED, "managedMcpServers": [{"name": "a", "transport": "http"}]}, "managedMcpServers[0].url", "missing"),
        ({**KEYED, "managedMcpServers": [{"name": "a", "transport": "http", "server": "github"}]},
         "managedMcpServers[0].transport", "beside"),
        ({**KEYED, "managedMcpServers": [{"name": "a", "server": "websearch", "provider": "custom"}]},
         "managedMcpServers[0].customUrl", "missing"),
        ({**KEYED, "allowedPluginMarketplaces": [{"source": "url", "url": "https://p.example/m.json",
                                                  "installationPreference": "required"}]},
         "allowedPluginMarketplaces[0].manifestSha256", "requires it"),
        ({**KEYED, "allowedPluginMarketplaces": [{"source": "github"}]},
         "allowedPluginMarketplaces[0].repo", "missing"),
        ({**KEYED, "builtinToolPolicy": {"Bash": "ask-session"}}, "builtinToolPolicy.Bash", "none of the allowed"),
        ({**KEYED, "inferenceGatewayBaseUrl": "https://u:p@gw.example.com"}, "inferenceGatewayBaseUrl", "password"),
        ({**KEYED, "inferenceGatewayBaseUrl": "http://gw.example.com"}, "inferenceGatewayBaseUrl", "https://"),
        ({**GATEWAY, "inferenceCredentialHelper": "~/helper"}, "inferenceCredentialHelper", "not absolute"),
        ({**KEYED, "inferenceGatewayApiKey": "k\n"}, "inferenceGatewayApiKey", "line break"),
        ({**KEYED, "deploymentDisplayName": "a\x00b"}, "deploymentDisplayName", "U+0000"),
        ({**BEDROCK, "inferenceBedrockBearerToken": "t", "inferenceBedrockBaseUrl": "https://p.example/x"},
         "inferenceBedrockBaseUrl", "more than a host"),
    ],
)  # fmt: skip
def test_wrong_sets(values: dict[str, Any], key: str, text: str) -> None:
    (problem,) = [one for one in found(values) if one.key == key]
    assert text in problem.wrong
    assert len(found(values)) == 1


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({**KEYED, "inferenceBedrockRegion": "eu-west-3"}, "inferenceBedrockRegion"),
        ({**KEYED, "inferenceCredentialKind": "interactive"}, "inferenceGatewayApiKey"),
        ({**KEYED, "inferenceTokenWindowHours": 1}, "inferenceTokenWindowHours"),
        (
            {**KEYED, "inferenceModelPricingEnabled": False, "inferenceModelPricing": []},
            "inferenceModelPricing",
        ),
        ({**KEYED, "otlpHeaders": {"a": "b"}}, "otlpHeaders"),
        ({**KEYED, "trustBootstrapDelivery": True}, "trustBootstrapDelivery"),
        ({**KEYED, "inferenceGatewayBaseUrl": "https://gw.example.com/v1/"}, "inferenceGatewayBaseUrl"),
        ({**KEYED, "inferenceGatewayBaseUrl": "http://localhost:4000"}, "inferenceGatewayBaseUrl"),
        ({**KEYED, "inferenceCustomHeaders": {"Authorization": "x"}}, "inferenceCustomHeaders"),
        ({**KEYED, "egressProxyUrl": "http://p", "egressProxyPacUrl": "http://p/p.pac"}, "egressProxyUrl"),
        ({**VERTEX, "toolSearchEnabled": True}, "toolSearchEnabled"),
        ({**KEYED, "banner": {"txt": "x"}}, "banner.txt"),
        (
            {**GATEWAY, "inferenceCredentialKind": "external-idp", "inferenceIdpOidc": OIDC},
            "inferenceCredentialKind",
        ),
        ({**GATEWAY, "inferenceGatewayOidc": {**OIDC, "scopes": "openid"}}, "inferenceGatewayOidc.scopes"),
    ],
)
def test_what_only_deserves_a_warning(values: dict[str, Any], key: str) -> None:
    assert found(values) == []
    assert [problem.key for problem in found(values, "warning")] == [key]


def test_all_problems_at_once() -> None:
    wrong: dict[str, Any] = {
        "inferenceProvider": "gateway",
        "inferenceGatewayApiKey": 5,
        "mcpToolTimeoutSec": 1,
        "isDxtEnabled": True,
        "hello": "x",
    }
    assert {problem.key for problem in errors(check_desktop_set(wrong))} == {
        "inferenceGatewayBaseUrl", "inferenceGatewayApiKey", "mcpToolTimeoutSec", "isDxtEnabled", "hello",
    }  # fmt: skip
