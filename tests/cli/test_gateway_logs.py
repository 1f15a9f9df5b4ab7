"""`claude-byoc gateway logs`: the very commands of each cloud's program, run where they are on PATH."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.contract.problems import ProblemsError
from claude_byoc.gateway.log_commands import PROGRAMS, lines, query_named, question, result_of, span, text_of
from claude_byoc.gateway.queries import QUERIES

LOGS: dict[str, dict[str, str]] = {
    "aws": {"logGroup": "/claude-gateway", "region": "eu-central-1"},
    "google": {
        "project": "acme",
        "location": "europe-west1",
        "bucket": "logs",
        "view": "_AllLogs",
        "service": "gw",
    },
    "azure": {"app": "gw", "resourceGroup": "gw-rg", "workspaceId": "11111111-2222-3333-4444-555555555555"},
}
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def test_lengths_of_time() -> None:
    assert span("90m") == dt.timedelta(minutes=90)
    assert span("7d") == dt.timedelta(days=7)
    for text in ("", "7", "0h", "-1h", "1w", "1h30m"):
        with pytest.raises(ProblemsError, match="--since"):
            span(text)


@pytest.mark.parametrize("cloud", LOGS)
def test_lines_come_from_the_clouds_own_program(cloud: str) -> None:
    for follow in (False, True):
        command = lines(cloud, LOGS[cloud], "2h", follow=follow)
        assert command[0] == PROGRAMS[cloud]
        assert any(LOGS[cloud][key] in part for key in ("logGroup", "service", "app", "workspaceId")
                   if key in LOGS[cloud] for part in command)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_query_is_about_this_gateway(query: Any) -> None:  # noqa: ANN401 -- Query
    assert query_named(query.name) is query
    asked = question("aws", LOGS["aws"], query, "1h", NOW)
    assert asked[asked.index("--end-time") + 1] == str(int(NOW.timestamp()))
    assert int(asked[asked.index("--start-time") + 1]) == int(NOW.timestamp()) - 3600
    assert asked[-1] == query.logs_insights()
    assert "FROM `acme.europe-west1.logs._AllLogs`" in text_of("google", LOGS["google"], query)
    assert question("google", LOGS["google"], query, "1h", NOW) == []
    asked = question("azure", LOGS["azure"], query, "1h", NOW)[-1]
    assert asked.replace('\n| where ContainerAppName_s == "gw"', "") == query.kql() != asked
    other = {**LOGS["azure"], "table": "ContainerAppConsoleLogs", "column": "Log"}
    begin = 'ContainerAppConsoleLogs\n| where ContainerAppName == "gw"\n| extend record = parse_json(Log)'
    assert text_of("azure", other, query).startswith(begin)


def test_an_unknown_query_names_those_that_there_are() -> None:
    with pytest.raises(ProblemsError, match="team-cost"):
        query_named("cost")


def test_only_this_gateways_lines_are_shown() -> None:
    assert 'ContainerAppName_s == "gw"' in lines("azure", LOGS["azure"], "1h")[-1]
    google = lines("google", LOGS["google"], "1h")
    assert {"--project=acme", "--location=europe-west1", "--bucket=logs", "--view=_AllLogs"} <= set(google)


def test_a_workspace_that_is_not_known_is_told() -> None:
    with pytest.raises(ProblemsError, match="workspace"):
        lines("azure", {"app": "gw", "resourceGroup": "gw-rg"}, "1h")


def program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    file.chmod(0o755)


def run(folder: Path, gateway: object, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command with programs of `folder` alone."""
    outputs = folder / "outputs.json"
    outputs.write_text(json.dumps({"gateway": gateway}), "utf-8")
    command = [
        sys.executable,
        "-m",
        "claude_byoc.cli",
        "gateway",
        "logs",
        "-s",
        "prod",
        "--outputs",
        str(outputs),
    ]
    environment = {**os.environ, "PATH": str(folder), "COLUMNS": "120"}
    return subprocess.run(
        [*command, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def made(cloud: str) -> dict[str, Any]:
    return {"cloud": cloud, "logs": LOGS[cloud]}


def test_a_question_to_cloudwatch_is_waited_for(tmp_path: Path) -> None:
    rows = {
        "status": "Complete",
        "results": [[{"field": "team", "value": "finance"}, {"field": "dollars", "value": "12"}]],
    }
    running = json.dumps({"status": "Running", "results": []})
    program(
        tmp_path,
        "aws",
        f"""case "$2" in
start-query) echo '{{"queryId": "q-1"}}' ;;
*) if [ -e {tmp_path}/asked ]; then echo '{json.dumps(rows)}'; else : > {tmp_path}/asked; echo '{running}'; fi ;;
esac""",
    )
    done = run(tmp_path, made("aws"), "--query", "team-cost")
    assert done.returncode == 0, done.stderr
    assert "finance" in done.stdout
    assert "dollars" in done.stdout
    assert result_of(LOGS["aws"], "q-1")[-1] == "q-1"


@pytest.mark.parametrize("cloud", LOGS)
def test_the_program_is_run_with_these_arguments(tmp_path: Path, cloud: str) -> None:
    program(tmp_path, PROGRAMS[cloud], 'for one in "$@"; do echo "<$one>"; done')
    done = run(tmp_path, made(cloud), "--since", "3h")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        line for part in lines(cloud, LOGS[cloud], "3h")[1:] for line in f"<{part}>".splitlines()
    ]


def test_a_refusal_of_the_program_ends_with_its_words(tmp_path: Path) -> None:
    program(tmp_path, "aws", "echo 'Unable to locate credentials' >&2; exit 255")
    done = run(tmp_path, made("aws"), "--query", "errors")
    assert done.returncode == 1
    assert "Unable to locate credentials" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("gateway", "arguments", "code", "said"),
    [
        (made("aws"), (), 1, "aws: is not on PATH"),
        ({"url": "https://gateway.example.com"}, (), 1, "has no gateway of its own"),
        (None, (), 1, "has no gateway of its own"),
        (made("aws"), ("--since", "soon"), 1, "--since: is no length of time"),
        (made("aws"), ("--follow", "--query", "errors"), 2, "exclude each other"),
        (made("google"), ("--query", "nonsense"), 1, "--query: is no ready query"),
    ],
)
def test_what_cannot_be_shown_is_told(
    tmp_path: Path, gateway: object, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run(tmp_path, gateway, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert said in " ".join(done.stderr.split())


def test_printing_runs_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, made("azure"), "--print")
    assert done.returncode == 0
    assert done.stdout.startswith("az monitor log-analytics query")
    done = run(tmp_path, made("google"), "--query", "team-cost", "--print")
    assert "acme.europe-west1.logs._AllLogs" in done.stdout
