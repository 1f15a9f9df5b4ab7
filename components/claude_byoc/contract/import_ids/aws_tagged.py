"""How what AWS names by itself is found again: by this environment's tags, and the tag `Name` where there are several.

The index of tags is asked once for all of them, and Secrets Manager for the versions of a secret. The index also shows
what was deleted, so that it gives candidates alone: whether one exists, reading it tells.
source: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html ("previously
tagged"), https://github.com/aws/aws-sdk/issues/676 (deleted zones and listeners)
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from claude_byoc.contract.import_ids.base import OWNERSHIP_TAGS, AskedId

NAME_TAG = "Name"
_DOCS = "https://www.pulumi.com/registry/packages/aws/api-docs"

VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
"""Has no tags, and a version's id follows from no input: its secret is asked."""

ZONE = "aws:route53/zone:Zone"
"""Is indexed where Route 53 has its one Region."""


@dataclass(frozen=True)
class Tagged:
    """What the index of tags says of one resource."""

    arn: str
    tags: Mapping[str, str]


@dataclass
class Told:
    """What AWS was asked in one preview, and what it answered."""

    tagged: dict[str, list[Tagged]] = field(default_factory=dict[str, list[Tagged]])
    """By region that was asked."""
    versions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """ARN of a secret -> ids of its versions, the current one alone where there is one."""
    failures: dict[str, str] = field(default_factory=dict[str, str])
    """Region or ARN of a secret -> why there was no answer."""


@dataclass(frozen=True)
class TaggedId(AskedId):
    """Rule of one resource type that carries tags.

    `resource` is how the last part of its ARN looks, as a pattern; its groups `id` and `named` are the id (without
    `id`: the whole ARN) and the name, which has to be that of the input `named_by`. `newest` takes the highest number
    of the group `number` alone.
    """

    service: str = ""
    resource: str = ""
    named_by: str = ""
    form_of: Callable[[Mapping[str, str]], str] | None = None
    newest: bool = False

    def ids(self, inputs: Mapping[str, Any], rows: Iterable[Tagged], region: str) -> list[str]:
        """Return the import ids of the rows that carry the planned tags, in `region` where they lie in one."""
        given: Mapping[str, Any] = inputs.get("tags") or {}
        wanted = {key: given.get(key) for key in (*OWNERSHIP_TAGS, NAME_TAG)}
        if any(wanted[key] is None for key in OWNERSHIP_TAGS):
            return []
        found: list[tuple[int, str]] = []
        for row in rows:
            _, _, service, place, _, resource = row.arn.split(":", 5)
            match = re.fullmatch(self.resource, resource)
            if service != self.service or place not in ("", region) or match is None:
                continue
            if any(value is not None and row.tags.get(key) != value for key, value in wanted.items()):
                continue
            parts = match.groupdict()
            if self.named_by and parts["named"] != inputs.get(self.named_by):
                continue
            id_ = self.form_of(parts) if self.form_of else parts.get("id") or row.arn
            found.append((int(parts.get("number") or 0), id_))
        found.sort()
        return [id_ for _, id_ in (found[-1:] if self.newest else found)]


def _ec2(token: str, kind: str, form: str) -> TaggedId:
    page = token.partition(":")[2].replace(":", "/").lower().split("/")
    source = f"{_DOCS}/{page[0]}/{page[-1]}/#import"
    return TaggedId(token, (), form, source, service="ec2", resource=rf"{kind}/(?P<id>[a-z]+-[0-9a-f]+)")


TAGGED: tuple[TaggedId, ...] = (
    _ec2("aws:ec2/vpc:Vpc", "vpc", "vpc-ID"),
    _ec2("aws:ec2/subnet:Subnet", "subnet", "subnet-ID"),
    _ec2("aws:ec2/internetGateway:InternetGateway", "internet-gateway", "igw-ID"),
    _ec2("aws:ec2/eip:Eip", "elastic-ip", "eipalloc-ID"),
    _ec2("aws:ec2/natGateway:NatGateway", "natgateway", "nat-ID"),
    _ec2("aws:ec2/routeTable:RouteTable", "route-table", "rtb-ID"),
    _ec2("aws:ec2/securityGroup:SecurityGroup", "security-group", "sg-ID"),
    _ec2("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "security-group-rule", "sgr-ID"),
    _ec2("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "security-group-rule", "sgr-ID"),
    TaggedId(
        "aws:lb/loadBalancer:LoadBalancer",
        ("name",),
        "ARN",
        f"{_DOCS}/lb/loadbalancer/#import",
        service="elasticloadbalancing",
        resource=r"loadbalancer/app/(?P<named>[^/]+)/[0-9a-f]+",
        named_by="name",
    ),
    TaggedId(
        "aws:lb/targetGroup:TargetGroup",
        (),
        "ARN",
        f"{_DOCS}/lb/targetgroup/#import",
        service="elasticloadbalancing",
        resource=r"targetgroup/[^/]+/[0-9a-f]+",
    ),
    TaggedId(
        "aws:lb/listener:Listener",
        (),
        "ARN",
        f"{_DOCS}/lb/listener/#import",
        service="elasticloadbalancing",
        resource=r"listener/app/[^/]+/[0-9a-f]+/[0-9a-f]+",
    ),
    TaggedId(
        "aws:acm/certificate:Certificate",
        (),
        "ARN",
        f"{_DOCS}/acm/certificate/#import",
        service="acm",
        resource=r"certificate/[0-9a-f-]+",
    ),
    TaggedId(
        "aws:secretsmanager/secret:Secret",
        ("name",),
        "ARN",
        f"{_DOCS}/secretsmanager/secret/#import",
        service="secretsmanager",
        resource=r"secret:(?P<named>.+)-[A-Za-z0-9]{6}",
        named_by="name",
    ),
    TaggedId(
        "aws:wafv2/webAcl:WebAcl",
        ("name",),
        "{id}/{name}/REGIONAL",
        f"{_DOCS}/wafv2/webacl/#import",
        service="wafv2",
        resource=r"regional/webacl/(?P<named>[^/]+)/(?P<acl>[0-9a-f-]+)",
        named_by="name",
        form_of=lambda parts: f"{parts['acl']}/{parts['named']}/REGIONAL",
    ),
    TaggedId(
        ZONE,
        (),
        "zone id",
        f"{_DOCS}/route53/zone/#import",
        service="route53",
        resource=r"hostedzone/(?P<id>Z[A-Z0-9]+)",
    ),
    # Revisions that were deregistered are indexed as well.
    TaggedId(
        "aws:ecs/taskDefinition:TaskDefinition",
        ("family",),
        "ARN",
        f"{_DOCS}/ecs/taskdefinition/#import",
        service="ecs",
        resource=r"task-definition/(?P<named>[^:]+):(?P<number>[0-9]+)",
        named_by="family",
        newest=True,
    ),
)

ASKED: tuple[AskedId, ...] = (
    *TAGGED,
    AskedId(
        VERSION,
        ("secretId",),
        "{secretId}|{version id}",
        f"{_DOCS}/secretsmanager/secretversion/#import",
    ),
)


def ids(token: str, inputs: Mapping[str, Any], told: Told, region: str) -> Sequence[str]:
    """Return the import ids that what AWS told gives to one of ASKED; `region` is the provider's."""
    if token == VERSION:
        return [f"{inputs['secretId']}|{one}" for one in told.versions.get(str(inputs["secretId"]), [])]
    [rule] = [one for one in TAGGED if one.token == token]
    rows = [row for asked in told.tagged.values() for row in asked]
    return rule.ids(inputs, {row.arn: row for row in rows}.values(), region)
