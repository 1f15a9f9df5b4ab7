"""`FoundryAccess` on the real engine: its life, drift, what destroy leaves, refusals, keys."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.contract.azure import account_id
from standin.arm import ArmServer
from standin.cloud import Cloud
from standin.faults import VARIABLE as FAULTS
from standin.values import wire
from tests.engine.foundry_project import (
    ACCOUNT,
    ARGS,
    ASSIGNMENT,
    DEPLOYMENT,
    GROUP,
    SUBSCRIPTION,
    FoundryProject,
)
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine

MakeFoundry = Callable[..., FoundryProject]
ACCOUNT_ID = account_id(SUBSCRIPTION, "shared", "shared-ai")
MODELS: dict[str, dict[str, Any]] = dict(ARGS["models"])


@pytest.fixture
def make_foundry(engine: Engine, tmp_path: Path) -> Iterator[MakeFoundry]:
    """Yield a function that prepares a project; all share one cloud and one ARM service."""
    cloud = tmp_path / "cloud.sqlite"
    environment = {"STANDIN_CLOUD": str(cloud)}
    server = ArmServer(environment)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()

    def make(name: str = "run", *, faults: str = "", **args: object) -> FoundryProject:
        server.environment = {**environment, FAULTS: faults}
        project = FoundryProject(engine, tmp_path / name, server, cloud=cloud)
        project.use(**args)
        return project

    yield make
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def foundry(make_foundry: MakeFoundry) -> FoundryProject:
    return make_foundry()


def by_hand(cloud: Cloud, *, local_auth_disabled: bool = True, location: str = "eastus2") -> None:
    """Make the resource `shared-ai`, with a deployment, as somebody else would have."""
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shared"
    account: dict[str, Any] = {
        "accountName": "shared-ai",
        "resourceGroupName": "shared",
        "name": "shared-ai",
        "kind": "AIServices",
        "location": location,
        "sku": {"name": "S0"},
        "tags": {"owner": "somebody else"},
        "properties": {"customSubDomainName": "shared-ai", "disableLocalAuth": local_auth_disabled},
    }
    model = {"format": "Anthropic", "name": "claude-opus-4-8", "version": "2"}
    deployment: dict[str, Any] = {
        "accountName": "shared-ai",
        "resourceGroupName": "shared",
        "deploymentName": "claude-opus-4-8",
        "name": "claude-opus-4-8",
        "sku": {"name": "GlobalStandard", "capacity": 3},
        "tags": {},
        "properties": {"model": model},
    }
    for token, id_, row in (
        (GROUP, group, {"resourceGroupName": "shared", "location": location}),
        (ACCOUNT, ACCOUNT_ID, account),
        (DEPLOYMENT, f"{ACCOUNT_ID}/deployments/claude-opus-4-8", deployment),
    ):
        stored = {name: wire(value) for name, value in row.items()}
        cloud.put(token, SUBSCRIPTION, id_, id_, stored, over=False, foreign=True)


def test_everything_is_made_once_and_destroy_leaves_the_name_alone(foundry: FoundryProject) -> None:
    assert foundry.up()["create"] == 8
    assert foundry.tokens() == sorted([GROUP, ACCOUNT, ASSIGNMENT, DEPLOYMENT, DEPLOYMENT])
    haiku = foundry.models()["claude-haiku-4-5"]
    assert haiku["properties"] == {
        "model": {"format": "Anthropic", "name": "claude-haiku-4-5", "version": "2"},
        "modelProviderData": {
            "organizationName": "Example Ltd",
            "countryCode": "US",
            "industry": "technology",
        },
        "versionUpgradeOption": "NoAutoUpgrade",
    }
    [account] = Cloud(foundry.cloud).resources(ACCOUNT)
    assert account.properties["kind"] == "AIServices"
    properties = account.properties["properties"]
    assert isinstance(properties, dict)
    assert properties["disableLocalAuth"] is True
    assert properties["customSubDomainName"] == "example-claude"
    assert foundry.up() == {}
    foundry.destroy()
    assert foundry.tokens() == []
    [kept] = Cloud(foundry.cloud).lasting()
    assert kept.token == ACCOUNT


def test_a_model_removed_from_the_settings_leaves_the_cloud_and_the_others_stay(
    foundry: FoundryProject,
) -> None:
    foundry.up()
    foundry.use(models={name: MODELS[name] for name in ("claude-sonnet-5-5",)})
    assert foundry.up() == {"delete": 1}
    assert set(foundry.models()) == {"claude-sonnet-5-5"}
    more = {"claude-fable-5": {"capacity": 5}, **MODELS}
    foundry.use(models=more)
    assert foundry.up() == {"create": 2}
    assert set(foundry.models()) == set(more)
    assert foundry.up() == {}


def test_a_changed_deployment_is_changed_in_place(foundry: FoundryProject) -> None:
    foundry.up()
    foundry.use(
        models={
            "claude-sonnet-5-5": {"capacity": 10, "sku": "DataZoneStandard"},
            "claude-haiku-4-5": {"capacity": 20, "version": "20251001"},
        }
    )
    assert foundry.up() == {"update": 2}
    models = foundry.models()
    assert models["claude-sonnet-5-5"]["sku"] == {"name": "DataZoneStandard", "capacity": 10}
    assert models["claude-haiku-4-5"]["properties"]["model"]["version"] == "20251001"
    hosts = {row["name"]: row["hostedBy"] for row in foundry.outputs()["deployments"]}
    assert hosts == {"claude-haiku-4-5": "Anthropic", "claude-sonnet-5-5": "Azure"}
    assert foundry.up() == {}


def test_drift_is_seen_by_refresh_and_repaired_by_up(foundry: FoundryProject) -> None:
    foundry.up()
    cloud = Cloud(foundry.cloud)
    rows = {str(row.properties["deploymentName"]): row for row in cloud.resources(DEPLOYMENT)}
    cloud.alter(DEPLOYMENT, rows["claude-sonnet-5-5"].id, "sku", {"name": "DataZoneStandard", "capacity": 1})
    cloud.remove(DEPLOYMENT, rows["claude-haiku-4-5"].id)
    seen = foundry.pulumi("refresh", "--preview-only", "--diff", "-s", foundry.stack).stdout
    assert "DataZoneStandard" in seen
    foundry.pulumi("refresh", "--yes", "--skip-preview", "-s", foundry.stack)
    assert foundry.up() == {"create": 1, "update": 1}
    assert foundry.models()["claude-sonnet-5-5"]["sku"] == {"name": "GlobalStandard", "capacity": 40}
    assert set(foundry.models()) == set(MODELS)
    assert foundry.up() == {}


def test_an_existing_resource_gets_our_models_and_keeps_its_own(make_foundry: MakeFoundry) -> None:
    adopter = make_foundry(
        resource_name=None, existing_resource=ACCOUNT_ID, existing_models=["claude-opus-4-8"]
    )
    cloud = Cloud(adopter.cloud)
    by_hand(cloud)
    before = cloud.foreign()
    adopter.up()
    assert adopter.tokens() == sorted([ASSIGNMENT, DEPLOYMENT, DEPLOYMENT])
    shown = adopter.outputs()
    assert [(row["name"], row["managed"]) for row in shown["deployments"]] == [
        ("claude-haiku-4-5", True),
        ("claude-sonnet-5-5", True),
        ("claude-opus-4-8", False),
    ]
    assert shown["resource_id"] == ACCOUNT_ID
    assert adopter.up() == {}
    adopter.destroy()
    assert adopter.tokens() == []
    assert cloud.foreign() == before
    assert cloud.lasting() == []


def test_an_existing_resource_that_does_not_fit_is_refused(make_foundry: MakeFoundry) -> None:
    adopter = make_foundry(resource_name=None, existing_resource=ACCOUNT_ID)
    cloud = Cloud(adopter.cloud)
    by_hand(cloud, local_auth_disabled=False, location="swedencentral")
    said = adopter.refused()
    assert "takes keys as well" in said
    assert "lies in swedencentral" in said
    assert adopter.tokens() == []


def test_a_deployment_of_somebody_else_is_left_as_it_is(make_foundry: MakeFoundry) -> None:
    adopter = make_foundry(
        resource_name=None, existing_resource=ACCOUNT_ID, models={"claude-opus-4-8": {"capacity": 1}}
    )
    by_hand(Cloud(adopter.cloud))
    before = Cloud(adopter.cloud).foreign()
    said = adopter.refused()
    assert "foundry.existingModels: [claude-opus-4-8]" in said
    assert Cloud(adopter.cloud).foreign() == before


def test_what_an_interrupted_run_made_is_taken_over(foundry: FoundryProject) -> None:
    foundry.up()
    state = json.loads(foundry.pulumi("stack", "export", "-s", foundry.stack).stdout)
    rows = state["deployment"]["resources"]
    state["deployment"]["resources"] = [row for row in rows if "FoundryDeployment" not in row["type"]]
    foundry.pulumi("stack", "import", "-s", foundry.stack, input=json.dumps(state))
    assert foundry.up() == {"create": 2}
    assert set(foundry.models()) == set(MODELS)


@pytest.mark.parametrize("code", ["TooManyRequests", "RequestConflict"])
def test_what_the_service_asks_to_try_later_is_tried_later(make_foundry: MakeFoundry, code: str) -> None:
    project = make_foundry(faults=f"create:{DEPLOYMENT}=refuse:3:{code}")
    project.up()
    assert set(project.models()) == set(MODELS)
    calls = [
        call
        for call in Cloud(project.cloud).calls()
        if (call.operation, call.token) == ("create", DEPLOYMENT)
    ]
    assert len(calls) == 5


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        ("MarketplaceSubscriptionCannotBeCompleted", "remove a failed one"),
        ("InsufficientQuota", "ask for quota"),
        ("InvalidModelProviderData", "correct foundry.organization"),
    ],
)
def test_what_the_service_refuses_is_explained(make_foundry: MakeFoundry, code: str, cure: str) -> None:
    project = make_foundry(faults=f"create:{DEPLOYMENT}=refuse:1:{code}")
    said = project.refused()
    assert code in said
    assert cure in said
    project.up()
    assert set(project.models()) == set(MODELS)


def test_a_deleted_resources_name_is_restored_by_explicit_choice(foundry: FoundryProject) -> None:
    foundry.up()
    foundry.destroy()
    said = foundry.refused()
    assert "foundry.restoreDeletedAccount: true" in said
    assert "az cognitiveservices account purge" in said
    foundry.use(restore_deleted_account=True)
    foundry.up()
    assert ACCOUNT in foundry.tokens()
    assert foundry.up() == {}


def test_a_subdomain_that_is_taken_is_explained(make_foundry: MakeFoundry) -> None:
    make_foundry("first").up()
    second = make_foundry("second", resource_group="other-rg")
    said = second.refused()
    assert "CustomDomainInUse" in said
    assert "choose another foundry.resourceName" in said


def test_a_role_assignment_made_by_hand_is_explained(foundry: FoundryProject) -> None:
    foundry.up()
    cloud = Cloud(foundry.cloud)
    [made] = cloud.resources(ASSIGNMENT)
    foundry.use(groups=None)
    foundry.up()
    name = "99999999-8888-7777-6666-555555555555"
    stored = {key: wire(value) for key, value in made.properties.items()}  # pyright: ignore[reportArgumentType] # JSON
    id_ = made.id.replace(str(made.properties["roleAssignmentName"]), name)
    stored["roleAssignmentName"] = wire(name)
    cloud.put(ASSIGNMENT, made.place, id_, id_, stored, over=False, foreign=True)
    foundry.use()
    said = foundry.refused()
    assert "RoleAssignmentExists" in said
    assert "leave the principal out of the settings" in said


def test_settings_that_are_wrong_stop_before_anything_is_made(make_foundry: MakeFoundry) -> None:
    project = make_foundry(
        organization={**ARGS["organization"], "industry": "Technology"},
        active_key=2,
        groups={"Pilot": "pilot@example.com"},
    )
    said = project.refused()
    for key in ("foundry.organization.industry", "foundry.activeKey", "foundry.groups.Pilot"):
        assert key in said
    assert project.tokens() == []


def test_a_key_is_a_secret_everywhere(make_foundry: MakeFoundry) -> None:
    project = make_foundry(auth="key", groups=None)
    said = [
        project.pulumi(*command, "-s", project.stack)
        for command in (
            ("preview", "--diff"),
            ("up", "--yes", "--skip-preview"),
            ("stack", "output", "--json"),
            ("stack", "export"),
            ("refresh", "--yes", "--skip-preview", "--diff"),
        )
    ]
    key = project.outputs()["api_key"]
    assert len(key) == 84
    text = "".join(one.stdout + one.stderr for one in said)
    assert key not in text
    held = [
        file
        for file in project.folder.rglob("*")
        if file.is_file() and not file.is_symlink() and key.encode() in file.read_bytes()
    ]
    assert held == []


def test_the_rotation_knows_when_the_key_was_switched_and_the_other_regenerated(
    make_foundry: MakeFoundry,
) -> None:
    project = make_foundry(auth="key", groups=None)
    project.up()
    first = project.outputs()
    assert first["key_rotation"]["switches"] == 0
    project.use(auth="key", groups=None, active_key=2)
    assert project.up() == {"update": 1}
    second = project.outputs()
    assert second["api_key"] != first["api_key"]
    rotation = second["key_rotation"]
    assert (rotation["activeKey"], rotation["switches"], rotation["otherKeyRegenerated"]) == (2, 1, False)
    cloud = Cloud(project.cloud)
    [account] = cloud.resources(ACCOUNT)
    cloud.alter(ACCOUNT, account.id, "regenerated1", 1)
    assert project.up() == {}
    third = project.outputs()
    assert third["key_rotation"] == {**rotation, "otherKeyRegenerated": True}
    assert third["api_key"] == second["api_key"]
