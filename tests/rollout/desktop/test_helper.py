"""The shell helper, run by a real shell; the tools that hold the token are programs that stand for them."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from claude_byoc.contract.problems import ProblemsError
from claude_byoc.rollout.desktop.helper import LAUNCHER, POWERSHELL, SHELL, Helper, helper_files, read_helper

TOKEN = "eyJhbGciOi.J9-abc_DEF=="


def script(tmp_path: Path, helper: Helper) -> Path:
    path = tmp_path / "helper"
    path.write_bytes({file.name: file.content for file in helper_files(helper)}[SHELL])
    path.chmod(0o755)
    return path


def tool(tmp_path: Path, name: str, body: str) -> None:
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


def run(path: Path) -> subprocess.CompletedProcess[str]:
    folder = path.parent / "bin"
    return subprocess.run(
        [path], env={"PATH": f"{folder}{os.pathsep}{os.defpath}", "USER": "u"}, capture_output=True, text=True,
        check=False, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("system", "name", "arguments"),
    [
        ("Darwin", "security", "find-generic-password -s my entry -w"),
        ("Linux", "secret-tool", "lookup service my entry"),
    ],
)
def test_the_keychain(system: str, name: str, arguments: str, tmp_path: Path) -> None:
    tool(tmp_path, "uname", f"echo {system}")
    tool(tmp_path, name, f'[ "$*" = "{arguments}" ] && echo "{TOKEN}"')
    path = script(tmp_path, Helper("keychain", "my entry", {"X-Team": 'it\'s "a"'}))
    done = run(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"token": TOKEN, "headers": {"X-Team": 'it\'s "a"'}}


def test_the_azure_cli(tmp_path: Path) -> None:
    wanted = "account get-access-token --scope api://x/access_as_user --query accessToken --output tsv"
    tool(tmp_path, "az", f'[ "$*" = "{wanted}" ] && echo {TOKEN}')
    done = run(script(tmp_path, Helper("azure-cli", "api://x/access_as_user")))
    assert json.loads(done.stdout) == {"token": TOKEN, "headers": {}}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("exit 44", 'az login --scope "api://x/y"'),
        ("true", 'az login --scope "api://x/y"'),
        ("echo 'a\"b'", "characters that no token has"),
        ("printf 'a\\nb'", "characters that no token has"),
    ],
)
def test_without_a_token_nothing_is_printed(body: str, said: str, tmp_path: Path) -> None:
    tool(tmp_path, "az", body)
    done = run(script(tmp_path, Helper("azure-cli", "api://x/y")))
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_an_entry_that_is_missing_tells_how_to_make_it(tmp_path: Path) -> None:
    tool(tmp_path, "uname", "echo Linux")
    tool(tmp_path, "secret-tool", "exit 1")
    done = run(script(tmp_path, Helper("keychain", "claude")))
    assert (done.returncode, done.stdout) == (1, "")
    assert 'secret-tool store --label=Claude service "claude"' in done.stderr
    assert 'security add-generic-password -s "claude" -a "$USER" -w' in done.stderr


def test_what_windows_gets() -> None:
    # No PowerShell runs here: only the form of the files is checked.
    for helper in (Helper("keychain", "claude"), Helper("azure-cli", "api://x/y")):
        files = {file.name: file.content for file in helper_files(helper)}
        powershell = files[POWERSHELL].decode()
        assert f"$target = '{helper.target}'" in powershell
        assert powershell.count("{") == powershell.count("}")
        assert powershell.count("(") == powershell.count(")")
        for content in (files[POWERSHELL], files[LAUNCHER]):
            assert content.count(b"\n") == content.count(b"\r\n")
            content.decode("ascii")
        assert POWERSHELL in files[LAUNCHER].decode()
        assert not any(file.secret for file in helper_files(helper))


def test_reading_the_option() -> None:
    assert read_helper("keychain:Claude gateway") == Helper("keychain", "Claude gateway")
    assert read_helper("azure-cli:api://x/.default") == Helper("azure-cli", "api://x/.default")
    for text, said in (
        ("keychan:x", "did you mean keychain"),
        ("vault", "is not known"),
        ("keychain:", "characters"),
        ("keychain:a'b", "characters"),
        ("azure-cli:$(reboot)", "characters"),
        ("keychain:a`b", "characters"),
    ):
        with pytest.raises(ProblemsError, match=said):
            read_helper(text)


@pytest.mark.skipif(
    shutil.which("dash") is None, reason="dash is the strictest shell that systems have as sh"
)
def test_the_script_is_plain_sh(tmp_path: Path) -> None:
    path = script(tmp_path, Helper("keychain", "claude"))
    done = subprocess.run(["dash", "-n", path], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
