"""`claude-byoc up | preview | destroy`: Pulumi itself, in the nearest project."""

import json
import os
import subprocess
import sys
from typing import Annotated

import typer

from claude_byoc.cli.project import checked_stack, project_folder, pulumi_program

Stack = Annotated[str, typer.Option("-s", "--stack", metavar="ENV", help="The environment (stack).")]
Extra = Annotated[
    list[str] | None, typer.Argument(metavar="[-- ARGS...]", help="Passed to pulumi as they are.")
]


def up(stack: Stack, extra: Extra = None) -> None:
    """Bring the cloud to what the settings say: `pulumi up`.

    Example: claude-byoc up -s prod -- --yes
    """
    _pulumi("up", stack, extra or [])


def preview(stack: Stack, extra: Extra = None) -> None:
    """Show what `up` would change, and change nothing: `pulumi preview`.

    Example: claude-byoc preview -s prod -- --diff
    """
    _pulumi("preview", stack, extra or [])


def destroy(stack: Stack, extra: Extra = None) -> None:
    """Remove what this environment made: `pulumi destroy`.

    Example: claude-byoc destroy -s test
    """
    _tell_what_lasts(stack)
    _pulumi("destroy", stack, extra or [])


def _tell_what_lasts(stack: str) -> None:
    """Say before a destroy what the clouds keep after it: then the outputs that tell are gone."""
    from claude_byoc.cli.project import run_pulumi  # noqa: PLC0415
    from claude_byoc.rollout.made import lasting_of  # noqa: PLC0415

    done = run_pulumi(checked_stack(stack), "stack", "output", "--json")
    try:
        outputs = json.loads(done.stdout) if done.returncode == 0 else None
    except ValueError:
        outputs = None
    kept = lasting_of(outputs) if isinstance(outputs, dict) else []
    if kept:
        typer.echo("A destroy leaves in the clouds:", err=True)
    for what, why in kept:
        typer.echo(f"  {what}: {why}", err=True)


def _pulumi(command: str, stack: str, extra: list[str]) -> None:
    arguments = [pulumi_program(), command, "--stack", checked_stack(stack), *extra]
    os.chdir(project_folder())
    sys.stdout.flush()
    if os.name == "nt":
        # There, replacing the process would give the shell its prompt back while pulumi still runs.
        raise typer.Exit(subprocess.call(arguments))  # noqa: S603 - the user's own command line
    # In our place pulumi owns the terminal, the signals and the exit code.
    os.execv(arguments[0], arguments)  # noqa: S606 - as above
