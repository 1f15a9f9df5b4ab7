"""How the gateway in AWS runs by itself: scaling, alarms, dashboard."""

import pulumi_aws as aws
from pulumi import Input, Output

from claude_byoc.aws import gateway_watch as watch
from claude_byoc.aws.gateway_front import Front
from claude_byoc.aws.gateway_network import Declaring
from claude_byoc.contract import aws_gateway as facts


def declare_scaling(to: Declaring, cluster: aws.ecs.Cluster, service: aws.ecs.Service, front: Front) -> None:
    """Declare that instances come and go with the requests, between the least and the most."""
    plan = to.plan.service
    target = aws.appautoscaling.Target(
        f"{to.name}-scaling",
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=Output.format("service/{0}/{1}", cluster.name, service.name),
        min_capacity=plan.min_instances,
        max_capacity=plan.max_instances,
        tags=to.tags,
        opts=to.opts,
    )
    label = Output.format("{0}/{1}", front.load_balancer.arn_suffix, front.target_group.arn_suffix)
    requests = plan.concurrency * 60 / facts.AVERAGE_ANSWER_SECONDS
    measures: dict[str, tuple[str, float, Input[str] | None]] = {
        "requests": ("ALBRequestCountPerTarget", requests, label),
        "cpu": ("ECSServiceAverageCPUUtilization", facts.BUSY_CPU_PERCENT, None),
    }
    for kind, (metric, value, resource) in measures.items():
        aws.appautoscaling.Policy(
            f"{to.name}-scaling-{kind}",
            name=f"{to.plan.name}-{kind}",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                target_value=value,
                scale_out_cooldown=60,
                # Streams last; an instance that leaves cuts those that outlast its drain.
                scale_in_cooldown=600,
                predefined_metric_specification=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                    predefined_metric_type=metric, resource_label=resource
                ),
            ),
            opts=to.opts,
        )


def declare_watch(
    to: Declaring,
    cluster: aws.ecs.Cluster,
    service: aws.ecs.Service,
    front: Front,
    logs: aws.cloudwatch.LogGroup,
) -> None:
    """Declare alarms, what they watch, and the dashboard."""
    label = to.plan.name
    balancer, group = front.load_balancer.arn_suffix, front.target_group.arn_suffix
    ended = aws.cloudwatch.EventRule(
        f"{to.name}-restarts",
        name=f"{label}-restarts",
        description="An instance of the Claude gateway ended by itself",
        event_pattern=Output.all(cluster.arn, service.name).apply(
            lambda known: watch.restarts_pattern(known[0], known[1])
        ),
        tags=to.tags,
        opts=to.opts,
    )
    region = Output.from_input(to.args["region"])
    topic = to.args.get("alarm_topic_arn")
    actions = None if topic is None else [topic]
    placeholder = watch.alarms(load_balancer="", target_group="", min_instances=1, restart_rule="")
    made = Output.all(balancer, group, ended.name).apply(
        lambda known: watch.alarms(
            load_balancer=known[0],
            target_group=known[1],
            min_instances=to.plan.service.min_instances,
            restart_rule=known[2],
        )
    )
    for alarm, inputs in placeholder.items():
        aws.cloudwatch.MetricAlarm(
            f"{to.name}-alarm-{alarm}",
            name=f"{label}-{alarm}",
            **{key: made.apply(lambda known, at=(alarm, key): known[at[0]][at[1]]) for key in inputs},
            alarm_actions=actions,
            ok_actions=actions,
            tags=to.tags,
            opts=to.opts,
        )
    aws.cloudwatch.Dashboard(
        f"{to.name}-dashboard",
        dashboard_name=region.apply(lambda known: f"{label}-{known}"),
        dashboard_body=Output.all(region, logs.name, balancer, group).apply(
            lambda known: watch.dashboard(
                region=known[0],
                log_group=known[1],
                load_balancer=known[2],
                target_group=known[3],
                cluster=label,
                service=label,
            )
        ),
        opts=to.opts,
    )
