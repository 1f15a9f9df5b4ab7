"""Documents of the gateway in AWS as pure functions: container definitions, policies, firewall rules."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from claude_byoc.aws.documents import INVOKE, policy_document
from claude_byoc.aws.gateway_plan import image_of
from claude_byoc.contract import aws_gateway as facts
from claude_byoc.contract.aws import partition
from claude_byoc.contract.models import APPLICATION_PROFILE, profile_of
from claude_byoc.gateway.container import Container, GatewayContainers, Probe

FILES_VOLUME = "files"
SCRATCH_VOLUME = "scratch"
SCRATCH = "/tmp"  # noqa: S108 -- where nginx writes, which nothing else in its image can be
"""Where the edge may write, its root file system being read-only."""
HOST = "127.0.0.1"
_CHECK_SECONDS = 4


def container_definitions(
    gateway: GatewayContainers, *, secrets: Mapping[str, str], log_group: str, region: str
) -> str:
    """Return the containers as ECS takes them (JSON); `secrets` maps a secret's name to its `valueFrom`."""
    order = [*([gateway.init] if gateway.init else []), *gateway.containers]
    made = [_container(one, gateway, secrets, log_group, region) for one in order]
    return json.dumps(made, separators=(",", ":"))


def _container(
    one: Container, gateway: GatewayContainers, secrets: Mapping[str, str], log_group: str, region: str
) -> dict[str, Any]:
    init = one is gateway.init
    program, *arguments = one.command
    if init:
        # Volumes of Fargate belong to root and let nobody else write; the edge runs as another user.
        # source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
        arguments[-1] = f"chmod 1777 {SCRATCH} && {arguments[-1]}"
    read_only = init or one.public
    definition: dict[str, Any] = {
        "name": one.name,
        "image": image_of(one),
        "essential": not init,
        # LiteLLM's image has an entry point of its own, which would take the command for its arguments.
        "entryPoint": [program],
        "command": arguments,
        "environment": [{"name": key, "value": one.environment[key]} for key in sorted(one.environment)],
        "secrets": [{"name": key, "valueFrom": secrets[one.secrets[key]]} for key in sorted(one.secrets)],
        "mountPoints": _mounts(gateway.folder, writes=init, scratch=read_only),
        "dependsOn": _depends(one, gateway),
        # LiteLLM's packages write beside themselves: its root stays writable.
        "readonlyRootFilesystem": read_only,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": "gateway",
                # Requests go on while CloudWatch Logs does not answer.
                "mode": "non-blocking",
                "max-buffer-size": "8m",
            },
        },
    }
    if init:
        definition["user"] = "0"
    else:
        definition["stopTimeout"] = min(facts.LONGEST_STOP_SECONDS, gateway.drain_seconds + 10)
        definition["healthCheck"] = _health(one)
    if one.public:
        definition["portMappings"] = [{"containerPort": one.port, "hostPort": one.port, "protocol": "tcp"}]
        definition["linuxParameters"] = {"capabilities": {"drop": ["ALL"]}}
    return definition


def _mounts(folder: str, *, writes: bool, scratch: bool) -> list[dict[str, Any]]:
    files = {"sourceVolume": FILES_VOLUME, "containerPath": folder, "readOnly": not writes}
    own = {"sourceVolume": SCRATCH_VOLUME, "containerPath": SCRATCH, "readOnly": False}
    return [*([own] if scratch else []), files]


def _depends(one: Container, gateway: GatewayContainers) -> list[dict[str, str]]:
    if one is gateway.init:
        return []
    first = [{"containerName": gateway.init.name, "condition": "SUCCESS"}] if gateway.init else []
    return [*first, *({"containerName": name, "condition": "HEALTHY"} for name in one.depends_on)]


def _health(one: Container) -> dict[str, Any]:
    """Return the check: ECS has one where a container has two probes, so that its start is without counting."""
    alive = one.liveness or one.startup or Probe("/", one.port or 0)
    start = one.startup or alive
    seconds = alive.period * alive.failures
    interval = max(5, start.period, math.ceil(seconds / facts.HEALTH_CHECK_RETRIES))
    url = f"http://{HOST}:{alive.port}{alive.path}"
    look = f"import urllib.request as web; web.urlopen('{url}', timeout={_CHECK_SECONDS})"
    # What each image has: LiteLLM's Python, and the wget of nginx's BusyBox.
    by_python = one.command[0] == "python"
    command = (
        ["python", "-c", look]
        if by_python
        else ["wget", "-q", "-T", str(_CHECK_SECONDS), "-O", "/dev/null", url]
    )
    return {
        "command": ["CMD", *command],
        "interval": interval,
        "timeout": _CHECK_SECONDS + 1,
        "retries": max(1, min(facts.HEALTH_CHECK_RETRIES, seconds // interval)),
        "startPeriod": min(facts.HEALTH_CHECK_START_SECONDS, start.period * start.failures),
    }


def secret_reference(arn: str, version_id: str) -> str:
    """Return a `valueFrom` that names one version of a secret, so that a change of the value changes the task.

    source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    return f"{arn}:::{version_id}"


def task_trust(partition: str, region: str, account_id: str) -> str:
    """Return the trust policy (JSON) by which tasks of this account and region alone take a role.

    source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html (confused deputy)
    """
    return policy_document(
        [
            {
                "Sid": "TasksOfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account_id},
                    "ArnLike": {"aws:SourceArn": f"arn:{partition}:ecs:{region}:{account_id}:*"},
                },
            }
        ]
    )


def repositories(images: Iterable[str]) -> list[str]:
    """Return the ARNs of the private repositories of Amazon ECR that images lie in."""
    found = [re.fullmatch(facts.ECR_IMAGE_PATTERN, image) for image in images]
    return sorted(
        {
            f"arn:{partition(one['region'])}:ecr:{one['region']}:{one['account']}:repository/{one['repository']}"
            for one in found
            if one
        }
    )


def execution_policy(secret_arns: Iterable[str], log_group_arn: str, images: Iterable[str] = ()) -> str:
    """Return what ECS itself may do before the containers run: read these secrets, write this log, pull from ECR."""
    statements: list[dict[str, object]] = [
        {
            "Sid": "ReadTheGatewaysSecrets",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": sorted(secret_arns),
        },
        {
            "Sid": "WriteTheGatewaysLog",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{log_group_arn}:log-stream:*",
        },
    ]
    private = repositories(images)
    pull: list[dict[str, object]] = [
        {
            "Sid": "SignInToTheRegistry",
            "Effect": "Allow",
            "Action": "ecr:GetAuthorizationToken",
            "Resource": "*",
        },
        {
            "Sid": "PullTheGatewaysImages",
            "Effect": "Allow",
            "Action": [*facts.ECR_PULL],
            "Resource": private,
        },
    ]
    if private:
        statements += pull
    return policy_document(statements)


def bedrock_policy(*, partition: str, region: str, account_id: str, models: Sequence[str]) -> str:
    """Return what the containers may call at Amazon Bedrock (JSON): these models, by the ids that LiteLLM sends.

    An id is a model's (`anthropic.claude-...`), an inference profile's (`eu.anthropic.claude-...`) or an ARN. A
    profile routes to models in other regions, which are allowed through it alone. Tokens are counted by the model
    itself, in this region.
    source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    """
    home = f"arn:{partition}:bedrock:{region}"
    direct: set[str] = set()
    profiles: set[str] = set()
    routed: set[str] = set()
    counted: set[str] = set()
    for given in models:
        known, _, name = given.rpartition("/")
        profile = profile_of(given)
        if profile == APPLICATION_PROFILE:
            profiles.add(given)
            # Which model is behind it stands in the profile alone.
            routed.add("anthropic.*")
            counted.add(f"{home}::foundation-model/anthropic.*")
        elif profile:
            base = name.removeprefix(f"{profile}.")
            profiles.add(given if known else f"{home}:{account_id}:inference-profile/{name}")
            routed.add(base)
            counted.add(f"{home}::foundation-model/{base}")
        else:
            direct.add(given if known else f"{home}::foundation-model/{name}")
            counted.add(given if known else f"{home}::foundation-model/{name}")
    through = {"StringLike": {"bedrock:InferenceProfileArn": sorted(profiles)}}
    statements: list[dict[str, object]] = []
    if direct or profiles:
        statements.append(
            {"Sid": "CallModels", "Effect": "Allow", "Action": INVOKE, "Resource": sorted(direct | profiles)}
        )
    if routed:
        behind = [f"arn:{partition}:bedrock:*::foundation-model/{name}" for name in sorted(routed)]
        statements.append(
            {
                "Sid": "ModelsBehindThoseProfiles",
                "Effect": "Allow",
                "Action": INVOKE,
                "Resource": behind,
                "Condition": through,
            }
        )
        if any(one.rpartition("/")[2].startswith("global.") for one in profiles):
            # Global profiles route through a model whose ARN has no region.
            unplaced = {**through, "StringEquals": {"aws:RequestedRegion": "unspecified"}}
            statements.append(
                {
                    "Sid": "ModelsBehindGlobalProfiles",
                    "Effect": "Allow",
                    "Action": INVOKE,
                    "Resource": [
                        f"arn:{partition}:bedrock:::foundation-model/{name}" for name in sorted(routed)
                    ],
                    "Condition": unplaced,
                }
            )
    if counted:
        statements.append(
            {
                "Sid": "CountTokens",
                "Effect": "Allow",
                "Action": "bedrock:CountTokens",
                "Resource": sorted(counted),
            }
        )
    return policy_document(statements)
