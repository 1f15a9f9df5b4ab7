"""The table of subcommands, and what they have in common: exit codes and how problems are shown."""

import importlib
from collections.abc import Sequence
from typing import Annotated

import typer

from claude_byoc.cli.report import show_problems
from claude_byoc.contract.problems import ProblemsError

COMMANDS = {
    "up": "engine",
    "preview": "engine",
    "destroy": "engine",
    "recover": "recover",
    "build": "build",
    "manifest": "manifest",
    "rotate-key": "rotate_key",
    "tokens": "tokens",
    "gateway": "gateway",
    "doctor": "doctor",
    "desktop": "desktop",
    "allowlist": "allowlist",
    "consent": "consent",
    "report": "report_command",
}
"""Subcommand -> module of this package that holds a function, or a group, of the same name; imported when used."""


def run(arguments: Sequence[str]) -> int:
    """Run one subcommand and return the exit code."""
    app = typer.Typer(
        name="claude-byoc",
        help="Claude in Microsoft 365 and Cowork on your own cloud.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    # A callback keeps the subcommand's name part of the command line even when only one is registered.
    app.callback()(_root)
    wanted = arguments[0] if arguments and arguments[0] in COMMANDS else None
    for name in [wanted] if wanted else COMMANDS:
        module = importlib.import_module(f"claude_byoc.cli.{COMMANDS[name]}")
        command = getattr(module, name.replace("-", "_"))
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    try:
        app(list(arguments), prog_name="claude-byoc")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except ProblemsError as error:
        show_problems(error.problems)
        return 1
    return 0


def _show_version(wanted: bool) -> None:
    if wanted:
        # The package is loaded already; a plain import would tie the command to the names that load Pulumi.
        typer.echo(f"claude-byoc {importlib.import_module('claude_byoc').__version__}")
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Claude in Microsoft 365 and Cowork on your own cloud."""
