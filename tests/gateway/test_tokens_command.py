"""`claude-byoc tokens`: makes, shows, revokes; keys and tokens are files of mode 0600 and never arguments."""

import json
import stat
from pathlib import Path

import pytest

from claude_byoc.cli.app import run
from claude_byoc.gateway.tokens import new_key, read


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "signing-key.pem"
    file.write_bytes(new_key().pem())
    return file


def made(key: Path, folder: Path, *more: str) -> Path:
    file = folder / "token.txt"
    assert (
        run(["tokens", "new", "pilot", "--team", "finance", "--key", str(key), "-o", str(file), *more]) == 0
    )
    return file


def test_a_key_a_token_and_what_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key.pem"
    assert run(["tokens", "keys", "new", "-o", str(key), "--json"]) == 0
    public = json.loads(capsys.readouterr().out)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    token = made(key, tmp_path, "--expires", "2w")
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    told = capsys.readouterr()
    assert token.read_text().strip() not in told.out + told.err
    assert run(["tokens", "show", str(token), "--public-key", public["publicKey"], "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["name"], shown["team"], shown["genuine"], shown["expired"]) == (
        "pilot",
        "finance",
        True,
        False,
    )
    assert shown["keyId"] == public["keyId"]
    assert run(["tokens", "keys", "show", "--key", str(key)]) == 0
    assert public["publicKey"] in capsys.readouterr().out


def test_a_token_of_another_key_is_shown_and_exits_with_1(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = made(key, tmp_path)
    assert run(["tokens", "show", str(token), "--public-key", new_key().public]) == 1
    assert "no longer valid" in capsys.readouterr().err


def test_revoking_twice_is_one_line(tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token, deny = made(key, tmp_path), tmp_path / "denied.txt"
    for _ in range(2):
        assert run(["tokens", "revoke", str(token), "--deny-list", str(deny)]) == 0
    assert "already" in capsys.readouterr().out
    [line] = deny.read_text().splitlines()
    assert line.startswith(read(token.read_text()).token_id)
    assert "pilot" in line


def test_a_signing_key_is_never_replaced(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = key.read_bytes()
    assert run(["tokens", "keys", "new", "-o", str(key)]) == 2
    assert key.read_bytes() == before
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["tokens", "new", "x"], 2, "--key FILE, or -s ENV"),
        (["tokens", "new", "x", "--key", "KEY", "--expires", "soon"], 2, "90d"),
        (["tokens", "new", "two words", "--key", "KEY", "--team", "A"], 1, "--team"),
        (["tokens", "new", "x", "--key", "KEY", "--expires", "200y"], 1, "2106"),
        (["tokens", "new", "x", "--key", "MISSING"], 1, "cannot be read"),
        (["tokens", "new", "x", "--key", "TEXT"], 1, "tokens keys new"),
        (["tokens", "show", "TEXT"], 1, "copy it again"),
        (["tokens", "show", "MISSING"], 1, "cannot be read"),
    ],
)
def test_mistakes_are_told_with_their_cure(
    key: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    text = key.parent / "text"
    text.write_text("hello")
    places = {"KEY": str(key), "MISSING": str(key.parent / "none"), "TEXT": str(text)}
    assert run([places.get(word, word) for word in arguments]) == code
    assert said in capsys.readouterr().err


def test_the_stacks_secret_is_read_through_pulumi(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\ncat {key}\n')
    program.chmod(0o755)
    (tmp_path / "Pulumi.yaml").write_text("name: x\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    assert run(["tokens", "new", "pilot", "-s", "prod"]) == 0
    assert read(capsys.readouterr().out).name == "pilot"
    assert "config get claude-byoc:gatewaySigningKey --stack prod" in (tmp_path / "asked").read_text()
    program.write_text("#!/bin/sh\necho error: no such key >&2\nexit 255\n")
    assert run(["tokens", "new", "pilot", "-s", "prod"]) == 1
    assert "config set -s prod --secret" in capsys.readouterr().err
