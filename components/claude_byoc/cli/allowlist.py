"""`claude-byoc allowlist`: the addresses that a stack needs, for people, firewalls and proxies."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claude_byoc.cli.report import bad_usage, show_problems

if TYPE_CHECKING:
    from claude_byoc.contract.allowlist import AllowlistRow

_POLICIES = ("browser-reg", "browser-mobileconfig", "browser-json")

Stack = Annotated[str | None, typer.Option("-s", "--stack", metavar="ENV", help="The environment (stack).")]
Outputs = Annotated[
    Path | None,
    typer.Option("--outputs", metavar="FILE", help="Stack outputs (JSON) instead of asking pulumi."),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="NAME",
        help="table, csv, json, azure-firewall, aws-network-firewall, squid, palo-alto, pac; for a gateway at a "
        "private address also browser-reg, browser-mobileconfig, browser-json.",
    ),
]
Surface = Annotated[
    list[str] | None,
    typer.Option(
        "--surface",
        metavar="NAME",
        help="Only for office, outlook, desktop or 1p (Claude account); repeatable.",
    ),
]
Required = Annotated[bool, typer.Option("--required-only", help="Leave out what is optional.")]
Listed = Annotated[
    str, typer.Option("--listed", metavar="ANSWER", help="pac: how the listed addresses are reached.")
]
Others = Annotated[
    str | None, typer.Option("--others", metavar="ANSWER", help='pac: all others, such as "PROXY p:8080".')
]
Output = Annotated[
    str, typer.Option("-o", "--output", metavar="FILE", help="Where to write; - is standard output.")
]
Json = Annotated[bool, typer.Option("--json", help="The same as --format json.")]


def allowlist(
    *,
    stack: Stack = None,
    outputs: Outputs = None,
    form: Format = "table",
    surfaces: Surface = None,
    required_only: Required = False,
    listed: Listed = "DIRECT",
    others: Others = None,
    output: Output = "-",
    as_json: Json = False,
) -> None:
    """Print the addresses that the network must let through.

    Example: claude-byoc allowlist -s prod --format squid -o claude.conf
    """
    from claude_byoc.rollout.allowlist import FORMATS, render, rows_of  # noqa: PLC0415
    from claude_byoc.rollout.allowlist.read import SURFACES  # noqa: PLC0415

    form = "json" if as_json else form
    if form not in ("table", *FORMATS, *_POLICIES):
        bad_usage(f"--format: choose from table, {', '.join((*FORMATS, *_POLICIES))}")
    if unknown := [one for one in surfaces or () if one not in SURFACES]:
        bad_usage(f"--surface {unknown[0]}: choose from {', '.join(SURFACES)}")
    if form == "pac" and others is None:
        bad_usage('--others is missing: how a PAC file reaches all other addresses, such as "PROXY p:8080"')
    if form in _POLICIES:
        _write(_policy(form, stack), output)
        return
    alone = bool(surfaces) and set(surfaces or ()) == {"1p"}
    if stack is None and outputs is None and not alone:
        bad_usage("-s ENV or --outputs FILE is missing (only --surface 1p can do without)")
    rows = rows_of(_outputs(stack, outputs), surfaces or ())
    rows = [row for row in rows if row.required or not required_only]
    if not rows:
        typer.echo("The outputs name no address for this.", err=True)
        raise typer.Exit(1)
    if form == "table":
        _write(_table(rows).encode(), output)
    elif form == "pac":
        _write(_pac(rows, listed, others or ""), output)
    else:
        made = render(form, rows)
        show_problems(made.notices)
        _write(made.text.encode(), output)


def _outputs(stack: str | None, outputs: Path | None) -> dict[str, Any]:
    from claude_byoc.cli.project import checked_stack  # noqa: PLC0415
    from claude_byoc.cli.stack_outputs import outputs_from_file, outputs_from_pulumi  # noqa: PLC0415

    if stack is not None:
        checked_stack(stack)
    if outputs is not None:
        return outputs_from_file(outputs)
    return outputs_from_pulumi(stack) if stack is not None else {}


def _write(content: bytes, output: str) -> None:
    from claude_byoc.rollout.files import write_atomic  # noqa: PLC0415

    if output == "-":
        typer.get_binary_stream("stdout").write(content)
        return
    write_atomic(Path(output), content, secret=False)
    typer.echo(f"Wrote {output}.")


def _policy(form: str, stack: str | None) -> bytes:
    from claude_byoc.rollout.allowlist.browser_policy import policy_json, policy_mobileconfig, policy_reg  # noqa: PLC0415

    environment = (stack or "claude").rpartition("/")[2]
    if form == "browser-reg":
        return policy_reg()
    return policy_mobileconfig(environment) if form == "browser-mobileconfig" else policy_json().encode()


def _pac(rows: "list[AllowlistRow]", listed: str, others: str) -> bytes:
    from claude_byoc.rollout.allowlist.pac import checked_directive, pac  # noqa: PLC0415

    answers = {
        "listed": checked_directive("--listed", listed),
        "others": checked_directive("--others", others),
    }
    return pac(rows, **answers).encode()


def _table(rows: "list[AllowlistRow]") -> str:
    from claude_byoc.cli.tables import table_text  # noqa: PLC0415

    shown = [
        (
            f"{row.host}{row.path}",
            str(row.port),
            "always" if row.required else "optional",
            ", ".join(row.hosts),
            row.why,
        )
        for row in rows
    ]
    return table_text(("Address", "Port", "Needed", "For", "Why"), shown, prose=["Why"])
