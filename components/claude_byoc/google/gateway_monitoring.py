"""Logs, alerts and the dashboard of a gateway in Cloud Run, as documents. Pure; alert keys are those of pulumi_gcp.

sources: https://docs.cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run (metrics),
https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards (dashboards; SQL in them is a preview),
https://docs.cloud.google.com/logging/docs/view/logging-query-language
"""

import json
from typing import Any

from claude_byoc.gateway.queries import QUERIES

FAILED_SHARE = 0.05
"""Share of answers with 5xx in five minutes above which somebody should look."""
MANY_RESTARTS = 1
"""Warnings of the platform about containers (crash, failed probe, memory) in ten minutes above which one should."""
VIEW = "_AllLogs"
_ROW = 16
_COLUMNS = 48


def log_filter(name: str, region: str) -> str:
    """Return the filter for everything that the service logs: its containers, requests and the platform."""
    return (
        f'resource.type="cloud_run_revision" AND resource.labels.service_name="{name}"'
        f' AND resource.labels.location="{region}"'
    )


def restart_filter(name: str, region: str) -> str:
    """Return the filter for the platform's warnings: a container that ended, failed its probe, had no memory left."""
    return f'{log_filter(name, region)} AND log_id("run.googleapis.com/varlog/system") AND severity>=WARNING'


def view_name(project: str, region: str, bucket: str) -> str:
    """Return the log view as SQL names it."""
    return f"{project}.{region}.{bucket}.{VIEW}"


def _metric(name: str, region: str, metric: str, more: str = "") -> str:
    return f'{log_filter(name, region)} AND metric.type="{metric}"{more}'


def failed_condition(name: str, region: str) -> dict[str, Any]:
    """Return the condition of the alert on answers with 5xx."""
    count = "run.googleapis.com/request_count"
    sums = [
        {
            "alignment_period": "300s",
            "per_series_aligner": "ALIGN_DELTA",
            "cross_series_reducer": "REDUCE_SUM",
        }
    ]
    return {
        "display_name": f"more than {FAILED_SHARE:.0%} of answers are 5xx",
        "condition_threshold": {
            "filter": _metric(name, region, count, ' AND metric.labels.response_code_class="5xx"'),
            "aggregations": sums,
            "denominator_filter": _metric(name, region, count),
            "denominator_aggregations": sums,
            "comparison": "COMPARISON_GT",
            "threshold_value": FAILED_SHARE,
            "duration": "0s",
            "trigger": {"count": 1},
        },
    }


def absent_condition(name: str, region: str) -> dict[str, Any]:
    """Return the condition of the alert on no running instance."""
    return {
        "display_name": "no instance runs",
        "condition_absent": {
            "filter": _metric(name, region, "run.googleapis.com/container/instance_count"),
            "aggregations": [
                {
                    "alignment_period": "60s",
                    "per_series_aligner": "ALIGN_MAX",
                    "cross_series_reducer": "REDUCE_SUM",
                }
            ],
            "duration": "300s",
            "trigger": {"count": 1},
        },
    }


def restart_condition(metric: str) -> dict[str, Any]:
    """Return the condition of the alert on containers that end, by the log-based metric of that name."""
    return {
        "display_name": "containers end, fail their probes or run out of memory",
        "condition_threshold": {
            "filter": f'metric.type = "logging.googleapis.com/user/{metric}" AND resource.type = "cloud_run_revision"',
            "aggregations": [
                {
                    "alignment_period": "600s",
                    "per_series_aligner": "ALIGN_DELTA",
                    "cross_series_reducer": "REDUCE_SUM",
                }
            ],
            "comparison": "COMPARISON_GT",
            "threshold_value": MANY_RESTARTS,
            "duration": "0s",
            "trigger": {"count": 1},
        },
    }


def dashboard(name: str, region: str, view: str) -> str:
    """Return the dashboard's JSON: load, errors, latency, instances, then each ready query as a table."""
    counted, latency, instances = (
        _metric(name, region, f"run.googleapis.com/{metric}")
        for metric in ("request_count", "request_latencies", "container/instance_count")
    )
    charts = [
        _chart("Answers by class", counted, "ALIGN_RATE", "response_code_class"),
        _chart("Latency, 95th percentile (ms)", latency, "ALIGN_PERCENTILE_95", ""),
        _chart("Instances", instances, "ALIGN_MAX", "state"),
    ]
    tables = [
        {
            "title": f"{query.name}: {query.purpose}",
            "timeSeriesTable": {
                "dataSets": [
                    {
                        "timeSeriesQuery": {
                            "opsAnalyticsQuery": {"sql": query.cloud_logging().replace("VIEW", view)}
                        }
                    }
                ],
                "metricVisualization": "NUMBER",
            },
        }
        for query in QUERIES
    ]
    width = _COLUMNS // 3
    tiles = [
        {
            "xPos": width * (number % 3),
            "yPos": _ROW * (number // 3),
            "width": width,
            "height": _ROW,
            "widget": widget,
        }
        for number, widget in enumerate([*charts, *tables])
    ]
    layout = {"columns": _COLUMNS, "tiles": tiles}
    return json.dumps({"displayName": f"Claude gateway {name}", "mosaicLayout": layout}, sort_keys=True)


def _chart(title: str, series: str, aligner: str, label: str) -> dict[str, Any]:
    grouped = {"groupByFields": [f"metric.labels.{label}"]} if label else {}
    reducer = "REDUCE_MAX" if "PERCENTILE" in aligner else "REDUCE_SUM"
    aggregation = {
        "alignmentPeriod": "60s",
        "perSeriesAligner": aligner,
        "crossSeriesReducer": reducer,
        **grouped,
    }
    query = {"timeSeriesFilter": {"filter": series, "aggregation": aggregation}}
    return {"title": title, "xyChart": {"dataSets": [{"plotType": "LINE", "timeSeriesQuery": query}]}}
