"""`AwsGateway`'s plan: every problem at once, each with its setting; sizes, ranges, images."""

import re
from typing import Any

import pytest
from pulumi import Output

from claude_byoc.aws.gateway_args import AwsGatewayArgs
from claude_byoc.aws.gateway_plan import AwsGatewayPlan, image_of, plan_of
from claude_byoc.aws.gateway_steps import next_steps
from claude_byoc.contract import aws_gateway as facts
from claude_byoc.contract.problems import errors
from claude_byoc.gateway.edge import render_edge

SUBNETS = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
NETWORK: dict[str, Any] = {
    "vpc_id": "vpc-0123456789abcdef0",
    "load_balancer_subnet_ids": SUBNETS,
    "task_subnet_ids": SUBNETS,
}
ARGS: dict[str, Any] = {
    "region": "eu-central-1",
    "upstreams": [{"kind": "bedrock", "region": "eu-central-1", "profile": "eu"}],
    "models": ["claude-sonnet-4-6"],
    "tokens": {"public_keys": ["A" * 43 + "="]},
    "domain": "claude.example.com",
}


def plan(**changed: object) -> AwsGatewayPlan:
    given = {name: value for name, value in {**ARGS, **changed}.items() if value is not None}
    args: AwsGatewayArgs = given  # pyright: ignore[reportAssignmentType] -- as a program of another language sends it
    return plan_of(args)


def wrong(**changed: object) -> list[str]:
    return [problem.key for problem in errors(plan(**changed).problems())]


def test_what_is_enough() -> None:
    found = plan()
    assert found.problems() == []
    assert found.own_network
    assert (found.scheme, found.port, found.idle_seconds) == ("https", 443, 600)
    assert found.requests_certificate
    assert found.subnet_ranges() == ["10.71.0.0/24", "10.71.1.0/24", "10.71.2.0/24", "10.71.3.0/24"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert wrong(
        region="Frankfurt",
        account_id="4711",
        service_name="Claude",
        domain=None,
        certificate_arn="arn:aws:iam::123456789012:server-certificate/x",
        hosted_zone_id="example.com",
        alarm_topic_arn="ops@example.com",
        network={"vpc_id": "default", "load_balancer_subnet_ids": SUBNETS[:1], "vpc_cidr": "10.0.0.0/16"},
        cpu=1000,
        max_instances=0,
    ) == [
        "gateway.maxInstances",
        "gateway.maxInstances",
        "aws.region",
        "aws.accountId",
        "gateway.aws.serviceName",
        "gateway.aws.certificateArn",
        "gateway.aws.hostedZoneId",
        "gateway.aws.alarmTopicArn",
        "gateway.aws.network.vpcId",
        "gateway.aws.network.taskSubnetIds",
        "gateway.aws.network.vpcCidr",
        "gateway.aws.network.loadBalancerSubnetIds",
        "gateway.domain",
        "gateway.aws.cpu",
    ]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"domain": None}, "gateway.domain"),
        ({"network": {"vpc_cidr": "10.0.0.0/28"}}, "gateway.aws.network.vpcCidr"),
        ({"network": {"vpc_cidr": "8.8.0.0/16"}}, "gateway.aws.network.vpcCidr"),
        ({"network": {"vpc_cidr": "ten"}}, "gateway.aws.network.vpcCidr"),
        ({"network": {"assign_public_ip": True}}, "gateway.aws.network.assignPublicIp"),
        ({"network": {**NETWORK, "nat_per_zone": True}}, "gateway.aws.network.natPerZone"),
        ({"network": {**NETWORK, "task_subnet_ids": []}}, "gateway.aws.network.taskSubnetIds"),
        ({"network": {**NETWORK, "task_subnet_ids": ["subnet-x"]}}, "gateway.aws.network"),
        ({"memory_mib": 1000}, "gateway.aws.memoryMib"),
        ({"cpu": 256, "memory_mib": 512}, "gateway.aws.memoryMib"),
        ({"private_zone": True, "domain": None, "insecure_plaintext_http": True}, "gateway.aws.privateZone"),
        ({"waf": True, "web_acl_arn": "arn:aws:wafv2:eu-central-1:1:regional/webacl/x/y"}, "gateway.waf"),
        (
            {"certificate_arn": f"arn:aws:acm:us-east-1:123456789012:certificate/{'a' * 36}"},
            "gateway.aws.certificateArn",
        ),
        (
            {
                "insecure_plaintext_http": True,
                "certificate_arn": f"arn:aws:acm:eu-central-1:123456789012:certificate/{'a' * 36}",
            },
            "gateway.aws.certificateArn",
        ),
    ],
)
def test_each_of_these_is_refused(changed: dict[str, object], key: str) -> None:
    assert wrong(**changed) == [key]


def test_what_is_not_known_before_the_run_is_no_problem() -> None:
    network = {**NETWORK, "vpc_id": Output.from_input("x"), "task_subnet_ids": [Output.from_input("y")]}
    found = plan(network=network, region=Output.from_input("z"), certificate_arn=Output.from_input("c"))
    assert found.problems() == []
    assert not found.requests_certificate
    assert not found.own_network


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (2048, 4096)),
        ({"cpu": 4096}, (4096, 8192)),
        ({"cpu": 1024, "memory_mib": 3072}, (1024, 3072)),
        ({"cpu": 2048.0, "memory_mib": 8192.0}, (2048, 8192)),
        ({"memory_mib": 61440}, (8192, 61440)),
    ],
)
def test_an_instance_has_a_size_that_fargate_offers(asked: dict[str, Any], size: tuple[int, int]) -> None:
    found = plan(**asked)
    assert found.problems() == []
    assert found.size == size
    assert size[1] in facts.FARGATE_SIZES[size[0]]


def test_images_come_from_registries_that_do_not_limit_pulls() -> None:
    images = [image_of(one) for one in plan().service.shape.containers]
    assert [image.partition("/")[0] for image in images] == ["ghcr.io", "public.ecr.aws"]
    mirror = "registry.example.com/mirror/nginx@sha256:" + "b" * 64
    own = plan(nginx_image=mirror)
    assert own.problems() == []
    assert image_of(own.service.shape.containers[1]) == mirror


@pytest.mark.parametrize(
    ("changed", "who"),
    [
        ({}, ["DNS administrator", "Platform engineer"]),
        ({"hosted_zone_id": "Z0123456789ABC"}, ["Platform engineer"]),
        (
            {
                "hosted_zone_id": "Z0123456789ABC",
                "alarm_topic_arn": "arn:aws:sns:eu-central-1:123456789012:operations",
            },
            [],
        ),
        (
            {"internal": True},
            ["Network administrator", "DNS administrator", "Network administrator", "Platform engineer"],
        ),
    ],
)
def test_what_a_person_must_still_do(changed: dict[str, object], who: list[str]) -> None:
    assert [step["who"] for step in next_steps(plan(**changed))] == who


def test_an_internal_gateway_has_a_private_zone_unless_it_is_not_wanted() -> None:
    assert plan(internal=True).private_zone
    assert not plan(internal=True, private_zone=False).private_zone
    assert not plan().private_zone


@pytest.mark.parametrize("seconds", [60, 600, 900, 3600])
def test_nginx_keeps_connections_longer_than_the_load_balancer(seconds: int) -> None:
    found = plan(timeout_seconds=seconds)
    assert found.problems() == []
    [kept] = re.findall(r"keepalive_timeout (\d+)s;", render_edge(found.service.spec))
    assert int(kept) > found.idle_seconds >= seconds
