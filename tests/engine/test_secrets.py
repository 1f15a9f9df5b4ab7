"""Secrets reach no place where they could be read: searched for, byte by byte, after a whole life."""

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.engine.observe import PLANTED, up
from tools.project import LOCAL, Project

pytestmark = pytest.mark.engine


def spellings(secret: str) -> set[bytes]:
    """Return the forms in which a careless tool would write the secret."""
    raw = secret.encode()
    shifted = {base64.b64encode(b"x" * pad + raw)[4:-4] for pad in range(3)}
    return {raw, quote(secret).encode(), quote_plus(secret).encode(), raw.hex().encode(), *shifted}


FORMS = {form for secret in PLANTED for form in spellings(secret)}


def holds_secret(data: bytes) -> bool:
    return any(form in data for form in FORMS)


def files_with_secrets(*folders: Path) -> set[Path]:
    return {
        file
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink() and holds_secret(file.read_bytes())
    }


def test_secrets_are_in_the_rollout_manifest_alone(project: Project, tmp_path: Path) -> None:
    said: list[str] = []
    for command in (
        ("preview", "--diff"),
        ("up", "--yes", "--skip-preview"),
        ("stack", "output", "--json"),
        ("stack", "output"),
        ("config",),
        ("stack", "export"),
        ("refresh", "--yes", "--skip-preview", "--diff"),
        ("preview", "--json"),
    ):
        ended = project.pulumi(*command, "-s", project.stack)
        said += [ended.stdout, ended.stderr]
    out = tmp_path / "out"
    built = subprocess.run(
        [sys.executable, "-m", "claude_byoc.cli", "build", "-s", project.stack, "-o", str(out), "--json"],
        cwd=project.folder,
        env=project.sandbox.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    said += [built.stdout, built.stderr]
    failed = project.pulumi(
        "up",
        "--yes",
        "--skip-preview",
        "--refresh",
        "-s",
        project.stack,
        check=False,
        env={"STANDIN_FAULTS": "read:aws:iam/role:Role=fail"},
    )
    assert failed.returncode != 0
    said += [failed.stdout, failed.stderr]

    assert not holds_secret("\n".join(said).encode())
    assert files_with_secrets(project.folder, LOCAL / "pulumi-home", out) == {out / "manifest.xml"}
    assert stat.S_IMODE((out / "manifest.xml").stat().st_mode) == 0o600
    assert stat.S_IMODE(project.cloud.stat().st_mode) == 0o600


def test_each_secret_is_a_leaf_of_its_own_and_nothing_else_is_hidden(project: Project) -> None:
    up(project)
    shown = json.loads(project.pulumi("stack", "output", "--json", "-s", project.stack).stdout)
    office = shown["manifestValues"]["office"]
    assert {key for key, value in office.items() if value == "[secret]"} == {"otlp_headers", "mcp_servers"}
    assert office["aws_region"] == "us-east-1"


def test_a_bad_secret_is_named_and_never_quoted(project: Project) -> None:
    project.set_secret("claude-byoc:mcpServers", f'{{"url": "{PLANTED[0]}')
    ended = project.pulumi("preview", "-s", project.stack, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert "mcp_servers" in said
    assert not holds_secret(said.encode())
