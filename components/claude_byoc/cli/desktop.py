"""`claude-byoc desktop`: the configuration of Claude Desktop for device management, with or without a stack."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from claude_byoc.cli.report import as_entries, bad_usage, show_problems

if TYPE_CHECKING:
    from claude_byoc.contract.problems import Problem
    from claude_byoc.rollout.desktop import DesktopFiles

_CONCEALED = "[secret]"
_NAME = "claude-desktop"

Pairs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KEY=VALUE...]",
        help="Desktop keys, over those of the stack. KEY=@FILE and KEY=- (standard input) keep a secret off the "
        "process list; lists and objects are JSON.",
    ),
]
Stack = Annotated[
    str | None, typer.Option("-s", "--stack", metavar="ENV", help="Start from this stack's desktopValues.")
]
Outputs = Annotated[
    Path | None,
    typer.Option(
        "--outputs", metavar="FILE", help="Stack outputs (JSON, secrets in plain) instead of asking pulumi."
    ),
]
Profile = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="standard, restricted or locked_down.")
]
Format = Annotated[
    list[str] | None,
    typer.Option(
        "--format", metavar="NAME", help="mobileconfig, reg, linux, intune or all (default); repeatable."
    ),
]
HelperOption = Annotated[
    str | None,
    typer.Option(
        "--helper",
        metavar="KIND:TARGET",
        help="Write a credential helper: keychain:NAME (OS keychain) or azure-cli:SCOPE (Entra token).",
    ),
]
Name = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="Decides the profile's UUIDs. Default: the stack's name."),
]
Title = Annotated[
    str | None,
    typer.Option("--display-name", metavar="TEXT", help="What devices show. Default: Claude (NAME)."),
]
Folder = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="DIR", help="Default with -s: out/ENV in the project."),
]
Json = Annotated[bool, typer.Option("--json", help="Print {folder, files, warnings}.")]


def desktop(
    *,
    pairs: Pairs = None,
    stack: Stack = None,
    outputs: Outputs = None,
    profile: Profile = None,
    formats: Format = None,
    helper: HelperOption = None,
    name: Name = None,
    title: Title = None,
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Write the files that configure Cowork and Claude Desktop on managed devices.

    Example: claude-byoc desktop -s prod --profile restricted deploymentOrganizationUuid=<uuid> -o out/prod
    """
    # Imported here, so that the command's help does not wait for the tables.
    from claude_byoc.cli.desktop_pairs import read_desktop_pairs  # noqa: PLC0415
    from claude_byoc.cli.project import checked_stack, default_folder  # noqa: PLC0415
    from claude_byoc.contract.desktop_legacy import modernise  # noqa: PLC0415
    from claude_byoc.contract.desktop_profiles import with_profile  # noqa: PLC0415
    from claude_byoc.contract.problems import errors  # noqa: PLC0415
    from claude_byoc.rollout.desktop import FORMATS, render_all  # noqa: PLC0415
    from claude_byoc.rollout.desktop.helper import read_helper  # noqa: PLC0415
    from claude_byoc.rollout.files import write_files  # noqa: PLC0415

    if stack is not None:
        checked_stack(stack)
    elif folder is None:
        bad_usage("-o DIR is missing (only -s ENV can do without)")
    if outputs is None and stack is None and not pairs:
        bad_usage("nothing to write: give -s ENV, --outputs FILE or KEY=VALUE")
    wanted = [] if not formats or "all" in formats else list(dict.fromkeys(formats))
    if unknown := [one for one in formats or () if one not in (*FORMATS, "all")]:
        bad_usage(f"--format {unknown[0]}: choose from {', '.join(FORMATS)}, all")
    given = read_desktop_pairs(pairs or [])
    if given.malformed:
        show_problems(given.problems)
        raise typer.Exit(2)
    found = list(given.problems)
    values: dict[str, Any] = {}
    for source in (_from_outputs(stack, outputs), given.values):
        modern, notices = modernise(source)
        values |= modern
        found += notices
    if profile is not None:
        values, notices = with_profile(profile, values)
        found += notices
    if errors(found):
        show_problems(found)
        raise typer.Exit(1)
    environment = name or (stack or _NAME).rpartition("/")[2]
    made = render_all(
        values,
        environment=environment,
        display_name=title or f"Claude ({environment})",
        formats=wanted,
        helper=read_helper(helper) if helper else None,
    )
    target = folder or default_folder(stack or "")
    write_files(target, made.files)
    found += made.notices
    show_problems(found)
    typer.echo(_as_json(target, made, found) if as_json else _as_text(target, made))


def _from_outputs(stack: str | None, outputs: Path | None) -> dict[str, Any]:
    from claude_byoc.cli.stack_outputs import outputs_from_file, outputs_from_pulumi  # noqa: PLC0415
    from claude_byoc.contract.problems import Problem, ProblemsError  # noqa: PLC0415

    if stack is None and outputs is None:
        return {}
    known = outputs_from_file(outputs) if outputs else outputs_from_pulumi(stack or "")
    values = known.get("desktopValues")
    if values is None:
        return {}
    if not isinstance(values, dict):
        wrong = "is not an object"
        raise ProblemsError([Problem("desktopValues", wrong, "{key: value}", "make the outputs anew")])
    named = cast("dict[str, Any]", values)
    if concealed := [key for key, value in named.items() if value == _CONCEALED]:
        cure = "run: pulumi stack output --json --show-secrets"
        raise ProblemsError(
            [
                Problem(f"desktopValues.{key}", "is concealed", "outputs with secrets in plain", cure)
                for key in concealed
            ]
        )
    return named


def _as_json(folder: Path, made: "DesktopFiles", found: "list[Problem]") -> str:
    files = [{"file": one.name, "purpose": one.purpose, "secret": one.secret} for one in made.files]
    warnings = as_entries(dict.fromkeys(found))
    return json.dumps({"folder": str(folder), "files": files, "warnings": warnings}, indent=2)


def _as_text(folder: Path, made: "DesktopFiles") -> str:
    lines = [
        f"{one.name}: {one.purpose}{' (holds a secret, mode 0600)' if one.secret else ''}"
        for one in made.files
    ]
    return "\n".join([*lines, f"In {folder}. Next: install the configuration before the app."])
