"""Recovery's decisions, on the engine's own JSON shapes; the engine tests show that those are the shapes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from claude_byoc.recovery import (
    Ask,
    Candidate,
    candidates,
    existing,
    foreign_problem,
    not_found,
    pending,
    settled,
    several,
    unknown,
    with_candidates,
    without,
    without_pending,
    without_unjudged,
)

PARENT = "urn:pulumi:dev::p::claude-byoc:index:BedrockAccess::b"
PROVIDER = "urn:pulumi:dev::p::pulumi:providers:aws::aws"
ROLE = "urn:pulumi:dev::p::aws:iam/role:Role::b-role"
POLICY = "urn:pulumi:dev::p::aws:iam/rolePolicy:RolePolicy::b-inference"
OIDC = "urn:pulumi:dev::p::aws:iam/openIdConnectProvider:OpenIdConnectProvider::b-oidc"
TAGS = {"claude-byoc:project": "p", "claude-byoc:stack": "dev"}


def deployment(*more: dict[str, Any], operations: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    provider = {
        "urn": PROVIDER,
        "id": "0a1b",
        "inputs": {"region": "us-gov-west-1", "allowedAccountIds": json.dumps(["111122223333"])},
    }
    inner: dict[str, Any] = {"resources": [{"urn": PARENT}, provider, *more]}
    if operations is not None:
        inner["pending_operations"] = operations
    return {"version": 3, "deployment": inner}


def create(urn: str, inputs: dict[str, Any], **state: Any) -> dict[str, Any]:  # noqa: ANN401 -- engine JSON
    new = {
        "urn": urn,
        "type": urn.split("::")[2],
        "inputs": inputs,
        "parent": PARENT,
        "provider": f"{PROVIDER}::unknown",
    }
    return {"op": "create", "newState": {**new, **state}}


def preview(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"steps": list(steps)}


PLANNED = preview(
    create(ROLE, {"name": "Claude", "tags": TAGS}),
    create(OIDC, {"url": "https://login.example.com/t/v2.0", "tags": TAGS}),
    create(POLICY, {"role": "Claude", "name": "inference"}),
)


def test_open_operations_are_listed_and_struck() -> None:
    state = deployment(operations=[{"type": "creating", "resource": {"urn": ROLE}}])
    assert pending(state) == [("creating", ROLE)]
    assert pending(without_pending(state)) == []
    assert without_pending(state)["deployment"]["resources"] == state["deployment"]["resources"]
    assert pending(deployment()) == []


def test_ids_follow_from_the_inputs_and_the_providers_region_and_account() -> None:
    found = {one.urn: one for one in candidates(deployment(), PLANNED)}
    assert found[ROLE].id == "Claude"
    assert found[POLICY].id == "Claude:inference"
    assert found[OIDC].id == "arn:aws-us-gov:iam::111122223333:oidc-provider/login.example.com/t/v2.0"
    assert found[ROLE].provider == f"{PROVIDER}::0a1b", "the provider of the state, not the planned one"


def test_what_cannot_be_looked_up_yet_is_left_for_later() -> None:
    assert candidates(deployment(), preview(create(POLICY, {"name": "inference"}))) == []
    assert candidates(deployment(), preview(create(ROLE, {"name": "x"}, parent="urn:gone"))) == []
    assert candidates(deployment(), preview(create(ROLE, {"name": "x"}, provider="urn:gone::1"))) == []
    assert candidates(deployment(), preview({**create(ROLE, {"name": "x"}), "op": "update"})) == []
    assert (
        candidates(deployment(), preview(create(f"{PARENT}$random:index/randomUuid:RandomUuid::x", {}))) == []
    )


def test_ours_is_told_by_both_tags() -> None:
    found = candidates(deployment(), PLANNED)
    state = with_candidates(deployment(), found)
    assert [row["urn"] for row in state["deployment"]["resources"][2:]] == [one.urn for one in found]
    assert all("inputs" not in row for row in state["deployment"]["resources"][2:])

    def refreshed(tags: dict[str, str]) -> dict[str, Any]:
        return deployment({"urn": ROLE, "outputs": {"tags": tags}}, {"urn": POLICY, "outputs": {}})

    ours, foreign = existing(refreshed(TAGS), found)
    assert ([one.urn for one in ours], foreign) == ([ROLE, POLICY], [])
    for tags in ({}, {"claude-byoc:project": "p"}, {**TAGS, "claude-byoc:stack": "prod"}):
        ours, foreign = existing(refreshed(tags), found)
        assert ours == []
        assert {one.urn for one in foreign} == {ROLE, POLICY}, "a foreign role's policy is foreign as well"
        kept = without(refreshed(tags), foreign)
        assert [row["urn"] for row in kept["deployment"]["resources"]] == [PARENT, PROVIDER]


def test_a_program_that_gives_no_tags_owns_nothing() -> None:
    [bare] = candidates(deployment(), preview(create(ROLE, {"name": "x", "tags": {}})))
    ours, foreign = existing(deployment({"urn": ROLE, "outputs": {"tags": TAGS}}), [bare])
    assert (ours, foreign) == ([], [bare])


def test_what_is_not_ours_is_told_with_the_setting_that_cures_it() -> None:
    token = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
    problem = foreign_problem(Candidate(OIDC, token, "arn:x", PARENT, PROVIDER, TAGS), "dev")
    assert "existingOidcProviderArn: arn:x" in problem.cure


VPC = "urn:pulumi:dev::p::aws:ec2/vpc:Vpc::vpc"


def telling(*ids: str) -> Ask:
    """Return what a cloud is asked by, that always answers alike."""

    def ask(_token: str, _inputs: Mapping[str, Any], _provider: Mapping[str, Any]) -> Sequence[str]:
        return ids

    return ask


def test_of_several_candidates_the_one_that_exists_is_taken_under_its_own_name() -> None:
    planned = preview(create(VPC, {"tags": TAGS}))
    found = candidates(deployment(), planned, ask=telling("vpc-gone", "vpc-here"))
    assert [(one.planned, one.name, one.id) for one in found] == [
        (VPC, "vpc", "vpc-gone"),
        (VPC, "vpc", "vpc-here"),
    ]
    asked = with_candidates(deployment(), found)["deployment"]["resources"]
    assert len({row["urn"] for row in asked}) == len(asked)
    refreshed = deployment({**asked[-1], "outputs": {"tags": TAGS}})
    ours, foreign = existing(refreshed, found)
    assert (ours, foreign, several(ours)) == ([found[1]], [], [])
    kept = settled(refreshed, ours)["deployment"]["resources"][-1]
    assert (kept["urn"], kept["id"]) == (VPC, "vpc-here")
    assert without_unjudged(settled(refreshed, ours)) == settled(refreshed, ours), "it is judged"
    assert candidates(settled(refreshed, ours), planned, ask=telling("vpc-here")) == [], "it has a place"


def test_several_that_exist_are_left_to_a_person() -> None:
    found = candidates(deployment(), preview(create(VPC, {"tags": TAGS})), ask=telling("vpc-1", "vpc-2"))
    rows = with_candidates(deployment(), found)["deployment"]["resources"][2:]
    ours, _ = existing(deployment(*({**row, "outputs": {"tags": TAGS}} for row in rows)), found)
    assert several(ours) == [found]


def test_what_was_begun_and_has_no_lookup_or_no_answer_is_named() -> None:
    zone, waits, other = (
        f"urn:pulumi:dev::p::{token}::it"
        for token in (
            "gcp:monitoring/dashboard:Dashboard",
            "aws:acm/certificateValidation:CertificateValidation",
            "random:index/randomUuid:RandomUuid",
        )
    )
    planned = preview(*(create(urn, {}) for urn in (zone, waits, other, VPC)))
    begun = [zone, waits, other, VPC]
    assert unknown(planned, begun) == ["it (gcp:monitoring/dashboard:Dashboard)"]
    assert unknown(planned, []) == []
    assert not_found(planned, begun, []) == ["vpc"]
    assert not_found(planned, begun, [VPC]) == []


def test_what_lies_in_ours_by_an_input_is_ours() -> None:
    balancer = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/gw/1"
    urn = "urn:pulumi:dev::p::aws:wafv2/webAclAssociation:WebAclAssociation::use"
    use = create(urn, {"webAclArn": "arn:theirs", "resourceArn": balancer})
    [found] = candidates(deployment(), preview(use))
    assert found.id == f"arn:theirs,{balancer}"
    there = {"urn": urn, "outputs": {}}
    for tags, ours in ((TAGS, [found]), ({}, [])):
        row = {
            "urn": "urn:pulumi:dev::p::aws:lb/loadBalancer:LoadBalancer::b",
            "id": balancer,
            "outputs": {"tags": tags},
        }
        assert existing(deployment(row, there), [found])[0] == ours
