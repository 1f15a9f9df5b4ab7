"""What the Bedrock part refuses before anything is made."""

import dataclasses
from typing import Any

import pytest

from claude_byoc.aws.bedrock_args import plan_of
from claude_byoc.aws.bedrock_plan import EVERYONE, BedrockPlan, RolePlan, role_name
from claude_byoc.contract import aws as facts
from claude_byoc.contract.problems import ProblemsError

APP = "c2995f31-11e7-4882-b7a7-ef9def0a0266"
OTHER = "99999999-8888-7777-6666-555555555555"
PLAN = BedrockPlan(
    region="us-east-1",
    account_id="111122223333",
    tenant_id="11111111-2222-3333-4444-555555555555",
    cloud="global",
    roles={EVERYONE: RolePlan([APP])},
)


def plan(**changes: Any) -> BedrockPlan:  # noqa: ANN401 -- the fields of the plan
    return dataclasses.replace(PLAN, **changes)


def keys(changed: BedrockPlan) -> list[str]:
    return [problem.key for problem in changed.problems()]


def teams(count: int, **settings: Any) -> dict[str, RolePlan]:  # noqa: ANN401 -- the fields of a role
    return {f"team-{number}": RolePlan([APP], **settings) for number in range(count)}


def test_the_ordinary_plan_is_fine() -> None:
    assert PLAN.problems() == []
    assert plan(roles=teams(1000)).problems() == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"roles": teams(1001)}, "bedrock.teams"),
        ({"roles": {f"t-{n}": RolePlan([f"{n:036}"]) for n in range(101)}}, "bedrock.teams"),
        ({"roles": {"Finance Team": RolePlan([APP])}}, "bedrock.teams.Finance Team"),
        ({"roles": {"t": RolePlan([APP], name="x"), "u": RolePlan([APP], name="x")}}, "bedrock.teams.u.name"),
        ({"roles": {EVERYONE: RolePlan([APP], subjects=["s" * 40] * 1 + [f"{n:043}" for n in range(60)])}},
         "bedrock.role.subjects"),
        ({"roles": {EVERYONE: RolePlan([APP], residency=["us", "global"],
                                       models=[f"anthropic.claude-model-{n}" for n in range(60)])}},
         "bedrock.role.models"),
        ({"roles": {EVERYONE: RolePlan([APP], permissions_boundary="arn:aws-us-gov:iam::111122223333:policy/b")}},
         "bedrock.role.permissionsBoundary"),
        ({"roles": {EVERYONE: RolePlan([APP], permissions_boundary="arn:aws:iam::999900001111:policy/b")}},
         "bedrock.role.permissionsBoundary"),
        ({"existing_oidc_provider_arn": "arn:aws:iam::999900001111:oidc-provider/x"},
         "bedrock.existingOidcProviderArn"),
        ({"region": "ca-central-1"}, "bedrock.role.residency"),
        ({"roles": {EVERYONE: RolePlan([APP], residency=["us", "us-gov"])}}, "bedrock.role.residency"),
        ({"region": "eu-central-1", "roles": {EVERYONE: RolePlan([APP], residency=["us"])}}, "bedrock.role.residency"),
        ({"roles": {EVERYONE: RolePlan([APP], residency=["eur"])}}, "bedrock.role.residency"),
        ({"region": "Frankfurt"}, "aws.region"),
        ({"region": "us-gov-west-1", "roles": {EVERYONE: RolePlan([APP], residency=["us"])}}, "bedrock.role.residency"),
        ({"region": "ap-southeast-3", "roles": {"t": RolePlan([APP], residency=["global"])}},
         "bedrock.globalEndpointTokenVersion"),
    ],
)  # fmt: skip
def test_what_aws_would_refuse_is_told_before(changes: dict[str, Any], key: str) -> None:
    found = [problem for problem in plan(**changes).problems() if problem.key == key]
    assert found, keys(plan(**changes))
    assert found[0].allowed
    assert found[0].cure


def test_an_aws_managed_boundary_is_of_no_account() -> None:
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    assert plan(roles={EVERYONE: RolePlan([APP], permissions_boundary=boundary)}).problems() == []


def test_values_that_are_not_known_yet_are_no_problem() -> None:
    assert (
        plan(region=None, account_id=None, tenant_id=None, roles={EVERYONE: RolePlan([None])}).problems()
        == []
    )


def test_roles_that_share_an_audience_are_told_and_subjects_separate_them() -> None:
    roles = {
        "finance": RolePlan([APP]),
        "legal": RolePlan([APP]),
        "board": RolePlan([APP], subjects=["one"]),
        "sales": RolePlan([OTHER]),
    }
    assert plan(roles=roles).shared_audiences() == [(APP, ["finance", "legal"])]


def test_role_names_follow_from_teams() -> None:
    assert role_name(EVERYONE) == "ClaudeBedrockAccess"
    assert len(role_name("a" * 31)) <= facts.QUOTAS["role_name"].limit


def test_a_mistyped_argument_is_named_and_no_key_error() -> None:
    mistyped: Any = {"tenantid": PLAN.tenant_id, "region": "us-east-1"}
    with pytest.raises(ProblemsError) as refused:
        plan_of(mistyped)
    [problem] = refused.value.problems
    assert problem.key == "tenant_id"


def test_a_region_that_the_manifest_cannot_carry_is_told_before_the_role_is_made() -> None:
    for region in ("cn-north-1", "us-iso-east-1", "eusc-de-east-1"):
        changed = plan(region=region, roles={EVERYONE: RolePlan([APP], residency=["global"])})
        assert "aws.region" in keys(changed), region


def test_an_unknown_cloud_tenant_or_empty_audience_is_a_problem_and_no_crash() -> None:
    assert "graph_cloud" in keys(plan(cloud="moon"))
    assert "tenant_id" in keys(plan(tenant_id="my-tenant"))
    assert keys(plan(roles={EVERYONE: RolePlan([])})) == ["bedrock.role.audiences"]


def test_a_model_id_that_is_not_known_is_a_hint_and_a_wildcard_is_none() -> None:
    roles = {"finance": RolePlan([APP], models=["anthropic.claude-sonet-5", "anthropic.claude-opus-*"])}
    [hint] = plan(roles=roles).hints()
    assert hint.key == "bedrock.teams.finance.models"
    assert hint.severity == "warning"
