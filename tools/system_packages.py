"""The system's own programs that the gateway's tests run: nginx and Chromium, from PATH or from Debian.

`python -m tools.system_packages [NAME...]` makes sure that those named, or all, are there.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from claude_byoc.gateway.local import find_program
from tools.engine.locking import locked

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS: Mapping[str, str] = MappingProxyType(
    {"nginx": "nginx-light", "chromium": "chromium", "redis-server": "redis-server"}
)
"""Program -> the Debian package that brings it."""

_DEBIAN = Path("/etc/debian_version")


class SystemPackageError(Exception):
    """A program is missing and cannot be installed; the text names the cause and the cure."""


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def ensure(
    programs: Sequence[str] = tuple(PROGRAMS),
    say: Callable[[str], None] = _to_stderr,
    *,
    debian: Path = _DEBIAN,
) -> dict[str, Path]:
    """Return the path of each program; what is missing is installed by apt-get when root runs Debian.

    Raises SystemPackageError with the command to run where that is not so, or where apt-get fails.
    """
    with locked(ROOT / ".local" / "system-packages.lock", lambda: say("waiting for another installation")):
        missing = [program for program in programs if find_program(program) is None]
        if missing:
            _install([PROGRAMS[program] for program in missing], say, debian)
    paths = {program: path for program in programs if (path := find_program(program))}
    if absent := [program for program in programs if program not in paths]:
        raise SystemPackageError(
            f"{', '.join(absent)} is still not on PATH after the installation. Cure: add its folder to PATH"
        )
    return paths


def _install(packages: Sequence[str], say: Callable[[str], None], debian: Path) -> None:
    commands = [
        ["apt-get", "update", "--quiet"],
        ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages],
    ]
    cure = " && ".join(f"sudo {' '.join(command)}" for command in commands)
    if not debian.exists() or shutil.which("apt-get") is None:
        raise SystemPackageError(
            f"missing: {', '.join(packages)} (names of Debian packages). "
            "Cure: install them with the system's package manager, so that they are on PATH"
        )
    if os.geteuid() != 0:
        raise SystemPackageError(f"missing: {', '.join(packages)}. Cure: {cure}")
    say(f"installing {', '.join(packages)}, once")
    # A package's own start of its service is refused: only the tests' own processes are to run.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in commands:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, check=False
        )
        if done.returncode != 0:
            said = "\n".join(f"  {line}" for line in (done.stderr or done.stdout).strip().splitlines()[-6:])
            raise SystemPackageError(
                f"`{' '.join(command)}` ended with {done.returncode}:\n{said}\nCure: {cure}"
            )


if __name__ == "__main__":
    try:
        for program, path in ensure(sys.argv[1:] or tuple(PROGRAMS)).items():
            print(f"{program} {path}")
    except SystemPackageError as failure:
        sys.exit(f"error: {failure}")
    except KeyError as unknown:
        sys.exit(f"error: {unknown} is not known here; allowed: {', '.join(PROGRAMS)}")
