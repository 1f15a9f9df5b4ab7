"""`build`, `up`, `preview` and `destroy` against the real engine."""

import json
import sys
from copy import deepcopy
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from claude_byoc.rollout.manifest import read_back
from tools.engine.acquire import Engine
from tools.engine.sandbox import Sandbox

from .conftest import Command

pytestmark = pytest.mark.engine

SECRET = "hunter2-hunter2"
# How a checkpoint marks a secret whose value is given in plain, as `stack export --show-secrets` writes it.
SIGNATURE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
STACK: dict[str, Any] = {
    "version": 3,
    "deployment": {
        "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": "v3.259.0"},
        "resources": [
            {
                "urn": "urn:pulumi:dev::claude::pulumi:pulumi:Stack::claude-dev",
                "custom": False,
                "type": "pulumi:pulumi:Stack",
                "outputs": {
                    "manifestValues": {
                        "office": {
                            "gateway_url": "https://gw.contoso.com",
                            "gateway_token": {**SIGNATURE, "plaintext": json.dumps(SECRET)},
                        }
                    },
                    "manifestIds": {"office": "12345678-1234-1234-1234-1234567890ab"},
                },
            }
        ],
    },
}


@pytest.fixture
def sandbox(engine: Engine, tmp_path: Path) -> Sandbox:
    return Sandbox(engine, tmp_path / "sandbox", tmp_path / "home")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "below").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: claude\nruntime: python\n")
    return folder


def test_build_asks_the_engine_for_the_outputs(sandbox: Sandbox, project: Path) -> None:
    command = Command(project / "below")
    done = command("build", "-s", "dev", env=sandbox.environment())
    assert done.returncode == 1
    assert "no stack named" in done.stderr
    assert "claude-byoc up -s dev" in done.stderr

    sandbox.run("stack", "init", "dev", cwd=project)
    done = command("build", "-s", "dev", env=sandbox.environment())
    assert done.returncode == 1
    assert "manifestValues: is not among the stack outputs" in done.stderr

    salt = (project / "Pulumi.dev.yaml").read_text().removeprefix("encryptionsalt:").strip()
    state = deepcopy(STACK)
    state["deployment"]["secrets_providers"] = {"type": "passphrase", "state": {"salt": salt}}
    sandbox.run("stack", "import", "--force", cwd=project, input=json.dumps(state))
    done = command("build", "-s", "dev", env=sandbox.environment())
    assert (done.returncode, done.stderr) == (0, "")
    manifest = project / "out" / "dev" / "manifest.xml"
    assert read_back(manifest.read_bytes())["gateway_token"] == SECRET
    assert SECRET not in done.stdout
    assert not any(
        SECRET.encode() in path.read_bytes() for path in sandbox.folder.rglob("*") if path.is_file()
    )

    wrong = {**sandbox.environment(), "PULUMI_CONFIG_PASSPHRASE": "wrong"}
    wrong.pop("PULUMI_CONFIG_PASSPHRASE_FILE")
    done = command("build", "-s", "dev", env=wrong)
    assert done.returncode == 1
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" in done.stderr


@pytest.mark.parametrize("name", ["up", "preview", "destroy"])
def test_the_engine_takes_over(name: str, sandbox: Sandbox, project: Path) -> None:
    extra = ["--non-interactive", *([] if name == "preview" else ["--yes"])]
    ours = Command(project / "below")(name, "-s", "dev", "--", *extra, env=sandbox.environment())
    theirs = run(
        ["pulumi", name, "--stack", "dev", *extra],
        cwd=project, env=sandbox.environment(), executable=sandbox.engine.pulumi, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert theirs.returncode != 0
    assert "no stack named" in theirs.stderr
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_a_destroy_says_first_what_stays(sandbox: Sandbox, project: Path) -> None:
    sandbox.run("stack", "init", "dev", cwd=project)
    state = deepcopy(STACK)
    state["deployment"]["manifest"]["version"] = ""  # the magic is its checksum
    outputs = state["deployment"]["resources"][0]["outputs"]
    outputs["gateway"] = {"lasting": [{"what": "the key vault, for 7 days", "why": "Azure keeps it"}]}
    outputs["vertex"] = {"lasting": [{"what": "the enabled API", "why": "others may need it"}, "no object"]}
    salt = (project / "Pulumi.dev.yaml").read_text().removeprefix("encryptionsalt:").strip()
    state["deployment"]["secrets_providers"] = {"type": "passphrase", "state": {"salt": salt}}
    sandbox.run("stack", "import", "--force", cwd=project, input=json.dumps(state))
    done = Command(project)("destroy", "-s", "dev", "--", "--yes", env=sandbox.environment())
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[:3] == [
        "A destroy leaves in the clouds:",
        "  the enabled API: others may need it",
        "  the key vault, for 7 days: Azure keeps it",
    ]
    assert SECRET not in done.stdout + done.stderr
    assert "dev" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there the engine is a child process")
def test_arguments_and_exit_code_pass_through(tmp_path: Path) -> None:
    # Which arguments arrive is only visible from inside, so a program that prints them stands for pulumi.
    (tmp_path / "Pulumi.yaml").write_text("name: claude\nruntime: python\n")
    (tmp_path / "pulumi").write_text('#!/bin/sh\nfor a in "$@"; do echo "[$a]"; done; pwd; exit 42\n')
    (tmp_path / "pulumi").chmod(0o755)
    done = Command(tmp_path)(
        "up", "-s", "a/b/dev", "--", "--yes", "-m", "two words", env={"PATH": str(tmp_path)}
    )
    lines = ["[up]", "[--stack]", "[a/b/dev]", "[--yes]", "[-m]", "[two words]", str(tmp_path)]
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (42, lines, "")
