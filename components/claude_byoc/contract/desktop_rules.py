"""What makes a desktop configuration value right or wrong; `check_desktop_set` judges a whole set."""

import math
import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from claude_byoc.contract.desktop_keys import (
    DESKTOP_KEYS,
    RENAMED,
    SOURCE,
    WITHOUT_EFFECT,
    is_undocumented,
)
from claude_byoc.contract.desktop_sets import SET_RULES
from claude_byoc.contract.desktop_shapes import Shape, matching
from claude_byoc.contract.problems import Problem, Severity, nearest, shown_name

# What a property list (XML 1.0) can carry and every reader gives back unchanged, line breaks as U+000A.
_UNUSABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
)
_PATH = re.compile(r"/.*|[A-Za-z]:[\\/].*|\\\\.*", re.DOTALL)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "enum": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "list": (list,),
    "object": (dict,),
    "map": (dict,),
}


def check_desktop_value(key: str, value: object) -> list[Problem]:
    """Return every problem of one value, judged alone. Texts never quote the value.

    `value` is native (str, bool, int, float, list, dict); None stands for one that is not known yet.
    """
    spec = DESKTOP_KEYS.get(key)
    if spec is None:
        return [_unknown(key)]
    found: list[Problem] = []
    if spec.deprecated:
        wrong, cure = f"is deprecated in favour of {spec.deprecated}", f"use {spec.deprecated}"
        if spec.deprecated.startswith("nothing"):
            wrong, cure = "is deprecated", "leave it out"
        found.append(Problem(key, wrong, "a key that is not deprecated", cure, "warning"))
    if value is None:
        return found
    if isinstance(value, str) and not value.strip():
        return [*found, Problem(key, "is empty", spec.shape.says, "give a value, or leave the key out")]
    return found + _check(spec.shape, value, key)


def check_desktop_set(values: Mapping[str, Any]) -> list[Problem]:
    """Return every problem of each value, then those between keys; None counts as present and right.

    Give it modernised values (`desktop_legacy.modernise`): retired names and forms are refused here.
    """
    found = [problem for key, value in values.items() for problem in check_desktop_value(key, value)]
    for rule in SET_RULES:
        found += rule(values)
    return found


def _unknown(key: str) -> Problem:
    name, allowed = shown_name(key), f"a key of {SOURCE}"
    if key in RENAMED:
        return Problem(name, "is no longer read by the app", allowed, f"use {RENAMED[key]}")
    if key in WITHOUT_EFFECT:
        return Problem(name, f"has no effect: it {WITHOUT_EFFECT[key]}", allowed, "leave it out")
    if is_undocumented(key):
        wrong = "is not documented: an installed app knows it, but what it does may change"
        return Problem(name, wrong, allowed, "leave it out until the documentation has it")
    meant = nearest(key, DESKTOP_KEYS)
    return Problem(name, "is no desktop key", allowed, f"did you mean {meant}?" if meant else "leave it out")


def _check(shape: Shape, value: object, where: str) -> list[Problem]:
    shape = matching(shape, value)
    if not isinstance(value, _TYPES[shape.kind]) or (isinstance(value, bool) and shape.kind != "boolean"):
        return [Problem(where, f"is {_named(value)}", shape.says, f"write {_wanted(shape.kind)}")]
    if isinstance(value, str):
        return _check_text(shape, value, where)
    if isinstance(value, dict):
        return _check_object(shape, cast("dict[object, Any]", value), where)
    if isinstance(value, list):
        entries = enumerate(cast("list[Any]", value))
        return [
            problem
            for number, entry in entries
            for problem in _check(shape.items[0], entry, f"{where}[{number}]")
        ]
    return _check_number(shape, cast("float", value), where)


def _check_number(shape: Shape, value: float, where: str) -> list[Problem]:
    if isinstance(value, float) and not math.isfinite(value):
        return [Problem(where, "is not a finite number", shape.says, "write a number")]
    if (shape.low is not None and value < shape.low) or (shape.high is not None and value > shape.high):
        return [Problem(where, "is outside the range", shape.says, f"write {shape.says}")]
    return []


def _check_object(shape: Shape, value: Mapping[object, Any], where: str) -> list[Problem]:
    found: list[Problem] = []
    for name, entry in value.items():
        if not isinstance(name, str) or not name or _UNUSABLE.search(name):
            cure = "rename it"
            found.append(Problem(where, "has a name that no format can carry", shape.says, cure))
            continue
        inside = f"{where}.{shown_name(name)}"
        inner = shape.items[0] if shape.kind == "map" else shape.fields.get(name)
        if inner is None:
            meant = nearest(name, shape.fields)
            cure = f"did you mean {meant}?" if meant else "remove it unless a newer release documents it"
            found.append(Problem(inside, "is no documented field", shape.says, cure, "warning"))
        else:
            found += _check(inner, entry, inside)
    found += [
        Problem(where, f"has no {name}", shape.says, f"add {name}")
        for name in sorted(shape.required)
        if name not in value
    ]
    return found


def _check_text(shape: Shape, value: str, where: str) -> list[Problem]:  # noqa: PLR0911 - one return per rule
    def refuse(wrong: str, cure: str, severity: Severity = "error") -> list[Problem]:
        return [Problem(where, wrong, shape.says, cure, severity)]

    if match := _UNUSABLE.search(value):
        point = f"U+{ord(match.group()):04X}"
        return refuse(f"holds the character {point}, which not every format can carry", "remove it")
    if not shape.lines and "\n" in value:
        return refuse("holds a line break", "remove it: it often comes from the end of a file")
    if not shape.lines and value != value.strip():
        return refuse("begins or ends with white space", "remove the white space")
    if shape.kind == "enum":
        if value in shape.choices:
            return []
        meant = nearest(value, shape.choices)
        return refuse("is none of the allowed values", f"write {meant}" if meant else "choose one of them")
    if shape.longest is not None and len(value) > shape.longest:
        return refuse(f"has {len(value)} characters", f"shorten it to {shape.longest}")
    if shape.pattern is not None and not re.fullmatch(shape.pattern, value):
        return refuse("has another form", f"write {shape.says}")
    if shape.form == "path":
        return (
            []
            if _PATH.fullmatch(value)
            else refuse("is not absolute: `~` and variables stay as they are", "write the whole path")
        )
    if shape.form in ("https", "url", "origin"):
        return _check_url(shape, value, where)
    return []


def _check_url(shape: Shape, value: str, where: str) -> list[Problem]:  # noqa: PLR0911 - one return per rule
    def refuse(wrong: str, cure: str, severity: Severity = "error") -> list[Problem]:
        return [Problem(where, wrong, shape.says, cure, severity)]

    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return refuse("is not a URL", "write the whole address")
    if not host or re.search(r"[\s\\{}]", value):
        return refuse("is not a URL", "write the whole address")
    if "@" in parts.netloc:
        return refuse(
            "holds a user name or password, which the app refuses since 1.32352.0",
            "remove it: use a credential key",
        )
    if parts.scheme == "http" and shape.form != "url" and host in _LOOPBACK:
        return refuse(
            "is reached without TLS: it works with a gateway on the same computer only",
            "use https://",
            "warning",
        )
    if parts.scheme not in (("http", "https") if shape.form == "url" else ("https",)):
        return refuse("does not begin with https://", "use https://")
    if shape.form == "origin" and (parts.path.strip("/") or parts.query or parts.fragment):
        return refuse("has more than a host", "remove what follows the host")
    return []


def _named(value: object) -> str:
    names = (
        (bool, "a boolean"),
        (str, "a text"),
        (int | float, "a number"),
        (list, "a list"),
        (dict, "an object"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "null")


def _wanted(kind: str) -> str:
    return {
        "string": "a text", "enum": "a text", "boolean": "true or false", "integer": "a whole number",
        "number": "a number", "list": "a list", "object": "an object", "map": "an object",
    }[kind]  # fmt: skip
