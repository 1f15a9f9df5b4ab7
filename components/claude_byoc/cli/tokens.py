"""`claude-byoc tokens`: makes, shows and revokes gateway tokens, and their signing keys."""

import json
import re
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claude_byoc.cli.report import bad_usage, is_terminal

if TYPE_CHECKING:
    from claude_byoc.gateway.tokens import SigningKey

CONFIG_KEY = "claude-byoc:gatewaySigningKey"
"""The stack's secret that holds a signing key (PEM)."""

tokens = typer.Typer(
    help="Gateway tokens: who may call the gateway without signing in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
keys = typer.Typer(help="The keys that sign gateway tokens.", no_args_is_help=True, rich_markup_mode=None)
tokens.add_typer(keys, name="keys")

_SPAN = re.compile(r"(\d{1,4})([hdwy])")
_HOURS = {"h": 1, "d": 24, "w": 168, "y": 8766}

KeyFile = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="File that holds the signing key (PEM).")
]
Stack = Annotated[
    str | None,
    typer.Option("-s", "--stack", metavar="ENV", help=f"Environment whose secret {CONFIG_KEY} is the key."),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there, mode 0600.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Source = Annotated[
    str, typer.Argument(metavar="FILE|-", help="File that holds the token; - is standard input.")
]


@tokens.command()
def new(
    *,
    name: Annotated[str, typer.Argument(help="Who or what it is for; people see it in logs.")],
    key: KeyFile = None,
    stack: Stack = None,
    team: Annotated[str, typer.Option("--team", help="Team that its use counts for.")] = "",
    expires: Annotated[
        str, typer.Option("--expires", metavar="SPAN", help="For instance 12h, 90d, 1y.")
    ] = "90d",
    output: Output = None,
    as_json: Json = False,
) -> None:
    """Make a token. Nothing keeps a copy of it.

    Example: claude-byoc tokens new finance-pilot --team finance --expires 90d --key signing-key.pem -o token.txt
    """
    from claude_byoc.gateway.tokens import read  # noqa: PLC0415

    span = _SPAN.fullmatch(expires)
    if span is None:
        bad_usage("--expires: a number and h, d, w or y, for instance 90d")
    seconds = int(span[1]) * _HOURS[span[2]] * 3600
    token = _signing_key(key, stack).sign(secrets.token_bytes(8), int(time.time()) + seconds, name, team)
    about = {"id": read(token).token_id, "name": name, "team": team, "expires": _when(read(token).expires)}
    if output is not None:
        _write(output, f"{token}\n".encode())
    if as_json:
        typer.echo(json.dumps(about | ({"file": str(output)} if output else {"token": token}), indent=2))
    elif output is not None:
        typer.echo(f"Wrote {output} (mode 0600): token {about['id']} for {name}, until {about['expires']}.")
    else:
        typer.echo(token)


@tokens.command()
def show(
    *,
    source: Source,
    public_key: Annotated[
        list[str] | None,
        typer.Option(
            "--public-key", metavar="BASE64", help="Check it against the gateway's public keys too."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a token is: its id, name, team, expiry and signing key.

    Example: claude-byoc tokens show token.txt
    """
    from claude_byoc.gateway.tokens import read  # noqa: PLC0415

    text = _text(source).strip()
    token = read(text)
    about: dict[str, object] = {
        "id": token.token_id,
        "name": token.name,
        "team": token.team,
        "expires": _when(token.expires),
        "expired": token.expires <= time.time(),
        "keyId": token.key_id,
    }
    refusal = _refusal(text, public_key) if public_key else ""
    if public_key:
        about["genuine"] = not refusal
    typer.echo(json.dumps(about, indent=2) if as_json else "\n".join(f"{k:8} {v}" for k, v in about.items()))
    if refusal:
        typer.echo(f"error: {refusal}", err=True)
        raise typer.Exit(1)


@tokens.command()
def revoke(
    *,
    source: Source,
    deny_list: Annotated[
        Path,
        typer.Option(
            "--deny-list", metavar="FILE", help="Deny list that the gateway reads; made if missing."
        ),
    ],
) -> None:
    """Put a token on a deny list, by its id; the gateway refuses it as soon as it sees the list.

    Example: claude-byoc tokens revoke token.txt --deny-list denied.txt
    """
    from claude_byoc.gateway.tokens import read  # noqa: PLC0415
    from claude_byoc.rollout.files import write_atomic  # noqa: PLC0415

    token = read(_text(source))
    known = _file(deny_list).decode("utf-8", "replace") if deny_list.exists() else ""
    if any(line.partition("#")[0].strip() == token.token_id for line in known.splitlines()):
        typer.echo(f"{token.token_id} ({token.name}) is on the list already.")
        return
    start = known if not known or known.endswith("\n") else f"{known}\n"
    text = f"{start}{token.token_id}  # {token.name}, expires {_when(token.expires)}\n"
    write_atomic(deny_list, text.encode(), secret=False)
    typer.echo(
        f"{token.token_id} ({token.name}) is on {deny_list}; drop the line after {_when(token.expires)}."
    )


@keys.command("new")
def new_key(
    *,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it, mode 0600.")
    ],
    as_json: Json = False,
) -> None:
    """Make a signing key, and print its public half for the settings. A FILE that exists is not replaced.

    Example: claude-byoc tokens keys new -o signing-key.pem
    """
    from claude_byoc.gateway.tokens import new_key as make  # noqa: PLC0415

    if output.exists():
        bad_usage(f"{output} exists; a key that is lost cannot be had back, so name another file")
    key = make()
    _write(output, key.pem())
    _show_key(key, as_json=as_json)
    if not as_json:
        typer.echo(
            f"Wrote {output} (mode 0600). Keep it secret: pulumi config set --secret {CONFIG_KEY} < {output}"
        )


@keys.command("show")
def show_key(*, key: KeyFile = None, stack: Stack = None, as_json: Json = False) -> None:
    """Print the public half of a signing key, for the settings.

    Example: claude-byoc tokens keys show --key signing-key.pem
    """
    _show_key(_signing_key(key, stack), as_json=as_json)


def _show_key(key: "SigningKey", *, as_json: bool) -> None:
    about = {"keyId": key.id, "publicKey": key.public}
    typer.echo(json.dumps(about, indent=2) if as_json else "\n".join(f"{k:10} {v}" for k, v in about.items()))


def _signing_key(file: Path | None, stack: str | None) -> "SigningKey":
    from claude_byoc.cli.project import checked_stack, run_pulumi  # noqa: PLC0415
    from claude_byoc.contract.problems import Problem, ProblemsError  # noqa: PLC0415
    from claude_byoc.gateway.tokens import read_key  # noqa: PLC0415

    if (file is None) == (stack is None):
        bad_usage("name the signing key: --key FILE, or -s ENV")
    if file is not None:
        return read_key(_file(file))
    done = run_pulumi(checked_stack(stack or ""), "config", "get", CONFIG_KEY)
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        cure = f"pulumi config set -s {stack} --secret {CONFIG_KEY} < signing-key.pem"
        raise ProblemsError([Problem(CONFIG_KEY, f"cannot be read: {why}", "a signing key in PEM", cure)])
    return read_key(done.stdout.encode())


def _refusal(text: str, public_keys: list[str]) -> str:
    """Return why a gateway with these keys would refuse the token; "" if it would not."""
    import base64  # noqa: PLC0415

    from claude_byoc.gateway.image.caller import Refused  # noqa: PLC0415
    from claude_byoc.gateway.image.gateway_tokens import DenyList, TokenVerifier  # noqa: PLC0415

    try:
        raw = [base64.b64decode(key, validate=True) for key in public_keys]
        verifier = TokenVerifier(raw, DenyList([], None, time.monotonic), time.time)
    except ValueError:
        bad_usage("--public-key: 44 characters of base64, as `tokens keys show` prints them")
    try:
        verifier.verify(text)
    except Refused as refusal:
        return refusal.message
    return ""


def _text(source: str) -> str:
    if source == "-":
        import getpass  # noqa: PLC0415
        import sys  # noqa: PLC0415

        return getpass.getpass("token: ") if is_terminal() else sys.stdin.read(4096)
    return _file(Path(source)).decode("utf-8", "replace")


def _file(path: Path) -> bytes:
    from claude_byoc.contract.problems import Problem, ProblemsError  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            return file.read(1 << 20)
    except OSError as error:
        wrong = f"cannot be read: {error.strerror}"
        raise ProblemsError(
            [Problem(str(path), wrong, "a readable file", "check name and permissions")]
        ) from None


def _write(path: Path, content: bytes) -> None:
    from claude_byoc.rollout.files import write_atomic  # noqa: PLC0415

    write_atomic(path, content, secret=True)


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
