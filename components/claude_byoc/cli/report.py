"""How the command speaks: problems on stderr, results on stdout."""

import sys
from collections.abc import Iterable
from typing import NoReturn

import typer

from claude_byoc.contract.problems import Problem, errors


def show_problems(problems: Iterable[Problem]) -> None:
    """Write each problem to stderr, a block each, errors last so that they stay in sight."""
    found = list(dict.fromkeys(problems))
    for problem in sorted(found, key=lambda one: one.severity == "error"):
        typer.echo(f"{problem}\n", err=True)
    if count := len(errors(found)):
        typer.echo(f"{count} error{'s' if count > 1 else ''}.", err=True)


def bad_usage(text: str) -> NoReturn:
    """Say what is wrong with the command line and exit with 2."""
    typer.echo(f"error: {text}", err=True)
    raise typer.Exit(2)


def as_entries(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Return problems as `--json` shows them."""
    return [
        {"key": one.key, "wrong": one.wrong, "allowed": one.allowed, "cure": one.cure} for one in problems
    ]


def is_terminal() -> bool:
    """Tell whether a person types the standard input."""
    return sys.stdin is not None and sys.stdin.isatty()
