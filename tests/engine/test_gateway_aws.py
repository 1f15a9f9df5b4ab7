"""`AwsGateway` on the real engine: its life, what a change rolls, certificates, networks, secrets, interruption."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from standin.cloud import Cloud
from standin.faults import VARIABLE as FAULTS
from tests.engine.gateway_aws_project import (
    ACCOUNT,
    CERTIFICATE,
    DOMAIN,
    KEY,
    RECORD,
    REGION,
    ROLE_POLICY,
    SERVICE,
    SUBNET,
    TASK,
    VERSION,
    VPC,
    AwsGatewayProject,
    by_hand,
)
from tests.engine.observe import config_of, prepared, up
from tests.engine.test_secrets import files_with, holds
from tests.gateway.declared_aws import of_type
from tests.gateway.reach_aws import BALANCER, INGRESS, LISTENER, reach
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine

MakeGateway = Callable[..., AwsGatewayProject]
ANTHROPIC = {"upstreams": [{"kind": "anthropic"}], "models": ["claude-sonnet-4-6"]}
ROLL = [("create", VERSION), ("create", TASK), ("update", SERVICE), ("delete", TASK), ("delete", VERSION)]
"""What a change of the files or of one key does, in this order: old instances keep what they read until they end."""
INVENTORY = {
    "acm/certificate": 1, "acm/certificateValidation": 1, "appautoscaling/policy": 2, "appautoscaling/target": 1,
    "cloudwatch/dashboard": 1, "cloudwatch/eventRule": 1, "cloudwatch/logGroup": 1, "cloudwatch/metricAlarm": 4,
    "ec2/eip": 1, "ec2/internetGateway": 1, "ec2/natGateway": 1, "ec2/routeTable": 2, "ec2/routeTableAssociation": 4,
    "ec2/securityGroup": 2, "ec2/subnet": 4, "ec2/vpc": 1, "ecs/cluster": 1, "ecs/service": 1, "ecs/taskDefinition": 1,
    "iam/role": 2, "iam/rolePolicy": 2, "lb/listener": 1, "lb/loadBalancer": 1, "lb/targetGroup": 1,
    "route53/record": 2, "secretsmanager/secret": 1, "secretsmanager/secretVersion": 1,
    "vpc/securityGroupEgressRule": 2, "vpc/securityGroupIngressRule": 2,
}  # fmt: skip
WITHOUT_PROOF = {
    one: count
    for one, count in INVENTORY.items()
    if one not in ("acm/certificateValidation", "lb/listener", "ecs/service", "cloudwatch/dashboard")
    and one not in ("cloudwatch/eventRule", "cloudwatch/metricAlarm", "route53/record")
    and not one.startswith("appautoscaling/")
}
"""What there is before the certificate can be issued: nothing that needs a listener."""


@pytest.fixture
def make(engine: Engine, tmp_path: Path) -> MakeGateway:
    """Return a function that prepares a project; its keywords replace arguments."""

    def made(secrets: dict[str, str] | None = None, **changed: object) -> AwsGatewayProject:
        project = AwsGatewayProject(engine, tmp_path / "run", secrets)
        project.use(**changed)
        return project

    return made


def task(project: AwsGatewayProject) -> dict[str, dict[str, Any]]:
    """Return the container definitions by name."""
    [row] = project.rows(TASK)
    return {one["name"]: one for one in json.loads(row["containerDefinitions"])}


def inventory(project: AwsGatewayProject) -> dict[str, int]:
    state = json.loads(project.pulumi("stack", "export", "-s", project.stack).stdout)["deployment"]
    types = [row["type"] for row in state["resources"] if row["type"].startswith("aws:")]
    return dict(Counter(one.removeprefix("aws:").rpartition(":")[0] for one in types))


def test_one_life(make: MakeGateway) -> None:
    project = make()
    project.up()
    assert inventory(project) == INVENTORY
    assert project.up() == {}
    outputs = project.outputs()
    assert outputs["url"] == f"https://{DOMAIN}"
    assert outputs["dns_records"] == []
    assert outputs["identity"] == f"arn:aws:iam::{ACCOUNT}:role/claude-gateway-{REGION}-task"
    assert outputs["log_source"] == {"logGroup": "/claude-byoc/claude-gateway", "region": REGION}
    assert reach(project.rows()) == {
        ("0.0.0.0/0", "front", 443),
        ("front", "containers", 8080),
        ("containers", "internet", 443),
    }
    project.use(models=["claude-sonnet-4-6"])
    changed = project.changed()
    assert set(changed) == {*ROLL, ("update", ROLE_POLICY)}
    assert [one for one in changed if one in ROLL] == ROLL
    assert project.up() == {}
    project.use(min_instances=2, models=["claude-sonnet-4-6"])
    assert {token for _, token in project.changed()} == {
        "aws:appautoscaling/target:Target",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
    }
    project.destroy()
    assert project.rows() == []
    assert {row.token for row in Cloud(project.cloud).lasting()} == {TASK}
    assert [row["what"] for row in outputs["lasting"]] == ["revisions of the task definition, inactive"]


def test_keys_are_secrets_everywhere_and_a_new_one_rolls(make: MakeGateway) -> None:
    project = make({"anthropic_api_key": KEY}, **ANTHROPIC)
    said = [
        project.pulumi(*command, "-s", project.stack)
        for command in (
            ("preview", "--diff"),
            ("up", "--yes", "--skip-preview"),
            ("stack", "output", "--json"),
            ("stack", "export"),
            ("refresh", "--yes", "--skip-preview", "--diff"),
        )
    ]
    assert not holds("".join(one.stdout + one.stderr for one in said).encode(), [KEY])
    assert files_with([KEY], project.folder) == set()
    [reference] = task(project)["app"]["secrets"]
    assert reference["name"] == "ANTHROPIC_API_KEY"
    versions = {
        row["id"].replace("|" + row["versionId"], f":::{row['versionId']}") for row in project.rows(VERSION)
    }
    assert reference["valueFrom"] in versions
    project.set_secret("gateway:anthropic_api_key", "planted-another-91aa20")
    assert project.changed() == ROLL
    assert task(project)["app"]["secrets"] != [reference]


def test_without_a_zone_the_proof_of_the_domain_comes_between_two_runs(make: MakeGateway) -> None:
    project = make(hosted_zone_id=None)
    project.up()
    [certificate] = project.rows(CERTIFICATE)
    [balancer] = project.rows(BALANCER)
    [proof] = certificate["domainValidationOptions"]
    records = [
        {"name": DOMAIN, "type": "CNAME", "value": balancer["dnsName"]},
        {"name": proof["resourceRecordName"], "type": "CNAME", "value": proof["resourceRecordValue"]},
    ]
    outputs = project.outputs()
    assert outputs["dns_records"] == records
    steps = " ".join(step["what"] for step in outputs["next_steps"])
    assert "gateway.dnsRecords" in steps
    assert "set gateway.aws.domainVerified: true" in steps
    assert inventory(project) == WITHOUT_PROOF
    assert project.up() == {}

    project.use(hosted_zone_id=None, domain_verified=True)
    said = project.refused()
    assert "has to be in the public DNS" in said
    assert f"{proof['resourceRecordName']}  CNAME  {proof['resourceRecordValue']}" in said
    assert "timeout while waiting for state to become 'ISSUED'" in said
    assert not project.rows(SERVICE)
    record = {"name": proof["resourceRecordName"].rstrip("."), "type": "CNAME", "zoneId": project.zone}
    by_hand(Cloud(project.cloud), RECORD, {**record, "records": [proof["resourceRecordValue"]], "ttl": 300})
    project.up()
    assert inventory(project) == {
        one: count for one, count in INVENTORY.items() if not one.startswith("route53/")
    }
    outputs = project.outputs()
    assert outputs["dns_records"] == records
    assert "domainVerified" not in str(outputs["next_steps"])
    assert project.up() == {}
    project.destroy()
    assert project.rows() == []


def test_an_environment_suggests_no_look_at_what_does_not_answer_yet(engine: Engine, tmp_path: Path) -> None:
    project = prepared(engine, tmp_path / "run", "gateway-aws")
    _, config = config_of("gateway-aws")
    settings = config["claude-byoc:settings"]
    project.prepare({"claude-byoc:settings": {**settings, "gateway": {**settings["gateway"], "aws": {}}}})
    up(project)
    outputs = project.outputs()
    assert outputs["gateway"]["url"] == f"https://{DOMAIN}"
    assert "health" not in outputs["gateway"]
    assert [record["type"] for record in outputs["gateway"]["dnsRecords"]] == ["CNAME", "CNAME"]
    steps = [f"{step['what']} {step.get('command')}" for step in outputs["nextSteps"]]
    assert any("set gateway.aws.domainVerified: true and run up again" in step for step in steps)
    assert not any("doctor" in step for step in steps)


def test_an_internal_gateway_in_a_network_that_exists(make: MakeGateway) -> None:
    project = make()
    cloud = Cloud(project.cloud)
    vpc = by_hand(cloud, VPC, {"cidrBlock": "10.9.0.0/16"})
    front, tasks = [
        [
            by_hand(cloud, SUBNET, {"vpcId": vpc, "cidrBlock": f"10.9.{kind}{zone}.0/24",
                                    "availabilityZone": f"{REGION}{letter}"})
            for zone, letter in enumerate("ab")
        ]
        for kind in (1, 2)
    ]  # fmt: skip
    before = cloud.foreign()
    network = {"vpc_id": vpc, "load_balancer_subnet_ids": front, "task_subnet_ids": tasks}
    project.use(internal=True, network=network, nat_per_zone=None)
    project.up()
    assert project.up() == {}
    assert {way for way in reach(project.rows()) if way[1] != "internet"} == {
        ("10.9.0.0/16", "front", 443),
        ("front", "containers", 8080),
    }
    [balancer] = project.rows(BALANCER)
    assert balancer["internal"] is True
    assert balancer["subnets"] == front
    [service] = project.rows(SERVICE)
    assert service["networkConfiguration"]["subnets"] == tasks
    [zone] = project.rows("aws:route53/zone:Zone")
    assert zone["name"] == DOMAIN
    assert zone["vpcs"] == [{"vpcId": vpc}]
    names = [(row["name"], row["type"], row["zoneId"] == zone["id"]) for row in project.rows(RECORD)]
    assert (DOMAIN, "A", True) in names
    assert (DOMAIN, "A", False) not in names
    outputs = project.outputs()
    assert outputs["internal"] is True
    assert outputs["dns_records"] == [{"name": DOMAIN, "type": "CNAME", "value": balancer["dnsName"]}]
    project.use(internal=True, network=network, allowed_addresses=["10.0.0.0/8", "192.0.2.7/32"])
    project.up()
    assert {one for one, target, _ in reach(project.rows()) if target == "front"} == {
        "10.0.0.0/8",
        "192.0.2.7/32",
    }
    project.destroy()
    assert project.rows() == []
    assert cloud.foreign() == before


def test_shared_limits_firewall_and_given_certificate(make: MakeGateway) -> None:
    redis = "rediss://:planted-redis-77ab01@redis.example.com:6380"
    project = make(
        {"anthropic_api_key": KEY, "redis_url": redis},
        **ANTHROPIC,
        limits={"shared": True, "default": {"requests_per_minute": 60}},
        waf=True,
        timeout_seconds=300,
        network={"nat_per_zone": True},
        alarm_topic_arn=f"arn:aws:sns:{REGION}:{ACCOUNT}:operations",
    )
    cloud = Cloud(project.cloud)
    given = by_hand(cloud, CERTIFICATE, {"domainName": DOMAIN, "certificateBody": "pem"})
    zone = {"name": "proof", "type": "CNAME", "zoneId": project.zone, "records": ["x"], "ttl": 60}
    by_hand(cloud, RECORD, zone)
    project.use(
        **ANTHROPIC,
        limits={"shared": True, "default": {"requests_per_minute": 60}},
        waf=True,
        timeout_seconds=300,
        network={"nat_per_zone": True},
        certificate_arn=given,
        alarm_topic_arn=f"arn:aws:sns:{REGION}:{ACCOUNT}:operations",
    )
    project.up()
    assert project.up() == {}
    rows = project.rows()
    assert {way for way in reach(rows) if way[1] == "internet"} == {
        ("containers", "internet", 443),
        ("containers", "internet", 6380),
    }
    [listener] = of_type(rows, LISTENER)
    assert (listener["port"], listener["protocol"], listener["certificateArn"]) == (443, "HTTPS", given)
    assert listener["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    header = "routingHttpResponseAccessControlAllowOriginHeaderValue"
    assert listener[header] == "https://pivot.claude.ai"
    [balancer] = of_type(rows, BALANCER)
    assert balancer["idleTimeout"] == 300
    [group] = of_type(rows, "aws:lb/targetGroup:TargetGroup")
    assert (group["deregistrationDelay"], group["healthCheck"]["path"]) == (110, "/ready")
    assert len(of_type(rows, "aws:ec2/natGateway:NatGateway")) == 2
    [acl] = of_type(rows, "aws:wafv2/webAcl:WebAcl")
    overridden = {
        rule["name"]: {
            one["name"]: one["actionToUse"]
            for one in rule["statement"]["managedRuleGroupStatement"].get("ruleActionOverrides", [])
        }
        for rule in acl["rules"]
    }
    assert overridden["AWSManagedRulesCommonRuleSet"]["SizeRestrictions_BODY"] == {"count": {}}
    assert overridden["AWSManagedRulesSQLiRuleSet"].keys() == {"SQLi_BODY", "SQLiExtPatterns_BODY"}
    [used] = of_type(rows, "aws:wafv2/webAclAssociation:WebAclAssociation")
    assert used["resourceArn"] == balancer["arn"]
    for alarm in of_type(rows, "aws:cloudwatch/metricAlarm:MetricAlarm"):
        assert alarm["alarmActions"] == [f"arn:aws:sns:{REGION}:{ACCOUNT}:operations"]
    project.destroy()
    assert project.rows() == []


def test_plaintext_is_by_its_name_alone(make: MakeGateway) -> None:
    project = make(domain=None)
    assert "gateway.domain: is missing" in project.refused()
    assert project.rows() == []
    project.use(domain=None, insecure_plaintext_http=True, hosted_zone_id=None)
    said = project.pulumi("up", "--yes", "--skip-preview", "-s", project.stack)
    assert "unencrypted" in said.stdout + said.stderr
    [listener] = project.rows(LISTENER)
    assert (listener["port"], listener["protocol"]) == (80, "HTTP")
    assert project.outputs()["url"].startswith("http://claude-gateway-")


def test_ranges_come_and_go_each_by_itself(make: MakeGateway) -> None:
    first, second, third = "198.51.100.0/24", "203.0.113.0/24", "192.0.2.7/32"
    project = make(allowed_addresses=[first, second, first])
    project.up()
    project.use(allowed_addresses=[second, third])
    assert project.changed() == [("create", INGRESS), ("delete", INGRESS)]
    assert {one for one, target, _ in reach(project.rows()) if target == "front"} == {second, third}
    # A state from before rules were named by their ranges.
    old = project.pulumi("stack", "export", "-s", project.stack).stdout
    for number, label in enumerate(("203.0.113.0-24", "192.0.2.7-32")):
        assert f"::gateway-front-from-{label}" in old
        old = old.replace(f"::gateway-front-from-{label}", f"::gateway-front-from-{number}")
    state = project.folder / "numbered.json"
    state.write_text(old, encoding="utf-8")
    project.pulumi("stack", "import", "-s", project.stack, "--file", str(state))
    assert project.changed() == []


def test_images_of_a_private_registry_in_ecr_can_be_pulled(make: MakeGateway) -> None:
    registry, digest = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com", "sha256:" + "a" * 64
    images = {"litellm_image": f"{registry}/litellm@{digest}", "nginx_image": f"{registry}/nginx@{digest}"}
    project = make(**images)
    project.up()
    assert {one["image"] for one in task(project).values()} == set(images.values())


def test_tasks_that_do_not_start_end_the_run_and_it_can_be_repeated(make: MakeGateway) -> None:
    project = make()
    said = project.refused({FAULTS: f"create:{SERVICE}=fail-once"})
    assert SERVICE.rpartition(":")[2] in said
    assert project.up()["create"] > 0
    assert project.up() == {}
