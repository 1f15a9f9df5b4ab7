"""AWS: partitions, the form of ids, the quotas that a deployment can reach, inference-profile prefixes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from claude_byoc.contract import quotas
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


ROUTE_53_REGIONS: Mapping[str, str] = MappingProxyType(
    {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
)
"""Partition to the Region in which Route 53, which has none, is asked for its tags.
source: https://docs.aws.amazon.com/general/latest/gr/r53.html"""

QUOTAS = quotas.AWS
INLINE_POLICY_CHARACTERS = QUOTAS["role_inline_policies"].limit
TRUST_POLICY_CHARACTERS = QUOTAS["role_trust_policy"].limit
OIDC_AUDIENCES = QUOTAS["oidc_audiences"].limit
SESSION_SECONDS = range(QUOTAS["session_seconds_min"].limit, QUOTAS["session_seconds_max"].limit + 1)

PROFILE_PREFIXES: tuple[str, ...] = ("us", "eu", "apac", "au", "jp", "us-gov", "global")
"""Geographies before the model id in `<prefix>.anthropic.claude-...`; leaving some out is how residency
is expressed. source: model list of LiteLLM 1.109.1, Bedrock entries."""

OPT_IN_REGIONS: frozenset[str] = frozenset(
    {
        "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4",
        "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1",
        "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
    }
)  # fmt: skip
"""Regions of the partition `aws` that an account must enable before it can call them.

Those launched after 20 March 2019; a profile routes to such a Region whether it is enabled or not.
source: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html (the date and the
rule), https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and aws-cdk-lib
region-info/lib/aws-entities.js (the Regions)."""

REGIONS: frozenset[str] = frozenset(
    {
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
        "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
        "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1",
        "cn-northwest-1", "eu-central-1", "eu-central-2", "eu-isoe-west-1", "eu-north-1", "eu-south-1",
        "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1", "il-central-1",
        "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2",
        "us-gov-east-1", "us-gov-west-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1",
        "us-isob-west-1", "us-isof-east-1", "us-isof-south-1", "us-west-1", "us-west-2",
    }
)  # fmt: skip
"""Regions of every partition. source: the enumeration Region of pulumi_aws 7.51.1; a test compares them."""

# By the published destinations: `us` stays in the US, `au` in Sydney and Melbourne, `jp` in Tokyo and Osaka.
# `apac` reaches the United Arab Emirates as well; from London and Zurich `eu` leaves the country for the EU;
# Regions elsewhere have no profile of their own. Where it is not sure, a person decides.
_OWN_PREFIX = (
    ("us-gov-", "us-gov"),
    ("us-iso", None),
    ("us-", "us"),
    ("eu-iso", None),
    ("eu-west-2", None),
    ("eu-central-2", None),
    ("eu-", "eu"),
    ("ap-southeast-2", "au"),
    ("ap-southeast-4", "au"),
    ("ap-northeast-1", "jp"),
    ("ap-northeast-3", "jp"),
)


def default_residency(region: str) -> list[str]:
    """Return the inference-profile prefix that keeps prompts inside the geography of `region`.

    [] where no prefix surely does, so that a person has to say: London and Zurich (outside the EU), Asia
    and the Pacific besides Australia and Japan, Canada, Mexico, South America, Africa, Israel, the Middle
    East, China and the isolated partitions.
    source: https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html,
    https://docs.aws.amazon.com/cdk/api/v2/docs/@aws-cdk_aws-bedrock-alpha.CrossRegionInferenceProfileRegion.html
    """
    for start, prefix in _OWN_PREFIX:
        if region == start or (not start[-1].isdigit() and region.startswith(start)):
            return [prefix] if prefix else []
    return []


# The source Regions of a geographic profile lie in its own geography; only what is surely elsewhere is refused.
# source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
_NOT_FROM = {
    "us": ("eu-", "ap-", "us-gov-"),
    "eu": ("us-", "ap-"),
    "apac": ("us-", "eu-"),
    "au": ("us-", "eu-"),
    "jp": ("us-", "eu-"),
    "us-gov": ("us-east-", "us-west-", "eu-", "ap-"),
    "global": ("us-gov-",),
}


def unreachable_prefixes(region: str, prefixes: Sequence[str]) -> list[str]:
    """Return those of `prefixes` that are no prefix at all or whose profiles cannot be called from `region`."""
    return [
        prefix
        for prefix in prefixes
        if prefix not in PROFILE_PREFIXES or region.startswith(_NOT_FROM[prefix])
    ]


def reachable_prefixes(region: str) -> list[str]:
    """Return the prefixes whose profiles can be called from `region`, as far as is known."""
    return [prefix for prefix in PROFILE_PREFIXES if not unreachable_prefixes(region, [prefix])]


def residency_unclear(region: str) -> Problem:
    """Return the problem of a Region without a geography of its own and no residency asked for."""
    return Problem(
        "bedrock.role.residency",
        f"is not set, and no inference profile surely stays in the geography of {region}",
        "one or more of " + ", ".join(PROFILE_PREFIXES),
        "say which geographies may process prompts, for example [global]",
    )
