"""`claude-byoc report` and `claude-byoc consent` from a file of outputs."""

import json
from pathlib import Path

import pytest

from tests.rollout.environments import PLANTED, environments

from .conftest import Command


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(environments()["gateway"]))
    return file


def test_a_report_as_text_page_and_data(command: Command, outputs: Path, tmp_path: Path) -> None:
    common = ("report", "-s", "acme/claude/prod", "--outputs", str(outputs), "--date", "2026-11-21")
    text = command(*common)
    assert (text.returncode, text.stderr) == (0, "")
    assert text.stdout.startswith(
        "# Claude on your own cloud\n\nReport on the environment prod, 2026-11-21.\n"
    )
    assert command(*common, "-o", "r.md").stdout == "Wrote r.md.\n"
    assert (tmp_path / "r.md").read_text() == text.stdout
    command(*common, "-o", "r.html")
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")
    data = json.loads(command(*common, "--json").stdout)
    assert [section["id"] for section in data["sections"]] == [
        "made", "next", "data-flow", "rollout", "consent", "allowlist", "permissions", "residency", "cost",
    ]  # fmt: skip
    everything = text.stdout + (tmp_path / "r.html").read_text() + json.dumps(data)
    assert not any(secret in everything for secret in PLANTED)


def test_the_assumptions_count(command: Command, outputs: Path) -> None:
    done = command(
        "report", "--outputs", str(outputs), "--assume", "people=250", "--assume", "prompts-a-day=4"
    )
    assert "| People | 250 |" in done.stdout
    assert "| Prompts in a month | 21,000 |" in done.stdout


def test_consent(command: Command, tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text(json.dumps(environments()["foundry"]))
    done = command("consent", "--outputs", "o.json")
    assert done.stdout.startswith("# Consent for this environment\n")
    answer = json.loads(command("consent", "--outputs", "o.json", "--json").stdout)
    assert answer["state"] == "links"
    assert answer["links"][0]["grants"] == ["Mail.ReadWrite", "Calendars.Read", "User.Read", "offline_access"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["report"],
        ["consent"],
        ["report", "-s", "../x", "--outputs", "outputs.json"],
        ["report", "--outputs", "outputs.json", "--date", "2026-W47-6"],
        ["report", "--outputs", "outputs.json", "--date", "2026-02-30"],
        ["report", "--outputs", "outputs.json", "--assume", "people"],
        ["report", "--outputs", "outputs.json", "--assume", "dogs=3"],
        ["report", "--outputs", "outputs.json", "--json", "-o", "x.md"],
        ["build", "-s", "x", "--outputs", "outputs.json", "--assume", "people=-1"],
    ],
)
def test_bad_usage(arguments: list[str], command: Command, outputs: Path) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")


@pytest.mark.parametrize("name", ["report", "consent"])
def test_outputs_that_are_wrong(name: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text('{"allowlist": [{"host": 3}]}')
    done = command(name, "--outputs", "o.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "allowlist[0]: is no row" in done.stderr


def test_a_number_out_of_range(command: Command, outputs: Path) -> None:
    done = command("report", "--outputs", str(outputs), "--assume", "days=40")
    assert done.returncode == 1
    assert "--days: is out of range\n  allowed: 0 to 31" in done.stderr
