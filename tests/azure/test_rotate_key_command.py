"""`claude-byoc rotate-key` as a person runs it, on stack outputs in a file."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

KEY = "planted0key0" * 7


def run(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "claude_byoc.cli", "rotate-key", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def outputs(folder: Path, rotation: dict[str, Any] | None) -> str:
    foundry = {
        "resourceName": "example-claude",
        "resourceGroup": "example-rg",
        "subscriptionId": "11111111-2222-3333-4444-555555555555",
        "apiKey": KEY,
        "keyRotation": rotation,
    }
    file = folder / "outputs.json"
    file.write_text(json.dumps({"foundry": foundry}), "utf-8")
    return str(file)


def test_the_next_step_and_no_key(tmp_path: Path) -> None:
    due = {"activeKey": 2, "switches": 1, "switchedAt": "2024-01-01T00:00:00Z", "otherKeyRegenerated": False}
    file = outputs(tmp_path, due)
    shown = run("-s", "prod", "--outputs", file, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "az cognitiveservices account keys regenerate" in shown.stdout
    assert "--key-name Key1" in shown.stdout
    read = run("-s", "prod", "--outputs", file, "--json", cwd=tmp_path)
    answer = json.loads(read.stdout)
    assert (answer["state"], answer["notBefore"]) == ("due", None)
    assert answer["commands"][-1] == "claude-byoc up -s prod"
    assert KEY not in shown.stdout + shown.stderr + read.stdout + read.stderr


def test_keyless_has_nothing_to_rotate(tmp_path: Path) -> None:
    shown = run("-s", "prod", "--outputs", outputs(tmp_path, None), cwd=tmp_path)
    assert shown.returncode == 1
    assert "there is no key to rotate" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_usage(tmp_path: Path) -> None:
    assert run(cwd=tmp_path).returncode == 2
    told = run("--help", cwd=tmp_path)
    assert "Example: claude-byoc rotate-key -s prod" in told.stdout
