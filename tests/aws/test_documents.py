"""The IAM documents, judged by the published semantics of IAM rather than by their text."""

import pytest

from claude_byoc.aws.documents import inference_policy, trust_policy
from claude_byoc.contract.aws import INLINE_POLICY_CHARACTERS
from claude_byoc.contract.entra import ANTHROPIC_APP_ID, issuer_key
from tests.aws import evaluator
from tests.aws.evaluator import Request

TENANT = "11111111-2222-3333-4444-555555555555"
ACCOUNT = "111122223333"
KEY = issuer_key("global", TENANT)
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{KEY}"


def allowed(document: str, action: str, resource: str, **context: str) -> bool:
    names = {key.replace("__", ":"): value for key, value in context.items()}
    return evaluator.allowed(document, Request(action, resource, names))


INVOKE = "bedrock:InvokeModel"
STREAM = "bedrock:InvokeModelWithResponseStream"
US = inference_policy(partition="aws", region="us-east-1", account_id=ACCOUNT, residency=["us"])
GLOBAL = inference_policy(partition="aws", region="us-east-1", account_id=ACCOUNT, residency=["us", "global"])
MODEL = "anthropic.claude-sonnet-5"


def profile(prefix: str, *, region: str = "us-east-1", account: str = ACCOUNT, model: str = MODEL) -> str:
    return f"arn:aws:bedrock:{region}:{account}:inference-profile/{prefix}.{model}"


def model(region: str, name: str = MODEL) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{name}"


@pytest.mark.parametrize("action", [INVOKE, STREAM])
@pytest.mark.parametrize(
    ("what", "resource", "through", "expected"),
    [
        ("the region's own model", model("us-east-1"), None, True),
        ("another vendor's model", model("us-east-1", "amazon.nova-pro-v1:0"), None, False),
        ("the profile asked for", profile("us"), None, True),
        ("a profile of another geography", profile("eu"), None, False),
        ("a profile of another account", profile("us", account="999900001111"), None, False),
        ("the profile from another region", profile("us", region="us-west-2"), None, False),
        ("another vendor's profile", profile("us", model="amazon.nova-pro-v1:0"), None, False),
        ("a model elsewhere, called directly", model("us-west-2"), None, False),
        ("a model elsewhere, behind the profile", model("us-west-2"), profile("us"), True),
        ("a model elsewhere, behind another profile", model("eu-west-1"), profile("eu"), False),
        ("a global profile that was not asked for", profile("global"), None, False),
    ],
)
def test_what_the_inference_policy_allows(
    action: str, what: str, resource: str, through: str | None, expected: bool
) -> None:
    context = {"bedrock__InferenceProfileArn": through} if through else {}
    assert allowed(US, action, resource, **context) is expected, what


def test_a_global_profile_needs_the_model_without_region() -> None:
    regionless = "arn:aws:bedrock:::foundation-model/" + MODEL
    behind = {"bedrock__InferenceProfileArn": profile("global")}
    assert allowed(GLOBAL, INVOKE, profile("global"))
    assert allowed(GLOBAL, INVOKE, regionless, **behind, aws__RequestedRegion="unspecified")
    assert not allowed(US, INVOKE, regionless, **behind, aws__RequestedRegion="unspecified")


def test_sign_in_may_list_profiles_and_do_nothing_else() -> None:
    assert allowed(US, "bedrock:ListInferenceProfiles", "*")
    assert allowed(US, "bedrock:GetInferenceProfile", profile("us"))
    for action in ("bedrock:CreateModelCustomizationJob", "bedrock:Converse", "iam:PassRole", "s3:GetObject"):
        assert not allowed(US, action, "*")


def test_govcloud_documents_stay_in_their_partition() -> None:
    document = inference_policy(
        partition="aws-us-gov", region="us-gov-west-1", account_id=ACCOUNT, residency=["us-gov"]
    )
    assert "arn:aws:" not in document
    assert allowed(document, INVOKE, f"arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/{MODEL}")


def assumable(document: str, **claims: str) -> bool:
    return evaluator.assumable(document, PROVIDER, claims)


def test_the_trust_is_for_the_audiences_alone() -> None:
    own = "99999999-8888-7777-6666-555555555555"
    document = trust_policy(provider_arn=PROVIDER, issuer_key=KEY, audiences=[ANTHROPIC_APP_ID])
    assert assumable(document, aud=ANTHROPIC_APP_ID)
    assert not assumable(document, aud=own)
    assert not assumable(document, sub="somebody")
    both = trust_policy(provider_arn=PROVIDER, issuer_key=KEY, audiences=[ANTHROPIC_APP_ID, own])
    assert assumable(both, aud=own)


def test_a_trust_without_audience_is_never_written() -> None:
    with pytest.raises(ValueError, match="at least one audience"):
        trust_policy(provider_arn=PROVIDER, issuer_key=KEY, audiences=[])


def test_a_subject_list_lets_these_people_in_and_no_others() -> None:
    document = trust_policy(
        provider_arn=PROVIDER, issuer_key=KEY, audiences=[ANTHROPIC_APP_ID], subjects=["sub-b", "sub-a"]
    )
    assert assumable(document, aud=ANTHROPIC_APP_ID, sub="sub-a")
    assert not assumable(document, aud=ANTHROPIC_APP_ID, sub="sub-c")
    assert not assumable(document, aud=ANTHROPIC_APP_ID)


def test_models_limit_profiles_and_foundation_models_alike() -> None:
    document = inference_policy(
        partition="aws",
        region="us-east-1",
        account_id=ACCOUNT,
        residency=["us"],
        models=["anthropic.claude-sonnet-*", "anthropic.claude-sonnet-5"],
    )
    other = "anthropic.claude-opus-5"
    behind = {"bedrock__InferenceProfileArn": profile("us")}
    assert allowed(document, INVOKE, profile("us"))
    assert allowed(document, INVOKE, model("us-west-2"), **behind)
    assert not allowed(document, INVOKE, profile("us", model=other))
    assert not allowed(document, INVOKE, model("us-east-1", other))
    assert not allowed(document, INVOKE, model("us-west-2", other), **behind)
    assert "claude-sonnet-5" not in document, "what a wildcard covers is left out"


def test_profiles_are_merged_by_prefix_where_the_quota_asks_for_it_and_allow_the_same_calls() -> None:
    many = [f"anthropic.claude-model-{number:02}" for number in range(40)]
    document = inference_policy(
        partition="aws", region="us-east-1", account_id=ACCOUNT, residency=["us", "eu"], models=many
    )
    assert len(document) <= INLINE_POLICY_CHARACTERS
    behind = {"bedrock__InferenceProfileArn": profile("us")}
    for name, expected in ((many[7], True), ("anthropic.claude-other", False)):
        # A call through a profile needs the profile and the model in the region that answers.
        call = allowed(document, INVOKE, profile("us", model=name)) and allowed(
            document, INVOKE, model("us-west-2", name), **behind
        )
        assert call is expected
        assert allowed(document, INVOKE, model("us-east-1", name)) is expected
