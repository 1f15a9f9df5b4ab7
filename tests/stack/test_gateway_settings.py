"""A gateway of ours in the settings: what its parts become, and every problem with the setting's own name."""

from typing import Any

import pytest

from claude_byoc import gateway_plan
from claude_byoc.aws.gateway_args import AwsGatewayHostArgs, AwsGatewayNetworkArgs
from claude_byoc.azure.gateway_args import AzureGatewayHostArgs
from claude_byoc.contract.local import LOCAL_TENANT_ID
from claude_byoc.gateway.litellm import SECRETS
from claude_byoc.gateway.service_args import GatewaySecretsArgs, GatewayServiceSettingsArgs
from claude_byoc.gateway.tokens import new_key
from claude_byoc.settings import Settings, args_of, check
from claude_byoc.settings.gateway_hosts import (
    AwsGatewayHostSettings,
    AwsGatewayNetworkSettings,
    AzureGatewayHostSettings,
    GoogleGatewayHostSettings,
)
from claude_byoc.settings.gateway_service import GatewayServiceSettings
from claude_byoc.stack_args import GatewayGoogleArgs
from claude_byoc.stack_plan import app_uses, desktop_plan, plan

PUBLIC = new_key().public
APP, DESKTOP = "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000"
GATEWAY: dict[str, Any] = {
    "cloud": "aws",
    "upstreams": [{"kind": "bedrock", "region": "eu-central-1", "profile": "eu"}],
    "models": ["claude-opus-5"],
    "tokens": {"publicKeys": [PUBLIC]},
    "domain": "claude.example.com",
    "google": {"region": "europe-west1"},
}
ACCOUNTS: dict[str, Any] = {
    "aws": {"accountId": "123456789012", "region": "eu-central-1"},
    "google": {"projectId": "acme-claude"},
    "azure": {"subscriptionId": APP, "location": "swedencentral"},
}


def settings(gateway: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- settings of any kind
    return {"entra": {"tenantId": LOCAL_TENANT_ID}, **ACCOUNTS, "gateway": {**GATEWAY, **gateway}, **more}


def named(given: dict[str, Any], **secrets: str) -> list[str]:
    """Return the keys of every problem, secrets being those of the gateway."""
    return [problem.key for problem in check(given, {}, "prod", gateway_secrets=secrets)[1]]


def keys(given: dict[str, Any], host: str) -> dict[str, str | None]:
    return plan(args_of(Settings.model_validate(given))).keys(host)


@pytest.mark.parametrize(
    ("model", "args"),
    [
        (GatewayServiceSettings, GatewayServiceSettingsArgs),
        (AwsGatewayHostSettings, AwsGatewayHostArgs),
        (AwsGatewayNetworkSettings, AwsGatewayNetworkArgs),
        (GoogleGatewayHostSettings, GatewayGoogleArgs),
        (AzureGatewayHostSettings, AzureGatewayHostArgs),
    ],
)
def test_settings_and_arguments_have_the_same_names(model: Any, args: Any) -> None:  # noqa: ANN401 -- classes
    assert set(model.model_fields) == set(args.__annotations__)


def test_gateway_tokens_need_no_more() -> None:
    assert named(settings({})) == []
    assert keys(settings({}), "office") == {"gateway_url": None, "gateway_api_format": "anthropic"}


def test_moving_to_another_cloud_is_one_setting() -> None:
    """What the new cloud needs besides is named: the stored key of what was reached by identity before."""
    assert named(settings({"cloud": "aws"})) == []
    for cloud in ("google", "azure"):
        assert named(settings({"cloud": cloud})) == [
            "claude-byoc:awsAccessKeyId",
            "claude-byoc:awsSecretAccessKey",
        ]
        assert named(settings({"cloud": cloud}), aws_access_key_id="a", aws_secret_access_key="b") == []


def test_a_firewall_moves_with_the_gateway() -> None:
    """What it needs on the new cloud is named, and what is there already may stay on the old one."""
    keys_of_aws = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    vault = f"/subscriptions/{APP}/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/certificates"
    brought = {
        "certificateUrl": "https://certificates.vault.azure.net/secrets/claude",
        "certificateVaultId": vault,
    }
    for cloud in ("aws", "google"):
        assert named(settings({"cloud": cloud, "waf": True, "azure": brought}), **keys_of_aws) == []
    assert named(settings({"cloud": "azure", "waf": True}), **keys_of_aws) == ["gateway.azure.certificateUrl"]
    assert named(settings({"cloud": "azure", "waf": True, "azure": brought}), **keys_of_aws) == []


def test_entra_makes_the_manifest_sign_people_in() -> None:
    given = settings(
        {"entra": {}}, entra={"tenantId": LOCAL_TENANT_ID, "clientId": APP, "desktopClientId": DESKTOP}
    )
    given["hosts"] = ["office", "desktop"]
    assert named(given) == []
    assert keys(given, "office") == {
        "gateway_url": None,
        "gateway_api_format": "anthropic",
        "entra_sso": "1",
        "graph_client_id": None,
        "entra_scope": None,
        "gateway_auth_source": "entra",
    }
    args = args_of(Settings.model_validate(given))
    assert app_uses(args) == ["sso", "gateway"]
    assert desktop_plan(args).values()["inferenceCredentialKind"] == "interactive"


def test_entra_needs_an_app_of_the_organisation() -> None:
    found = named(settings({"entra": {}}))
    assert found
    assert all(key.startswith(("entra", "gateway.entra")) for key in found), found


def test_a_role_that_nobody_can_hold_is_told() -> None:
    app = {"tenantId": LOCAL_TENANT_ID, "app": {"appRoles": {"use": {"value": "Claude.Use"}, "finance": {}}}}
    assert (
        named(settings({"entra": {"roles": ["Claude.Use"], "teamRoles": {"finance": "finance"}}}, entra=app))
        == []
    )
    wrong = {"roles": ["use"], "teamRoles": {"Finance": "finance"}}
    assert named(settings({"entra": wrong}, entra=app)) == ["gateway.entra.roles", "gateway.entra.teamRoles"]
    elsewhere = {"tenantId": LOCAL_TENANT_ID, "clientId": APP}
    assert named(settings({"entra": wrong}, entra=elsewhere)) == [], (
        "an app that is declared elsewhere has its own"
    )


def test_answers_and_telemetry_are_in_the_manifest() -> None:
    parts = {
        "entra": {},
        "bootstrap": {"office": {"disabled_features": ["thumbs"]}},
        "telemetry": {"collectorUrl": "https://otel.example.com"},
    }
    given = settings(parts, entra={"tenantId": LOCAL_TENANT_ID, "clientId": APP})
    assert named(given) == []
    assert {"bootstrap_url", "otlp_endpoint"} <= set(keys(given, "office"))
    by_token = settings({**parts, "auth": "token"}, entra={"tenantId": LOCAL_TENANT_ID, "clientId": APP})
    assert named(by_token) == []
    assert "gateway_auth_source" not in keys(by_token, "office")
    assert "bootstrap_url" in keys(by_token, "office")


def test_a_foundry_resource_of_the_environment_is_called() -> None:
    foundry = {
        "auth": "key",
        "models": {"claude-opus-5": {"capacity": 40}},
        "resourceName": "acme-foundry",
        "organization": {"organizationName": "Acme", "countryCode": "DE", "industry": "technology"},
    }
    given = settings(
        {"cloud": "azure", "upstreams": [{"kind": "foundry"}]}, foundry=foundry, paths={"office": "gateway"}
    )
    assert named(given) == []
    given["foundry"] = {**foundry, "auth": "keyless"}
    assert named(given) == ["claude-byoc:foundryApiKey"]
    given["gateway"]["upstreams"] = [{"kind": "foundry", "keyless": True}]
    assert named(given) == []


@pytest.mark.parametrize(
    ("gateway", "key"),
    [
        ({"cloud": None}, "gateway.cloud"),
        ({"cloud": "oracle"}, "gateway.cloud"),
        ({"upstreams": None}, "gateway.upstreams"),
        ({"upstreams": [{"kind": "bedrock"}]}, "gateway.upstreams.bedrock.region"),
        (
            {"upstreams": [{"kind": "bedrock", "region": "eu-central-1", "profile": "us"}]},
            "gateway.upstreams.bedrock.profile",
        ),
        (
            {"upstreamIds": {"claude-opus-5-5": {"foundry": "x"}}},
            "gateway.upstreamIds.claude-opus-5-5.foundry",
        ),
        ({"apiFormat": "vertex"}, "gateway.apiFormat"),
        ({"auth": "entra"}, "gateway.auth"),
        ({"tokens": None}, "gateway"),
        ({"tokens": {"publicKeys": [PUBLIC], "signingKey": "x"}}, "gateway.tokens.signingKey"),
        ({"existing": {"url": "https://gateway.example.com"}}, "gateway.cloud"),
        ({"limits": {"default": {"requestsPerMinute": 0}}}, "gateway.limits.default.requestsPerMinute"),
        ({"minInstances": 0}, "gateway.minInstances"),
        ({"domain": None}, "gateway.domain"),
        ({"cloud": "google", "google": None}, "gateway.google.region"),
        ({"cloud": "google", "google": {"region": "europe-west1", "zone": "a"}}, "gateway.google.zone"),
    ],
)
def test_a_problem_names_its_setting(gateway: dict[str, Any], key: str) -> None:
    given = settings(gateway)
    given["gateway"] = {name: value for name, value in given["gateway"].items() if value is not None}
    assert key in named(given)


def test_the_cloud_needs_its_account() -> None:
    given = settings({})
    del given["aws"]
    assert named(given) == ["aws"]


def test_a_secret_in_plain_settings_is_refused() -> None:
    given = settings({"anthropicApiKey": "sk-ant-not-a-key"})
    (problem,) = check(given, {}, "prod")[1]
    assert "sk-ant" not in str(problem)
    assert problem.key == "gateway.anthropicApiKey"
    assert "pulumi config set --secret claude-byoc:anthropicApiKey" in problem.cure


def test_every_secret_is_a_key_of_the_stack_file() -> None:
    assert len(GatewaySecretsArgs.__annotations__) == len(SECRETS)


def test_an_existing_gateway_is_none_of_ours() -> None:
    given = settings({})
    given["gateway"] = {"existing": {"url": "https://gateway.example.com"}}
    args = args_of(Settings.model_validate(given))
    assert not gateway_plan.is_ours(args)
    assert gateway_plan.service_plan(args) is None
    assert named(given) == []
