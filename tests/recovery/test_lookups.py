"""What the program was told by AWS, as the command reads it, and what is said of no answer."""

import json
from typing import Any

import pytest

from claude_byoc.cli.recover_lookups import Lookups, read
from claude_byoc.contract.import_ids.aws_tagged import VERSION, ZONE

SIGN = {"claude-byoc:project": "p", "claude-byoc:stack": "dev"}
REGION, VPC = "eu-central-1", "aws:ec2/vpc:Vpc"
ARN = f"arn:aws:ec2:{REGION}:123456789012:vpc/vpc-01"
PLACE = {"region": REGION}
BEGUN = [f"urn:pulumi:dev::p::x${VPC}::vpc"]


def lookups(*said: dict[str, Any]) -> Lookups:
    return Lookups(read("".join(f"{json.dumps(one)}\n" for one in said)))


def test_what_was_told_is_found() -> None:
    asked = lookups(
        {"region": REGION, "tagged": [{"arn": ARN, "tags": SIGN}]},
        {"region": "us-east-1", "tagged": [{"arn": "arn:aws:route53:::hostedzone/Z01", "tags": SIGN}]},
        {"secret": "arn:s", "versions": ["v"]},
    )
    assert asked.ids(VPC, {"tags": SIGN}, PLACE) == ["vpc-01"]
    assert asked.ids(ZONE, {"tags": SIGN}, PLACE) == ["Z01"]
    assert asked.ids(VERSION, {"secretId": "arn:s"}, PLACE) == ["arn:s|v"]
    assert asked.problems(BEGUN) == []


@pytest.mark.parametrize(("begun", "severity"), [(BEGUN, "error"), ([], "warning")])
def test_no_answer_stops_where_something_was_begun(begun: list[str], severity: str) -> None:
    asked = lookups({"region": REGION, "failed": "AccessDenied"}, {"region": "us-east-1", "tagged": []})
    assert asked.ids(VPC, {"tags": SIGN}, PLACE) == []
    assert asked.ids(ZONE, {"tags": SIGN}, PLACE) == []
    [problem] = asked.problems(begun)
    assert (problem.key, problem.severity) == (VPC, severity)
    assert problem.wrong == "was not looked up in AWS: AccessDenied"
    assert "tag:GetResources" in problem.allowed


def test_a_region_that_may_not_be_asked_concerns_its_zones_alone() -> None:
    asked = lookups({"region": REGION, "tagged": []}, {"region": "us-east-1", "failed": "AccessDenied"})
    assert asked.ids(VPC, {"tags": SIGN}, PLACE) == []
    assert asked.problems(BEGUN) == []
    asked.ids(ZONE, {"tags": SIGN}, PLACE)
    assert [(one.key, one.severity) for one in asked.problems(BEGUN)] == [(ZONE, "warning")]


def test_a_program_that_did_not_ask_is_told() -> None:
    asked = lookups()
    for token in (VPC, "aws:ec2/subnet:Subnet", "aws:ec2/eip:Eip", "aws:lb/listener:Listener"):
        assert asked.ids(token, {"tags": SIGN}, PLACE) == []
    [problem] = asked.problems([])
    assert problem.wrong == "was not looked up in AWS: the program did not ask"
    assert problem.key.endswith(" and 1 more")
