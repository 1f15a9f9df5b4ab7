"""`claude-byoc build` from a file of outputs, without any engine."""

import json
import os
import stat
import uuid
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.rollout.manifest import identity, read_back
from tests.rollout.conftest import MAIL

from .conftest import Command

SECRET = "hunter2-hunter2"
OUTPUTS: dict[str, Any] = {
    "manifestValues": {"office": {"gateway_url": "https://gw.contoso.com", "gateway_token": SECRET}},
    "manifestIds": {"office": "12345678-1234-1234-1234-1234567890ab"},
    "nextSteps": [{"who": "Engineer", "what": "Look"}],
}

PAGES = (
    "deploy.ps1", "next-steps.md", "user-guide.html", "report.html", "report.md", "index.json",
)  # fmt: skip


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(OUTPUTS))
    return file


def test_the_folder(command: Command, outputs: Path, tmp_path: Path) -> None:
    done = command("build", "-s", "acme/claude/dev", "--outputs", str(outputs))
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "out" / "dev"
    assert {path.name for path in folder.iterdir()} == {"manifest.xml", "manifest.redacted.xml", *PAGES}
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
    assert {path.name for path in folder.iterdir()} == {"manifest.xml", *PAGES}


def test_a_second_build_changes_nothing(command: Command, outputs: Path, tmp_path: Path) -> None:
    common = ("build", "--outputs", str(outputs), "-o", "there", "--json", "--date", "2026-11-21")
    first = command(*common, "-s", "there")
    before = {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()}
    second = command(*common)
    assert first.stdout == second.stdout
    assert {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()} == before
    answer = json.loads(second.stdout)
    assert answer["folder"] == "there"
    assert [entry["file"] for entry in answer["files"]] == ["manifest.xml", "manifest.redacted.xml", *PAGES]
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


def test_outlook_by_a_template(command: Command, outputs: Path, tmp_path: Path) -> None:
    both = {"gateway_url": "https://gw.contoso.com", "gateway_token": SECRET}
    outputs.write_text(
        json.dumps(
            {
                "manifestValues": {"office": both, "outlook": both},
                "manifestIds": {"office": OUTPUTS["manifestIds"]["office"], "outlook": str(uuid.UUID(int=1))},
            }
        )
    )
    done = command("build", "-s", "dev", "--outputs", str(outputs))
    assert done.returncode == 0
    assert "--outlook-template https://pivot.claude.ai/manifest-outlook-3p.xml" in done.stderr
    folder = tmp_path / "out" / "dev"
    assert not (folder / "manifest-outlook.xml").exists()
    (tmp_path / "t.xml").write_bytes(MAIL)
    done = command("build", "-s", "dev", "--outputs", str(outputs), "--outlook-template", "t.xml")
    assert (done.returncode, done.stderr) == (0, "")
    first = (folder / "manifest-outlook.xml").read_bytes()
    assert stat.S_IMODE((folder / "manifest-outlook.xml").stat().st_mode) == 0o600
    assert read_back(first) == both
    # From now on the template is taken from there.
    assert command("build", "-s", "dev", "--outputs", str(outputs)).returncode == 0
    assert (folder / "manifest-outlook.xml").read_bytes() == first


def test_figures_of_the_report(command: Command, outputs: Path, tmp_path: Path) -> None:
    done = command(
        "build", "-s", "dev", "--outputs", str(outputs), "--date", "2026-11-21", "--assume", "people=12"
    )
    assert done.returncode == 0
    report = (tmp_path / "out/dev/report.md").read_text()
    assert "the environment dev, 2026-11-21." in report
    assert "| People | 12 |" in report
