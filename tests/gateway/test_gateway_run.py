"""`claude-byoc gateway run`: it runs, says how to try it, and leaves nothing behind, whatever ends it."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from claude_byoc.cli.app import run
from claude_byoc.gateway.local import free_port
from tests.gateway.running import PROVIDER_KEY, Fake, body

GIVEN = "a-token-of-the-operators-own"


@contextlib.contextmanager
def command(
    folder: Path, *arguments: str, **variables: str
) -> Generator[tuple["subprocess.Popen[str]", str]]:
    """Run the command until its last line of help is printed; yield it and what it said."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(temporary), **variables}
    child = subprocess.Popen(
        [sys.executable, "-m", "claude_byoc.cli", "gateway", "run", *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    said = ""
    try:
        assert child.stdout is not None
        for line in child.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        yield child, said
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def of_folder(folder: Path) -> list[str]:
    """Return the command lines of processes that work below a folder."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if str(folder) in words or f"TMPDIR={folder}" in (process / "environ").read_bytes().decode():
                found.append(words)
    return found


def gone(folder: Path) -> bool:
    until = time.monotonic() + 20
    while of_folder(folder) and time.monotonic() < until:
        time.sleep(0.1)
    return not of_folder(folder)


@pytest.mark.gateway
def test_the_curl_line_works_and_ctrl_c_ends_everything(tmp_path: Path, litellm: Path) -> None:
    port = free_port()
    with command(tmp_path, "--fake", "--port", str(port), "--litellm", str(litellm)) as (child, said):
        [line] = re.findall(r"curl .*?'\{.*?\}'", said.replace("\\\n", " "), re.DOTALL)
        done = subprocess.run(
            ["curl", "-sS", "--max-time", "30", *shlex.split(line)[1:]],
            capture_output=True,
            text=True,
            check=True,
        )
        assert '"type": "message"' in done.stdout
        assert len(of_folder(tmp_path / "tmp")) >= 3
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 0
    assert gone(tmp_path / "tmp")
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.gateway
def test_no_orphan_when_it_is_killed(tmp_path: Path, litellm: Path, fake_upstream: Fake) -> None:
    port = free_port()
    arguments = (
        "--port",
        str(port),
        "--upstream-url",
        fake_upstream.url,
        "--litellm",
        str(litellm.parent.parent),
    )
    given = {"CLAUDE_BYOC_GATEWAY_TOKEN": GIVEN, "ANTHROPIC_API_KEY": PROVIDER_KEY}
    with command(tmp_path, *arguments, **given) as (child, said):
        assert GIVEN not in said
        url = f"http://127.0.0.1:{port}/v1/messages"
        answers = [
            httpx.post(
                url,
                json=body(model="claude-any-model"),
                headers={"x-api-key": key},
                trust_env=False,
                timeout=30,
            )
            for key in (GIVEN, "another")
        ]
        assert [answer.status_code for answer in answers] == [200, 401]
        child.kill()
        child.wait()
    assert gone(tmp_path / "tmp")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--fake", "--upstream-url", "http://127.0.0.1:1"], 2, "exclude each other"),
        (["--litellm", "/nowhere"], 1, "make gateway"),
        (["--token", "@/nowhere", "--litellm", "LITELLM"], 2, "cannot be read"),
        (["--litellm", "LITELLM"], 1, "ANTHROPIC_API_KEY"),
        (["--upstream-url", "http://proxy.example.com", "--litellm", "LITELLM"], 1, "https://HOST"),
    ],
)
def test_mistakes_are_told_before_anything_starts(
    arguments: list[str],
    code: int,
    said: str,
    litellm: Path,
    request: pytest.FixtureRequest,
) -> None:
    capsys: pytest.CaptureFixture[str] = request.getfixturevalue("capsys")
    monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    if "--upstream-url" in arguments:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    before = signal.getsignal(signal.SIGTERM)
    try:
        found = run(["gateway", "run", *[str(litellm) if word == "LITELLM" else word for word in arguments]])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert found == code
    assert said in capsys.readouterr().err
