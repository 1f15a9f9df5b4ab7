"""Check: whether the program's inputs are what the provider takes, and what it adds to them."""

import difflib
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pulumi.provider.experimental.property_value import PropertyValue

from standin.catalog import Property, Spec
from standin.templates import render
from standin.values import UNKNOWN, Plain, Properties, Unknown, has_unknown, plain, plain_map, wire

DEFAULTS = "__defaults"
"""The names of the inputs that the provider chose; Pulumi's Terraform bridge keeps it among the inputs.

source: github.com/pulumi/pulumi-terraform-bridge pkg/tfbridge/schema.go (`defaultsKey`)
"""

_SUFFIX = 7


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the property's path and the reason."""

    property: str
    reason: str


def check(
    spec: Spec, name: str, seed: bytes, old: Properties, new: Properties, *, where: Mapping[str, Plain]
) -> tuple[Properties, list[Problem]]:
    """Return the inputs with what the provider adds, and every problem.

    `name` is the resource's logical name, `seed` what the engine gives for random parts of names, `old`
    the inputs of the last update, from which a chosen name is taken over, `where` the provider's scope.
    """
    given = {key: value for key, value in new.items() if value.value is not None and not key.startswith("__")}
    problems = list(verify(spec.inputs, given, spec.token))
    chosen: Properties = {}
    for item in spec.inputs.values():
        if item.name in given:
            given[item.name] = _text(item, given[item.name])
        elif any(other in given for other in item.conflicts):
            continue
        elif item.autoname:
            chosen[item.name], problem = _name(item, name, seed, old)
            problems += [problem] if problem else []
        elif isinstance(item.default, str):
            value = render(item.default, {**where, **plain_map(given)})
            chosen |= {} if value is None else {item.name: wire(value)}
        elif item.default is not None:
            chosen[item.name] = wire(item.default)
    return {**given, **chosen, DEFAULTS: wire(list[Plain](sorted(chosen)))}, problems


def verify(
    declared: Mapping[str, Property], given: Mapping[str, PropertyValue], owner: str, prefix: str = ""
) -> Iterator[Problem]:
    """Yield unknown, missing, conflicting and mistyped properties of one object, at any depth."""
    for name, value in given.items():
        if name not in declared:
            near = difflib.get_close_matches(name, declared, 1)
            hint = f"did you mean {near[0]}?" if near else f"allowed: {', '.join(declared)}"
            yield Problem(prefix + name, f"{owner} has no property {name}; {hint}")
        else:
            yield from _typed(declared[name], declared[name].type, value, prefix + name)
            for other in declared[name].conflicts:
                if other in given and name < other:
                    yield Problem(prefix + name, f"conflicts with {other}: give one of the two")
    for name, item in declared.items():
        if item.required and name not in given:
            yield Problem(prefix + name, f"missing required property {name}")


def _typed(item: Property, kind: str, value: PropertyValue, path: str) -> Iterator[Problem]:
    inner = value.value
    if inner is None or isinstance(plain(value), Unknown):
        return
    if kind.startswith("list("):
        if not isinstance(inner, Sequence) or isinstance(inner, str):
            yield _mistyped(path, "a list", value)
            return
        for number, element in enumerate(inner):
            yield from _typed(item, kind[5:-1], element, f"{path}[{number}]")
    elif kind.startswith("map(") or kind == "object":
        if not isinstance(inner, Mapping):
            yield _mistyped(path, "an object", value)
        elif kind == "object" and item.fields:
            yield from verify(item.fields, inner, f"{path}", f"{path}.")
        elif kind != "object":
            for key, element in inner.items():
                yield from _typed(item, kind[4:-1], element, f"{path}.{key}")
    elif problem := _scalar(kind, value, path):
        yield problem


def _scalar(kind: str, value: PropertyValue, path: str) -> Problem | None:
    inner = value.value
    fits = {
        "string": isinstance(inner, str),
        "boolean": isinstance(inner, bool),
        "number": isinstance(inner, float),
        "integer": isinstance(inner, float) and inner.is_integer(),
        "json": isinstance(inner, (str, Mapping)),
    }
    words = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
    if fits.get(kind, True):
        return None
    return _mistyped(path, words.get(kind, "text"), value)


def _mistyped(path: str, expected: str, value: PropertyValue) -> Problem:
    return Problem(path, f"expected {expected}, got {value.type.value.lower()}")


def _text(item: Property, value: PropertyValue) -> PropertyValue:
    if item.type != "json" or not isinstance(value.value, Mapping):
        return value
    document = plain(value)
    text = UNKNOWN if has_unknown(document) else json.dumps(document, separators=(",", ":"))
    return wire(text, secret=value.contains_secret()).with_dependencies(value.all_dependencies())


def _name(item: Property, logical: str, seed: bytes, old: Properties) -> tuple[PropertyValue, Problem | None]:
    """Choose a physical name: the old one if it was chosen as well, else the logical name and seven digits.

    source: github.com/pulumi/pulumi/sdk/v3 go/common/resource/urn (NewUniqueName); pulumi-terraform-bridge
    pkg/tfbridge/names.go (AutoName)
    """
    defaults = plain(old[DEFAULTS]) if DEFAULTS in old else None
    if item.name in old and isinstance(defaults, list) and item.name in defaults:
        return old[item.name], None
    digits = hashlib.sha256(seed + logical.encode()).hexdigest() if seed else secrets.token_hex(_SUFFIX)
    name = f"{logical}-{digits[:_SUFFIX]}"
    problem = None
    if len(name) > item.autoname:
        problem = Problem(
            item.name,
            f"the automatic name {name!r} has {len(name)} characters, at most {item.autoname} are allowed: "
            f"shorten the resource's name or set {item.name}",
        )
    return wire(name), problem
