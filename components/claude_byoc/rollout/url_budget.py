"""When the task pane's URL is too long: which keys to deliver by which other way, so that the rest fits."""

from collections.abc import Mapping
from dataclasses import dataclass

from claude_byoc.contract import quotas
from claude_byoc.contract.manifest_keys import (
    ATTRIBUTE_KEYS,
    BOOTSTRAP_KEYS,
    MANIFEST_KEYS,
    SECRET_KEYS,
    URL_BUDGET,
    URL_LIMIT,
)
from claude_byoc.contract.problems import Problem
from claude_byoc.rollout.encode import search_params

_ATTRIBUTE_LIMIT = quotas.MICROSOFT["extension_attribute"].limit
# Room for a bootstrap_url that is not there yet, `&bootstrap_url=` included.
_BOOTSTRAP_ROOM = 200
# The joint before the first parameter may be missing from a template's URL, see `_size`.
_SLACK = 2


@dataclass(frozen=True)
class Advice:
    """What makes the URL fit: keys to move, largest first, and keys to shorten when moving is not enough.

    `bootstrap` and `attributes` are keys to leave out of the manifest, `bootstrap_url` the most characters
    (encoded) that a bootstrap URL added for their sake may have, 0 where none has to be added. `shorten`
    maps keys that no other way can carry to the most characters (encoded) that they may keep.
    """

    bootstrap: tuple[str, ...]
    attributes: tuple[str, ...]
    bootstrap_url: int
    shorten: Mapping[str, int]
    fits: bool
    """False where the template's own URL leaves no room."""


def advise(length: int, values: Mapping[str, str]) -> Advice:
    """Return how a URL of `length` characters that carries `values` comes to at most URL_BUDGET."""
    sizes = {name: _size(name, value) for name, value in values.items() if name in MANIFEST_KEYS}
    over = length - URL_BUDGET + _SLACK
    bootstrap: list[str] = []
    attributes: list[str] = []
    room = 0
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        if over <= 0:
            break
        way = _other_way(name, values)
        if way == "attribute":
            attributes.append(name)
        elif way == "bootstrap":
            reserve = 0 if bootstrap or "bootstrap_url" in values else _BOOTSTRAP_ROOM
            bootstrap.append(name)
            room, over = room or reserve, over + reserve
        else:
            continue
        over -= sizes[name]
    if (saved := sum(sizes[name] for name in bootstrap)) <= room:
        bootstrap, over, room = [], over + saved - room, 0  # the bootstrap URL would cost more than it saves
    shorten: dict[str, int] = {}
    moved = {*bootstrap, *attributes}
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        if over <= 0 or name in moved:
            continue
        least = _size(name, "")
        kept = max(sizes[name] - over, least)
        if kept < sizes[name]:
            shorten[name] = kept - least
            over -= sizes[name] - kept
    most = max(0, room - len("&bootstrap_url="))
    return Advice(tuple(bootstrap), tuple(attributes), most, shorten, over <= 0)


def check_url_length(length: int, values: Mapping[str, str]) -> list[Problem]:
    """Return the problem of a task pane URL of `length` characters, with advice that makes it fit."""
    if length <= URL_BUDGET:
        return []
    severity = "error" if length > URL_LIMIT else "warning"
    allowed = f"at most {URL_LIMIT} characters, better {URL_BUDGET}: Office on the web adds its own"
    cure = _cure(advise(length, values), values)
    return [Problem("url", f"the task pane URL has {length} characters", allowed, cure, severity)]


def _cure(advice: Advice, values: Mapping[str, str]) -> str:
    def listed(names: tuple[str, ...]) -> str:
        return ", ".join(f"{name} ({_size(name, values[name])} characters)" for name in names)

    parts: list[str] = []
    if advice.bootstrap:
        new = f" (a new one of at most {advice.bootstrap_url} characters)" if advice.bootstrap_url else ""
        parts.append(f"deliver through bootstrap_url{new} what is long: {listed(advice.bootstrap)}")
    if advice.attributes:
        parts.append(f"deliver through extension attributes: {listed(advice.attributes)}")
    parts += [f"shorten {name} to {most} characters as encoded" for name, most in advice.shorten.items()]
    if not advice.fits:
        parts.append("take a template whose own URL is shorter")
    return "; ".join(parts)


def _size(name: str, value: str) -> int:
    """Return the characters that the parameter takes in the URL, its joint (`?`, `&` or `#`) included."""
    return len(search_params([(name, value)])) + 1


def _other_way(name: str, values: Mapping[str, str]) -> str | None:
    """Return `attribute` or `bootstrap`, whichever can carry the key in this manifest."""
    # An attribute can be read throughout the directory, so a secret goes there only without another way.
    attribute = (
        name in ATTRIBUTE_KEYS
        and name not in SECRET_KEYS
        and len(values[name]) <= _ATTRIBUTE_LIMIT
        and values.get("entra_sso") == "1"
    )
    bootstrap = name in BOOTSTRAP_KEYS and f"{{{{{name}}}}}" not in values.get("bootstrap_url", "")
    if attribute and not (bootstrap and "bootstrap_url" in values):
        return "attribute"
    return "bootstrap" if bootstrap else None
