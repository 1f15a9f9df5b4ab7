"""AWS networks: what a resource of EC2 needs to be there, what it is needed by, and what security groups refuse."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping

from standin.check import Problem
from standin.errors import CloudError
from standin.rules import Subject, check_rule, cloud_rule
from standin.values import Plain

VPC = "aws:ec2/vpc:Vpc"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTES = "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ADDRESS = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

_API = "docs.aws.amazon.com/AWSEC2/latest/APIReference/"
_ERRORS = _API + "errors-overview.html"

# What names what: (type, property, type that is named, the error where that is missing).
_NAMES = (
    (SUBNET, "vpcId", VPC, "InvalidVpcID.NotFound"),
    (GATEWAY, "vpcId", VPC, "InvalidVpcID.NotFound"),
    (ROUTES, "vpcId", VPC, "InvalidVpcID.NotFound"),
    (GROUP, "vpcId", VPC, "InvalidVpcID.NotFound"),
    (ASSOCIATION, "subnetId", SUBNET, "InvalidSubnetID.NotFound"),
    (ASSOCIATION, "routeTableId", ROUTES, "InvalidRouteTableID.NotFound"),
    (NAT, "subnetId", SUBNET, "InvalidSubnetID.NotFound"),
    (NAT, "allocationId", ADDRESS, "InvalidAllocationID.NotFound"),
    (INGRESS, "securityGroupId", GROUP, "InvalidGroup.NotFound"),
    (EGRESS, "securityGroupId", GROUP, "InvalidGroup.NotFound"),
    (INGRESS, "referencedSecurityGroupId", GROUP, "InvalidGroup.NotFound"),
    (EGRESS, "referencedSecurityGroupId", GROUP, "InvalidGroup.NotFound"),
)
_DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*")
_OWN_RULES = (INGRESS, EGRESS)


def _must_be_there(token: str) -> Callable[[Subject], None]:
    def check(subject: Subject) -> None:
        for owner, name, target, code in _NAMES:
            wanted = subject.text(name) if owner == token else ""
            if wanted and subject.cloud.get(target, subject.place, wanted) is None:
                raise CloudError(code, f"The {name} '{wanted}' does not exist")

    return check


def _must_not_be_needed(token: str) -> Callable[[Subject], None]:
    def check(subject: Subject) -> None:
        for owner, name, target, _ in _NAMES:
            # A group's own rules go with it.
            if target != token or (owner in _OWN_RULES and name == "securityGroupId"):
                continue
            for row in subject.cloud.all(owner, subject.place):
                if row.properties.get(name) == subject.id:
                    raise CloudError(
                        "DependencyViolation",
                        f"{subject.id} has a dependent object ({row.id}) and cannot be deleted.",
                    )

    return check


for _token in sorted({owner for owner, *_ in _NAMES}):
    cloud_rule(_token, "create", "update", source=_ERRORS)(_must_be_there(_token))
for _token in sorted({target for _, _, target, _ in _NAMES}):
    cloud_rule(_token, "delete", source=_ERRORS + " (DependencyViolation)")(_must_not_be_needed(_token))


@check_rule(GROUP, source=_API + "API_CreateSecurityGroup.html (GroupDescription, GroupName)")
def group_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse names and descriptions with other characters or too many of them, and names that EC2 keeps to itself."""
    yield from _described(inputs)
    name = inputs.get("name")
    if isinstance(name, str) and (name.startswith("sg-") or not _DESCRIPTION.fullmatch(name)):
        yield Problem("name", f"invalid value for name (cannot begin with sg-): {name!r}")


@check_rule(INGRESS, source=_API + "API_AuthorizeSecurityGroupIngress.html")
def ingress_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a rule that names no source or several, ports that are missing, and other characters."""
    yield from _rule(inputs)


@check_rule(EGRESS, source=_API + "API_AuthorizeSecurityGroupEgress.html")
def egress_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a rule that names no target or several, ports that are missing, and other characters."""
    yield from _rule(inputs)


@cloud_rule(INGRESS, "create", "update", source=_ERRORS + " (InvalidPermission.Duplicate)")
@cloud_rule(EGRESS, "create", "update", source=_ERRORS + " (InvalidPermission.Duplicate)")
def rule_is_there_once(subject: Subject) -> None:
    """Allow each rule once per group: its description does not count."""

    def key(properties: Mapping[str, object]) -> list[object]:
        names = (
            "securityGroupId",
            "ipProtocol",
            "fromPort",
            "toPort",
            "cidrIpv4",
            "referencedSecurityGroupId",
        )
        return [properties.get(name) for name in names]

    for row in subject.cloud.all(subject.spec.token, subject.place):
        if row.id != subject.id and key(row.properties) == key(subject.properties):
            raise CloudError("InvalidPermission.Duplicate", "the specified rule already exists")


@cloud_rule(SUBNET, "create", source=_API + "API_CreateSubnet.html; " + _ERRORS)
def subnet_lies_in_its_vpc(subject: Subject) -> None:
    """Refuse a range outside the VPC's, or one that meets another subnet's."""
    own = ipaddress.ip_network(subject.text("cidrBlock"))
    row = subject.cloud.get(VPC, subject.place, subject.text("vpcId"))
    if row is not None and not _within(own, str(row.properties.get("cidrBlock"))):
        raise CloudError("InvalidSubnet.Range", f"The CIDR '{own}' is invalid.")
    for other in subject.cloud.all(SUBNET, subject.place):
        same = other.properties.get("vpcId") == subject.text("vpcId")
        if same and own.overlaps(ipaddress.ip_network(str(other.properties.get("cidrBlock")))):
            raise CloudError("InvalidSubnet.Conflict", f"The CIDR '{own}' conflicts with another subnet")


def _within(own: ipaddress.IPv4Network | ipaddress.IPv6Network, outer: str) -> bool:
    known = ipaddress.ip_network(outer)
    return (
        own.version == known.version
        and int(known.network_address) <= int(own.network_address)
        and (int(own.broadcast_address) <= int(known.broadcast_address))
    )


def _rule(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    yield from _described(inputs)
    names = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    given = [name for name in names if name in inputs]
    if len(given) > 1:
        yield Problem(given[0], f"exactly one of {', '.join(names)} must be given")
    if inputs.get("ipProtocol") in ("tcp", "udp") and not {"fromPort", "toPort"} <= inputs.keys():
        yield Problem("fromPort", "a rule of tcp or udp needs fromPort and toPort")


def _described(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    text = inputs.get("description")
    if isinstance(text, str) and (len(text) > 255 or not _DESCRIPTION.fullmatch(text)):  # noqa: PLR2004
        yield Problem(
            "description", f"doesn't comply with restrictions (a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*): {text!r}"
        )
