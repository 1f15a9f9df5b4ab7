"""`VertexAccess` on the real engine: what it makes, waits out, refuses to take over, and leaves behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from standin.cloud import Cloud
from standin.rules.gcp import AUDIT_CONFIG, CUSTOM_ROLE, ENABLE_MODEL, MEMBER, SERVICE
from standin.scope import NO_PROJECT as PROJECT
from standin.values import wire
from tests.engine.observe import inventory, up
from tools.engine.acquire import Engine
from tools.project import Project

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "programs" / "vertex"
USER_ROLE = "roles/aiplatform.user"
TEAM, ANN = "group:claude@example.com", "user:ann@example.com"
SETTINGS: dict[str, Any] = {
    "project_id": PROJECT,
    "region": "eu",
    "members": ["group:Claude@example.com", ANN],
    "enable_models": ["claude-sonnet-5-5", "claude-opus-5-5"],
    "audit_logs": True,
    "propagation_delay_seconds": 0,
}

MakeVertex = Callable[..., Project]


@pytest.fixture
def vertex(engine: Engine, tmp_path: Path) -> MakeVertex:
    """Return a function that prepares the project; its keywords replace settings."""

    def make(**changes: Any) -> Project:  # noqa: ANN401 -- arguments of VertexAccess
        project = Project(engine, tmp_path / "run", stack="dev")
        settings = {key: value for key, value in {**SETTINGS, **changes}.items() if value is not None}
        project.prepare({"claude-byoc:vertex": settings}, program=PROGRAM)
        return project

    return make


def run(project: Project, *command: str, faults: str = "") -> tuple[int, str]:
    ended = project.pulumi(*command, "-s", project.stack, check=False, env={"STANDIN_FAULTS": faults})
    return ended.returncode, ended.stdout + ended.stderr


def try_up(project: Project, faults: str = "") -> tuple[int, str]:
    return run(project, "up", "--yes", "--skip-preview", faults=faults)


def destroy(project: Project) -> None:
    project.pulumi("destroy", "--yes", "--skip-preview", "-s", project.stack)


def made(project: Project, token: str) -> list[str]:
    """Return the ids of all that exists, whoever made it."""
    return sorted(row.id for row in Cloud(project.cloud).all(token, PROJECT))


def grant(project: Project, role: str, member: str) -> str:
    """Grant a role as somebody else would, and return the grant's id."""
    id_ = f"{PROJECT}/{role}/{member}"
    values = {"project": wire(PROJECT), "role": wire(role), "member": wire(member)}
    Cloud(project.cloud).put(MEMBER, PROJECT, id_, id_, values, over=False, foreign=True)
    return id_


def test_one_life(vertex: MakeVertex) -> None:
    project = vertex()
    assert up(project)["create"] == 9
    assert made(project, MEMBER) == [f"{PROJECT}/{USER_ROLE}/{who}" for who in (TEAM, ANN)]
    assert made(project, SERVICE) == [f"{PROJECT}/aiplatform.googleapis.com"]
    [audit] = Cloud(project.cloud).resources(AUDIT_CONFIG)
    assert audit.properties["auditLogConfigs"] == [{"logType": "DATA_READ"}, {"logType": "DATA_WRITE"}]
    outputs = project.outputs()
    assert outputs["role"] == USER_ROLE
    assert outputs["sdks"] == ["pulumi_gcp"]
    kept = [row["what"] for row in outputs["lasting"]]
    assert [text.split()[2].rstrip(",") for text in kept] == [
        "aiplatform.googleapis.com", "claude-opus-5-5", "claude-sonnet-5-5",
    ]  # fmt: skip
    clients = [step for step in outputs["nextSteps"] if "OAuth client" in step["what"]]
    assert [step["url"] for step in clients] == [
        f"https://console.cloud.google.com/auth/clients?project={PROJECT}"
    ] * 2
    assert "https://pivot.claude.ai/auth/callback" in clients[0]["what"]

    before = inventory(project)
    assert up(project) == {}
    assert inventory(project) == before

    destroy(project)
    cloud = Cloud(project.cloud)
    assert cloud.resources() == []
    assert {row.token for row in cloud.lasting()} == {SERVICE, ENABLE_MODEL}
    assert len(cloud.lasting()) == 3


def test_a_model_taken_from_the_list_stays_enabled_and_is_only_forgotten(vertex: MakeVertex) -> None:
    project = vertex()
    up(project)
    project = vertex(enable_models=["claude-opus-5-5"])
    assert up(project) == {"delete": 1}
    [kept] = Cloud(project.cloud).lasting()
    assert kept.id.endswith("/claude-sonnet-5-5")
    assert "no call that disables" in kept.reason


def test_grants_of_others_stay_as_they_are(vertex: MakeVertex) -> None:
    project = vertex()
    foreign = [
        grant(project, USER_ROLE, "user:somebody@example.com"),
        grant(project, "roles/viewer", TEAM),
    ]
    before = Cloud(project.cloud).foreign(MEMBER)
    up(project)
    assert len(made(project, MEMBER)) == 4
    destroy(project)
    assert Cloud(project.cloud).foreign(MEMBER) == before
    assert made(project, MEMBER) == sorted(foreign)


def test_a_grant_that_exists_is_refused_and_survives(vertex: MakeVertex) -> None:
    project = vertex()
    theirs = grant(project, USER_ROLE, ANN)
    code, said = run(project, "preview")
    assert code == 0
    assert "`pulumi up` will refuse this" in said
    code, said = try_up(project)
    assert code != 0
    assert f"{ANN} has {USER_ROLE} in project {PROJECT} already" in said
    assert f"remove {ANN} from vertex.members" in said
    assert "Traceback" not in said
    destroy(project)
    assert made(project, MEMBER) == [theirs]
    project = vertex(members=[TEAM])
    up(project)
    assert up(project) == {}


def test_audit_logs_that_exist_are_refused_and_survive(vertex: MakeVertex) -> None:
    project = vertex()
    id_ = f"{PROJECT}/audit_config/aiplatform.googleapis.com"
    values = {
        "project": wire(PROJECT),
        "service": wire("aiplatform.googleapis.com"),
        "auditLogConfigs": wire([{"logType": "ADMIN_READ"}]),
    }
    Cloud(project.cloud).put(AUDIT_CONFIG, PROJECT, id_, id_, values, over=False, foreign=True)
    code, said = try_up(project)
    assert code != 0
    assert "vertex.auditLogs" in said
    destroy(project)
    [kept] = Cloud(project.cloud).foreign(AUDIT_CONFIG)
    assert kept.properties["auditLogConfigs"] == [{"logType": "ADMIN_READ"}]


def creates(project: Project, token: str) -> int:
    calls = Cloud(project.cloud).calls()
    return len([call for call in calls if (call.operation, call.token) == ("create", token)])


def test_an_api_that_is_not_usable_yet_is_waited_for(vertex: MakeVertex) -> None:
    project = vertex(enable_models=["claude-sonnet-5-5"])
    code, said = try_up(project, f"create:{ENABLE_MODEL}=refuse:3:SERVICE_DISABLED")
    assert code == 0
    assert "trying again in 0 s (try 4 of 15)" in said
    assert creates(project, ENABLE_MODEL) == 4
    assert up(project) == {}


def test_the_wait_ends_and_says_how_to_go_on(vertex: MakeVertex) -> None:
    project = vertex(enable_models=["claude-sonnet-5-5"])
    code, said = try_up(project, f"create:{ENABLE_MODEL}=refuse:99:SERVICE_DISABLED")
    assert code != 0
    assert "still not usable after 15 tries" in said
    assert creates(project, ENABLE_MODEL) == 15
    code, said = try_up(project)
    assert code == 0, said


def test_a_model_that_google_does_not_enable_is_explained_and_tried_once(vertex: MakeVertex) -> None:
    project = vertex(enable_models=["claude-sonnet-5-5"])
    code, said = try_up(project, f"create:{ENABLE_MODEL}=refuse:1:ENABLEMENT_STATE_FAILED")
    assert code != 0
    assert "accept its terms" in said
    assert "Traceback" not in said
    assert f"model-garden?project={PROJECT}" in said
    assert creates(project, ENABLE_MODEL) == 1
    assert ENABLE_MODEL not in {row["type"] for row in inventory(project)}
    assert up(project) == {"create": 1}


def test_the_role_with_one_permission_is_restored_after_a_destroy(vertex: MakeVertex) -> None:
    project = vertex(role="predict", enable_models=None, audit_logs=None)
    up(project)
    name = f"projects/{PROJECT}/roles/claudePredict"
    [role] = Cloud(project.cloud).resources(CUSTOM_ROLE)
    assert (role.id, role.properties["permissions"]) == (name, ["aiplatform.endpoints.predict"])
    assert project.outputs()["role"] == name
    destroy(project)
    assert {row.token for row in Cloud(project.cloud).lasting()} == {SERVICE, CUSTOM_ROLE}
    up(project)
    assert made(project, CUSTOM_ROLE) == [name]
    assert made(project, MEMBER) == [f"{PROJECT}/{name}/{who}" for who in (TEAM, ANN)]


@pytest.mark.parametrize(
    ("error", "cure"),
    [("CUSTOM_ROLE_DELETED", "choose another id"), ("CUSTOM_ROLE_EXISTS", "vertex.existingRole")],
)
def test_a_role_id_that_is_taken_is_explained(vertex: MakeVertex, error: str, cure: str) -> None:
    project = vertex(role="predict")
    code, said = try_up(project, f"create:{CUSTOM_ROLE}=refuse:1:{error}")
    assert code != 0
    assert cure in said
    code, said = try_up(project)
    assert code == 0, said


def test_nobody_loses_access_while_the_role_changes(vertex: MakeVertex) -> None:
    project = vertex()
    up(project)
    project = vertex(role="predict")
    so_far = len(Cloud(project.cloud).calls())
    assert up(project) == {"create": 1, "replace": 2}
    order = [call.operation for call in Cloud(project.cloud).calls()[so_far:] if call.token == MEMBER]
    assert order == ["create", "create", "delete", "delete"]
    name = f"projects/{PROJECT}/roles/claudePredict"
    assert made(project, MEMBER) == [f"{PROJECT}/{name}/{who}" for who in (TEAM, ANN)]


def test_an_existing_role_is_used_and_not_made(vertex: MakeVertex) -> None:
    project = vertex(existing_role="organizations/123456789012/roles/claudeUser")
    up(project)
    assert made(project, CUSTOM_ROLE) == []
    assert made(project, MEMBER)[0].startswith(f"{PROJECT}/organizations/123456789012/roles/claudeUser/")


def test_access_taken_away_by_hand_is_seen_and_given_again(vertex: MakeVertex) -> None:
    project = vertex()
    up(project)
    Cloud(project.cloud).remove(MEMBER, f"{PROJECT}/{USER_ROLE}/{ANN}")
    project.pulumi("refresh", "--yes", "--skip-preview", "-s", project.stack)
    assert up(project) == {"create": 1}
    assert len(made(project, MEMBER)) == 2


@pytest.mark.parametrize(
    ("token", "moment"),
    [
        *((token, "die-before-create") for token in (SERVICE, CUSTOM_ROLE, MEMBER, AUDIT_CONFIG, ENABLE_MODEL)),
        *((token, "die-after-create") for token in (SERVICE, ENABLE_MODEL)),
    ],
)  # fmt: skip
def test_an_interrupted_create_converges(vertex: MakeVertex, token: str, moment: str) -> None:
    project = vertex(role="predict")
    code, said = try_up(project, f"create:{token}={moment}")
    assert code != 0, said
    code, said = try_up(project)
    assert code == 0, said
    assert up(project) == {}
    in_state = {row["type"] for row in inventory(project)}
    assert {row.token for row in Cloud(project.cloud).resources()} <= in_state


def test_a_grant_that_an_interrupted_run_made_is_named_with_the_way_on(vertex: MakeVertex) -> None:
    project = vertex(members=[TEAM])
    assert try_up(project, f"create:{MEMBER}=die-after-create")[0] != 0
    code, said = try_up(project)
    assert code != 0
    assert "an interrupted run of this environment made it: claude-byoc recover" in said
    assert made(project, MEMBER) == [f"{PROJECT}/{USER_ROLE}/{TEAM}"]


def test_every_problem_is_told_at_once_and_nothing_is_made(vertex: MakeVertex) -> None:
    project = vertex(region="europe", members=["domain:example.com"], role="owner")
    code, said = try_up(project)
    assert code != 0
    for key in ("vertex.region", "vertex.members.0", "vertex.role"):
        assert f"error: {key}:" in said
    assert "Traceback" not in said
    assert Cloud(project.cloud).resources() == []
