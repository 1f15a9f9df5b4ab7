"""Elastic Load Balancing, and the certificates and names in front of it."""

import re
from collections.abc import Iterator, Mapping

from standin.check import Problem
from standin.errors import CloudError
from standin.generators import GENERATORS, Making
from standin.rules import Subject, check_rule, cloud_rule
from standin.values import Plain

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
RECORD = "aws:route53/record:Record"
ZONE = "aws:route53/zone:Zone"
SUBNET = "aws:ec2/subnet:Subnet"

_API = "docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/"
_TF = "github.com/hashicorp/terraform-provider-aws internal/service/"
_NAME = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?")
_IDLE_SECONDS = range(1, 4001)
_DELAY_SECONDS = range(3601)
_ZONES = 2


@check_rule(
    LOAD_BALANCER, source=_API + "API_CreateLoadBalancer.html (Name); " + _TF + "elbv2/load_balancer.go"
)
def load_balancer_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse names and idle timeouts that the provider refuses in its plan."""
    yield from _named(inputs)
    if str(inputs.get("name", "")).startswith("internal-"):
        yield Problem("name", '"name" cannot begin with "internal-"')
    idle = inputs.get("idleTimeout")
    if isinstance(idle, int) and idle not in _IDLE_SECONDS:
        yield Problem("idleTimeout", f"expected idle_timeout to be in the range (1 - 4000), got {idle}")


@check_rule(TARGET_GROUP, source=_API + "API_CreateTargetGroup.html; " + _TF + "elbv2/target_group.go")
def target_group_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse names and delays that the provider refuses in its plan."""
    yield from _named(inputs)
    delay = inputs.get("deregistrationDelay")
    if isinstance(delay, int) and delay not in _DELAY_SECONDS:
        yield Problem(
            "deregistrationDelay", f"expected deregistration_delay in the range (0 - 3600), got {delay}"
        )


@check_rule(LISTENER, source=_API + "API_CreateListener.html")
def listener_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse HTTPS without a certificate, and a certificate or policy without HTTPS."""
    secure = inputs.get("protocol") == "HTTPS"
    if secure and not inputs.get("certificateArn"):
        yield Problem("certificateArn", "a listener of protocol HTTPS needs a certificate")
    if not secure and (inputs.get("certificateArn") or inputs.get("sslPolicy")):
        yield Problem("certificateArn", "certificates and policies are for listeners of protocol HTTPS")


@cloud_rule(
    LOAD_BALANCER, "create", source=_API + "API_CreateLoadBalancer.html (Subnets: two zones at least)"
)
def load_balancer_has_two_zones(subject: Subject) -> None:
    """Refuse subnets that do not lie in two Availability Zones at least."""
    subnets = subject.properties.get("subnets")
    rows = [
        subject.cloud.get(SUBNET, subject.place, str(one))
        for one in (subnets if isinstance(subnets, list) else [])
    ]
    if None in rows:
        raise CloudError("SubnetNotFound", "The subnet does not exist")
    zones = {str(row.properties.get("availabilityZone")) for row in rows if row is not None}
    if len(zones) < _ZONES:
        raise CloudError(
            "ValidationError", "At least two subnets in two different Availability Zones must be specified"
        )


@cloud_rule(LISTENER, "create", "update", source=_API + "API_CreateListener.html (errors)")
def listener_has_what_it_names(subject: Subject) -> None:
    """Refuse a load balancer or target group that is not there, and a certificate that is not there or not issued."""
    if subject.cloud.get(LOAD_BALANCER, subject.place, subject.text("loadBalancerArn")) is None:
        raise CloudError(
            "LoadBalancerNotFound", f"Load balancer '{subject.text('loadBalancerArn')}' not found"
        )
    for group in _forwards(subject.properties):
        if subject.cloud.get(TARGET_GROUP, subject.place, group) is None:
            raise CloudError("TargetGroupNotFound", "One or more target groups not found")
    arn = subject.text("certificateArn")
    if not arn:
        return
    row = subject.cloud.get(CERTIFICATE, subject.place, arn)
    if row is None:
        raise CloudError("CertificateNotFound", f"Certificate '{arn}' not found")
    if _status(subject, arn) != "ISSUED":
        raise CloudError(
            "UnsupportedCertificate",
            f"The certificate '{arn}' must have a fully-qualified domain name, a supported "
            "signature, and a supported key size.",
        )


@cloud_rule(TARGET_GROUP, "delete", source=_API + "API_DeleteTargetGroup.html (ResourceInUse)")
def target_group_is_free(subject: Subject) -> None:
    """Refuse to delete a target group that a listener forwards to."""
    for row in subject.cloud.all(LISTENER, subject.place):
        if subject.id in _forwards(row.properties):
            raise CloudError(
                "ResourceInUse", f"Target group '{subject.id}' is currently in use by a listener or a rule"
            )


@cloud_rule(LOAD_BALANCER, "delete", source=_API + "API_DeleteLoadBalancer.html (OperationNotPermitted)")
def load_balancer_is_not_protected(subject: Subject) -> None:
    """Refuse to delete a protected load balancer."""
    if subject.properties.get("enableDeletionProtection") is True:
        raise CloudError(
            "OperationNotPermitted",
            f"Load balancer '{subject.id}' cannot be deleted because deletion protection is enabled",
        )


@cloud_rule(VALIDATION, "create", source=_TF + "acm/certificate_validation.go (it waits for 75 minutes)")
def certificate_gets_issued(subject: Subject) -> None:
    """Refuse where the records that ACM looks for are in no DNS; the real one waits before it says so."""
    if _status(subject, subject.text("certificateArn")) != "ISSUED":
        raise CloudError(
            "timeout",
            "waiting for ACM Certificate to be issued: timeout while waiting for state to become 'ISSUED' "
            "(last state: 'PENDING_VALIDATION', timeout: 1h15m0s)",
        )


@cloud_rule(
    CERTIFICATE, "delete", source="docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html"
)
def certificate_is_free(subject: Subject) -> None:
    """Refuse to delete a certificate that a listener uses."""
    for row in subject.cloud.all(LISTENER, subject.place):
        if row.properties.get("certificateArn") == subject.id:
            raise CloudError("ResourceInUseException", f"Certificate {subject.id} is in use.")


@cloud_rule(
    RECORD,
    "create",
    source="docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
)
def record_is_new(subject: Subject) -> None:
    """Refuse a record that exists, and one in a zone that does not."""
    if subject.cloud.get(ZONE, subject.place, subject.text("zoneId")) is None:
        raise CloudError("NoSuchHostedZone", f"No hosted zone found with ID: {subject.text('zoneId')}")
    if subject.properties.get("allowOverwrite") is not True and subject.cloud.get(
        RECORD, subject.place, subject.id
    ):
        raise CloudError(
            "InvalidChangeBatch",
            f"[Tried to create resource record set [name='{subject.text('name')}', type='{subject.text('type')}'] "
            "but it already exists]",
        )


@cloud_rule(
    ZONE, "delete", source="docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html"
)
def zone_is_empty(subject: Subject) -> None:
    """Refuse to delete a zone that has records."""
    if any(row.properties.get("zoneId") == subject.id for row in subject.cloud.all(RECORD, subject.place)):
        raise CloudError(
            "HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets"
        )


def _status(subject: Subject, arn: str) -> Plain:
    account, region = subject.scope["account"], subject.scope["region"]
    row = subject.cloud.get(CERTIFICATE, f"{account}/{region}", arn)
    if row is None:
        return None
    known: dict[str, Plain] = dict(row.properties)  # pyright: ignore[reportAssignmentType] -- JSON of the cloud's file
    making = Making(known, subject.scope, subject.cloud, row.place)
    return GENERATORS["certificate_status"](making)


def _forwards(properties: Mapping[str, object]) -> list[str]:
    actions = properties.get("defaultActions")
    found = [
        one.get("targetGroupArn")
        for one in (actions if isinstance(actions, list) else [])
        if isinstance(one, dict)
    ]
    return [str(one) for one in found if one]


def _named(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    name = inputs.get("name")
    if isinstance(name, str) and (len(name) > 32 or not _NAME.fullmatch(name)):  # noqa: PLR2004
        yield Problem(
            "name", f"only 1 to 32 alphanumeric characters and hyphens, none at either end: {name!r}"
        )
