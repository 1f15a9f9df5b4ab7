"""Ready questions to the usage records, in the query languages of the three clouds' logs.

Each query is said once, in fields of the record, and written in three languages:
* CloudWatch Logs Insights, over the log group of the application's container; it finds JSON fields by itself.
  source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
* Log Analytics of Cloud Logging (SQL), where the payload is the column `json_payload`; VIEW stands for the log view,
  such as `PROJECT.global._Default._AllLogs`. source: https://cloud.google.com/logging/docs/analyze/examples
* Azure Log Analytics (KQL), where the console's lines are `Log_s` of ContainerAppConsoleLogs_CL.
  source: https://learn.microsoft.com/en-us/azure/container-apps/log-monitoring
The time range is chosen beside the query, in every one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Function = Literal["count", "sum", "p50", "p95"]
CONSOLE_TABLE = "ContainerAppConsoleLogs_CL"
"""Where Container Apps write what containers print, unless logs go by way of Azure Monitor."""
LANGUAGES = ("logs_insights", "cloud_logging", "kql")


@dataclass(frozen=True)
class Column:
    """One number of the result: a function over a numeric field (none for `count`)."""

    name: str
    function: Function
    field: str = ""


@dataclass(frozen=True)
class Query:
    """One question.

    `by` are text fields to group by, `daily` groups by day too. `at_least` filters by (field, number), `equal` and
    `different` by (field, text). The result is sorted by its first column, largest first.
    """

    name: str
    purpose: str
    columns: Sequence[Column]
    by: Sequence[str] = ()
    daily: bool = False
    event: str = "usage"
    at_least: Sequence[tuple[str, int]] = ()
    equal: Sequence[tuple[str, str]] = ()
    different: Sequence[tuple[str, str]] = ()

    def numbers(self) -> list[str]:
        """Return the fields that it takes for numbers."""
        return [
            *(column.field for column in self.columns if column.field),
            *(name for name, _ in self.at_least),
        ]

    def texts(self) -> list[str]:
        """Return the fields that it takes for texts."""
        return ["event", *self.by, *(name for name, _ in (*self.equal, *self.different))]

    def logs_insights(self) -> str:
        """Return it for CloudWatch Logs Insights."""
        functions = {"count": "count(*)", "sum": "sum({})", "p50": "pct({}, 50)", "p95": "pct({}, 95)"}
        columns = [f"{functions[one.function].format(one.field)} as {one.name}" for one in self.columns]
        groups = [*(["bin(1d)"] if self.daily else []), *self.by]
        conditions = [
            f'event = "{self.event}"',
            *(f"{name} >= {number}" for name, number in self.at_least),
            *(f'{name} = "{text}"' for name, text in self.equal),
            *(f'{name} != "{text}"' for name, text in self.different),
        ]
        return (
            f"filter {' and '.join(conditions)}\n| stats {', '.join(columns)} by {', '.join(groups)}\n"
            f"| sort {self.columns[0].name} desc"
        )

    def cloud_logging(self, view: str = "VIEW") -> str:
        """Return it for Log Analytics of Cloud Logging; `view` is PROJECT.LOCATION.BUCKET.VIEW."""

        def text(name: str) -> str:
            return f"JSON_VALUE(json_payload.{name})"

        def number(name: str) -> str:
            return f"CAST({text(name)} AS FLOAT64)"

        def column(one: Column) -> str:
            if one.function == "count":
                return f"COUNT(*) AS {one.name}"
            if one.function == "sum":
                return f"SUM({number(one.field)}) AS {one.name}"
            return f"APPROX_QUANTILES({number(one.field)}, 100)[OFFSET({one.function[1:]})] AS {one.name}"

        groups = [
            *(["TIMESTAMP_TRUNC(timestamp, DAY) AS day"] if self.daily else []),
            *(f"{text(name)} AS {name}" for name in self.by),
        ]
        conditions = [
            f"{text('event')} = '{self.event}'",
            *(f"{number(name)} >= {least}" for name, least in self.at_least),
            *(f"{text(name)} = '{value}'" for name, value in self.equal),
            *(f"{text(name)} != '{value}'" for name, value in self.different),
        ]
        names = ", ".join([*(["day"] if self.daily else []), *self.by])
        selected = ",\n  ".join([*groups, *map(column, self.columns)])
        return (
            f"SELECT\n  {selected}\nFROM `{view}`\nWHERE {' AND '.join(conditions)}\n"
            f"GROUP BY {names}\nORDER BY {self.columns[0].name} DESC"
        )

    def kql(self, table: str = CONSOLE_TABLE, column: str = "Log_s", app: str = "") -> str:
        """Return it for Azure Log Analytics: over `column` of `table`, for `app` alone where one is named."""
        functions = {
            "count": "count()",
            "sum": "sum({})",
            "p50": "percentile({}, 50)",
            "p95": "percentile({}, 95)",
        }
        columns = [
            f"{one.name} = " + functions[one.function].format(f"todouble(record.{one.field})")
            for one in self.columns
        ]
        groups = [
            *(["bin(TimeGenerated, 1d)"] if self.daily else []),
            *(f"{name} = tostring(record.{name})" for name in self.by),
        ]
        conditions = [
            f'tostring(record.event) == "{self.event}"',
            *(f"todouble(record.{name}) >= {number}" for name, number in self.at_least),
            *(f'tostring(record.{name}) == "{text}"' for name, text in self.equal),
            *(f'tostring(record.{name}) != "{text}"' for name, text in self.different),
        ]
        return (
            f"{lines_of(app, table)}\n| extend record = parse_json({column})\n| where {' and '.join(conditions)}\n"
            f"| summarize {', '.join(columns)} by {', '.join(groups)}\n| order by {self.columns[0].name} desc"
        )


def lines_of(app: str, table: str = CONSOLE_TABLE) -> str:
    """Return, in Azure's query language, the table of the lines that the app wrote; of every app where it is ""."""
    name = "ContainerAppName_s" if table.endswith("_CL") else "ContainerAppName"
    return f'{table}\n| where {name} == "{app}"' if app else table


_REQUESTS = Column("requests", "count")
_COST = Column("dollars", "sum", "cost_usd")
_TOKENS = (
    Column("input", "sum", "input_tokens"),
    Column("output", "sum", "output_tokens"),
    Column("cache_reads", "sum", "cache_read_tokens"),
    Column("cache_writes", "sum", "cache_creation_tokens"),
)
_FAILED = (("status", 400),)

QUERIES: Sequence[Query] = (
    Query("team-cost", "what each team used and what it cost, by day", (_COST, _REQUESTS, *_TOKENS), ("team",), True),
    Query("person-cost", "who used how much", (_COST, _REQUESTS, *_TOKENS), ("kind", "user", "name", "team")),
    Query("models", "which models are used, and by whom", (_REQUESTS, _COST, *_TOKENS), ("model", "team")),
    Query("errors", "which errors people met", (_REQUESTS,), ("status", "route", "model"), at_least=_FAILED),
    Query(
        "limited", "which teams reached which limit", (_REQUESTS,), ("team", "limit"), at_least=(("status", 429),),
        different=(("limit", ""),),
    ),
    Query(
        "upstream-limited", "where the upstream itself refused with 429", (_REQUESTS,), ("model", "team"), True,
        at_least=(("status", 429),), equal=(("limit", ""),),
    ),
    Query(
        "latency",
        "how long people waited, in milliseconds",
        (
            _REQUESTS,
            Column("first_byte_p50", "p50", "first_byte_ms"),
            Column("first_byte_p95", "p95", "first_byte_ms"),
            Column("whole_p95", "p95", "duration_ms"),
        ),
        ("model", "stream"),
    ),
    Query("broken-off", "answers that did not come to their end", (_REQUESTS,), ("complete", "client", "model")),
    Query("bootstrap", "who fetched configuration", (_REQUESTS,), ("route", "name", "status"), event="bootstrap"),
    Query("telemetry", "who sent telemetry", (_REQUESTS,), ("route", "team", "status"), event="telemetry"),
)  # fmt: skip


def markdown() -> str:
    """Return the page docs/gateway-queries.md."""
    titles = {
        "logs_insights": "CloudWatch Logs Insights",
        "cloud_logging": "Cloud Logging, Log Analytics (`VIEW`: `PROJECT.global._Default._AllLogs`)",
        "kql": "Azure Log Analytics (`ContainerAppConsoleLogs` and `Log` where logs go to Azure Monitor)",
    }
    lines = [
        "# Questions to the gateway's usage records",
        "",
        "Generated from `claude_byoc/gateway/queries.py`; choose the time range beside the query.",
        "The fields stand in [the gateway](gateway.md#who-used-what).",
    ]
    for query in QUERIES:
        lines += ["", f"## {query.name}", "", f"{query.purpose[0].upper()}{query.purpose[1:]}."]
        for language in LANGUAGES:
            text: str = getattr(query, language)()
            lines += ["", f"{titles[language]}:", "", "```", text, "```"]
    return "\n".join(lines) + "\n"
