"""What `AzureGateway`'s arguments ask for: every problem at once, hints, names, what is derived."""

from typing import Any

import pulumi
import pytest

from claude_byoc.azure.gateway_args import AzureGatewayArgs
from claude_byoc.azure.gateway_environment import misfits
from claude_byoc.azure.gateway_plan import AzureGatewayPlan, plan_of
from claude_byoc.azure.gateway_steps import next_steps
from claude_byoc.contract import azure_gateway as facts
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.gateway.container import LARGEST_ARCHIVE
from claude_byoc.gateway.service_plan import ARCHIVE_FILES
from claude_byoc.gateway.tokens import new_key

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
IN_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shared/providers"
ENVIRONMENT = f"{IN_GROUP}/Microsoft.App/managedEnvironments/apps"
SUBNET = f"{IN_GROUP}/Microsoft.Network/virtualNetworks/hub/subnets/gateway"
ZONE = f"{IN_GROUP}/Microsoft.Network/dnsZones/example.com"
WORKSPACE = f"{IN_GROUP}/Microsoft.OperationalInsights/workspaces/logs"
ACCOUNT = f"{IN_GROUP}/Microsoft.CognitiveServices/accounts/shared-ai"
LABELLED_IMAGE = f"example-h4s4z5fvgsb7hqcr.azurecr.io/mirror/nginx@sha256:{'0' * 64}"
REGISTRY_IMAGE = f"example.azurecr.io/mirror/litellm@sha256:{'0' * 64}"
CERTIFICATE = {
    "certificate_url": "https://certificates.vault.azure.net/secrets/claude",
    "certificate_vault_id": f"{IN_GROUP}/Microsoft.KeyVault/vaults/certificates",
}
KEY = new_key().public


def args(**changed: Any) -> AzureGatewayArgs:  # noqa: ANN401 -- any argument
    base: dict[str, Any] = {
        "subscription_id": SUBSCRIPTION,
        "location": "swedencentral",
        "upstreams": [{"kind": "anthropic"}],
        "models": ["claude-opus-5-5"],
        "tokens": {"public_keys": [KEY]},
        "secrets": {"anthropic_api_key": "not a key"},
        "timeout_seconds": 240,
    }
    whole: Any = {name: value for name, value in {**base, **changed}.items() if value is not None}
    return whole


def plan(**changed: Any) -> AzureGatewayPlan:  # noqa: ANN401 -- any argument
    return plan_of(args(**changed))


def keys(**changed: Any) -> list[str]:  # noqa: ANN401 -- any argument
    return [problem.key for problem in plan(**changed).problems()]


def test_the_least_arguments_are_enough() -> None:
    made = plan()
    assert made.problems() == []
    assert made.hints() == []
    assert (made.name, made.own_environment, made.premium_minutes) == ("claude-gateway", True, None)


def test_missing_arguments_are_told_together() -> None:
    given: Any = {"upstreams": []}
    with pytest.raises(ProblemsError) as caught:
        plan_of(given)
    assert [problem.key for problem in caught.value.problems] == ["subscription_id", "location"]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"subscription_id": "mine"}, "azure.subscriptionId"),
        ({"location": "Sweden Central"}, "azure.location"),
        ({"name": "Claude"}, "gateway.azure.name"),
        ({"name": "a" * 25}, "gateway.azure.name"),
        ({"name": "claude--gateway"}, "gateway.azure.name"),
        ({"vault_name": "ab"}, "gateway.azure.vaultName"),
        ({"existing_environment": "apps"}, "gateway.azure.existingEnvironment"),
        (
            {"existing_environment": ENVIRONMENT.replace("1111-", "9999-", 1)},
            "gateway.azure.existingEnvironment",
        ),
        ({"subnet_id": "gateway"}, "gateway.azure.subnetId"),
        ({"action_group_id": "oncall"}, "gateway.azure.actionGroupId"),
        ({"log_workspace_id": "logs"}, "gateway.azure.logWorkspaceId"),
        ({"resource_group": "a", "existing_resource_group": "b"}, "gateway.azure.existingResourceGroup"),
        ({"existing_environment": ENVIRONMENT, "subnet_id": SUBNET}, "gateway.azure.subnetId"),
        ({"timeout_seconds": 1801}, "gateway.timeoutSeconds"),
        ({"internal": True}, "gateway.azure.subnetId"),
        ({"dns_zone_id": ZONE}, "gateway.domain"),
        ({"domain_verified": True}, "gateway.domain"),
        ({"domain": "example.com"}, "gateway.domain"),
        ({"domain": "claude.example.com", "dns_zone_id": f"{ZONE}.org"}, "gateway.azure.dnsZoneId"),
        (
            {"domain": "claude.example.com", "dns_zone_id": ZONE, "domain_verified": True},
            "gateway.azure.domainVerified",
        ),
        (
            {"domain": "claude.example.com", "internal": True, "subnet_id": SUBNET},
            "gateway.azure.certificateUrl",
        ),
        (
            {"domain": "claude.example.com", "certificate_url": CERTIFICATE["certificate_url"]},
            "gateway.azure.certificateVaultId",
        ),
        (
            {
                "domain": "claude.example.com",
                **CERTIFICATE,
                "certificate_url": "https://example.com/cert.pfx",
            },
            "gateway.azure.certificateUrl",
        ),
        (
            {"domain": "claude.example.com", "existing_certificate_id": f"{ENVIRONMENT}/certificates/claude"},
            "gateway.azure.existingEnvironment",
        ),
        (
            {
                "domain": "claude.example.com",
                "existing_environment": ENVIRONMENT,
                "log_workspace_id": WORKSPACE,
                **CERTIFICATE,
            },
            "gateway.azure.certificateUrl",
        ),
        (
            {"domain": "claude.example.com", "internal": True, "existing_environment": ENVIRONMENT},
            "gateway.azure.existingCertificateId",
        ),
        (
            {"upstreams": [{"kind": "foundry", "resource": "shared-ai", "keyless": True}], "secrets": None},
            "gateway.azure.foundryAccountId",
        ),
        ({"foundry_account_id": ACCOUNT}, "gateway.azure.foundryAccountId"),
        ({"timeout_seconds": 240.5}, "gateway.timeoutSeconds"),
        ({"min_instances": 1.5, "max_instances": 4.0}, "gateway.minInstances"),
        ({"drain_seconds": 60.5}, "gateway.drainSeconds"),
        ({"log_retention_days": 90.5}, "gateway.logRetentionDays"),
    ],
)
def test_what_could_not_work_is_told_where_it_stands(changed: dict[str, Any], key: str) -> None:
    assert keys(**changed) == [key]


def test_everything_wrong_is_told_at_once() -> None:
    found = keys(name="!", location="?", timeout_seconds=3600, internal=True, models=[])
    assert set(found) == {
        "gateway.models",
        "azure.location",
        "gateway.azure.name",
        "gateway.timeoutSeconds",
        "gateway.azure.subnetId",
    }


def test_values_that_are_not_known_yet_are_left_to_azure() -> None:
    unknown = pulumi.Output.from_input("x")
    made = plan(subscription_id=unknown, location=unknown, log_workspace_id=unknown, action_group_id=unknown)
    assert made.problems() == []
    assert "log_workspace_id" in made.given


@pytest.mark.parametrize(("seconds", "minutes"), [(240, None), (241, 5), (600, 10), (1800, 30)])
def test_a_timeout_beyond_the_default_ingress_asks_for_one_of_its_own(
    seconds: int, minutes: int | None
) -> None:
    made = plan(timeout_seconds=seconds)
    assert made.premium_minutes == minutes
    assert [hint.key for hint in made.hints()] == (["gateway.timeoutSeconds"] if minutes else [])
    assert any("D4" in step["what"] for step in next_steps(made, stack="dev")) is (minutes is not None)


def test_an_environment_of_others_is_never_given_an_ingress() -> None:
    made = plan(timeout_seconds=600, existing_environment=ENVIRONMENT)
    assert made.premium_minutes is None
    assert [hint.key for hint in made.hints()] == ["gateway.azure.logWorkspaceId"]
    default: Any = None
    fit: dict[str, Any] = {
        "minutes": 10.0,
        "internal": False,
        "actual": "Sweden Central",
        "location": "swedencentral",
    }
    assert misfits(made, **fit) == []
    assert [one.key for one in misfits(made, **{**fit, "minutes": default})] == ["gateway.timeoutSeconds"]
    assert len(misfits(made, minutes=4, internal=True, actual="westeurope", location="swedencentral")) == 3


def test_a_managed_certificate_and_allowed_addresses_do_not_go_well_together() -> None:
    given = {"domain": "claude.example.com", "allowed_addresses": ["203.0.113.0/24"]}
    assert [hint.key for hint in plan(**given).hints()] == ["gateway.allowedAddresses"]
    assert plan(**given, **CERTIFICATE).hints() == []


@pytest.mark.parametrize(
    "given",
    [{"log_workspace_id": WORKSPACE}, {"existing_environment": ENVIRONMENT, "log_workspace_id": WORKSPACE}],
)
def test_a_retention_for_logs_of_others_changes_nothing_and_is_told(given: dict[str, Any]) -> None:
    assert plan(**given).hints() == []
    assert [hint.key for hint in plan(**given, log_retention_days=30).hints()] == ["gateway.logRetentionDays"]
    assert plan(log_retention_days=30).hints() == []


def test_a_registry_in_azure_is_asked_with_the_gateways_identity() -> None:
    made = plan(litellm_image=REGISTRY_IMAGE)
    assert made.problems() == []
    assert made.registries == ["example.azurecr.io"]
    assert [hint.key for hint in made.hints()] == ["gateway.litellmImage"]
    [step] = [step for step in next_steps(made, stack="dev") if "AcrPull" in step["what"]]
    assert "az acr show -n example " in step.get("command", "")
    [labelled] = [
        step
        for step in next_steps(plan(nginx_image=LABELLED_IMAGE), stack="dev")
        if "AcrPull" in step["what"]
    ]
    assert "az acr show -n example " in labelled.get("command", "")
    public = plan(litellm_image=f"ghcr.io/example/litellm@sha256:{'0' * 64}")
    assert (public.registries, public.hints()) == ([], [])
    assert not any("AcrPull" in step["what"] for step in next_steps(public, stack="dev"))


def test_whole_numbers_of_other_languages_are_whole() -> None:
    numbers = {"timeout_seconds": 600, "min_instances": 2, "max_instances": 3, "concurrency": 20,
               "drain_seconds": 60, "log_retention_days": 30}  # fmt: skip
    made = plan(**{name: float(number) for name, number in numbers.items()})
    assert made.problems() == []
    assert made == plan(**numbers)
    found = (made.premium_minutes, made.service.drain_seconds, made.service.min_instances)
    assert [type(number) for number in found] == [int, int, int]


def test_alerts_without_anybody_to_hear_them_are_a_step() -> None:
    group = f"{IN_GROUP}/Microsoft.Insights/actionGroups/oncall"
    for given, expected in (({}, True), ({"action_group_id": group}, False)):
        said = [step["what"] for step in next_steps(plan(**given), stack="dev")]
        assert any("gateway.azure.actionGroupId" in what for what in said) is expected


def test_the_internal_name_in_an_environment_of_others_is_a_step_whoever_has_the_zone() -> None:
    internal = {"domain": "claude.example.com", "internal": True}
    others = {
        "existing_environment": ENVIRONMENT,
        "existing_certificate_id": f"{ENVIRONMENT}/certificates/claude",
    }
    for changed in ({"dns_zone_id": ZONE}, {"domain_verified": True}, {}):
        made = plan(**internal, **others, **changed)
        assert made.problems() == []
        assert [step for step in next_steps(made, stack="dev") if "A record" in step["what"]]
    own = plan(**internal, **CERTIFICATE, subnet_id=SUBNET, dns_zone_id=ZONE)
    assert own.problems() == []
    assert not [step for step in next_steps(own, stack="dev") if "A record" in step["what"]]


@pytest.mark.parametrize(
    ("changed", "binds", "steps"),
    [({}, False, 2), ({"domain_verified": True}, True, 0), ({"dns_zone_id": ZONE}, True, 0)],
)
def test_the_app_is_told_its_domain_once_the_records_exist(
    changed: dict[str, Any], binds: bool, steps: int
) -> None:
    made = plan(domain="claude.example.com", **changed)
    assert made.problems() == []
    assert (made.binds_domain, made.awaits_proof) == (binds, not binds)
    assert (
        sum(
            "DNS" in step["what"] or "domainVerified" in step["what"]
            for step in next_steps(made, stack="dev")
        )
        == steps
    )


def test_the_vaults_name_is_the_same_for_the_same_place_and_fits() -> None:
    made = plan(name="a" * 24)
    name = made.vault_name(SUBSCRIPTION, "rg")
    assert name == made.vault_name(SUBSCRIPTION.upper(), "RG")
    assert name != made.vault_name(SUBSCRIPTION, "other")
    assert len(name) <= 24
    assert plan(vault_name="my-vault").vault_name(SUBSCRIPTION, "rg") == "my-vault"


def test_the_archive_fits_into_its_secrets() -> None:
    parts = len(ARCHIVE_FILES["azure"])
    assert -(-LARGEST_ARCHIVE // parts) <= facts.LARGEST_SECRET
    assert parts < 10  # one digit, so that names sort as numbers do
