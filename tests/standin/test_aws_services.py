"""What the stand-in account refuses of networks, load balancers, certificates, containers and secrets."""

import json
from typing import Any, cast

import pytest

from standin.errors import CloudError
from standin.rules.aws.ecs import CLUSTER, SECRET, SERVICE, TASK, VERSION
from standin.rules.aws.elb import CERTIFICATE, LISTENER, LOAD_BALANCER, RECORD, TARGET_GROUP, ZONE
from standin.rules.aws.network import GROUP, INGRESS, SUBNET, VPC
from tests.standin.conftest import REGION, ROLE, ROLE_POLICY, TRUST, Asked

INDEX = "aws:resourcegroupstaggingapi/getResources:getResources"
EXECUTION = "arn:aws:iam::000000000000:role/execution"


@pytest.fixture
def vpc(aws: Asked) -> str:
    return aws.create(VPC, {"cidrBlock": "10.0.0.0/16"}).id


def subnet(aws: Asked, vpc: str, number: int, zone: str = "a") -> str:
    given = {"vpcId": vpc, "cidrBlock": f"10.0.{number}.0/24", "availabilityZone": f"eu-central-1{zone}"}
    return aws.create(SUBNET, given, f"subnet-{number}").id


def balancer(aws: Asked, vpc: str) -> str:
    subnets = [subnet(aws, vpc, number, zone) for number, zone in enumerate("ab")]
    return aws.create(LOAD_BALANCER, {"name": "front", "subnets": subnets}).id


def task(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 -- parts of a container definition
    """Return a task definition of one container with a change."""
    container = {"name": "app", "image": "example.com/app", "essential": True, **changed}
    return {
        "family": "it",
        "cpu": "1024",
        "memory": "2048",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": json.dumps([container]),
        "volumes": [{"name": "files"}],
        "executionRoleArn": EXECUTION,
    }


def test_a_network_is_taken_down_from_the_inside(aws: Asked) -> None:
    outer = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    inner = aws.create(SUBNET, {"vpcId": outer.id, "cidrBlock": "10.0.1.0/24"})
    with pytest.raises(CloudError, match="DependencyViolation"):
        outer.delete()
    inner.delete()
    outer.delete()
    with pytest.raises(CloudError, match=r"InvalidVpcID\.NotFound"):
        aws.create(SUBNET, {"vpcId": outer.id, "cidrBlock": "10.0.1.0/24"})


@pytest.mark.parametrize(
    ("range_", "code"),
    [("10.1.0.0/24", r"InvalidSubnet\.Range"), ("10.0.1.128/25", r"InvalidSubnet\.Conflict")],
)
def test_subnets_lie_side_by_side_in_their_vpc(aws: Asked, vpc: str, range_: str, code: str) -> None:
    subnet(aws, vpc, 1)
    with pytest.raises(CloudError, match=code):
        aws.create(SUBNET, {"vpcId": vpc, "cidrBlock": range_}, "other")


def test_a_rule_of_a_security_group_stands_once_and_in_plain_letters(aws: Asked, vpc: str) -> None:
    group = aws.create(GROUP, {"vpcId": vpc, "description": "people"}).id
    rule = {
        "securityGroupId": group,
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "0.0.0.0/0",
    }
    aws.create(INGRESS, rule)
    with pytest.raises(CloudError, match=r"InvalidPermission\.Duplicate"):
        aws.create(INGRESS, {**rule, "description": "another"}, "again")
    other = {**rule, "cidrIpv4": "192.0.2.0/24"}
    second = aws.create(INGRESS, other, "second")
    with pytest.raises(CloudError, match=r"InvalidPermission\.Duplicate"):
        second.update(rule)
    second.update({**other, "description": "another"})
    assert aws.problems(INGRESS, {**rule, "description": "people's computers"}).keys() == {"description"}
    assert aws.problems(INGRESS, {**rule, "referencedSecurityGroupId": group}).keys() == {"cidrIpv4"}
    assert aws.problems(INGRESS, {"securityGroupId": group, "ipProtocol": "tcp"}).keys() == {"fromPort"}


def test_a_load_balancer_stands_in_two_zones(aws: Asked, vpc: str) -> None:
    subnets = [subnet(aws, vpc, number) for number in (1, 2)]
    with pytest.raises(CloudError, match="two different Availability Zones"):
        aws.create(LOAD_BALANCER, {"name": "front", "subnets": subnets})
    assert aws.problems(LOAD_BALANCER, {"name": "internal-x", "subnets": subnets}).keys() == {"name"}
    assert aws.problems(LOAD_BALANCER, {"name": "x", "idleTimeout": 4001}).keys() == {"idleTimeout"}


def test_a_certificate_is_used_once_its_record_is_there(aws: Asked, vpc: str) -> None:
    target = aws.create(TARGET_GROUP, {"name": "t", "vpcId": vpc, "port": 8080, "protocol": "HTTP"})
    zone = aws.create(ZONE, {"name": "example.com"})
    asked = aws.create(CERTIFICATE, {"domainName": "a.example.com", "validationMethod": "DNS"})
    listener = {
        "loadBalancerArn": balancer(aws, vpc),
        "port": 443,
        "protocol": "HTTPS",
        "certificateArn": asked.id,
        "defaultActions": [{"type": "forward", "targetGroupArn": target.id}],
    }
    with pytest.raises(CloudError, match="UnsupportedCertificate"):
        aws.create(LISTENER, listener)
    [proof] = json.loads(json.dumps(asked.plain["domainValidationOptions"]))
    name = proof["resourceRecordName"].rstrip(".")
    record = {
        "zoneId": zone.id,
        "name": name,
        "type": "CNAME",
        "records": [proof["resourceRecordValue"]],
        "ttl": 60,
    }
    aws.create(RECORD, record)
    with pytest.raises(CloudError, match="already exists"):
        aws.create(RECORD, record, "again")
    aws.create(LISTENER, listener)
    with pytest.raises(CloudError, match="ResourceInUse"):
        target.delete()
    with pytest.raises(CloudError, match="ResourceInUse"):
        asked.delete()
    with pytest.raises(CloudError, match="HostedZoneNotEmpty"):
        zone.delete()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stopTimeout": 121}, "ends at 120"),
        ({"linuxParameters": {"tmpfs": []}}, "not for Fargate"),
        ({"mountPoints": [{"sourceVolume": "other"}]}, "Unknown volume"),
        ({"portMappings": [{"containerPort": 80, "hostPort": 81}]}, "must be the same"),
        ({"dependsOn": [{"containerName": "app", "condition": "HEALTHY"}]}, "no health check"),
        ({"dependsOn": [{"containerName": "app", "condition": "SUCCESS"}]}, "essential"),
        ({"dependsOn": [{"containerName": "init", "condition": "START"}]}, "not there"),
        ({"healthCheck": {"command": ["CMD", "true"], "retries": 11}}, "retries is 11"),
        ({"healthCheck": {"command": ["true"]}}, "starts with CMD"),
        ({"secrets": [{"name": "KEY", "valueFrom": "my-key"}]}, "not an ARN"),
    ],
)
def test_what_fargate_does_not_run(aws: Asked, changed: dict[str, Any], said: str) -> None:
    assert aws.problems(TASK, task()) == {}
    assert said in aws.problems(TASK, task(**changed))["containerDefinitions"]


@pytest.mark.parametrize(
    ("cpu", "memory"), [("1000", "2048"), ("1024", "1024"), ("256", "1536"), ("2048", "17408")]
)
def test_sizes_that_fargate_does_not_offer(aws: Asked, cpu: str, memory: str) -> None:
    assert aws.problems(TASK, {**task(), "cpu": cpu, "memory": memory}).keys() == {"cpu"}


def test_a_task_that_cannot_read_its_secret_never_runs(aws: Asked) -> None:
    cluster = aws.create(CLUSTER, {"name": "c"}).id
    secret = aws.create(SECRET, {"name": "s", "recoveryWindowInDays": 0})
    version = aws.create(VERSION, {"secretId": secret.id, "secretString": "x"})
    reference = f"{secret.id}:::{version.plain['versionId']}"
    made = aws.create(TASK, task(secrets=[{"name": "KEY", "valueFrom": reference}]))
    service = {
        "name": "s",
        "cluster": cluster,
        "taskDefinition": made.plain["arn"],
        "waitForSteadyState": True,
    }
    with pytest.raises(CloudError, match="execution role has no policy"):
        aws.create(SERVICE, service)
    assert made.plain["revision"] == 1
    assert aws.create(TASK, task(), "next").plain["revision"] == 2


def test_a_task_whose_image_may_not_be_pulled_never_runs(aws: Asked) -> None:
    cluster = aws.create(CLUSTER, {"name": "c"}).id
    image = f"999900001111.dkr.ecr.eu-central-1.amazonaws.com/mirror/app@sha256:{'a' * 64}"
    made = aws.create(TASK, task(image=image)).plain["arn"]
    service = {"name": "s", "cluster": cluster, "taskDefinition": made, "waitForSteadyState": True}
    aws.create(ROLE, {"name": "execution", "assumeRolePolicy": TRUST}, "role")

    def may(repository: str) -> None:
        pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        statements = [
            {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
            {"Effect": "Allow", "Action": pull, "Resource": [repository]},
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        aws.create(ROLE_POLICY, {"name": "pull", "role": "execution", "policy": policy}, "policy")

    home = "arn:aws:ecr:eu-central-1:999900001111:repository/mirror"
    may(f"{home}/other")
    with pytest.raises(CloudError, match="not authorized to perform: ecr:BatchGetImage"):
        aws.create(SERVICE, service)
    may(f"{home}/app")
    aws.create(SERVICE, service)


def test_a_secrets_name_is_held_while_it_can_be_recovered(aws: Asked) -> None:
    aws.create(SECRET, {"name": "s"}).delete()
    with pytest.raises(CloudError, match="scheduled for deletion"):
        aws.create(SECRET, {"name": "s"})
    aws.create(SECRET, {"name": "t", "recoveryWindowInDays": 0}).delete()
    aws.create(SECRET, {"name": "t", "recoveryWindowInDays": 0})


def test_the_index_of_tags_shows_what_is_there_and_some_that_is_not(aws: Asked) -> None:
    mine, other = {"stack": "dev", "Name": "a"}, {"stack": "prod"}
    secret = aws.create(SECRET, {"name": "s", "tags": mine}).id
    aws.create(SECRET, {"name": "t", "tags": other}, "other")
    aws.create(ROLE, {"name": "r", "assumeRolePolicy": TRUST, "tags": mine})
    zone = aws.create(ZONE, {"name": "example.com", "tags": mine}).plain["arn"]

    def shown(region: str) -> list[str]:
        filters: Any = [{"key": "stack", "values": ["dev"]}]
        told = aws.told(INDEX, region=region, tagFilters=filters)
        rows = cast("list[dict[str, Any]]", told["resourceTagMappingLists"])
        assert all(row["tags"] == mine for row in rows)
        return [row["resourceArn"] for row in rows]

    assert shown(str(REGION["region"])) == [secret]
    deleted, there = shown("us-east-1")
    assert there == zone
    assert deleted.startswith("arn:aws:route53:::hostedzone/Z")
    assert deleted != zone


def test_a_secrets_newest_version_is_the_current_one(aws: Asked) -> None:
    secret = aws.create(SECRET, {"name": "s"}).id
    made = [
        aws.create(VERSION, {"secretId": secret, "secretString": text}, text).plain
        for text in ("a", "b", "c")
    ]
    told = aws.told("aws:secretsmanager/getSecretVersions:getSecretVersions", secretId=secret)
    rows = cast("list[dict[str, Any]]", told["versions"])
    assert [row["versionId"] for row in rows] == [one["versionId"] for one in reversed(made)]
    assert [row["versionStages"] for row in rows] == [["AWSCURRENT"], ["AWSPREVIOUS"], []]
    with pytest.raises(CloudError, match="can't find the specified secret"):
        aws.invoke("aws:secretsmanager/getSecretVersions:getSecretVersions", secretId="another")
