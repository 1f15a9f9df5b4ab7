"""What `waf` asks for in Azure: every problem at once, hints, ranges, addresses, steps."""

import ipaddress
from typing import Any

import pytest

from claude_byoc.azure import gateway_documents
from claude_byoc.azure import gateway_firewall_documents as documents
from claude_byoc.azure.gateway_environment import misfits
from claude_byoc.azure.gateway_plan import AzureGatewayPlan
from claude_byoc.azure.gateway_steps import next_steps
from claude_byoc.contract import azure_gateway as facts
from claude_byoc.contract.azure_errors import explain
from claude_byoc.contract.azure_gateway_errors import CERTIFICATE_UNREADABLE, GATEWAY_ERRORS
from tests.azure.test_gateway_plan import CERTIFICATE, ENVIRONMENT, IN_GROUP, SUBNET, ZONE, plan

LEAST = {"waf": True, "domain": "claude.example.com", **CERTIFICATE}
FIREWALL_SUBNET = f"{IN_GROUP}/Microsoft.Network/virtualNetworks/hub/subnets/firewall"
GIVEN = {"firewall_subnet_id": FIREWALL_SUBNET, "firewall_subnet_range": "10.9.1.0/24"}
BOTH = {"subnet_id": SUBNET, **GIVEN}
OTHERS = {"existing_environment": ENVIRONMENT, "log_workspace_id": None, **GIVEN}


def behind(**changed: Any) -> AzureGatewayPlan:  # noqa: ANN401 -- any argument
    return plan(**{**LEAST, **changed})


def keys(**changed: Any) -> list[str]:  # noqa: ANN401 -- any argument
    return [problem.key for problem in behind(**changed).problems()]


@pytest.mark.parametrize(
    "given",
    [
        {},
        BOTH,
        OTHERS,
        {**BOTH, "internal": True},
        {**OTHERS, "internal": True},
        {"dns_zone_id": ZONE},
        {"dns_zone_id": ZONE, "domain": "example.com"},
    ],
    ids=["own", "given", "others", "internal", "internal-others", "zone", "apex"],
)
def test_what_works_is_let_through(given: dict[str, Any]) -> None:
    assert keys(**given) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"domain": None}, ["gateway.domain"]),
        (
            {"certificate_url": None, "certificate_vault_id": None},
            ["gateway.azure.certificateUrl"],
        ),
        ({"certificate_vault_id": None}, ["gateway.azure.certificateVaultId"]),
        ({"certificate_url": None}, ["gateway.azure.certificateUrl"]),
        (
            {
                **OTHERS,
                "certificate_url": None,
                "certificate_vault_id": None,
                "existing_certificate_id": f"{ENVIRONMENT}/certificates/claude",
            },
            ["gateway.azure.existingCertificateId", "gateway.azure.certificateUrl"],
        ),
        ({"internal": True}, ["gateway.azure.firewallSubnetId", "gateway.azure.subnetId"]),
        ({"subnet_id": SUBNET}, ["gateway.azure.firewallSubnetId"]),
        (GIVEN, ["gateway.azure.subnetId"]),
        ({"existing_environment": ENVIRONMENT}, ["gateway.azure.firewallSubnetId"]),
        ({**BOTH, "firewall_subnet_range": None}, ["gateway.azure.firewallSubnetRange"]),
        ({"firewall_subnet_range": "10.9.1.0/24"}, ["gateway.azure.firewallSubnetId"]),
        ({**BOTH, "firewall_subnet_range": "10.9.1.0"}, ["gateway.azure.firewallSubnetRange"]),
        ({**BOTH, "firewall_subnet_range": "10.9.1.7/24"}, ["gateway.azure.firewallSubnetRange"]),
        ({**BOTH, "firewall_subnet_range": "10.9.1.0/28"}, ["gateway.azure.firewallSubnetRange"]),
        ({**BOTH, "firewall_subnet_id": SUBNET}, ["gateway.azure.firewallSubnetId"]),
        ({**BOTH, "firewall_subnet_id": "firewall"}, ["gateway.azure.firewallSubnetId"]),
        ({"insecure_plaintext_http": True}, ["gateway.insecurePlaintextHttp"]),
        ({**BOTH, "internal": True, "timeout_seconds": 281}, ["gateway.timeoutSeconds"]),
        ({"dns_zone_id": f"{ZONE}.org"}, ["gateway.azure.dnsZoneId"]),
        (
            {"allowed_addresses": [f"203.0.{number // 256}.{number % 256}/32" for number in range(601)]},
            ["gateway.allowedAddresses"],
        ),
    ],
)
def test_what_could_not_work_is_told_where_it_stands(changed: dict[str, Any], expected: list[str]) -> None:
    assert keys(**changed) == expected


def test_everything_wrong_is_told_at_once() -> None:
    found = [
        problem.key for problem in plan(waf=True, internal=True, insecure_plaintext_http=True).problems()
    ]
    assert found == [
        "gateway.domain",
        "gateway.azure.certificateUrl",
        "gateway.azure.firewallSubnetId",
        "gateway.insecurePlaintextHttp",
        "gateway.azure.subnetId",
    ]


def test_its_price_is_told_and_what_it_does_not_judge() -> None:
    [hint] = behind().hints()
    assert hint.key == "gateway.waf"
    assert "paid for at all times" in hint.wrong
    assert "judges no body" in hint.wrong
    verified = behind(domain_verified=True).hints()
    assert [one.key for one in verified] == ["gateway.waf", "gateway.azure.domainVerified"]


def test_a_public_zone_of_a_private_address_is_told() -> None:
    for given in (BOTH, OTHERS):
        internal = behind(**given, internal=True)
        more = {*behind(**given, internal=True, dns_zone_id=ZONE).hints()} - {*internal.hints()}
        assert [one.key for one in more] == ["gateway.azure.dnsZoneId"]
    assert [one.key for one in behind(dns_zone_id=ZONE).hints()] == ["gateway.waf"]


def test_a_private_address_alone_wants_a_feature_of_the_subscription() -> None:
    internal = behind(**BOTH, internal=True)
    assert [hint.key for hint in internal.hints()] == ["gateway.waf", "gateway.internal"]
    assert "az feature register" in internal.hints()[1].cure
    firewall = internal.firewall
    assert firewall is not None
    assert firewall.private_address == "10.9.1.254"
    public = behind().firewall
    assert public is not None
    assert public.private_address is None


def test_what_is_given_for_a_firewall_that_is_not_asked_for_is_told() -> None:
    found = plan(**GIVEN)
    assert found.problems() == []
    assert [hint.key for hint in found.hints()] == [
        "gateway.azure.firewallSubnetId",
        "gateway.azure.firewallSubnetRange",
    ]


def test_the_containers_take_requests_from_the_firewall_alone() -> None:
    ranges = ["203.0.113.0/24"]
    assert plan(allowed_addresses=ranges).sources == ranges
    assert behind(allowed_addresses=ranges).sources == [facts.FIREWALL_RANGE]
    assert behind(**BOTH).sources == ["10.9.1.0/24"]
    assert documents.custom_rules([]) == []
    [rule] = documents.custom_rules(ranges)
    assert (rule["values"], rule["negated"], rule["action"]) == (ranges, True, "Block")


def test_its_environment_is_internal_and_its_app_has_no_domain() -> None:
    made = behind(dns_zone_id=ZONE)
    assert (made.hidden, made.binds_domain, made.awaits_proof) == (True, False, False)
    assert (plan().hidden, plan(internal=True, subnet_id=SUBNET).hidden) == (False, True)
    fit: dict[str, Any] = {"minutes": 10.0, "actual": "swedencentral", "location": "swedencentral"}
    assert misfits(behind(**OTHERS), internal=True, **fit) == []
    [wrong] = misfits(behind(**OTHERS), internal=False, **fit)
    assert "gateway.waf" in wrong.wrong


def test_the_network_has_room_and_lets_nobody_round_the_firewall() -> None:
    own = ipaddress.ip_network(facts.OWN_NETWORK)
    parts = [ipaddress.ip_network(one) for one in (facts.FIREWALL_RANGE, facts.ENVIRONMENT_RANGE)]
    assert all(one.subnet_of(own) for one in parts)  # pyright: ignore[reportArgumentType] -- both are IPv4
    assert not parts[0].overlaps(parts[1])
    *allowed, last = documents.environment_rules()
    assert (last["access"], last["sources"], last["protocol"]) == ("Deny", ["*"], "*")
    assert {source for one in allowed for source in one["sources"]} == {
        facts.FIREWALL_RANGE,
        facts.ENVIRONMENT_RANGE,
        "AzureLoadBalancer",
    }
    callers = documents.firewall_rules(["203.0.113.0/24", "198.51.100.0/24"])[0]
    assert (callers["sources"], callers["ports"]) == (["203.0.113.0/24", "198.51.100.0/24"], ["443"])
    assert documents.firewall_rules([])[0]["sources"] == ["Internet"]


@pytest.mark.parametrize(("seconds", "minutes"), [(60, 4), (220, 4), (240, 5), (1780, 30), (1800, 30)])
def test_a_public_address_waits_as_long_as_an_answer(seconds: int, minutes: int) -> None:
    assert documents.idle_minutes(seconds) == minutes


@pytest.mark.parametrize(
    ("given", "listed", "words"),
    [
        ({}, True, ["A record"]),
        ({"dns_zone_id": ZONE}, False, []),
        ({**BOTH, "internal": True}, False, ["firewall's subnet on port 443"]),
        ({**OTHERS, "internal": True}, True, ["firewall's subnet on port 443", "the company's DNS"]),
    ],
    ids=["public", "zone", "internal", "internal-others"],
)
def test_who_makes_the_record_is_a_step(given: dict[str, Any], listed: bool, words: list[str]) -> None:
    made = behind(**given)
    assert made.firewall is not None
    assert made.firewall.lists_record is listed
    said = " ".join(step["what"] for step in next_steps(made, stack="dev"))
    assert all(word in said for word in words)
    assert ("gateway.dnsRecords" in said) is listed
    assert "domainVerified" not in said
    assert "asuid" not in said


def test_names_of_records_and_secrets() -> None:
    assert gateway_documents.relative_name("example.com", ZONE) == "@"
    assert gateway_documents.relative_name("claude.example.com", ZONE) == "claude"
    url = CERTIFICATE["certificate_url"]
    assert gateway_documents.secret_of("/vaults/v", url) == "/vaults/v/secrets/claude"


def test_its_refusals_are_explained() -> None:
    known = explain(
        f'"message": "{CERTIFICATE_UNREADABLE} https://x for Application Gateway y"', GATEWAY_ERRORS
    )
    assert known is not None
    assert "RBAC" in known.allowed
    feature = explain('Code="ApplicationGatewayFrontendIpCannotHavePublicIpAndSubnet"', GATEWAY_ERRORS)
    assert feature is not None
    assert "az feature register" in feature.cure
