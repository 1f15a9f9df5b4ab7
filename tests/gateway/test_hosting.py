"""What a gateway's host bills at all times: from its plan, as its declared resources, with a price for everything."""

from collections import Counter
from typing import Any

import pytest

from claude_byoc import gateway_plan
from claude_byoc.assembly import gateway_hosting
from claude_byoc.aws import gateway_plan as aws
from claude_byoc.azure import gateway_plan as azure
from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.contract.hosting import DEFAULTS, ITEMS
from claude_byoc.google import gateway_plan as google
from claude_byoc.rollout import prices
from claude_byoc.rollout.estimate import hosting_usd
from claude_byoc.settings import Settings, args_of
from tests.engine import observe

SETTINGS: dict[str, Any] = {
    "entra": {"tenantId": "11111111-2222-3333-4444-555555555555"},
    "aws": {"accountId": "000000000000", "region": "eu-central-1"},
    "google": {"projectId": "example-claude"},
    "azure": {
        "subscriptionId": "11111111-2222-3333-4444-555555555555",
        "location": "swedencentral",
    },
    "gateway": {
        "upstreams": [{"kind": "anthropic"}],
        "models": ["claude-opus-5"],
        "tokens": {"publicKeys": ["q0Xv2nJ9sUe1mT4yB7cW5dK8fH3gL6aZpRtVxQwEoIM="]},
        "google": {"region": "europe-west1"},
    },
}


def hosting(cloud: str, **gateway: Any) -> dict[str, float]:  # noqa: ANN401 -- settings of any kind
    settings = {**SETTINGS, "gateway": {**SETTINGS["gateway"], "cloud": cloud, **gateway}}
    if cloud == "aws":
        settings["gateway"]["aws"] = {"hostedZoneId": "Z0123456789ABC", **gateway.get("aws", {})}
    args = args_of(Settings.model_validate(settings))
    given: Any = gateway_plan.host_args(args, gateway_plan.service_args(args))
    match cloud:
        case "aws":
            return gateway_hosting.of_aws(aws.plan_of(given))
        case "google":
            return gateway_hosting.of_google(google.plan_of(given))
        case _:
            return gateway_hosting.of_azure(azure.plan_of(given))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_defaults_of_the_contract_are_those_of_the_plans(cloud: str) -> None:
    assert hosting(cloud) == DEFAULTS[cloud]


@pytest.mark.parametrize(
    ("cloud", "gateway", "more"),
    [
        ("aws", {"minInstances": 3}, {"vcpu": 6, "gib": 12}),
        ("aws", {"aws": {"cpu": 1024, "memoryMib": 3072}}, {"vcpu": 1, "gib": 3}),
        ("aws", {"aws": {"network": {"natPerZone": True}}}, {"natGateway": 2, "publicAddress": 4}),
        ("aws", {"waf": True}, {"firewall": 1, "firewallRule": 4}),
        ("aws", {"internal": True}, {"publicAddress": 1}),
        ("google", {"minInstances": 2}, {"vcpu": 4, "gib": 5}),
        ("google", {"google": {"region": "europe-west1", "cpu": 2, "memoryMib": 4096}}, {"vcpu": 3, "gib": 4.5}),
        ("google", {"domain": "claude.example.com"}, {"loadBalancer": 1}),
        (
            "google",
            {"domain": "claude.example.com", "allowedAddresses": ["203.0.113.0/24"]},
            {"loadBalancer": 1, "firewall": 1, "firewallRule": 2},
        ),
        ("azure", {"minInstances": 2}, {"vcpu": 3, "gib": 6}),
        ("azure", {"timeoutSeconds": 241}, {"ingressPlan": 1, "ingressVcpu": 8, "ingressGib": 32}),
        ("azure", {"waf": True}, {"firewall": 1, "firewallUnit": 1, "publicAddress": 1}),
    ],
)  # fmt: skip
def test_settings_that_cost(cloud: str, gateway: dict[str, Any], more: dict[str, float]) -> None:
    assert hosting(cloud, **gateway) == {**DEFAULTS[cloud], **more}


def test_no_instance_runs_before_the_domain_is_proven() -> None:
    found = hosting("aws", domain="claude.example.com", aws={"hostedZoneId": None})
    assert {*DEFAULTS["aws"]} - {*found} == {"vcpu", "gib"}


def test_subnets_of_others_have_their_own_way_out() -> None:
    network = {
        "vpcId": "vpc-0123456789abcdef0",
        "loadBalancerSubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "taskSubnetIds": ["subnet-0123456789abcdef2"],
    }
    found = hosting("aws", aws={"network": network})
    assert "natGateway" not in found
    assert found["publicAddress"] == 2
    open_to_all = hosting("aws", minInstances=3, aws={"network": {**network, "assignPublicIp": True}})
    assert open_to_all["publicAddress"] == 2 + 3


@pytest.mark.parametrize("cloud", CLOUDS)
def test_whatever_can_be_billed_has_a_name_and_a_price(cloud: str) -> None:
    everything = hosting(cloud, domain="claude.example.com", waf=True, timeoutSeconds=600)
    assert set(everything) <= set(prices.HOSTING[cloud]) <= set(ITEMS)
    for rate in prices.HOSTING[cloud].values():
        assert rate.usd > 0
        assert rate.source.startswith("https://")


def test_a_month_of_the_defaults_by_hand() -> None:
    hours = 730
    aws_month = 2 * 0.04048 + 4 * 0.004445 + 0.0225 + 0.008 + 3 * 0.005 + 0.045
    assert hosting_usd("aws", DEFAULTS["aws"]) == pytest.approx(hours * aws_month)
    assert hosting_usd("google", DEFAULTS["google"]) == pytest.approx(
        hours * 3600 * (2 * 0.000018 + 2.5 * 0.000002)
    )
    assert hosting_usd("azure", DEFAULTS["azure"]) == pytest.approx(
        hours * 3600 * (1.5 * 0.000024 + 3 * 0.000003)
    )


def seen(cloud: str) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return the output `gateway.hosting` of a scenario, and what was declared."""
    expected = observe.expected(f"gateway-{cloud}")
    return expected["outputs"]["gateway"]["hosting"], expected["inventory"]


def of_type(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [row["inputs"] for row in rows if row["type"].rpartition(":")[2] == name]


def test_the_bill_of_aws_is_that_of_what_is_declared() -> None:
    told, rows = seen("aws")
    kinds = Counter(row["type"].rpartition(":")[2] for row in rows)
    [task], [service] = of_type(rows, "TaskDefinition"), of_type(rows, "Service")
    [balancer], [acl] = of_type(rows, "LoadBalancer"), of_type(rows, "WebAcl")
    assert told == {
        "vcpu": service["desiredCount"] * int(task["cpu"]) / 1024,
        "gib": service["desiredCount"] * int(task["memory"]) / 1024,
        "loadBalancer": kinds["LoadBalancer"],
        "loadBalancerUnit": kinds["LoadBalancer"],
        "publicAddress": kinds["Eip"] + len(balancer["subnets"]),
        "natGateway": kinds["NatGateway"],
        "firewall": kinds["WebAcl"],
        "firewallRule": len(acl["rules"]),
    }


def test_the_bill_of_google_is_that_of_what_is_declared() -> None:
    told, rows = seen("google")
    [run] = [one for one in of_type(rows, "Service") if "template" in one]
    [policy] = of_type(rows, "SecurityPolicy")
    limits = [one["resources"]["limits"] for one in run["template"]["containers"]]
    instances = run["template"]["scaling"]["minInstanceCount"]
    assert told == {
        "vcpu": instances * sum(int(one["cpu"]) for one in limits),
        "gib": instances * sum(int(one["memory"].removesuffix("Mi")) for one in limits) / 1024,
        "loadBalancer": len(of_type(rows, "GlobalForwardingRule")),
        "firewall": 1,
        "firewallRule": len(policy["rules"]),
    }


def test_the_bill_of_azure_is_that_of_what_is_declared() -> None:
    told, rows = seen("azure")
    [app] = of_type(rows, "ContainerApp")
    sizes = [one["resources"] for one in app["template"]["containers"]]
    instances = app["template"]["scale"]["minReplicas"]
    assert told == {
        "vcpu": instances * sum(one["cpu"] for one in sizes),
        "gib": instances * sum(float(one["memory"].removesuffix("Gi")) for one in sizes),
        "firewall": len(of_type(rows, "ApplicationGateway")),
        "firewallUnit": len(of_type(rows, "ApplicationGateway")),
        "publicAddress": len(of_type(rows, "PublicIPAddress")),
    }
