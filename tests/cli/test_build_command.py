"""`claude-byoc build` from a file of outputs, without any engine."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.rollout.manifest import identity, read_back

from .conftest import Command

SECRET = "hunter2-hunter2"
OUTPUTS: dict[str, Any] = {
    "manifestValues": {"office": {"gateway_url": "https://gw.contoso.com", "gateway_token": SECRET}},
    "manifestIds": {"office": "12345678-1234-1234-1234-1234567890ab"},
    "nextSteps": [{"who": "Engineer", "what": "Look"}],
}


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(OUTPUTS))
    return file


def test_the_folder(command: Command, outputs: Path, tmp_path: Path) -> None:
    done = command("build", "-s", "acme/claude/dev", "--outputs", str(outputs))
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "out" / "dev"
    assert {path.name for path in folder.iterdir()} == {
        "manifest.xml", "manifest.redacted.xml", "next-steps.md", "index.json",
    }  # fmt: skip
    assert {path.name for path in folder.iterdir() if stat.S_IMODE(path.stat().st_mode) == 0o600} == {
        "manifest.xml"
    }
    assert read_back((folder / "manifest.xml").read_bytes()) == OUTPUTS["manifestValues"]["office"]
    for text in ("manifest.xml", "next-steps.md", "yes, mode 0600", "Next: read next-steps.md"):
        assert text in done.stdout
    assert SECRET not in done.stdout
    copy = (folder / "manifest.redacted.xml").read_bytes()
    assert read_back(copy) == {"gateway_url": "https://gw.contoso.com", "gateway_token": "REDACTED"}
    assert identity(copy) == identity((folder / "manifest.xml").read_bytes())
    assert SECRET.encode() not in copy

    # Without a secret there is nothing to take out, and the copy of an older manifest goes.
    plain = {**OUTPUTS, "manifestValues": {"office": {"gateway_url": "https://gw.contoso.com"}}}
    outputs.write_text(json.dumps(plain))
    assert command("build", "-s", "dev", "--outputs", str(outputs)).returncode == 0
    assert {path.name for path in folder.iterdir()} == {"manifest.xml", "next-steps.md", "index.json"}


def test_a_second_build_changes_nothing(command: Command, outputs: Path, tmp_path: Path) -> None:
    first = command("build", "-s", "dev", "--outputs", str(outputs), "-o", "there", "--json")
    before = {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()}
    second = command("build", "--outputs", str(outputs), "-o", "there", "--json")
    assert first.stdout == second.stdout
    assert {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()} == before
    answer = json.loads(second.stdout)
    assert answer["folder"] == "there"
    assert [entry["file"] for entry in answer["files"]] == [
        "manifest.xml", "manifest.redacted.xml", "next-steps.md", "index.json",
    ]  # fmt: skip
    assert json.loads(before["index.json"]) == answer["files"][:-1]


def test_the_folder_belongs_to_the_project(outputs: Path, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert Command(below)("build", "-s", "dev", "--outputs", str(outputs)).returncode == 0
    assert (tmp_path / "out" / "dev" / "manifest.xml").exists()


def test_a_version_that_is_asked_for(command: Command, outputs: Path, tmp_path: Path) -> None:
    done = command("build", "-s", "dev", "--outputs", str(outputs), "--manifest-version", "5.0.0.1")
    assert done.returncode == 0
    assert identity((tmp_path / "out/dev/manifest.xml").read_bytes())[1] == "5.0.0.1"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"{}", "manifestValues: is not among the stack outputs"),
        (json.dumps(OUTPUTS).replace(SECRET, "[secret]").encode(), "--show-secrets"),
        (json.dumps(OUTPUTS).replace(SECRET, "sk-ant-" + SECRET).encode(), "only gateway-issued tokens"),
    ],
)
def test_outputs_that_are_wrong(content: bytes, why: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "o.json").write_bytes(content)
    done = command("build", "-s", "dev", "--outputs", "o.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert why in done.stderr
    assert SECRET not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written(command: Command, outputs: Path) -> None:
    done = command("build", "-s", "dev", "--outputs", str(outputs), "-o", "outputs.json/out")
    assert done.returncode == 1
    assert "cannot be" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["build"],
        ["build", "-o", "x"],
        ["build", "-s", "../x", "--outputs", "outputs.json"],
        ["build", "-s", "a/..", "--outputs", "outputs.json"],
        ["up"],
        ["up", "-s", "a b"],
        ["preview", "-s", "dev", "--yes"],
    ],
)
def test_bad_usage(arguments: list[str], command: Command, outputs: Path, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    fake = tmp_path / "bin" / "pulumi"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexit 99\n")
    fake.chmod(0o755)
    assert command(*arguments, env={"PATH": str(fake.parent)}).returncode == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["build", "up", "preview", "destroy"])
def test_without_pulumi_or_a_project(name: str, command: Command, tmp_path: Path) -> None:
    done = command(name, "-s", "dev", env={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert "pulumi: is not on PATH" in done.stderr
    (tmp_path / "pulumi").write_text("#!/bin/sh\nexit 99\n")
    (tmp_path / "pulumi").chmod(0o755)
    done = command(name, "-s", "dev", env={"PATH": str(tmp_path) + os.pathsep + os.defpath})
    assert done.returncode == 1
    assert "Pulumi.yaml: is neither in this folder" in done.stderr
