"""The settings mirror the arguments one to one, and the import ids the stand-in's."""

import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from claude_byoc.azure import foundry_args
from claude_byoc.contract.azure import account_id
from claude_byoc.contract.import_ids import IMPORT_IDS, Place, azure
from claude_byoc.settings.foundry import (
    AzureSettings,
    FoundryDiagnosticsSettings,
    FoundryModelSettings,
    FoundryNetworkSettings,
    FoundryOrganizationSettings,
    FoundryPrivateEndpointSettings,
    FoundrySettings,
)

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
PAIRS: list[tuple[type[BaseModel], Any]] = [
    (FoundrySettings, foundry_args.FoundryArgs),
    (FoundryModelSettings, foundry_args.FoundryModelArgs),
    (FoundryOrganizationSettings, foundry_args.FoundryOrganizationArgs),
    (FoundryNetworkSettings, foundry_args.FoundryNetworkArgs),
    (FoundryPrivateEndpointSettings, foundry_args.FoundryPrivateEndpointArgs),
    (FoundryDiagnosticsSettings, foundry_args.FoundryDiagnosticsArgs),
]


@pytest.mark.parametrize(("settings", "args"), PAIRS, ids=[str(one.__name__) for one, _ in PAIRS])
def test_a_setting_has_one_name(settings: type[BaseModel], args: type) -> None:
    assert list(settings.model_fields) == list(args.__annotations__)


WHOLE: dict[str, Any] = {
    "resourceName": "example-claude",
    "organization": {"organizationName": "Example Ltd", "countryCode": "US", "industry": "technology"},
    "models": {"claude-sonnet-5-5": {"capacity": 40, "sku": "DataZoneStandard", "version": "2"}},
    "auth": "keyless",
    "groups": {"pilot": SUBSCRIPTION},
    "network": {
        "allowedAddresses": ["203.0.113.0/24"],
        "privateEndpoint": {
            "subnetId": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network"
            "/virtualNetworks/hub/subnets/endpoints"
        },
    },
    "diagnostics": {
        "workspaceId": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/logs/providers"
        "/Microsoft.OperationalInsights/workspaces/central"
    },
}


def test_whole_settings_become_arguments_with_no_problem() -> None:
    made = FoundrySettings.model_validate(WHOLE).model_dump(by_alias=False, exclude_none=True)
    place = AzureSettings.model_validate({"subscriptionId": SUBSCRIPTION, "location": "eastus2"})
    args: Any = {**made, **place.model_dump()}
    plan = foundry_args.plan_of(args)
    assert plan.problems() == []
    assert (plan.addresses, plan.private_endpoint) == (["203.0.113.0/24"], True)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("auth",), "password"),
        (("activeKey",), 3),
        (("resourceName",), "Example"),
        (("groups", "pilot"), "pilot@example.com"),
        (("organization", "industry"), "Technology"),
        (("models", "claude-sonnet-5-5", "capacity"), 0),
        (("models", "claude-sonnet-5-5", "version"), "latest"),
        (("network", "privateEndpoint", "subnetId"), "endpoints"),
        (("diagnostics", "workspaceId"), "central"),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(where: tuple[str, ...], value: object) -> None:
    def changed(row: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
        head, *rest = path
        return {**row, head: changed(row.get(head, {}), tuple(rest)) if rest else value}

    with pytest.raises(ValidationError) as caught:
        FoundrySettings.model_validate(changed(WHOLE, where))
    assert [error["loc"] for error in caught.value.errors()] == [where]


def test_import_ids_are_arm_ids() -> None:
    inputs = {
        "resourceGroupName": "g",
        "accountName": "a",
        "scope": account_id(SUBSCRIPTION, "g", "a"),
        "roleAssignmentName": SUBSCRIPTION,
        "resourceUri": account_id(SUBSCRIPTION, "g", "a"),
        "name": "claude-byoc",
        "privateEndpointName": "a-pe",
        "privateDnsZoneGroupName": "default",
    }
    for rule in azure.RULES:
        made = rule.make({name: inputs[name] for name in rule.inputs}, Place(subscription=SUBSCRIPTION))
        known = {**inputs, "subscription": SUBSCRIPTION}
        assert made == re.sub(r"\{(\w+)\}", lambda match, known=known: known[match[1]], rule.form)
    assert IMPORT_IDS["azure-native:cognitiveservices:Account"].make(
        inputs, Place(subscription=SUBSCRIPTION)
    ) == account_id(SUBSCRIPTION, "g", "a")
