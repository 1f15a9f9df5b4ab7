"""`pulumi install`: a program's virtualenv and requirements, with pip."""

import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.engine.language_host.lifetime import Children
from tools.engine.language_host.runtime import HostError, Runtime
from tools.engine.language_host.streaming import Chunk, run


def install(runtime: Runtime, children: Children) -> Iterator[Chunk]:
    """Make the virtualenv if it is missing and install the requirements; yield the output as it comes.

    Requirements are those of `requirements.txt`, else of `pyproject.toml`. Raises HostError on a failure.
    """
    if runtime.virtualenv is not None and runtime.find() is None:
        base = shutil.which(os.environ.get("PULUMI_PYTHON_CMD") or "python3") or shutil.which("python")
        if base is None:
            raise HostError("no Python on PATH to make the virtual environment with: install Python")
        yield Chunk("stdout", f"Creating the virtual environment {runtime.virtualenv}\n".encode())
        yield from _run(
            [base, "-m", "venv", str(runtime.virtualenv)], "making it", runtime, children, dict(os.environ)
        )
    requirements = _requirements(runtime.folder)
    if not requirements:
        yield Chunk(
            "stdout",
            f"No requirements.txt or pyproject.toml in {runtime.folder}: nothing to install\n".encode(),
        )
        return
    command = [str(runtime.python()), "-m", "pip", "install", "--disable-pip-version-check", *requirements]
    yield from _run(
        command, "installing the requirements", runtime, children, runtime.environment(os.environ)
    )


def _requirements(folder: Path) -> list[str]:
    """Return pip's arguments for what a folder declares; empty if it declares nothing."""
    if (folder / "requirements.txt").is_file():
        return ["-r", "requirements.txt"]
    project = folder / "pyproject.toml"
    if not project.is_file():
        return []
    try:
        content: dict[str, Any] = tomllib.loads(project.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise HostError(f"{project} is not TOML: {error}") from error
    if "build-system" in content:
        return ["-e", "."]
    declared: list[str] = content.get("project", {}).get("dependencies", [])
    return declared


def _run(
    command: list[str], what: str, runtime: Runtime, children: Children, env: dict[str, str]
) -> Iterator[Chunk]:
    for event in run(children, command, cwd=str(runtime.folder), env=env):
        if isinstance(event, Chunk):
            yield event
        elif event.code != 0:
            raise HostError(
                f"{what} failed with exit code {event.code}: `{' '.join(command)}` in {runtime.folder}"
            )
