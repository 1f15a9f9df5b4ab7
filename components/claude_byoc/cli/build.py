"""`claude-byoc build`: the stack's outputs become the rollout folder."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from claude_byoc.cli.report import as_entries, bad_usage, show_problems

if TYPE_CHECKING:
    from claude_byoc.rollout.build import Built

Folder = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="Default: out/ENV in the project.")
]
Version = Annotated[
    str | None,
    typer.Option(
        "--manifest-version",
        metavar="A.B.C.D",
        help="The manifests' Version. Default: the one in DIR, raised when something changed.",
    ),
]
OutlookTemplate = Annotated[
    str | None,
    typer.Option(
        "--outlook-template",
        metavar="FILE|URL",
        help="Outlook's manifest template, needed once: later builds take it from the manifest in DIR.",
    ),
]
Online = Annotated[
    bool,
    typer.Option(
        "--validate-online",
        help="Have Microsoft's service check each manifest too. A copy without secrets is sent.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print {folder, files, warnings}.")]


def build(
    *,
    stack: Stack = None,
    outputs: Outputs = None,
    folder: Folder = None,
    version: Version = None,
    outlook_template: OutlookTemplate = None,
    online: Online = False,
    date: Date = None,
    assume: Assume = None,
    as_json: Json = False,
) -> None:
    """Write the files that IT rolls out.

    Example: claude-byoc build -s prod
    """
    # Imported here, so that the command's help does not wait for the XML library.
    from claude_byoc.cli.project import checked_stack, default_folder  # noqa: PLC0415
    from claude_byoc.cli.template import load_template  # noqa: PLC0415
    from claude_byoc.rollout.build import build_all  # noqa: PLC0415
    from claude_byoc.rollout.files import read_folder, remove_file, write_files  # noqa: PLC0415

    if stack is None and (outputs is None or folder is None):
        bad_usage("-s ENV is missing (only --outputs together with -o can do without)")
    if stack is not None:
        checked_stack(stack)
    day, assumed = checked_date(date), assumptions(assume)
    target = folder or default_folder(stack or "")
    built = build_all(
        known_outputs(stack, outputs),
        read_folder(target),
        version=version,
        environment=short_name(stack) or target.name,
        date=day,
        outlook_template=load_template(outlook_template, "outlook") if outlook_template else None,
        assumed=assumed,
    )
    if online:
        from claude_byoc.cli.online_validation import check_online  # noqa: PLC0415
        from claude_byoc.rollout.manifests import is_manifest  # noqa: PLC0415

        check_online({file.name: file.content for file in built.files if is_manifest(file.name)})
    write_files(target, built.files)
    for name in built.stale:
        remove_file(target / name)
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
    from claude_byoc.cli.tables import table_text  # noqa: PLC0415

    rows = [(one.name, one.purpose, "yes, mode 0600" if one.secret else "no") for one in built.files]
    typer.echo(table_text(("File", "Purpose", "Secret"), rows, prose=["Purpose"]), nl=False)
    typer.echo(f"In {target}. Next: read next-steps.md there, from top to bottom.")
