"""`claude-byoc rotate-key`: the next step of rotating the API keys of a Foundry resource."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from claude_byoc.cli.project import checked_stack, run_pulumi
from claude_byoc.cli.report import bad_usage
from claude_byoc.cli.stack_outputs import outputs_from_file, outputs_from_pulumi
from claude_byoc.key_rotation import Step, next_step

Stack = Annotated[str | None, typer.Option("-s", "--stack", metavar="ENV", help="The environment (stack).")]
Outputs = Annotated[
    Path | None,
    typer.Option("--outputs", metavar="FILE", help="Stack outputs (JSON) instead of asking pulumi."),
]
Json = Annotated[bool, typer.Option("--json", help="Print {state, what, commands, notBefore}.")]


def rotate_key(*, stack: Stack = None, outputs: Outputs = None, as_json: Json = False) -> None:
    """Say what to do next to rotate the Foundry API keys without an outage. Changes nothing itself.

    Example: claude-byoc rotate-key -s prod
    """
    if stack is None:
        bad_usage("-s ENV is missing")
    checked_stack(stack)
    known = outputs_from_file(outputs) if outputs else outputs_from_pulumi(stack)
    wanted = None if outputs else _wanted_key(stack)
    step = next_step(known, stack, dt.datetime.now(dt.UTC), wanted)
    typer.echo(json.dumps(_as_json(step), indent=2) if as_json else _as_text(step))


def _wanted_key(stack: str) -> int | None:
    """Return foundry.activeKey of the settings; None where they cannot be read, as the outputs say enough then."""
    done = run_pulumi(stack, "config", "get", "--json", "--path", "claude-byoc:settings.foundry.activeKey")
    if done.returncode != 0:
        return None
    try:
        value = str(json.loads(done.stdout).get("value", ""))
    except (ValueError, AttributeError):
        return None
    return int(value) if value in ("1", "2") else None


def _as_text(step: Step) -> str:
    lines = [f"{step.what}{':' if step.commands else '.'}", *(f"  {command}" for command in step.commands)]
    return "\n".join(lines)


def _as_json(step: Step) -> dict[str, Any]:
    until = step.not_before.strftime("%Y-%m-%dT%H:%M:%SZ") if step.not_before else None
    return {"state": step.state, "what": step.what, "commands": list(step.commands), "notBefore": until}
