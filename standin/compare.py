"""When two values of a property are the same to the provider, and what a diff says where they are not."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest

from pulumi.provider.experimental.provider import PropertyDiff, PropertyDiffKind

from standin.catalog import Property, Spec
from standin.policies import equivalent
from standin.values import Plain, has_unknown, is_empty


def _json(first: Plain, second: Plain) -> bool:
    try:
        return json.loads(str(first)) == json.loads(str(second))
    except ValueError:
        return first == second


def _set(first: Plain, second: Plain) -> bool:
    if not isinstance(first, list) or not isinstance(second, list):
        return first == second
    return sorted(map(repr, first)) == sorted(map(repr, second))


_SAME: Mapping[str, Callable[[Plain, Plain], bool]] = {
    "exact": lambda first, second: first == second,
    "policy": lambda first, second: equivalent(str(first), str(second)),
    "json": _json,
    "set": _set,
    "url": lambda first, second: str(first).removeprefix("https://") == str(second).removeprefix("https://"),
}


def same(item: Property, first: Plain, second: Plain) -> bool:
    """Say whether the provider sees no difference; what is not known yet differs."""
    if has_unknown(first) or has_unknown(second):
        return False
    if is_empty(first) and is_empty(second):
        return True
    return first == second or (None not in (first, second) and _SAME[item.compare](first, second))


def differences(
    spec: Spec, state: Mapping[str, Plain], inputs: Mapping[str, Plain], ignored: list[str]
) -> dict[str, PropertyDiff]:
    """Compare the last known state with new inputs: property path -> kind of change."""
    result: dict[str, PropertyDiff] = {}
    for item in spec.inputs.values():
        changes = _changes(item, item.name, state.get(item.name), inputs.get(item.name))
        for path, kind in changes:
            if not is_ignored(path, ignored):
                result[path] = PropertyDiff(kind, input_diff=True)
    return result


def _changes(item: Property, path: str, old: Plain, new: Plain) -> Iterator[tuple[str, PropertyDiffKind]]:
    """Yield what differs, field by field where the fields are declared; what the cloud added is no difference."""
    if (new is None and item.computed) or same(item, old, new):
        return
    found: Iterator[tuple[str, PropertyDiffKind]]
    if item.fields and item.type == "object" and isinstance(old, dict) and isinstance(new, dict):
        found = _fields(item, path, old, new)
    elif item.fields and item.compare != "set" and isinstance(old, list) and isinstance(new, list):
        element = dataclasses.replace(item, type=item.type.removeprefix("list(").removesuffix(")"))
        found = (
            change
            for number, (before, after) in enumerate(zip_longest(old, new))
            for change in _changes(element, f"{path}[{number}]", before, after)
        )
    else:
        found = _paths(item, path, old, new)
    for place, kind in found:
        yield place, _replacing(kind) if item.replaces else kind


def _fields(
    item: Property, path: str, old: Mapping[str, Plain], new: Mapping[str, Plain]
) -> Iterator[tuple[str, PropertyDiffKind]]:
    for field in item.fields.values():
        yield from _changes(field, f"{path}.{field.name}", old.get(field.name), new.get(field.name))


def replaced(changes: Mapping[str, PropertyDiff]) -> list[str]:
    """Return the top-level properties whose change replaces the resource."""
    names = [path for path, change in changes.items() if change.kind.name.endswith("_REPLACE")]
    return list(dict.fromkeys(top(path) for path in names))


def top(path: str) -> str:
    """Return the property that a path starts with."""
    return path.replace("[", ".").split(".")[0]


def is_ignored(path: str, ignored: list[str]) -> bool:
    """Say whether `ignore_changes` covers a path."""
    parents = [_normal(entry) for entry in ignored]
    return any(entry == "*" or f"{_normal(path)}.".startswith(f"{entry}.") for entry in parents)


def _normal(path: str) -> str:
    return path.replace('["', ".").replace('"]', "").replace("[", ".").replace("]", "").removesuffix(".*")


def _paths(item: Property, path: str, old: Plain, new: Plain) -> Iterator[tuple[str, PropertyDiffKind]]:
    if is_empty(old):
        yield path, PropertyDiffKind.ADD
    elif is_empty(new):
        yield path, PropertyDiffKind.DELETE
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                inner = f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]'
                yield from _paths(item, inner, old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and item.compare != "set":
        for number in range(max(len(old), len(new))):
            before = old[number] if number < len(old) else None
            after = new[number] if number < len(new) else None
            if before != after:
                yield from _paths(item, f"{path}[{number}]", before, after)
    else:
        yield path, PropertyDiffKind.UPDATE


def _replacing(kind: PropertyDiffKind) -> PropertyDiffKind:
    return PropertyDiffKind[f"{kind.name.removesuffix('_REPLACE')}_REPLACE"]
