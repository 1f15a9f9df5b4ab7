"""Make the virtualenv from the hashed lock. Standard library only: it runs before anything is installed."""

import subprocess
import sys
import time
import venv
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent


def main(folder: Path) -> int:
    """Fill `folder` with exactly what the lock names, and this project in editable form; return an exit code."""
    if sys.version_info < OLDEST:
        print(
            f"Python {sys.version.split()[0]} is too old: at least {OLDEST[0]}.{OLDEST[1]} is needed.\n"
            "Cure: install it, or name another interpreter: make PYTHON=/path/to/python3.11 ...",
            file=sys.stderr,
        )
        return 1
    started = time.monotonic()
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    steps = [[*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]]
    lock = ROOT / "requirements.lock"
    installed = folder / ".installed-lock"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        print("Installing the Python dependencies into .venv (about a minute, once) ...", flush=True)
        try:
            venv.create(folder, with_pip=True, clear=True, symlinks=True)
        except subprocess.CalledProcessError:
            print(
                "This Python cannot make virtual environments. Cure on Debian: apt-get install python3-venv",
                file=sys.stderr,
            )
            return 1
        steps.insert(0, [*pip, "--require-hashes", "-r", str(lock)])
    for step in steps:
        code = subprocess.run(step, check=False).returncode
        if code != 0:
            print(
                "The dependencies could not be installed; pip's own words stand above.\n"
                "Cure: check that the package index answers, then run the same command again.",
                file=sys.stderr,
            )
            return code
    installed.write_bytes(lock.read_bytes())
    print(f"Dependencies are in place ({time.monotonic() - started:.0f} s).")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]).resolve()))
    except KeyboardInterrupt:
        sys.exit(130)
