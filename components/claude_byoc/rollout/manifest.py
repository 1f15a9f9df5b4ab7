"""Put manifest values into a manifest template, and read them back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from claude_byoc.contract.entra import GUID_PATTERN
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS, SECRET_KEYS, Placement
from claude_byoc.contract.problems import Problem, ProblemsError, nearest, refuse_errors, shown_name
from claude_byoc.rollout.encode import search_params
from claude_byoc.rollout.manifest_check import check_manifest_xml
from claude_byoc.rollout.manifest_xml import HOST_TYPES, XSI_TYPE, child, parse, refused, slots
from claude_byoc.rollout.redaction import redact
from claude_byoc.rollout.url_budget import check_url_length

OUTLOOK_TEMPLATE = "https://pivot.claude.ai/manifest-outlook-3p.xml"
FIRST_VERSION = "1.0.0.0"
_VERSION = re.compile(r"[1-9][0-9]{0,4}(\.[0-9]{1,5}){3}")
_LAST = 99_999


@dataclass(frozen=True)
class Rendered:
    """A finished manifest.

    `url_length` is the longest task pane URL in characters, `secret` tells whether the file holds a
    secret value, `warnings` what a person should know about it.
    """

    xml: bytes
    url_length: int
    secret: bool
    warnings: tuple[Problem, ...]


def builtin_template(host: str) -> bytes:
    """Return the built-in template; raise ProblemsError for a host that has none (`outlook`)."""
    if host == "office":
        return resources.files("claude_byoc.rollout").joinpath("templates/manifest.xml").read_bytes()
    raise ProblemsError(
        [
            Problem(
                "--template",
                f"is missing, and there is no built-in manifest template for {host}",
                "a file, or an https:// URL",
                f"pass --template {OUTLOOK_TEMPLATE}, or a copy of that file",
            )
        ]
    )


def check_host(template: bytes, host: str) -> list[Problem]:
    """Return a problem when the template is one for another host."""
    kind, wanted = parse(template).get(XSI_TYPE), HOST_TYPES[host]
    if kind is None or kind.rpartition(":")[2] == wanted:
        return []
    wrong = f"has the type {kind}, which is not for {host}"
    return [Problem("template", wrong, wanted, "give the template of the other host")]


def render(template: bytes, values: Mapping[str, str], *, manifest_id: str, version: str) -> bytes:
    """Return `template` with `values`, Id and Version filled in; see `compose`."""
    return compose(template, values, manifest_id=manifest_id, version=version).xml


def compose(template: bytes, values: Mapping[str, str], *, manifest_id: str, version: str) -> Rendered:
    """Fill a template in, changing nothing but the text of its slots, Id and Version.

    `values` are manifest keys with values that `contract.manifest_rules` accepts; `manifest_id` is a
    GUID, `version` has four numeric parts. Raises ProblemsError for a template that cannot carry them
    and for a URL over the limit.
    """
    root = parse(template)
    found = [*_check_keys(values), *check_identity(manifest_id, version)]
    places = slots(root)
    for url in dict.fromkeys(slot.url for slot in places):
        found += _check_slot(url)
    query, fragment = _params(values, "query"), _params(values, "fragment")
    for slot in places:
        slot.put(_extended(slot.url, query, fragment))
    for name, text in (("Id", manifest_id.lower()), ("Version", version)):
        element = child(root, name)
        if element is None:
            cure = "give a complete manifest"
            found.append(Problem("template", f"has no {name}", f"a manifest with {name}", cure))
        else:
            element.text = text
    length = max(len(slot.url) for slot in places)
    warnings = refuse_errors([*found, *check_url_length(length, values)])
    body = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    xml = b'<?xml version="1.0" encoding="UTF-8"?>\n' + body.strip() + b"\n"
    return Rendered(xml, length, not SECRET_KEYS.isdisjoint(values), tuple(warnings))


def read_back(xml: bytes) -> dict[str, str]:
    """Return the manifest values that a manifest carries; raise ProblemsError when its slots differ."""
    read = [_values_of(slot.url) for slot in slots(parse(xml))]
    if any(values != read[0] for values in read):
        raise refused("carries different values in different places", "make it again from its template")
    return read[0]


def identity(xml: bytes) -> tuple[str, str]:
    """Return (Id, Version) of a manifest."""
    root = parse(xml)
    texts = [(element.text or "").strip() if (element := child(root, name)) is not None else ""
             for name in ("Id", "Version")]  # fmt: skip
    if not all(texts):
        raise refused("has no Id or no Version", "make it again from its template")
    return texts[0], texts[1]


def next_version(version: str) -> str:
    """Return the version whose fourth part is one higher, with a carry at 99999."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}", version):
        raise refused("has a Version that is not numeric", "correct it, or pass --manifest-version")
    parts = [int(part) for part in version.split(".")]
    parts += [0] * (4 - len(parts))
    parts[0] = max(parts[0], 1)
    for place in (3, 2, 1, 0):
        if parts[place] < _LAST:
            parts[place] += 1
            break
        parts[place] = 0
    return ".".join(map(str, parts))


def check_identity(manifest_id: str, version: str) -> list[Problem]:
    """Return the problems of an Id and a Version."""
    found: list[Problem] = []
    if not re.fullmatch(GUID_PATTERN, manifest_id):
        allowed = "8-4-4-4-12 hexadecimal digits, without braces"
        found.append(Problem("id", "is not a GUID", allowed, "leave --id out for a fresh one"))
    if not _VERSION.fullmatch(version):
        allowed = "four numbers a.b.c.d of at most five digits, the first at least 1"
        found.append(Problem("version", "is not a manifest version", allowed, f"for example {FIRST_VERSION}"))
    return found


def _check_keys(values: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(
            shown_name(name),
            "is not a manifest key",
            "a key of the contract",
            f"did you mean {meant}?" if (meant := nearest(name, MANIFEST_KEYS)) else "remove it",
        )
        for name in values
        if name not in MANIFEST_KEYS
    ]


def _check_slot(url: str) -> list[Problem]:
    cure = "start from the add-in's unchanged template"
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.netloc:
        wrong = "has a task pane URL that is not https://"
        return [Problem("template", wrong, "absolute https:// URLs", cure)]
    if "#" in url:
        wrong = "has a task pane URL with a `#` part already"
        return [Problem("template", wrong, "a task pane URL without `#`", cure)]
    if carried := _values_of(url):
        wrong = "carries configuration already: " + ", ".join(carried)
        return [Problem("template", wrong, "a task pane URL without manifest keys", cure)]
    return []


def _params(values: Mapping[str, str], placement: Placement) -> str:
    return search_params(
        (name, values[name])
        for name, spec in MANIFEST_KEYS.items()
        if name in values and spec.placement == placement
    )


def _extended(url: str, query: str, fragment: str) -> str:
    if query:
        joint = "" if url.endswith(("?", "&")) else "&" if "?" in url else "?"
        url += joint + query
    return f"{url}#{fragment}" if fragment else url


def _values_of(url: str) -> dict[str, str]:
    # Not urlsplit, which refuses some URLs: a manifest that is only read may hold any.
    before, _, fragment = url.partition("#")
    texts = (before.partition("?")[2], fragment)
    pairs = [pair for text in texts for pair in parse_qsl(text, keep_blank_values=True)]
    return {name: value for name, value in pairs if name in MANIFEST_KEYS}


__all__ = [
    "FIRST_VERSION", "OUTLOOK_TEMPLATE", "Rendered", "builtin_template", "check_host", "check_identity",
    "check_manifest_xml", "compose", "identity", "next_version", "read_back", "redact", "render",
]  # fmt: skip
