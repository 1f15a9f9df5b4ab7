"""`claude-byoc report`: what one environment is, for reviewers and managers."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from claude_byoc.cli.page_options import (
    Assume,
    Date,
    Outputs,
    Stack,
    assumptions,
    checked_date,
    known_outputs,
    short_name,
)
from claude_byoc.cli.report import bad_usage

Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write there: .html is a page, anything else Markdown."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print {title, subtitle, notice, sections}.")]


def report(
    *,
    stack: Stack = None,
    outputs: Outputs = None,
    output: Output = None,
    date: Date = None,
    assume: Assume = None,
    as_json: Json = False,
) -> None:
    """Show what was made: data flow, rollout, permissions, residency and cost. Holds no secret.

    Example: claude-byoc report -s prod --assume people=250 -o report.html
    """
    # Imported here, so that the command's help does not wait for the template library.
    from claude_byoc.rollout.environment import read_environment  # noqa: PLC0415
    from claude_byoc.rollout.files import write_atomic  # noqa: PLC0415
    from claude_byoc.rollout.html import to_html  # noqa: PLC0415
    from claude_byoc.rollout.markdown import to_markdown  # noqa: PLC0415
    from claude_byoc.rollout.report import levels_of  # noqa: PLC0415
    from claude_byoc.rollout.report import report as document_of  # noqa: PLC0415

    if as_json and output is not None:
        bad_usage("--json prints; leave -o out")
    day, assumed = checked_date(date), assumptions(assume)
    env = read_environment(known_outputs(stack, outputs), name=short_name(stack), date=day)
    document = document_of(env, assumed, levels=levels_of(env))
    if as_json:
        typer.echo(json.dumps(asdict(document), indent=2))
    elif output is None:
        typer.echo(to_markdown(document), nl=False)
    else:
        page = output.suffix.lower() in (".html", ".htm")
        content = to_html(document) if page else to_markdown(document).encode(errors="replace")
        write_atomic(output, content, secret=False)
        typer.echo(f"Wrote {output}.")
