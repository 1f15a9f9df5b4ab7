"""What the Foundry plan refuses, what it only warns of, and that it says everything at once."""

from dataclasses import replace

import pytest

from claude_byoc.azure.foundry_args import FoundryAccessArgs, plan_of
from claude_byoc.azure.foundry_plan import FoundryPlan, ModelPlan
from claude_byoc.contract import azure
from claude_byoc.contract.problems import ProblemsError

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
PERSON = "99999999-8888-7777-6666-555555555555"
EXISTING = azure.account_id(SUBSCRIPTION, "shared", "shared-ai")
ORGANIZATION = {"organization_name": "Example Ltd", "country_code": "US", "industry": "technology"}

NEW = FoundryPlan(
    subscription_id=SUBSCRIPTION,
    location="eastus2",
    models={"claude-sonnet-5-5": ModelPlan(40)},
    organization=ORGANIZATION,
    resource_name="example-claude",
    groups={"pilot": PERSON},
)
ADOPTED = replace(NEW, resource_name=None, existing_resource=EXISTING)


def keys(plan: FoundryPlan) -> set[str]:
    return {problem.key for problem in plan.problems()}


@pytest.mark.parametrize(
    "plan",
    [
        NEW,
        ADOPTED,
        replace(NEW, auth="key", groups={}, active_key=2),
        replace(ADOPTED, existing_models=("claude-opus-4-8",), models={}, organization=None),
        replace(NEW, addresses=("203.0.113.7", "198.51.100.0/24", "8.8.8.8")),
        replace(NEW, private_endpoint=True, dns_zones=[f"/x/{zone}" for zone in azure.PRIVATE_DNS_ZONES]),
        replace(NEW, private_endpoint=True, dns_zones=[None]),
        replace(NEW, subscription_id=None, location=None, groups={"pilot": None}),
    ],
)
def test_plans_that_work(plan: FoundryPlan) -> None:
    assert plan.problems() == []


@pytest.mark.parametrize(
    ("plan", "key"),
    [
        (replace(NEW, subscription_id="mine"), "azure.subscriptionId"),
        (replace(NEW, location="East US 2"), "azure.location"),
        (replace(NEW, resource_name=None), "foundry.resourceName"),
        (replace(NEW, existing_resource=EXISTING), "foundry.resourceName"),
        (replace(NEW, resource_name="Example_Claude"), "foundry.resourceName"),
        (replace(NEW, resource_name="example-"), "foundry.resourceName"),
        (replace(NEW, resource_group="a", existing_resource_group="b"), "foundry.resourceGroup"),
        (replace(NEW, existing_models=("claude-opus-4-8",)), "foundry.existingModels"),
        (replace(ADOPTED, existing_resource="shared-ai"), "foundry.existingResource"),
        (replace(ADOPTED, subscription_id=PERSON), "foundry.existingResource"),
        (replace(ADOPTED, resource_group="a"), "foundry.resourceGroup"),
        (replace(ADOPTED, restore=True), "foundry.restoreDeletedAccount"),
        (replace(ADOPTED, addresses=("203.0.113.7",)), "foundry.network.allowedAddresses"),
        (replace(ADOPTED, existing_models=("claude-sonnet-5-5",)), "foundry.existingModels"),
        (replace(NEW, models={}), "foundry.models"),
        (replace(NEW, organization=None), "foundry.organization"),
        (
            replace(NEW, organization={**ORGANIZATION, "country_code": "usa"}),
            "foundry.organization.countryCode",
        ),
        (
            replace(NEW, organization={**ORGANIZATION, "industry": "Technology"}),
            "foundry.organization.industry",
        ),
        (replace(NEW, models={"m": ModelPlan(1, sku="Standard")}), "foundry.models.m.sku"),
        (replace(NEW, models={"m": ModelPlan(0)}), "foundry.models.m.capacity"),
        (replace(NEW, auth="both"), "foundry.auth"),
        (replace(NEW, active_key=1), "foundry.activeKey"),
        (replace(NEW, auth="key", groups={}, active_key=3), "foundry.activeKey"),
        (replace(NEW, auth="key"), "foundry.groups"),
        (replace(NEW, groups={"Pilot": PERSON}), "foundry.groups.Pilot"),
        (replace(NEW, users={"someone": "someone@example.com"}), "foundry.users.someone"),
        (replace(NEW, users={"pilot": PERSON}), "foundry.users"),
        (replace(NEW, addresses=("10.0.0.1",)), "foundry.network.allowedAddresses.0"),
        (replace(NEW, addresses=("203.0.113.7", "2001:db8::1")), "foundry.network.allowedAddresses.1"),
        (
            replace(NEW, private_endpoint=True, dns_zones=["/x/privatelink.openai.azure.com"]),
            "foundry.network.privateEndpoint.dnsZoneIds",
        ),
    ],
)
def test_what_cannot_work_is_named_by_its_setting(plan: FoundryPlan, key: str) -> None:
    assert key in keys(plan)


def test_every_problem_at_once() -> None:
    plan = replace(
        NEW, location="East US", resource_name="X", organization=None, auth="key", addresses=("127.0.0.1",)
    )
    assert keys(plan) == {
        "azure.location",
        "foundry.resourceName",
        "foundry.organization",
        "foundry.groups",
        "foundry.network.allowedAddresses.0",
    }


def test_what_may_be_newer_than_this_package_is_a_warning() -> None:
    plan = replace(
        NEW,
        location="northeurope",
        cloud="us-gov-high",
        models={
            "claude-opus-4-7": ModelPlan(10_001),
            "claude-saga-9": ModelPlan(1),
            "claude-sonnet-5-5": ModelPlan(9),
        },
    )
    assert plan.problems() == []
    hints = plan.hints()
    assert {hint.severity for hint in hints} == {"warning"}
    assert {hint.key for hint in hints} == {
        "foundry.models",
        "azure.location",
        "entra.cloud",
        "foundry.models.claude-opus-4-7.capacity",
    }
    assert NEW.hints() == []


@pytest.mark.parametrize(
    ("version", "host"),
    [("1", "Anthropic"), ("2", "Azure"), ("20251001", "Anthropic"), ("3", "unknown"), ("preview", "unknown")],
)
def test_the_version_tells_the_host_and_is_no_number(version: str, host: str) -> None:
    assert azure.hosted_by(version) == host


def test_the_default_version_is_azures_where_azure_hosts_the_model() -> None:
    assert "default version" in azure.hosted_by(None)
    assert "default version" in azure.hosted_by(None, "claude-sonnet-5-5")
    assert azure.hosted_by(None, "claude-fable-5") == "Anthropic"


@pytest.mark.parametrize(
    ("name", "model", "changes", "key"),
    [
        ("claude-sonnet-5-5", ModelPlan(10_000), {}, None),
        ("claude-sonnet-5-5", ModelPlan(10_001), {}, "capacity"),
        ("claude-fable-5", ModelPlan(4_001), {}, "capacity"),
        ("claude-opus-4-8", ModelPlan(1, sku="DataZoneStandard"), {}, None),
        ("claude-opus-4-8", ModelPlan(1, sku="DataZoneStandard", version="2"), {"location": "westus2"}, None),
        ("claude-opus-4-8", ModelPlan(1, sku="DataZoneStandard"), {"location": None}, None),
        ("claude-opus-4-8", ModelPlan(1, sku="DataZoneStandard", version="1"), {}, "sku"),
        ("claude-opus-4-7", ModelPlan(1, sku="DataZoneStandard"), {}, "sku"),
        ("claude-opus-4-8", ModelPlan(1, sku="DataZoneStandard"), {"location": "swedencentral"}, "sku"),
    ],
)
def test_what_foundry_is_not_known_to_offer_is_a_warning(
    name: str, model: ModelPlan, changes: dict[str, str | None], key: str | None
) -> None:
    plan = replace(NEW, models={name: model}, **changes)
    assert plan.problems() == []
    assert [hint.key for hint in plan.hints()] == ([f"foundry.models.{name}.{key}"] if key else [])


def test_an_output_is_not_known_yet_and_a_hosted_number_is_a_float() -> None:
    args: FoundryAccessArgs = {
        "subscription_id": SUBSCRIPTION,
        "location": "eastus2",
        "resource_name": "example-claude",
        "auth": "key",
        "active_key": 2.0,  # pyright: ignore[reportAssignmentType] # as a hosted component gets it
        "models": {"claude-sonnet-5-5": {"capacity": 40.0}},
    }
    plan = plan_of(args)
    assert plan.active_key == 2
    assert plan.models["claude-sonnet-5-5"] == ModelPlan(40)
    assert (plan.name, plan.adopted, plan.keyless) == ("example-claude", False, False)


def test_a_capacity_is_never_rounded() -> None:
    args: FoundryAccessArgs = {
        "subscription_id": SUBSCRIPTION,
        "location": "eastus2",
        "resource_name": "example-claude",
        "models": {"claude-sonnet-5-5": {"capacity": 40.5}},  # pyright: ignore[reportAssignmentType] # as a hosted component gets it
    }
    found = [
        one for one in plan_of(args).problems() if one.key == "foundry.models.claude-sonnet-5-5.capacity"
    ]
    assert [one.wrong for one in found] == ["is 40.5"]


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ProblemsError) as caught:
        plan_of({"location": "eastus2"})  # pyright: ignore[reportArgumentType] # a mistake, as a program makes it
    assert {problem.key for problem in caught.value.problems} == {"subscription_id", "models"}


def test_ids_in_their_parts() -> None:
    assert azure.split_account_id(EXISTING) == azure.AccountId(SUBSCRIPTION, "shared", "shared-ai")
    with pytest.raises(ValueError, match="no id of a Foundry resource"):
        azure.split_account_id("shared-ai")
    assert ADOPTED.name == "shared-ai"
