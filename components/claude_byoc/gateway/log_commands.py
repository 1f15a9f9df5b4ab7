"""The commands that show a deployed gateway's logs and answer the ready queries, with each cloud's own program.

source: https://docs.aws.amazon.com/cli/latest/reference/logs/, https://cloud.google.com/sdk/gcloud/reference/logging/read,
https://learn.microsoft.com/cli/azure/monitor/log-analytics, https://learn.microsoft.com/cli/azure/containerapp/logs
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from claude_byoc.contract.problems import Problem, ProblemsError
from claude_byoc.gateway.queries import CONSOLE_TABLE, QUERIES, Query, lines_of

PROGRAMS: Mapping[str, str] = {"aws": "aws", "google": "gcloud", "azure": "az"}
"""Cloud -> its command-line program."""
_SINCE = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def span(text: str) -> timedelta:
    """Return the time that `30m`, `12h` or `7d` means; raise ProblemsError for anything else."""
    found = _SINCE.fullmatch(text)
    if not found:
        wrong = "is no length of time"
        raise ProblemsError(
            [Problem("--since", wrong, "a number and m, h or d", "for instance 30m, 12h, 7d")]
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def query_named(name: str) -> Query:
    """Return the ready query of that name; raise ProblemsError where there is none."""
    for query in QUERIES:
        if query.name == name:
            return query
    names = ", ".join(query.name for query in QUERIES)
    raise ProblemsError(
        [Problem("--query", "is no ready query", names, "choose one: docs/gateway-queries.md")]
    )


def lines(cloud: str, logs: Mapping[str, str], since: str, *, follow: bool = False) -> list[str]:
    """Return the command that shows the lines since then, or those that come from now on."""
    length = span(since)
    match cloud:
        case "aws":
            command = ["aws", "logs", "tail", logs["logGroup"], "--region", logs["region"], "--since", since]
            return [*command, "--format", "short", *(["--follow"] if follow else [])]
        case "google":
            where = f'resource.type="cloud_run_revision" resource.labels.service_name="{logs["service"]}"'
            verb = ["beta", "logging", "tail"] if follow else ["logging", "read"]
            recent = [] if follow else [f"--freshness={since}", "--order=asc"]
            shown = "--format=value(timestamp, jsonPayload, textPayload)"
            places = [f"--{key}={logs[key]}" for key in ("project", "location", "bucket", "view")]
            return ["gcloud", *verb, where, *places, *recent, shown]
        case _:
            if follow:
                command = ["az", "containerapp", "logs", "show", "--name", logs["app"]]
                return [*command, "--resource-group", logs["resourceGroup"], "--container", "app", "--follow"]
            table, column = logs.get("table", CONSOLE_TABLE), logs.get("column", "Log_s")
            return _kql(
                logs,
                f"{lines_of(logs['app'], table)}\n| project TimeGenerated, {column}\n| sort by TimeGenerated asc",
                length,
            )


def question(cloud: str, logs: Mapping[str, str], query: Query, since: str, now: datetime) -> list[str]:
    """Return the command that asks a ready query; [] on Google Cloud, which has none for Log Analytics."""
    length = span(since)
    match cloud:
        case "aws":
            begin, end = (str(int(at.timestamp())) for at in (now - length, now))
            times = ["--start-time", begin, "--end-time", end]
            where = ["--region", logs["region"], "--log-group-name", logs["logGroup"]]
            return ["aws", "logs", "start-query", *where, *times, "--query-string", query.logs_insights()]
        case "google":
            return []
        case _:
            return _kql(logs, text_of(cloud, logs, query), length)


def text_of(cloud: str, logs: Mapping[str, str], query: Query) -> str:
    """Return a ready query in the language of the cloud, over this very gateway's logs."""
    match cloud:
        case "aws":
            return query.logs_insights()
        case "google":
            return query.cloud_logging(
                ".".join(logs[key] for key in ("project", "location", "bucket", "view"))
            )
        case _:
            table, column = logs.get("table", CONSOLE_TABLE), logs.get("column", "Log_s")
            return query.kql(table, column, logs["app"])


def result_of(logs: Mapping[str, str], query_id: str) -> list[str]:
    """Return the command that fetches the answer of a question that CloudWatch Logs Insights works on."""
    return ["aws", "logs", "get-query-results", "--region", logs["region"], "--query-id", query_id]


def _kql(logs: Mapping[str, str], text: str, length: timedelta) -> list[str]:
    if not logs.get("workspaceId"):
        wrong = "does not tell which Log Analytics workspace the environment's logs go to"
        cure = "ask its owner, and use the text of --query NAME --print there"
        raise ProblemsError(
            [Problem("the output gateway.logs", wrong, "a workspace that this stack knows", cure)]
        )
    seconds = int(length.total_seconds())
    command = ["az", "monitor", "log-analytics", "query", "--workspace", logs["workspaceId"]]
    return [*command, "--timespan", f"PT{seconds}S", "--output", "table", "--analytics-query", text]
