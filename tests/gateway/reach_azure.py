"""Who can open a connection to what, reasoned from what was declared in Azure.

Reasoned: the ingress of the container app with its address rules, its target port and where nginx or LiteLLM listen,
whether the environment has a public address; the firewall in front with its listeners, its rules on addresses and where
it sends requests; the security groups of a network of ours. Not reasoned: those of subnets that are given, and the ways
by which Azure itself runs its services (GatewayManager, AzureLoadBalancer).
"""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from standin.rules.azure_native.application_gateway import FIREWALL, NETWORK, POLICY, SECURITY_GROUP
from standin.rules.azure_native.container_apps import APP, ENVIRONMENT

Rows = Sequence[Mapping[str, Any]]
Reach = tuple[str, str, int]
"""Source, target, port."""

_PLAIN, _TLS = 80, 443


def reach(rows: Rows) -> set[Reach]:
    """Return (source, target, port): sources are `internet`, `network`, ranges, `firewall`, `front` and containers."""
    [app], [environment] = _of_type(rows, APP), _of_type(rows, ENVIRONMENT)
    ingress, containers = app["configuration"]["ingress"], app["template"]["containers"]
    found = {(one["name"], "internet", _TLS) for one in containers}
    if not ingress["external"]:
        return found
    vnet = environment.get("vnetConfiguration", {})
    everybody = "network" if vnet.get("internal", False) else "internet"
    rules = ingress.get("ipSecurityRestrictions", [])
    assert {one["action"] for one in rules} <= {"Allow"}
    # As soon as one range is allowed, every other address is refused.
    sources = [one["ipAddressRange"] for one in rules] or [everybody, *_firewalls(rows)]
    home = _subnet(rows, vnet.get("infrastructureSubnetId", ""))
    # On port 80 the ingress answers with a redirect alone, unless insecure traffic is allowed.
    for port in [_TLS, *([_PLAIN] if ingress["allowInsecure"] else [])]:
        found |= {(source, "front", port) for source in sources if _passes(rows, home, source, port)}
    for one in containers:
        if _listens(one) == (port := int(ingress["targetPort"])):
            found.add(("front", one["name"], port))
    for firewall in _of_type(rows, FIREWALL):
        found = _behind(rows, firewall, app["containerAppName"], found)
    return found


def _behind(rows: Rows, firewall: Mapping[str, Any], app: str, ways: set[Reach]) -> set[Reach]:
    """Return the ways with those to and from the firewall; what its subnet alone may do is the firewall's."""
    [front] = firewall["frontendIPConfigurations"]
    [place] = firewall["gatewayIPConfigurations"]
    subnet = _subnet(rows, place["subnet"]["id"])
    ports = {one["name"]: one["port"] for one in firewall["frontendPorts"]}
    listening = {ports[_name(one["frontendPort"])] for one in firewall["httpListeners"]}
    everybody = "internet" if "publicIPAddress" in front else "network"
    found = {
        (source, "firewall", port)
        for port in listening
        for source in _callers(rows, firewall) or [everybody]
        if _passes(rows, subnet, source, port)
    }
    [settings] = firewall["backendHttpSettingsCollection"]
    assert settings["hostName"].split(".")[0] == app, "another app of the environment"
    range_ = subnet["addressPrefix"] if subnet else ""
    for source, target, port in ways:
        ours = target == "front" and source == range_
        if not ours:
            found.add((source, target, port))
        elif port == settings["port"] and settings["protocol"] == "Https":
            found.add(("firewall", target, port))
    return found


def _firewalls(rows: Rows) -> list[str]:
    """Return the ranges of firewalls' subnets in a network of ours, each a part of that network."""
    places = [
        one["subnet"]["id"] for row in _of_type(rows, FIREWALL) for one in row["gatewayIPConfigurations"]
    ]
    return [subnet["addressPrefix"] for one in places if (subnet := _subnet(rows, one)) is not None]


def _callers(rows: Rows, firewall: Mapping[str, Any]) -> list[str]:
    """Return the ranges that the firewall's policy lets call; none where it looks at no address."""
    policies = {one["policyName"]: one for one in _of_type(rows, POLICY)}
    policy = policies[_name(firewall["firewallPolicy"])]
    assert policy["policySettings"]["mode"] == "Prevention"
    for rule in policy.get("customRules", []):
        [condition] = rule["matchConditions"]
        [variable] = condition["matchVariables"]
        assert (rule["action"], condition["operator"], condition["negationConditon"]) == (
            "Block",
            "IPMatch",
            True,
        )
        assert variable["variableName"] == "RemoteAddr"
        return list(condition["matchValues"])
    return []


def _passes(rows: Rows, subnet: Mapping[str, Any] | None, source: str, port: int) -> bool:
    """Tell whether the security group of a subnet of ours lets a source in; a subnet of others is not judged."""
    if subnet is None:
        return True
    groups = {one["networkSecurityGroupName"]: one for one in _of_type(rows, SECURITY_GROUP)}
    for rule in sorted(
        groups[_name(subnet["networkSecurityGroup"])]["securityRules"], key=lambda one: one["priority"]
    ):
        prefixes = rule.get("sourceAddressPrefixes") or [rule["sourceAddressPrefix"]]
        numbers = rule.get("destinationPortRanges") or [rule["destinationPortRange"]]
        if any(_holds(prefix, source) for prefix in prefixes) and any(_covers(one, port) for one in numbers):
            return rule["access"] == "Allow"
    return source == "network"  # what every group has: the network itself, and nobody else


def _holds(prefix: str, source: str) -> bool:
    if prefix == "*" or prefix.lower() == source:
        return True
    try:
        return ipaddress.IPv4Network(source).subnet_of(ipaddress.IPv4Network(prefix))
    except ValueError:  # a tag, or `internet` and `network`
        return False


def _covers(ports: str, port: int) -> bool:
    first, _, last = ports.partition("-")
    return ports == "*" or int(first) <= port <= int(last or first)


def _subnet(rows: Rows, id_: str) -> Mapping[str, Any] | None:
    """Return a subnet of a network of ours."""
    network, _, name = id_.rpartition("/subnets/")
    for one in _of_type(rows, NETWORK):
        if one["virtualNetworkName"] == network.rpartition("/")[2]:
            return next(row for row in one["subnets"] if row["name"] == name)
    return None


def _of_type(rows: Rows, token: str) -> list[Any]:
    return [row["inputs"] for row in rows if row["type"] == token]


def _name(reference: Mapping[str, str]) -> str:
    return reference["id"].rpartition("/")[2]


def _listens(container: Mapping[str, Any]) -> int | None:
    """Return the port that a container opens to others; None where it listens on loopback alone."""
    command = container["command"]
    if "--host" in command:
        loopback = command[command.index("--host") + 1] == "127.0.0.1"
        return None if loopback else int(command[command.index("--port") + 1])
    [probe] = [row for row in container["probes"] if row["type"] == "Liveness"]
    return int(probe["httpGet"]["port"])
