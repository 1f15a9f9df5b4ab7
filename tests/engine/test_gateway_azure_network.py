"""`AzureGateway` on the real engine: networks, domains, certificates, environments of its own and of others."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from standin import seeds
from standin.cloud import Cloud
from standin.rules.azure_native import ASSIGNMENT
from standin.rules.azure_native.container_apps import (
    APP,
    CERTIFICATE,
    ENVIRONMENT,
    IDENTITY,
    MANAGED_CERTIFICATE,
    RECORD,
)
from standin.rules.azure_native.container_images import ACR_PULL
from tests.engine.gateway_azure_project import IN_GROUP, SUBSCRIPTION, AzureGatewayProject, prepared
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine

MakeGateway = Callable[..., AzureGatewayProject]
SUBNET = f"{IN_GROUP}/Microsoft.Network/virtualNetworks/hub/subnets/gateway"
ZONE = f"{IN_GROUP}/Microsoft.Network/dnsZones/example.com"
DOMAIN = "claude.example.com"


@pytest.fixture
def make_gateway(engine: Engine, tmp_path: Path) -> MakeGateway:
    return partial(prepared, engine, tmp_path / "run")


def by_hand(project: AzureGatewayProject, token: str, inputs: dict[str, Any], **outputs: Any) -> str:  # noqa: ANN401
    """Make a resource as somebody else would have."""
    cloud = Cloud(project.cloud)
    return seeds.add(cloud, token, inputs, outputs, {"STANDIN_CLOUD": str(project.cloud)})


def prove(project: AzureGatewayProject, value: str) -> None:
    """Create the TXT record that proves DOMAIN, by hand."""
    record = {"recordType": "TXT", "relativeRecordSetName": "asuid.claude", "zoneName": "example.com"}
    by_hand(project, RECORD, {**record, "resourceGroupName": "shared", "txtRecords": [{"value": [value]}]})


def environment(project: AzureGatewayProject, **changed: Any) -> str:  # noqa: ANN401
    """Make an environment as somebody else would have; return its id."""
    inputs = {"resourceGroupName": "shared", "environmentName": "apps", "location": "swedencentral"}
    logs = {"destination": "log-analytics", "logAnalyticsConfiguration": {"customerId": SUBSCRIPTION}}
    return by_hand(project, ENVIRONMENT, {**inputs, "appLogsConfiguration": logs, **changed})


def test_an_internal_gateway_has_its_names_in_its_network_alone(make_gateway: MakeGateway) -> None:
    vault = f"{IN_GROUP}/Microsoft.KeyVault/vaults/certificates"
    project = make_gateway(
        internal=True,
        subnet_id=SUBNET,
        domain=DOMAIN,
        dns_zone_id=ZONE,
        certificate_url="https://certificates.vault.azure.net/secrets/claude",
        certificate_vault_id=vault,
    )
    project.up()
    assert project.up() == {}
    network = project.only(ENVIRONMENT)["vnetConfiguration"]
    assert network == {"infrastructureSubnetId": SUBNET, "internal": True}
    names = {
        f"{row.properties['relativeRecordSetName']}.{row.properties['privateZoneName']}": row.properties[
            "aRecords"
        ]
        for row in project.rows("azure-native:privatedns:PrivateRecordSet")
    }
    domain = project.only(ENVIRONMENT)["defaultDomain"]
    assert names == {
        f"*.{domain}": [{"ipv4Address": "10.0.0.7"}],
        f"@.{DOMAIN}": [{"ipv4Address": "10.0.0.7"}],
    }
    assert project.only(RECORD)["recordType"] == "TXT"  # the public zone has no address of it
    [binding] = project.ingress()["customDomains"]
    assert binding["bindingType"] == "SniEnabled"
    scopes = {
        str(row.properties["scope"]) for row in project.rows("azure-native:authorization:RoleAssignment")
    }
    assert f"{vault}/secrets/claude" in scopes
    project.destroy()
    assert project.tokens() == []


def test_a_domain_takes_two_runs_where_its_zone_is_not_given(make_gateway: MakeGateway) -> None:
    project = make_gateway(domain=DOMAIN)
    project.up()
    shown = project.outputs()
    assert shown["url"] == f"https://{DOMAIN}"
    proof, name = shown["dns_records"]
    assert (proof["name"], proof["type"]) == (f"asuid.{DOMAIN}", "TXT")
    assert name == {
        "name": DOMAIN,
        "type": "CNAME",
        "value": f"claude.{project.only(ENVIRONMENT)['defaultDomain']}",
    }
    assert "gateway.azure.domainVerified: true" in str(shown["next_steps"])
    assert project.ingress()["customDomains"] == []
    project.use(domain=DOMAIN, domain_verified=True)
    said = project.refused()
    assert "InvalidCustomHostNameValidation" in said
    assert "asuid.DOMAIN" in said
    prove(project, proof["value"])
    assert project.up() == {"create": 1, "update": 1}
    assert project.ingress()["customDomains"] == [{"name": DOMAIN, "bindingType": "Auto"}]
    assert project.only(MANAGED_CERTIFICATE)["properties"]["subjectName"] == DOMAIN
    assert project.up() == {}
    project.destroy()
    assert project.tokens() == []


def test_a_domain_takes_one_run_where_its_zone_is_given(make_gateway: MakeGateway) -> None:
    project = make_gateway(domain=DOMAIN, dns_zone_id=ZONE)
    project.up()
    assert project.outputs()["dns_records"] == []
    assert len(project.rows(RECORD)) == 2
    assert len(project.rows(MANAGED_CERTIFICATE)) == 1
    assert project.up() == {}


def test_an_existing_environment_is_used_as_it_is(make_gateway: MakeGateway) -> None:
    project = make_gateway()
    existing = environment(project)
    before = Cloud(project.cloud).foreign(ENVIRONMENT)
    project.use(existing_environment=existing, resource_group="claude-rg")
    project.up()
    assert project.rows(ENVIRONMENT) == []
    assert project.only(APP)["environmentId"] == existing
    source = project.outputs()["log_source"]
    assert (source["table"], source["column"]) == ("ContainerAppConsoleLogs_CL", "Log_s")
    assert source["workspaceId"] == SUBSCRIPTION
    assert "workspaceResourceId" not in source
    assert project.up() == {}
    project.destroy()
    assert Cloud(project.cloud).foreign(ENVIRONMENT) == before


def test_the_internal_name_in_an_environment_of_others_is_for_its_owner(make_gateway: MakeGateway) -> None:
    project = make_gateway()
    network = {"infrastructureSubnetId": SUBNET, "internal": True}
    existing = environment(project, vnetConfiguration=network)
    certificate = by_hand(
        project,
        CERTIFICATE,
        {
            "resourceGroupName": "shared",
            "environmentName": "apps",
            "certificateName": "claude",
            "location": "swedencentral",
        },
    )
    project.use(
        internal=True,
        existing_environment=existing,
        existing_certificate_id=certificate,
        domain=DOMAIN,
        dns_zone_id=ZONE,
    )
    project.up()
    assert project.rows("azure-native:privatedns:PrivateRecordSet") == []
    assert project.only(RECORD)["recordType"] == "TXT"
    assert project.outputs()["dns_records"] == [{"name": DOMAIN, "type": "A", "value": "10.0.0.7"}]
    assert "A record in gateway.dnsRecords" in str(project.outputs()["next_steps"])
    assert project.up() == {}


def test_images_of_a_registry_in_azure_are_pulled_with_the_gateways_identity(
    make_gateway: MakeGateway,
) -> None:
    project = make_gateway(litellm_image=f"example.azurecr.io/mirror/litellm@sha256:{'0' * 64}")
    said = project.refused()
    assert "UNAUTHORIZED" in said
    assert "the role AcrPull on the registry" in said
    identity = project.only(IDENTITY)
    role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{ACR_PULL}"
    by_hand(
        project,
        ASSIGNMENT,
        {
            "roleAssignmentName": "99999999-2222-3333-4444-555555555555",
            "scope": f"{IN_GROUP}/Microsoft.ContainerRegistry/registries/example",
            "roleDefinitionId": role,
            "principalId": identity["principalId"],
            "principalType": "ServicePrincipal",
        },
    )
    project.up()
    [registry] = project.only(APP)["configuration"]["registries"]
    assert registry["server"] == "example.azurecr.io"
    assert registry["identity"].endswith(f"/{identity['resourceName']}")
    assert project.up() == {}


def test_a_managed_certificate_stays_in_an_environment_of_others(make_gateway: MakeGateway) -> None:
    project = make_gateway()
    project.use(existing_environment=environment(project), domain=DOMAIN, dns_zone_id=ZONE)
    project.up()
    assert project.up() == {}
    project.destroy()  # the app uses it until its own end, and the environment goes on
    assert project.tokens() == [MANAGED_CERTIFICATE]


def test_an_existing_environment_that_does_not_fit_is_refused(make_gateway: MakeGateway) -> None:
    project = make_gateway()
    network = {"infrastructureSubnetId": SUBNET, "internal": True}
    existing = environment(project, location="westeurope", vnetConfiguration=network)
    project.use(existing_environment=existing, timeout_seconds=600)
    said = project.refused()
    for expected in ("more than the 240 seconds", "is internal", "lies in westeurope"):
        assert expected in said
    assert project.rows(APP) == []


def test_a_long_timeout_gets_an_ingress_of_its_own(make_gateway: MakeGateway) -> None:
    project = make_gateway(timeout_seconds=600)
    said = project.pulumi("up", "--yes", "--skip-preview", "-s", project.stack)
    assert "two nodes D4" in said.stdout
    made = project.only(ENVIRONMENT)
    assert made["ingressConfiguration"]["requestIdleTimeout"] == 10
    assert {row["name"]: row.get("minimumCount") for row in made["workloadProfiles"]} == {
        "Consumption": None,
        "ingress": 2,
    }
