"""`claude-byoc doctor`: what an existing gateway is, what an add-in cannot read of it, and what helps."""

import json
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from claude_byoc.cli.gateway import TOKEN_VARIABLE, given_token
from claude_byoc.cli.report import bad_usage

if TYPE_CHECKING:
    from claude_byoc.gateway.conformance.run import Report

_LONGEST_TIMEOUT = 120

Url = Annotated[
    str, typer.Option("--url", metavar="URL", help="The gateway's base URL, as gateway_url has it.")
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        metavar="@FILE|TOKEN",
        help=f"A credential that the gateway should take. Better @FILE or the variable {TOKEN_VARIABLE}.",
    ),
]
Send = Annotated[
    bool,
    typer.Option("--send", help="Send one tiny request per API format, which a model answers and bills."),
]
Format = Annotated[
    list[str] | None,
    typer.Option(
        "--format", metavar="NAME", help="Only anthropic, bedrock or vertex; repeatable. Default: all."
    ),
]
Model = Annotated[
    str, typer.Option("--model", metavar="ID", help="Model for --send. Default: the first offered.")
]
Project = Annotated[
    str, typer.Option("--project", metavar="ID", help="Format vertex: the Google Cloud project.")
]
Region = Annotated[str, typer.Option("--region", metavar="NAME", help="Format vertex: the region.")]
Seconds = Annotated[
    float, typer.Option("--timeout", min=1, max=_LONGEST_TIMEOUT, help="Seconds that one request may take.")
]
Json = Annotated[
    bool,
    typer.Option(
        "--json", help="Print {url, works, formats, authHeaders, product, models, problems, checks, ...}."
    ),
]


def doctor(
    *,
    url: Url,
    token: Token = None,
    formats: Format = None,
    send: Send = False,
    model: Model = "",
    project: Project = "project",
    region: Region = "region",
    timeout: Seconds = 10,
    as_json: Json = False,
) -> None:
    """Examine a gateway that exists, as a page of the add-in would meet it; without --send nothing is billed.

    Exit code 1: an add-in cannot work with it. Example: claude-byoc doctor --url https://llm.example.com --token @key
    """
    from claude_byoc.gateway.conformance.probe import FORMATS  # noqa: PLC0415
    from claude_byoc.gateway.conformance.run import examine  # noqa: PLC0415

    _check_url(url)
    if unknown := [one for one in formats or () if one not in FORMATS]:
        bad_usage(f"--format {unknown[0]}: choose from {', '.join(FORMATS)}")
    credential = given_token(token) or ""
    report = examine(
        url,
        credential,
        send=send,
        model=model,
        place=(project, region),
        seconds=timeout,
        formats=formats or tuple(FORMATS),
    )
    if as_json:
        typer.echo(json.dumps(_document(report), indent=2))
    else:
        _show(report, has_token=bool(credential))
    if report.breaks:
        raise typer.Exit(1)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("https", "http") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        bad_usage("--url is no URL: give https://HOST[/PATH]")
    if not good or any(letter.isspace() for letter in url):
        bad_usage("--url is no URL: give https://HOST[/PATH]")
    if parts.username or parts.password or parts.query or parts.fragment:
        bad_usage(
            "--url holds a user, password or query: give https://HOST[/PATH], and the credential as --token"
        )


def _document(report: "Report") -> dict[str, Any]:
    from dataclasses import asdict  # noqa: PLC0415

    from claude_byoc.gateway.conformance.advice import causes, edge_lines, settings  # noqa: PLC0415

    found = report.found
    return {
        "url": report.url,
        "works": not report.breaks,
        "unreachable": report.unreachable,
        "formats": [{"format": name, "url": base} for name, base in found.bases.items()],
        "unclear": list(found.unclear),
        "authHeaders": list(found.headers),
        "product": found.product,
        "models": list(found.models),
        "problems": [asdict(cause) for cause in causes(report)],
        "checks": [
            {
                "format": result.api_format,
                "case": result.case,
                "request": result.request,
                "skipped": result.skipped,
                "findings": [asdict(finding) for finding in result.findings],
            }
            for result in report.results
        ],
        "settings": {"gateway": settings(report)} if settings(report) else {},
        "edge": edge_lines(report),
        "requests": report.asked,
    }


def _show(report: "Report", *, has_token: bool) -> None:
    from claude_byoc.gateway.conformance.wire import why_unreachable  # noqa: PLC0415

    typer.echo(f"Gateway   {report.url}")
    if report.unreachable:
        typer.echo(f"error: no answer comes from it: {why_unreachable(report.unreachable)}", err=True)
        return
    found = report.found
    if found.product:
        typer.echo(f"Product   {found.product}")
    for name, base in found.bases.items():
        typer.echo(f"Format    {name:<10} gateway_url={base}")
    if found.unclear:
        typer.echo(f"Format    {', '.join(found.unclear)}: only a token can tell (--token)")
    if has_token:
        typer.echo(f"Token     {', '.join(found.headers) or 'refused in x-api-key and in authorization'}")
    if found.models:
        typer.echo(f"Models    {', '.join(found.models[:8])}{' ...' if len(found.models) > 8 else ''}")  # noqa: PLR2004 -- a line's worth
    asked = [result for result in report.results if not result.skipped]
    right = sum(not result.findings for result in asked)
    typer.echo(f"Cases     {len(asked)} asked, {right} as the contract wants")
    for reason in dict.fromkeys(result.skipped for result in report.results if result.skipped):
        count = sum(result.skipped == reason for result in report.results)
        typer.echo(f"          {count} not asked: {reason}")
    _causes(report)
    _advice(report, has_token=has_token)


def _causes(report: "Report") -> None:
    from claude_byoc.cli.tables import table_text  # noqa: PLC0415
    from claude_byoc.gateway.conformance.advice import causes  # noqa: PLC0415

    found = causes(report)
    if not found:
        return
    rows: list[tuple[str, ...]] = []
    for cause in found:
        more = [f"and {cause.count - len(cause.places)} more"] if cause.count > len(cause.places) else []
        cells = (
            "breaks" if cause.breaks else "worse",
            "\n".join(cause.seen),
            "\n".join([*cause.places, *more]),
            cause.means,
            cause.cure,
        )
        rows.append(cells)
    head = ("Effect", "Seen", "Where", "What people notice", "To do")
    typer.echo(table_text(head, rows, prose=["What people notice", "To do"], lines=True), nl=False)


def _advice(report: "Report", *, has_token: bool) -> None:
    from claude_byoc.gateway.conformance.advice import edge_lines, settings, settings_lines  # noqa: PLC0415

    seen = "" if has_token else ", as far as can be seen without a token"
    usable = f"An add-in can use it as it is{seen}."
    if lines := edge_lines(report):
        typer.echo(
            "Our edge in front answers what this gateway does not. It calls it with one key in x-api-key; "
            "people then send gateway tokens or Entra tokens. Try it here:"
        )
        typer.echo("\n".join(f"  {line}" for line in lines))
        typer.echo("  claude-byoc doctor --url http://127.0.0.1:8080")
    if values := settings(report):
        typer.echo(f"{usable} For the stack file:")
        typer.echo("\n".join(f"  {line}" for line in settings_lines(values)))
    elif not report.breaks:
        typer.echo(usable)
    else:
        typer.echo(
            "An add-in cannot use it as it is; Cowork is no browser and does not need the CORS headers."
        )
