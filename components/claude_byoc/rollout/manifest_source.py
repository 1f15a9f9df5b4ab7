"""What manifests are made of: the values and ids in the stack outputs, and templates in earlier manifests."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from lxml import etree

from claude_byoc.contract.entra import GUID_PATTERN
from claude_byoc.contract.manifest_keys import HOSTS, MANIFEST_KEYS
from claude_byoc.contract.problems import Problem
from claude_byoc.rollout.environment import entries, mapping, text, texts
from claude_byoc.rollout.manifest_xml import parse, slots

_CONCEALED = "[secret]"


@dataclass(frozen=True)
class Source:
    """What one manifest is made of; `group` is "" for everybody's."""

    host: str
    group: str
    values: Mapping[str, str]
    manifest_id: str


def read_sources(outputs: Mapping[str, object]) -> tuple[list[Source], list[Problem]]:
    """Return a source for each host and for each group that differs there, and what is wrong with the outputs."""
    found: list[Problem] = []
    hosts = outputs.get("manifestValues")
    if not isinstance(hosts, dict):
        found.append(missing("manifestValues", "the manifest values of each host"))
    ids = mapping(outputs.get("manifestIds"))
    sources: list[Source] = []
    for host, leaves in mapping(hosts).items():
        if host not in HOSTS or not isinstance(leaves, dict):
            allowed = "{" + ", ".join(HOSTS) + "}: {key: value}"
            found.append(Problem("manifestValues", "has an unknown shape", allowed, "check the outputs"))
            continue
        values = _values(f"manifestValues.{host}", mapping(leaves), found)
        if not leaves:
            continue
        sources.append(Source(host, "", values, text(ids.get(host))))
    order = {host: place for place, host in enumerate(HOSTS)}
    sources.sort(key=lambda source: order[source.host])
    return [*sources, *_groups(outputs, sources, found)], found


def _groups(outputs: Mapping[str, object], sources: list[Source], found: list[Problem]) -> Iterator[Source]:
    for row in entries(outputs.get("userAttributes")):
        group = text(row.get("group"))
        own = _values("userAttributes", mapping(row.get("values")), found) | own_app(outputs, group)
        for source in sources:
            fitting = {key: value for key, value in own.items() if source.host in _hosts_of(key)}
            values = {**source.values, **fitting}
            if group and values != source.values and re.fullmatch(GUID_PATTERN, source.manifest_id):
                yield Source(source.host, group, values, _group_id(source.manifest_id, group))


def _hosts_of(key: str) -> tuple[str, ...]:
    return MANIFEST_KEYS[key].hosts if key in MANIFEST_KEYS else ()


def _group_id(manifest_id: str, group: str) -> str:
    """Return the Id of a group's manifest: the same in every build, another one in every environment."""
    return str(uuid.uuid5(uuid.UUID(manifest_id), group))


def own_app(outputs: Mapping[str, object], group: str) -> dict[str, str]:
    """Return the app that a team signs in to, where it has one of its own: no attribute can carry it."""
    common = text(mapping(outputs.get("entra")).get("clientId")).lower()
    for role in entries(mapping(outputs.get("bedrock")).get("roles")):
        audiences = texts(role.get("audiences"))
        if text(role.get("team")) == group and common and common not in map(str.lower, audiences):
            alone = len(audiences) == 1 and re.fullmatch(GUID_PATTERN, audiences[0])
            return {"graph_client_id": audiences[0]} if alone else {}
    return {}


def _values(where: str, leaves: Mapping[str, object], found: list[Problem]) -> dict[str, str]:
    """Take the values, naming every leaf of another shape; a key that may be no name is not quoted."""
    values: dict[str, str] = {}
    for name, value in leaves.items():
        leaf = f"{where}.{name if re.fullmatch('[a-z0-9_]{1,40}', name) else '(key)'}"
        if value == _CONCEALED:
            cure = "run: pulumi stack output --json --show-secrets"
            found.append(Problem(leaf, "is concealed", "outputs with secrets in plain", cure))
        elif not isinstance(value, str):
            found.append(Problem(leaf, "is not a text", "a string", "put the value in quotes"))
        else:
            values[name] = value
    return values


def missing(name: str, allowed: str) -> Problem:
    """Return the problem of an output that is not there."""
    return Problem(name, "is not among the stack outputs", allowed, "run `claude-byoc up` first, then build")


def unconfigured(manifest: bytes) -> bytes:
    """Return the template that a manifest of ours was made from: its URLs without configuration.

    Raises ProblemsError for what is no manifest.
    """
    root = parse(manifest)
    for slot in slots(root):
        path, mark, query = slot.url.partition("#")[0].partition("?")
        kept = "&".join(
            pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) not in MANIFEST_KEYS
        )
        slot.put(f"{path}{mark}{kept}" if kept else path)
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
