"""Amazon CloudWatch Logs: log groups."""

import re
from collections.abc import Iterator, Mapping

from standin.check import Problem
from standin.errors import CloudError
from standin.rules import Subject, check_rule, cloud_rule
from standin.values import Plain

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

RETENTION_DAYS = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096),
    *(1827, 2192, 2557, 2922, 3288, 3653),
)
CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")

_TF = "github.com/hashicorp/terraform-provider-aws internal/service/logs/"
_API = "docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"

_NAME = re.compile(r"[0-9A-Za-z_./#-]+", re.ASCII)


@check_rule(LOG_GROUP, source=_TF + "group.go, validate.go; " + _API + "API_PutRetentionPolicy.html")
def log_group_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse names, classes and retention times that the provider refuses in its plan."""
    for name, most in (("name", 512), ("namePrefix", 483)):
        text = inputs.get(name)
        if not isinstance(text, str):
            continue
        if len(text) > most:
            yield Problem(name, f'"{name}" cannot be longer than {most} characters: {text!r}')
        if not _NAME.fullmatch(text):
            yield Problem(
                name,
                f'"{name}" isn\'t a valid log group name (alphanumeric characters, underscores, hyphens, '
                f"slashes, hash signs and dots are allowed): {text!r}",
            )
    days, group_class = inputs.get("retentionInDays"), inputs.get("logGroupClass")
    if days is not None and days not in RETENTION_DAYS:
        allowed = " ".join(map(str, RETENTION_DAYS))
        yield Problem("retentionInDays", f"expected retention_in_days to be one of [{allowed}], got {days}")
    if group_class is not None and group_class not in CLASSES:
        yield Problem("logGroupClass", f"expected one of {', '.join(CLASSES)}, got {group_class!r}")


@cloud_rule(LOG_GROUP, "create", source=_API + "API_CreateLogGroup.html; " + _TF + "group.go (skip_destroy)")
def log_group_name_is_free(subject: Subject) -> None:
    """Allow a log group's name once per account and region, also where a destroy left it behind."""
    key = (LOG_GROUP, subject.place, subject.id)
    if subject.cloud.get(*key) or subject.cloud.kept(*key):
        raise CloudError("ResourceAlreadyExistsException", "The specified log group already exists")


@cloud_rule(
    LOG_GROUP,
    "delete",
    source="docs.aws.amazon.com/AmazonCloudWatch/latest/logs/protecting-log-groups-from-deletion.html; "
    + _TF
    + "group.go (skip_destroy comes first)",
)
def log_group_is_not_protected(subject: Subject) -> None:
    """Refuse to delete a protected log group; one that is only left behind is not deleted."""
    row = subject.cloud.get(LOG_GROUP, subject.place, subject.id)
    protected = row is not None and row.properties.get("deletionProtectionEnabled") is True
    if protected and subject.properties.get("skipDestroy") is not True:
        raise CloudError(
            "ValidationException",
            "Cannot delete log group with deletion protection enabled. Disable deletion protection first.",
        )
