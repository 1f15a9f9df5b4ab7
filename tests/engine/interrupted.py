"""How a run is interrupted, and what must hold once `claude-byoc recover` has put it right."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from standin.cloud import Cloud
from tests.engine.observe import PLANTED, expected, up
from tools.project import Project

PATIENCE = 90.0
"""Seconds that a condition may take; a machine under load is slow."""

GRANT = "azuread:index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant"
_DEPLOYMENT = "pulumi-python:dynamic/claude-byoc:FoundryDeployment"
_CLOUD_NAMES = {_DEPLOYMENT: "azure-native:cognitiveservices:Deployment"}
_NO_CLOUD = ("pulumi:", "random:", "claude-byoc:", "pulumi-python:dynamic/claude-byoc:FoundryKeySwitch")


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition; fail with its name when it does not come."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain for: {what}"
        time.sleep(0.05)


def descendants(pid: int) -> dict[int, str]:
    """Return the processes below `pid`, with their command lines."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    below: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        for child, its in parents.items():
            if its == parent:
                waiting.append(child)
                try:
                    below[child] = (
                        (Path("/proc") / str(child) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    )
                except OSError:
                    continue
    return below


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def program_processes(engine: int) -> list[int]:
    """Return the processes that run the program of an engine's process; there is one."""
    found = [pid for pid, line in descendants(engine).items() if "pulumi-language-python-exec" in line]
    assert found
    return found


def start_up(project: Project, fault: str, **env: str) -> "subprocess.Popen[str]":
    """Start `up` with faults of the stand-in clouds."""
    return project.sandbox.start(
        "up",
        "--yes",
        "--skip-preview",
        "-s",
        project.stack,
        cwd=project.folder,
        env={"STANDIN_FAULTS": fault, **env},
    )


def begun(project: Project, token: str) -> bool:
    """Tell whether the stand-in cloud was asked to create a resource of this type."""
    return project.cloud.exists() and any(
        (call.operation, call.token) == ("create", token) for call in Cloud(project.cloud).calls()
    )


def start_recover(
    project: Project, fault: str, *, more: Sequence[str] = (), **env: str
) -> "subprocess.Popen[str]":
    """Start `claude-byoc recover`, whose own `up` meets the faults."""
    return subprocess.Popen(
        [sys.executable, "-m", "claude_byoc.cli", "recover", "-s", project.stack, "--yes", *more],
        cwd=project.folder,
        env={**project.sandbox.environment(), "STANDIN_FAULTS": fault, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_recover(project: Project, *more: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run `claude-byoc recover` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "claude_byoc.cli", "recover", "-s", project.stack, "--yes", *more],
        cwd=project.folder,
        env={**project.sandbox.environment(), **env},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def recover(project: Project, *more: str, **env: str) -> str:
    """Run `claude-byoc recover` as a pipeline would, and return what it said."""
    ended = run_recover(project, *more, **env)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said
    assert "Traceback" not in said
    assert not any(secret in said for secret in PLANTED)
    return said


def faults(tokens: Sequence[str], kind: str) -> str:
    """Return STANDIN_FAULTS that has one kind of fault at the create of each type."""
    return ";".join(f"create:{token}={kind}" for token in tokens)


def kill_engine(process: "subprocess.Popen[str]", reached: Callable[[], bool], what: str) -> None:
    """Kill the engine once a condition holds, and wait for the end of what it had started."""
    until(lambda: reached() or process.poll() is not None, what)
    assert process.poll() is None, "\n".join(process.communicate())
    others = descendants(process.pid)
    process.kill()
    for pid, line in others.items():
        if "pulumi.dynamic" in line:
            # The SDK's runner of dynamic providers does not watch for the end of its engine.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    process.communicate()
    until(lambda: not any(alive(pid) for pid in others), f"the end of {others}")


def kill_all(process: "subprocess.Popen[str]", reached: Callable[[], bool], what: str) -> None:
    """Kill a command and the engine that it runs once a condition holds."""
    until(lambda: reached() or process.poll() is not None, what)
    assert process.poll() is None, "\n".join(process.communicate())
    others = descendants(process.pid)
    process.kill()
    for pid in others:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()
    until(lambda: not any(alive(pid) for pid in others), f"the end of {others}")


def asked_for(project: Project, token: str) -> bool:
    """Tell whether the stand-in cloud was asked for what exists of this type."""
    return any((call.operation, call.token) == ("read", token) for call in Cloud(project.cloud).calls())


def made(project: Project, tokens: Sequence[str]) -> bool:
    """Tell whether the stand-in cloud has something of each type that a program made."""
    return project.cloud.exists() and {*tokens} <= {row.token for row in Cloud(project.cloud).resources()}


def die(process: "subprocess.Popen[str]") -> None:
    """Wait for a run whose provider kills itself; it fails and gives no secret away."""
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0, out
    assert "exited prematurely" in out + err
    assert not any(secret in out + err for secret in PLANTED)


def assert_whole(project: Project, scenario: str) -> None:
    """Everything of a scenario was made once and is in the state, `up` has nothing left to do, destroy ends it."""
    assert up(project) == {}
    state = json.loads(project.pulumi("stack", "export", "-s", project.stack).stdout)["deployment"]
    assert not state.get("pending_operations")
    in_cloud = Cloud(project.cloud).resources()
    assert {row.id for row in in_cloud} <= {row.get("id") for row in state["resources"]}
    types = [row["type"] for row in expected(scenario)["inventory"]]
    once = Counter(_CLOUD_NAMES.get(token, token) for token in types if not token.startswith(_NO_CLOUD))
    assert Counter(row.token for row in in_cloud) == once
    project.pulumi("state", "unprotect", "--all", "--yes", "-s", project.stack)
    project.pulumi("destroy", "--yes", "--skip-preview", "-s", project.stack)
    # Grants are kept on destroy: docs/decisions/0008-entra.md.
    assert {row.token for row in Cloud(project.cloud).resources()} <= {GRANT}
