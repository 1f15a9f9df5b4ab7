"""Where the Pulumi project is, and which `pulumi` runs it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from claude_byoc.cli.report import bad_usage
from claude_byoc.contract.problems import Problem, ProblemsError

_STACK = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,2}")


def nearest_project(start: Path) -> Path | None:
    """Return the nearest folder at or above `start` that holds a Pulumi.yaml."""
    return next((folder for folder in (start, *start.parents) if (folder / "Pulumi.yaml").is_file()), None)


def project_folder() -> Path:
    """Return the folder of the nearest Pulumi.yaml; raise ProblemsError when there is none."""
    found = nearest_project(Path.cwd())
    if found is None:
        cure = "change into the project's folder"
        wrong = "is neither in this folder nor in one above it"
        raise ProblemsError([Problem("Pulumi.yaml", wrong, "a Pulumi project", cure)])
    return found


def pulumi_program() -> str:
    """Return the path of the `pulumi` on PATH; raise ProblemsError when there is none."""
    found = shutil.which("pulumi")
    if found is None:
        cure = "install it (https://www.pulumi.com/docs/install/), or use `make up` in a checkout"
        raise ProblemsError([Problem("pulumi", "is not on PATH", "the Pulumi CLI, 3.259 or later", cure)])
    return found


def checked_stack(name: str) -> str:
    """Return the stack's name; exit with 2 when it cannot be one."""
    if not _STACK.fullmatch(name) or not set(name.split("/")).isdisjoint({".", ".."}):
        bad_usage("-s: a stack is named NAME, PROJECT/NAME or ORGANISATION/PROJECT/NAME")
    return name


def default_folder(stack: str) -> Path:
    """Return out/STACK in the project's folder, or here when there is no project."""
    here = Path.cwd()
    return (nearest_project(here) or here) / "out" / stack.rpartition("/")[2]


def run_pulumi(stack: str, *arguments: str, text: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run `pulumi ARGUMENTS` on a checked stack of the nearest project to its end, its output kept back.

    `text` goes to standard input. Nothing is asked and nothing is printed; the caller judges the exit code.
    """
    return subprocess.run(  # noqa: S603 -- the callers' fixed commands and a checked stack name
        [pulumi_program(), *arguments, "--stack", stack, "--non-interactive"],
        cwd=project_folder(),
        env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
