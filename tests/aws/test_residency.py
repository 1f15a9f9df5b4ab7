"""Who reaches which model where: what Bedrock asks IAM for a call, answered by the documents as IAM would.

source of what is asked: docs.aws.amazon.com/bedrock/latest/userguide, geographic-cross-region-inference,
global-cross-region-inference and inference-profiles-prereq; service authorization reference of Amazon Bedrock.
The expectation is stated once more in `may`, from the settings alone.
"""

import functools
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from claude_byoc.aws.documents import inference_policy, trust_policy
from claude_byoc.contract.aws import PROFILE_PREFIXES, partition
from claude_byoc.contract.entra import ANTHROPIC_APP_ID, CLOUDS, issuer_key
from tests.aws.evaluator import Request, allowed, assumable

OWN, OTHER = "111122223333", "999900001111"
ACTIONS = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
CLAUDE = (
    "anthropic.claude-sonnet-5",
    "anthropic.claude-sonnet-5-5",
    "anthropic.claude-opus-4-6-v1",
    "anthropic.claude-haiku-4-5-20251001-v1:0",
)
FOREIGN = ("amazon.nova-pro-v1:0", "meta.llama4-maverick-17b-instruct-v1:0", "anthropicx.claude-sonnet-5")
REGIONS = ("us-east-1", "us-west-2", "eu-central-1", "eu-west-2", "ap-southeast-2", "ap-northeast-1")
GOV_REGIONS = ("us-gov-west-1", "us-gov-east-1")
DESTINATIONS = {
    "us": ("us-east-1", "us-east-2", "us-west-2"),
    "eu": ("eu-central-1", "eu-west-1", "eu-west-3"),
    "apac": ("ap-northeast-1", "ap-south-1", "ap-southeast-2"),
    "au": ("ap-southeast-2", "ap-southeast-4"),
    "jp": ("ap-northeast-1", "ap-northeast-3"),
    "us-gov": ("us-gov-west-1", "us-gov-east-1"),
    "global": (),
    "use": ("us-east-1", "us-east-2"),
}
"""Some of the Regions behind each geography: the rule must not hang on which they are. `use` is made up: a
geography that AWS may add, whose name begins like one that was asked for."""


@dataclass(frozen=True)
class Setting:
    """What an environment asks for; `models` empty means every Anthropic model."""

    region: str
    residency: tuple[str, ...]
    models: tuple[str, ...] = ()

    @functools.cached_property
    def policy(self) -> str:
        return inference_policy(
            partition=partition(self.region),
            region=self.region,
            account_id=OWN,
            residency=self.residency,
            models=self.models,
        )


@dataclass(frozen=True)
class Call:
    """A call in `region` of a model, directly (no prefix) or through an inference profile of `account`."""

    region: str
    model: str
    prefix: str | None = None
    account: str = OWN
    kind: str = "inference-profile"

    @property
    def arn(self) -> str:
        if self.prefix is None:
            return model_arn(self.region, self.model)
        head = f"arn:{partition(self.region)}:bedrock:{self.region}:{self.account}:{self.kind}"
        return f"{head}/{self.prefix}.{self.model}"


def model_arn(region: str, model: str, home: str = "") -> str:
    return f"arn:{partition(region or home)}:bedrock:{region}::foundation-model/{model}"


def calls(call: Call, destinations: Sequence[str], action: str = ACTIONS[0]) -> list[Request]:
    """Return every question that Bedrock puts to IAM; the call succeeds if all of them are allowed.

    Through a profile: the profile in the source Region, then the model in the source and in each destination
    Region. A global profile has no list of destinations: the model's ARN has no Region, nor has the request.
    """
    asked = [Request(action, call.arn, {"aws:RequestedRegion": call.region})]
    if call.prefix is None:
        return asked
    through = {"bedrock:InferenceProfileArn": call.arn}
    for region in dict.fromkeys((call.region, *destinations)):
        context = {"aws:RequestedRegion": region, **through}
        asked.append(Request(action, model_arn(region, call.model), context))
    if call.prefix == "global":
        context = {"aws:RequestedRegion": "unspecified", **through}
        asked.append(Request(action, model_arn("", call.model, home=call.region), context))
    return asked


def may(setting: Setting, call: Call) -> bool:
    """Tell whether the settings mean a call to succeed."""
    wanted = any(
        call.model == one or (one.endswith("*") and call.model.startswith(one[:-1])) for one in setting.models
    )
    claude = call.model.startswith("anthropic.") and (wanted or not setting.models)
    here = call.region == setting.region
    if call.prefix is None:
        return claude and here
    own = call.account == OWN and call.kind == "inference-profile"
    return claude and here and own and exists(call) and call.prefix in setting.residency


def exists(call: Call) -> bool:
    """Tell whether there is such a profile: none leaves its partition."""
    return {partition(region) for region in DESTINATIONS[call.prefix or "global"]} <= {partition(call.region)}


def can(setting: Setting, call: Call, action: str = ACTIONS[0], boundary: str | None = None) -> bool:
    asked = calls(call, DESTINATIONS[call.prefix or "global"], action)
    return all(allowed(setting.policy, request, boundary) for request in asked)


RESIDENCIES = (("us",), ("eu",), ("global",), ("us", "global"), ("au", "apac"), PROFILE_PREFIXES)
LIMITS = ((), ("anthropic.claude-sonnet-5",), ("anthropic.claude-haiku-*", "anthropic.claude-opus-4-6-v1"))
SETTINGS = [
    *itertools.starmap(Setting, itertools.product(("us-east-1", "ap-southeast-2"), RESIDENCIES, LIMITS)),
    *itertools.starmap(Setting, itertools.product(("us-gov-west-1",), (("us-gov",), ("us",)), LIMITS)),
]
CALLS = [
    Call(region, model, prefix, account)
    for region in ("us-east-1", "us-west-2", "ap-southeast-2", "us-gov-west-1")
    for model in CLAUDE + FOREIGN
    for prefix in (None, *DESTINATIONS)
    for account in ((OWN,) if prefix is None else (OWN, OTHER))
]


def told(setting: Setting) -> str:
    return f"{setting.region}-{'+'.join(setting.residency)}-{'+'.join(setting.models) or 'all'}"


@pytest.mark.parametrize("setting", SETTINGS, ids=told)
def test_a_call_succeeds_exactly_where_residency_and_models_say_so(setting: Setting) -> None:
    wrong = [call for call in CALLS if can(setting, call) is not may(setting, call)]
    assert wrong == []
    # Else the comparison above would compare nothing with nothing.
    assert any(may(setting, call) for call in CALLS)
    assert not all(may(setting, call) for call in CALLS)


THOROUGH = settings(max_examples=400, deadline=None, derandomize=True, database=None)
REGION = st.sampled_from(REGIONS + GOV_REGIONS)
PREFIX = st.sampled_from(PROFILE_PREFIXES)
MODEL = st.sampled_from(CLAUDE + FOREIGN) | st.from_regex(
    r"(anthropic|amazon|anthropic-claude)\.[a-z][a-z0-9-]{0,12}(-v[12](:[0-9])?)?", fullmatch=True
)
SETTING = st.builds(
    Setting,
    REGION,
    st.lists(PREFIX, min_size=1, max_size=4).map(tuple),
    st.lists(st.sampled_from((*CLAUDE, "anthropic.claude-*", "anthropic.claude-sonnet-*")), max_size=3).map(
        tuple
    ),
)
CALL = st.builds(
    Call,
    REGION,
    MODEL,
    st.none() | st.sampled_from(sorted(DESTINATIONS)),
    st.sampled_from((OWN, OTHER)),
    st.sampled_from(("inference-profile", "application-inference-profile")),
)


@given(SETTING, CALL, st.sampled_from(ACTIONS))
@example(Setting("us-east-1", ("us",)), Call("us-gov-west-1", CLAUDE[0], "us-gov"), ACTIONS[0])
@example(Setting("us-gov-west-1", ("us-gov",)), Call("us-gov-west-1", CLAUDE[0], "us-gov"), ACTIONS[1])
@example(
    Setting("us-east-1", ("us",), ("anthropic.claude-sonnet-5",)), Call("us-east-1", CLAUDE[1]), ACTIONS[0]
)
@THOROUGH
def test_any_call_under_any_settings(setting: Setting, call: Call, action: str) -> None:
    # Half of what is drawn at random would miss the Region, which is the dullest way to be denied.
    for one in (call, replace(call, region=setting.region)):
        assert can(setting, one, action) is may(setting, one)


@given(SETTING, CALL, REGION, st.sampled_from(ACTIONS))
@example(Setting("us-east-1", ("us",)), Call("us-east-1", CLAUDE[0], "use"), "us-west-2", ACTIONS[0])
@THOROUGH
def test_a_model_elsewhere_answers_only_behind_a_profile_that_may_be_used(
    setting: Setting, call: Call, elsewhere: str, action: str
) -> None:
    """Each question by itself: residency must not hang on another question of the same call being denied."""
    behind = replace(call, region=setting.region)
    assume(elsewhere != setting.region and exists(behind))
    target = model_arn(elsewhere, call.model)
    context = {"aws:RequestedRegion": elsewhere}
    assert not allowed(setting.policy, Request(action, target, context))
    if call.prefix is not None:
        assert allowed(setting.policy, Request(action, behind.arn)) is may(setting, behind)
        got = allowed(
            setting.policy, Request(action, target, {**context, "bedrock:InferenceProfileArn": behind.arn})
        )
        assert got is (may(setting, behind) and partition(elsewhere) == partition(setting.region))


def test_a_global_profile_is_out_of_reach_unless_it_was_asked_for() -> None:
    call = Call("us-east-1", CLAUDE[0], "global")
    profile, _, regionless = calls(call, ())
    for request in (profile, regionless):
        assert not allowed(Setting("us-east-1", ("us",)).policy, request)
        assert allowed(Setting("us-east-1", ("us", "global")).policy, request)


def test_the_model_without_region_is_named_and_not_left_to_a_wildcard() -> None:
    """AWS's own example names it; that `*` stands for an empty Region too is IAM's rule, but unproven here."""
    policy = json.loads(Setting("us-east-1", ("global",)).policy)
    policy["Statement"] = [
        one for one in policy["Statement"] if "bedrock:*:" not in json.dumps(one["Resource"])
    ]
    _, _, regionless = calls(Call("us-east-1", CLAUDE[0], "global"), ())
    assert allowed(json.dumps(policy), regionless)


@pytest.mark.parametrize(
    "kind", ["custom-model", "imported-model", "provisioned-model", "prompt", "agent-alias"]
)
@pytest.mark.parametrize("setting", [SETTINGS[0], SETTINGS[-1]], ids=told)
def test_other_kinds_of_resource_cannot_be_called(setting: Setting, kind: str) -> None:
    arn = f"arn:{partition(setting.region)}:bedrock:{setting.region}:{OWN}:{kind}/anthropic.claude-sonnet-5"
    assert not any(allowed(setting.policy, Request(action, arn)) for action in ACTIONS)


@pytest.mark.parametrize("setting", SETTINGS, ids=told)
def test_sign_in_may_list_and_read_profiles_and_do_nothing_else(setting: Setting) -> None:
    call = Call(setting.region, CLAUDE[0], setting.residency[0])
    assert allowed(setting.policy, Request("bedrock:ListInferenceProfiles", "*"))
    assert allowed(setting.policy, Request("bedrock:GetInferenceProfile", call.arn))
    for action in (
        "bedrock:CreateInferenceProfile",
        "bedrock:CreateModelInvocationJob",
        "bedrock:DeleteModelInvocationLoggingConfiguration",
        "bedrock:InvokeAgent",
        "bedrock:PutUseCaseForModelAccess",
        "bedrock-mantle:CreateInference",
        "aws-marketplace:Subscribe",
        "iam:PassRole",
        "s3:GetObject",
        "sts:AssumeRole",
    ):
        for resource in ("*", call.arn, model_arn(setting.region, CLAUDE[0])):
            assert not allowed(setting.policy, Request(action, resource)), action


BOUNDED = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"%s","Resource":"*"}}'


def test_a_permissions_boundary_can_only_take_away() -> None:
    setting, call = Setting("us-east-1", ("us",)), Call("us-east-1", CLAUDE[0], "us")
    assert can(setting, call, ACTIONS[0], BOUNDED % "bedrock:*")
    assert can(setting, call, ACTIONS[0], BOUNDED % "bedrock:InvokeModel")
    assert not can(setting, call, ACTIONS[1], BOUNDED % "bedrock:InvokeModel")
    assert not can(setting, replace(call, prefix="eu"), ACTIONS[0], BOUNDED % "*")


def test_an_organisation_that_denies_other_regions_also_stops_what_leaves_them() -> None:
    """The usual Region guard names the profile's destinations or breaks them; a global profile it always breaks."""
    guard = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},'
        '{"Effect":"Deny","Action":"*","Resource":"*",'
        '"Condition":{"StringNotLike":{"aws:RequestedRegion":"us-*"}}}]}'
    )
    setting = Setting("us-east-1", ("us", "global"))
    assert can(setting, Call("us-east-1", CLAUDE[0]), ACTIONS[0], guard)
    assert can(setting, Call("us-east-1", CLAUDE[0], "us"), ACTIONS[0], guard)
    assert not can(setting, Call("us-east-1", CLAUDE[0], "global"), ACTIONS[0], guard)


TENANT, STRANGER = "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000"
OWN_APP = "99999999-8888-7777-6666-555555555555"


def provider(tenant: str = TENANT, cloud: str = "global", part: str = "aws") -> str:
    return f"arn:{part}:iam::{OWN}:oidc-provider/{issuer_key(cloud, tenant)}"


def trust(
    audiences: Sequence[str] = (ANTHROPIC_APP_ID,), subjects: Sequence[str] = (), *, cloud: str = "global"
) -> str:
    key = issuer_key(cloud, TENANT)
    return trust_policy(
        provider_arn=provider(cloud=cloud), issuer_key=key, audiences=audiences, subjects=subjects
    )


@pytest.mark.parametrize("cloud", CLOUDS)
def test_only_this_tenants_tokens_assume_the_role(cloud: str) -> None:
    claims = {"aud": ANTHROPIC_APP_ID, "sub": "somebody", "tid": TENANT}
    assert assumable(trust(cloud=cloud), provider(cloud=cloud), claims)
    # A second provider of the account, for another tenant that trusts the same multi-tenant app.
    assert not assumable(trust(cloud=cloud), provider(STRANGER, cloud), claims)
    for another in CLOUDS:
        if CLOUDS[another].authority_host != CLOUDS[cloud].authority_host:
            assert not assumable(trust(cloud=cloud), provider(cloud=another), claims)


@given(
    st.lists(st.sampled_from((ANTHROPIC_APP_ID, OWN_APP, "api://" + OWN_APP)), min_size=1, max_size=3),
    st.lists(st.sampled_from(("ann", "ben", "cem", "Ann", "*")), max_size=3),
    st.sampled_from((ANTHROPIC_APP_ID, OWN_APP, OWN_APP.upper(), "api://" + OWN_APP, "*", None)),
    st.sampled_from(("ann", "ben", "cem", "Ann", "an", "*", None)),
)
@THOROUGH
def test_audience_and_subject_list_must_both_hold(
    audiences: list[str], subjects: list[str], aud: str | None, sub: str | None
) -> None:
    claims = {name: value for name, value in (("aud", aud), ("sub", sub)) if value is not None}
    expected = aud in audiences and (not subjects or sub in subjects)
    assert assumable(trust(audiences, subjects), provider(), claims) is expected
    assert not assumable(trust(audiences, subjects), provider(STRANGER), claims)


def test_claims_that_iam_does_not_see_change_nothing() -> None:
    claims = {"aud": OWN_APP, "tid": TENANT, "azp": ANTHROPIC_APP_ID, "appid": ANTHROPIC_APP_ID}
    assert not assumable(trust(), provider(), claims)


def test_a_trust_without_audience_is_never_written() -> None:
    with pytest.raises(ValueError, match="at least one audience"):
        trust(())
