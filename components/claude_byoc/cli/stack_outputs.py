"""The stack outputs with their secrets in plain, which stay in this process's memory."""

import json
from pathlib import Path
from typing import Any, cast

from claude_byoc.cli.project import run_pulumi
from claude_byoc.contract.problems import Problem, ProblemsError

_SHAPE = "the JSON object that `pulumi stack output --json --show-secrets` prints"
_CURES = (
    ("no stack named", "make the stack first: claude-byoc up -s {stack}"),
    (
        "passphrase",
        "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the stack's passphrase",
    ),
    ("not logged in", "run: pulumi login"),
    ("access token", "run: pulumi login"),
    ("not yet been deployed", "run: claude-byoc up -s {stack}"),
)
_TAIL = 6


def outputs_from_file(path: Path) -> dict[str, Any]:
    """Return the outputs in a JSON file; raise ProblemsError when it holds none."""
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else "the name is not valid"
        raise _problem("--outputs", f"cannot be read: {why}", "check the file's name") from None
    return _parsed("--outputs", content)


def outputs_from_pulumi(stack: str) -> dict[str, Any]:
    """Ask pulumi for the outputs of a stack of the nearest project."""
    done = run_pulumi(stack, "stack", "output", "--json", "--show-secrets")
    if done.returncode == 0:
        return _parsed(f"stack {stack}", done.stdout.encode())
    # Only stderr: standard output is where secrets would be.
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    said = "; ".join(lines[-_TAIL:]) or f"pulumi ended with exit code {done.returncode}"
    cure = next((cure for mark, cure in _CURES if mark in said.lower()), "correct what pulumi says")
    raise _problem(f"stack {stack}", said, cure.format(stack=stack))


def _parsed(key: str, content: bytes) -> dict[str, Any]:
    try:
        outputs = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _problem(key, "is not JSON", "make the file anew") from None
    if not isinstance(outputs, dict):
        raise _problem(key, "is not a JSON object", "make the file anew")
    return cast("dict[str, Any]", outputs)


def _problem(key: str, wrong: str, cure: str) -> ProblemsError:
    return ProblemsError([Problem(key, wrong, _SHAPE, cure)])
