"""Projects and sandboxes for the tests of the engine kit."""

import os
import shlex
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from tools.engine.acquire import Engine
from tools.engine.sandbox import Sandbox

WAIT_SECONDS = 60

Project = Callable[..., Path]


@pytest.fixture
def sandbox(engine: Engine, tmp_path: Path) -> Sandbox:
    if engine.source != "build":
        pytest.skip("the vendor's language host is in use; CLAUDE_BYOC_ENGINE=build tests ours")
    return Sandbox(engine, tmp_path / "sandbox", tmp_path / "pulumi")


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> Project:
    """Make a project from the text of its program, with a stack `test`; return its folder."""

    def make(program: str, *, yaml: str = "", options: str = "{}") -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        head = f"name: kit\nruntime: {{name: python, options: {options}}}\n"
        (folder / "Pulumi.yaml").write_text(head + yaml, "utf-8")
        (folder / "__main__.py").write_text(program, "utf-8")
        sandbox.run("stack", "init", "test", cwd=folder)
        return folder

    return make


@pytest.fixture
def installed_sdks(sandbox: Sandbox, tmp_path: Path) -> None:
    """Fill the places of the provider plugins that the SDKs in this virtualenv name; none of them is started."""
    for name in ("aws", "azure-native", "azuread", "gcp", "random"):
        staging = tmp_path / f"{name}-staging"
        staging.mkdir()
        plugin = staging / f"pulumi-resource-{name}"
        plugin.write_text("#!/bin/sh\nexit 1\n", "utf-8")
        plugin.chmod(0o755)
        sandbox.install_plugin(name, version(f"pulumi-{name}"), staging)


@pytest.fixture
def tiny(sandbox: Sandbox, tmp_path: Path) -> Path:
    """Install the provider of tiny_provider.py; return the file that is its cloud."""
    staging = tmp_path / "staging"
    staging.mkdir()
    launcher = staging / "pulumi-resource-tiny"
    provider = Path(__file__).with_name("tiny_provider.py")
    store = tmp_path / "cloud.json"
    command = shlex.join(["env", f"TINY_STORE={store}", sys.executable, str(provider)])
    launcher.write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
    launcher.chmod(0o755)
    sandbox.install_plugin("tiny", "1.0.0", staging)
    return store


def alive(pid: int) -> bool:
    """Tell whether a process still runs; a zombie that nobody has collected does not."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            return stat.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def until() -> Callable[[Callable[[], bool], str], None]:
    """Wait until a condition holds, and fail with its name if it never does."""

    def wait(condition: Callable[[], bool], name: str) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"not within {WAIT_SECONDS} s: {name}"
            time.sleep(0.05)

    return wait


@pytest.fixture
def gone() -> Callable[[int], Callable[[], bool]]:
    return lambda pid: lambda: not alive(pid)
