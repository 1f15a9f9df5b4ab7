"""What the index of tags shows is matched with what is planned: by tags, name, kind and region."""

from typing import Any

import pytest

from claude_byoc.contract.import_ids import ASKED_IDS, IMPORT_IDS
from claude_byoc.contract.import_ids.aws_tagged import TAGGED, VERSION, Tagged, Told, ids

REGION = "eu-central-1"
SIGN = {"claude-byoc:project": "p", "claude-byoc:stack": "dev"}
TAGS = {**SIGN, "managed-by": "claude-byoc", "Name": "claude-gateway"}
PLACE = f"{REGION}:123456789012"
ELB = f"arn:aws:elasticloadbalancing:{PLACE}"
GUID = "11111111-2222-3333-4444-555555555555"
VPC = "aws:ec2/vpc:Vpc"
FOUND: dict[str, tuple[dict[str, Any], str, str]] = {
    VPC: ({}, f"arn:aws:ec2:{PLACE}:vpc/vpc-0123456789abcdef0", "vpc-0123456789abcdef0"),
    "aws:ec2/subnet:Subnet": ({}, f"arn:aws:ec2:{PLACE}:subnet/subnet-01", "subnet-01"),
    "aws:ec2/internetGateway:InternetGateway": ({}, f"arn:aws:ec2:{PLACE}:internet-gateway/igw-01", "igw-01"),
    "aws:ec2/eip:Eip": ({}, f"arn:aws:ec2:{PLACE}:elastic-ip/eipalloc-01", "eipalloc-01"),
    "aws:ec2/natGateway:NatGateway": ({}, f"arn:aws:ec2:{PLACE}:natgateway/nat-01", "nat-01"),
    "aws:ec2/routeTable:RouteTable": ({}, f"arn:aws:ec2:{PLACE}:route-table/rtb-01", "rtb-01"),
    "aws:ec2/securityGroup:SecurityGroup": ({}, f"arn:aws:ec2:{PLACE}:security-group/sg-01", "sg-01"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        {},
        f"arn:aws:ec2:{PLACE}:security-group-rule/sgr-01",
        "sgr-01",
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        {},
        f"arn:aws:ec2:{PLACE}:security-group-rule/sgr-02",
        "sgr-02",
    ),
    "aws:lb/loadBalancer:LoadBalancer": ({"name": "gw"}, f"{ELB}:loadbalancer/app/gw/0a1b", ""),
    "aws:lb/targetGroup:TargetGroup": ({"namePrefix": "claude"}, f"{ELB}:targetgroup/claude2026/0a1b", ""),
    "aws:lb/listener:Listener": ({}, f"{ELB}:listener/app/gw/0a1b/2c3d", ""),
    "aws:acm/certificate:Certificate": ({}, f"arn:aws:acm:{PLACE}:certificate/{GUID}", ""),
    "aws:secretsmanager/secret:Secret": (
        {"name": "gw/files"},
        f"arn:aws:secretsmanager:{PLACE}:secret:gw/files-AbCdEf",
        "",
    ),
    "aws:wafv2/webAcl:WebAcl": (
        {"name": "gw"},
        f"arn:aws:wafv2:{PLACE}:regional/webacl/gw/{GUID}",
        f"{GUID}/gw/REGIONAL",
    ),
    "aws:route53/zone:Zone": ({}, "arn:aws:route53:::hostedzone/Z0123456789ABC", "Z0123456789ABC"),
    "aws:ecs/taskDefinition:TaskDefinition": (
        {"family": "gw"},
        f"arn:aws:ecs:{PLACE}:task-definition/gw:7",
        "",
    ),
}
EVERYTHING = [Tagged(arn, TAGS) for _, arn, _ in FOUND.values()]


def asked(token: str, rows: list[Tagged], tags: dict[str, str] = TAGS, **inputs: str) -> list[str]:
    return list(ids(token, {**inputs, "tags": tags}, Told({REGION: rows, "us-east-1": rows}), REGION))


@pytest.mark.parametrize("token", FOUND)
def test_each_type_has_its_id_and_no_other_types(token: str) -> None:
    inputs, arn, id_ = FOUND[token]
    others = {
        one for one, (_, other, _) in FOUND.items() if "security-group-rule" in arn and "group-rule" in other
    }
    rows = [row for row in EVERYTHING if row.arn not in {FOUND[one][1] for one in others - {token}}]
    assert asked(token, rows, **inputs) == [id_ or arn]


def test_every_type_is_asked_for_or_named_by_its_inputs_not_both() -> None:
    assert FOUND.keys() == {rule.token for rule in TAGGED}
    assert not ASKED_IDS.keys() & IMPORT_IDS.keys()


@pytest.mark.parametrize(
    "tags",
    [
        {**TAGS, "claude-byoc:stack": "prod"},
        {**TAGS, "claude-byoc:project": "other"},
        {**TAGS, "Name": "claude-gateway-0"},
        {key: value for key, value in TAGS.items() if key != "claude-byoc:stack"},
        {},
    ],
)
def test_what_bears_other_tags_is_not_ours(tags: dict[str, str]) -> None:
    assert asked(VPC, [Tagged(FOUND[VPC][1], tags)]) == []


def test_a_program_without_the_tags_finds_nothing() -> None:
    assert asked(VPC, [Tagged(FOUND[VPC][1], {})], tags={}) == []


def test_another_region_and_another_name_are_something_else() -> None:
    inputs, arn, _ = FOUND["aws:lb/loadBalancer:LoadBalancer"]
    assert asked("aws:lb/loadBalancer:LoadBalancer", EVERYTHING, name="another") == []
    elsewhere = [Tagged(arn.replace(REGION, "eu-west-1"), TAGS)]
    assert asked("aws:lb/loadBalancer:LoadBalancer", elsewhere, **inputs) == []


def test_of_a_task_definition_the_newest_revision_counts_and_of_others_each() -> None:
    rows = [Tagged(f"arn:aws:ecs:{PLACE}:task-definition/gw:{number}", TAGS) for number in (9, 10, 2)]
    assert asked("aws:ecs/taskDefinition:TaskDefinition", rows, family="gw") == [rows[1].arn]
    vpcs = [Tagged(f"arn:aws:ec2:{PLACE}:vpc/vpc-0{number}", TAGS) for number in (2, 1)]
    assert asked(VPC, [*vpcs, *vpcs]) == ["vpc-01", "vpc-02"]


def test_a_version_is_its_secrets() -> None:
    told = Told(versions={"arn:s": ["v1"]})
    assert ids(VERSION, {"secretId": "arn:s"}, told, REGION) == ["arn:s|v1"]
    assert ids(VERSION, {"secretId": "arn:t"}, told, REGION) == []
