"""Amazon ECS on Fargate, its scaling, and the secrets that its containers read."""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import product
from typing import Any, cast

from standin.check import Problem
from standin.errors import CloudError
from standin.rules import Subject, check_rule, cloud_rule
from standin.values import Plain

CLUSTER = "aws:ecs/cluster:Cluster"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 -- a type
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
LISTENER = "aws:lb/listener:Listener"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

MEMORY: Mapping[int, range] = {
    256: range(512, 2049, 512),
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}
"""CPU units -> MiB that Fargate offers with them; with 256 units 1536 MiB is none."""

_GUIDE = "docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_API = "docs.aws.amazon.com/AmazonECS/latest/APIReference/"
_SECRETS = "docs.aws.amazon.com/secretsmanager/latest/"
_VALUE_FROM = re.compile(
    r"(arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+)(?::[^:]*:[^:]*:([\w-]*))?"
)
_ECR_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com/([a-z0-9._/-]+)[@:].+")
_ECR_ACTIONS = ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_LARGEST_TASK = 64 * 1024
_STOP_SECONDS = 120
_SECRET_BYTES = 65_536

Definition = dict[str, Any]


@check_rule(
    TASK,
    source=_GUIDE
    + "task_definition_parameters.html, fargate-tasks-services.html; "
    + _API
    + "API_HealthCheck.html",
)
def task_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse sizes that Fargate has not, and container definitions that ECS refuses."""
    if "FARGATE" not in cast("list[str]", inputs.get("requiresCompatibilities", [])):
        return
    cpu, memory = str(inputs.get("cpu", "")), str(inputs.get("memory", ""))
    offered = MEMORY.get(int(cpu)) if cpu.isdigit() else None
    if (
        offered is None
        or not memory.isdigit()
        or int(memory) not in offered
        or (cpu, memory) == ("256", "1536")
    ):
        yield Problem("cpu", f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory.")
    if inputs.get("networkMode") != "awsvpc":
        yield Problem("networkMode", "Fargate only supports network mode 'awsvpc'.")
    text = inputs.get("containerDefinitions")
    if not isinstance(text, str):
        return
    if len(text.encode()) > _LARGEST_TASK:
        yield Problem("containerDefinitions", "a task definition ends at 64 KiB")
    containers: list[Definition] = json.loads(text)
    known = {str(one.get("name")): one for one in containers}
    volumes = {str(one["name"]) for one in cast("list[dict[str, object]]", inputs.get("volumes", []))}
    for one in containers:
        for wrong in (*_container(one, volumes), *_needs(one, known), *_health(one)):
            yield Problem("containerDefinitions", f"{one.get('name')}: {wrong}")
    needs_role = any(one.get("secrets") or one.get("logConfiguration") for one in containers)
    if needs_role and not inputs.get("executionRoleArn"):
        yield Problem("executionRoleArn", "secrets and the log driver awslogs need an execution role")


def _container(one: Definition, volumes: set[str]) -> Iterator[str]:
    if one.get("stopTimeout", 0) > _STOP_SECONDS:
        yield "the stop timeout of Fargate ends at 120 seconds"
    if one.get("links") or one.get("privileged"):
        yield "links and privileged containers are not for Fargate"
    for port in one.get("portMappings", []):
        if port.get("hostPort", port["containerPort"]) != port["containerPort"]:
            yield "host port and container port must be the same in network mode awsvpc"
    for mount in one.get("mountPoints", []):
        if mount["sourceVolume"] not in volumes:
            yield f"Unknown volume '{mount['sourceVolume']}'"
    linux = one.get("linuxParameters", {})
    if any(name in linux for name in ("tmpfs", "devices", "sharedMemorySize")):
        yield "tmpfs, devices and sharedMemorySize are not for Fargate"


def _needs(one: Definition, known: Mapping[str, Definition]) -> Iterator[str]:
    for needed in one.get("dependsOn", []):
        other = known.get(needed["containerName"])
        if other is None:
            yield f"depends on {needed['containerName']}, which is not there"
        elif needed["condition"] == "HEALTHY" and not other.get("healthCheck"):
            yield f"waits for {needed['containerName']} to be HEALTHY, which has no health check"
        elif needed["condition"] in ("COMPLETE", "SUCCESS") and other.get("essential", True):
            yield f"waits for the end of {needed['containerName']}, which is essential"
    for secret in one.get("secrets", []):
        if not _VALUE_FROM.fullmatch(secret["valueFrom"]):
            yield f"the secret {secret['name']} is not an ARN of Secrets Manager"


def _health(one: Definition) -> Iterator[str]:
    check = one.get("healthCheck")
    if not check:
        return
    bounds = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
    for name, (least, most) in bounds.items():
        if name in check and not least <= check[name] <= most:
            yield f"health check {name} is {check[name]}, allowed {least} to {most}"
    if check["command"][0] not in ("CMD", "CMD-SHELL", "NONE"):
        yield "the command of a health check starts with CMD or CMD-SHELL"


@cloud_rule(
    SERVICE,
    "create",
    "update",
    source=_API
    + "API_CreateService.html; "
    + _GUIDE
    + "service-load-balancing.html; github.com/aws/aws-cdk/issues/1160 (a target group without a listener)",
)
def service_can_run(subject: Subject) -> None:
    """Refuse what is not there, and a target group that no listener uses; tasks that cannot start never become steady.

    What a task needs at its start is judged by what the rows say: the secrets' versions, the log group, and a policy
    on the execution role, which ECS needs before it can read either, and to pull from Amazon ECR.
    source: docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html
    """
    if subject.cloud.get(CLUSTER, subject.place, subject.text("cluster")) is None:
        raise CloudError("ClusterNotFoundException", "Cluster not found.")
    task = subject.cloud.get(TASK, subject.place, subject.text("taskDefinition"))
    if task is None:
        raise CloudError("ClientException", "TaskDefinition not found.")
    containers: dict[str, Definition] = {
        one["name"]: one for one in json.loads(str(task.properties["containerDefinitions"]))
    }
    for group in cast("list[dict[str, Any]]", subject.properties.get("loadBalancers") or []):
        _balanced(subject, group, containers)
    if subject.properties.get("waitForSteadyState") is True:
        role = str(task.properties.get("executionRoleArn")).rpartition("/")[2]
        _starts(subject, role, containers.values())


def _balanced(subject: Subject, group: Mapping[str, Any], containers: Mapping[str, Definition]) -> None:
    listeners = subject.cloud.all(LISTENER, subject.place)
    actions = [
        one for row in listeners for one in cast("list[dict[str, Any]]", row.properties["defaultActions"])
    ]
    arn = group.get("targetGroupArn")
    if not any(one.get("targetGroupArn") == arn for one in actions):
        raise CloudError(
            "InvalidParameterException",
            f"The target group with targetGroupArn {arn} does not have an associated load balancer.",
        )
    ports = [
        one["containerPort"] for one in containers.get(group["containerName"], {}).get("portMappings", [])
    ]
    if group["containerPort"] not in ports:
        raise CloudError(
            "InvalidParameterException",
            f"The container {group['containerName']} did not have a container port {group['containerPort']} defined.",
        )


def _starts(subject: Subject, role: str, containers: Any) -> None:  # noqa: ANN401 -- JSON
    policies = subject.cloud.starting(ROLE_POLICY, str(subject.scope["account"]), f"{role}:")
    if not policies:
        raise _unsteady("AccessDeniedException: the execution role has no policy")
    granted = [grant for row in policies for grant in _grants(str(row.properties["policy"]))]
    for one in containers:
        for action, resource in _pulls(str(one["image"])):
            if not any(action == known and fnmatchcase(resource, pattern) for known, pattern in granted):
                raise _unsteady(f"AccessDeniedException: not authorized to perform: {action} on {resource}")
        for secret in one.get("secrets", []):
            found = _VALUE_FROM.fullmatch(secret["valueFrom"])
            version = f"{found[1]}|{found[2]}" if found else ""
            if subject.cloud.get(VERSION, subject.place, version) is None:
                raise _unsteady(
                    f"ResourceNotFoundException: Secrets Manager can't find the secret {secret['valueFrom']}"
                )
        group = one.get("logConfiguration", {}).get("options", {}).get("awslogs-group")
        if group and subject.cloud.get(LOG_GROUP, subject.place, group) is None:
            raise _unsteady("ResourceNotFoundException: The specified log group does not exist.")


def _grants(policy: str) -> Iterator[tuple[str, str]]:
    """Yield the actions that a policy allows, each with what it allows it on."""
    for statement in json.loads(policy)["Statement"]:
        if statement["Effect"] == "Allow":
            yield from product(_listed(statement["Action"]), _listed(statement["Resource"]))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _pulls(image: str) -> Iterator[tuple[str, str]]:
    """Yield what is needed to pull an image: nothing but for a private registry of Amazon ECR."""
    found = _ECR_IMAGE.fullmatch(image)
    if found:
        account, region, name = found.groups()
        yield _ECR_ACTIONS[0], "*"
        for action in _ECR_ACTIONS[1:]:
            yield action, f"arn:aws:ecr:{region}:{account}:repository/{name}"


def _unsteady(reason: str) -> CloudError:
    return CloudError(
        "unexpected state 'tasks failed to start'",
        f"waiting for ECS Service to reach steady state: ResourceInitializationError: {reason}",
    )


@cloud_rule(CLUSTER, "delete", source=_API + "API_DeleteCluster.html (ClusterContainsServicesException)")
def cluster_is_empty(subject: Subject) -> None:
    """Refuse to delete a cluster with services."""
    if any(row.properties.get("cluster") == subject.id for row in subject.cloud.all(SERVICE, subject.place)):
        raise CloudError(
            "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
        )


_SCALING = "docs.aws.amazon.com/autoscaling/application/APIReference/"


@cloud_rule(TARGET, "create", source=_SCALING + "API_RegisterScalableTarget.html (ValidationException)")
def target_is_a_service(subject: Subject) -> None:
    """Refuse a service that is not there."""
    _, cluster, name = subject.text("resourceId").split("/")
    rows = subject.cloud.all(SERVICE, subject.place)
    if not any(row.id.endswith(f"/{cluster}/{name}") for row in rows):
        raise CloudError("ValidationException", f"ECS service doesn't exist: {subject.text('resourceId')}")


@cloud_rule(POLICY, "create", source=_SCALING + "API_PutScalingPolicy.html (ObjectNotFoundException)")
def policy_has_a_target(subject: Subject) -> None:
    """Refuse a policy for what is no scalable target."""
    if subject.cloud.get(TARGET, subject.place, subject.text("resourceId")) is None:
        raise CloudError("ObjectNotFoundException", "No scalable target registered for the given dimensions")


@check_rule(VERSION, source=_SECRETS + "userguide/reference_limits.html")
def secret_fits(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a value that is too large or empty."""
    value = inputs.get("secretString")
    if isinstance(value, str) and not 1 <= len(value.encode()) <= _SECRET_BYTES:
        yield Problem("secretString", "expected 1 to 65536 bytes")


@cloud_rule(SECRET, "create", source=_SECRETS + "apireference/API_CreateSecret.html")
def secret_name_is_free(subject: Subject) -> None:
    """Allow a name once per account and region; one that is scheduled for deletion holds it too."""
    name = subject.text("name")
    kept = [row for row in subject.cloud.lasting() if row.token == SECRET and row.place == subject.place]
    if any(row.properties.get("name") == name for row in kept):
        raise CloudError(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        )
    if subject.cloud.taken(SECRET, subject.place, subject.unique_key):
        raise CloudError(
            "ResourceExistsException", f"The operation failed because the secret {name} already exists."
        )


@cloud_rule(
    VERSION, "create", source=_SECRETS + "apireference/API_PutSecretValue.html (ResourceNotFoundException)"
)
def version_has_a_secret(subject: Subject) -> None:
    """Refuse a value for a secret that is not there."""
    if subject.cloud.get(SECRET, subject.place, subject.text("secretId")) is None:
        raise CloudError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
