"""IAM documents as pure functions: the trust policy and the inference policy of a Bedrock role.

Sources: AWS "Actions, resources, and condition keys for Amazon Bedrock" and "Prerequisites for inference
profiles"; AWS "Create a role for OpenID Connect federation" (condition keys carry the issuer without scheme).
"""

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from claude_byoc.contract.aws import INLINE_POLICY_CHARACTERS

INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
# The add-in lists profiles at sign-in; without these two every user sees a 403.
DISCOVER = ["bedrock:GetInferenceProfile", "bedrock:ListInferenceProfiles"]

EVERY_MODEL = ("anthropic.*",)


def trust_policy(
    *, provider_arn: str, issuer_key: str, audiences: Sequence[str], subjects: Sequence[str] = ()
) -> str:
    """Return the trust policy (JSON) that lets tokens of one issuer and audience assume the role.

    `issuer_key` is the issuer without `https://`, as IAM spells its condition keys. Without the `aud`
    condition any app of the tenant could assume the role, so `audiences` may not be empty. `subjects` limits
    further to single people (the token's `sub`, which Entra makes per person and app).
    """
    if not audiences:
        raise ValueError("a trust policy needs at least one audience")
    claims = {f"{issuer_key}:aud": _one_or_many(sorted(set(audiences)))}
    if subjects:
        claims[f"{issuer_key}:sub"] = _one_or_many(sorted(set(subjects)))
    return policy_document(
        [
            {
                "Sid": "EntraTokensForThisAudience",
                "Effect": "Allow",
                "Principal": {"Federated": provider_arn},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": claims},
            }
        ]
    )


def inference_policy(
    *, partition: str, region: str, account_id: str, residency: Sequence[str], models: Sequence[str] = ()
) -> str:
    """Return the inference policy (JSON): Anthropic models only, and only inside the residency asked for.

    `residency` lists inference-profile prefixes (`us`, `eu`, `global`, ...). A model outside `region` can be
    reached through one of those profiles and in no other way, which is what makes the residency hold.
    `models` limits to Bedrock model ids, `*` allowed (`anthropic.claude-sonnet-*`); empty means every
    Anthropic model. Where naming each model's profiles would not fit IAM's quota, profiles are named by prefix:
    a call needs the model's own permission as well, so that the same calls are allowed.
    """
    place = (partition, region, account_id, sorted(set(residency)))
    wanted = _without_covered(models) or list(EVERY_MODEL)
    exact = _inference_policy(*place, wanted, profile_models=wanted)
    if len(exact) <= INLINE_POLICY_CHARACTERS:
        return exact
    return _inference_policy(*place, wanted, profile_models=EVERY_MODEL)


def _inference_policy(
    partition: str,
    region: str,
    account_id: str,
    prefixes: Sequence[str],
    wanted: Sequence[str],
    *,
    profile_models: Sequence[str],
) -> str:
    profile = f"arn:{partition}:bedrock:{region}:{account_id}:inference-profile"
    # By prefix alone: the models are limited by the resource, and the profiles by a statement of their own.
    behind_profile = {
        "StringLike": {
            "bedrock:InferenceProfileArn": _one_or_many([f"{profile}/{p}.anthropic.*" for p in prefixes])
        }
    }
    statements: list[dict[str, object]] = [
        {
            "Sid": "ClaudeInThisRegion",
            "Effect": "Allow",
            "Action": INVOKE,
            "Resource": _models(partition, region, wanted),
        },
        {
            "Sid": "ClaudeInferenceProfiles",
            "Effect": "Allow",
            "Action": INVOKE,
            "Resource": _one_or_many(
                [f"{profile}/{prefix}.{model}" for prefix in prefixes for model in profile_models]
            ),
        },
        {
            "Sid": "ClaudeBehindThoseProfiles",
            "Effect": "Allow",
            "Action": INVOKE,
            "Resource": _models(partition, "*", wanted),
            "Condition": behind_profile,
        },
        {"Sid": "DiscoverProfilesAtSignIn", "Effect": "Allow", "Action": DISCOVER, "Resource": "*"},
    ]
    if "global" in prefixes:
        # Global profiles route through a model ARN with an empty region. The wildcard above covers it by
        # IAM's published rules; AWS's own examples name it, and a 403 for everybody is a dear way to find out.
        statements.append(
            {
                "Sid": "ClaudeBehindGlobalProfiles",
                "Effect": "Allow",
                "Action": INVOKE,
                "Resource": _models(partition, "", wanted),
                "Condition": {**behind_profile, "StringEquals": {"aws:RequestedRegion": "unspecified"}},
            }
        )
    return policy_document(statements)


def _models(partition: str, region: str, models: Sequence[str]) -> str | list[str]:
    return _one_or_many([f"arn:{partition}:bedrock:{region}::foundation-model/{model}" for model in models])


def _without_covered(models: Sequence[str]) -> list[str]:
    # An id that a wildcard of the list covers would only make the document longer.
    return [
        model
        for model in sorted(set(models))
        if not any(other != model and fnmatchcase(model, other) for other in models)
    ]


def policy_document(statements: Sequence[Mapping[str, object]]) -> str:
    """Return an IAM policy document (JSON without white space, which is how its quotas count) of the statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def _one_or_many(values: Sequence[str]) -> str | list[str]:
    # IAM itself stores a single value as a string; the same form keeps refresh free of a false difference.
    return values[0] if len(values) == 1 else list(values)
