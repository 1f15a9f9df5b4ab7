"""Which credential is used: the same that the Azure provider would use."""

from pathlib import Path

import pytest

from claude_byoc.azure import credentials
from claude_byoc.azure.model_deployment import NO_SUBSCRIPTION, DeploymentProvider, deployment_id


def nothing(_key: str) -> None:
    return None


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({}, "cli"),
        ({"ARM_CLIENT_ID": "a", "ARM_CLIENT_SECRET": "b", "ARM_TENANT_ID": "c"}, "secret"),
        ({"ARM_CLIENT_ID": "a", "ARM_CLIENT_CERTIFICATE_PATH": "f", "ARM_TENANT_ID": "c"}, "certificate"),
        ({"ARM_CLIENT_ID": "a", "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "t"}, "oidc"),
        ({"ARM_USE_MSI": "1"}, "managed identity"),
        ({"ARM_CLIENT_SECRET": "b", "ARM_USE_OIDC": "false"}, "cli"),
    ],
)
def test_the_environment_decides(environment: dict[str, str], kind: str) -> None:
    assert credentials.kind(credentials.settings(nothing, environment)) == kind


def test_the_providers_configuration_wins_over_the_environment() -> None:
    config = {"azure-native:clientId": "from-config", "azure-native:useOidc": "true"}
    found = credentials.settings(config.get, {"ARM_CLIENT_ID": "from-environment", "ARM_TENANT_ID": "t"})
    assert found == {"clientId": "from-config", "useOidc": "true", "tenantId": "t"}


def test_a_pipelines_token_is_found_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n", "utf-8")
    assert credentials.assertion({"oidcToken": "given", "oidcTokenFilePath": str(file)}) == "given"
    assert credentials.assertion({"oidcTokenFilePath": str(file)}) == "from-file"
    request = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://pipeline.example.com"}
    assert credentials.settings(nothing, request) == {"oidcRequestUrl": "https://pipeline.example.com"}


def test_the_subscription_of_stack_local_never_reaches_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUDE_BYOC_ARM_ADDRESS", raising=False)
    account = (
        f"/subscriptions/{NO_SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"
    )
    props = {
        "resource_manager": "https://management.azure.com",
        "account_id": account,
        "model": "claude-opus-5",
    }
    with pytest.raises(ValueError, match="exists in no real cloud"):
        DeploymentProvider().read(deployment_id(props), props)
