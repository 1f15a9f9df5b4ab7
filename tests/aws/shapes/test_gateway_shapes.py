"""AWS's own client accepts what the gateway comes down to: tasks, roles, alarms, pattern, dashboard, web ACL.

What this does not prove: that Fargate starts the task, that the alarms find data, that the pattern finds events.
"""

import json
from typing import Any

import pytest

from claude_byoc.aws import gateway_documents as documents
from claude_byoc.aws.gateway_watch import alarms, dashboard, restarts_pattern
from claude_byoc.contract import aws_gateway as facts
from tests.aws.shapes.conftest import Ask
from tests.aws.test_gateway_plan import plan

ACCOUNT, REGION = "123456789012", "us-east-1"  # moto's account
NAME, GROUP = "claude-gateway", "/claude-byoc/claude-gateway"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{NAME}/gatewayFiles-AbCdEf"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{NAME}"
MODELS = ["us.anthropic.claude-sonnet-4-6", "anthropic.claude-opus-4-8", "global.anthropic.claude-opus-4-8"]
TRUST = documents.task_trust("aws", REGION, ACCOUNT)
EXECUTION = documents.execution_policy([SECRET], f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}")
BEDROCK = documents.bedrock_policy(partition="aws", region=REGION, account_id=ACCOUNT, models=MODELS)
CONTAINERS = json.loads(
    documents.container_definitions(
        plan().service.shape,
        secrets={"gatewayFiles": documents.secret_reference(SECRET, "11111111-2222-3333-4444-555555555555")},
        log_group=GROUP,
        region=REGION,
    )
)
CPU, MEMORY = plan().size


def call(service: str, operation: str, **parameters: object) -> dict[str, object]:
    return {"service": service, "operation": operation, "parameters": parameters}


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def metric(given: dict[str, Any]) -> dict[str, Any]:
    """Return one metric query as the API has it."""
    source = given.get("metric")
    shown = {camel(key): value for key, value in given.items() if key != "metric"}
    if source is None:
        return shown
    dimensions = [{"Name": key, "Value": value} for key, value in source["dimensions"].items()]
    named = {"Namespace": source["namespace"], "MetricName": source["metric_name"], "Dimensions": dimensions}
    return {**shown, "MetricStat": {"Metric": named, "Period": source["period"], "Stat": source["stat"]}}


def alarm(name: str, given: dict[str, Any]) -> dict[str, object]:
    """Return the request that the provider makes of an alarm's inputs."""
    parameters = {camel(key): value for key, value in given.items()}
    if "Dimensions" in parameters:
        parameters["Dimensions"] = [
            {"Name": key, "Value": value} for key, value in given["dimensions"].items()
        ]
    if "MetricQueries" in parameters:
        parameters["Metrics"] = [metric(one) for one in parameters.pop("MetricQueries")]
    return call("cloudwatch", "PutMetricAlarm", AlarmName=name, **parameters)


BOARD = dashboard(
    region=REGION,
    log_group=GROUP,
    load_balancer="app/x/1",
    target_group="targetgroup/y/2",
    cluster=NAME,
    service=NAME,
)
CALLS = {
    "task definition": call(
        "ecs",
        "RegisterTaskDefinition",
        family=NAME,
        containerDefinitions=CONTAINERS,
        cpu=str(CPU),
        memory=str(MEMORY),
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/execution",
        taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/task",
        volumes=[{"name": documents.FILES_VOLUME}, {"name": documents.SCRATCH_VOLUME}],
    ),
    "role": call("iam", "CreateRole", RoleName="task", AssumeRolePolicyDocument=TRUST),
    "trust": call("iam", "UpdateAssumeRolePolicy", RoleName="task", PolicyDocument=TRUST),
    "execution": call("iam", "PutRolePolicy", RoleName="task", PolicyName="start", PolicyDocument=EXECUTION),
    "bedrock": call("iam", "PutRolePolicy", RoleName="task", PolicyName="call", PolicyDocument=BEDROCK),
    "rule": call("events", "PutRule", Name=f"{NAME}-restarts", EventPattern=restarts_pattern(CLUSTER, NAME)),
    "dashboard": call("cloudwatch", "PutDashboard", DashboardName=NAME, DashboardBody=BOARD),
    "cluster": call("ecs", "CreateCluster", clusterName=NAME),
    "service": call(
        "ecs", "CreateService", cluster=NAME, serviceName=NAME, taskDefinition=NAME, desiredCount=1
    ),
    "web acl": call(
        "wafv2",
        "CreateWebACL",
        Name=NAME,
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={
            "SampledRequestsEnabled": False,
            "CloudWatchMetricsEnabled": True,
            "MetricName": NAME,
        },
        Rules=[
            {
                "Name": group,
                "Priority": number,
                "OverrideAction": {"None": {}},
                "Statement": {
                    "ManagedRuleGroupStatement": {
                        "VendorName": "AWS",
                        "Name": group,
                        "RuleActionOverrides": [
                            {"Name": one, "ActionToUse": {"Count": {}}} for one in counted
                        ]
                        or [{"Name": "AWSManagedIPReputationList", "ActionToUse": {"Block": {}}}],
                    }
                },
                "VisibilityConfig": {
                    "SampledRequestsEnabled": False,
                    "CloudWatchMetricsEnabled": True,
                    "MetricName": group,
                },
            }
            for number, (group, counted) in enumerate(facts.WAF_COUNTED.items())
        ],
    ),
    **{
        f"alarm {name}": alarm(f"{NAME}-{name}", dict(given))
        for name, given in alarms(
            load_balancer="app/x/1", target_group="targetgroup/y/2", min_instances=1, restart_rule="r"
        ).items()
    },
}


@pytest.fixture(scope="module")
def answered(ask: Ask) -> dict[str, dict[str, Any]]:
    found = ask(
        region=REGION,
        calls=list(CALLS.values()),
        documents={"execution": EXECUTION, "bedrock": BEDROCK},
    )
    return {"findings": found["findings"], "calls": dict(zip(CALLS, found["calls"], strict=True))}


def test_no_request_is_refused(answered: dict[str, Any]) -> None:
    calls = answered["calls"]
    assert {name: one["problems"] for name, one in calls.items() if one["problems"]} == {}
    assert {name for name, one in calls.items() if one["by"] == "model"} == set()


def test_the_task_definition_comes_back_as_it_was_made(answered: dict[str, Any]) -> None:
    found = answered["calls"]["task definition"]["answer"]["taskDefinition"]
    for made, given in zip(found["containerDefinitions"], CONTAINERS, strict=True):
        assert {key: made[key] for key in given} == given


REASONED = {
    # It wants every kind of resource that InvokeModel may have in each statement: models and profiles have one each.
    ("bedrock", "RESOURCE_MISMATCH"): "bedrock:InvokeModel",
    # AWS's own examples compare this key as text.
    ("bedrock", "MISMATCHED_TYPE_BUT_USABLE"): "StringLike",
    # It is older than the action. source: the API reference of Amazon Bedrock Runtime, CountTokens
    ("bedrock", "UNKNOWN_ACTION"): "bedrock:CountTokens",
}


def test_the_linter_has_nothing_else_to_say(answered: dict[str, Any]) -> None:
    for one in answered["findings"]:
        assert REASONED.get((one["document"], one["issue"]), "no reason") in one["detail"], one
