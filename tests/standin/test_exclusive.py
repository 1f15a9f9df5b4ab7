"""One operation at a time: the second one is refused while the first runs, in whatever process."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pulumi.provider.experimental import provider as rpc

from standin.catalog import Exclusive
from standin.errors import CloudError
from standin.exclusive import held
from tests.standin.conftest import Asked, urn
from tests.standin.test_objects import GROUP

REPO = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from standin.exclusive import held
with held(Path(sys.argv[1]), "parent") as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


def test_a_key_is_held_across_processes_and_until_the_process_ends(tmp_path: Path) -> None:
    cloud = tmp_path / "cloud"
    command = [sys.executable, "-c", HOLD, str(cloud)]
    with subprocess.Popen(
        command, cwd=REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        with held(cloud, "parent") as mine, held(cloud, "another") as free:
            assert (mine, free) == (False, True)
        other.kill()
        other.wait()
    with held(cloud, "parent") as mine:
        assert mine


def exclusive(path: Path, faults: str = "") -> Asked:
    """Return a provider in which the resource groups of one place shut each other out."""
    asked = Asked(path, "azure-native", STANDIN_FAULTS=faults)
    catalog = asked.provider.catalog
    spec = replace(
        catalog.types[GROUP], exclusive=Exclusive("/subscriptions/{subscription}", "RequestConflict")
    )
    asked.provider.catalog = replace(catalog, types={**catalog.types, GROUP: spec})
    return asked


def test_a_second_create_is_refused_while_the_first_runs_and_works_after_it(tmp_path: Path) -> None:
    path = tmp_path / "cloud.sqlite"
    slow = exclusive(path, f"create:{GROUP}=hang")
    quick = exclusive(path)
    inputs = {name: slow.inputs(GROUP, {"resourceGroupName": name, "location": "x"}) for name in ("a", "b")}

    def create(asked: Asked, name: str) -> rpc.CreateRequest:
        return rpc.CreateRequest(urn(GROUP, name), inputs[name], 0, False)

    async def both() -> None:
        first = asyncio.create_task(slow.provider.create(create(slow, "a")))
        # The hanging create has done all that it does before it waits once the loop has come round.
        await asyncio.sleep(0)
        assert slow.cloud.calls()
        with pytest.raises(CloudError, match="on the parent resource '/subscriptions/0") as caught:
            await quick.provider.create(create(quick, "b"))
        assert caught.value.code == "RequestConflict"
        await slow.provider.cancel()
        with pytest.raises(CloudError, match="cancelled while it hung"):
            await first
        await quick.provider.create(create(quick, "b"))

    asyncio.run(both())
    assert [row.properties["name"] for row in quick.cloud.resources(GROUP)] == ["b"]
