"""`claude-byoc build`: the stack's outputs become the rollout folder."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claude_byoc.cli.report import as_entries, bad_usage, show_problems

if TYPE_CHECKING:
    from claude_byoc.rollout.build import Built

Stack = Annotated[str | None, typer.Option("-s", "--stack", metavar="ENV", help="The environment (stack).")]
Outputs = Annotated[
    Path | None,
    typer.Option(
        "--outputs", metavar="FILE", help="Stack outputs (JSON, secrets in plain) instead of asking pulumi."
    ),
]
Folder = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="Default: out/ENV in the project.")
]
Version = Annotated[
    str | None,
    typer.Option(
        "--manifest-version",
        metavar="A.B.C.D",
        help="The manifest's Version. Default: the one in DIR, raised when something changed.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print {folder, files, warnings}.")]


def build(
    *,
    stack: Stack = None,
    outputs: Outputs = None,
    folder: Folder = None,
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Write the files that IT rolls out.

    Example: claude-byoc build -s prod
    """
    # Imported here, so that the command's help does not wait for the XML library.
    from claude_byoc.cli.project import checked_stack, default_folder  # noqa: PLC0415
    from claude_byoc.cli.stack_outputs import outputs_from_file, outputs_from_pulumi  # noqa: PLC0415
    from claude_byoc.rollout.build import REDACTED_COPY, build_all  # noqa: PLC0415
    from claude_byoc.rollout.files import read_folder, remove_file, write_files  # noqa: PLC0415

    if stack is None and (outputs is None or folder is None):
        bad_usage("-s ENV is missing (only --outputs together with -o can do without)")
    if stack is not None:
        checked_stack(stack)
    target = folder or default_folder(stack or "")
    known = outputs_from_file(outputs) if outputs else outputs_from_pulumi(stack or "")
    built = build_all(known, read_folder(target), version=version)
    write_files(target, built.files)
    if REDACTED_COPY not in {file.name for file in built.files}:
        remove_file(target / REDACTED_COPY)  # a copy of an older manifest, which nobody should review
    show_problems(built.warnings)
    if as_json:
        typer.echo(_as_json(target, built))
    else:
        _print_table(target, built)


def _as_json(target: Path, built: "Built") -> str:
    files = [{"file": one.name, "purpose": one.purpose, "secret": one.secret} for one in built.files]
    answer = {"folder": str(target), "files": files, "warnings": as_entries(built.warnings)}
    return json.dumps(answer, indent=2)


def _print_table(target: Path, built: "Built") -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("File", "Purpose", "Secret")
    for one in built.files:
        table.add_row(one.name, one.purpose, "yes, mode 0600" if one.secret else "no")
    Console().print(table)
    typer.echo(f"In {target}. Next: read next-steps.md there, from top to bottom.")
