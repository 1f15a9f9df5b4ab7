"""Interrupted runs of the Entra part: ids that Entra chose are found again, and nothing is registered twice."""

import os
import signal
from pathlib import Path

import pytest

from standin import seeds
from standin.cloud import Cloud
from standin.rules.azuread import (
    ACCESS,
    ASSIGNMENT,
    GRANT,
    IDENTIFIER_URI,
    OWNER,
    PRINCIPAL,
    PUBLIC_CLIENT,
    REDIRECTS,
    REGISTRATION,
    ROLE,
    SCOPE,
)
from tests.engine.interrupted import (
    PATIENCE,
    assert_whole,
    begun,
    die,
    faults,
    kill_engine,
    made,
    program_processes,
    recover,
    run_recover,
    start_recover,
    start_up,
    until,
)
from tests.engine.observe import prepared
from tools.engine.acquire import Engine
from tools.project import Project

pytestmark = pytest.mark.engine

SCENARIO = "tenant"
PARTS = (PRINCIPAL, OWNER, SCOPE, ROLE, IDENTIFIER_URI)
"""What depends on the registration alone, so that one kill loses all of it; fewer than the engine makes at once."""
NOTE = "managed-by=claude-byoc project=claude-byoc stack={stack} name=claude-app"


@pytest.fixture
def tenant(engine: Engine, tmp_path: Path) -> Project:
    return prepared(engine, tmp_path / "run", SCENARIO)


def register(project: Project, stack: str) -> str:
    """Make a registration as a run of some stack leaves it, and return its id."""
    Cloud(project.cloud).close()
    inputs = {"displayName": "Claude for Microsoft 365", "notes": NOTE.format(stack=stack)}
    return seeds.add(Cloud(project.cloud), REGISTRATION, inputs)


def count(project: Project, token: str) -> int:
    return len(Cloud(project.cloud).resources(token))


def test_the_engine_is_killed_after_the_answer(tenant: Project) -> None:
    others = register(tenant, "prod")
    kill_engine(
        start_up(tenant, faults([REGISTRATION], "hang-after-create")),
        lambda: count(tenant, REGISTRATION) == 2,
        "both registrations",
    )
    kill_engine(
        start_recover(tenant, faults(PARTS, "hang-after-create")), lambda: made(tenant, PARTS), "the parts"
    )
    kill_engine(
        start_recover(tenant, faults([ASSIGNMENT, ACCESS], "hang-after-create")),
        lambda: made(tenant, [ASSIGNMENT, ACCESS]),
        "the assignment",
    )
    kill_engine(
        start_recover(tenant, faults([GRANT], "hang-after-create")),
        lambda: count(tenant, GRANT) == 4,
        "a grant",
    )
    said = recover(tenant)
    assert "adopted  claude-app-graph-grant: /oauth2PermissionGrants/" in said
    assert_whole(tenant, SCENARIO)
    assert others in {row.id for row in Cloud(tenant.cloud).foreign()}


def test_the_engine_is_killed_before_the_answer(tenant: Project) -> None:
    answered = (REDIRECTS, PUBLIC_CLIENT)
    unanswered = (PRINCIPAL, IDENTIFIER_URI)
    process = start_up(tenant, f"{faults(unanswered, 'hang')};{faults(answered, 'hang-after-create')}")
    kill_engine(
        process,
        lambda: (
            all(begun(tenant, token) for token in unanswered)
            and all(count(tenant, token) == 2 for token in answered)
        ),
        "service principal and identifier",
    )
    said = recover(tenant)
    assert "adopted  claude-app-spa-redirects: " in said
    assert "not made claude-app-identifier-uri" in said
    assert "adopted  claude-app-principal" not in said
    assert_whole(tenant, SCENARIO)


def test_the_provider_is_killed(tenant: Project) -> None:
    die(start_up(tenant, faults([REGISTRATION], "die-after-create")))
    die(start_recover(tenant, faults([PRINCIPAL], "die-after-create")))
    die(start_recover(tenant, faults([ASSIGNMENT], "die-after-create")))
    die(start_recover(tenant, faults([GRANT], "die-before-create")))
    recover(tenant)
    assert_whole(tenant, SCENARIO)


def test_the_program_is_killed(tenant: Project) -> None:
    process = start_up(tenant, faults([PRINCIPAL], "slow:3"))
    until(lambda: begun(tenant, PRINCIPAL), "create of a service principal")
    for pid in program_processes(process.pid):
        os.kill(pid, signal.SIGKILL)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "Traceback" not in out + err
    recover(tenant)
    assert_whole(tenant, SCENARIO)


def test_a_registration_that_was_lost_twice_is_left_to_a_person(tenant: Project) -> None:
    ids = [register(tenant, tenant.stack).rpartition("/")[2] for _ in range(2)]
    die(start_up(tenant, faults([REGISTRATION], "die-before-create")))
    for _ in range(2):  # the second time as well
        ended = run_recover(tenant)
        assert ended.returncode == 1
        assert "claude-app-app: exists 2 times and each is this environment's" in ended.stderr
        assert all(guid in ended.stderr for guid in ids)
        assert "az ad app delete" in ended.stderr
        assert "adopted" not in ended.stdout
        assert Cloud(tenant.cloud).resources() == []


def test_what_graph_does_not_tell_is_not_made_again(tenant: Project) -> None:
    process = start_up(tenant, faults([REGISTRATION], "hang-after-create"))
    kill_engine(process, lambda: made(tenant, [REGISTRATION]), "a registration")
    before = Cloud(tenant.cloud).resources()
    ended = run_recover(tenant, CLAUDE_BYOC_GRAPH_URL="http://127.0.0.1:9")
    assert ended.returncode == 1
    assert "was not looked up in Microsoft Graph: 127.0.0.1:9 gave no usable answer" in ended.stderr
    assert Cloud(tenant.cloud).resources() == before
    again = run_recover(tenant, CLAUDE_BYOC_GRAPH_URL="http://127.0.0.1:9")
    assert again.returncode == 1, "the second time as well"
    assert Cloud(tenant.cloud).resources() == before
    recover(tenant)
    assert len(Cloud(tenant.cloud).resources(REGISTRATION)) == 2
