"""What is watched of a gateway, and the workbook with the ready questions to its usage records."""

from dataclasses import dataclass
from typing import Any

from pulumi import Output
from pulumi_azure_native import app, applicationinsights, monitor

from claude_byoc.azure import gateway_documents as documents
from claude_byoc.azure.gateway_environment import Environment
from claude_byoc.azure.gateway_place import GatewayPlace

FAILED_PERCENT = 5


@dataclass(frozen=True)
class _MetricAlert:
    """What it says, and when.

    source of the metrics: https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-app-containerapps-metrics,
    https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-network-applicationgateways-metrics
    """

    label: str
    description: str
    metric: str
    operator: str
    threshold: int
    severity: int
    aggregation: str = "Maximum"
    namespace: str = "Microsoft.App/containerapps"


_METRIC_ALERTS = (
    _MetricAlert("no-replica", "no replica of the gateway runs", "Replicas", "LessThan", 1, 1),
    _MetricAlert(
        "restarts", "containers of the gateway restart again and again", "RestartCount", "GreaterThan", 3, 2
    ),
)
_FIREWALLS = "Microsoft.Network/applicationGateways"
_FIREWALL_ALERTS = (
    _MetricAlert(
        "firewall-alone", "the firewall does not reach the gateway", "UnhealthyHostCount", "GreaterThan", 0, 1,
        "Average", _FIREWALLS,
    ),
    _MetricAlert(
        "firewall-failed", "requests fail at the firewall", "FailedRequests", "GreaterThan", 20, 1,
        "Total", _FIREWALLS,
    ),
)  # fmt: skip


def declare(place: GatewayPlace, environment: Environment, gateway: app.ContainerApp) -> None:
    """Declare the alerts, and where the logs' workspace is known, the one over them and the workbook."""
    for one in _METRIC_ALERTS:
        _metric_alert(place, gateway.id, one)
    if environment.workspace is not None:
        _failed_alert(place, environment, environment.workspace)
        _workbook(place, environment, environment.workspace)


def watch_firewall(place: GatewayPlace, firewall: Output[str]) -> None:
    """Declare the alerts of the firewall with this ARM id."""
    for one in _FIREWALL_ALERTS:
        _metric_alert(place, firewall, one)


def _metric_alert(place: GatewayPlace, scope: Output[str], alert: _MetricAlert) -> None:
    group = place.args.get("action_group_id")
    monitor.MetricAlert(
        f"{place.name}-alert-{alert.label}",
        rule_name=f"{place.plan.name}-{alert.label}",
        resource_group_name=place.group,
        location="global",
        description=alert.description,
        enabled=True,
        severity=alert.severity,
        scopes=[scope],
        evaluation_frequency="PT5M",
        window_size="PT15M",
        criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
            odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
            all_of=[
                monitor.MetricCriteriaArgs(
                    criterion_type="StaticThresholdCriterion",
                    name=alert.label,
                    metric_namespace=alert.namespace,
                    metric_name=alert.metric,
                    operator=alert.operator,
                    threshold=alert.threshold,
                    time_aggregation=alert.aggregation,
                )
            ],
        ),
        actions=[monitor.MetricAlertActionArgs(action_group_id=group)] if group is not None else [],
        tags=place.tags,
        opts=place.child(),
    )


def _failed_alert(place: GatewayPlace, environment: Environment, workspace: Output[str]) -> None:
    group, name = place.args.get("action_group_id"), place.plan.name
    monitor.ScheduledQueryRule(
        f"{place.name}-alert-failed",
        rule_name=f"{name}-failed",
        resource_group_name=place.group,
        location=place.location,
        display_name=f"{name}: more than {FAILED_PERCENT} % of the requests fail",
        enabled=True,
        severity=1,
        scopes=[workspace],
        evaluation_frequency="PT5M",
        window_size="PT15M",
        # The table is there once the first line has come.
        skip_query_validation=True,
        auto_mitigate=True,
        criteria=monitor.ScheduledQueryRuleCriteriaArgs(
            all_of=[
                monitor.ConditionArgs(
                    query=environment.destination.apply(
                        lambda known: documents.failed_share(*documents.log_table(known), name)
                    ),
                    metric_measure_column="share",
                    time_aggregation="Maximum",
                    operator="GreaterThan",
                    threshold=FAILED_PERCENT,
                    failing_periods=monitor.ConditionFailingPeriodsArgs(
                        number_of_evaluation_periods=1, min_failing_periods_to_alert=1
                    ),
                )
            ]
        ),
        actions=monitor.ActionsArgs(action_groups=[group]) if group is not None else None,
        tags=place.tags,
        opts=place.child(),
    )


def _workbook(place: GatewayPlace, environment: Environment, workspace: Output[str]) -> None:
    name = place.plan.name

    def content(known: list[Any]) -> str:
        return documents.workbook(known[0], *documents.log_table(known[1]), name)

    applicationinsights.Workbook(
        f"{place.name}-workbook",
        resource_name_=place.group.apply(lambda known: documents.workbook_name(known, name)),
        resource_group_name=place.group,
        location=place.location,
        display_name=f"{name}: usage",
        category="workbook",
        kind="shared",
        source_id=workspace,
        serialized_data=Output.all(workspace, environment.destination).apply(content),
        tags=place.tags,
        opts=place.child(),
    )
