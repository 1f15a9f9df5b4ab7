"""`claude-byoc desktop` as a process: sources of values, files, modes, exit codes, and what it never prints."""

import json
import plistlib
import stat
from pathlib import Path
from typing import Any

import pytest

from .conftest import Command

SECRET = "hunter2-hunter2"
BASE = ["inferenceProvider=gateway", "inferenceGatewayBaseUrl=https://gw.example.com"]
FILES = {
    "claude-desktop.mobileconfig", "claude-desktop.reg", "claude-desktop.admx", "intune-oma-uri.json",
    "managed-settings.json",
}  # fmt: skip


def linux(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "managed-settings.json").read_bytes())


def secret_files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if stat.S_IMODE(path.stat().st_mode) == 0o600}


def test_files_modes_and_what_is_printed(command: Command, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET + "\n")
    done = command("desktop", *BASE, "inferenceGatewayApiKey=@key", "-o", "out")
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "out"
    assert {path.name for path in folder.iterdir()} == FILES
    assert secret_files(folder) == FILES - {"claude-desktop.admx"}
    assert linux(folder)["inferenceGatewayApiKey"] == SECRET
    assert SECRET not in done.stdout
    for text in (*FILES, "mode 0600", "Next: install the configuration before the app"):
        assert text in done.stdout
    # Without the secret the files are for everybody.
    done = command("desktop", *BASE, "inferenceGatewayApiKey=network-identity", "-o", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert secret_files(folder) == set()


def test_values_from_standard_input_and_json(command: Command, tmp_path: Path) -> None:
    arguments = ["inferenceGatewayApiKey=-", 'inferenceModels=["a", {"name": "b"}]', "chatTabEnabled=true"]
    done = command(
        "desktop", *BASE, *arguments, "-o", "out", "--format", "linux", "--json", stdin=SECRET.encode()
    )
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert (answer["folder"], answer["warnings"]) == ("out", [])
    assert [(one["file"], one["secret"]) for one in answer["files"]] == [("managed-settings.json", True)]
    assert "/etc/claude-desktop/managed-settings.json" in answer["files"][0]["purpose"]
    assert linux(tmp_path / "out") == {
        "inferenceProvider": "gateway", "inferenceGatewayBaseUrl": "https://gw.example.com",
        "inferenceGatewayApiKey": SECRET, "inferenceModels": ["a", {"name": "b"}], "chatTabEnabled": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "pair",
    [
        f"inferenceGatewayApiKey={SECRET}",
        f'inferenceCustomHeaders={{"x-token": "{SECRET}"}}',
        f"inferenceGatewayHeaders=x-token={SECRET}",
        f'managedMcpServers=[{{"name":"a","server":"github","oauth":{{"clientSecret":"{SECRET}"}}}}]',
    ],
)
def test_a_secret_on_the_command_line_works_and_warns(pair: str, command: Command) -> None:
    done = command("desktop", *BASE, "inferenceCredentialKind=interactive", pair, "-o", "out", "--json")
    assert done.returncode == 0
    assert "other processes" in done.stderr
    assert pair.partition("=")[0] in [warning["key"] for warning in json.loads(done.stdout)["warnings"]]
    assert SECRET not in done.stdout + done.stderr


def test_an_object_that_may_hold_a_secret_and_does_not_is_no_matter(command: Command) -> None:
    pair = 'managedMcpServers=[{"name": "a", "server": "github"}]'
    done = command("desktop", *BASE, "inferenceCredentialKind=interactive", pair, "-o", "out")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_outputs_of_a_stack_a_profile_and_ones_own_values(command: Command, tmp_path: Path) -> None:
    outputs = {
        "desktopValues": {
            "inferenceProvider": "gateway", "inferenceGatewayBaseUrl": "https://gw.example.com",
            "inferenceGatewayApiKey": SECRET, "mcpToolTimeoutSec": 180.0, "isLocalDevMcpEnabled": True,
        }
    }  # fmt: skip
    (tmp_path / "o.json").write_text(json.dumps(outputs))
    done = command(
        "desktop", "-s", "acme/claude/dev", "--outputs", "o.json", "--profile", "restricted",
        "deploymentOrganizationUuid=11111111-2222-3333-4444-555555555555", "otlpEndpoint=https://otel.example.com",
        "coworkEgressAllowedHosts=[]", "allowedWorkspaceFolders=[]", "mcpToolTimeoutSec=300",
    )  # fmt: skip
    assert done.returncode == 0
    assert "isLocalDevMcpEnabled: is looser than the profile restricted" in done.stderr
    assert done.stderr.count("warning:") == 1
    folder = tmp_path / "out" / "dev"
    values = linux(folder)
    assert (values["mcpToolTimeoutSec"], values["isLocalDevMcpEnabled"]) == (300, True)
    assert values["disableNonessentialServices"] is True
    profile = plistlib.loads((folder / "claude-desktop.mobileconfig").read_bytes())
    assert profile["PayloadIdentifier"] == "claude-byoc.dev.desktop"
    assert profile["PayloadDisplayName"] == "Claude (dev)"


def test_retired_names_are_taken_with_a_notice_and_win_over_the_stack(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "o.json").write_text(json.dumps({"desktopValues": {"inferenceCustomHeaders": {"a": "b"}}}))
    done = command(
        "desktop", "--outputs", "o.json", *BASE, "inferenceGatewayAuthScheme=sso", "inferenceGatewayHeaders=@h",
        "isDxtEnabled=false", "-o", "out",
    )  # fmt: skip
    assert done.returncode == 1
    (tmp_path / "h").write_text('["X-Org: team1"]')
    done = command(
        "desktop", "--outputs", "o.json", *BASE, "inferenceGatewayAuthScheme=sso", "inferenceGatewayHeaders=@h",
        "isDxtEnabled=false", "-o", "out",
    )  # fmt: skip
    assert done.returncode == 0
    for old, new in (
        ("isDxtEnabled", "isDesktopExtensionEnabled"),
        ("inferenceGatewayHeaders", "inferenceCustomHeaders"),
    ):
        assert f"warning: {old}: is written as {new}" in done.stderr
    assert linux(tmp_path / "out") == {
        "inferenceProvider": "gateway", "inferenceCredentialKind": "interactive",
        "inferenceGatewayBaseUrl": "https://gw.example.com", "inferenceCustomHeaders": {"X-Org": "team1"},
        "isDesktopExtensionEnabled": False,
    }  # fmt: skip


def test_a_helper(command: Command, tmp_path: Path) -> None:
    done = command("desktop", *BASE, "--helper", "azure-cli:api://x/.default", "--name", "x", "-o", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "api://x/.default" in (tmp_path / "out" / "claude-credential-helper.sh").read_text()
    assert linux(tmp_path / "out")["inferenceCredentialHelper"].endswith("/claude-credential-helper")
    done = command("desktop", *BASE, "--helper", "vault:x", "-o", "other")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--helper: is not known" in done.stderr


def test_all_problems_at_once_and_nothing_written(command: Command, tmp_path: Path) -> None:
    done = command(
        "desktop", "inferenceProvider=gateway", f"inferenceGatewayBaseURL={SECRET}", "chatTabEnabled=maybe",
        "mcpToolTimeoutSec=5", "inferenceModels=[", "dangerousMaxVersion=1", "-o", "out",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    for text in (
        "did you mean inferenceGatewayBaseUrl?", "chatTabEnabled: is a text", "outside the range",
        "inferenceModels: is a text", "dangerousMaxVersion: is not documented",
        "inferenceGatewayBaseUrl: is missing",
    ):  # fmt: skip
        assert text in done.stderr
    assert SECRET not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({"desktopValues": {"inferenceGatewayApiKey": "[secret]"}}, "--show-secrets"),
        ({"desktopValues": []}, "desktopValues: is not an object"),
        ({"desktopValues": {}}, "desktopValues: is empty"),
        ({}, "desktopValues: is empty"),
    ],
)
def test_outputs_without_values(outputs: dict[str, Any], said: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text(json.dumps(outputs))
    done = command("desktop", "--outputs", "o.json", "-o", "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_files_that_cannot_be_read(command: Command, tmp_path: Path) -> None:
    (tmp_path / "latin1").write_bytes(b"t\xf6ken")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2**21)
    done = command(
        "desktop",
        *BASE,
        "inferenceGatewayApiKey=@latin1",
        "otlpHeaders=@large",
        "banner=@nothere",
        "-o",
        "out",
    )
    assert done.returncode == 1
    for text in ("is not UTF-8 text", "has more than 1,048,576 bytes", "No such file"):
        assert text in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["desktop"],
        ["desktop", *BASE],
        ["desktop", "-o", "out"],
        ["desktop", *BASE, BASE[0], "-o", "out"],
        ["desktop", *BASE, SECRET, "-o", "out"],
        ["desktop", "a=-", "b=-", "-o", "out"],
        ["desktop", *BASE, "--format", "exe", "-o", "out"],
        ["desktop", "-s", "../x"],
    ],
)
def test_bad_usage(arguments: list[str], command: Command, tmp_path: Path) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert SECRET not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_profile(command: Command) -> None:
    done = command("desktop", *BASE, "--profile", "locked-down", "-o", "out")
    assert done.returncode == 1
    assert "did you mean locked_down?" in done.stderr
