"""What exists before any program: `types/<provider>/seeds.yaml`.

A seed is a row like any other for rules and lookups, and a program that deletes it removes it for good; but it is
foreign (`Cloud.foreign`), so that nobody counts it as left over. STANDIN_WITHOUT=NAME,NAME leaves seeds out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from standin import scope, state
from standin.catalog import LOADER, TYPES, Spec, load
from standin.check import verify
from standin.cloud import Cloud
from standin.errors import StandinError
from standin.loading import load_code
from standin.rows import Rows
from standin.values import Plain, wire

FILE = "seeds.yaml"
WITHOUT = "STANDIN_WITHOUT"


@dataclass(frozen=True)
class Seed:
    """One row that every cloud of this kind has."""

    name: str
    """What STANDIN_WITHOUT calls it."""
    type: str
    inputs: Mapping[str, Plain]
    source: str
    outputs: Mapping[str, Plain] = field(default_factory=dict[str, Plain])
    """What the cloud chose; what is missing is made as for any other resource."""


@cache
def seeds(provider: str, types: Path = TYPES) -> tuple[Seed, ...]:
    """Read a provider's seeds; StandinError names every wrong row."""
    path = types / provider / FILE
    if not path.is_file():
        return ()
    data: object = yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506 -- a safe loader
    rows = cast("dict[str, object]", data).get("rows") if isinstance(data, dict) else None
    found: list[Seed] = []
    problems: list[str] = []
    for number, row in enumerate(cast("list[object]", rows) if isinstance(rows, list) else [None]):
        try:
            found.append(_seed(load(provider, types).types, row))
        except (TypeError, ValueError) as error:
            problems.append(f"row {number}: {error}")
    names = [seed.name for seed in found]
    problems += [f"two rows are called {name}" for name in sorted({n for n in names if names.count(n) > 1})]
    if problems:
        raise StandinError(f"{path} is wrong:\n  " + "\n  ".join(problems))
    return tuple(found)


def _seed(types: Mapping[str, Spec], row: object) -> Seed:
    if not isinstance(row, dict):
        raise TypeError("write rows: [{name: ..., type: ..., inputs: {...}, source: ...}]")
    given = cast("dict[str, object]", row)
    if unknown := sorted(set(given) - {item.name for item in fields(Seed)}):
        raise ValueError(f"unknown {', '.join(unknown)}")
    seed = Seed(**given)  # pyright: ignore[reportArgumentType] # keys checked above, values below
    spec = types.get(seed.type)
    if spec is None:
        raise ValueError(f"type {seed.type} is not declared")
    problems = list(
        verify(spec.inputs, {name: wire(value) for name, value in seed.inputs.items()}, seed.type)
    )
    if problems:
        raise ValueError("; ".join(f"{problem.property}: {problem.reason}" for problem in problems))
    if stray := sorted(set(seed.outputs) - set(spec.properties)):
        raise ValueError(f"{seed.type} has no {', '.join(stray)}")
    if not str(seed.source).strip():
        raise ValueError("`source` is empty")
    return seed


def plant(cloud: Cloud, provider: str, environment: Mapping[str, str]) -> None:
    """Make a provider's seeds, once in the life of a cloud and place: one that was deleted stays deleted."""
    rows = seeds(provider)
    if not rows:
        return
    where = scope.scope(provider, {}, environment)
    left_out = {name.strip() for name in environment.get(WITHOUT, "").split(",")}
    with cloud.transaction():
        for seed in rows:
            first = cloud.once(f"seed {seed.name} of {provider} in {sorted(where.items())}")
            if first and seed.name not in left_out:
                _write(cloud, provider, where, seed)


def add(
    cloud: Cloud,
    token: str,
    inputs: Mapping[str, Plain],
    outputs: Mapping[str, Plain] | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Make a resource by hand, as somebody else would, without any rule; return its id.

    `outputs` are the values that the cloud would choose, as far as the caller wants to know them.
    """
    provider = token.split(":", maxsplit=1)[0].split("_", maxsplit=1)[0]
    load_code(provider)
    plant(cloud, provider, environment or {})
    where = scope.scope(provider, _config(provider), environment or {})
    return _write(cloud, provider, where, Seed("", token, inputs, "by hand", outputs or {}))


def _config(provider: str) -> dict[str, Plain]:
    # AWS works in no region unless told; what is made by hand is made in one all the same.
    return {"region": "us-east-1"} if provider == "aws" else {}


def _write(cloud: Cloud, provider: str, where: dict[str, Plain], seed: Seed) -> str:
    spec = load(provider).type(seed.type)
    rows = Rows(provider, state.Context(where, {}, lambda: cloud))
    given = {name: wire(value) for name, value in {**seed.inputs, **seed.outputs}.items()}
    inputs = {name: value for name, value in given.items() if name in spec.inputs and name in seed.inputs}
    chosen = {name: value for name, value in given.items() if name in seed.outputs}
    properties = {**state.build(spec, inputs, rows.context, old=chosen), **chosen}
    id_ = rows.id(spec, properties)
    subject = rows.subject(spec, "create", id_, properties)
    cloud.put(spec.token, subject.place, id_, subject.unique_key, properties, over=False, foreign=True)
    return id_
