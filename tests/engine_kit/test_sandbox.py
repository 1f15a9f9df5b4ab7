"""A sandboxed run sees nothing of the user's and changes nothing of it."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine.acquire import Engine
from tools.engine.sandbox import Sandbox

Project = Callable[..., Path]

USERS = {
    "AWS_ACCESS_KEY_ID": "user-key",
    "AWS_PROFILE": "user-profile",
    "GOOGLE_APPLICATION_CREDENTIALS": "/user/key.json",
    "ARM_CLIENT_SECRET": "user-secret",
    "AZURE_CLIENT_SECRET": "user-secret",
    "PULUMI_ACCESS_TOKEN": "user-token",
    "PULUMI_BACKEND_URL": "https://user.invalid",
    "PULUMI_CONFIG_PASSPHRASE": "user-passphrase",
    "HTTPS_PROXY": "http://proxy.invalid:1",
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
}


def none(tmp_path: Path) -> Sandbox:
    """A sandbox that is only asked for its environment."""
    return Sandbox(
        Engine(tmp_path / "bin" / "pulumi", "3.259.0", "build", tmp_path / "bin"), tmp_path, tmp_path / "p"
    )


def test_environment_holds_only_what_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in USERS.items():
        monkeypatch.setenv(name, value)
    environment = none(tmp_path).environment()
    assert {name: value for name, value in environment.items() if "user" in value or "proxy" in value} == {}
    assert environment["LC_ALL"] == "C.UTF-8"
    assert environment["NO_COLOR"] == "1"
    assert environment["PATH"].startswith(f"{tmp_path / 'bin'}{os.pathsep}")
    assert environment["HOME"] == str(tmp_path / "home")
    assert environment["PULUMI_BACKEND_URL"] == f"file://{tmp_path / 'state'}?metadata=skip"


def test_extra_environment_wins(tmp_path: Path) -> None:
    engine = none(tmp_path).engine
    assert Sandbox(engine, tmp_path, tmp_path, {"NO_COLOR": "x", "KIT": "y"}).environment()["KIT"] == "y"


def test_passphrase_is_private_random_and_made_once(tmp_path: Path) -> None:
    passphrase = Path(none(tmp_path).environment()["PULUMI_CONFIG_PASSPHRASE_FILE"])
    made = passphrase.read_text()
    assert len(made) > 30
    assert passphrase.stat().st_mode & 0o777 == 0o600
    none(tmp_path)
    assert passphrase.read_text() == made
    assert Path(none(tmp_path / "other").environment()["PULUMI_CONFIG_PASSPHRASE_FILE"]).read_text() != made


@pytest.mark.engine
def test_run_leaves_the_users_login_and_variables_alone(
    sandbox: Sandbox, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = tmp_path / "user"
    for file, text in (
        (".pulumi/credentials.json", '{"current": "https://user.invalid"}'),
        (".aws/credentials", "[x]"),
    ):
        (user / file).parent.mkdir(parents=True)
        (user / file).write_text(text)
    for name, value in {**USERS, "HOME": str(user)}.items():
        monkeypatch.setenv(name, value)
    before = {
        file: (file.stat().st_mtime_ns, file.read_bytes()) for file in user.rglob("*") if file.is_file()
    }

    folder = project(
        "import os, pathlib, pulumi\n"
        "print('home', pathlib.Path.home())\n"
        "print('users', [v for v in os.environ.values() if v.startswith(('user', '/user', 'https://user'))])\n"
        "pulumi.export('hidden', pulumi.Output.secret('not-in-plain-text'))\n"
    )
    printed = sandbox.run("up", "--yes", "--skip-preview", cwd=folder).stdout
    assert f"home {sandbox.folder / 'home'}" in printed
    assert "users []" in printed

    assert {
        file: (file.stat().st_mtime_ns, file.read_bytes()) for file in user.rglob("*") if file.is_file()
    } == before
    kept = [file for file in sandbox.folder.rglob("*") if file.is_file()]
    assert any("state" in file.parts for file in kept)
    assert [file for file in kept if b"not-in-plain-text" in file.read_bytes()] == []


class Counting(Sandbox):
    """Counts its runs of the engine."""

    runs = 0

    def run(self, *args: str, **kwargs: object):  # noqa: ANN201 - as the base class
        self.runs += 1
        return super().run(*args, **kwargs)  # pyright: ignore[reportArgumentType] - passed through as given


@pytest.mark.engine
def test_plugin_is_installed_once_and_again_when_its_staging_changes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    counting = Counting(sandbox.engine, tmp_path / "counting", tmp_path / "pulumi")
    staging = tmp_path / "staging"
    staging.mkdir()
    plugin = staging / "pulumi-resource-kit"
    plugin.write_text("#!/bin/sh\nexit 1\n")
    plugin.chmod(0o755)

    threads = [
        threading.Thread(target=counting.install_plugin, args=("kit", "1.2.3", staging)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    installed = counting.home / "plugins" / "resource-kit-v1.2.3" / "pulumi-resource-kit"
    assert installed.read_text() == plugin.read_text()
    assert counting.runs == 1

    plugin.write_text("#!/bin/sh\nexit 2\n")
    counting.install_plugin("kit", "1.2.3", staging)
    assert installed.read_text() == plugin.read_text()
    assert counting.runs == 2
