"""The tenant as a stack of its own, run by the Entra administrator, and environments that only read it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.contract.entra import ANTHROPIC_APP_ID
from claude_byoc.settings import SETTINGS_KEY
from standin.cloud import Cloud
from tests.engine import observe
from tests.engine.observe import inventory, up
from tools.engine.acquire import Engine
from tools.project import ROOT, Project

pytestmark = pytest.mark.engine
Stack = Callable[[str, dict[str, Any]], Project]
TENANT = "00000000-0000-0000-0000-000000000000"
EMPTY = ROOT / "tests" / "bench" / "programs" / "empty"


@pytest.fixture
def stack(engine: Engine, tmp_path: Path) -> Stack:
    """Return a function that prepares a stack of that name; all of them share one backend and one cloud."""

    def make(name: str, settings: dict[str, Any]) -> Project:
        project = Project(engine, tmp_path, stack=name)
        project.prepare({SETTINGS_KEY: settings})
        return project

    return make


def tenant_settings(**entra: object) -> dict[str, Any]:
    """Return scenario tenant's settings with `entra` changed; None takes a key away."""
    settings = observe.config_of("tenant")[1][SETTINGS_KEY]
    changed = {**settings["entra"], **entra}
    return {**settings, "entra": {key: value for key, value in changed.items() if value is not None}}


def environment(**changes: object) -> dict[str, Any]:
    """Return an environment of every host that takes its tenant from the stack `tenant`."""
    return {
        "hosts": ["office", "outlook", "desktop"],
        "entra": {"tenantId": TENANT, "fromStack": "organization/claude-byoc/tenant"},
        "gateway": {
            "existing": {
                "url": "https://gateway.example.com",
                "auth": "entra",
                "models": ["claude-sonnet-5"],
                "internal": True,
            }
        },
        "support": {"name": "Help desk", "email": "help@example.com"},
        **changes,
    }


def test_environments_take_ids_from_the_tenants_stack_and_touch_no_directory(stack: Stack) -> None:
    owner = stack("tenant", tenant_settings(app={"uses": ["sso", "outlook", "foundry", "gateway"]}))
    up(owner)
    entra = owner.outputs()["entra"]
    app, desktop_app = entra["clientId"], entra["desktop"]["clientId"]
    before = Cloud(owner.cloud).calls()

    user = stack(
        "pilot",
        environment(
            paths={"office": "foundry", "outlook": "gateway", "desktop": "gateway"},
            azure={"subscriptionId": TENANT, "location": "eastus2"},
            foundry=observe.config_of("foundry-keyless")[1][SETTINGS_KEY]["foundry"],
        ),
    )
    up(user)
    outputs = user.outputs()
    office, outlook = outputs["manifestValues"]["office"], outputs["manifestValues"]["outlook"]
    assert office["graph_client_id"] == outlook["graph_client_id"] == app
    assert office["entra_scope"] == "https://cognitiveservices.azure.com/.default"
    assert outlook["entra_scope"] == entra["scope"] == f"api://{app}/access_as_user"
    oidc = outputs["desktopValues"]["inferenceGatewayOidc"]
    assert (oidc["clientId"], oidc["scopes"]) == (desktop_app, entra["scope"])
    assert outputs["entra"]["clientId"] == app
    assert outputs["gateway"]["internal"] is True
    assert outputs["support"] == {"name": "Help desk", "email": "help@example.com"}

    declared = {row["type"].partition(":")[0] for row in inventory(user)}
    assert "azuread" not in declared
    assert "azure-native" in declared
    assert not [call for call in Cloud(user.cloud).calls()[len(before) :] if "azuread" in str(call)]
    assert up(user) == {}
    user.pulumi("destroy", "--yes", "--skip-preview", "-s", "pilot")
    assert up(owner) == {}


def refused(project: Project) -> str:
    ended = project.pulumi("preview", "-s", project.stack, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0, said
    assert "Traceback" not in said
    return said


def test_a_stack_without_the_output_or_of_another_tenant_is_refused(stack: Stack) -> None:
    owner = stack("tenant", {})
    owner.prepare({}, program=EMPTY)
    up(owner)
    user = stack("pilot", environment())
    said = refused(user)
    assert "entra.fromStack: names organization/claude-byoc/tenant, which has no output `entra`" in said
    assert "pulumi stack output entra -s organization/claude-byoc/tenant" in said

    up(stack("tenant", tenant_settings()))
    other = "11111111-2222-3333-4444-555555555555"
    changed = environment(entra={"tenantId": other, "fromStack": "organization/claude-byoc/tenant"})
    said = refused(stack("pilot", changed))
    assert f"a stack of the tenant {TENANT}" in said
    assert f"a stack of the tenant {other}" in said
    changed["entra"] = {**environment()["entra"], "cloud": "us-gov-high"}
    assert "a stack of the cloud global" in refused(stack("pilot", changed))


def test_a_tenants_stack_without_what_is_needed_is_refused(stack: Stack) -> None:
    up(stack("tenant", tenant_settings(app={}, desktop=None)))
    said = refused(stack("pilot", environment()))
    assert "entra.scope: is missing" in said or "entra.desktopClientId: is missing" in said

    up(stack("other", {"hosts": [], "entra": {"tenantId": TENANT, "anthropicApp": {}}}))
    changed = environment(entra={"tenantId": TENANT, "fromStack": "organization/claude-byoc/other"})
    said = refused(stack("pilot", changed))
    assert "whose people sign in to Anthropic's app" in said
    assert ANTHROPIC_APP_ID not in said
