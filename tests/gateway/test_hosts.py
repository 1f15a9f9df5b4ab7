"""The three hosts, from settings to running containers: what is declared is what runs, and everywhere the same."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from claude_byoc import gateway_plan
from claude_byoc.azure import gateway_documents as azure_documents
from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.gateway.container import ARCHIVE_DIGEST, ARCHIVE_SECRET
from claude_byoc.settings import SETTINGS_KEY, Settings, args_of
from standin.cloud import Cloud
from tests.engine import observe
from tests.gateway import declared_aws, declared_azure, declared_google
from tests.gateway.declared import DeclaredContainer, DeclaredGateway, ordered
from tests.gateway.running import PROVIDER_KEY
from tools.engine.acquire import Engine
from tools.project import Project

pytestmark = pytest.mark.engine

SCENARIO = {cloud: observe.SCENARIOS / f"gateway-{cloud}" for cloud in CLOUDS}


def settings_of(cloud: str) -> dict[str, Any]:
    return yaml.safe_load((SCENARIO[cloud] / "settings.yaml").read_text("utf-8"))


def archive_of(cloud: str, settings: Mapping[str, Any]) -> str:
    """Return the archive that the host's secret holds, by the pure renderers."""
    args = args_of(Settings.model_validate(settings))
    args["gateway_secrets"] = {"anthropic_api_key": PROVIDER_KEY}
    plan = gateway_plan.service_plan(args)
    assert plan is not None
    assert plan.problems() == []
    return plan.shape.archive


def declared(project: Project, cloud: str, archive: str) -> DeclaredGateway:
    values = {"anthropicApiKey": PROVIDER_KEY, ARCHIVE_SECRET: archive}
    if cloud == "aws":
        rows = [
            {"token": row.token, "id": row.id, **row.properties} for row in Cloud(project.cloud).resources()
        ]
        return declared_aws.declared(rows, values)
    if cloud == "google":
        return declared_google.declared(observe.inventory(project), values)
    parts = dict(zip(azure_documents.archive_names(), azure_documents.archive_parts(archive), strict=True))
    named = {azure_documents.secret_name(name): value for name, value in values.items()}
    return declared_azure.declared(observe.inventory(project), {**named, **parts})


def made(engine: Engine, folder: Path, cloud: str, gateway: dict[str, Any]) -> tuple[Project, dict[str, Any]]:
    """Return a project in which the gateway of a scenario, changed, is made."""
    settings = settings_of(cloud)
    settings["gateway"] = {
        name: value for name, value in {**settings["gateway"], **gateway}.items() if value is not None
    }
    project = Project(engine, folder, stack="dev")
    project.prepare({SETTINGS_KEY: settings})
    project.set_secret("claude-byoc:anthropicApiKey", PROVIDER_KEY)
    observe.make_by_hand(project, SCENARIO[cloud].name)
    assert observe.up(project)["create"] > 0
    return project, settings


def comparable(container: DeclaredContainer) -> dict[str, Any]:
    """Return what must be the same on every cloud: what runs, with which variables."""
    command = " ".join(container.command)
    started = re.sub(r".* && exec ", "", command)
    return {
        "name": container.name,
        "digest": container.image.rpartition("@")[2],
        # Where a cloud has no init step the application's container unpacks first.
        "command": re.sub(r"--(timeout-graceful-shutdown|host) \S+", "", started.removeprefix("sh -c ")),
        "environment": {
            name: value
            for name, value in container.environment.items()
            if name not in (ARCHIVE_DIGEST, "GATEWAY_FILES", "AZURE_CLIENT_ID", "AZURE_TENANT_ID")
        },
    }


def test_the_scenarios_differ_in_the_cloud_alone() -> None:
    one, *others = (settings_of(cloud) for cloud in CLOUDS)
    for other in others:
        assert {**other, "gateway": {**other["gateway"], "cloud": "aws"}} == one


def test_the_same_settings_give_equivalent_services() -> None:
    """What people and administrators see of the three is the same, but for what the cloud itself names."""
    own = ("cloud", "account", "region", "identity", "dnsRecords", "logs", "hosting", "lasting")
    seen: list[Any] = []
    stored: dict[str, list[str]] = {}
    for cloud in CLOUDS:
        outputs: dict[str, Any] = observe.expected(f"gateway-{cloud}")["outputs"]
        gateway = {name: value for name, value in outputs["gateway"].items() if name not in own}
        stored[cloud] = [one["kind"] for one in gateway["upstreams"] if one["storedKey"]]
        gateway["upstreams"] = [
            {name: value for name, value in one.items() if name != "storedKey"}
            for one in gateway["upstreams"]
        ]
        kept = ("manifestValues", "desktopValues", "allowlist", "consent", "userAttributes", "entra")
        seen.append({**{name: outputs.get(name) for name in kept}, "gateway": gateway})
        assert set(own) <= set(outputs["gateway"])
    assert seen[0] == seen[1] == seen[2]
    assert stored == {
        "aws": ["anthropic", "vertex"],
        "google": ["anthropic", "bedrock"],
        "azure": ["anthropic", "bedrock", "vertex"],
    }


def test_the_same_containers_run_on_every_cloud(engine: Engine, tmp_path: Path) -> None:
    gateway = {"upstreams": [{"kind": "anthropic"}], "telemetry": None, "bootstrap": None}
    seen: list[list[dict[str, Any]]] = []
    for cloud in CLOUDS:
        project, settings = made(engine, tmp_path / cloud, cloud, gateway)
        found = declared(project, cloud, archive_of(cloud, settings))
        seen.append([comparable(one) for one in ordered(found) if not one.init])
    assert seen[0] == seen[1] == seen[2]
    [app, edge] = seen[0]
    assert cast("dict[str, str]", app["environment"])["ANTHROPIC_API_KEY"] == PROVIDER_KEY
    assert (app["name"], edge["name"]) == ("app", "edge")
