"""The gateway's documents in AWS: what policies allow, judged as IAM would; containers; what is watched; import ids."""

import json
from typing import Any

import pytest

from claude_byoc.aws.gateway_documents import (
    bedrock_policy,
    container_definitions,
    execution_policy,
    repositories,
    secret_reference,
)
from claude_byoc.aws.gateway_network import REDIS_PORT, port_of
from claude_byoc.aws.gateway_watch import alarms, dashboard, restarts_pattern
from claude_byoc.contract.import_ids import Place, import_id
from claude_byoc.gateway.queries import QUERIES
from tests.aws.evaluator import Request, allowed
from tests.aws.shapes import conftest as side_env
from tests.aws.test_gateway_plan import plan

REGION, ACCOUNT = "eu-central-1", "111122223333"
INVOKE, COUNT = "bedrock:InvokeModelWithResponseStream", "bedrock:CountTokens"
HOME = f"arn:aws:bedrock:{REGION}"
SONNET, OPUS = "anthropic.claude-sonnet-4-6", "anthropic.claude-opus-4-8"
PROFILE = f"{HOME}:{ACCOUNT}:inference-profile/eu.{SONNET}"
OWN_PROFILE = f"{HOME}:{ACCOUNT}:application-inference-profile/abc123"
SECRETS = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/claude-byoc/claude-gateway"

DIGEST = "sha256:" + "a" * 64
REGISTRY = f"999900001111.dkr.ecr.{REGION}.amazonaws.com"
REPOSITORIES = f"arn:aws:ecr:{REGION}:999900001111:repository"
ask = side_env.ask
"""Fixture: the side environment that has the policy linter."""


def model(name: str, region: str = REGION) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{name}"


def may(models: list[str], action: str, resource: str, profile: str = "", **context: str) -> bool:
    policy = bedrock_policy(partition="aws", region=REGION, account_id=ACCOUNT, models=models)
    known = {
        "aws:RequestedRegion": REGION,
        **context,
        **({"bedrock:InferenceProfileArn": profile} if profile else {}),
    }
    return allowed(policy, Request(action, resource, known))


def test_a_profile_reaches_its_own_model_anywhere_and_no_other() -> None:
    asked = [f"eu.{SONNET}"]
    assert may(asked, INVOKE, PROFILE)
    assert may(asked, INVOKE, model(SONNET, "eu-west-1"), PROFILE)
    assert may(asked, COUNT, model(SONNET))
    assert not may(asked, INVOKE, model(SONNET))
    assert not may(asked, INVOKE, model(SONNET, "eu-west-1"))
    assert not may(asked, INVOKE, model(OPUS, "eu-west-1"), PROFILE)
    assert not may(asked, INVOKE, PROFILE.replace("eu.", "us."))
    assert not may(asked, INVOKE, PROFILE.replace(ACCOUNT, "999900001111"))
    assert not may(asked, "bedrock:ListInferenceProfiles", "*")


def test_a_model_without_a_profile_is_called_in_its_region_alone() -> None:
    assert may([SONNET], INVOKE, model(SONNET))
    assert may([SONNET], COUNT, model(SONNET))
    assert not may([SONNET], INVOKE, model(SONNET, "eu-west-1"))
    assert not may([SONNET], INVOKE, PROFILE)


def test_global_profiles_reach_models_whose_arn_has_no_region() -> None:
    profile = f"{HOME}:{ACCOUNT}:inference-profile/global.{SONNET}"
    unplaced = {"aws:RequestedRegion": "unspecified"}
    assert may([f"global.{SONNET}"], INVOKE, model(SONNET, ""), profile, **unplaced)
    assert not may([f"eu.{SONNET}"], INVOKE, model(OPUS, ""), PROFILE, **unplaced)


def test_an_inference_profile_of_the_accounts_own_is_called_by_its_arn() -> None:
    assert may([OWN_PROFILE], INVOKE, OWN_PROFILE)
    assert may([OWN_PROFILE], INVOKE, model(SONNET, "eu-west-1"), OWN_PROFILE)
    assert not may([OWN_PROFILE], INVOKE, model(SONNET, "eu-west-1"), PROFILE)
    assert may([PROFILE], INVOKE, model(SONNET, "eu-west-1"), PROFILE)
    assert not may([PROFILE], INVOKE, model(OPUS, "eu-west-1"), PROFILE)


def test_no_policy_has_a_resource_that_could_be_named() -> None:
    models = [f"eu.{SONNET}", OPUS, f"global.{OPUS}"]
    policy = bedrock_policy(partition="aws", region=REGION, account_id=ACCOUNT, models=models)
    for statement in json.loads(policy)["Statement"]:
        assert "*" not in [statement["Resource"], *statement["Resource"]]


def test_ecs_reads_the_gateways_secrets_and_writes_its_log_alone() -> None:
    policy = execution_policy([f"{SECRETS}:claude-gateway/gatewayFiles-AbCdEf"], LOGS)

    def granted(action: str, resource: str) -> bool:
        return allowed(policy, Request(action, resource))

    assert granted("secretsmanager:GetSecretValue", f"{SECRETS}:claude-gateway/gatewayFiles-AbCdEf")
    assert not granted("secretsmanager:GetSecretValue", f"{SECRETS}:other-AbCdEf")
    assert not granted("secretsmanager:PutSecretValue", f"{SECRETS}:claude-gateway/gatewayFiles-AbCdEf")
    assert granted("logs:PutLogEvents", f"{LOGS}:log-stream:gateway/app/1")
    assert not granted("logs:PutLogEvents", f"{LOGS}-other:log-stream:gateway/app/1")
    assert not granted("logs:CreateLogGroup", LOGS)
    assert "ecr:" not in policy


@pytest.mark.parametrize(
    ("image", "arn"),
    [
        (f"{REGISTRY}/mirror/nginx@{DIGEST}", f"{REPOSITORIES}/mirror/nginx"),
        (f"{REGISTRY}/litellm:v1.2@{DIGEST}", f"{REPOSITORIES}/litellm"),
        (
            f"999900001111.dkr.ecr-fips.us-gov-west-1.amazonaws.com/x@{DIGEST}",
            "arn:aws-us-gov:ecr:us-gov-west-1:999900001111:repository/x",
        ),
        (
            f"999900001111.dkr.ecr.cn-north-1.amazonaws.com.cn/x@{DIGEST}",
            "arn:aws-cn:ecr:cn-north-1:999900001111:repository/x",
        ),
        (f"999900001111.dkr-ecr.{REGION}.on.aws/x@{DIGEST}", f"{REPOSITORIES}/x"),
        (f"public.ecr.aws/nginx/nginx-unprivileged@{DIGEST}", None),
        (f"registry.example.com/{REGISTRY}/x@{DIGEST}", None),
        (f"{REGISTRY}.example.com/x@{DIGEST}", None),
    ],
)
def test_which_repository_of_ecr_an_image_lies_in(image: str, arn: str | None) -> None:
    assert repositories([image, image]) == ([arn] if arn else [])


def test_ecs_pulls_from_exactly_the_repositories_of_the_images() -> None:
    images = {"litellm_image": f"{REGISTRY}/litellm@{DIGEST}", "nginx_image": f"{REGISTRY}/nginx@{DIGEST}"}
    used = plan(**images).images
    assert used == sorted(images.values())
    policy = execution_policy([f"{SECRETS}:x-AbCdEf"], LOGS, used)

    def granted(action: str, resource: str) -> bool:
        return allowed(policy, Request(action, resource))

    assert granted("ecr:GetAuthorizationToken", "*")
    for action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"):
        assert granted(action, f"{REPOSITORIES}/litellm")
        assert granted(action, f"{REPOSITORIES}/nginx")
        assert not granted(action, f"{REPOSITORIES}/nginx-other")
        assert not granted(action, f"{REPOSITORIES}/nginx".replace("9999", ACCOUNT[:4]))
    assert not granted("ecr:PutImage", f"{REPOSITORIES}/nginx")
    assert not granted("ecr:DescribeImages", f"{REPOSITORIES}/nginx")


def test_the_linter_has_nothing_else_to_say_of_a_policy_that_pulls(ask: side_env.Ask) -> None:
    policy = execution_policy([f"{SECRETS}:x-AbCdEf"], LOGS, [f"{REGISTRY}/nginx@{DIGEST}"])
    other = policy.replace('"ecr:GetDownloadUrlForLayer"', '"ecr:GetDownloadUrlForLayers"')
    found = ask(documents={"execution": policy, "wrong": other})["findings"]
    assert [(one["document"], one["issue"]) for one in found] == [
        # The token to pull with is a credential, and whoever pulls needs it.
        ("execution", "CREDENTIALS_EXPOSURE"),
        ("wrong", "UNKNOWN_ACTION"),
    ]


def containers(**changed: object) -> dict[str, dict[str, Any]]:
    service = plan(**changed).service
    shape = service.shape
    names = {*service.secrets.values(), "gatewayFiles"}
    secrets = {name: secret_reference(f"{SECRETS}:claude-gateway/{name}-AbCdEf", "v1") for name in names}
    text = container_definitions(shape, secrets=secrets, log_group="/claude-byoc/x", region=REGION)
    return {one["name"]: one for one in json.loads(text)}


def test_containers_start_in_order_end_in_time_and_write_where_they_must() -> None:
    found = containers(drain_seconds=60)
    assert found["app"]["dependsOn"] == [{"containerName": "files", "condition": "SUCCESS"}]
    assert found["edge"]["dependsOn"] == [
        {"containerName": "files", "condition": "SUCCESS"},
        {"containerName": "app", "condition": "HEALTHY"},
    ]
    assert [found[name].get("stopTimeout") for name in ("app", "edge")] == [70, 70]
    assert containers()["edge"]["stopTimeout"] == 120
    assert [one["readonlyRootFilesystem"] for one in found.values()] == [True, False, True]
    assert found["files"]["user"] == "0"
    assert "user" not in found["edge"]
    writable = {
        name: [mount["containerPath"] for mount in one["mountPoints"] if not mount["readOnly"]]
        for name, one in found.items()
    }
    assert writable == {"files": ["/tmp", "/gateway"], "app": [], "edge": ["/tmp"]}
    assert [name for name, one in found.items() if one.get("portMappings")] == ["edge"]


def test_a_health_check_stands_for_both_probes() -> None:
    found = containers()
    app, edge = found["app"]["healthCheck"], found["edge"]["healthCheck"]
    assert app["command"][:3] == ["CMD", "python", "-c"]
    assert "http://127.0.0.1:4000/ready" in app["command"][3]
    assert edge["command"] == [
        "CMD",
        "wget",
        "-q",
        "-T",
        "4",
        "-O",
        "/dev/null",
        "http://127.0.0.1:8080/health",
    ]
    for check in (app, edge):
        assert check["interval"] * check["retries"] == 90
        assert check["startPeriod"] == 120


def test_secrets_are_named_by_their_version() -> None:
    found = containers(
        upstreams=[{"kind": "anthropic"}], secrets={"anthropic_api_key": "x"}, models=["claude-sonnet-4-6"]
    )
    assert found["app"]["secrets"] == [
        {"name": "ANTHROPIC_API_KEY", "valueFrom": f"{SECRETS}:claude-gateway/anthropicApiKey-AbCdEf:::v1"}
    ]
    assert [one["name"] for one in found["files"]["secrets"]] == ["GATEWAY_FILES"]
    assert found["edge"]["secrets"] == []


def test_alarms_are_about_this_gateway() -> None:
    found = alarms(load_balancer="app/x/1", target_group="targetgroup/y/2", min_instances=2, restart_rule="r")
    assert found.keys() == {"errors", "instances", "unhealthy", "restarts"}
    text = json.dumps(found)
    assert {"app/x/1", "targetgroup/y/2"} <= set(text.split('"'))
    assert found["instances"]["threshold"] == 2
    assert found["instances"]["treat_missing_data"] == "breaching"
    pattern = json.loads(restarts_pattern("arn:cluster", "claude-gateway"))
    assert pattern["detail"]["group"] == ["service:claude-gateway"]


def test_the_dashboard_has_every_ready_query_and_no_two_widgets_overlap() -> None:
    body = json.loads(
        dashboard(
            region=REGION, log_group="/x", load_balancer="lb", target_group="tg", cluster="c", service="s"
        )
    )
    queries = [one["properties"]["query"] for one in body["widgets"] if one["type"] == "log"]
    assert queries == [f"SOURCE '/x' | {query.logs_insights()}" for query in QUERIES]
    cells = [
        (x, y)
        for one in body["widgets"]
        for x in range(one["x"], one["x"] + one["width"])
        for y in range(one["y"], one["y"] + one["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("rediss://:p@redis.example.com:6380", 6380),
        ("rediss://:p@redis.example.com", REDIS_PORT),
        ("rediss://redis.example.com:none", REDIS_PORT),
    ],
)
def test_the_port_of_an_address(url: str, port: int) -> None:
    assert port_of(url, REDIS_PORT) == port


SCALING = {
    "serviceNamespace": "ecs",
    "resourceId": "service/c/s",
    "scalableDimension": "ecs:service:DesiredCount",
}


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        ("aws:ecs/cluster:Cluster", {"name": "c"}, "c"),
        ("aws:ecs/service:Service", {"cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/c", "name": "s"}, "c/s"),
        ("aws:appautoscaling/target:Target", SCALING, "ecs/service/c/s/ecs:service:DesiredCount"),
        ("aws:appautoscaling/policy:Policy", {**SCALING, "name": "p"}, "ecs/service/c/s/ecs:service:DesiredCount/p"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"name": "a"}, "a"),
        ("aws:cloudwatch/dashboard:Dashboard", {"dashboardName": "d"}, "d"),
        ("aws:cloudwatch/eventRule:EventRule", {"name": "r"}, "default/r"),
        ("aws:route53/record:Record", {"zoneId": "Z1", "name": "_a.example.com.", "type": "CNAME"},
         "Z1__a.example.com_CNAME"),
    ],
)  # fmt: skip
def test_import_ids(token: str, inputs: dict[str, object], expected: str) -> None:
    assert import_id(token, inputs, Place(partition="aws", account=ACCOUNT)) == expected
