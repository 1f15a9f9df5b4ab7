"""Options that `build`, `report` and `consent` share: the environment, the day, the figures of the estimate."""

import datetime as dt
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from claude_byoc.cli.report import bad_usage
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.rollout.estimate import Assumptions

Stack = Annotated[str | None, typer.Option("-s", "--stack", metavar="ENV", help="The environment (stack).")]
Outputs = Annotated[
    Path | None,
    typer.Option(
        "--outputs", metavar="FILE", help="Stack outputs (JSON, secrets in plain) instead of asking pulumi."
    ),
]
Date = Annotated[
    str | None,
    typer.Option("--date", metavar="YYYY-MM-DD", help="The day that the report bears. Default: today."),
]
Assume = Annotated[
    list[str] | None,
    typer.Option(
        "--assume",
        metavar="NAME=NUMBER",
        help="For the cost estimate; repeatable. "
        + ", ".join(f"{one.name.replace('_', '-')}={one.default}" for one in fields(Assumptions)),
    ),
]


def known_outputs(stack: str | None, outputs: Path | None) -> dict[str, Any]:
    """Return the stack outputs from the file, else from pulumi; exit with 2 when neither is named."""
    from claude_byoc.cli.project import checked_stack  # noqa: PLC0415 - only for commands that run
    from claude_byoc.cli.stack_outputs import outputs_from_file, outputs_from_pulumi  # noqa: PLC0415

    if stack is not None:
        checked_stack(stack)
    if outputs is not None:
        return outputs_from_file(outputs)
    if stack is None:
        bad_usage("-s ENV or --outputs FILE is missing")
    return outputs_from_pulumi(stack)


def short_name(stack: str | None) -> str:
    """Return the environment's name without organisation and project."""
    return (stack or "").rpartition("/")[2]


def checked_date(date: str | None) -> str:
    """Return the day as asked for, else today (UTC); exit with 2 when it is none."""
    if date is None:
        return dt.datetime.now(dt.UTC).date().isoformat()
    # `fromisoformat` alone takes other spellings too, such as 2026-W47-6.
    known = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date) is not None
    try:
        dt.date.fromisoformat(date if known else "")
    except ValueError:
        bad_usage("--date: a day is written YYYY-MM-DD")
    return date


def assumptions(given: list[str] | None) -> Assumptions:
    """Return the assumptions; exit with 2 for an unknown name, raise ProblemsError for a number out of range."""
    names = {one.name.replace("_", "-"): one.name for one in fields(Assumptions)}
    values: dict[str, int] = {}
    for one in given or []:
        name, _, number = one.partition("=")
        if name not in names or not re.fullmatch("[0-9]{1,9}", number):
            bad_usage(f"--assume: write NAME=NUMBER, with one of {', '.join(names)}")
        values[names[name]] = int(number)
    assumed = replace(Assumptions(), **values)
    if problems := assumed.problems():
        raise ProblemsError(problems)
    return assumed
