"""How what the parts in AWS declare is named for `pulumi import`.

What AWS names by itself (VPCs, load balancers, secrets with their suffix) is in aws_tagged.py.
"""

from collections.abc import Mapping

from claude_byoc.contract.import_ids.base import ImportId, Place

_REGISTRY = "https://www.pulumi.com/registry/packages/aws/api-docs/iam"


def _oidc_provider(inputs: Mapping[str, str], place: Place) -> str:
    return (
        f"arn:{place.partition}:iam::{place.account}:oidc-provider/{inputs['url'].removeprefix('https://')}"
    )


def _name(inputs: Mapping[str, str], _place: Place) -> str:
    return inputs["name"]


def _role_policy(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['role']}:{inputs['name']}"


def _service(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['cluster'].rpartition('/')[2]}/{inputs['name']}"


def _target(inputs: Mapping[str, str], _place: Place) -> str:
    return "/".join(inputs[name] for name in _TARGET)


def _policy(inputs: Mapping[str, str], place: Place) -> str:
    return f"{_target(inputs, place)}/{inputs['name']}"


def _dashboard(inputs: Mapping[str, str], _place: Place) -> str:
    return inputs["dashboardName"]


def _event_rule(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs.get('eventBusName', 'default')}/{inputs['name']}"


def _record(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['zoneId']}_{inputs['name'].rstrip('.')}_{inputs['type']}"


def _association(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['subnetId']}/{inputs['routeTableId']}"


def _use_of_web_acl(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['webAclArn']},{inputs['resourceArn']}"


_TARGET = ("serviceNamespace", "resourceId", "scalableDimension")
_DOCS = "https://www.pulumi.com/registry/packages/aws/api-docs"

RULES: tuple[ImportId, ...] = (
    ImportId(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        ("url",),
        "arn:{partition}:iam::{account}:oidc-provider/{url without https://}",
        _oidc_provider,
        f"{_REGISTRY}/openidconnectprovider/#import",
    ),
    ImportId("aws:iam/role:Role", ("name",), "{name}", _name, f"{_REGISTRY}/role/#import"),
    ImportId(
        "aws:cloudwatch/logGroup:LogGroup",
        ("name",),
        "{name}",
        _name,
        "https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/loggroup/#import",
    ),
    ImportId(
        "aws:iam/rolePolicy:RolePolicy",
        ("role", "name"),
        "{role}:{name}",
        _role_policy,
        f"{_REGISTRY}/rolepolicy/#import",
    ),
    ImportId("aws:ecs/cluster:Cluster", ("name",), "{name}", _name, f"{_DOCS}/ecs/cluster/#import"),
    ImportId(
        "aws:ecs/service:Service",
        ("cluster", "name"),
        "{name of the cluster}/{name}",
        _service,
        f"{_DOCS}/ecs/service/#import",
    ),
    ImportId(
        "aws:appautoscaling/target:Target",
        _TARGET,
        "{serviceNamespace}/{resourceId}/{scalableDimension}",
        _target,
        f"{_DOCS}/appautoscaling/target/#import",
    ),
    ImportId(
        "aws:appautoscaling/policy:Policy",
        (*_TARGET, "name"),
        "{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
        _policy,
        f"{_DOCS}/appautoscaling/policy/#import",
        within="resourceId",
    ),
    ImportId(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        ("name",),
        "{name}",
        _name,
        f"{_DOCS}/cloudwatch/metricalarm/#import",
    ),
    ImportId(
        "aws:cloudwatch/dashboard:Dashboard",
        ("dashboardName",),
        "{dashboardName}",
        _dashboard,
        f"{_DOCS}/cloudwatch/dashboard/#import",
    ),
    ImportId(
        "aws:cloudwatch/eventRule:EventRule",
        ("name",),
        "{eventBusName}/{name}",
        _event_rule,
        f"{_DOCS}/cloudwatch/eventrule/#import",
    ),
    ImportId(
        "aws:route53/record:Record",
        ("zoneId", "name", "type"),
        "{zoneId}_{name}_{type}",
        _record,
        f"{_DOCS}/route53/record/#import",
        within="zoneId",
    ),
    ImportId(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        ("subnetId", "routeTableId"),
        "{subnetId}/{routeTableId}",
        _association,
        f"{_DOCS}/ec2/routetableassociation/#import",
    ),
    ImportId(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        ("webAclArn", "resourceArn"),
        "{webAclArn},{resourceArn}",
        _use_of_web_acl,
        f"{_DOCS}/wafv2/webaclassociation/#import",
        # The web ACL may be somebody else's, the load balancer is ours.
        within="resourceArn",
    ),
)
