"""The stand-in of Azure: the resource provider's plugin, and Azure Resource Manager's REST API beside it."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from pulumi.provider.experimental import provider as rpc

from standin.arm import API_VERSIONS, ArmServer
from standin.errors import CloudError
from standin.exclusive import held
from standin.faults import VARIABLE as FAULTS
from standin.provider import StandinProvider
from standin.rules.azure_native import (
    ACCOUNT,
    ASSIGNMENT,
    DEPLOYMENT,
    DIAGNOSTICS,
    ENDPOINT,
    GROUP,
    ZONE_GROUP,
)
from standin.values import Plain
from tests.standin.conftest import Asked, wires

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
ACCOUNT_ID = f"{GROUP_ID}/providers/Microsoft.CognitiveServices/accounts/example-claude"
PERSON = "11111111-2222-3333-4444-555555555555"
ROLE = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{PERSON}"
BODY: dict[str, Any] = {
    "sku": {"name": "GlobalStandard", "capacity": 1},
    "properties": {
        "model": {"format": "Anthropic", "name": "claude-opus-5"},
        "modelProviderData": {"organizationName": "Example", "countryCode": "US", "industry": "other"},
    },
}
GET_ACCOUNT = "azure-native:cognitiveservices:getAccount"
LIST_KEYS = "azure-native:cognitiveservices:listAccountKeys"


def account(name: str = "example-claude", **properties: Plain) -> dict[str, Any]:
    return {
        "accountName": name,
        "resourceGroupName": "rg",
        "location": "eastus2",
        "kind": "AIServices",
        "sku": {"name": "S0"},
        "identity": {"type": "SystemAssigned"},
        "properties": {"customSubDomainName": name, **properties},
    }


@pytest.fixture
def azure(tmp_path: Path) -> Asked:
    asked = Asked(tmp_path / "cloud.sqlite", "azure-native", {"location": "eastus2"})
    asked.create(GROUP, {"resourceGroupName": "rg", "location": "eastus2"}, "group")
    return asked


@pytest.fixture
def arm(tmp_path: Path) -> Iterator[ArmServer]:
    server = ArmServer({"STANDIN_CLOUD": str(tmp_path / "cloud.sqlite")})
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def call(
    arm: ArmServer,
    method: str,
    name: str = "claude-opus-5",
    body: object = None,
    *,
    of: str = ACCOUNT_ID,
    version: str = "2026-05-01",
) -> httpx.Response:
    return httpx.request(
        method,
        f"{arm.base}{of}/deployments/{name}",
        params={"api-version": version},
        json=body,
        timeout=30,
        trust_env=False,
    )


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def test_an_account_has_what_azure_adds_and_outlives_its_end(azure: Asked) -> None:
    made = azure.create(ACCOUNT, account(disableLocalAuth=True), "account")
    assert made.id == ACCOUNT_ID
    properties = made.plain["properties"]
    assert isinstance(properties, dict)
    assert properties["endpoint"] == "https://example-claude.cognitiveservices.azure.com/"
    assert properties["publicNetworkAccess"] == "Enabled"
    assert made.kinds(account(disableLocalAuth=True)) == {}
    assert made.kinds(account(disableLocalAuth=False)) == {"properties.disableLocalAuth": "UPDATE"}
    assert made.diff({**account(disableLocalAuth=True), "location": "swedencentral"}).replaces == ["location"]
    made.delete()
    with pytest.raises(CloudError, match="FlagMustBeSetForRestore"):
        azure.create(ACCOUNT, account(), "account")
    azure.create(ACCOUNT, account(restore=True), "account")


def test_a_subdomain_belongs_to_one_account(azure: Asked) -> None:
    azure.create(ACCOUNT, account(), "account")
    second = {**account("other"), "properties": {"customSubDomainName": "Example-Claude"}}
    with pytest.raises(CloudError, match="CustomDomainInUse"):
        azure.create(ACCOUNT, second, "other")


def test_an_account_needs_its_group_and_goes_empty(azure: Asked, arm: ArmServer) -> None:
    with pytest.raises(CloudError, match="ResourceGroupNotFound"):
        azure.create(ACCOUNT, {**account(), "resourceGroupName": "elsewhere"}, "account")
    made = azure.create(ACCOUNT, account(), "account")
    assert call(arm, "PUT", body=BODY).status_code == 201
    with pytest.raises(CloudError, match=r"CannotDeleteResource.*deployments/claude-opus-5"):
        made.delete()


def test_keys_are_two_and_there_are_none_without_local_auth(azure: Asked) -> None:
    azure.create(ACCOUNT, account(), "account")
    where = {"accountName": "example-claude", "resourceGroupName": "rg"}
    keys = azure.told(LIST_KEYS, **where)
    assert keys["key1"] != keys["key2"]
    assert all(isinstance(key, str) and len(key) == 84 for key in keys.values())
    azure.cloud.alter(ACCOUNT, ACCOUNT_ID, "regenerated1", 1)
    again = azure.told(LIST_KEYS, **where)
    assert (again["key1"] == keys["key1"], again["key2"] == keys["key2"]) == (False, True)
    azure.create(ACCOUNT, account("keyless", disableLocalAuth=True), "keyless")
    with pytest.raises(CloudError, match="disableLocalAuth is set to be true"):
        azure.told(LIST_KEYS, accountName="keyless", resourceGroupName="rg")
    with pytest.raises(CloudError, match="ResourceNotFound"):
        azure.told(GET_ACCOUNT, accountName="nobody", resourceGroupName="rg")


def test_a_principal_has_a_role_once(azure: Asked) -> None:
    row: dict[str, Any] = {"principalId": PERSON, "roleDefinitionId": ROLE, "scope": ACCOUNT_ID}
    azure.create(ASSIGNMENT, {**row, "roleAssignmentName": PERSON}, "one")
    other = "99999999-8888-7777-6666-555555555555"
    with pytest.raises(CloudError, match=PERSON.replace("-", "")):
        azure.create(ASSIGNMENT, {**row, "roleAssignmentName": other}, "two")
    assert azure.problems(ASSIGNMENT, row) == {"roleAssignmentName": "missing: the stand-in makes up no GUID"}


def test_a_workspace_gets_a_category_once(azure: Asked) -> None:
    row: dict[str, Any] = {
        "resourceUri": ACCOUNT_ID,
        "workspaceId": "/w",
        "logs": [{"category": "Audit", "enabled": True}],
    }
    azure.create(DIAGNOSTICS, {**row, "name": "theirs"}, "theirs")
    with pytest.raises(CloudError, match="already used in diagnostic setting 'theirs' for category 'Audit'"):
        azure.create(DIAGNOSTICS, {**row, "name": "ours"}, "ours")
    azure.create(DIAGNOSTICS, {**row, "name": "ours", "workspaceId": "/other"}, "ours")


def test_the_typed_deployment_cannot_be_claude(azure: Asked) -> None:
    azure.create(ACCOUNT, account(), "account")
    inputs: dict[str, Any] = {
        "accountName": "example-claude",
        "resourceGroupName": "rg",
        "deploymentName": "claude-opus-5",
        "properties": {"model": BODY["properties"]["model"]},
    }
    with pytest.raises(CloudError, match="InvalidModelProviderData"):
        azure.create(DEPLOYMENT, inputs, "deployment")


def test_another_subscription_is_refused(tmp_path: Path) -> None:
    provider = StandinProvider("azure-native", {"STANDIN_CLOUD": str(tmp_path / "cloud.sqlite")})
    given = wires({"subscriptionId": PERSON})
    with pytest.raises(Exception, match="SubscriptionNotFound"):
        asyncio.run(provider.configure(rpc.ConfigureRequest({}, given, True, True)))


def test_a_deployments_life_over_rest(azure: Asked, arm: ArmServer) -> None:
    azure.create(ACCOUNT, account(), "account")
    assert code(call(arm, "GET")) == "ResourceNotFound"
    made = call(arm, "PUT", body=BODY)
    assert (made.status_code, made.json()["properties"]["provisioningState"]) == (201, "Creating")
    read = call(arm, "GET").json()
    assert read["properties"]["provisioningState"] == "Succeeded"
    assert read["properties"]["model"]["version"] == "2"
    assert "modelProviderData" not in read["properties"]
    assert call(arm, "PUT", body=BODY).status_code == 200
    assert call(arm, "DELETE").status_code == 202
    assert call(arm, "DELETE").status_code == 204
    assert azure.cloud.resources(DEPLOYMENT) == []


@pytest.mark.parametrize(
    "changed",
    [None, {}, {"organizationName": "Example", "countryCode": "US", "industry": "Other"}],
)
def test_what_anthropic_asks_for_has_to_be_answered(
    azure: Asked, arm: ArmServer, changed: dict[str, str] | None
) -> None:
    azure.create(ACCOUNT, account(), "account")
    body = {**BODY, "properties": {**BODY["properties"], "modelProviderData": changed}}
    refused = call(arm, "PUT", body=body)
    assert (refused.status_code, code(refused)) == (400, "InvalidModelProviderData")


def test_addresses_that_lead_nowhere(azure: Asked, arm: ArmServer) -> None:
    assert code(call(arm, "PUT", body=BODY)) == "ParentResourceNotFound"
    azure.create(ACCOUNT, account(), "account")
    assert code(call(arm, "GET", version="2024-03-01")) == "NoRegisteredProviderFound"
    assert code(call(arm, "GET", of=ACCOUNT_ID.replace(SUBSCRIPTION, PERSON))) == "ResourceNotFound"
    for version in API_VERSIONS:
        assert code(call(arm, "GET", version=version)) == "ResourceNotFound"


def test_one_change_of_an_account_at_a_time(azure: Asked, arm: ArmServer) -> None:
    azure.create(ACCOUNT, account(), "account")
    azure.create(ACCOUNT, account("other"), "other")
    arm.environment[FAULTS] = f"create:{DEPLOYMENT}=slow:1"
    with ThreadPoolExecutor(3) as pool:
        both = [pool.submit(call, arm, "PUT", name, BODY) for name in ("one", "two")]
        elsewhere = pool.submit(
            call, arm, "PUT", "one", BODY, of=ACCOUNT_ID.replace("example-claude", "other")
        )
        answers = [future.result() for future in both]
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert (code(refused), refused.headers["Retry-After"]) == ("RequestConflict", "1")
    assert elsewhere.result().status_code == 201


def test_a_fault_is_the_services_own_answer(azure: Asked, arm: ArmServer) -> None:
    azure.create(ACCOUNT, account(), "account")
    arm.environment[FAULTS] = f"create:{DEPLOYMENT}=refuse:1:TooManyRequests"
    refused = call(arm, "PUT", body=BODY)
    assert (refused.status_code, code(refused), refused.headers["Retry-After"]) == (
        429,
        "TooManyRequests",
        "1",
    )
    assert refused.json()["error"]["message"].startswith("The request is being throttled")
    assert call(arm, "PUT", body=BODY).status_code == 201


SUBNET_ID = f"{GROUP_ID}/providers/Microsoft.Network/virtualNetworks/hub/subnets/endpoints"


def endpoint(target: str = ACCOUNT_ID, subnet: str = SUBNET_ID) -> dict[str, Any]:
    return {
        "privateEndpointName": "example-claude-pe",
        "resourceGroupName": "rg",
        "location": "eastus2",
        "subnet": {"id": subnet},
        "privateLinkServiceConnections": [
            {"name": "example-claude-pe", "privateLinkServiceId": target, "groupIds": ["account"]}
        ],
    }


def test_a_private_endpoint_and_its_zone_group(azure: Asked) -> None:
    group = {
        "privateEndpointName": "example-claude-pe",
        "resourceGroupName": "rg",
        "privateDnsZoneGroupName": "default",
        "privateDnsZoneConfigs": [{"name": "zone-0", "privateDnsZoneId": "/zone"}],
    }
    with pytest.raises(CloudError, match=r"ResourceNotFound.*accounts/example-claude"):
        azure.create(ENDPOINT, endpoint(), "endpoint")
    azure.create(ACCOUNT, account(), "account")
    with pytest.raises(CloudError, match=r"ResourceNotFound.*privateEndpoints/example-claude-pe"):
        azure.create(ZONE_GROUP, group, "zones")
    made = azure.create(ENDPOINT, endpoint(), "endpoint")
    assert made.id == f"{GROUP_ID}/providers/Microsoft.Network/privateEndpoints/example-claude-pe"
    assert made.kinds(endpoint()) == {}
    assert made.diff(endpoint(subnet=f"{SUBNET_ID}2")).replaces == ["subnet"]
    zones = azure.create(ZONE_GROUP, group, "zones")
    assert zones.id == f"{made.id}/privateDnsZoneGroups/default"
    assert zones.kinds(group) == {}
    assert zones.diff({**group, "privateEndpointName": "other"}).replaces == ["privateEndpointName"]
    with pytest.raises(CloudError, match="ResourceGroupNotFound"):
        azure.create(ENDPOINT, {**endpoint(), "resourceGroupName": "elsewhere"}, "elsewhere")


def test_a_resource_that_is_being_changed_lets_no_private_endpoint_in(azure: Asked) -> None:
    azure.create(ACCOUNT, account(), "account")
    with held(azure.path, ACCOUNT_ID), pytest.raises(CloudError, match="AccountProvisioningStateInvalid"):
        azure.create(ENDPOINT, endpoint(), "endpoint")
    azure.create(ENDPOINT, endpoint(), "endpoint")
