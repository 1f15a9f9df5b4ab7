"""The settings of the gateway in Azure take what its plan takes, and nothing else."""

from typing import Any

import pytest
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from claude_byoc.azure.gateway_args import AzureGatewayHostArgs
from claude_byoc.settings.gateway_hosts import AzureGatewayHostSettings
from tests.azure.test_gateway_plan import (
    ACCOUNT,
    CERTIFICATE,
    ENVIRONMENT,
    IN_GROUP,
    SUBNET,
    WORKSPACE,
    ZONE,
    plan,
)

VALUES: dict[str, tuple[str, list[str]]] = {
    "name": ("claude-gateway", ["Claude", "a" * 25, "a", "a--b", "a-"]),
    "resource_group": ("claude-rg", ["claude.", "a b"]),
    "existing_resource_group": ("claude-rg", ["claude."]),
    "existing_environment": (ENVIRONMENT, [SUBNET, "apps"]),
    "subnet_id": (SUBNET, [ENVIRONMENT, "gateway"]),
    "firewall_subnet_id": (SUBNET, [ENVIRONMENT, "firewall"]),
    "firewall_subnet_range": ("10.9.1.0/24", ["10.9.1.0", "all"]),
    "vault_name": ("my-vault", ["ab", "1vault", "a--b", "a" * 25]),
    "log_workspace_id": (WORKSPACE, ["logs", SUBNET]),
    "action_group_id": (f"{IN_GROUP}/Microsoft.Insights/actionGroups/oncall", ["oncall", SUBNET]),
    "foundry_account_id": (ACCOUNT, ["shared-ai", SUBNET]),
    "dns_zone_id": (ZONE, ["example.com", ZONE.replace("dnsZones", "privateDnsZones")]),
    "certificate_url": (
        CERTIFICATE["certificate_url"],
        ["https://example.com/a.pfx", f"{CERTIFICATE['certificate_url']}/{'0' * 32}"],
    ),
    "certificate_vault_id": (CERTIFICATE["certificate_vault_id"], ["certificates", SUBNET]),
    "existing_certificate_id": (f"{ENVIRONMENT}/certificates/claude", ["claude", ENVIRONMENT]),
}
FLAGS = {"purge_protection", "restore_deleted_vault", "domain_verified"}


def test_every_setting_is_looked_at() -> None:
    assert VALUES.keys() | FLAGS == set(AzureGatewayHostArgs.__annotations__)


def forms(name: str, value: str) -> list[str]:
    """Return the settings whose form the plan refuses."""
    given: dict[str, Any] = {name: value}
    return [one.key for one in plan(**given).problems() if one.wrong == "is not valid"]


@pytest.mark.parametrize("name", VALUES)
def test_settings_and_plan_take_the_same(name: str) -> None:
    good, bad = VALUES[name]
    assert forms(name, good) == []
    assert getattr(AzureGatewayHostSettings.model_validate({to_camel(name): good}), name) == good
    for value in bad:
        assert forms(name, value) == [f"gateway.azure.{to_camel(name)}"]
        with pytest.raises(ValidationError):
            AzureGatewayHostSettings.model_validate({to_camel(name): value})
