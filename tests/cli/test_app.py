"""What every subcommand shares: help, the version, and that Pulumi stays out."""

import subprocess
import sys
from pathlib import Path

import pytest

from claude_byoc import __version__

from .conftest import Command


@pytest.mark.parametrize("arguments", [["--help"], ["manifest", "--help"], ["up", "-h"], ["build", "--help"]])
def test_help(arguments: list[str], command: Command) -> None:
    done = command(*arguments)
    assert done.returncode == 0
    assert "Usage: claude-byoc" in done.stdout
    assert arguments == ["--help"] or "Example: claude-byoc" in done.stdout


def test_the_version_of_the_command(command: Command) -> None:
    done = command("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"claude-byoc {__version__}\n", "")


def test_pulumi_is_never_imported(tmp_path: Path) -> None:
    script = (
        "import sys; from claude_byoc.cli.app import run\n"
        "code = run(['manifest', 'office', 'gateway_url=https://gw.contoso.com', '-o', 'm.xml'])\n"
        "assert code == 0 and not [name for name in sys.modules if name.split('.')[0] in ('pulumi', 'rich')]\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=60)
