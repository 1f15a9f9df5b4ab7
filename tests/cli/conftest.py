"""The command, run as people run it: in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Command:
    """Runs `claude-byoc` in `folder`."""

    folder: Path

    def __call__(
        self, *arguments: str | bytes, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [os.fsencode(sys.executable), b"-m", b"claude_byoc.cli", *map(os.fsencode, arguments)],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=120,
            env=dict(env) if env is not None else {**os.environ, "PATH": os.defpath, "COLUMNS": "200"},
        )
        out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        assert "Traceback" not in out + err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)
