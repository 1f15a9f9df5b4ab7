"""`AwsGateway`'s plan: every problem at once, each with its setting; sizes, ranges, images."""

import re
from typing import Any

import pytest
from pulumi import Output

from claude_byoc.aws.gateway_args import AwsGatewayArgs
from claude_byoc.aws.gateway_plan import AwsGatewayPlan, image_of, plan_of
from claude_byoc.aws.gateway_steps import next_steps
from claude_byoc.contract import aws_gateway as facts
from claude_byoc.contract.problems import ProblemsError, errors
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
        ({"memory_mib": 200_000}, "gateway.aws.memoryMib"),
        ({"memory_mib": 4096.5}, "gateway.aws.memoryMib"),
        ({"cpu": 1024.5}, "gateway.aws.cpu"),
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
        ({"domain_verified": True, "hosted_zone_id": "Z0123456789ABC"}, "gateway.aws.domainVerified"),
        ({"domain_verified": True, "insecure_plaintext_http": True}, "gateway.aws.domainVerified"),
        (
            {
                "domain_verified": True,
                "certificate_arn": f"arn:aws:acm:eu-central-1:123456789012:certificate/{'a' * 36}",
            },
            "gateway.aws.domainVerified",
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


@pytest.mark.parametrize("asked", [1024, 1280, 2048, 3072])
def test_memory_that_would_not_be_what_is_asked_is_told_with_sizes_that_work(asked: int) -> None:
    [problem] = plan(memory_mib=asked).problems()
    assert problem.key == "gateway.aws.memoryMib"
    assert str(asked) in problem.wrong
    assert ("1280 that the containers need" if asked < 1280 else "with 2048 CPU units") in problem.wrong
    assert problem.allowed.startswith("4096 to 16384 in steps of 1024 with 2048 CPU units, 8192 to 30720")
    fits = {1024: [], 1280: [], 2048: [256, 512, 1024], 3072: [512, 1024]}[asked]
    for units in fits:
        assert plan(cpu=units, memory_mib=asked).size == (units, asked)
        assert plan(cpu=units, memory_mib=asked).problems() == []
    said = f"or set gateway.aws.cpu to {' or '.join(map(str, fits))}"
    assert problem.cure == ("choose one of them" + (f", {said}" if fits else ""))


def test_cpu_that_would_not_be_what_is_asked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert plan(cpu=256).size == (256, 2048)
    monkeypatch.setattr(facts, "FARGATE_SIZES", {256: (512, 1024), 512: (1024, 2048)})
    [problem] = plan(cpu=256).problems()
    assert (problem.key, problem.allowed) == ("gateway.aws.cpu", "512")


def test_a_missing_region_is_told() -> None:
    with pytest.raises(ProblemsError, match="region: is missing from AwsGateway's args"):
        plan(region=None)


def test_a_range_is_allowed_once_and_named_by_itself() -> None:
    ranges = ["198.51.100.7", "203.0.113.0/24", "203.0.113.0/255.255.255.0", "203.0.113.0/24"]
    found = plan(allowed_addresses=ranges)
    assert found.problems() == []
    named = {"198.51.100.7-32": "198.51.100.7/32", "203.0.113.0-24": "203.0.113.0/24"}
    assert found.allowed_ranges() == named
    assert plan().allowed_ranges() == {"0.0.0.0-0": "0.0.0.0/0"}
    assert plan(internal=True).allowed_ranges() == {"10.71.0.0-22": "10.71.0.0/22"}
    assert plan(internal=True, network=NETWORK).allowed_ranges() == {"vpc": None}


def test_ranges_end_where_the_rules_of_a_security_group_do() -> None:
    ranges = [f"198.51.100.{number}/32" for number in range(facts.INBOUND_RULES)]
    assert wrong(allowed_addresses=[*ranges, ranges[0]]) == []
    [problem] = plan(allowed_addresses=[*ranges, "203.0.113.0/24"]).problems()
    assert problem.key == "gateway.allowedAddresses"
    assert problem.wrong.startswith("has 61 ranges")


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
        ({}, ["DNS administrator", "Platform engineer", "Platform engineer"]),
        ({"domain_verified": True}, ["DNS administrator", "Platform engineer"]),
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
            [
                "Network administrator",
                "DNS administrator",
                "Platform engineer",
                "Network administrator",
                "Platform engineer",
            ],
        ),
    ],
)
def test_what_a_person_must_still_do(changed: dict[str, object], who: list[str]) -> None:
    assert [step["who"] for step in next_steps(plan(**changed))] == who


@pytest.mark.parametrize(
    ("changed", "awaits"),
    [
        ({}, True),
        ({"internal": True}, True),
        ({"domain_verified": False}, True),
        ({"domain_verified": True}, False),
        ({"hosted_zone_id": "Z0123456789ABC"}, False),
        ({"hosted_zone_id": Output.from_input("Z0")}, False),
        ({"certificate_arn": Output.from_input("arn")}, False),
        ({"insecure_plaintext_http": True, "domain": None}, False),
    ],
)
def test_nothing_answers_before_somebody_proves_the_domain(changed: dict[str, object], awaits: bool) -> None:
    found = plan(**changed)
    assert found.problems() == []
    assert found.awaits_proof is awaits
    assert ("domainVerified" in str(next_steps(found))) is awaits


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
