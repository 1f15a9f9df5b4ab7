"""Nothing outlives an interrupted run: the real engine, its language host, a program that hangs."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine.sandbox import Sandbox, SandboxError

pytestmark = pytest.mark.engine

Project = Callable[..., Path]
Until = Callable[[Callable[[], bool], str], None]
Gone = Callable[[int], Callable[[], bool]]

# Deaf to SIGTERM, and with a child of its own, as a build tool would be.
HANGS = """
import os, pathlib, signal, subprocess, sys, time
if "KIT_PIDS" in os.environ:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    note = pathlib.Path(os.environ["KIT_PIDS"])
    note.with_suffix(".new").write_text(f"{os.getpid()} {child.pid} {os.getppid()}")
    note.with_suffix(".new").replace(note)
    time.sleep(600)
"""


@pytest.fixture
def hanging(sandbox: Sandbox, project: Project, tmp_path: Path, until: Until):  # noqa: ANN201 - a generator of a pair
    """A run of the engine whose program hangs, and the pids of program, its child and language host."""
    note = tmp_path / "pids"
    folder = project(HANGS)
    with sandbox.start("up", "--yes", "--skip-preview", cwd=folder, env={"KIT_PIDS": str(note)}) as process:
        until(note.exists, "the program runs")
        program, child, host = map(int, note.read_text().split())
        yield process, (program, child, host), folder
        process.kill()


Hanging = tuple[subprocess.Popen[str], tuple[int, int, int], Path]


def test_killed_engine_takes_host_and_program_with_it(hanging: Hanging, until: Until, gone: Gone) -> None:
    engine, pids, _ = hanging
    engine.kill()
    for pid, name in zip(pids, ("the program", "its child", "the language host"), strict=True):
        until(gone(pid), f"{name} is gone")


def test_killed_host_takes_the_program_with_it(hanging: Hanging, until: Until, gone: Gone) -> None:
    engine, (program, child, host), _ = hanging
    os.kill(host, signal.SIGKILL)
    until(gone(program), "the program is gone")
    os.kill(
        child, signal.SIGKILL
    )  # the kernel ends the program, but not what it started; the engine waits for its output
    engine.communicate(timeout=60)
    assert engine.returncode != 0


def test_interrupt_ends_the_run_cleanly(hanging: Hanging, sandbox: Sandbox, until: Until, gone: Gone) -> None:
    engine, pids, folder = hanging
    os.killpg(engine.pid, signal.SIGINT)
    out, err = engine.communicate(timeout=60)
    assert engine.returncode != 0
    assert "Traceback" not in out + err
    for pid in pids:
        until(gone(pid), f"{pid} is gone")
    # The stack is not locked: the next run, of the same program without its hang, goes through.
    assert "1 created" in sandbox.run("up", "--yes", "--skip-preview", cwd=folder).stdout


def test_killed_program_is_named_by_its_signal(hanging: Hanging) -> None:
    engine, (program, _, _), _ = hanging
    os.kill(program, signal.SIGKILL)
    out, err = engine.communicate(timeout=60)
    assert "the program was killed by signal 9 (SIGKILL)" in out + err
    assert engine.returncode != 0


def test_run_that_takes_too_long_is_ended(
    sandbox: Sandbox, project: Project, tmp_path: Path, gone: Gone, until: Until
) -> None:
    note = tmp_path / "pids"
    folder = project(HANGS)
    with pytest.raises(SandboxError, match="did not end within 5 s"):
        sandbox.run("up", "--yes", "--skip-preview", cwd=folder, env={"KIT_PIDS": str(note)}, timeout=5)
    for pid in map(int, note.read_text().split()):
        until(gone(pid), f"{pid} is gone")
    assert "1 created" in sandbox.run("up", "--yes", "--skip-preview", cwd=folder).stdout
