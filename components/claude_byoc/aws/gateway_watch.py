"""What is watched of the gateway in AWS, as pure functions: alarms, the pattern of tasks that end, the dashboard.

sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html,
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
"""

import json
from collections.abc import Mapping
from typing import Any

from claude_byoc.gateway.queries import QUERIES

FAILED_PERCENT = 5
FEW_REQUESTS = 20
"""Requests in a minute below which a share of errors says nothing."""
RESTARTS = 3
"""Tasks that ended by themselves in a quarter of an hour."""
_ELB = "AWS/ApplicationELB"
_WIDTH, _HALF, _HEIGHT = 24, 12, 6


def alarms(
    *, load_balancer: str, target_group: str, min_instances: int, restart_rule: str
) -> dict[str, Mapping[str, Any]]:
    """Return alarm -> the inputs of its `MetricAlarm` besides name, actions and tags.

    `load_balancer` and `target_group` are their ARNs' suffixes, `restart_rule` the name of the EventBridge rule.
    """
    front = {"LoadBalancer": load_balancer}
    both = {**front, "TargetGroup": target_group}

    def count(name: str, metric: str) -> dict[str, Any]:
        source = {"namespace": _ELB, "metric_name": metric, "dimensions": front, "period": 60, "stat": "Sum"}
        return {"id": name, "metric": source, "return_data": False}

    share = f"IF(FILL(requests, 0) >= {FEW_REQUESTS}, 100 * (FILL(own, 0) + FILL(behind, 0)) / requests, 0)"
    hosts = {"namespace": _ELB, "period": 60, "dimensions": both}
    return {
        "errors": {
            "alarm_description": f"More than {FAILED_PERCENT} % of the gateway's answers are errors 5xx",
            "metric_queries": [
                {"id": "share", "expression": share, "label": "errors 5xx in %", "return_data": True},
                count("requests", "RequestCount"),
                count("own", "HTTPCode_ELB_5XX_Count"),
                count("behind", "HTTPCode_Target_5XX_Count"),
            ],
            "comparison_operator": "GreaterThanThreshold",
            "threshold": FAILED_PERCENT,
            "evaluation_periods": 5,
            "datapoints_to_alarm": 3,
            "treat_missing_data": "notBreaching",
        },
        "instances": {
            "alarm_description": f"Fewer than {min_instances} instances of the gateway answer",
            **hosts,
            "metric_name": "HealthyHostCount",
            "statistic": "Minimum",
            "comparison_operator": "LessThanThreshold",
            "threshold": min_instances,
            "evaluation_periods": 3,
            # No healthy instance at all is no data.
            "treat_missing_data": "breaching",
        },
        "unhealthy": {
            "alarm_description": "An instance of the gateway has not answered its health check for ten minutes",
            **hosts,
            "metric_name": "UnHealthyHostCount",
            "statistic": "Minimum",
            "comparison_operator": "GreaterThanThreshold",
            "threshold": 0,
            "evaluation_periods": 10,
            "treat_missing_data": "notBreaching",
        },
        "restarts": {
            "alarm_description": f"{RESTARTS} instances of the gateway ended by themselves in 15 minutes",
            "namespace": "AWS/Events",
            "metric_name": "MatchedEvents",
            "dimensions": {"RuleName": restart_rule},
            "statistic": "Sum",
            "period": 900,
            "comparison_operator": "GreaterThanOrEqualToThreshold",
            "threshold": RESTARTS,
            "evaluation_periods": 1,
            "treat_missing_data": "notBreaching",
        },
    }


def restarts_pattern(cluster_arn: str, service: str) -> str:
    """Return the pattern (JSON) of events in which a task of the service ended because one of its containers did."""
    return json.dumps(
        {
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "clusterArn": [cluster_arn],
                "group": [f"service:{service}"],
                "lastStatus": ["STOPPED"],
                "stopCode": ["EssentialContainerExited", "TaskFailedToStart"],
            },
        }
    )


def dashboard(
    *, region: str, log_group: str, load_balancer: str, target_group: str, cluster: str, service: str
) -> str:
    """Return the dashboard's body (JSON): requests, errors, waiting, instances, and the ready usage queries."""
    front = ["LoadBalancer", load_balancer]
    both = [*front, "TargetGroup", target_group]
    task = ["ClusterName", cluster, "ServiceName", service]
    graphs: list[tuple[str, list[list[str]], str]] = [
        ("Requests and errors", [
            [_ELB, "RequestCount", *front], [_ELB, "HTTPCode_Target_4XX_Count", *front],
            [_ELB, "HTTPCode_Target_5XX_Count", *front], [_ELB, "HTTPCode_ELB_5XX_Count", *front]], "Sum"),
        ("Seconds to the first byte, p95", [[_ELB, "TargetResponseTime", *front]], "p95"),
        ("Instances that answer",
         [[_ELB, "HealthyHostCount", *both], [_ELB, "UnHealthyHostCount", *both]], "Average"),
        ("CPU and memory in %",
         [["AWS/ECS", "CPUUtilization", *task], ["AWS/ECS", "MemoryUtilization", *task]], "Average"),
    ]  # fmt: skip
    widgets = [
        _widget(number, _HALF, "metric",
                {"title": title, "metrics": metrics, "stat": stat, "period": 60, "region": region,
                 "view": "timeSeries"})
        for number, (title, metrics, stat) in enumerate(graphs)
    ]  # fmt: skip
    top = len(graphs) // 2
    widgets += [
        {
            **_widget(0, _WIDTH, "log", {
                "title": f"{query.name}: {query.purpose}",
                "query": f"SOURCE '{log_group}' | {query.logs_insights()}",
                "region": region,
                "view": "table",
            }),
            "y": (top + number) * _HEIGHT,
        }
        for number, query in enumerate(QUERIES)
    ]  # fmt: skip
    return json.dumps({"widgets": widgets})


def _widget(number: int, width: int, kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(number, _WIDTH // width)
    place = {"x": column * width, "y": row * _HEIGHT, "width": width, "height": _HEIGHT}
    return {"type": kind, **place, "properties": properties}
