"""Interrupted runs of the Foundry part: by tags, inside of what has tags, and deployments by themselves."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from standin import seeds
from standin.arm import ArmServer
from standin.cloud import Cloud
from standin.values import Plain
from tests.engine.foundry_project import ACCOUNT, ASSIGNMENT, DEPLOYMENT, GROUP
from tests.engine.interrupted import (
    asked_for,
    assert_whole,
    begun,
    die,
    faults,
    kill_all,
    kill_engine,
    made,
    recover,
    run_recover,
    start_recover,
    start_up,
)
from tests.engine.observe import prepared
from tools.engine.acquire import Engine
from tools.project import Project

pytestmark = pytest.mark.engine


@pytest.fixture
def keyless(engine: Engine, tmp_path: Path) -> Project:
    return prepared(engine, tmp_path / "run", "foundry-keyless")


@pytest.fixture
def with_key(engine: Engine, tmp_path: Path) -> Project:
    return prepared(engine, tmp_path / "run", "foundry-key")


@pytest.fixture
def slow_arm(with_key: Project) -> Iterator[dict[str, str]]:
    """An ARM whose deployments take a while; gives the environment that leads to it."""
    server = ArmServer(
        {"STANDIN_CLOUD": str(with_key.cloud), "STANDIN_FAULTS": f"create:{DEPLOYMENT}=slow:2"}
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"CLAUDE_BYOC_ARM_ADDRESS": server.base}
    server.shutdown()
    server.server_close()


def test_the_provider_is_killed(keyless: Project) -> None:
    die(start_up(keyless, faults([GROUP], "die-after-create")))
    die(start_recover(keyless, faults([ACCOUNT], "die-after-create")))
    die(start_recover(keyless, faults([ASSIGNMENT], "die-after-create")))
    assert "adopted  claude-foundry-user-pilot: " in recover(keyless)
    assert_whole(keyless, "foundry-keyless")


def test_the_engine_is_killed(with_key: Project, slow_arm: dict[str, str]) -> None:
    process = start_up(with_key, faults([GROUP], "hang-after-create"))
    kill_engine(process, lambda: made(with_key, [GROUP]), "the resource group")
    process = start_recover(with_key, faults([ACCOUNT], "hang"))
    kill_engine(process, lambda: begun(with_key, ACCOUNT), "create of the Foundry resource")
    process = start_recover(with_key, "", **slow_arm)
    kill_engine(process, lambda: begun(with_key, DEPLOYMENT), "create of the deployment")
    recover(with_key)
    assert_whole(with_key, "foundry-key")


def test_a_resource_group_of_others_is_never_adopted_even_when_recover_is_killed(with_key: Project) -> None:
    Cloud(with_key.cloud).close()
    cloud = Cloud(with_key.cloud)
    tags: dict[str, Plain] = {"claude-byoc:project": "claude-byoc", "claude-byoc:stack": "prod"}
    inputs: dict[str, Plain] = {
        "resourceGroupName": "example-claude-rg",
        "location": "swedencentral",
        "tags": tags,
    }
    seeds.add(cloud, GROUP, inputs)
    before = cloud.foreign()
    process = start_up(with_key, faults([GROUP], "hang"))
    kill_engine(process, lambda: begun(with_key, GROUP), "create of the resource group")
    process = start_recover(with_key, f"read:{GROUP}=hang")
    kill_all(process, lambda: asked_for(with_key, GROUP), "the look at the resource group")
    ended = run_recover(with_key)
    assert ended.returncode == 1
    assert "foundry.existingResourceGroup: example-claude-rg" in ended.stderr
    assert cloud.foreign() == before
    assert (
        '"azure-native:resources:ResourceGroup"' not in with_key.pulumi("stack", "export", "-s", "dev").stdout
    )
