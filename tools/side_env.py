"""Python environments beside the project's own, for tools whose dependencies clash with it (another protobuf).

Each has a hash-locked list `tests/side_envs/<name>.lock`; `python -m tools.side_env NAME` makes one by hand.
"""

import os
import re
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path

from tools.engine.locking import locked

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "tests" / "side_envs"
HOME = ROOT / ".local" / "envs"

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_MADE_FROM = ".made-from"
"""Copy of the lock inside a finished environment, written last: without it an environment does not count."""


class SideEnvError(Exception):
    """An environment cannot be made; the text names the cause and the cure."""


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def ensure(
    name: str, say: Callable[[str], None] = _to_stderr, *, locks: Path = LOCKS, home: Path = HOME
) -> Path:
    """Return the Python executable of the environment `name`, which is made if its lock is new or has changed.

    One that is whole and made from the same lock, byte for byte, by the same Python version is reused without
    any network. Two makers wait for each other; a build that was killed is made anew. `say` receives progress.
    Raises SideEnvError if there is no such lock, or if pip cannot install it.
    """
    lock = _lock(name, locks)
    folder = home / name
    stamp = lock.read_bytes() + f"# Python {sys.version_info.major}.{sys.version_info.minor}\n".encode()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with locked(home / f"{name}.lock", lambda: say(f"waiting for another process to make {name}")):
        made_from = folder / _MADE_FROM
        if not (python.exists() and made_from.exists() and made_from.read_bytes() == stamp):
            started = time.monotonic()
            say(f"making the environment {name} from {lock.name}, once (a minute or two)")
            _make(folder, python, lock, say)
            made_from.write_bytes(stamp)
            say(f"the environment {name} is in {folder} ({time.monotonic() - started:.0f} s)")
    return python


def _lock(name: str, locks: Path) -> Path:
    known = sorted(file.stem for file in locks.glob("*.lock"))
    if _NAME.fullmatch(name) is None or name not in known:
        raise SideEnvError(
            f"no side environment is named {name!r}; allowed: {', '.join(known) or 'none yet'}. "
            f"Cure: add {name}.in and its lock to {locks}"
        )
    return locks / f"{name}.lock"


def _make(folder: Path, python: Path, lock: Path, say: Callable[[str], None]) -> None:
    # An environment cannot be renamed, its scripts carry its path: it is made in place and stamped at the end.
    (folder / _MADE_FROM).unlink(missing_ok=True)
    try:
        venv.create(folder, clear=True, symlinks=os.name != "nt")
    except (OSError, subprocess.CalledProcessError) as error:
        raise SideEnvError(
            f"{folder} cannot become a virtual environment ({error}). "
            "Cure: make the folder writable, and on Debian: apt-get install python3-venv"
        ) from error
    # The project's own pip installs, so that nothing but the lock decides what is in there. Wheels alone: a
    # source distribution would run its build, with dependencies that no hash covers.
    pip = [sys.executable, "-I", "-m", "pip", "--python", str(python), "install", "--no-compile"]
    options = ["--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    lines: list[str] = []
    packages, fetched = _packages(lock), 0
    with subprocess.Popen(
        [*pip, *options, "--progress-bar", "off", "-r", lock],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            fetched += line.startswith(_FETCHING)
            if step := _step(line, fetched, packages):
                say(step)
    if process.returncode != 0:
        said = "\n".join(f"  {line}" for line in [line for line in lines if line][-6:])
        raise SideEnvError(
            f"{lock.name} could not be installed (pip ended with {process.returncode}):\n{said}\n"
            "Cure: check that the package index answers, then run the same command again"
        )


_FETCHING = ("Collecting ", "Processing ")
"""Pip's words for one from an index, and one from a folder."""
_EVERY = 25
"""Packages after which progress is told."""


def _packages(lock: Path) -> int:
    return len(re.findall(r"^[A-Za-z0-9]", lock.read_text("utf-8"), re.MULTILINE))


def _step(line: str, fetched: int, packages: int) -> str:
    """Return what to say of pip's last line, with which it has begun `fetched` packages; "" for most of them."""
    if line.startswith("Installing collected packages"):
        return "  unpacking them"
    told = line.startswith(_FETCHING) and (fetched == 1 or fetched % _EVERY == 0)
    return f"  fetching package {fetched} of {packages}" if told else ""


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 -- the command and its one argument
        sys.exit("usage: python -m tools.side_env NAME")
    try:
        print(ensure(sys.argv[1]))
    except SideEnvError as failure:
        sys.exit(f"error: {failure}")
