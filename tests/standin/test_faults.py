"""Faults on demand."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pulumi.provider.experimental import provider as rpc

from standin.errors import CloudError, StandinError
from standin.faults import Fault, parse
from tests.standin.conftest import REGION, ROLE, TRUST, Asked, urn

GET_PARTITION = "aws:index/getPartition:getPartition"

REPO = Path(__file__).parents[2]
INPUTS = {"assumeRolePolicy": TRUST, "name": "n"}


def test_every_bad_entry_is_named_with_what_is_allowed() -> None:
    text = f"create:{ROLE}=explode, make:{ROLE}=fail; nonsense, create:{ROLE}=slow, delete:{ROLE}=die-after-create"
    with pytest.raises(StandinError) as caught:
        parse(text)
    message = str(caught.value)
    assert "the operation is one of create, read, update, delete, invoke" in message
    assert "'nonsense': write OPERATION:TOKEN=KIND" in message
    assert message.count("the kind is one of") == 3
    assert "die-after-delete" in message


def test_entries_are_separated_by_commas_or_semicolons() -> None:
    faults = parse(f" create:{ROLE}=fail ;; read:{ROLE}=slow:0.5, ")
    assert faults == [Fault("create", ROLE, "fail"), Fault("read", ROLE, "slow", 0.5)]


@pytest.mark.parametrize("operation", ["create", "read", "update", "delete"])
def test_fail_stops_the_operation_before_the_cloud_changes(tmp_path: Path, operation: str) -> None:
    path = tmp_path / "cloud"
    made = Asked(path).create(ROLE, INPUTS)
    before = made.asked.cloud.resources()
    made.asked = Asked(path, STANDIN_FAULTS=f"{operation}:{ROLE}=fail")
    do = {
        "create": lambda: made.asked.create(ROLE, {**INPUTS, "name": "m"}),
        "read": made.read,
        "update": lambda: made.update({**INPUTS, "description": "d"}),
        "delete": made.delete,
    }
    with pytest.raises(CloudError, match=f"STANDIN_FAULTS lets this {operation}"):
        do[operation]()
    assert made.asked.cloud.resources() == before


def test_previews_have_no_faults(tmp_path: Path) -> None:
    asked = Asked(tmp_path / "cloud", STANDIN_FAULTS=f"create:{ROLE}=fail")
    assert asked.create(ROLE, INPUTS, preview=True).state


def test_fail_once_fails_once_for_all_processes(tmp_path: Path) -> None:
    fault = f"create:{ROLE}=fail-once"
    with pytest.raises(CloudError):
        Asked(tmp_path / "cloud", STANDIN_FAULTS=fault).create(ROLE, INPUTS)
    assert Asked(tmp_path / "cloud", STANDIN_FAULTS=fault).create(ROLE, INPUTS).id == "n"


GROUP = "azure-native:resources:ResourceGroup"
GROUP_INPUTS = {"resourceGroupName": "g", "location": "swedencentral"}


def test_refusals_are_counted_for_all_processes_and_have_the_clouds_words(tmp_path: Path) -> None:
    fault = f"create:{GROUP}=refuse:2:TooManyRequests"
    for _ in range(2):
        with pytest.raises(
            CloudError, match=r'^Status=429 Code="TooManyRequests" Message="The request is being'
        ):
            Asked(tmp_path / "cloud", "azure-native", STANDIN_FAULTS=fault).create(GROUP, GROUP_INPUTS)
    made = Asked(tmp_path / "cloud", "azure-native", STANDIN_FAULTS=fault).create(GROUP, GROUP_INPUTS)
    assert made.id.endswith("/resourceGroups/g")
    longer = fault.replace(":2:", ":3:")
    with pytest.raises(CloudError):
        Asked(tmp_path / "cloud", "azure-native", STANDIN_FAULTS=longer).create(
            GROUP, {**GROUP_INPUTS, "resourceGroupName": "h"}
        )


def test_a_function_can_be_refused_too(tmp_path: Path) -> None:
    asked = Asked(tmp_path / "cloud", STANDIN_FAULTS=f"invoke:{GET_PARTITION}=fail")
    with pytest.raises(CloudError, match="lets this invoke of"):
        asked.invoke(GET_PARTITION)


@pytest.mark.parametrize(
    "kind", ["refuse", "refuse:0:TooManyRequests", "refuse:1", "refuse:one:TooManyRequests"]
)
def test_a_refusal_names_how_often_and_what(kind: str) -> None:
    with pytest.raises(StandinError, match="the kind is one of fail, fail-once, refuse:N:CODE"):
        parse(f"create:{GROUP}={kind}")


def test_a_refusal_is_one_that_the_cloud_gives() -> None:
    with pytest.raises(StandinError, match=r"the error's code is one of .*TooManyRequests"):
        parse(f"create:{GROUP}=refuse:1:OutOfCoffee")
    with pytest.raises(StandinError, match=r"the error's code is one of none, errors\.yaml is missing"):
        parse(f"create:{ROLE}=refuse:1:Throttling")


def test_hang_lasts_until_the_engine_cancels(tmp_path: Path) -> None:
    asked = Asked(tmp_path / "cloud", STANDIN_FAULTS=f"read:{ROLE}=hang")

    async def both() -> None:
        reading = asked.provider.read(rpc.ReadRequest(urn(ROLE, "n"), "n", {}, {}))
        hanging = asyncio.create_task(reading)
        done, _ = await asyncio.wait([hanging], timeout=0.05)
        assert not done
        await asked.provider.cancel()
        with pytest.raises(CloudError, match="cancelled while it hung"):
            await hanging

    asyncio.run(both())


def test_slow_takes_its_time_and_succeeds(tmp_path: Path) -> None:
    asked = Asked(tmp_path / "cloud", STANDIN_FAULTS=f"create:{ROLE}=slow:0.01")
    assert asked.create(ROLE, INPUTS).id == "n"


CREATE = """
import sys
from pathlib import Path
from tests.standin.conftest import ROLE, TRUST, Asked
asked = Asked(Path(sys.argv[1]), STANDIN_FAULTS=sys.argv[2])
made = asked.create(ROLE, {"assumeRolePolicy": TRUST, "name": "n"})
made.update({"assumeRolePolicy": TRUST, "name": "n", "description": "d"}).delete()
"""


@pytest.mark.parametrize(
    ("fault", "left"),
    [
        ("create:{}=die-before-create", None),
        ("create:{}=die-after-create", {"description": None}),
        ("update:{}=die-before-update", {"description": None}),
        ("update:{}=die-after-update", {"description": "d"}),
        ("delete:{}=die-before-delete", {"description": "d"}),
        ("delete:{}=die-after-delete", None),
    ],
)
def test_a_dying_process_leaves_what_a_killed_one_leaves(
    tmp_path: Path, fault: str, left: dict[str, str | None] | None
) -> None:
    path = tmp_path / "cloud"
    ended = subprocess.run(
        [sys.executable, "-c", CREATE, str(path), fault.format(ROLE)], cwd=REPO, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    rows = Asked(path, config=REGION).cloud.resources()
    found = [{"description": row.properties.get("description")} for row in rows]
    assert found == ([] if left is None else [left])
