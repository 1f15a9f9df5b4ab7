"""Azure Resource Manager: Application Gateways with firewall policy, and the network around them."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import cast

from standin.check import Problem
from standin.rules import Subject, check_rule, cloud_rule
from standin.rules.azure_native import exists, group_exists
from standin.rules.azure_native.container_apps import (
    ENVIRONMENT,
    SECRETS_USER,
    principal_of,
    scopes_of,
)
from standin.values import Plain, at, rows, strings

FIREWALL = "azure-native:network:ApplicationGateway"
POLICY = "azure-native:network:WebApplicationFirewallPolicy"
PUBLIC_ADDRESS = "azure-native:network:PublicIPAddress"
NETWORK = "azure-native:network:VirtualNetwork"
SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup"

_LEARN = "learn.microsoft.com/azure/"
_GATEWAY = _LEARN + "application-gateway/"
_LIMITS = _LEARN + "azure-resource-manager/management/azure-subscription-service-limits"
_APPS = "Microsoft.App/environments"
_RULE_SETS = {
    "Microsoft_DefaultRuleSet": {"2.1", "2.2"},
    "OWASP": {"3.0", "3.1", "3.2"},
    "Microsoft_BotManagerRuleSet": {"0.1", "1.0", "1.1"},
}
_MOST_RANGES = 600
_SINGLE_AND_MANY = (
    ("sourceAddressPrefix", "sourceAddressPrefixes"),
    ("destinationAddressPrefix", "destinationAddressPrefixes"),
    ("sourcePortRange", "sourcePortRanges"),
    ("destinationPortRange", "destinationPortRanges"),
)

Inputs = Mapping[str, Plain]

for _token in (FIREWALL, POLICY, PUBLIC_ADDRESS, NETWORK, SECURITY_GROUP):
    cloud_rule(_token, "create", source=_LEARN + "azure-resource-manager/troubleshooting/error-not-found")(
        group_exists
    )


@check_rule(
    FIREWALL,
    source=f"{_LIMITS} (Application Gateway); {_GATEWAY}configuration-request-routing-rules (priority), "
    "configuration-front-end-ip, ssl-overview (pick hostname), configuration-http-settings",
)
def gateway_can_be(inputs: Inputs) -> Iterator[Problem]:
    """Refuse what the service's documents rule out for the SKU WAF_v2."""
    if at(inputs, "sku.tier") == "WAF_v2" and not at(inputs, "firewallPolicy.id"):
        yield Problem("firewallPolicy", "needed with WAF_v2")
    for row in rows(inputs, "requestRoutingRules"):
        if not _within(row.get("priority"), 1, 20_000):
            yield Problem("requestRoutingRules", "priority: 1 to 20000, and it is needed")
    for row in rows(inputs, "backendHttpSettingsCollection"):
        if not _within(row.get("requestTimeout", 20), 1, 86_400):
            yield Problem("backendHttpSettingsCollection", "requestTimeout: 1 to 86400 seconds")
        if at(row, "connectionDraining.enabled") and not _within(
            at(row, "connectionDraining.drainTimeoutInSec"), 1, 3600
        ):
            yield Problem("backendHttpSettingsCollection", "drainTimeoutInSec: 1 to 3600")
        pools = [
            one for pool in rows(inputs, "backendAddressPools") for one in rows(pool, "backendAddresses")
        ]
        if row.get("pickHostNameFromBackendAddress") and any(one.get("ipAddress") for one in pools):
            yield Problem("backendHttpSettingsCollection", "no host name can be picked from an IP address")
    for row in rows(inputs, "frontendIPConfigurations"):
        if row.get("privateIPAddress") and row.get("privateIPAllocationMethod") != "Static":
            yield Problem("frontendIPConfigurations", "a private address of v2 is Static")
    for row in rows(inputs, "httpListeners"):
        if row.get("protocol") == "Https" and not at(row, "sslCertificate.id"):
            yield Problem("httpListeners", "Https needs a certificate")


@check_rule(POLICY, source=f"{_LIMITS}; {_LEARN}web-application-firewall/ag/custom-waf-rules-overview")
def policy_can_be(inputs: Inputs) -> Iterator[Problem]:
    """Refuse rule sets that there are not, and rules of ours that are too large or unordered."""
    for row in rows(inputs, "managedRules.managedRuleSets"):
        if row.get("ruleSetVersion") not in _RULE_SETS.get(str(row.get("ruleSetType")), set()):
            yield Problem(
                "managedRules", f"{row.get('ruleSetType')} {row.get('ruleSetVersion')} is no rule set"
            )
    rules = rows(inputs, "customRules")
    priorities = [row.get("priority") for row in rules]
    if len(priorities) != len(set(map(str, priorities))) or not all(
        _within(one, 1, 100) for one in priorities
    ):
        yield Problem("customRules", "priority: 1 to 100, each once")
    for condition in (one for row in rules for one in rows(row, "matchConditions")):
        values = strings(condition.get("matchValues"))
        if condition.get("operator") == "IPMatch":
            if len(values) > _MOST_RANGES:
                yield Problem("customRules", f"matchValues: {_MOST_RANGES} ranges at most")
            for value in values:
                try:
                    ipaddress.ip_network(value)
                except ValueError:
                    yield Problem("customRules", f"matchValues: {value} is no range")


@check_rule(
    SECURITY_GROUP, source=_LEARN + "virtual-network/network-security-groups-overview (security rules)"
)
def security_rules_can_be(inputs: Inputs) -> Iterator[Problem]:
    """Refuse rules of one priority, and those that say one thing in the singular and in the plural, or not at all."""
    taken = set[tuple[str, str]]()
    for row in rows(inputs, "securityRules"):
        name, place = row.get("name"), (str(row.get("direction")), str(row.get("priority")))
        if place in taken or not _within(row.get("priority"), 100, 4096):
            yield Problem("securityRules", f"{name}: priority 100 to 4096, each once in a direction")
        taken.add(place)
        for one, many in _SINGLE_AND_MANY:
            if (row.get(one) is None) is (not row.get(many)):
                yield Problem("securityRules", f"{name}: one of {one} and {many}")


@check_rule(PUBLIC_ADDRESS, source=_LEARN + "virtual-network/ip-services/public-ip-addresses")
def address_can_be(inputs: Inputs) -> Iterator[Problem]:
    """Refuse a Standard address that is not static, and an idle timeout out of range."""
    if at(inputs, "sku.name") == "Standard" and inputs.get("publicIPAllocationMethod") != "Static":
        yield Problem("publicIPAllocationMethod", "Static with the SKU Standard")
    if not _within(inputs.get("idleTimeoutInMinutes", 4), 4, 30):
        yield Problem("idleTimeoutInMinutes", "4 to 30")


@check_rule(
    NETWORK, source=_LEARN + "virtual-network/virtual-networks-faq (subnets lie in the address space)"
)
def subnets_fit(inputs: Inputs) -> Iterator[Problem]:
    """Refuse subnets outside the network's ranges or over one another."""
    space = [ipaddress.ip_network(one) for one in strings(at(inputs, "addressSpace.addressPrefixes"))]
    found: list[ipaddress.IPv4Network] = []
    for row in rows(inputs, "subnets"):
        own = ipaddress.IPv4Network(str(row.get("addressPrefix")))
        if not any(one.version == 4 and own.subnet_of(one) for one in space):  # noqa: PLR2004 -- IPv4
            yield Problem("subnets", f"{own} is outside the address space")
        if any(own.overlaps(one) for one in found):
            yield Problem("subnets", f"{own} overlaps another one")
        found.append(own)


@cloud_rule(
    FIREWALL,
    "create",
    "update",
    source="learn.microsoft.com/rest/api/application-gateway (SubResource references)",
)
def references_exist(subject: Subject) -> None:
    """Refuse a gateway that names a part it has not, or a policy, address or subnet that is not there."""
    for reference in _references(subject.properties):
        kind, _, name = reference.rpartition("/")
        if kind.lower().startswith(f"{subject.id}/".lower()):
            parts = rows(subject.properties, kind.rpartition("/")[2])
            if name not in {str(row.get("name")) for row in parts}:
                raise subject.refusal("InvalidResourceReference", reference=reference)
        for marker, token in (
            ("/ApplicationGatewayWebApplicationFirewallPolicies/", POLICY),
            ("/publicIPAddresses/", PUBLIC_ADDRESS),
        ):
            if marker in reference and not exists(subject.cloud, token, subject.place, reference):
                raise subject.refusal("InvalidResourceReference", reference=reference)
        if "/subnets/" in reference:
            _subnet(subject, reference)


@cloud_rule(
    FIREWALL, "create", "update", source="github.com/MicrosoftDocs/azure-docs issue 33157 (logged answer)"
)
def certificate_can_be_read(subject: Subject) -> None:
    """Refuse a certificate of a key vault that no identity of the gateway may read."""
    own = cast("Mapping[str, object]", at(subject.properties, "identity.userAssignedIdentities") or {})
    for row in rows(subject.properties, "sslCertificates"):
        url = str(row.get("keyVaultSecretId") or "")
        found = re.fullmatch(r"https://([a-z0-9-]+)\.vault\.azure\.net/secrets/([^/]+)(/[0-9a-f]+)?", url)
        vault = f"/vaults/{found[1]}" if found else ""
        tails = (vault, f"{vault}/secrets/{found[2]}".lower()) if found else ()
        scopes = {
            scope
            for identity in own
            if (principal := principal_of(subject, identity)) is not None
            for scope in scopes_of(subject, principal, SECRETS_USER)
        }
        if url and not any(scope.endswith(tail) for scope in scopes for tail in tails):
            raise subject.refusal("ApplicationGatewayKeyVaultSecretAccessDenied", certificate=url)


@cloud_rule(ENVIRONMENT, "create", source=_LEARN + "container-apps/custom-virtual-networks (delegation)")
def subnet_is_delegated(subject: Subject) -> None:
    """Refuse an environment in a subnet of a network of ours that is not there or not delegated."""
    subnet = at(subject.properties, "vnetConfiguration.infrastructureSubnetId")
    found = _subnet(subject, str(subnet)) if subnet else None
    if found is not None and _APPS not in {str(row.get("serviceName")) for row in rows(found, "delegations")}:
        raise subject.refusal("SubnetNotDelegated", subnet=str(subnet))


@cloud_rule(
    POLICY,
    "delete",
    source=_LEARN + "web-application-firewall/ag/policy-overview (an associated policy stays)",
)
@cloud_rule(
    PUBLIC_ADDRESS,
    "delete",
    source=_LEARN + "virtual-network/ip-services/configure-public-ip-application-gateway",
)
def gateway_goes_first(subject: Subject) -> None:
    """Refuse to delete what an Application Gateway uses."""
    for row in subject.cloud.all(FIREWALL, subject.place):
        if subject.id.lower() in {one.lower() for one in _references(row.properties)}:
            code = "PublicIPAddressCannotBeDeleted" if subject.spec.token == PUBLIC_ADDRESS else "PolicyInUse"
            raise subject.refusal("NetworkResourceInUse", reason=code, user=row.id)


@cloud_rule(
    NETWORK, "delete", source="learn.microsoft.com/troubleshoot/azure/virtual-network/cannot-delete-vnet"
)
def network_is_empty(subject: Subject) -> None:
    """Refuse to delete a network with a gateway or an environment in it."""
    for row in (*subject.cloud.all(FIREWALL, subject.place), *subject.cloud.all(ENVIRONMENT, subject.place)):
        used = {
            *_references(row.properties),
            str(at(cast("Inputs", row.properties), "vnetConfiguration.infrastructureSubnetId")),
        }
        if any(one.lower().startswith(f"{subject.id}/subnets/".lower()) for one in used):
            raise subject.refusal("NetworkResourceInUse", reason="InUseSubnetCannotBeDeleted", user=row.id)


@cloud_rule(
    SECURITY_GROUP,
    "delete",
    source=_LEARN + "virtual-network/manage-network-security-group (none that is associated can be deleted)",
)
def group_is_unused(subject: Subject) -> None:
    """Refuse to delete a security group that a subnet has."""
    for row in subject.cloud.all(NETWORK, subject.place):
        groups = {str(at(one, "networkSecurityGroup.id")).lower() for one in rows(row.properties, "subnets")}
        if subject.id.lower() in groups:
            code = "InUseNetworkSecurityGroupCannotBeDeleted"
            raise subject.refusal("NetworkResourceInUse", reason=code, user=row.id)


def _subnet(subject: Subject, id_: str) -> Inputs | None:
    """Return a subnet of a network that this cloud has; None of another's, which is not judged."""
    network, _, name = id_.rpartition("/subnets/")
    for row in subject.cloud.all(NETWORK, subject.place):
        if row.id.lower() == network.lower():
            found = [one for one in rows(row.properties, "subnets") if one.get("name") == name]
            if not found:
                raise subject.refusal("InvalidResourceReference", reference=id_)
            return found[0]
    return None


def _references(found: object) -> Iterator[str]:
    """Yield every ARM id that stands as `id` in a document."""
    if isinstance(found, Mapping):
        for name, value in cast("Mapping[str, object]", found).items():
            if name == "id" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(found, list):
        for one in cast("list[object]", found):
            yield from _references(one)


def _within(value: object, least: int, most: int) -> bool:
    return isinstance(value, int | float) and least <= value <= most
