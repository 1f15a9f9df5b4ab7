"""Property values between the engine's wire form and plain Python.

The wire form (`PropertyValue`) carries secrets and dependencies; plain values are what templates, rules
and comparisons work on. A value that a preview does not know yet is `UNKNOWN` in plain form and one of
the engine's sentinel strings on the wire.

source of the sentinels: github.com/pulumi/pulumi/sdk/v3 go/common/resource/plugin/rpc.go
"""

import enum
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

import pulumi
from pulumi.provider.experimental.property_value import Computed, PropertyValue, ResourceReference


class Unknown(enum.Enum):
    """The type of the one value `UNKNOWN`."""

    UNKNOWN = "known only after the update"


UNKNOWN = Unknown.UNKNOWN

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | Unknown | None"
Properties: TypeAlias = dict[str, PropertyValue]

DIGEST = "standin:digest"
CHANGED = "(changed in the cloud; the stand-in keeps no secret)"

_STRING_SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SENTINELS = {
    _STRING_SENTINEL,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
}


def plain(value: PropertyValue) -> Plain:
    """Return the plain form of a wire value: whole numbers as `int`, secrets unwrapped."""
    inner = value.value
    result: Plain
    match inner:
        case float():
            result = int(inner) if inner.is_integer() else inner
        case str():
            result = UNKNOWN if inner in _SENTINELS else inner
        case Computed():
            result = UNKNOWN
        case ResourceReference():
            result = plain(inner.resource_id) if inner.resource_id else inner.urn
        case pulumi.Asset() | pulumi.Archive():
            result = f"<{type(inner).__name__}>"
        case Mapping():
            result = {key: plain(item) for key, item in inner.items()}
        case None | bool() | int():
            result = inner
        case Sequence():
            result = [plain(item) for item in inner]
    return result


def plain_map(values: Mapping[str, PropertyValue]) -> dict[str, Plain]:
    """Apply `plain` to every property that is not null."""
    result = {key: plain(value) for key, value in values.items()}
    return {key: value for key, value in result.items() if value is not None}


def wire(value: Plain, *, secret: bool = False) -> PropertyValue:
    """Return the wire form of a plain value."""
    match value:
        case Unknown():
            return PropertyValue(_STRING_SENTINEL, is_secret=secret)
        case None | bool() | str():
            return PropertyValue(value, is_secret=secret)
        case int() | float():
            return PropertyValue(float(value), is_secret=secret)
        case list():
            return PropertyValue([wire(item) for item in value], is_secret=secret)
        case dict():
            return PropertyValue({key: wire(item) for key, item in value.items()}, is_secret=secret)


def has_unknown(value: Plain) -> bool:
    """Say whether any part of the value is not known yet."""
    match value:
        case dict():
            return any(has_unknown(item) for item in value.values())
        case list():
            return any(has_unknown(item) for item in value)
        case _:
            return isinstance(value, Unknown)


def at(values: Mapping[str, Plain], path: str) -> Plain:
    """Return what a dotted path names, None where nothing is; UNKNOWN where the way there is not known."""
    found: Plain = dict(values)
    for name in path.split("."):
        if isinstance(found, Unknown):
            return found
        found = found.get(name) if isinstance(found, dict) else None
    return found


def rows(values: Mapping[str, object], path: str) -> list[dict[str, Plain]]:
    """Return the objects of the list that a dotted path names; none where no list is."""
    found = at(cast("Mapping[str, Plain]", values), path)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def strings(found: object) -> list[str]:
    """Return the texts of a list; none where it is none."""
    every = cast("list[object]", found) if isinstance(found, list) else []
    return [one for one in every if isinstance(one, str)]


def is_empty(value: Plain) -> bool:
    """Say whether a cloud cannot tell this value from one that was never set."""
    return value is None or value in ("", [], {})


class Digest:
    """A keyed digest of plain values (HMAC-SHA256); the key lives in the cloud's file."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __call__(self, value: Plain) -> str:
        """Return the digest as hexadecimal text; equal values have equal digests."""
        text = json.dumps(value, sort_keys=True, separators=(",", ":"))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def hide(value: PropertyValue, digest: Digest) -> object:
    """Return the JSON form for the cloud's file: every secret, at any depth, only as its digest."""
    if value.is_secret:
        return {DIGEST: digest(plain(value))}
    inner = value.value
    if isinstance(inner, Mapping):
        return {key: hide(item, digest) for key, item in inner.items()}
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return [hide(item, digest) for item in inner]
    return plain(value)


def reveal(stored: object, known: PropertyValue | None, digest: Digest) -> PropertyValue:
    """Return the wire form of a stored value; a secret comes back from `known`, the state's own copy.

    A digest that no longer matches the state's copy, or has none to match, becomes `CHANGED`: a secret
    that the program has not set, so that a refresh shows the drift without the value.
    """
    if isinstance(stored, dict):
        mapping = cast("dict[str, object]", stored)
        if DIGEST in mapping:
            if known is not None and digest(plain(known)) == mapping[DIGEST]:
                return known.with_secret(is_secret=True)
            return PropertyValue(CHANGED, is_secret=True)
        old = known.value if known is not None and isinstance(known.value, Mapping) else {}
        return PropertyValue({key: reveal(item, old.get(key), digest) for key, item in mapping.items()})
    if isinstance(stored, list):
        items = cast("list[object]", stored)
        before = known.value if known is not None and isinstance(known.value, tuple) else ()
        padded = [*before, *[None] * (len(items) - len(before))]
        return PropertyValue([reveal(item, old, digest) for item, old in zip(items, padded, strict=False)])
    return wire(cast("Plain", stored))
