"""Where a gateway's logs go in Cloud Logging, who is told when something is wrong, and the dashboard."""

from collections.abc import Callable
from typing import cast

import pulumi
import pulumi_gcp as gcp
import pulumi_random as random
from pulumi import Input, Output

from claude_byoc.google import gateway_monitoring as documents
from claude_byoc.google.gateway_plan import GoogleGatewayPlan


def declare_logs(
    name: str,
    plan: GoogleGatewayPlan,
    *,
    project: Input[str],
    region: Input[str],
    child: Callable[..., pulumi.ResourceOptions],
) -> Output[str]:
    """Declare bucket, routing, alerts and dashboard; return the id of the bucket, with every entry of the service.

    `name` begins the logical names, `child` makes their options.
    """
    place = Output.all(project=project, region=region)
    service = plan.name
    # A deleted bucket holds its id for seven days, in which the same settings can be brought up again.
    unique = random.RandomUuid(f"{name}-log-bucket-id", opts=child())
    bucket = gcp.logging.ProjectBucketConfig(
        f"{name}-logs",
        project=project,
        location=region,
        bucket_id=unique.result.apply(lambda known: f"{service}-{known[:8]}"),
        description="what the Claude gateway logs; no prompts, no answers, no credentials",
        retention_days=plan.service.log_retention_days,
        enable_analytics=True,
        opts=child(),
    )
    everything = place.apply(lambda at: documents.log_filter(service, at["region"]))
    sink = gcp.logging.ProjectSink(
        f"{name}-log-route",
        project=project,
        name=service,
        destination=Output.concat("logging.googleapis.com/", bucket.id),
        filter=everything,
        opts=child(),
    )
    gcp.logging.ProjectExclusion(
        f"{name}-log-exclusion",
        project=project,
        name=service,
        description="kept in a bucket of its own, no longer than its settings say",
        filter=everything,
        # Nothing may be lost in between.
        opts=child(sink),
    )
    _alerts(name, plan, project=project, place=place, child=child)
    view = Output.all(place=place, bucket=bucket.bucket_id).apply(
        lambda at: documents.view_name(at["place"]["project"], at["place"]["region"], at["bucket"])
    )
    gcp.monitoring.Dashboard(
        f"{name}-dashboard",
        project=project,
        dashboard_json=Output.all(place=place, view=view).apply(
            lambda at: documents.dashboard(service, at["place"]["region"], at["view"])
        ),
        opts=child(),
    )
    return bucket.bucket_id


def _alerts(
    name: str,
    plan: GoogleGatewayPlan,
    *,
    project: Input[str],
    place: Output[dict[str, str]],
    child: Callable[..., pulumi.ResourceOptions],
) -> None:
    service = plan.name
    restarts = gcp.logging.Metric(
        f"{name}-restarts-metric",
        project=project,
        name=f"{service}-restarts",
        description="warnings of Cloud Run about the gateway's containers",
        filter=place.apply(lambda at: documents.restart_filter(service, at["region"])),
        metric_descriptor={"metric_kind": "DELTA", "value_type": "INT64"},
        opts=child(),
    )
    conditions = {
        "errors": place.apply(lambda at: documents.failed_condition(service, at["region"])),
        "absent": place.apply(lambda at: documents.absent_condition(service, at["region"])),
        "restarts": restarts.name.apply(documents.restart_condition),
    }
    for kind, condition in conditions.items():
        gcp.monitoring.AlertPolicy(
            f"{name}-alert-{kind}",
            project=project,
            display_name=f"{service}: {kind}",
            combiner="OR",
            conditions=[cast("Output[gcp.monitoring.AlertPolicyConditionArgsDict]", condition)],
            notification_channels=list(plan.channels),
            opts=child(),
        )
