"""`AzureGateway` on the real engine: its life, what rolls a revision, secrecy, refusals, recovery."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from standin.cloud import Cloud
from standin.faults import VARIABLE as FAULTS
from standin.rules.azure_native.container_apps import (
    APP,
    ENVIRONMENT,
    SECRET,
    VAULT,
    WORKSPACE,
)
from tests.engine.gateway_azure_project import (
    API_KEY,
    IN_GROUP,
    AzureGatewayProject,
    changed_resources,
    prepared,
)
from tests.engine.interrupted import faults, kill_engine, made, recover, start_up
from tests.engine.test_secrets import files_with, holds
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine

MakeGateway = Callable[..., AzureGatewayProject]
INVENTORY = [
    "azure-native:app:ContainerApp",
    "azure-native:app:ManagedEnvironment",
    "azure-native:applicationinsights:Workbook",
    *["azure-native:authorization:RoleAssignment"] * 4,
    *["azure-native:keyvault:Secret"] * 4,
    "azure-native:keyvault:Vault",
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:monitor:DiagnosticSetting",
    *["azure-native:monitor:MetricAlert"] * 2,
    "azure-native:monitor:ScheduledQueryRule",
    "azure-native:operationalinsights:Workspace",
    "azure-native:resources:ResourceGroup",
]
ROLLED = {
    "gateway-secret-gateway-files-1",
    "gateway-secret-gateway-files-2",
    "gateway-secret-gateway-files-3",
}


@pytest.fixture
def make_gateway(engine: Engine, tmp_path: Path) -> MakeGateway:
    return partial(prepared, engine, tmp_path / "run")


@pytest.fixture
def gateway(make_gateway: MakeGateway) -> AzureGatewayProject:
    return make_gateway()


def revision(project: AzureGatewayProject) -> str:
    return project.only(APP)["latestRevisionName"]


def test_everything_is_made_once_and_destroy_leaves_only_what_azure_keeps(
    gateway: AzureGatewayProject,
) -> None:
    assert gateway.up()["create"] == len(INVENTORY) + 3  # with stack, component and provider
    assert gateway.tokens() == INVENTORY
    assert gateway.up() == {}
    gateway.pulumi("refresh", "--yes", "--skip-preview", "-s", gateway.stack)
    assert gateway.up() == {}
    shown = gateway.outputs()
    domain = gateway.only(ENVIRONMENT)["defaultDomain"]
    assert shown["url"] == f"https://claude.{domain}"
    assert shown["dns_records"] == []
    assert shown["internal"] is False
    assert shown["log_source"]["workspaceId"] == gateway.only(WORKSPACE)["customerId"]
    assert (shown["log_source"]["table"], shown["log_source"]["column"]) == ("ContainerAppConsoleLogs", "Log")
    gateway.destroy()
    assert gateway.tokens() == []
    assert [row.token.rpartition(":")[2] for row in Cloud(gateway.cloud).lasting()] == ["Vault", "Workspace"]


def test_a_changed_model_rolls_one_revision_and_changes_nothing_else(gateway: AzureGatewayProject) -> None:
    gateway.up()
    before = revision(gateway)
    gateway.use(models=["claude-opus-5-5"])
    assert changed_resources(gateway) == ROLLED | {"gateway-app"}
    assert revision(gateway) != before
    assert gateway.up() == {}


def test_a_changed_key_rolls_one_revision_and_changes_nothing_else(gateway: AzureGatewayProject) -> None:
    gateway.up()
    before = revision(gateway)
    gateway.set_secret("gateway:anthropic_api_key", "planted-anthropic-other")
    assert changed_resources(gateway) == {"gateway-secret-anthropic-api-key", "gateway-app"}
    assert revision(gateway) != before


def test_what_is_no_part_of_a_revision_changes_in_place(gateway: AzureGatewayProject) -> None:
    gateway.up()
    before = revision(gateway)
    gateway.use(allowed_addresses=["203.0.113.0/24"])
    assert changed_resources(gateway) == {"gateway-app"}
    assert revision(gateway) == before
    assert gateway.ingress()["ipSecurityRestrictions"] == [
        {"name": "allowed-1", "action": "Allow", "ipAddressRange": "203.0.113.0/24"}
    ]


def test_secrets_are_nowhere_in_plaintext(gateway: AzureGatewayProject) -> None:
    said = [
        gateway.pulumi(*command, "-s", gateway.stack)
        for command in (
            ("preview", "--diff"),
            ("up", "--yes", "--skip-preview"),
            ("stack", "output", "--json"),
            ("stack", "export"),
            ("refresh", "--yes", "--skip-preview", "--diff"),
        )
    ]
    state = json.loads(gateway.pulumi("stack", "export", "--show-secrets", "-s", gateway.stack).stdout)
    values = [
        row["inputs"]["properties"]["value"]["plaintext"]
        for row in state["deployment"]["resources"]
        if row["type"] == SECRET
    ]
    assert len(values) == 4
    text = "".join(one.stdout + one.stderr for one in said).encode()
    secret = [API_KEY, *(json.loads(value)[:60] for value in values)]
    assert not holds(text, secret)
    assert files_with(secret, gateway.folder) == set()
    # In the vault, and where Azure looks for them, with the very version; the app's own document holds none.
    app = gateway.only(APP)
    assert [row["keyVaultUrl"].split("/")[-2] for row in app["configuration"]["secrets"]] == [
        "anthropic-api-key",
        "gateway-files-1",
        "gateway-files-2",
        "gateway-files-3",
    ]
    assert all(row.get("value") is None for row in app["configuration"]["secrets"])


def test_rights_that_are_not_in_force_yet_are_waited_for(gateway: AzureGatewayProject) -> None:
    gateway.up({FAULTS: f"create:{APP}=refuse:2:SecretNotReadable"})
    calls = [call for call in Cloud(gateway.cloud).calls() if (call.operation, call.token) == ("create", APP)]
    assert len(calls) == 3


def test_a_deleted_vault_comes_back_by_explicit_choice_alone(gateway: AzureGatewayProject) -> None:
    gateway.up()
    gateway.destroy()
    said = gateway.refused()
    assert "gateway.azure.restoreDeletedVault: true" in said
    gateway.use(restore_deleted_vault=True)
    gateway.up()
    assert len(gateway.rows(VAULT)) == 1
    gateway.use()
    assert gateway.up() == {}


def test_other_clouds_keys_are_kept_and_the_own_cloud_needs_none(make_gateway: MakeGateway) -> None:
    account = f"{IN_GROUP}/Microsoft.CognitiveServices/accounts/shared-ai"
    project = make_gateway(
        upstreams=[
            {"kind": "foundry", "resource": "shared-ai", "keyless": True},
            {"kind": "bedrock", "region": "eu-central-1", "profile": "eu"},
            {"kind": "vertex", "project": "example-project", "region": "europe-west1"},
        ],
        foundry_account_id=account,
    )
    planted = {
        "aws_access_key_id": "AKIAPLANTED0001",
        "aws_secret_access_key": "planted-aws-9c1d",
        "google_credentials": json.dumps({"type": "service_account", "private_key": "planted-google-77aa"}),
    }
    for name, value in planted.items():
        project.set_secret(f"gateway:{name}", value)
    project.up()
    names = {str(row.properties["secretName"]) for row in project.rows(SECRET)}
    assert {"aws-access-key-id", "aws-secret-access-key", "google-credentials"} < names
    assert "anthropic-api-key" not in names
    roles = [
        row.properties
        for row in project.rows("azure-native:authorization:RoleAssignment")
        if row.properties["scope"] == account
    ]
    assert len(roles) == 1
    containers = project.only(APP)["template"]["containers"]
    application = next(row for row in containers if row["name"] == "app")
    variables = {row["name"]: row for row in application["env"]}
    identity = project.only("azure-native:managedidentity:UserAssignedIdentity")
    assert variables["AZURE_CLIENT_ID"]["value"] == identity["clientId"]
    assert variables["AWS_SECRET_ACCESS_KEY"]["secretRef"] == "aws-secret-access-key"
    assert not holds(json.dumps(containers).encode(), planted.values())


def test_settings_that_are_wrong_stop_before_anything_is_made(make_gateway: MakeGateway) -> None:
    project = make_gateway(waf=True, internal=True, name="Claude!", timeout_seconds=3600)
    said = project.refused()
    for key in (
        "gateway.azure.subnetId",
        "gateway.azure.firewallSubnetId",
        "gateway.domain",
        "gateway.azure.name",
        "timeoutSeconds",
    ):
        assert key in said
    assert project.tokens() == []


def test_an_interrupted_run_is_recovered(gateway: AzureGatewayProject) -> None:
    process = start_up(gateway, faults([APP], "hang-after-create"))
    kill_engine(process, lambda: made(gateway, [APP]), "the container app")
    said = recover(gateway, CLAUDE_BYOC_ARM_ADDRESS="http://127.0.0.1:1")
    assert "gateway-app" in said
    assert gateway.up() == {}
    assert gateway.tokens() == INVENTORY
