"""The cloud itself: one SQLite file, apart from Pulumi's state.

`resources` is what exists now, `lasting` what the real cloud would keep after a delete, `calls` every
operation in order. A resource that was there before any program, or that somebody made by hand, is `foreign`:
it exists for every rule and lookup, but no program made it. Several provider processes may write at once: each
change is one immediate transaction.
"""

import json
import os
import secrets
import sqlite3
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from standin.errors import CloudError, StandinError
from standin.values import Digest, Properties, hide

VARIABLE = "STANDIN_CLOUD"

_STEPS = (
    """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS resources (
    token TEXT NOT NULL, place TEXT NOT NULL, id TEXT NOT NULL, unique_key TEXT NOT NULL,
    properties TEXT NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY (token, place, id), UNIQUE (token, place, unique_key)
);
CREATE TABLE IF NOT EXISTS lasting (
    token TEXT NOT NULL, place TEXT NOT NULL, id TEXT NOT NULL, properties TEXT NOT NULL,
    what TEXT NOT NULL, reason TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (token, place, id)
);
CREATE TABLE IF NOT EXISTS calls (
    n INTEGER PRIMARY KEY AUTOINCREMENT, provider TEXT NOT NULL, operation TEXT NOT NULL,
    token TEXT NOT NULL, id TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS spent_faults (fault TEXT PRIMARY KEY);
""",
    """
ALTER TABLE resources ADD COLUMN is_foreign INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spent_faults ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
""",
)
"""What makes the file, in steps: one that an older checkout made takes the steps that it lacks."""


@dataclass(frozen=True)
class Resource:
    """One row of `resources`. `created` counts calls: the number of the call that made it."""

    token: str
    place: str
    id: str
    unique_key: str
    properties: dict[str, object]
    created: int
    is_foreign: bool = False
    """Not made by a program: it was there before, or somebody made it by hand."""


@dataclass(frozen=True)
class Kept:
    """One row of `lasting`."""

    token: str
    place: str
    id: str
    properties: dict[str, object]
    what: str
    reason: str
    source: str


@dataclass(frozen=True)
class Call:
    """One row of `calls`."""

    n: int
    provider: str
    operation: str
    token: str
    id: str


class Cloud:
    """The rows of one cloud file; the file is made, readable by its owner alone, if it is missing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            # SQLite would make the file with the umask's mode; it must be private from its first byte.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
            # A killed process loses nothing without fsync; only a power cut would.
            self._db.execute("PRAGMA synchronous = OFF")
            with self.transaction():
                self._take_steps()
                self._db.execute(
                    "INSERT OR IGNORE INTO meta VALUES ('digest key', ?)", (secrets.token_hex(32),)
                )
            (key,) = self._db.execute("SELECT value FROM meta WHERE name = 'digest key'").fetchone()
        except (OSError, sqlite3.DatabaseError) as error:
            raise StandinError(f"{VARIABLE}: {path} cannot hold the stand-in cloud: {error}") from error
        self.digest = Digest(bytes.fromhex(cast("str", key)))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Hold the cloud for one change; everything inside happens or nothing."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _take_steps(self) -> None:
        (taken,) = self._db.execute("PRAGMA user_version").fetchone()
        for step in _STEPS[taken:]:
            for statement in filter(str.strip, step.split(";\n")):
                self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version = {len(_STEPS)}")

    def resources(self, token: str | None = None) -> list[Resource]:
        """Return what programs made and still exists, in the order of creation.

        For tests and `show`, as `foreign` and `lasting`: they read every row.
        """
        return self._resources("NOT is_foreign AND (?1 IS NULL OR token = ?1) ORDER BY created", token)

    def foreign(self, token: str | None = None) -> list[Resource]:
        """Return what exists and no program made: the seeds, and what somebody made by hand."""
        return self._resources("is_foreign AND (?1 IS NULL OR token = ?1) ORDER BY token, id", token)

    def lasting(self) -> list[Kept]:
        """Return what the real cloud would still keep."""
        return self._kept("TRUE ORDER BY token, place, id")

    def calls(self) -> list[Call]:
        """Return every operation that reached the cloud, in order; previews do not reach it."""
        return [Call(*row) for row in self._db.execute("SELECT * FROM calls ORDER BY n")]

    def get(self, token: str, place: str, id_: str) -> Resource | None:
        """Return one resource, or None."""
        return next(iter(self._resources("(token, place, id) = (?, ?, ?)", token, place, id_)), None)

    def taken(self, token: str, place: str, unique_key: str) -> bool:
        """Say whether a resource with this unique key exists."""
        return self.named(token, place, unique_key) is not None

    def named(self, token: str, place: str, unique_key: str) -> Resource | None:
        """Return the resource with this unique key, or None."""
        where = "(token, place, unique_key) = (?, ?, ?)"
        return next(iter(self._resources(where, token, place, unique_key)), None)

    def all(self, token: str, place: str) -> list[Resource]:
        """Return every resource of a type in one place, in the order of their ids."""
        return self._resources("(token, place) = (?, ?) ORDER BY id", token, place)

    def starting(self, token: str, place: str, prefix: str) -> list[Resource]:
        """Return the resources whose id starts with a text, in the order of their ids."""
        where = "(token, place) = (?, ?) AND id >= ? AND id < ? ORDER BY id"
        return self._resources(where, token, place, prefix, prefix + chr(sys.maxunicode))

    def count(self, token: str, place: str) -> int:
        """Return how many resources of a type exist in one place."""
        query = "SELECT count(*) FROM resources WHERE (token, place) = (?, ?)"
        return int(self._db.execute(query, (token, place)).fetchone()[0])

    def kept(self, token: str, place: str, id_: str) -> Kept | None:
        """Return one row of `lasting`, or None."""
        return next(iter(self._kept("(token, place, id) = (?, ?, ?)", token, place, id_)), None)

    def _resources(self, where: str, *values: str | None) -> list[Resource]:
        columns = "token, place, id, unique_key, properties, created, is_foreign"
        rows = self._db.execute(f"SELECT {columns} FROM resources WHERE {where}", values)  # noqa: S608 # ours
        return [
            Resource(token, place, id_, key, json.loads(stored), created, bool(is_foreign))
            for token, place, id_, key, stored, created, is_foreign in rows
        ]

    def _kept(self, where: str, *values: str) -> list[Kept]:
        rows = self._db.execute(f"SELECT * FROM lasting WHERE {where}", values)  # noqa: S608 # ours
        return [
            Kept(token, place, id_, json.loads(stored), what, reason, source)
            for token, place, id_, stored, what, reason, source in rows
        ]

    def put(
        self,
        token: str,
        place: str,
        id_: str,
        unique_key: str,
        properties: Properties,
        *,
        over: bool,
        foreign: bool = False,
    ) -> None:
        """Write a resource; `over` one with the same id, else AlreadyExists, as with its unique key.

        What is written over stays foreign, or not, as it was.
        """
        stored = json.dumps({name: hide(value, self.digest) for name, value in properties.items()})
        with self.transaction():
            # A managed resource is not a left-over one: adopting it takes it out of `lasting`.
            self._db.execute("DELETE FROM lasting WHERE (token, place, id) = (?, ?, ?)", (token, place, id_))
            changed = over and self._db.execute(
                "UPDATE resources SET properties = ?, unique_key = ? WHERE (token, place, id) = (?, ?, ?)",
                (stored, unique_key, token, place, id_),
            )
            if changed and changed.rowcount:
                return
            try:
                self._db.execute(
                    "INSERT INTO resources SELECT ?, ?, ?, ?, ?, coalesce(max(n), 0), ? FROM calls",
                    (token, place, id_, unique_key, stored, foreign),
                )
            except sqlite3.IntegrityError:
                raise CloudError("AlreadyExists", f"{token} {unique_key} already exists") from None

    def keep(self, row: Resource | Kept, what: str, reason: str, source: str) -> None:
        """Move a resource to what the real cloud keeps."""
        with self.transaction():
            self.delete(row)
            self._db.execute(
                "INSERT OR REPLACE INTO lasting VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row.token, row.place, row.id, json.dumps(row.properties), what, reason, source),
            )

    def record(self, provider: str, operation: str, token: str, id_: str) -> None:
        """Add a row to `calls`."""
        self._db.execute(
            "INSERT INTO calls (provider, operation, token, id) VALUES (?, ?, ?, ?)",
            (provider, operation, token, id_),
        )

    def spend(self, fault: str, times: int = 1) -> bool:
        """Use up one of a fault's `times` in this cloud; False where they are all used up."""
        statement = (
            "INSERT INTO spent_faults VALUES (?1, 1) "
            "ON CONFLICT DO UPDATE SET times = times + 1 WHERE times < ?2"
        )
        return bool(self._db.execute(statement, (fault, times)).rowcount)

    def once(self, what: str) -> bool:
        """Say whether this is the first time that something is asked for in this cloud, and remember it."""
        return bool(self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, '')", (what,)).rowcount)

    def alter(self, token: str, id_: str, name: str, value: object) -> None:
        """Change a property by hand, as someone in the cloud's console would: drift."""
        with self.transaction():
            row = self._only(token, id_)
            self._db.execute(
                "UPDATE resources SET properties = ? WHERE (token, place, id) = (?, ?, ?)",
                (json.dumps({**row.properties, name: value}), token, row.place, id_),
            )

    def remove(self, token: str, id_: str) -> None:
        """Delete a resource by hand, without any rule: drift."""
        with self.transaction():
            self.delete(self._only(token, id_))

    def purge(self, token: str, id_: str) -> None:
        """Make an end by hand of what the cloud kept after a delete."""
        found = [row for row in self.lasting() if (row.token, row.id) == (token, id_)]
        if not found:
            raise KeyError(f"nothing is kept of {token} with id {id_}")
        for row in found:
            self.delete(row)

    def delete(self, row: Resource | Kept) -> None:
        """Delete a resource, or what was kept of it."""
        key = (row.token, row.place, row.id)
        with self.transaction():
            self._db.execute("DELETE FROM resources WHERE (token, place, id) = (?, ?, ?)", key)
            self._db.execute("DELETE FROM lasting WHERE (token, place, id) = (?, ?, ?)", key)

    def _only(self, token: str, id_: str) -> Resource:
        found = [row for row in self._resources("token = ?", token) if row.id == id_]
        if len(found) != 1:
            raise KeyError(f"{len(found)} resources {token} with id {id_}")
        return found[0]


def from_environment(environment: Mapping[str, str]) -> Cloud:
    """Open the cloud that STANDIN_CLOUD names; StandinError where it is not set."""
    path = environment.get(VARIABLE, "").strip()
    if not path:
        raise StandinError(
            f"{VARIABLE} is not set: it must name the stand-in cloud's file, which is made if missing"
        )
    return Cloud(Path(path))
