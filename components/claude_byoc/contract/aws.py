"""AWS: partitions, the form of ids, the quotas that a deployment can reach, inference-profile prefixes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from claude_byoc.contract.problems import Problem

# Anchored, because JSON Schema and pydantic search instead of matching the whole text.
REGION_PATTERN = r"^[a-z]{2,4}(-[a-z]+)+-[0-9]+$"
"""An AWS Region code of any partition."""
ACCOUNT_ID_PATTERN = r"^[0-9]{12}$"
ROLE_NAME_PATTERN = r"^[A-Za-z0-9_+=,.@-]{1,64}$"
ROLE_ARN_PATTERN = r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/(.+/)?[A-Za-z0-9_+=,.@-]{1,64}$"
POLICY_ARN_PATTERN = r"^arn:aws(-[a-z]+)*:iam::([0-9]{12}|aws):policy/(.+/)?[A-Za-z0-9_+=,.@-]{1,128}$"
OIDC_PROVIDER_ARN_PATTERN = r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:oidc-provider/[^\s]+$"

DEFAULT_ROLE_NAME = "ClaudeBedrockAccess"

_PARTITIONS = (
    ("us-gov-", "aws-us-gov"),
    ("cn-", "aws-cn"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)

DNS_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
)
"""Partition to the suffix of its service hosts, for the partitions that may be asked for."""


def partition(region: str) -> str:
    """Return the partition of a Region code; a Region not known here belongs to `aws`.

    source: endpoints.json of botocore, the `regionRegex` of each partition.
    """
    for prefix, name in _PARTITIONS:
        if region.startswith(prefix):
            return name
    return "aws"


@dataclass(frozen=True)
class Quota:
    """A limit of a service: `limit` in `unit`, `adjustable_to` the highest that AWS grants on request."""

    limit: int
    unit: str
    source: str
    adjustable_to: int | None = None


_IAM_QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_ROLE = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"

QUOTAS: Mapping[str, Quota] = MappingProxyType(
    {
        "role_inline_policies": Quota(
            10_240, "characters of all inline policies of a role, without white space", _IAM_QUOTAS
        ),
        "role_trust_policy": Quota(
            2_048, "characters of a role's trust policy, without white space; more on request", _IAM_QUOTAS
        ),
        "oidc_audiences": Quota(100, "client ids of an OIDC provider", _IAM_QUOTAS),
        "role_name": Quota(64, "characters", _IAM_QUOTAS),
        "roles_per_account": Quota(1_000, "roles", _IAM_QUOTAS, 5_000),
        "session_seconds_min": Quota(3_600, "seconds, lowest MaxSessionDuration of a role", _ROLE),
        "session_seconds_max": Quota(43_200, "seconds, highest MaxSessionDuration of a role", _ROLE),
    }
)

INLINE_POLICY_CHARACTERS = QUOTAS["role_inline_policies"].limit
TRUST_POLICY_CHARACTERS = QUOTAS["role_trust_policy"].limit
OIDC_AUDIENCES = QUOTAS["oidc_audiences"].limit
SESSION_SECONDS = range(QUOTAS["session_seconds_min"].limit, QUOTAS["session_seconds_max"].limit + 1)

PROFILE_PREFIXES: tuple[str, ...] = ("us", "eu", "apac", "au", "jp", "us-gov", "global")
"""Geographies before the model id in `<prefix>.anthropic.claude-...`; leaving some out is how residency
is expressed. source: model list of LiteLLM 1.109.1, Bedrock entries."""

_OWN_PREFIX = (
    ("us-gov-", "us-gov"),
    ("us-iso", None),
    ("us-", "us"),
    ("eu-iso", None),
    ("eu-", "eu"),
    ("ap-southeast-2", "au"),
    ("ap-southeast-4", "au"),
    ("ap-northeast-1", "jp"),
    ("ap-northeast-3", "jp"),
    ("ap-", "apac"),
)


def default_residency(region: str) -> list[str]:
    """Return the narrowest inference-profile prefix around `region`; [] where no geography contains it.

    source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
    """
    for start, prefix in _OWN_PREFIX:
        if region.startswith(start):
            return [prefix] if prefix else []
    return []


def residency_unclear(region: str) -> Problem:
    """Return the problem of a Region without a geography of its own and no residency asked for."""
    return Problem(
        "bedrock.role.residency",
        f"is not set, and no inference-profile geography contains {region}",
        "one or more of " + ", ".join(PROFILE_PREFIXES),
        "say which geographies may process prompts, for example [global]",
    )
