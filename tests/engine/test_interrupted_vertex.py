"""Interrupted runs of the Vertex AI part, whose resources bear no sign of who made them."""

import json
from pathlib import Path

import pytest

from standin import seeds
from standin.cloud import Cloud
from standin.rules.gcp import AUDIT_CONFIG, CUSTOM_ROLE, ENABLE_MODEL, MEMBER, SERVICE
from standin.scope import NO_PROJECT
from standin.values import Plain
from tests.engine.interrupted import (
    assert_whole,
    begun,
    die,
    faults,
    kill_engine,
    made,
    recover,
    run_recover,
    start_recover,
    start_up,
)
from tests.engine.observe import prepared
from tools.engine.acquire import Engine
from tools.project import Project

pytestmark = pytest.mark.engine

SCENARIO = "vertex"
GRANTEE = "group:claude-pilot@example.com"
FIRST = (SERVICE, CUSTOM_ROLE, AUDIT_CONFIG)


@pytest.fixture
def vertex(engine: Engine, tmp_path: Path) -> Project:
    return prepared(engine, tmp_path / "run", SCENARIO)


def test_the_engine_is_killed_after_the_answer(vertex: Project) -> None:
    process = start_up(vertex, faults(FIRST, "hang-after-create"))
    kill_engine(process, lambda: made(vertex, FIRST), "API, role and audit logs")
    process = start_recover(vertex, faults([MEMBER, ENABLE_MODEL], "hang-after-create"))
    kill_engine(process, lambda: made(vertex, [MEMBER, ENABLE_MODEL]), "grant and model")
    said = recover(vertex)
    assert f"adopted  claude-vertex-{GRANTEE}: " in said
    assert_whole(vertex, SCENARIO)


def test_the_engine_is_killed_before_the_answer(vertex: Project) -> None:
    process = start_up(vertex, faults(FIRST, "hang"))
    kill_engine(process, lambda: all(begun(vertex, token) for token in FIRST), "API, role and audit logs")
    assert "adopted" not in recover(vertex)
    assert_whole(vertex, SCENARIO)


def test_what_a_killed_provider_made_is_adopted_where_a_person_says_so(vertex: Project) -> None:
    die(start_up(vertex, faults([MEMBER], "die-after-create")))
    ended = run_recover(vertex)
    assert ended.returncode != 0
    said = " ".join((ended.stdout + ended.stderr).split())
    way_on = f"claude-byoc recover -s dev --adopt 'claude-vertex-{GRANTEE}'"
    assert way_on in said
    recover(vertex, "--adopt", f"claude-vertex-{GRANTEE}")
    assert_whole(vertex, SCENARIO)


def test_a_role_of_a_killed_provider_is_adopted_where_a_person_says_so(vertex: Project) -> None:
    die(start_up(vertex, faults([CUSTOM_ROLE], "die-after-create")))
    ended = run_recover(vertex)
    assert ended.returncode != 0
    assert "--adopt 'claude-vertex-predict-role'" in ended.stderr
    assert "adopted  claude-vertex-predict-role: " in recover(vertex, "--adopt", "claude-vertex-predict-role")


def test_what_others_made_is_never_adopted(vertex: Project) -> None:
    Cloud(vertex.cloud).close()
    cloud = Cloud(vertex.cloud)
    inputs = {"project": NO_PROJECT, "service": "aiplatform.googleapis.com"}
    seeds.add(cloud, AUDIT_CONFIG, {**inputs, "auditLogConfigs": [{"logType": "ADMIN_READ"}]})
    role: dict[str, Plain] = {"project": NO_PROJECT, "roleId": "claudePredict", "title": "Somebody's own"}
    seeds.add(cloud, CUSTOM_ROLE, {**role, "permissions": ["aiplatform.endpoints.get"]})
    before = cloud.foreign()
    process = start_up(vertex, faults([CUSTOM_ROLE], "hang"))
    kill_engine(process, lambda: begun(vertex, CUSTOM_ROLE), "create of the role")
    ended = run_recover(vertex)
    assert ended.returncode == 1
    assert "nothing shows who made it" in ended.stderr
    assert "adopted" not in ended.stdout
    assert cloud.foreign() == before
    state = json.loads(vertex.pulumi("stack", "export", "-s", vertex.stack).stdout)["deployment"]
    assert not {CUSTOM_ROLE, AUDIT_CONFIG} & {row["type"] for row in state["resources"]}
