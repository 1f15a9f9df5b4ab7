"""Side environments: made once from their lock, made anew when it changes, never half; and the locks themselves."""

import base64
import hashlib
import os
import re
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.side_env import LOCKS, SideEnvError, ensure


class Index:
    """A package index in a folder, and a lock that names what lies there."""

    def __init__(self, folder: Path) -> None:
        self.wheels, self.locks, self.home = folder / "wheels", folder / "locks", folder / "envs"
        self.wheels.mkdir()
        self.locks.mkdir()
        self.said: list[str] = []

    def lock(self, version: str, *, digest: str | None = None) -> None:
        wheel = self.wheels / f"tiny-{version}-py3-none-any.whl"
        info = f"tiny-{version}.dist-info"
        files = {
            "tiny.py": f"VERSION = {version!r}\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        sums = {
            name: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            for name, text in files.items()
        }
        files[f"{info}/RECORD"] = "".join(
            [f"{name},sha256={sums[name].decode().rstrip('=')},{len(files[name])}\n" for name in sums]
            + [f"{info}/RECORD,,\n"]
        )
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        digest = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
        (self.locks / "tiny.lock").write_text(f"tiny=={version} \\\n    --hash=sha256:{digest}\n", "utf-8")

    def ensure(self, name: str = "tiny") -> Path:
        return ensure(name, self.said.append, locks=self.locks, home=self.home)

    def version(self) -> str:
        command = [self.ensure(), "-I", "-c", "import tiny; print(tiny.VERSION)"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    @property
    def made(self) -> int:
        return sum(line.startswith("making") for line in self.said)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    index = Index(tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index.wheels))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    index.lock("1.0")
    return index


def test_it_is_made_once_and_then_needs_no_index(index: Index) -> None:
    assert index.version() == "1.0"
    for wheel in index.wheels.iterdir():
        wheel.unlink()
    assert index.version() == "1.0"
    assert index.made == 1


def test_progress_is_told(index: Index) -> None:
    index.ensure()
    assert index.said[1:3] == ["  fetching package 1 of 1", "  unpacking them"]
    assert index.said[3].startswith("the environment tiny is in ")


def test_a_changed_lock_makes_it_anew(index: Index) -> None:
    assert index.version() == "1.0"
    index.lock("2.0")
    assert index.version() == "2.0"
    assert index.made == 2


@pytest.mark.parametrize("left", ["", "tiny==1.0"])
def test_one_that_a_killed_run_left_does_not_count(index: Index, left: str) -> None:
    stamp = index.ensure().parents[1] / ".made-from"
    if left:
        stamp.write_text(left, "utf-8")
    else:
        stamp.unlink()
    next(stamp.parent.rglob("tiny.py")).unlink()
    assert index.version() == "1.0"
    assert index.made == 2


def test_what_the_lock_does_not_vouch_for_is_not_installed(index: Index) -> None:
    index.lock("1.0", digest="0" * 64)
    with pytest.raises(SideEnvError, match=r"tiny\.lock could not be installed(?s:.)*Cure: "):
        index.ensure()
    index.lock("1.0")
    assert index.version() == "1.0"


def test_an_index_that_does_not_answer_is_told_with_the_cure(index: Index) -> None:
    for wheel in index.wheels.iterdir():
        wheel.unlink()
    with pytest.raises(
        SideEnvError, match=r"No matching distribution(?s:.)*check that the package index answers"
    ):
        index.ensure()


def test_two_makers_make_one(index: Index) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(index.ensure, ["tiny"] * 2)
    assert one == other
    assert index.made == 1


@pytest.mark.parametrize("name", ["other", "../tiny", "", "Tiny"])
def test_a_name_without_a_lock_is_refused_with_those_there_are(index: Index, name: str) -> None:
    with pytest.raises(SideEnvError, match=r"allowed: tiny\."):
        index.ensure(name)
    assert not index.home.exists()


@pytest.mark.parametrize("lock", sorted(LOCKS.glob("*.lock")), ids=lambda lock: lock.stem)
def test_the_locks_pin_what_was_asked_for_by_hash_and_name_no_index(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    entries = re.findall(
        r"^([a-z0-9._-]+)==\S+(?: ; .+?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        text,
        re.MULTILINE,
    )
    pinned = {name for name, _ in entries}
    assert len(entries) == len(re.findall(r"^\w", text, re.MULTILINE))
    asked = re.findall(r"^([a-z0-9_-]+)", lock.with_suffix(".in").read_text("utf-8"), re.MULTILINE)
    assert asked
    assert set(asked) <= pinned


def test_every_list_has_its_lock() -> None:
    assert {file.stem for file in LOCKS.glob("*.in")} == {file.stem for file in LOCKS.glob("*.lock")}
