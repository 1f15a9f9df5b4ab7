"""`claude-byoc manifest`: a manifest from KEY=VALUE pairs, without any stack."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claude_byoc.cli.report import as_entries, bad_usage, show_problems

if TYPE_CHECKING:
    from claude_byoc.cli.manifest_run import Made
    from claude_byoc.rollout.manifest import Rendered

Host = Annotated[str, typer.Argument(metavar="office|outlook", help="Which manifest.")]
Pairs = Annotated[
    list[str],
    typer.Argument(
        metavar="KEY=VALUE...",
        help="Manifest values. KEY=@FILE and KEY=- (standard input) keep a secret off the process list.",
    ),
]
Output = Annotated[
    str, typer.Option("-o", "--output", metavar="FILE", help="Where to write; - is standard output.")
]
Template = Annotated[
    str | None,
    typer.Option("--template", metavar="FILE|URL", help="Template instead of the built-in one (office)."),
]
Id = Annotated[
    str | None,
    typer.Option("--id", metavar="UUID", help="The Id. Default: that of an existing FILE, else a fresh one."),
]
Version = Annotated[
    str | None,
    typer.Option(
        "--manifest-version",
        metavar="A.B.C.D",
        help="The Version. Default: that of an existing FILE, raised when something changed, else 1.0.0.0.",
    ),
]
Redacted = Annotated[
    Path | None,
    typer.Option(
        "--redacted",
        metavar="FILE",
        help="Write a copy without secrets as well, for validators, tickets and reviews.",
    ),
]
Previous = Annotated[
    Path | None,
    typer.Option(
        "--previous",
        metavar="FILE",
        help="The manifest that this one replaces: its Id is kept and its Version raised.",
    ),
]
Online = Annotated[
    bool,
    typer.Option(
        "--validate-online",
        help="Have Microsoft's service check the manifest too. A copy without secrets is sent.",
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print {file, id, version, urlLength, secret, redacted, warnings}."),
]


def manifest(
    *,
    host: Host,
    pairs: Pairs,
    output: Output,
    template: Template = None,
    manifest_id: Id = None,
    version: Version = None,
    redacted: Redacted = None,
    previous: Previous = None,
    online: Online = False,
    as_json: Json = False,
) -> None:
    """Write an Office add-in manifest from KEY=VALUE pairs; no stack is needed.

    Example: claude-byoc manifest office gateway_url=https://gw.contoso.com gateway_token=@token.txt -o m.xml
    """
    # Imported here, so that the command's help does not wait for the XML library.
    from claude_byoc.cli.manifest_run import Request, make  # noqa: PLC0415
    from claude_byoc.contract.manifest_keys import HOSTS  # noqa: PLC0415
    from claude_byoc.rollout.files import write_atomic  # noqa: PLC0415
    from claude_byoc.rollout.redaction import redact  # noqa: PLC0415

    if host not in HOSTS:
        bad_usage(f"the first argument is {' or '.join(HOSTS)}")
    if as_json and output == "-":
        bad_usage("--json and -o - both want standard output")
    target = None if output == "-" else Path(output)
    if redacted is not None and (str(redacted) == "-" or (target and redacted.resolve() == target.resolve())):
        bad_usage("--redacted needs a file of its own")
    made = make(Request(host, pairs, target, template, manifest_id, version, redacted, previous))
    if made.rendered is None:
        show_problems(made.problems)
        raise typer.Exit(2 if made.malformed else 1)
    if online:
        from claude_byoc.cli.online_validation import check_online  # noqa: PLC0415

        check_online({"manifest" if target is None else target.name: made.rendered.xml})
    if redacted is not None:
        write_atomic(redacted, redact(made.rendered.xml), secret=False)
    if target is None:
        show_problems(made.problems)
        if made.rendered.secret:
            typer.echo("warning: the output holds a secret: keep it in a file of mode 0600", err=True)
        typer.echo(made.rendered.xml, nl=False)
        return
    write_atomic(target, made.rendered.xml, secret=made.rendered.secret)
    show_problems(made.problems)
    typer.echo(
        _as_json(output, made, made.rendered, redacted) if as_json else _as_text(output, made, made.rendered)
    )


def _as_json(file: str, made: "Made", rendered: "Rendered", redacted: Path | None) -> str:
    answer = {
        "file": file,
        "id": made.manifest_id,
        "version": made.version,
        "urlLength": rendered.url_length,
        "secret": rendered.secret,
        "redacted": str(redacted) if redacted else None,
        "warnings": as_entries(made.problems),
    }
    return json.dumps(answer, indent=2)


def _as_text(file: str, made: "Made", rendered: "Rendered") -> str:
    secrecy = "holds a secret (mode 0600)" if rendered.secret else "holds no secret"
    return (
        f"Wrote {file}: Id {made.manifest_id}, Version {made.version}, {secrecy}.\n"
        "Next: Microsoft 365 admin center > Settings > Integrated apps > Upload custom apps."
    )
