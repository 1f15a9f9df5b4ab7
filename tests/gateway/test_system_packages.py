"""System programs: used where they are, installed on Debian as root, else told with the command to run."""

import os
from pathlib import Path

import pytest

from tools import system_packages
from tools.system_packages import SystemPackageError, ensure


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but sh, whose apt-get puts programs where they are found."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "debian_version").write_text("12\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(system_packages, "ROOT", tmp_path)

    def find_program(name: str) -> Path | None:
        return next((tmp_path / "bin").glob(name), None)

    monkeypatch.setattr(system_packages, "find_program", find_program)
    return tmp_path


def program(box: Path, name: str, script: str) -> None:
    file = box / "bin" / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_what_is_there_is_used(box: Path) -> None:
    program(box, "nginx", "exit 0")
    assert ensure(["nginx"], debian=box / "none") == {"nginx": box / "bin" / "nginx"}


def test_what_is_missing_is_installed_by_root_on_debian(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(box, "apt-get", f'echo "$@" >> {box}/asked\n: > {box}/bin/nginx')
    said: list[str] = []
    assert ensure(["nginx"], said.append, debian=box / "debian_version")["nginx"].exists()
    update, install = (box / "asked").read_text().splitlines()
    assert update.startswith("update")
    assert install == "install --yes --quiet --no-install-recommends nginx-light"
    assert said == ["installing nginx-light, once"]


@pytest.mark.parametrize(
    ("debian", "user", "cure"),
    [("none", 0, "package manager"), ("debian_version", 1000, "sudo apt-get install --yes")],
)
def test_else_the_cure_is_told(
    box: Path, monkeypatch: pytest.MonkeyPatch, debian: str, user: int, cure: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    program(box, "apt-get", "exit 1")
    with pytest.raises(SystemPackageError, match=cure):
        ensure(["nginx"], debian=box / debian)


def test_an_installation_that_fails_is_told_with_its_words(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(box, "apt-get", "echo 'E: no network' >&2; exit 100")
    with pytest.raises(
        SystemPackageError, match=r"ended with 100:\n  E: no network\nCure: sudo apt-get update"
    ):
        ensure(["nginx"], lambda _: None, debian=box / "debian_version")
