"""`claude-byoc allowlist` as a process: formats, surfaces, exit codes."""

import csv
import io
import json
import plistlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.contract.allowlist import AllowlistRow, account_rows, bedrock_rows, office_rows

from .conftest import Command

ROWS = [*office_rows(), *bedrock_rows("eu-west-3"), AllowlistRow("gw.example.com", "gateway", port=8443)]


@pytest.fixture
def outputs(tmp_path: Path) -> str:
    rows: list[dict[str, Any]] = [{**asdict(row), "port": float(row.port)} for row in ROWS]
    (tmp_path / "o.json").write_text(json.dumps({"allowlist": rows}))
    return "o.json"


def test_the_table_holds_every_address_in_full(command: Command, outputs: str) -> None:
    narrow = {"PATH": "", "COLUMNS": "80"}
    for env in (None, narrow):
        done = command("allowlist", "--outputs", outputs, env=env)
        assert (done.returncode, done.stderr) == (0, "")
        for row in ROWS:
            assert f"{row.host}{row.path}" in done.stdout


def test_json_and_csv(command: Command, outputs: str) -> None:
    done = command("allowlist", "--outputs", outputs, "--json")
    assert [(entry["host"], entry["port"]) for entry in json.loads(done.stdout)] == [
        (r.host, r.port) for r in ROWS
    ]
    assert command("allowlist", "--outputs", outputs, "--format", "json").stdout == done.stdout
    done = command("allowlist", "--outputs", outputs, "--format", "csv")
    assert [row["host"] for row in csv.DictReader(io.StringIO(done.stdout))] == [row.host for row in ROWS]


def test_surfaces_and_required_only(command: Command, outputs: str) -> None:
    done = command("allowlist", "--outputs", outputs, "--surface", "outlook", "--required-only", "--json")
    assert [entry["host"] for entry in json.loads(done.stdout)] == [
        row.host for row in ROWS if "outlook" in row.hosts and row.required
    ]
    done = command("allowlist", "--surface", "1p", "--json")
    assert [entry["host"] for entry in json.loads(done.stdout)] == [row.host for row in account_rows()]
    done = command("allowlist", "--outputs", outputs, "--surface", "desktop")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no address for this" in done.stderr


@pytest.mark.parametrize("form", ["azure-firewall", "aws-network-firewall", "squid", "palo-alto"])
def test_firewalls(form: str, command: Command, outputs: str, tmp_path: Path) -> None:
    done = command("allowlist", "--outputs", outputs, "--format", form, "-o", "list")
    assert (done.returncode, done.stdout) == (0, "Wrote list.\n")
    text = (tmp_path / "list").read_text()
    assert all(row.host in text for row in ROWS)
    assert "warning: claude.ai: is allowed with every path" in done.stderr
    to_stdout = command("allowlist", "--outputs", outputs, "--format", form)
    assert to_stdout.stdout == text


def test_pac(command: Command, outputs: str) -> None:
    done = command(
        "allowlist", "--outputs", outputs, "--format", "pac", "--others", "PROXY p.example.com:8080"
    )
    assert done.returncode == 0
    assert 'var OTHERS = "PROXY p.example.com:8080";' in done.stdout
    done = command("allowlist", "--outputs", outputs, "--format", "pac", "--others", '";x')
    assert (done.returncode, done.stdout) == (1, "")


def test_the_browser_policy_needs_no_stack(command: Command, tmp_path: Path) -> None:
    for form, mark in (("browser-json", b"pivot.claude.ai"), ("browser-mobileconfig", b"com.microsoft.Edge")):
        assert command("allowlist", "--format", form, "-o", "policy").returncode == 0
        assert mark in (tmp_path / "policy").read_bytes()
    plistlib.loads((tmp_path / "policy").read_bytes())
    assert command("allowlist", "--format", "browser-reg", "-o", "policy").returncode == 0
    assert "LocalNetworkAccessAllowedForUrls" in (tmp_path / "policy").read_bytes().decode("utf-16")


@pytest.mark.parametrize(
    "arguments",
    [
        ["allowlist"],
        ["allowlist", "-s", "../x"],
        ["allowlist", "--outputs", "o.json", "--format", "xml"],
        ["allowlist", "--outputs", "o.json", "--surface", "phone"],
        ["allowlist", "--outputs", "o.json", "--format", "pac"],
        ["allowlist", "--surface", "1p", "--surface", "office"],
    ],
)
def test_bad_usage(arguments: list[str], command: Command, outputs: str) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_outputs_of_another_shape(command: Command, tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text('{"allowlist": [{"host": "a b"}]}')
    done = command("allowlist", "--outputs", "o.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "allowlist[0]: is no row" in done.stderr
