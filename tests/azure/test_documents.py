"""The bodies, names and values against the published shapes."""

import itertools
import re
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from claude_byoc.azure import documents, existing, values
from claude_byoc.contract import azure
from claude_byoc.contract.azure_errors import ARM_ERRORS, explain
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.manifest_sets import check_set
from claude_byoc.contract.problems import errors

from .test_foundry_plan import ADOPTED, NEW

ORGANIZATION = {"organization_name": "Example Ltd", "country_code": "US", "industry": "technology"}

# Written down from the body that is reported to work (PUT accounts/deployments with modelProviderData) and from the
# DeploymentProperties of Azure's specification 2025-06-01; nothing beyond these may be sent.
SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["sku", "properties"],
    "properties": {
        "sku": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "capacity"],
            "properties": {
                "name": {"enum": ["GlobalStandard", "DataZoneStandard"]},
                "capacity": {"type": "integer", "minimum": 1},
            },
        },
        "tags": {"type": "object", "additionalProperties": {"type": "string"}},
        "properties": {
            "type": "object",
            "additionalProperties": False,
            "required": ["model", "modelProviderData"],
            "properties": {
                "model": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["format", "name"],
                    "properties": {
                        "format": {"const": "Anthropic"},
                        "name": {"type": "string"},
                        "version": {"type": "string"},
                    },
                },
                "modelProviderData": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["organizationName", "countryCode", "industry"],
                    "properties": {
                        "organizationName": {"type": "string", "minLength": 1},
                        "countryCode": {"type": "string", "pattern": "^[A-Z]{2}$"},
                        "industry": {"enum": list(azure.INDUSTRIES)},
                    },
                },
                "versionUpgradeOption": {
                    "enum": ["NoAutoUpgrade", "OnceNewDefaultVersionAvailable", "OnceCurrentVersionExpired"]
                },
            },
        },
    },
}


@pytest.mark.parametrize(
    ("sku", "version", "industry"),
    list(itertools.product(azure.DEPLOYMENT_SKUS, [None, "1", "20251001"], azure.INDUSTRIES)),
)
def test_every_deployment_body_has_the_published_shape(sku: str, version: str | None, industry: str) -> None:
    body = documents.deployment_body(
        "claude-sonnet-5-5",
        capacity=40,
        sku=sku,
        version=version,
        organization={**ORGANIZATION, "industry": industry},
        tags={"b": "2", "a": "1"},
    )
    jsonschema.validate(body, SHAPE)
    properties = body["properties"]
    assert properties["model"].get("version") == version
    assert (properties["versionUpgradeOption"] == "NoAutoUpgrade") == (version is not None)


def test_a_role_assignments_name_is_the_same_for_the_same_case_of_any_letter() -> None:
    one = documents.role_assignment_name("/subscriptions/A/resourceGroups/b", "P", "R")
    assert one == documents.role_assignment_name("/subscriptions/a/resourcegroups/B", "p", "r")
    others = {
        documents.role_assignment_name("/x", "p", "r"),
        documents.role_assignment_name("/subscriptions/a/resourcegroups/b", "q", "r"),
        documents.role_assignment_name("/subscriptions/a/resourcegroups/b", "p", "s"),
    }
    assert one not in others
    assert len(others) == 3
    assert re.fullmatch(azure.OBJECT_ID_PATTERN, one)


@pytest.mark.parametrize("auth", ["key", "keyless"])
@pytest.mark.parametrize("host", ["office", "outlook"])
def test_the_manifest_keys_are_those_the_contract_takes(auth: str, host: str) -> None:
    made = values.manifest_values(
        resource_name="example-claude",
        api_key="k" * 84 if auth == "key" else None,
        client_id="11111111-2222-3333-4444-555555555555" if auth == "keyless" else None,
    )
    plain = {key: str(value) for key, value in made.items()}
    assert errors(check_set(host, plain)) == []
    assert [p for key, value in plain.items() for p in errors(check_value(key, value))] == []
    told = values.manifest_keys(auth)
    assert set(told) == set(plain) - {"graph_client_id"}
    assert all(plain[key] == value for key, value in told.items() if value is not None)


@pytest.mark.parametrize("cloud", list(azure.CLOUDS))
def test_each_cloud_has_its_own_scope_and_address(cloud: str) -> None:
    scope = values.manifest_keys("keyless", cloud)["entra_scope"]
    assert scope == azure.CLOUDS[cloud].entra_scope
    [row] = azure.foundry_rows("example-claude", cloud)
    assert row.host == f"example-claude.{azure.CLOUDS[cloud].foundry_suffix}"
    assert azure.endpoint("example-claude", cloud) == f"https://{row.host}/anthropic"


def test_the_desktop_app_gets_one_way_of_signing_in_and_the_models() -> None:
    base = {"inferenceProvider": "foundry", "inferenceFoundryResource": "r", "inferenceModels": ["a", "b"]}
    models = ["a", "b"]
    assert values.desktop_values(resource_name="r", models=models) == base
    assert values.desktop_values(resource_name="r", models=models, api_key="k") == {
        **base,
        "inferenceFoundryApiKey": "k",
    }
    assert values.desktop_values(resource_name="r", models=models, tenant_id="t", client_id="c") == {
        **base,
        "inferenceCredentialKind": "interactive",
        "inferenceFoundryTenantId": "t",
        "inferenceFoundryClientId": "c",
        "inferenceFoundryAuthFlow": "browser",
    }


def test_the_quota_request_names_every_deployment() -> None:
    text = documents.quota_request(NEW, "eastus2", "SUB")
    assert "claude-sonnet-5-5 (GlobalStandard) 40" in text
    assert "eastus2" in text
    assert "SUB" in text
    assert text.endswith(azure.QUOTA_FORM)


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, set[str]()),
        ({"kind": "OpenAI"}, {"foundry.existingResource"}),
        ({"subdomain": "other"}, {"foundry.existingResource"}),
        ({"local_auth_disabled": False}, {"foundry.auth"}),
        ({"actual": "swedencentral"}, {"azure.location"}),
        ({"actual": "East US 2"}, set[str]()),
    ],
)
def test_an_existing_resource_has_to_fit(changes: dict[str, Any], keys: set[str]) -> None:
    said: dict[str, Any] = {
        "name": "shared-ai",
        "kind": "AIServices",
        "subdomain": "shared-ai",
        "local_auth_disabled": True,
        "actual": "eastus2",
        "location": "eastus2",
    }
    found = existing.misfits(ADOPTED, **{**said, **changes})
    assert {problem.key for problem in found} == keys


@pytest.mark.parametrize("code", list(ARM_ERRORS))
def test_an_errors_words_are_recognised_by_their_code(code: str) -> None:
    found = explain(f'Status=409 Code="{code}" Message="whatever"')
    assert found is not None
    assert found.code == code
    assert all((found.means, found.allowed, found.cure, found.source))
    assert explain(f"Not{code}Either") is None


@pytest.mark.parametrize(
    ("addresses", "private", "expected"),
    [
        (None, False, ("Enabled", "Allow")),
        (None, True, ("Disabled", "Deny")),
        (["203.0.113.7"], False, ("Enabled", "Deny")),
        (["203.0.113.7"], True, ("Enabled", "Deny")),
    ],
)
def test_the_network_is_as_open_as_the_settings_say(
    addresses: list[str] | None, private: bool, expected: tuple[str, str]
) -> None:
    plan = replace(NEW, addresses=addresses, private_endpoint=private)
    assert documents.public_access(plan) == expected
