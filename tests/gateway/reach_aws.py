"""Who can reach which port of the gateway in AWS, reasoned from the rules and routes of a stand-in account.

Traffic passes where the sender's group lets it out, the receiver's lets it in, and, toward the internet, the subnet
has a route. A group without a rule lets nothing in; ours say of what they let out as well.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.gateway.declared_aws import SERVICE, Row, of_type

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ROUTES = "aws:ec2/routeTable:RouteTable"
EVERYWHERE = "0.0.0.0/0"
Way = tuple[str, str, int]


def reach(rows: Sequence[Row]) -> set[Way]:
    """Return (source, target, port): sources are address ranges, `front` and `containers`; targets also `internet`."""
    [balancer], [service] = of_type(rows, BALANCER), of_type(rows, SERVICE)
    network: Mapping[str, Any] = service["networkConfiguration"]
    members = {"front": set(balancer["securityGroups"]), "containers": set(network["securityGroups"])}
    subnets = {"front": balancer["subnets"], "containers": network["subnets"]}
    listening = {row["port"] for row in of_type(rows, LISTENER)}
    found: set[Way] = set()
    for target, groups in members.items():
        let_in = [rule for rule in of_type(rows, INGRESS) if rule["securityGroupId"] in groups]
        ways = {
            (one, port)
            for rule in let_in
            for port in _ports(rule)
            for one in _sources(rows, rule, members, port)
        }
        found |= {(source, target, port) for source, port in ways if target != "front" or port in listening}
    if not _open(rows, balancer):
        found -= {way for way in found if way[:2] == (EVERYWHERE, "front")}
    for source, groups in members.items():
        routed = all(_routed(rows, subnet) for subnet in subnets[source])
        let_out = [rule for rule in of_type(rows, EGRESS) if rule["securityGroupId"] in groups]
        ports = {port for rule in let_out if rule.get("cidrIpv4") == EVERYWHERE for port in _ports(rule)}
        found |= {(source, "internet", port) for port in ports if routed}
    return found


def _sources(rows: Sequence[Row], rule: Row, members: Mapping[str, set[str]], port: int) -> set[str]:
    """Return whom a rule lets in at a port: a range, or the members of a group that may send there."""
    if "cidrIpv4" in rule:
        return {rule["cidrIpv4"]}
    named, own = rule["referencedSecurityGroupId"], {rule["securityGroupId"]}
    return {one for one, groups in members.items() if named in groups and _lets_out(rows, groups, own, port)}


def _open(rows: Sequence[Row], balancer: Row) -> bool:
    """Tell whether the internet finds the way: a public load balancer in subnets with an internet gateway."""
    routed = all(_target(rows, subnet, "gatewayId") for subnet in balancer["subnets"])
    return not balancer["internal"] and routed


def _lets_out(rows: Sequence[Row], groups: set[str], others: set[str], port: int) -> bool:
    return any(
        rule["securityGroupId"] in groups
        and rule.get("referencedSecurityGroupId") in others
        and port in _ports(rule)
        for rule in of_type(rows, EGRESS)
    )


def _routed(rows: Sequence[Row], subnet: str) -> bool:
    return _target(rows, subnet, "natGatewayId") or _target(rows, subnet, "gatewayId")


def _target(rows: Sequence[Row], subnet: str, kind: str) -> bool:
    tables = {row["routeTableId"] for row in of_type(rows, ASSOCIATION) if row["subnetId"] == subnet}
    routes = [route for row in of_type(rows, ROUTES) if row["id"] in tables for route in row["routes"]]
    return any(route["cidrBlock"] == EVERYWHERE and route.get(kind) for route in routes)


def _ports(rule: Row) -> range:
    return range(int(rule["fromPort"]), int(rule["toPort"]) + 1)
