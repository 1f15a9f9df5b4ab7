"""`claude-byoc gateway logs`: the lines and the usage of a deployed gateway, through its cloud's own program."""

import datetime as dt
import json
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from claude_byoc.cli.project import checked_stack
from claude_byoc.cli.report import bad_usage
from claude_byoc.cli.stack_outputs import outputs_from_file, outputs_from_pulumi
from claude_byoc.contract.problems import Problem, ProblemsError

Stack = Annotated[str, typer.Option("-s", "--stack", metavar="ENV", help="The environment (stack).")]
Outputs = Annotated[
    Path | None,
    typer.Option("--outputs", metavar="FILE", help="Stack outputs (JSON) instead of asking pulumi."),
]
Since = Annotated[str, typer.Option("--since", metavar="TIME", help="How far back: 30m, 12h, 7d.")]
Follow = Annotated[bool, typer.Option("--follow", help="Show lines as they come, until Ctrl-C.")]
Name = Annotated[str | None, typer.Option("--query", metavar="NAME", help="Answer a ready query instead.")]
Print = Annotated[bool, typer.Option("--print", help="Print the command or query; run nothing.")]

_TRIES, _PAUSE = 120, 1.0
"""How often, and after how many seconds, CloudWatch is asked whether a query is done."""


def logs(
    *,
    stack: Stack,
    outputs: Outputs = None,
    since: Since = "1h",
    follow: Follow = False,
    query: Name = None,
    as_text: Print = False,
) -> None:
    """Show a deployed gateway's log lines, or answer a ready query: cost by team, errors, limits, latency.

    Runs the cloud's own program (aws, gcloud, az) with its credentials. Example: claude-byoc gateway logs -s prod
    --query team-cost --since 7d
    """
    # Imported here, so that the command's help does not wait for them.
    from claude_byoc.gateway import log_commands as commands  # noqa: PLC0415

    if follow and query:
        bad_usage("--follow and --query exclude each other")
    checked_stack(stack)
    cloud, places = _gateway(outputs_from_file(outputs) if outputs else outputs_from_pulumi(stack), stack)
    if query is None:
        command = commands.lines(cloud, places, since, follow=follow)
        _show(command) if as_text else _run(command)
        return
    chosen = commands.query_named(query)
    if as_text:
        typer.echo(commands.text_of(cloud, places, chosen))
        return
    command = commands.question(cloud, places, chosen, since, dt.datetime.now(dt.UTC))
    if not command:
        typer.echo(
            "gcloud has no command for Log Analytics. Run this there, with the time range beside it:",
            err=True,
        )
        typer.echo(f"https://console.cloud.google.com/logs/analytics?project={places['project']}", err=True)
        typer.echo(commands.text_of(cloud, places, chosen))
    elif cloud == "aws":
        _answer(places, command)
    else:
        _run(command)


def _gateway(outputs: Mapping[str, Any], stack: str) -> tuple[str, dict[str, str]]:
    """Return cloud and log places of the stack's gateway; raise ProblemsError where it makes none."""
    from claude_byoc.contract.gateway import CLOUDS  # noqa: PLC0415

    gateway: Any = outputs.get("gateway")
    if isinstance(gateway, dict) and gateway.get("cloud") in CLOUDS and isinstance(gateway.get("logs"), dict):
        return gateway["cloud"], {key: str(value) for key, value in gateway["logs"].items() if value}
    wrong = "has no gateway of its own, whose logs could be shown"
    cure = f"set gateway.cloud, or where it is set make it first: claude-byoc up -s {stack}"
    raise ProblemsError([Problem(f"stack {stack}", wrong, "an environment with gateway.cloud", cure)])


def _answer(places: Mapping[str, str], command: list[str]) -> None:
    """Ask CloudWatch Logs Insights and print the rows."""
    from claude_byoc.cli.tables import table_text  # noqa: PLC0415
    from claude_byoc.gateway.log_commands import result_of  # noqa: PLC0415

    asked = str(json.loads(_output(command)).get("queryId", ""))
    for _ in range(_TRIES):
        found: dict[str, Any] = json.loads(_output(result_of(places, asked)))
        if found.get("status") not in ("Scheduled", "Running"):
            break
        time.sleep(_PAUSE)
    else:
        found = {"status": "Timeout"}
    if found.get("status") != "Complete":
        wrong = f"ended as {found.get('status')}"
        raise ProblemsError([Problem("the query", wrong, "Complete", "try a shorter time: --since 1h")])
    rows = [{cell["field"]: cell["value"] for cell in row} for row in found.get("results", [])]
    if not rows:
        typer.echo("No records in this time.")
        return
    head = list(rows[0])
    typer.echo(table_text(head, [[row.get(name, "") for name in head] for row in rows]), nl=False)


def _output(command: list[str]) -> str:
    done = subprocess.run(_found(command), capture_output=True, text=True, check=False)  # noqa: S603 -- the cloud's program
    if done.returncode != 0:
        said = "; ".join(line.strip() for line in done.stderr.splitlines() if line.strip())
        raise ProblemsError(
            [Problem(command[0], said or "failed", "credentials that may read the logs", "correct it")]
        )
    return done.stdout


def _run(command: list[str]) -> None:
    done = subprocess.run(_found(command), check=False)  # noqa: S603 -- the cloud's program
    if done.returncode != 0:
        raise typer.Exit(1)


def _show(command: list[str]) -> None:
    typer.echo(shlex.join(command))


def _found(command: list[str]) -> list[str]:
    program = shutil.which(command[0])
    if program is None:
        cure = "install it, or see the command with --print"
        raise ProblemsError([Problem(command[0], "is not on PATH", "the cloud's command-line program", cure)])
    return [program, *command[1:]]
