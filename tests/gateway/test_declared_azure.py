"""What `AzureGateway` declares is what runs, and who reaches what: read from the declared resources alone."""

from pathlib import Path
from typing import Any

import pytest

from claude_byoc.azure import gateway_documents as documents
from claude_byoc.contract.gateway import LITELLM_IMAGE, NGINX_IMAGE
from claude_byoc.gateway.service_args import GatewayServiceArgs
from claude_byoc.gateway.service_plan import plan_of
from claude_byoc.gateway.tokens import SigningKey
from standin.cloud import Cloud
from standin.rules.azure_native.container_apps import SECRET
from standin.values import DIGEST
from tests.engine.gateway_azure_project import IN_GROUP, WAF, AzureGatewayProject
from tests.engine.observe import inventory
from tests.gateway.declared import assert_conforms, ordered, running
from tests.gateway.declared_azure import declared
from tests.gateway.reach_azure import reach
from tests.gateway.running import PROVIDER_KEY, Fake, token
from tests.published import azure
from tools.engine.acquire import Engine

pytestmark = [pytest.mark.engine, pytest.mark.gateway]

CONTAINERS = {("app", "internet", 443), ("edge", "internet", 443), ("front", "edge", 8080)}
INTERNAL = {
    "internal": True,
    "subnet_id": f"{IN_GROUP}/Microsoft.Network/virtualNetworks/hub/subnets/gateway",
}
BEHIND = {("firewall", "front", 443)}
"""Of the environment's network, nobody else."""
GIVEN = {
    "subnet_id": f"{IN_GROUP}/Microsoft.Network/virtualNetworks/hub/subnets/gateway",
    "firewall_subnet_id": f"{IN_GROUP}/Microsoft.Network/virtualNetworks/hub/subnets/firewall",
    "firewall_subnet_range": "10.9.1.0/24",
}


def test_the_declared_containers_run_and_conform(
    engine: Engine, tmp_path: Path, litellm: Path, signing_key: SigningKey, fake_upstream: Fake
) -> None:
    given: GatewayServiceArgs = {
        "upstreams": [{"kind": "anthropic", "base_url": fake_upstream.url}],
        "models": ["claude-opus-5"],
        "tokens": {"public_keys": [signing_key.public]},
        "secrets": {"anthropic_api_key": PROVIDER_KEY},
    }
    project = AzureGatewayProject(engine, tmp_path / "run")
    project.use(
        entra=None,
        timeout_seconds=None,
        **{name: value for name, value in given.items() if name != "secrets"},
    )
    project.set_secret("gateway:anthropic_api_key", PROVIDER_KEY)
    project.up()
    parts = documents.archive_parts(plan_of(given, "azure").shape.archive)
    values = {"anthropic-api-key": PROVIDER_KEY, **dict(zip(documents.archive_names(), parts, strict=True))}
    cloud = Cloud(project.cloud)
    for row in cloud.resources(SECRET):
        stored: Any = row.properties["properties"]
        assert stored["value"] == {DIGEST: cloud.digest(values[str(row.properties["secretName"])])}
    gateway = declared(inventory(project), values)
    assert [one.name for one in ordered(gateway)] == ["files", "app", "edge"]
    assert {one.name: one.image for one in gateway.containers} == {
        "files": f"ghcr.io/nginx/nginx-unprivileged@{NGINX_IMAGE.digest}",
        "app": f"ghcr.io/berriai/litellm@{LITELLM_IMAGE.digest}",
        "edge": f"ghcr.io/nginx/nginx-unprivileged@{NGINX_IMAGE.digest}",
    }
    with running(gateway, tmp_path / "here", litellm) as url:
        assert_conforms(url, token(signing_key))


@pytest.mark.parametrize(
    ("changed", "ways"),
    [
        ({}, {("internet", "front", 443)}),
        (
            {"allowed_addresses": ["203.0.113.0/24", "198.51.100.7/32"]},
            {("203.0.113.0/24", "front", 443), ("198.51.100.7/32", "front", 443)},
        ),
        (INTERNAL, {("network", "front", 443)}),
        (
            {"insecure_plaintext_http": True},
            {("internet", "front", 443), ("internet", "front", 80)},
        ),
        (WAF, BEHIND | {("internet", "firewall", 443)}),
        (
            {**WAF, "allowed_addresses": ["203.0.113.0/24", "198.51.100.7/32"]},
            BEHIND | {("203.0.113.0/24", "firewall", 443), ("198.51.100.7/32", "firewall", 443)},
        ),
        (
            {**WAF, **GIVEN, "internal": True},
            {("network", "firewall", 443), (GIVEN["firewall_subnet_range"], "front", 443)},
        ),
    ],
    ids=["public", "ranges", "internal", "plaintext", "waf", "waf-ranges", "waf-internal"],
)
def test_who_reaches_what_and_every_body_has_the_published_shape(
    engine: Engine, tmp_path: Path, changed: dict[str, Any], ways: set[tuple[str, str, int]]
) -> None:
    project = AzureGatewayProject(engine, tmp_path / "run")
    project.use(**changed)
    project.set_secret("gateway:anthropic_api_key", PROVIDER_KEY)
    project.up()
    made = inventory(project)
    assert reach(made) == CONTAINERS | ways
    assert azure.problems([row for row in made if row["type"].startswith("azure-native:")]) == []
