"""`AzureGateway` behind a web application firewall on the real engine: its life, what changes, secrecy, recovery."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.contract import azure_gateway as facts
from standin.cloud import Cloud
from standin.faults import VARIABLE as FAULTS
from standin.rules.azure_native import ASSIGNMENT
from standin.rules.azure_native.application_gateway import (
    FIREWALL,
    NETWORK,
    POLICY,
    PUBLIC_ADDRESS,
    SECURITY_GROUP,
)
from standin.rules.azure_native.container_apps import APP, CERTIFICATE, ENVIRONMENT, IDENTITY, RECORD
from standin.rules.azure_native.container_apps import VAULT as VAULT_TYPE
from tests.engine.gateway_azure_project import (
    API_KEY,
    IN_GROUP,
    WAF,
    AzureGatewayProject,
    changed_resources,
    prepared,
)
from tests.engine.interrupted import faults, kill_engine, made, recover, start_up
from tests.engine.observe import inventory
from tests.engine.test_gateway_azure import INVENTORY
from tests.engine.test_gateway_azure_network import ZONE, environment
from tests.engine.test_secrets import files_with, holds
from tests.gateway.reach_azure import reach
from tests.published import azure
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine

MakeGateway = Callable[..., AzureGatewayProject]
DOMAIN = WAF["domain"]
VAULT = WAF["certificate_vault_id"]
BEHIND_FIREWALL = sorted(
    [
        *INVENTORY,
        "azure-native:authorization:RoleAssignment",
        "azure-native:managedidentity:UserAssignedIdentity",
        "azure-native:monitor:DiagnosticSetting",
        *["azure-native:monitor:MetricAlert"] * 2,
        "azure-native:network:ApplicationGateway",
        *["azure-native:network:NetworkSecurityGroup"] * 2,
        "azure-native:network:PublicIPAddress",
        "azure-native:network:VirtualNetwork",
        "azure-native:network:WebApplicationFirewallPolicy",
    ]
)
NETWORKS = f"{IN_GROUP}/Microsoft.Network/virtualNetworks/hub/subnets"
GIVEN = {
    "subnet_id": f"{NETWORKS}/gateway",
    "firewall_subnet_id": f"{NETWORKS}/firewall",
    "firewall_subnet_range": "10.9.1.0/24",
}


@pytest.fixture
def make_gateway(engine: Engine, tmp_path: Path) -> MakeGateway:
    return partial(prepared, engine, tmp_path / "run", **WAF)


@pytest.fixture
def gateway(make_gateway: MakeGateway) -> AzureGatewayProject:
    return make_gateway()


@pytest.fixture(scope="module")
def standing(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> AzureGatewayProject:
    """A gateway that tests look at and nobody changes."""
    project = prepared(engine, tmp_path_factory.mktemp("standing") / "run", **WAF)
    project.up()
    return project


def part(made: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 -- JSON
    """Return the only one of a list of the Application Gateway's parts."""
    (found,) = made[name]
    return found


def test_everything_is_made_once_and_destroy_leaves_only_what_azure_keeps(
    gateway: AzureGatewayProject,
) -> None:
    said = gateway.pulumi("up", "--yes", "--skip-preview", "-s", gateway.stack).stdout
    assert "paid for at all times" in said
    assert gateway.tokens() == BEHIND_FIREWALL
    assert gateway.up() == {}
    gateway.pulumi("refresh", "--yes", "--skip-preview", "-s", gateway.stack)
    assert gateway.up() == {}
    shown = gateway.outputs()
    address = gateway.only(PUBLIC_ADDRESS)["ipAddress"]
    assert shown["url"] == f"https://{DOMAIN}"
    assert shown["dns_records"] == [{"name": DOMAIN, "type": "A", "value": address}]
    assert "A record" in str(shown["next_steps"])
    assert "asuid" not in str(shown)
    gateway.destroy()
    assert gateway.tokens() == []
    assert [row.token.rpartition(":")[2] for row in Cloud(gateway.cloud).lasting()] == ["Vault", "Workspace"]


def test_the_firewall_calls_the_app_by_its_own_name_and_hands_streams_on(
    standing: AzureGatewayProject,
) -> None:
    made, home = standing.only(FIREWALL), standing.only(ENVIRONMENT)
    settings = part(made, "backendHttpSettingsCollection")
    assert settings["hostName"] == f"claude.{home['defaultDomain']}"
    assert settings["requestTimeout"] == settings["connectionDraining"]["drainTimeoutInSec"] == 260
    assert part(made, "backendAddressPools")["backendAddresses"] == [{"ipAddress": home["staticIp"]}]
    assert part(made, "probes")["path"] == "/health"
    assert made["globalConfiguration"] == {"enableResponseBuffering": False, "enableRequestBuffering": True}
    assert part(made, "httpListeners")["hostName"] == DOMAIN
    assert part(made, "sslCertificates")["keyVaultSecretId"] == WAF["certificate_url"]
    assert home["vnetConfiguration"]["internal"] is True
    assert standing.rows(CERTIFICATE) == []  # the firewall has it, not the environment
    assert standing.ingress()["customDomains"] == []
    assert standing.ingress()["ipSecurityRestrictions"] == [
        {"name": "allowed-1", "action": "Allow", "ipAddressRange": facts.FIREWALL_RANGE}
    ]


def test_the_certificate_is_read_by_an_identity_that_may_read_nothing_else(
    standing: AzureGatewayProject,
) -> None:
    identities = {str(row.properties["principalId"]): row for row in standing.rows(IDENTITY)}
    scopes: dict[str, list[str]] = {}
    for row in standing.rows(ASSIGNMENT):
        name = str(identities[str(row.properties["principalId"])].properties["resourceName"])
        scopes.setdefault(name, []).append(str(row.properties["scope"]))
    assert scopes["claude-firewall-id"] == [f"{VAULT}/secrets/claude"]
    assert not [scope for scope in scopes["claude-id"] if scope.startswith(VAULT)]
    [own] = standing.only(FIREWALL)["identity"]["userAssignedIdentities"]
    assert own.endswith("/claude-firewall-id")


def test_every_body_has_the_published_shape(standing: AzureGatewayProject) -> None:
    made = [row for row in inventory(standing) if row["type"].startswith("azure-native:")]
    assert azure.problems(made) == []


def test_two_locks_keep_others_from_going_round_the_firewall(standing: AzureGatewayProject) -> None:
    rows = inventory(standing)
    [app] = [row["inputs"] for row in rows if row["type"] == APP]
    [group] = [
        row["inputs"]
        for row in rows
        if row["type"] == SECURITY_GROUP and row["name"] == "gateway-network-environment"
    ]
    locked = reach(rows)
    assert {way for way in locked if way[1] == "front"} == {("firewall", "front", 443)}
    app["configuration"]["ingress"]["ipSecurityRestrictions"] = []
    assert reach(rows) == locked  # the network alone holds it
    group["securityRules"] = [rule for rule in group["securityRules"] if rule["access"] == "Allow"]
    assert reach(rows) == locked | {("network", "front", 443)}


def test_a_firewall_comes_and_goes_with_its_setting(make_gateway: MakeGateway) -> None:
    project = make_gateway()
    plain = {"domain": DOMAIN, "dns_zone_id": ZONE}
    project.use(**plain)
    project.up()
    before = project.tokens()
    vault = project.only(VAULT_TYPE)["vaultName"]
    project.use(**WAF, dns_zone_id=ZONE)
    project.up()
    assert project.tokens() == sorted([*BEHIND_FIREWALL, RECORD])
    assert project.only(RECORD)["recordType"] == "A"  # in place of the name that stood there
    assert project.up() == {}
    project.use(**plain)
    project.up()
    assert project.tokens() == before
    assert project.only(VAULT_TYPE)["vaultName"] == vault  # the keys stay where they are


def test_allowed_addresses_change_the_policy_and_the_network_alone(gateway: AzureGatewayProject) -> None:
    gateway.up()
    before = gateway.only(APP)
    gateway.use(**WAF, allowed_addresses=["203.0.113.0/24", "198.51.100.7/32"])
    assert changed_resources(gateway) == {"gateway-firewall-policy", "gateway-network-firewall"}
    assert gateway.only(APP) == before
    [rule] = gateway.only(POLICY)["customRules"]
    assert rule["action"] == "Block"
    [condition] = rule["matchConditions"]
    assert condition["negationConditon"] is True
    assert condition["matchValues"] == ["203.0.113.0/24", "198.51.100.7/32"]
    assert gateway.up() == {}


def test_prompts_pass_the_firewall_and_credentials_stay_out_of_its_log(standing: AzureGatewayProject) -> None:
    settings, managed = standing.only(POLICY)["policySettings"], standing.only(POLICY)["managedRules"]
    assert (settings["mode"], settings["state"]) == ("Prevention", "Enabled")
    for name in ("requestBodyCheck", "requestBodyEnforcement", "fileUploadEnforcement"):
        assert settings[name] is False
    headers = set(facts.CREDENTIAL_HEADERS)
    assert {row["selector"] for row in settings["logScrubbing"]["scrubbingRules"]} == headers
    assert {row["selector"] for row in managed["exclusions"]} == headers
    [setting] = [
        row.properties
        for row in standing.rows("azure-native:monitor:DiagnosticSetting")
        if "applicationGateways" in str(row.properties["resourceUri"])
    ]
    logs: Any = setting["logs"]
    assert {row["category"] for row in logs} == set(facts.FIREWALL_LOG_CATEGORIES)


def test_a_zone_gets_the_record_of_the_firewall(make_gateway: MakeGateway) -> None:
    project = make_gateway(dns_zone_id=ZONE)
    project.up()
    record = project.only(RECORD)
    assert (record["recordType"], record["relativeRecordSetName"]) == ("A", "claude")
    assert record["aRecords"] == [{"ipv4Address": project.only(PUBLIC_ADDRESS)["ipAddress"]}]
    assert project.outputs()["dns_records"] == []
    assert project.up() == {}


def test_an_internal_gateway_has_a_private_address_in_the_subnet_that_is_given(
    make_gateway: MakeGateway,
) -> None:
    project = make_gateway(**GIVEN)
    project.up()
    assert part(project.only(FIREWALL), "frontendIPConfigurations").keys() == {"name", "publicIPAddress"}
    project.use(**WAF, **GIVEN, internal=True)
    project.up()
    assert project.up() == {}
    calls = [(call.operation, call.token) for call in Cloud(project.cloud).calls()]
    assert calls.count(("create", FIREWALL)) == 2  # the kind of its address is for life
    assert project.rows(PUBLIC_ADDRESS) == []
    assert project.rows(NETWORK) == []
    front = part(project.only(FIREWALL), "frontendIPConfigurations")
    assert (front["privateIPAddress"], front["subnet"]) == ("10.9.1.254", {"id": GIVEN["firewall_subnet_id"]})
    names = {
        f"{row.properties['relativeRecordSetName']}.{row.properties['privateZoneName']}": row.properties[
            "aRecords"
        ]
        for row in project.rows("azure-native:privatedns:PrivateRecordSet")
    }
    assert names == {f"@.{DOMAIN}": [{"ipv4Address": "10.9.1.254"}]}
    assert project.ingress()["ipSecurityRestrictions"][0]["ipAddressRange"] == "10.9.1.0/24"
    project.destroy()
    assert project.tokens() == []


def test_it_stands_before_an_environment_of_others_that_is_internal(make_gateway: MakeGateway) -> None:
    project = make_gateway()
    before = {**GIVEN}
    network = {"infrastructureSubnetId": before.pop("subnet_id"), "internal": True}
    open_one = environment(project)
    project.use(**WAF, **before, existing_environment=open_one)
    assert "is open to the internet, and gateway.waf cannot stand in front of that" in project.refused()
    project.destroy()
    closed = environment(project, environmentName="closed", vnetConfiguration=network)
    project.use(**WAF, **before, existing_environment=closed)
    project.up()
    assert project.rows(ENVIRONMENT) == []
    pool = part(project.only(FIREWALL), "backendAddressPools")
    assert pool["backendAddresses"] == [{"ipAddress": "10.0.0.7"}]
    assert project.up() == {}


def test_a_right_that_is_not_in_force_yet_is_waited_for(gateway: AzureGatewayProject) -> None:
    gateway.up({FAULTS: f"create:{FIREWALL}=refuse:2:ApplicationGatewayKeyVaultSecretAccessDenied"})
    calls = [
        call for call in Cloud(gateway.cloud).calls() if (call.operation, call.token) == ("create", FIREWALL)
    ]
    assert len(calls) == 3


def test_a_subscription_without_the_feature_is_told_its_cure(make_gateway: MakeGateway) -> None:
    project = make_gateway(internal=True, **GIVEN)
    said = project.refused(
        {FAULTS: f"create:{FIREWALL}=refuse:1:ApplicationGatewayFrontendIpCannotHavePublicIpAndSubnet"}
    )
    assert "az feature register" in said


def test_secrets_are_nowhere_in_plaintext(gateway: AzureGatewayProject) -> None:
    said = [
        gateway.pulumi(*command, "-s", gateway.stack)
        for command in (
            ("up", "--yes", "--skip-preview"),
            ("stack", "output", "--json"),
            ("stack", "export"),
        )
    ]
    assert not holds("".join(one.stdout + one.stderr for one in said).encode(), [API_KEY])
    assert files_with([API_KEY], gateway.folder) == set()
    # The certificate is named, never held.
    assert "data" not in json.dumps(gateway.only(FIREWALL)["sslCertificates"])


def test_an_interrupted_run_is_recovered(gateway: AzureGatewayProject) -> None:
    process = start_up(gateway, faults([FIREWALL], "hang-after-create"))
    kill_engine(process, lambda: made(gateway, [FIREWALL]), "the Application Gateway")
    said = recover(gateway, CLAUDE_BYOC_ARM_ADDRESS="http://127.0.0.1:1")
    assert "gateway-firewall" in said
    assert gateway.up() == {}
    assert gateway.tokens() == BEHIND_FIREWALL
