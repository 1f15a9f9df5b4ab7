"""Who reaches the Foundry resource, and its logs, on the real engine: addresses, private endpoint, diagnostics."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.azure.explained import TRIES
from claude_byoc.contract.azure import PRIVATE_DNS_ZONES
from standin.arm import ArmServer
from standin.cloud import Cloud
from standin.faults import VARIABLE as FAULTS
from standin.rules.azure_native import ACCOUNT, DIAGNOSTICS, ENDPOINT, ZONE_GROUP
from tests.engine.foundry_project import ASSIGNMENT, DEPLOYMENT, SUBSCRIPTION, FoundryProject
from tests.engine.test_foundry import ACCOUNT_ID, MakeFoundry, by_hand
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine

_NETWORK = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network"
SUBNET = f"{_NETWORK}/virtualNetworks/hub/subnets/endpoints"
ZONES = [f"{_NETWORK}/privateDnsZones/{zone}" for zone in PRIVATE_DNS_ZONES]
_LOGS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/logs/providers/Microsoft.OperationalInsights"
WORKSPACE = f"{_LOGS}/workspaces/central"
ENDPOINT_ARGS: dict[str, Any] = {"subnet_id": SUBNET, "dns_zone_ids": ZONES}
OURS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/example-claude-rg/providers"


@pytest.fixture
def make_foundry(engine: Engine, tmp_path: Path) -> Iterator[MakeFoundry]:
    """Yield a function that prepares a project; the cloud's faults are those of the run's environment."""
    server = ArmServer({"STANDIN_CLOUD": str(tmp_path / "cloud.sqlite")})
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()

    def make(**args: object) -> FoundryProject:
        project = FoundryProject(engine, tmp_path / "run", server, cloud=tmp_path / "cloud.sqlite")
        project.use(**args)
        return project

    yield make
    server.shutdown()
    server.server_close()
    thread.join()


def rows(project: FoundryProject, token: str) -> list[dict[str, Any]]:
    return [row.properties for row in Cloud(project.cloud).resources(token)]


def the(project: FoundryProject, token: str) -> dict[str, Any]:
    [row] = rows(project, token)
    return row


def test_a_resource_is_open_until_addresses_are_named(make_foundry: MakeFoundry) -> None:
    project = make_foundry()
    project.up()
    properties = the(project, ACCOUNT)["properties"]
    assert (properties["publicNetworkAccess"], properties["networkAcls"]) == (
        "Enabled",
        {"defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []},
    )
    project.use(network={"allowed_addresses": ["203.0.113.7", "198.51.100.0/24"]})
    assert project.up() == {"update": 1}
    properties = the(project, ACCOUNT)["properties"]
    assert properties["publicNetworkAccess"] == "Enabled"
    assert properties["networkAcls"]["defaultAction"] == "Deny"
    assert properties["networkAcls"]["ipRules"] == [{"value": "203.0.113.7"}, {"value": "198.51.100.0/24"}]
    assert project.up() == {}
    project.use()
    assert project.up() == {"update": 1}
    assert the(project, ACCOUNT)["properties"]["networkAcls"]["ipRules"] == []


def test_a_private_endpoint_closes_the_resource_and_goes_with_its_setting(make_foundry: MakeFoundry) -> None:
    project = make_foundry(network={"private_endpoint": ENDPOINT_ARGS})
    project.up()
    endpoint = the(project, ENDPOINT)
    assert endpoint["name"] == "example-claude-pe"
    assert endpoint["location"] == "eastus2"
    assert endpoint["subnet"] == {"id": SUBNET}
    assert endpoint["privateLinkServiceConnections"] == [
        {
            "name": "example-claude-pe",
            "privateLinkServiceId": f"{OURS}/Microsoft.CognitiveServices/accounts/example-claude",
            "groupIds": ["account"],
        }
    ]
    group = the(project, ZONE_GROUP)
    assert (group["privateEndpointName"], group["privateDnsZoneGroupName"]) == (
        "example-claude-pe",
        "default",
    )
    assert group["privateDnsZoneConfigs"] == [
        {"name": f"zone-{number}", "privateDnsZoneId": zone} for number, zone in enumerate(ZONES)
    ]
    properties = the(project, ACCOUNT)["properties"]
    assert (properties["publicNetworkAccess"], properties["networkAcls"]["defaultAction"]) == (
        "Disabled",
        "Deny",
    )
    assert project.up() == {}
    project.use()
    assert project.up() == {"update": 1, "delete": 2}
    assert rows(project, ENDPOINT) == rows(project, ZONE_GROUP) == []
    assert the(project, ACCOUNT)["properties"]["publicNetworkAccess"] == "Enabled"


def test_dns_records_are_the_own_process_of_whoever_names_no_zones(make_foundry: MakeFoundry) -> None:
    project = make_foundry(
        network={"private_endpoint": {"subnet_id": SUBNET}, "allowed_addresses": ["203.0.113.7"]}
    )
    project.up()
    assert len(rows(project, ENDPOINT)) == 1
    assert rows(project, ZONE_GROUP) == []
    assert the(project, ACCOUNT)["properties"]["publicNetworkAccess"] == "Enabled"
    project.use(network={"private_endpoint": ENDPOINT_ARGS, "allowed_addresses": ["203.0.113.7"]})
    assert project.up() == {"create": 1}
    project.destroy()
    assert project.tokens() == []


def test_another_subnet_replaces_the_endpoint_and_its_zone_group(make_foundry: MakeFoundry) -> None:
    project = make_foundry(network={"private_endpoint": ENDPOINT_ARGS})
    project.up()
    other = SUBNET.replace("endpoints", "others")
    project.use(network={"private_endpoint": {**ENDPOINT_ARGS, "subnet_id": other}})
    project.up()
    assert the(project, ENDPOINT)["subnet"] == {"id": other}
    assert len(rows(project, ZONE_GROUP)) == 1
    assert project.up() == {}


def test_a_resource_that_is_settling_is_waited_for(make_foundry: MakeFoundry) -> None:
    project = make_foundry(network={"private_endpoint": ENDPOINT_ARGS})
    project.up({FAULTS: f"create:{ENDPOINT}=refuse:3:AccountProvisioningStateInvalid"})
    calls = [
        call for call in Cloud(project.cloud).calls() if (call.operation, call.token) == ("create", ENDPOINT)
    ]
    assert len(calls) == 4
    assert len(rows(project, ENDPOINT)) == 1
    assert project.up() == {}


def test_a_resource_that_never_settles_is_given_up_and_explained(make_foundry: MakeFoundry) -> None:
    project = make_foundry(network={"private_endpoint": ENDPOINT_ARGS})
    said = project.refused({FAULTS: f"create:{ENDPOINT}=refuse:99:AccountProvisioningStateInvalid"})
    calls = [
        call for call in Cloud(project.cloud).calls() if (call.operation, call.token) == ("create", ENDPOINT)
    ]
    assert len(calls) == TRIES
    assert "wait some minutes, then run up again" in said


def test_another_refusal_of_the_endpoint_is_explained_and_not_tried_again(make_foundry: MakeFoundry) -> None:
    project = make_foundry(network={"private_endpoint": ENDPOINT_ARGS})
    said = project.refused({FAULTS: f"create:{ENDPOINT}=refuse:1:CannotDeleteResource"})
    assert "does not manage" in said
    assert rows(project, ENDPOINT) == []


def test_the_audit_log_goes_to_the_workspace_and_no_prompt_does(make_foundry: MakeFoundry) -> None:
    project = make_foundry(diagnostics={"workspace_id": WORKSPACE})
    project.up()
    setting = the(project, DIAGNOSTICS)
    assert setting["name"] == "claude-byoc"
    assert setting["workspaceId"] == WORKSPACE
    assert setting["resourceUri"] == f"{OURS}/Microsoft.CognitiveServices/accounts/example-claude"
    assert setting["logs"] == [{"category": "Audit", "enabled": True}]
    assert setting["metrics"] == [{"category": "AllMetrics", "enabled": True}]
    assert project.up() == {}
    project.use()
    assert project.up() == {"delete": 1}
    assert rows(project, DIAGNOSTICS) == []


def test_an_adopted_resource_loses_only_what_was_added(make_foundry: MakeFoundry) -> None:
    adopter = make_foundry(
        resource_name=None,
        existing_resource=ACCOUNT_ID,
        existing_models=["claude-opus-4-8"],
        models={"claude-sonnet-5-5": {"capacity": 40}},
        network={"private_endpoint": ENDPOINT_ARGS},
        diagnostics={"workspace_id": WORKSPACE},
    )
    cloud = Cloud(adopter.cloud)
    by_hand(cloud)
    before = cloud.foreign()
    adopter.up()
    assert adopter.tokens() == sorted([ASSIGNMENT, DEPLOYMENT, DIAGNOSTICS, ENDPOINT, ZONE_GROUP])
    endpoint = the(adopter, ENDPOINT)
    assert endpoint["resourceGroupName"] == "shared"
    assert endpoint["privateLinkServiceConnections"][0]["privateLinkServiceId"] == ACCOUNT_ID
    assert the(adopter, DIAGNOSTICS)["resourceUri"] == ACCOUNT_ID
    assert cloud.foreign() == before
    assert adopter.up() == {}
    adopter.destroy()
    assert adopter.tokens() == []
    assert cloud.foreign() == before
    assert cloud.lasting() == []
