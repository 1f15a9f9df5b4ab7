"""The stand-in of Container Apps and key vaults: what it refuses, and what follows from what."""

from pathlib import Path
from typing import Any

import pytest

from standin.errors import CloudError
from standin.rules.azure_native import ASSIGNMENT, GROUP
from standin.rules.azure_native.container_apps import (
    APP,
    CERTIFICATE,
    ENVIRONMENT,
    IDENTITY,
    MANAGED_CERTIFICATE,
    PRIVATE_RECORD,
    RECORD,
    SECRET,
    SECRETS_USER,
    VAULT,
    WORKBOOK,
)
from standin.rules.azure_native.container_images import ACR_PULL
from standin.values import at
from tests.standin.conftest import Asked, Made

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
IN_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
ROLE = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{SECRETS_USER}"
BASE: dict[str, Any] = {"resourceGroupName": "rg", "location": "swedencentral"}
VAULT_PROPERTIES = {"sku": {"family": "A", "name": "standard"}, "tenantId": SUBSCRIPTION}


def within(made: Made, path: str) -> Any:  # noqa: ANN401 -- JSON
    """Return what a state holds at a dotted path."""
    return at(made.plain, path)


@pytest.fixture
def azure(tmp_path: Path) -> Asked:
    asked = Asked(tmp_path / "cloud.sqlite", "azure-native", {"location": "swedencentral"})
    asked.create(GROUP, BASE, "group")
    return asked


TWO = {"minReplicas": 2}


def vault(asked: Asked, **properties: Any) -> Made:  # noqa: ANN401 -- any property
    whole = {**VAULT_PROPERTIES, **properties}
    return asked.create(VAULT, {**BASE, "vaultName": "keys", "properties": whole}, "vault")


def secret(asked: Asked, value: str = "planted") -> Made:
    inputs = {
        "resourceGroupName": "rg",
        "vaultName": "keys",
        "secretName": "key",
        "properties": {"value": value},
    }
    return asked.create(SECRET, inputs, "secret")


def environment(asked: Asked, **changed: Any) -> Made:  # noqa: ANN401 -- any property
    return asked.create(ENVIRONMENT, {**BASE, "environmentName": "env", **changed}, "environment")


def app(environment_id: str, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 -- any property
    resources = {"cpu": 0.5, "memory": "1Gi"}
    template = {"containers": [{"name": "one", "image": "image", "resources": resources}]}
    inputs = {**BASE, "containerAppName": "claude", "environmentId": environment_id, "template": template}
    return {**inputs, **changed}


def test_an_environment_and_its_apps_have_names_and_a_proof_of_domains(azure: Asked) -> None:
    made: dict[str, Any] = environment(azure).plain
    assert made["defaultDomain"].endswith(".swedencentral.azurecontainerapps.io")
    assert made["staticIp"] == "203.0.113.7"
    proof = made["customDomainConfiguration"]["customDomainVerificationId"]
    assert azure.create(APP, app(f"{IN_GROUP}/providers/Microsoft.App/managedEnvironments/env")).plain[
        "customDomainVerificationId"
    ] == proof  # fmt: skip


def test_a_changed_template_makes_a_revision_and_a_changed_configuration_none(azure: Asked) -> None:
    home = environment(azure).id
    made = azure.create(APP, app(home))
    ingress = {"ingress": {"external": True, "targetPort": 8080}}
    configured = made.update(app(home, configuration=ingress))
    assert configured.plain["latestRevisionName"] == made.plain["latestRevisionName"]
    other = app(home)["template"]["containers"][0] | {"image": "other"}
    rolled = configured.update(app(home, configuration=ingress, template={"containers": [other]}))
    assert rolled.plain["latestRevisionName"] != made.plain["latestRevisionName"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"containerAppName": "Claude"}, "lower-case"),
        ({"template": {"terminationGracePeriodSeconds": 601}}, "0 to 600"),
        (
            {"template": {"containers": [{"name": "a", "resources": {"cpu": 0.5, "memory": "2Gi"}}]}},
            "invalid",
        ),
        (
            {
                "template": {
                    "containers": [
                        {
                            "name": "a",
                            "resources": {"cpu": 0.5, "memory": "1Gi"},
                            "probes": [{"type": "Startup", "failureThreshold": 11}],
                        }
                    ]
                }
            },
            "not 1 to 10",
        ),
        (
            {"template": {"volumes": [{"name": "v", "secrets": [{"secretRef": "missing", "path": "p"}]}]}},
            "SecretRef 'missing'",
        ),
        ({"configuration": {"secrets": [{"name": "Key"}]}}, "lower-case"),
        (
            {
                "configuration": {
                    "ingress": {
                        "ipSecurityRestrictions": [
                            {"name": "a", "action": "Allow", "ipAddressRange": "203.0.113.0/24"},
                            {"name": "b", "action": "Deny", "ipAddressRange": "198.51.100.0/24"},
                        ]
                    }
                }
            },
            "all of them",
        ),
    ],
)
def test_an_app_that_cannot_be_is_refused(azure: Asked, changed: dict[str, Any], said: str) -> None:
    assert said in str(azure.problems(APP, app("/env", **changed)))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ingressConfiguration": {"workloadProfileName": "Consumption", "scale": TWO}}, "two nodes"),
        (
            {
                "ingressConfiguration": {
                    "workloadProfileName": "own",
                    "requestIdleTimeout": 31,
                    "scale": {"minReplicas": 2},
                },
                "workloadProfiles": [{"name": "own", "workloadProfileType": "D4", "minimumCount": 2}],
            },
            "4 to 30",
        ),
        ({"ingressConfiguration": {"workloadProfileName": "own"}}, "scale.minReplicas"),
        ({"vnetConfiguration": {"internal": True}}, "infrastructureSubnetId"),
    ],
)
def test_an_environment_that_cannot_be_is_refused(azure: Asked, changed: dict[str, Any], said: str) -> None:
    assert said in str(azure.problems(ENVIRONMENT, {**BASE, "environmentName": "env", **changed}))


def test_names_and_sizes_of_vault_secret_and_workbook_are_checked(azure: Asked) -> None:
    assert "vaultName" in azure.problems(VAULT, {**BASE, "vaultName": "k", "properties": VAULT_PROPERTIES})
    large = {
        "resourceGroupName": "rg",
        "vaultName": "keys",
        "secretName": "a_b",
        "properties": {"value": "x" * 25_001},
    }
    assert {"properties", "secretName"} <= azure.problems(SECRET, large).keys()
    book = {
        **BASE,
        "resourceName": "usage",
        "category": "workbook",
        "displayName": "x",
        "serializedData": "{}",
    }
    assert "resourceName" in azure.problems(WORKBOOK, book)


def test_a_secrets_address_names_its_version(azure: Asked) -> None:
    vault(azure)
    made = secret(azure)
    address = within(made, "properties.secretUriWithVersion")
    assert address.startswith("https://keys.vault.azure.net/secrets/key/")
    inputs = {"resourceGroupName": "rg", "vaultName": "keys", "secretName": "key"}
    again = made.update({**inputs, "properties": {"value": "another"}})
    assert within(again, "properties.secretUriWithVersion") != address


def test_a_vault_is_kept_with_its_name_and_its_secrets_go_with_it(azure: Asked) -> None:
    made = vault(azure, enablePurgeProtection=True)
    secret(azure)
    with pytest.raises(CloudError, match="irreversible"):
        made.update({**BASE, "vaultName": "keys", "properties": VAULT_PROPERTIES})
    made.delete()
    assert azure.cloud.resources(SECRET) == []
    with pytest.raises(CloudError, match="VaultAlreadyExists"):
        vault(azure)
    vault(azure, createMode="recover")
    assert secret(azure).id.endswith("/secrets/key")


def test_an_app_reads_a_secret_by_an_identity_of_its_own_with_the_role_on_it(azure: Asked) -> None:
    home = environment(azure).id
    vault(azure)
    stored = secret(azure)
    own = azure.create(IDENTITY, {**BASE, "resourceName": "id"}, "identity")
    reference = {
        "name": "key",
        "keyVaultUrl": within(stored, "properties.secretUriWithVersion"),
        "identity": own.id,
    }
    identity = {"type": "UserAssigned", "userAssignedIdentities": [own.id]}
    inputs = app(home, identity=identity, configuration={"secrets": [reference]})
    with pytest.raises(CloudError, match="Unable to get value using Managed identity"):
        azure.create(APP, inputs)
    right = {"scope": stored.id, "principalId": own.plain["principalId"], "roleDefinitionId": ROLE}
    azure.create(ASSIGNMENT, {**right, "roleAssignmentName": SUBSCRIPTION}, "right")
    with pytest.raises(CloudError, match="Unable to get value using Managed identity"):
        azure.create(APP, {**inputs, "identity": {"type": "UserAssigned", "userAssignedIdentities": []}})
    assert within(azure.create(APP, inputs), "identity.userAssignedIdentities") == {own.id: {}}


def test_an_app_pulls_from_a_registry_in_azure_by_an_identity_of_its_own_with_the_role_on_it(
    azure: Asked,
) -> None:
    home = environment(azure).id
    own = azure.create(IDENTITY, {**BASE, "resourceName": "id"}, "identity")
    resources = {"cpu": 0.5, "memory": "1Gi"}
    inputs = app(
        home,
        identity={"type": "UserAssigned", "userAssignedIdentities": [own.id]},
        configuration={"registries": [{"server": "example.azurecr.io", "identity": own.id}]},
        template={
            "containers": [{"name": "one", "image": "example.azurecr.io/image", "resources": resources}]
        },
    )
    with pytest.raises(CloudError, match="UNAUTHORIZED: authentication required"):
        azure.create(APP, inputs)
    right = {
        "scope": f"{IN_GROUP}/providers/Microsoft.ContainerRegistry/registries/example",
        "principalId": own.plain["principalId"],
        "roleDefinitionId": ROLE.replace(SECRETS_USER, ACR_PULL),
        "roleAssignmentName": SUBSCRIPTION,
    }
    azure.create(ASSIGNMENT, right, "right")
    with pytest.raises(CloudError, match="UNAUTHORIZED: authentication required"):
        azure.create(APP, {**inputs, "configuration": {}})
    azure.create(APP, inputs)


def test_a_domain_needs_its_proof_and_a_certificate_an_app_with_the_domain(azure: Asked) -> None:
    home = environment(azure)
    binding = {"name": "claude.example.com", "bindingType": "Auto"}
    inputs = app(home.id, configuration={"ingress": {"customDomains": [binding]}})
    certificate = {
        **BASE,
        "environmentName": "env",
        "managedCertificateName": "claude",
        "properties": {"subjectName": "claude.example.com", "domainControlValidation": "CNAME"},
    }
    with pytest.raises(CloudError, match=r"asuid\.claude\.example\.com"):
        azure.create(APP, inputs)
    with pytest.raises(CloudError, match="RequireCustomHostnameInEnvironment"):
        azure.create(MANAGED_CERTIFICATE, certificate)
    proof = within(home, "customDomainConfiguration.customDomainVerificationId")
    record = {"resourceGroupName": "rg", "zoneName": "example.com", "recordType": "TXT"}
    azure.create(
        RECORD,
        {**record, "relativeRecordSetName": "asuid.claude", "txtRecords": [{"value": [proof]}]},
        "proof",
    )
    made = azure.create(APP, inputs)
    azure.create(MANAGED_CERTIFICATE, certificate, "certificate")
    with pytest.raises(CloudError, match="ManagedEnvironmentHasContainerApps"):
        home.delete()
    made.delete()
    home.delete()
    assert azure.cloud.resources(MANAGED_CERTIFICATE) == []


def test_an_alias_stands_alone(azure: Asked) -> None:
    inputs = {"resourceGroupName": "rg", "zoneName": "example.com", "relativeRecordSetName": "claude"}
    alias = {**inputs, "recordType": "CNAME", "cnameRecord": {"cname": "app.example.com"}}
    made = azure.create(RECORD, alias, "alias")
    address = {**inputs, "recordType": "A", "aRecords": [{"ipv4Address": "203.0.113.7"}]}
    with pytest.raises(CloudError, match="CNAME record with the same name"):
        azure.create(RECORD, address)
    azure.create(RECORD, {**address, "relativeRecordSetName": "other"}, "other")
    made.delete()
    azure.create(RECORD, address)
    with pytest.raises(CloudError, match="A record with the same name"):
        azure.create(RECORD, alias)


def test_what_lies_in_something_needs_it(azure: Asked) -> None:
    with pytest.raises(CloudError, match="ParentResourceNotFound"):
        secret(azure)
    with pytest.raises(CloudError, match="ResourceNotFound"):
        azure.create(APP, app("/nowhere"))
    with pytest.raises(CloudError, match="ParentResourceNotFound"):
        azure.create(CERTIFICATE, {**BASE, "environmentName": "env", "certificateName": "given"})
    record = {"resourceGroupName": "rg", "privateZoneName": "example.com", "recordType": "A"}
    with pytest.raises(CloudError, match="ParentResourceNotFound"):
        azure.create(PRIVATE_RECORD, {**record, "relativeRecordSetName": "@"})
