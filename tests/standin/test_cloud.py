"""The cloud's file."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from standin.cloud import Cloud
from standin.errors import CloudError, StandinError
from standin.values import Digest, wire
from tests.standin.conftest import (
    GET_PROVIDER,
    LOG_GROUP,
    OIDC,
    POLICY,
    ROLE,
    ROLE_POLICY,
    TRUST,
    URL,
    USE_CASE,
    Asked,
)

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


FIRST = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE resources (
    token TEXT NOT NULL, place TEXT NOT NULL, id TEXT NOT NULL, unique_key TEXT NOT NULL,
    properties TEXT NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY (token, place, id), UNIQUE (token, place, unique_key)
);
CREATE TABLE spent_faults (fault TEXT PRIMARY KEY);
INSERT INTO meta VALUES ('digest key', '00');
INSERT INTO resources VALUES ('a:b:C', '', '1', '1', '{"x": 1}', 0);
INSERT INTO spent_faults VALUES ('create:a:b:C=fail-once');
"""


def test_a_cloud_of_an_older_checkout_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "cloud"
    old = sqlite3.connect(path)
    old.executescript(FIRST)
    old.close()
    for cloud in (Cloud(path), Cloud(path)):
        assert [(row.id, row.properties) for row in cloud.resources()] == [("1", {"x": 1})]
        assert cloud.foreign() == []
        assert not cloud.spend("create:a:b:C=fail-once")
        assert cloud.digest(1) == Digest(b"\0")(1)


def test_what_no_program_made_is_apart_and_counts_for_the_rest(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud")
    cloud.put("a:b:C", "here", "/x/1", "k", {}, over=False, foreign=True)
    cloud.put("a:b:D", "here", "/x/2", "k", {}, over=False)
    assert [row.id for row in cloud.foreign()] == ["/x/1"]
    assert [row.id for row in cloud.resources()] == ["/x/2"]
    assert [row.id for row in cloud.all("a:b:C", "here")] == ["/x/1"]
    assert cloud.taken("a:b:C", "here", "k")
    cloud.put("a:b:C", "here", "/x/1", "k", {"a": wire(1)}, over=True)
    [row] = cloud.foreign()
    assert row.properties == {"a": 1}
    cloud.remove("a:b:C", "/x/1")
    assert cloud.foreign() == []


def test_no_call_reads_every_row(aws: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table scan would make every call slower with every resource that the cloud holds."""
    said: list[str] = []
    connect = sqlite3.connect

    def listening(path: Path, timeout: float, isolation_level: None) -> sqlite3.Connection:
        connection = connect(path, timeout=timeout, isolation_level=isolation_level)
        connection.set_trace_callback(said.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", listening)
    asked = Asked(aws.path)
    role = asked.create(ROLE, {"assumeRolePolicy": TRUST, "name": "n", "forceDetachPolicies": True})
    policy = asked.create(ROLE_POLICY, {"role": "n", "name": "p", "policy": POLICY})
    issuer = asked.create(OIDC, {"url": URL, "clientIdLists": ["a"]})
    form = asked.create(USE_CASE, {"formData": "{}"})
    group = asked.create(LOG_GROUP, {"name": "g", "skipDestroy": True})
    policy.update({"role": "n", "name": "p", "policy": POLICY.replace("a:B", "a:D")})
    for made in (role, policy, issuer, form, group):
        made.read()
    asked.told(GET_PROVIDER, arn=issuer.id)
    asked.told(GET_PROVIDER, url=URL)
    for made in (role, issuer, form, group):
        made.delete()
    monkeypatch.undo()
    db = sqlite3.connect(aws.path)
    kinds = ("SELECT", "INSERT", "UPDATE", "DELETE")
    statements = {text for text in said if text.startswith(kinds)}
    plans = {text: db.execute(f"EXPLAIN QUERY PLAN {text}").fetchall() for text in statements}
    db.close()
    assert any("FROM lasting WHERE" in text for text in statements)
    slow = {text: plan for text, plan in plans.items() if any(row[3].startswith("SCAN") for row in plan)}
    assert slow == {}


def test_a_file_that_is_no_cloud_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "cloud"
    path.write_text("this is not a database, but it is long enough to be looked at as one\n" * 20)
    with pytest.raises(StandinError, match="cannot hold the stand-in cloud"):
        Cloud(path)
    with pytest.raises(StandinError, match="cannot hold the stand-in cloud"):
        Cloud(tmp_path / "missing" / "cloud")
