"""Interrupted runs: whatever is killed at whatever step, `recover` converges and nothing is orphaned unseen."""

import json
import os
import signal

import pytest

from standin.cloud import Cloud
from tests.engine.conftest import MakeProject
from tests.engine.interrupted import (
    PATIENCE,
    alive,
    begun,
    descendants,
    program_processes,
    recover,
    run_recover,
    start_up,
    until,
)
from tests.engine.observe import PLANTED, SECRETS, up
from tools.project import Project

pytestmark = pytest.mark.engine

OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/rolePolicy:RolePolicy"
GUID = "random:index/randomUuid:RandomUuid"
STEPS = (OIDC, ROLE, POLICY, "aws:bedrock/useCaseForModelAccess:UseCaseForModelAccess", GUID)


def assert_converged(project: Project) -> None:
    """The cloud and the state agree, `up` has nothing left to do, and destroy leaves nothing behind."""
    assert up(project) == {}
    state = json.loads(project.pulumi("stack", "export", "-s", project.stack).stdout)["deployment"]
    assert not state.get("pending_operations")
    in_state = {(row["type"], row["id"]) for row in state["resources"] if row["type"].startswith("aws:")}
    in_cloud = {(row.token, row.id) for row in Cloud(project.cloud).resources()}
    assert in_cloud <= in_state
    assert {OIDC, ROLE, POLICY} <= {token for token, _ in in_cloud}
    project.pulumi("destroy", "--yes", "--skip-preview", "-s", project.stack)
    assert Cloud(project.cloud).resources() == []


@pytest.mark.parametrize("moment", ["hang", "hang-after-create"])
@pytest.mark.parametrize("token", STEPS)
def test_the_engine_is_killed(project: Project, token: str, moment: str) -> None:
    process = start_up(project, f"create:{token}={moment}")
    until(lambda: begun(project, token), f"create of {token}")
    others = descendants(process.pid)
    process.kill()
    process.communicate()
    until(lambda: not any(alive(pid) for pid in others), f"the end of {others}")
    blocked = project.pulumi("up", "--yes", "--skip-preview", "-s", project.stack, check=False)
    assert blocked.returncode != 0, "a killed engine leaves its lock"
    recover(project)
    assert_converged(project)


@pytest.mark.parametrize("moment", ["die-before-create", "die-after-create"])
@pytest.mark.parametrize("token", STEPS)
def test_the_provider_is_killed(project: Project, token: str, moment: str) -> None:
    process = start_up(project, f"create:{token}={moment}")
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert not any(secret in out + err for secret in PLANTED)
    said = recover(project)
    if moment == "die-after-create" and token in (OIDC, ROLE, POLICY):
        assert "adopted" in said
    assert_converged(project)


@pytest.mark.parametrize("token", STEPS)
def test_the_program_is_killed(project: Project, token: str) -> None:
    process = start_up(project, f"create:{token}=slow:3")
    until(lambda: begun(project, token), f"create of {token}")
    for pid in program_processes(process.pid):
        os.kill(pid, signal.SIGKILL)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "Traceback" not in out + err
    recover(project)
    assert_converged(project)


def test_ctrl_c_ends_quietly_and_the_next_up_goes_on(project: Project) -> None:
    process = start_up(project, f"create:{ROLE}=hang")
    until(lambda: begun(project, ROLE), "create of the role")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "Traceback" not in out + err
    assert not any(secret in out + err for secret in PLANTED)
    recover(project)
    assert_converged(project)


def test_what_is_not_ours_is_named_and_left_alone(make_project: MakeProject) -> None:
    other = make_project(secrets=SECRETS, name="other")
    up(other)
    mine = make_project(secrets=SECRETS, stack="dev", name="mine")
    mine.cloud.symlink_to(other.cloud)
    refused = mine.pulumi("up", "--yes", "--skip-preview", "-s", mine.stack, check=False)
    assert refused.returncode != 0
    before = Cloud(other.cloud).resources()
    ended = run_recover(mine)
    assert ended.returncode == 1
    assert "existingOidcProviderArn" in ended.stderr
    assert "does not carry this environment's tags" in ended.stderr
    assert Cloud(other.cloud).resources() == before
    state = mine.pulumi("stack", "export", "-s", mine.stack).stdout
    assert OIDC not in {row["type"] for row in json.loads(state)["deployment"]["resources"]}


def test_a_sidecar_that_a_kill_cut_short_is_named_with_the_cure(project: Project) -> None:
    plain = (project.folder / "state").as_uri()
    up(project)
    [state] = (project.folder / "state").rglob(f"{project.stack}.json")
    state.with_name(f"{state.name}.attrs").touch()
    ended = run_recover(project, PULUMI_BACKEND_URL=plain)
    assert ended.returncode == 1
    assert ".json.attrs" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_nothing_to_recover_makes_nothing(project: Project) -> None:
    said = recover(project)
    assert "nothing to recover" in said
    up(project)
    project.pulumi("destroy", "--yes", "--skip-preview", "-s", project.stack)
    assert "nothing to recover" in recover(project)
    assert Cloud(project.cloud).resources() == []


def test_an_interrupted_destroy_is_not_turned_into_an_up(project: Project) -> None:
    up(project)
    process = project.sandbox.start(
        "destroy",
        "--yes",
        "--skip-preview",
        "-s",
        project.stack,
        cwd=project.folder,
        env={"STANDIN_FAULTS": f"delete:{ROLE}=hang"},
    )
    until(
        lambda: any((c.operation, c.token) == ("delete", ROLE) for c in Cloud(project.cloud).calls()),
        "the delete",
    )
    process.kill()
    process.communicate()
    said = recover(project)
    assert "was deleting" in said
    assert POLICY not in {row.token for row in Cloud(project.cloud).resources()}
    project.pulumi("destroy", "--yes", "--skip-preview", "-s", project.stack)
    assert Cloud(project.cloud).resources() == []
