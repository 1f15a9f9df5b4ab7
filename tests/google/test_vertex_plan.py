"""What the Vertex AI part refuses before anything is made, and what it only warns of."""

import dataclasses
from typing import Any

import pulumi
import pytest

from claude_byoc.contract import google as facts
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.google.vertex_args import DEFAULT_DELAY, VertexAccessArgs, plan_of
from claude_byoc.google.vertex_plan import DesktopPlan, VertexPlan

CLIENT = "1234-abc.apps.googleusercontent.com"
POOL = "//iam.googleapis.com/locations/global/workforcePools/staff"
PLAN = VertexPlan(
    project_id="example-claude",
    region="eu",
    members=["group:claude@example.com"],
    client_id=CLIENT,
    has_client=True,
    delay=DEFAULT_DELAY,
)


def plan(**changes: Any) -> VertexPlan:  # noqa: ANN401 -- the fields of the plan
    return dataclasses.replace(PLAN, **changes)


def keys(changed: VertexPlan) -> list[str]:
    return [problem.key for problem in changed.problems()]


def test_the_ordinary_plan_is_fine_and_says_nothing() -> None:
    assert PLAN.problems() == []
    assert PLAN.hints() == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"project_id": "123456789012"}, "google.projectId"),
        ({"project_id": "Example Claude"}, "google.projectId"),
        ({"project_id": "example.com:claude"}, "google.projectId"),
        ({"project_id": "short"}, "google.projectId"),
        ({"project_id": "ends-with-hyphen-"}, "google.projectId"),
        ({"region": "us-east5-a"}, "vertex.region"),
        ({"region": "europe"}, "vertex.region"),
        ({"region": "EU"}, "vertex.region"),
        ({"region": "us-east5.example.com"}, "vertex.region"),
        ({"members": ["claude@example.com"]}, "vertex.members.0"),
        ({"members": ["group:a@example.com", "everybody"]}, "vertex.members.1"),
        ({"members": ["domain:example.com"]}, "vertex.members.0"),
        ({"members": ["allUsers"]}, "vertex.members.0"),
        ({"members": ["allAuthenticatedUsers"]}, "vertex.members.0"),
        ({"members": ["deleted:user:a@example.com?uid=1"]}, "vertex.members.0"),
        ({"members": ["serviceAccount:abc@example-claude.iam.gserviceaccount.com"]}, "vertex.members.0"),
        ({"members": ["principalSet://iam.googleapis.com/projects/1/locations/global"]}, "vertex.members.0"),
        ({"whole_domains": ["@example.com"]}, "vertex.wholeDomains.0"),
        ({"role": "owner"}, "vertex.role"),
        ({"custom_role_id": "claudePredict"}, "vertex.customRoleId"),
        ({"role": "predict", "custom_role_id": "claude-predict"}, "vertex.customRoleId"),
        ({"role": "predict", "custom_role_id": "x2", "existing_role": "roles/viewer"}, "vertex.customRoleId"),
        ({"existing_role": "claudePredict"}, "vertex.existingRole"),
        ({"enable_models": ["publishers/anthropic/models/claude-sonnet-5"]}, "vertex.enableModels.0"),
        ({"enable_models": ["Claude Sonnet 5"]}, "vertex.enableModels.0"),
        ({"client_id": "1234-abc"}, "vertex.googleClientId"),
        ({"desktop": DesktopPlan(client_id=CLIENT, has_client=True)}, "vertex.desktop.clientId"),
        ({"desktop": DesktopPlan()}, "vertex.desktop"),
        ({"desktop": DesktopPlan(has_client=True, has_workforce=True)}, "vertex.desktop"),
        ({"desktop": DesktopPlan(has_workforce=True, workforce_audience="staff")}, "vertex.desktop.workforce.audience"),
        ({"delay": -1}, "vertex.propagationDelaySeconds"),
        ({"delay": 3600}, "vertex.propagationDelaySeconds"),
    ],
)  # fmt: skip
def test_what_google_would_refuse_is_told_before(changes: dict[str, Any], key: str) -> None:
    found = [problem for problem in plan(**changes).problems() if problem.key == key]
    assert found, keys(plan(**changes))
    assert found[0].severity == "error"
    assert found[0].allowed
    assert found[0].cure


def test_every_problem_is_told_at_once() -> None:
    found = keys(plan(project_id="1", region="x", members=["a", "b"], role="none", enable_models=["A"]))
    assert found == [
        "google.projectId",
        "vertex.region",
        "vertex.members.0",
        "vertex.members.1",
        "vertex.role",
        "vertex.enableModels.0",
    ]


@pytest.mark.parametrize(
    "member",
    [
        "group:claude@example.com",
        "user:Ann.Other@example.com",
        "serviceAccount:claude-gateway@example-claude.iam.gserviceaccount.com",
        f"principal:{POOL}/subject/ann@example.com",
        f"principalSet:{POOL}/group/3f2504e0",
        f"principalSet:{POOL}/*",
    ],
)
def test_people_groups_and_workforce_identities_may_get_access(member: str) -> None:
    assert plan(members=[member]).problems() == []


@pytest.mark.parametrize(
    "region", ["global", "us", "eu", "us-east5", "europe-west1", "northamerica-northeast1"]
)
def test_every_kind_of_location_is_taken(region: str) -> None:
    assert plan(region=region).problems() == []


@pytest.mark.parametrize(
    ("region", "cure"),
    [
        ("us-east5-a", "use the region, us-east5"),
        ("europe", "did you mean eu?"),
        ("Global", "did you mean global?"),
        ("mars", "look it up"),
    ],
)
def test_a_wrong_location_is_answered_with_the_one_meant(region: str, cure: str) -> None:
    [problem] = plan(region=region).problems()
    assert problem.cure.startswith(cure)


def test_principals_are_spelt_as_iam_compares_them_and_stand_once() -> None:
    people = ["user:Ann@Example.com", "group:claude@example.com", "user:ann@example.com"]
    pool = f"principal:{POOL}/subject/Ann"
    assert plan(members=[*people, pool], whole_domains=["Example.com"]).principals() == [
        "user:ann@example.com",
        "group:claude@example.com",
        pool,
        "domain:example.com",
    ]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"enable_models": ["claude-sonnett-5"]}, "vertex.enableModels"),
        ({"region": "global"}, "vertex.region"),
        ({"members": []}, "vertex.members"),
        ({"client_id": None, "has_client": False}, "vertex.googleClientId"),
    ],
)
def test_what_may_surprise_is_a_warning(changes: dict[str, Any], key: str) -> None:
    assert plan(**changes).problems() == []
    [hint] = plan(**changes).hints()
    assert (hint.key, hint.severity) == (key, "warning")


def test_an_environment_for_claude_desktop_alone_needs_no_client_of_the_add_in() -> None:
    desktop = DesktopPlan(has_workforce=True, workforce_audience=f"{POOL}/providers/entra")
    assert plan(client_id=None, has_client=False, desktop=desktop).hints() == []


def test_a_known_model_in_either_spelling_is_no_surprise() -> None:
    assert plan(enable_models=["claude-sonnet-4-5@20250929", "claude-opus-5-5"]).hints() == []


def test_values_that_are_not_known_yet_are_no_problem() -> None:
    args: VertexAccessArgs = {
        "project_id": pulumi.Output.from_input("x"),
        "region": pulumi.Output.from_input("y"),
        "google_client_id": pulumi.Output.from_input("z"),
        "desktop": {"client_id": pulumi.Output.from_input("z")},
    }
    planned = plan_of(args)
    assert (planned.project_id, planned.region, planned.client_id) == (None, None, None)
    assert planned.has_client
    assert planned.desktop == DesktopPlan(has_client=True)
    assert planned.problems() == []


def test_a_mistyped_argument_is_named_and_no_key_error() -> None:
    mistyped: Any = {"projectId": "example-claude", "region": "eu"}
    with pytest.raises(ProblemsError) as refused:
        plan_of(mistyped)
    [problem] = refused.value.problems
    assert problem.key == "project_id"


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("global", "aiplatform.googleapis.com"),
        ("us", "aiplatform.us.rep.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
        ("us-east5", "us-east5-aiplatform.googleapis.com"),
    ],
)
def test_each_kind_of_location_has_its_host(location: str, host: str) -> None:
    assert facts.inference_host(location) == host
    rows = facts.vertex_rows(location)
    [row] = [row for row in rows if row.host == host]
    assert row.required
    assert row.hosts == ("office", "outlook", "desktop")
    assert len({row.host for row in rows}) == len(rows)
    assert {"accounts.google.com", "oauth2.googleapis.com"} <= {row.host for row in rows if row.required}


def test_a_refusal_that_waiting_cures_is_told_from_others() -> None:
    real = (
        "Error creating ModelGardenEnableModel: googleapi: Error 403: Vertex AI API has not been used in project 1 "
        "before or it is disabled. Enable it by visiting https://console.developers.google.com/ then retry."
    )
    assert facts.not_yet_enabled(real)
    assert facts.not_yet_enabled('"reason": "SERVICE_DISABLED"')
    assert not facts.not_yet_enabled("googleapi: Error 403: The caller does not have permission, forbidden")
    assert facts.explain(real, project_id="p") is None


FAILED = (
    'Error enabling Model Garden model "publishers/anthropic/models/claude-sonnet-5": API returned enablement '
    "state ENABLEMENT_STATE_FAILED"
)
RESERVED = (
    "googleapi: Error 400: You can't create a role with role_id (claudePredict) where there is an existing role with "
    "that role_id in a deleted state., failedPrecondition"
)


@pytest.mark.parametrize(
    ("error", "key", "cure"),
    [
        (
            FAILED,
            "vertex.enableModels",
            "model-garden?project=example-claude",
        ),
        (
            "Custom project role projects/p/roles/claudePredict already exists and must be imported",
            "vertex.customRoleId",
            "vertex.existingRole",
        ),
        (
            RESERVED,
            "vertex.customRoleId",
            "another id",
        ),
    ],
)
def test_refusals_that_need_a_person_are_explained(error: str, key: str, cure: str) -> None:
    problem = facts.explain(error, project_id="example-claude")
    assert problem
    assert problem.key == key
    assert cure in problem.cure
