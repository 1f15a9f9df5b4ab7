"""Requests of the containers, their secrets and rights, and of what watches them."""

import json
from collections.abc import Mapping
from typing import Any

from tests.aws.shapes.declared_requests import Call, Row, call, pascal, plain, tags, translates


@translates("secretsmanager/secret:Secret")
def secret(i: dict[str, Any], o: Row) -> list[Call]:
    return [call("secretsmanager", "CreateSecret", {o["arn"]: "ARN"}, Name=i["name"], Description=i["description"],
                 Tags=tags(i))]  # fmt: skip


@translates("secretsmanager/secretVersion:SecretVersion")
def secret_version(i: dict[str, Any], o: Row) -> list[Call]:
    return [call("secretsmanager", "PutSecretValue", {o["versionId"]: "VersionId"}, SecretId=i["secretId"],
                 SecretString="planted")]  # fmt: skip


@translates("iam/role:Role")
def role(i: dict[str, Any], o: Row) -> list[Call]:
    made = call("iam", "CreateRole", {o["arn"]: "Role.Arn"}, RoleName=i["name"], Description=i["description"],
                Path=i["path"], AssumeRolePolicyDocument=i["assumeRolePolicy"],
                MaxSessionDuration=i["maxSessionDuration"], Tags=tags(i))  # fmt: skip
    # moto reads a trust policy when it replaces another, not when a role is made with it.
    trust = call("iam", "UpdateAssumeRolePolicy", RoleName=i["name"], PolicyDocument=i["assumeRolePolicy"])
    return [made, trust]


@translates("iam/rolePolicy:RolePolicy")
def role_policy(i: dict[str, Any], _o: Row) -> list[Call]:
    return [
        call("iam", "PutRolePolicy", RoleName=i["role"], PolicyName=i["name"], PolicyDocument=i["policy"])
    ]


@translates("cloudwatch/logGroup:LogGroup")
def log_group(i: dict[str, Any], _o: Row) -> list[Call]:
    return [
        call("logs", "CreateLogGroup", logGroupName=i["name"], tags=i["tags"]),
        call("logs", "PutRetentionPolicy", logGroupName=i["name"], retentionInDays=i["retentionInDays"]),
    ]


@translates("cloudwatch/eventRule:EventRule")
def event_rule(i: dict[str, Any], _o: Row) -> list[Call]:
    return [call("events", "PutRule", Name=i["name"], Description=i["description"], EventPattern=i["eventPattern"],
                 EventBusName=i["eventBusName"], Tags=tags(i))]  # fmt: skip


@translates("cloudwatch/dashboard:Dashboard")
def dashboard(i: dict[str, Any], _o: Row) -> list[Call]:
    return [
        call("cloudwatch", "PutDashboard", DashboardName=i["dashboardName"], DashboardBody=i["dashboardBody"])
    ]


@translates("cloudwatch/metricAlarm:MetricAlarm")
def metric_alarm(i: dict[str, Any], _o: Row) -> list[Call]:
    labels = tags(i)
    metrics = [_metric(one) for one in i.pop("metricQueries", [])]
    given = pascal({key: value for key, value in i.items() if key not in ("name", "dimensions")})
    if "dimensions" in i:
        given["Dimensions"] = _dimensions(i["dimensions"])
    if metrics:
        given["Metrics"] = metrics
    given["OKActions"] = given.pop("OkActions")
    return [call("cloudwatch", "PutMetricAlarm", AlarmName=i["name"], Tags=labels, **given)]


def _metric(one: Mapping[str, Any]) -> dict[str, Any]:
    shown = pascal({key: value for key, value in one.items() if key != "metric"})
    if "metric" in one:
        source = one["metric"]
        named = {"Namespace": source["namespace"], "MetricName": source["metricName"]}
        named["Dimensions"] = _dimensions(source["dimensions"])
        shown["MetricStat"] = {"Metric": named, "Period": source["period"], "Stat": source["stat"]}
    return shown


def _dimensions(given: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": key, "Value": value} for key, value in given.items() if not key.startswith("__")]


@translates("ecs/cluster:Cluster")
def cluster(i: dict[str, Any], _o: Row) -> list[Call]:
    return [call("ecs", "CreateCluster", clusterName=i["name"], tags=tags(i, "key", "value"))]


@translates("ecs/taskDefinition:TaskDefinition")
def task_definition(i: dict[str, Any], _o: Row) -> list[Call]:
    kept = {key: i[key] for key in ("family", "cpu", "memory", "networkMode", "requiresCompatibilities")}
    return [call("ecs", "RegisterTaskDefinition", containerDefinitions=json.loads(i["containerDefinitions"]),
                 executionRoleArn=i["executionRoleArn"], taskRoleArn=i["taskRoleArn"], volumes=plain(i["volumes"]),
                 runtimePlatform=plain(i["runtimePlatform"]), tags=tags(i, "key", "value"), **kept)]  # fmt: skip


@translates("ecs/service:Service")
def service(i: dict[str, Any], _o: Row) -> list[Call]:
    network = plain(i["networkConfiguration"])
    network["assignPublicIp"] = "ENABLED" if network["assignPublicIp"] else "DISABLED"
    deployment = {
        "minimumHealthyPercent": i["deploymentMinimumHealthyPercent"],
        "maximumPercent": i["deploymentMaximumPercent"],
        "deploymentCircuitBreaker": plain(i["deploymentCircuitBreaker"]),
    }
    names = ("cluster", "taskDefinition", "desiredCount", "launchType", "platformVersion", "propagateTags")
    return [call("ecs", "CreateService", serviceName=i["name"], loadBalancers=plain(i["loadBalancers"]),
                 deploymentConfiguration=deployment, networkConfiguration={"awsvpcConfiguration": network},
                 healthCheckGracePeriodSeconds=i["healthCheckGracePeriodSeconds"],
                 schedulingStrategy=i["schedulingStrategy"], enableExecuteCommand=i["enableExecuteCommand"],
                 enableECSManagedTags=i["enableEcsManagedTags"], tags=tags(i, "key", "value"),
                 **{key: i[key] for key in names})]  # fmt: skip


@translates("appautoscaling/target:Target")
def scalable_target(i: dict[str, Any], _o: Row) -> list[Call]:
    labels = {key: value for key, value in i.pop("tags").items() if not key.startswith("__")}
    return [call("application-autoscaling", "RegisterScalableTarget", Tags=labels, **pascal(i))]


@translates("appautoscaling/policy:Policy")
def scaling_policy(i: dict[str, Any], _o: Row) -> list[Call]:
    rest = pascal({key: value for key, value in i.items() if key != "name"})
    return [call("application-autoscaling", "PutScalingPolicy", PolicyName=i["name"], **rest)]
