"""The stand-in of Application Gateways and the network around them: what is refused."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from standin.errors import CloudError
from standin.rules.azure_native import ASSIGNMENT, GROUP
from standin.rules.azure_native.application_gateway import (
    FIREWALL,
    NETWORK,
    POLICY,
    PUBLIC_ADDRESS,
    SECURITY_GROUP,
)
from standin.rules.azure_native.container_apps import ENVIRONMENT, IDENTITY, SECRETS_USER
from tests.standin.conftest import Asked, Made

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
PROVIDERS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"
BASE: dict[str, Any] = {"resourceGroupName": "rg", "location": "swedencentral"}
VAULT = f"{PROVIDERS}/Microsoft.KeyVault/vaults/certificates"
OWN = f"{PROVIDERS}/Microsoft.Network/applicationGateways/gateway"


@pytest.fixture
def azure(tmp_path: Path) -> Asked:
    asked = Asked(tmp_path / "cloud.sqlite", "azure-native", {"location": "swedencentral"})
    asked.create(GROUP, BASE, "group")
    return asked


def policy(asked: Asked) -> Made:
    rules = {"managedRuleSets": [{"ruleSetType": "Microsoft_DefaultRuleSet", "ruleSetVersion": "2.1"}]}
    return asked.create(POLICY, {**BASE, "policyName": "policy", "managedRules": rules}, "policy")


def address(asked: Asked) -> Made:
    inputs = {
        "publicIpAddressName": "address",
        "sku": {"name": "Standard"},
        "publicIPAllocationMethod": "Static",
    }
    return asked.create(PUBLIC_ADDRESS, {**BASE, **inputs}, "address")


def network(asked: Asked, group: str = "") -> Made:
    first: dict[str, Any] = {"name": "firewall", "addressPrefix": "10.0.0.0/24"}
    if group:
        first["networkSecurityGroup"] = {"id": group}
    apps = {"name": "apps", "serviceName": "Microsoft.App/environments"}
    second = {"name": "environment", "addressPrefix": "10.0.1.0/24", "delegations": [apps]}
    space = {"addressPrefixes": ["10.0.0.0/23"]}
    inputs = {"virtualNetworkName": "network", "addressSpace": space, "subnets": [first, second]}
    return asked.create(NETWORK, {**BASE, **inputs}, "network")


def part(kind: str, name: str) -> dict[str, str]:
    return {"id": f"{OWN}/{kind}/{name}"}


@dataclass(frozen=True)
class Ground:
    """What a gateway stands on."""

    policy: Made
    address: Made
    network: Made


def ground(asked: Asked) -> Ground:
    return Ground(policy(asked), address(asked), network(asked))


def gateway(
    asked: Asked,
    under: Ground,
    *,
    readable: bool = True,
    **changed: Any,  # noqa: ANN401 -- any property
) -> dict[str, Any]:
    """Return the inputs of a gateway; its identity is made."""
    identity = asked.create(IDENTITY, {**BASE, "resourceName": "id"}, "identity")
    if readable:
        right = {
            "scope": f"{VAULT}/secrets/claude",
            "principalId": identity.plain["principalId"],
            "roleDefinitionId": f"/roleDefinitions/{SECRETS_USER}",
            "roleAssignmentName": SUBSCRIPTION,
        }
        asked.create(ASSIGNMENT, right, "right")
    certificate = "https://certificates.vault.azure.net/secrets/claude"
    return {
        **BASE,
        "applicationGatewayName": "gateway",
        "sku": {"name": "WAF_v2", "tier": "WAF_v2"},
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [identity.id]},
        "firewallPolicy": {"id": under.policy.id},
        "gatewayIPConfigurations": [
            {"name": "subnet", "subnet": {"id": f"{under.network.id}/subnets/firewall"}}
        ],
        "frontendIPConfigurations": [{"name": "front", "publicIPAddress": {"id": under.address.id}}],
        "sslCertificates": [{"name": "certificate", "keyVaultSecretId": certificate}],
        "httpListeners": [
            {
                "name": "listener",
                "protocol": "Https",
                "sslCertificate": part("sslCertificates", "certificate"),
                "frontendIPConfiguration": part("frontendIPConfigurations", "front"),
            }
        ],
        **changed,
    }


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"firewallPolicy": {}}, "needed with WAF_v2"),
        ({"requestRoutingRules": [{"name": "rule"}]}, "priority"),
        ({"backendHttpSettingsCollection": [{"name": "a", "requestTimeout": 86_401}]}, "requestTimeout"),
        (
            {
                "backendHttpSettingsCollection": [
                    {"name": "a", "connectionDraining": {"enabled": True, "drainTimeoutInSec": 3601}}
                ]
            },
            "drainTimeoutInSec",
        ),
        (
            {
                "backendAddressPools": [{"name": "a", "backendAddresses": [{"ipAddress": "10.0.0.7"}]}],
                "backendHttpSettingsCollection": [{"name": "a", "pickHostNameFromBackendAddress": True}],
            },
            "no host name",
        ),
        ({"frontendIPConfigurations": [{"name": "front", "privateIPAddress": "10.0.0.254"}]}, "Static"),
        ({"httpListeners": [{"name": "listener", "protocol": "Https"}]}, "certificate"),
    ],
)
def test_a_gateway_that_cannot_be_is_refused(azure: Asked, changed: dict[str, Any], said: str) -> None:
    assert said in str(azure.problems(FIREWALL, gateway(azure, ground(azure), **changed)))


def test_a_gateway_stands_on_what_is_there(azure: Asked) -> None:
    under = ground(azure)
    inputs = gateway(azure, under)
    assert azure.problems(FIREWALL, inputs) == {}
    policies = f"{PROVIDERS}/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies"
    nowhere = {"id": f"{under.network.id}/subnets/nowhere"}
    for wrong in (
        {"firewallPolicy": {"id": f"{policies}/nowhere"}},
        {"frontendIPConfigurations": [{"name": "other"}]},
        {"gatewayIPConfigurations": [{"name": "subnet", "subnet": nowhere}]},
    ):
        with pytest.raises(CloudError, match="InvalidResourceReference"):
            azure.create(FIREWALL, {**inputs, **wrong})
    azure.create(FIREWALL, inputs)


def test_a_certificate_is_read_by_an_identity_with_the_role_on_it(azure: Asked) -> None:
    with pytest.raises(CloudError, match="Access denied for KeyVault Secret"):
        azure.create(FIREWALL, gateway(azure, ground(azure), readable=False))


def test_what_a_gateway_uses_goes_after_it(azure: Asked) -> None:
    under = ground(azure)
    made = azure.create(FIREWALL, gateway(azure, under), "gateway")
    used = (under.policy, under.address, under.network)
    for one in used:
        with pytest.raises(CloudError, match="cannot be deleted"):
            one.delete()
    made.delete()
    for one in used:
        one.delete()


def test_an_environment_stands_in_a_delegated_subnet_which_stays_while_it_does(azure: Asked) -> None:
    home = network(azure)
    inputs = {**BASE, "environmentName": "env"}
    for name, said in (("firewall", "SubnetDelegation"), ("nowhere", "InvalidResourceReference")):
        place = {"infrastructureSubnetId": f"{home.id}/subnets/{name}", "internal": True}
        with pytest.raises(CloudError, match=said):
            azure.create(ENVIRONMENT, {**inputs, "vnetConfiguration": place})
    place = {"infrastructureSubnetId": f"{home.id}/subnets/environment", "internal": True}
    made = azure.create(ENVIRONMENT, {**inputs, "vnetConfiguration": place}, "environment")
    with pytest.raises(CloudError, match="InUseSubnetCannotBeDeleted"):
        home.delete()
    made.delete()
    home.delete()


def test_a_security_group_goes_after_its_subnet(azure: Asked) -> None:
    group = azure.create(SECURITY_GROUP, {**BASE, "networkSecurityGroupName": "group"}, "group-of-rules")
    home = network(azure, group.id)
    with pytest.raises(CloudError, match="InUseNetworkSecurityGroup"):
        group.delete()
    home.delete()
    group.delete()


RULE = {
    "name": "callers",
    "priority": 100,
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "Tcp",
    "sourcePortRange": "*",
    "sourceAddressPrefix": "Internet",
    "destinationAddressPrefix": "*",
    "destinationPortRange": "443",
}


@pytest.mark.parametrize(
    "changed",
    [
        [RULE, RULE],
        [{**RULE, "priority": 99}],
        [{**RULE, "sourceAddressPrefixes": ["203.0.113.0/24"]}],
        [{name: value for name, value in RULE.items() if name != "destinationPortRange"}],
    ],
    ids=["twice", "priority", "both", "neither"],
)
def test_security_rules_that_cannot_be_are_refused(azure: Asked, changed: list[dict[str, Any]]) -> None:
    inputs = {**BASE, "networkSecurityGroupName": "group"}
    assert azure.problems(SECURITY_GROUP, {**inputs, "securityRules": [RULE]}) == {}
    assert "securityRules" in azure.problems(SECURITY_GROUP, {**inputs, "securityRules": changed})


def test_policies_addresses_and_networks_that_cannot_be_are_refused(azure: Asked) -> None:
    sets = {"managedRuleSets": [{"ruleSetType": "Microsoft_DefaultRuleSet", "ruleSetVersion": "9.9"}]}
    address_rule = {
        "priority": 101,
        "ruleType": "MatchRule",
        "action": "Block",
        "matchConditions": [
            {
                "matchVariables": [{"variableName": "RemoteAddr"}],
                "operator": "IPMatch",
                "matchValues": ["somewhere"],
            }
        ],
    }
    found = azure.problems(
        POLICY, {**BASE, "policyName": "p", "managedRules": sets, "customRules": [address_rule]}
    )
    assert {"managedRules", "customRules"} <= found.keys()
    inputs = {**BASE, "publicIpAddressName": "a", "sku": {"name": "Standard"}, "idleTimeoutInMinutes": 31}
    assert {"publicIPAllocationMethod", "idleTimeoutInMinutes"} <= azure.problems(
        PUBLIC_ADDRESS, inputs
    ).keys()
    subnets = [{"name": "a", "addressPrefix": "10.0.0.0/24"}, {"name": "b", "addressPrefix": "10.0.0.128/25"}]
    space = {"addressPrefixes": ["10.1.0.0/16"]}
    told = azure.problems(
        NETWORK, {**BASE, "virtualNetworkName": "n", "addressSpace": space, "subnets": subnets}
    )
    assert "subnets" in told
