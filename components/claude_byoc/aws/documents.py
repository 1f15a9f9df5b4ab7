"""IAM documents as pure functions: the trust policy and the inference policy of a Bedrock role.

Sources: AWS "Actions, resources, and condition keys for Amazon Bedrock" and "Prerequisites for inference
profiles"; AWS "Create a role for OpenID Connect federation" (condition keys carry the issuer without scheme).
"""

import json
from collections.abc import Sequence

from claude_byoc.contract.aws import INLINE_POLICY_CHARACTERS
from claude_byoc.contract.problems import Problem

INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
# The add-in lists profiles at sign-in; without these two every user sees a 403.
DISCOVER = ["bedrock:GetInferenceProfile", "bedrock:ListInferenceProfiles"]


def trust_policy(*, provider_arn: str, issuer_key: str, audiences: Sequence[str]) -> str:
    """Return the trust policy (JSON) that lets tokens of one issuer and audience assume the role.

    `issuer_key` is the issuer without `https://`, as IAM spells its condition keys. Without the `aud`
    condition any app of the tenant could assume the role, so `audiences` may not be empty.
    """
    if not audiences:
        raise ValueError("a trust policy needs at least one audience")
    return _json(
        [
            {
                "Sid": "EntraTokensForThisAudience",
                "Effect": "Allow",
                "Principal": {"Federated": provider_arn},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {f"{issuer_key}:aud": _one_or_many(audiences)}},
            }
        ]
    )


def inference_policy(*, partition: str, region: str, account_id: str, residency: Sequence[str]) -> str:
    """Return the inference policy (JSON): Anthropic models only, and only inside the residency asked for.

    `residency` lists inference-profile prefixes (`us`, `eu`, `global`, ...). A model outside `region` can be
    reached through one of those profiles and in no other way, which is what makes the residency hold.
    """
    profiles = [
        f"arn:{partition}:bedrock:{region}:{account_id}:inference-profile/{prefix}.anthropic.*"
        for prefix in sorted(set(residency))
    ]
    behind_profile = {"StringLike": {"bedrock:InferenceProfileArn": _one_or_many(profiles)}}
    statements: list[dict[str, object]] = [
        {
            "Sid": "ClaudeInThisRegion",
            "Effect": "Allow",
            "Action": INVOKE,
            "Resource": f"arn:{partition}:bedrock:{region}::foundation-model/anthropic.*",
        },
        {
            "Sid": "ClaudeInferenceProfiles",
            "Effect": "Allow",
            "Action": INVOKE,
            "Resource": _one_or_many(profiles),
        },
        {
            "Sid": "ClaudeBehindThoseProfiles",
            "Effect": "Allow",
            "Action": INVOKE,
            "Resource": f"arn:{partition}:bedrock:*::foundation-model/anthropic.*",
            "Condition": behind_profile,
        },
        {"Sid": "DiscoverProfilesAtSignIn", "Effect": "Allow", "Action": DISCOVER, "Resource": "*"},
    ]
    if "global" in residency:
        # Global profiles route through a model ARN with an empty region. The wildcard above covers it by
        # IAM's published rules; AWS's own examples name it, and a 403 for everybody is a dear way to find out.
        statements.append(
            {
                "Sid": "ClaudeBehindGlobalProfiles",
                "Effect": "Allow",
                "Action": INVOKE,
                "Resource": f"arn:{partition}:bedrock:::foundation-model/anthropic.*",
                "Condition": {**behind_profile, "StringEquals": {"aws:RequestedRegion": "unspecified"}},
            }
        )
    return _json(statements)


def size_problems(document: str) -> list[Problem]:
    """Return a problem where an inference policy is larger than IAM takes."""
    # IAM counts without white space, and these documents are written without any.
    if (size := len(document)) <= INLINE_POLICY_CHARACTERS:
        return []
    return [
        Problem(
            key="bedrock.role.residency",
            wrong=f"makes a policy of {size} characters",
            allowed=f"at most {INLINE_POLICY_CHARACTERS}, an IAM quota",
            cure="ask for fewer inference-profile prefixes",
        )
    ]


def _json(statements: list[dict[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def _one_or_many(values: Sequence[str]) -> str | list[str]:
    # IAM itself stores a single value as a string; the same form keeps refresh free of a false difference.
    return values[0] if len(values) == 1 else list(values)
