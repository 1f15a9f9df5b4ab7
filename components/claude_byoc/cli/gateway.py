"""`claude-byoc gateway`: `logs`, and `run`, the rendered gateway on loopback, with nginx and LiteLLM."""

import hashlib
import os
import secrets
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claude_byoc.cli.gateway_logs import logs
from claude_byoc.cli.report import bad_usage, show_problems

if TYPE_CHECKING:
    from claude_byoc.gateway.spec import GatewaySpec

TOKEN_VARIABLE = "CLAUDE_BYOC_GATEWAY_TOKEN"  # noqa: S105 -- a variable's name
KEY_VARIABLE = "ANTHROPIC_API_KEY"

gateway = typer.Typer(
    help="The gateway: run it here, read its logs where it runs.", no_args_is_help=True, rich_markup_mode=None
)

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port on loopback; 0 takes a free one.")]
UpstreamUrl = Annotated[
    str | None,
    typer.Option(
        "--upstream-url", metavar="URL", help="An upstream in Anthropic's format. Default: Anthropic's API."
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        metavar="@FILE|TOKEN",
        help=f"Token that clients send. @FILE or the variable {TOKEN_VARIABLE} keeps it off the process list. "
        "Default: a new gateway token for a day.",
    ),
]
Fake = Annotated[bool, typer.Option("--fake", help="Use the bundled fake upstream: no account, no key.")]
Litellm = Annotated[
    Path | None,
    typer.Option(
        "--litellm", metavar="DIR", help="Python environment that holds LiteLLM's proxy (required)."
    ),
]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="ID", help="Offer this model alone; repeat it for more. Default: any."),
]


@gateway.callback()
def _group() -> None:
    """Run the gateway here, or read its logs where it runs."""


gateway.command()(logs)


@gateway.command()
def run(
    *,
    port: Port = 8080,
    upstream_url: UpstreamUrl = None,
    token: Token = None,
    fake: Fake = False,
    litellm: Litellm = None,
    model: Models = None,
) -> None:
    """Run the rendered gateway on loopback until Ctrl-C: nginx, LiteLLM, and the check of who calls.

    The provider's key is read from the variable ANTHROPIC_API_KEY.
    Example: claude-byoc gateway run --fake --litellm DIR
    """
    # Imported here, so that the command's help does not wait for them.
    from claude_byoc.cli.project import nearest_project  # noqa: PLC0415
    from claude_byoc.contract.problems import refuse_errors  # noqa: PLC0415
    from claude_byoc.gateway.local import LocalGateway, litellm_python, nginx_program  # noqa: PLC0415

    if fake and upstream_url:
        bad_usage("--fake and --upstream-url exclude each other")
    nginx, python = nginx_program(), litellm_python(litellm, nearest_project(Path.cwd()))
    given = given_token(token)
    signal.signal(signal.SIGTERM, _interrupt)
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="claude-byoc-gateway-")))
        url, key = _upstream(running, folder, upstream_url, fake=fake)
        spec, shown = _spec(url, given, model or [])
        show_problems(refuse_errors([*spec.problems(), *spec.hints()]))
        typer.echo("Starting nginx and LiteLLM; the first start takes half a minute.", err=True)
        local = running.enter_context(LocalGateway(spec, folder, nginx, python, port, {KEY_VARIABLE: key}))
        _tell(local.url, shown, spec, url)
        _until_interrupted(local.app, local.edge)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def given_token(token: str | None) -> str | None:
    """Return the token of an option or of the variable, None where neither is; warn of one on the command line."""
    if token is None:
        return os.environ.get(TOKEN_VARIABLE) or None
    if token.startswith("@"):
        try:
            token = Path(token[1:]).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            bad_usage("--token: the file after @ cannot be read")
    else:
        typer.echo(
            f"warning: --token: other processes can see it; use --token @FILE or {TOKEN_VARIABLE}", err=True
        )
    if not token or not token.isascii() or any(letter.isspace() for letter in token):
        bad_usage("--token: a token is one word of ASCII letters")
    return token


def _upstream(running: ExitStack, folder: Path, url: str | None, *, fake: bool) -> tuple[str, str]:
    """Return the upstream's address and key."""
    from claude_byoc.contract.problems import Problem, ProblemsError  # noqa: PLC0415
    from claude_byoc.gateway import fake_upstream  # noqa: PLC0415
    from claude_byoc.gateway.local import HOST, free_port, spawn  # noqa: PLC0415

    if fake:
        port = free_port()
        command = [sys.executable, "-m", fake_upstream.__name__, str(port)]
        process = spawn("fake", command, folder / "fake.log", os.environ)
        running.callback(process.stop)
        return f"http://{HOST}:{port}", fake_upstream.KEY
    key = os.environ.get(KEY_VARIABLE)
    if not key and url and url.startswith((f"http://{HOST}", "http://localhost")):
        key = "none"  # an upstream on this machine may ask for no key
    if not key:
        wrong = "is not set"
        raise ProblemsError(
            [Problem(KEY_VARIABLE, wrong, "the provider's API key", "export it, or use --fake")]
        )
    return url or "https://api.anthropic.com", key


def _spec(url: str, given: str | None, models: list[str]) -> "tuple[GatewaySpec, str]":
    """Return the specification, and the token to show."""
    from claude_byoc.contract.models import MODELS  # noqa: PLC0415
    from claude_byoc.gateway.spec import AnthropicUpstream, GatewayModel, GatewaySpec, TokenAuth  # noqa: PLC0415
    from claude_byoc.gateway.tokens import new_key  # noqa: PLC0415

    key = new_key()
    token = given or key.sign(secrets.token_bytes(8), int(time.time()) + 86_400, "local")
    digests = [hashlib.sha256(given.encode()).hexdigest()] if given else []
    auth = TokenAuth([key.public], digests=digests)
    offered = [GatewayModel(name) for name in models or (known.anthropic[0] for known in MODELS)]
    upstream = AnthropicUpstream(url.rstrip("/"))
    return GatewaySpec([upstream], offered, auth, restrict_models=bool(models)), token if not given else ""


def _tell(url: str, token: str, spec: "GatewaySpec", upstream: str) -> None:
    body = (
        f'{{"model":"{spec.models[0].id}","max_tokens":64,"messages":[{{"role":"user","content":"Hello"}}]}}'
    )
    typer.echo(f"Gateway:  {url}  (upstream {upstream})")
    typer.echo(f"Token:    {token or '(the one you gave)'}")
    typer.echo("Try it:")
    typer.echo(
        f"  curl {url}/v1/messages -H 'x-api-key: {token or 'TOKEN'}' -H 'anthropic-version: 2023-06-01' \\\n"
        f"    -H 'content-type: application/json' -d '{body}'"
    )
    typer.echo("Ctrl-C stops it.")
    sys.stdout.flush()


def _until_interrupted(*processes: object) -> None:
    from claude_byoc.gateway.local import Process  # noqa: PLC0415

    with suppress(KeyboardInterrupt):
        while True:
            for process in processes:
                if isinstance(process, Process) and process.child.poll() is not None:
                    typer.echo(
                        f"error: {process.name} has ended; the end of its log:\n{process.tail()}", err=True
                    )
                    raise typer.Exit(1)
            time.sleep(0.2)
    typer.echo("Stopped.", err=True)
