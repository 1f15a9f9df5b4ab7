"""Which engine is accepted, and how a command is asked for its version."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
"""The folder of go.mod, which pins the engine."""


class EngineError(RuntimeError):
    """No usable engine; the text names what was tried, what it said, and the cure."""


def _pinned() -> str:
    """Return the version that go.mod requires, without its leading `v`."""
    found = re.search(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)", (HERE / "go.mod").read_text("utf-8"))
    if found is None:
        raise EngineError(f"{HERE / 'go.mod'} does not require github.com/pulumi/pulumi/pkg/v3")
    return found[1]


VERSION = _pinned()
"""The version that is installed or built where no accepted one is on PATH, such as `3.259.0`."""


def numbers(text: str) -> tuple[int, int, int]:
    """Return major, minor and patch of the first version in a text; ValueError if it holds none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if found is None:
        raise ValueError(f"no version in {text!r}")
    return int(found[1]), int(found[2]), int(found[3] or 0)


ACCEPTED = f">={VERSION},<{numbers(VERSION)[0] + 1}"
"""The accepted range in the notation of Python packages, for messages."""


def accepted(version: str) -> bool:
    """Tell whether a version is at least the pinned one and of the same major version."""
    return (numbers(VERSION)[0] + 1, 0, 0) > numbers(version) >= numbers(VERSION)


def of_command(pulumi: Path) -> str:
    """Ask a `pulumi` executable for its version, touching no file of the user's.

    Returns the version without `v`. Raises EngineError if the command fails or prints something else.
    """
    with tempfile.TemporaryDirectory(prefix="pulumi-version-") as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
        environment = kept | {"PULUMI_HOME": home, "PULUMI_SKIP_UPDATE_CHECK": "true"}
        try:
            done = subprocess.run(
                [pulumi, "version"],
                capture_output=True,
                text=True,
                timeout=60,
                env=environment,
                cwd=home,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineError(f"`{pulumi} version` does not run: {error}") from error
    if done.returncode != 0:
        raise EngineError(
            f"`{pulumi} version` failed with exit code {done.returncode}: {done.stderr.strip()}"
        )
    printed = done.stdout.strip().removeprefix("v")
    try:
        numbers(printed)
    except ValueError:
        raise EngineError(f"`{pulumi} version` printed {printed!r}, which is not a version") from None
    return printed
