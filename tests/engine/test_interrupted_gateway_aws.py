"""Interrupted runs of the gateway in AWS: what AWS named by itself is found by its tags, and nothing is made twice."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from standin.cloud import Cloud
from tests.engine.gateway_aws_project import (
    CERTIFICATE,
    SUBNET,
    TASK,
    VERSION,
    VPC,
    AwsGatewayProject,
    by_hand,
)
from tests.engine.interrupted import (
    begun,
    die,
    faults,
    kill_engine,
    made,
    recover,
    run_recover,
    start_recover,
    start_up,
)
from tests.engine.test_gateway_aws import inventory
from tests.gateway.reach_aws import BALANCER, INGRESS, LISTENER
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine

GROUP, SECURITY = "aws:lb/targetGroup:TargetGroup", "aws:ec2/securityGroup:SecurityGroup"
GATEWAY, TABLE = "aws:ec2/internetGateway:InternetGateway", "aws:ec2/routeTable:RouteTable"
ADDRESS, NAT = "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"
ROUTING = "aws:ec2/routeTableAssociation:RouteTableAssociation"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
SECRET = "aws:secretsmanager/secret:Secret"
ACL, USE = "aws:wafv2/webAcl:WebAcl", "aws:wafv2/webAclAssociation:WebAclAssociation"
ZONE = "aws:route53/zone:Zone"
INDEX = "aws:resourcegroupstaggingapi/getResources:getResources"
NOW = ("--wait", "0")
"""The index of the stand-in cloud follows at once."""
ONCE = {"internal": True, "waf": True}
"""With a web ACL and a private zone as well."""


@pytest.fixture
def project(engine: Engine, tmp_path: Path) -> AwsGatewayProject:
    project = AwsGatewayProject(engine, tmp_path / "run")
    project.use(**ONCE)
    return project


def assert_once(project: AwsGatewayProject) -> None:
    """Everything was made once and is in the state, and `up` has nothing left to do."""
    assert project.up() == {}
    wanted = inventory(project)
    wanted.pop("acm/certificateValidation")
    assert Counter(row["token"].removeprefix("aws:").rpartition(":")[0] for row in project.rows()) == wanted


KILLS: Sequence[Sequence[str]] = (
    (VPC, CERTIFICATE, SECRET, ACL),
    (SUBNET, GATEWAY, SECURITY, VERSION),
    (ADDRESS, BALANCER, INGRESS, EGRESS, TASK, TABLE),
    (ROUTING, USE),
)
"""What is lost in one kill: nothing of it needs another of it, and it is no more than the engine makes at once."""


def test_the_engine_is_killed_after_the_answer_and_before_it(project: AwsGatewayProject) -> None:
    theirs = {"claude-byoc:project": "claude-byoc", "claude-byoc:stack": "prod", "Name": "claude-gateway"}
    other = by_hand(Cloud(project.cloud), VPC, {"cidrBlock": "10.71.0.0/22", "tags": theirs})
    for number, tokens in enumerate(KILLS):
        fault = f"{faults(tokens, 'hang-after-create')};{faults([LISTENER], 'hang')}"
        process = start_recover(project, fault, more=NOW) if number else start_up(project, fault)
        last = tokens is KILLS[-1]
        kill_engine(
            process,
            lambda tokens=tokens, last=last: made(project, tokens) and (begun(project, LISTENER) or not last),
            ", ".join(tokens),
        )
    said = recover(project, *NOW)
    assert "adopted  gateway-waf-use: arn:aws:wafv2:" in said
    assert "adopted  gateway-public-" in said
    assert "not made gateway-listener: nothing with its tags" in said
    assert_once(project)
    project.destroy()
    assert project.rows() == []
    assert other in {row.id for row in Cloud(project.cloud).foreign()}


def test_the_provider_is_killed_and_what_was_deleted_still_shows(project: AwsGatewayProject) -> None:
    die(start_up(project, faults([GROUP, ZONE], "die-after-create")))
    process = start_recover(project, faults([NAT, LISTENER], "hang-after-create"), more=NOW)
    kill_engine(process, lambda: made(project, [NAT, LISTENER]), "NAT gateway and listener")
    said = recover(project, *NOW)
    assert "adopted  gateway-nat-0: nat-" in said
    assert "adopted  gateway-listener: arn:aws:elasticloadbalancing:" in said
    assert_once(project)


def test_what_aws_does_not_tell_or_has_twice_is_not_made_again(project: AwsGatewayProject) -> None:
    kill_engine(
        start_up(project, faults([VPC], "hang-after-create")), lambda: made(project, [VPC]), "the VPC"
    )
    before = Cloud(project.cloud).resources()
    for _ in range(2):  # the second time as well
        ended = run_recover(project, *NOW, STANDIN_FAULTS=f"invoke:{INDEX}=fail")
        assert ended.returncode == 1
        assert "was not looked up in AWS: " in ended.stderr
        assert "tag:GetResources" in ended.stderr
        assert Cloud(project.cloud).resources() == before
    [first] = Cloud(project.cloud).resources(VPC)
    second = by_hand(
        Cloud(project.cloud), VPC, {"cidrBlock": "10.71.0.0/22", "tags": first.properties["tags"]}
    )
    ended = run_recover(project, *NOW)
    assert ended.returncode == 1
    assert "gateway-vpc: exists 2 times and each is this environment's" in ended.stderr
    assert first.id in ended.stderr
    assert second in ended.stderr
    assert len(Cloud(project.cloud).resources(VPC)) == 1
