"""The cloud's file."""

import subprocess
import sys
from pathlib import Path

import pytest

from standin.cloud import Cloud
from standin.errors import CloudError, StandinError
from standin.values import wire

REPO = Path(__file__).parents[2]
PUT = """
import sys
from pathlib import Path
from standin.cloud import Cloud
from standin.errors import CloudError
cloud, mine = Cloud(Path(sys.argv[1])), 0
for number in range(40):
    try:
        with cloud.transaction():
            cloud.record("p", "create", "a:b:C", str(number))
            cloud.put("a:b:C", "", str(number), str(number), {}, over=False)
            mine += 1
    except CloudError:
        pass
print(mine)
"""


def test_several_processes_write_one_cloud(tmp_path: Path) -> None:
    path = tmp_path / "cloud"
    command = [sys.executable, "-c", PUT, str(path)]
    running = [subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    wins = [int(process.communicate()[0]) for process in running]
    assert sum(wins) == 40
    cloud = Cloud(path)
    assert len(cloud.resources()) == 40
    assert [call.n for call in cloud.calls()] == sorted({call.n for call in cloud.calls()})
    assert len(cloud.calls()) == 40


def test_a_failed_change_leaves_nothing(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud")
    cloud.put("a:b:C", "", "1", "same", {}, over=False)

    def change() -> None:
        with cloud.transaction():
            cloud.record("p", "create", "a:b:C", "2")
            cloud.put("a:b:C", "", "2", "same", {}, over=False)

    with pytest.raises(CloudError, match="AlreadyExists"):
        change()
    assert cloud.calls() == []
    assert [row.id for row in cloud.resources()] == ["1"]


def test_rows_can_be_altered_and_removed_by_hand(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud")
    cloud.put("a:b:C", "", "1", "1", {"x": wire(1), "y": wire("z")}, over=False)
    cloud.alter("a:b:C", "1", "x", [2])
    assert Cloud(cloud.path).resources("a:b:C")[0].properties == {"x": [2], "y": "z"}
    cloud.remove("a:b:C", "1")
    assert cloud.resources() == []
    with pytest.raises(KeyError):
        cloud.remove("a:b:C", "1")


def test_a_file_that_is_no_cloud_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "cloud"
    path.write_text("this is not a database, but it is long enough to be looked at as one\n" * 20)
    with pytest.raises(StandinError, match="cannot hold the stand-in cloud"):
        Cloud(path)
    with pytest.raises(StandinError, match="cannot hold the stand-in cloud"):
        Cloud(tmp_path / "missing" / "cloud")
