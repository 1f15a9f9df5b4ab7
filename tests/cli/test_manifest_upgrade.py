"""`claude-byoc manifest --previous`: the same Id, a higher Version, and for Outlook the same template."""

from pathlib import Path

import pytest

from claude_byoc.rollout.manifest import compose, identity, read_back
from tests.rollout.conftest import MAIL

from .conftest import Command

ID = "12345678-1234-1234-1234-1234567890ab"


def test_a_new_file_continues_the_previous_one(command: Command, tmp_path: Path) -> None:
    first = command("manifest", "office", "gateway_url=https://a.example.com", "-o", "old.xml")
    assert first.returncode == 0
    again = command(
        "manifest", "office", "gateway_url=https://b.example.com", "--previous", "old.xml", "-o", "new.xml"
    )
    assert again.returncode == 0
    old, new = (identity((tmp_path / name).read_bytes()) for name in ("old.xml", "new.xml"))
    assert (new[0], old[1], new[1]) == (old[0], "1.0.0.0", "1.0.0.1")
    assert read_back((tmp_path / "new.xml").read_bytes()) == {"gateway_url": "https://b.example.com"}


def test_nothing_changed_keeps_the_version(command: Command, tmp_path: Path) -> None:
    command("manifest", "office", "gateway_url=https://a.example.com", "-o", "old.xml")
    command(
        "manifest", "office", "gateway_url=https://a.example.com", "--previous", "old.xml", "-o", "new.xml"
    )
    assert (tmp_path / "new.xml").read_bytes() == (tmp_path / "old.xml").read_bytes()


def test_outlook_takes_its_template_from_there(command: Command, tmp_path: Path) -> None:
    old = compose(MAIL, {"gateway_url": "https://a.example.com"}, manifest_id=ID, version="1.0.0.4").xml
    (tmp_path / "old.xml").write_bytes(old)
    done = command(
        "manifest", "outlook", "gateway_url=https://b.example.com", "--previous", "old.xml", "-o", "new.xml"
    )
    assert done.returncode == 0
    new = (tmp_path / "new.xml").read_bytes()
    assert identity(new) == (ID, "1.0.0.5")
    assert read_back(new) == {"gateway_url": "https://b.example.com"}


@pytest.mark.parametrize(
    ("content", "why"), [(None, "cannot be read"), (b"<x/>", "is there and is not a manifest")]
)
@pytest.mark.parametrize("host", ["office", "outlook"])
def test_a_previous_one_that_cannot_be_continued(
    host: str, content: bytes | None, why: str, command: Command, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "old.xml").write_bytes(content)
    done = command(
        "manifest", host, "gateway_url=https://a.example.com", "--previous", "old.xml", "-o", "new.xml"
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert f"old.xml: {why}" in done.stderr
    assert "with --previous" in done.stderr
    assert not (tmp_path / "new.xml").exists()
