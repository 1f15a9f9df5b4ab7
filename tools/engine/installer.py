"""The vendor's installer, kept away from everything of the user's."""

import os
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tools.engine.locking import locked
from tools.engine.version import VERSION, EngineError, of_command

URL = "https://get.pulumi.com/install.sh"
"""source: pulumi/automation/_cmd.py of the Pulumi SDK, which installs the command the same way."""

ANSWER_SECONDS = 5.0
INSTALL_SECONDS = 600.0


def ready(cache: Path) -> bool:
    """Tell whether an earlier run has installed the pinned version under `cache`."""
    return _installed(cache).exists()


def _installed(cache: Path) -> Path:
    return cache / "engine" / VERSION / "vendor" / "bin" / "pulumi"


def install(cache: Path, say: Callable[[str], None], url: str = URL) -> Path:
    """Return the vendor's `pulumi` under `cache`, downloaded by its installer if it is not there yet.

    The installer gets an explicit version, an install root of its own, its option not to edit PATH, and a
    throw-away home: an installer that ignored its options could not touch the user's files either.
    Raises EngineError if it does not answer within a few seconds, fails, or makes another version.
    """
    pulumi = _installed(cache)
    root = pulumi.parents[1]
    with locked(root.parent / "vendor.lock", lambda: say("waiting for another installation to finish")):
        if pulumi.exists() and of_command(pulumi) == VERSION:
            return pulumi
        script = _download(url)
        say(f"installing Pulumi {VERSION} with the vendor's installer")
        with tempfile.TemporaryDirectory(prefix=".vendor-", dir=root.parent) as scratch:
            made = Path(scratch) / "root"
            _run(script, made, Path(scratch))
            version = of_command(made / "bin" / "pulumi")
            if version != VERSION:
                raise EngineError(f"the installer made version {version} where {VERSION} was asked for")
            if not (made / "bin" / "pulumi-language-python").exists():
                raise EngineError("the installer made no Python language host")
            shutil.rmtree(root, ignore_errors=True)
            made.rename(root)
    return pulumi


def _download(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - https, or a test's loopback
            return bytes(answer.read())
    except (urllib.error.URLError, OSError) as error:
        raise EngineError(f"{url} does not answer: {getattr(error, 'reason', error)}") from error


def _run(script: bytes, root: Path, home: Path) -> None:
    command = ["sh", "-s", "--", "--version", VERSION, "--install-root", str(root), "--no-edit-path"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    environment |= {"HOME": str(home), "SHELL": "/bin/sh", "TMPDIR": str(home)}
    try:
        done = subprocess.run(
            command,
            input=script,
            capture_output=True,
            timeout=INSTALL_SECONDS,
            env=environment,
            cwd=home,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"the installer did not finish within {INSTALL_SECONDS:.0f} s") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise EngineError(f"the installer failed with exit code {done.returncode}: {' '.join(said[-3:])}")
    if not (root / "bin" / "pulumi").exists():
        raise EngineError("the installer ended without making bin/pulumi in its install root")
