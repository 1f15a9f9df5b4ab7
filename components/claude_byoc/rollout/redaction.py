"""A copy of a manifest without its secrets, for online validators, tickets and reviews."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus

from lxml import etree

from claude_byoc.contract.manifest_keys import SECRET_KEYS
from claude_byoc.rollout.manifest_xml import Element, local, parse

REDACTED = "REDACTED"

# What a manifest is known by, and what its schema spells: never text that a secret could stand in.
_KEPT_TEXT = frozenset({"Id", "AlternateId", "Version", "DefaultLocale", "Permissions"})
_FREE_ATTRIBUTES = frozenset({"DefaultValue", "Value", "Url"})
# Shorter values are taken out where they stand, but are too common to be looked for anywhere else.
_SHORTEST = 6
_NESTING = 4
_NAMED = re.compile(
    rf"(?i)(?<![a-z0-9_])({'|'.join(sorted(SECRET_KEYS))})([\"']?\s*[=:]\s*[\"']?)([^&\s\"'<>#]+)"
)
_URL = re.compile(r"(?i)https?://[^\s\"'<>]+")
_ORIGIN = re.compile(r"(?i)https?://[^/?#\s\"'<>]*")


def redact(xml: bytes) -> bytes:
    """Return the manifest with REDACTED for every secret; Id, Version, hosts and all other values stay.

    Secret is every value after `#` in a URL, the value of every secret key wherever it stands, and, from
    six characters on, each of those values in any other place, whether plain, encoded for URLs or JSON, or
    in base64. Raises ProblemsError for what is no manifest.
    """
    root = parse(xml)
    secrets: set[str] = set()
    origins: set[str] = set()

    def named(text: str) -> str:
        if found := _ORIGIN.match(text):
            origins.add(found[0].lower())
        return _without_named(text, secrets)

    _each_text(root, named)
    if anywhere := _pattern(_spellings(secrets), origins):
        _each_text(root, lambda text: _without(anywhere, text))
    body = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body.strip() + b"\n"


def _pattern(spellings: set[str], origins: set[str]) -> re.Pattern[str] | None:
    # Part of a host's name is no secret, and without it the manifest would be none either.
    wanted = [one for one in spellings if not any(one.lower() in origin for origin in origins)]
    # The longest first: a shorter one may be part of it.
    wanted.sort(key=lambda one: (-len(one), one))
    return re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE) if wanted else None


def _without(anywhere: re.Pattern[str], text: str) -> str:
    origin = _ORIGIN.match(text)
    if origin is None:
        return anywhere.sub(REDACTED, text)
    end = origin.end()
    if any(found.start() < end < found.end() for found in anywhere.finditer(text)):
        return f"{origin[0]}/{REDACTED}"
    return origin[0] + anywhere.sub(REDACTED, text[end:])


def _each_text(root: Element, change: Callable[[str], str]) -> None:
    """Change every text, comment and free attribute of the document, also beside its root element."""
    around = [*root.itersiblings(preceding=True), *root.itersiblings()]
    for element in [*around, *root.iter()]:
        if element.text and local(element) not in _KEPT_TEXT:
            element.text = change(element.text)
        if element.tail and element.getparent() is not None:
            element.tail = change(element.tail)
        if callable(element.tag):
            continue  # a comment or a processing instruction has no attributes
        for name in element.attrib:
            if name in _FREE_ATTRIBUTES:
                element.set(name, change(str(element.get(name))))


def _without_named(text: str, secrets: set[str], depth: int = 0) -> str:
    """Return `text` without the secrets that a URL or a name marks, adding them to `secrets`."""
    if _ORIGIN.match(text):
        return _without_in_url(text, secrets, depth)
    text = _URL.sub(lambda found: _without_in_url(found[0], secrets, depth), text)
    return _NAMED.sub(lambda found: _replaced(found, secrets), text)


def _without_in_url(url: str, secrets: set[str], depth: int) -> str:
    before, mark, fragment = url.partition("#")
    path, question, query = before.partition("?")
    pairs = "&".join(_without_secret(pair, secrets, depth) for pair in query.split("&"))
    after = "&".join(_emptied(pair, secrets) for pair in fragment.split("&"))
    return f"{_NAMED.sub(lambda found: _replaced(found, secrets), path)}{question}{pairs}{mark}{after}"


def _without_secret(pair: str, secrets: set[str], depth: int) -> str:
    name, equals, raw = pair.partition("=")
    value = unquote_plus(raw)
    if unquote_plus(name).lower() in SECRET_KEYS and value:
        secrets.add(value)
        return f"{name}={REDACTED}"
    # A value may be a URL of its own, with parameters of its own.
    inner = _without_named(value, secrets, depth + 1) if depth < _NESTING else REDACTED
    return pair if inner == value else f"{name}{equals}{quote_plus(inner)}"


def _emptied(pair: str, secrets: set[str]) -> str:
    name, equals, raw = pair.partition("=")
    if not equals:
        secrets.add(unquote_plus(name))
        return REDACTED if name else ""
    secrets.add(unquote_plus(raw))
    return f"{name}={REDACTED}" if raw else pair


def _replaced(found: re.Match[str], secrets: set[str]) -> str:
    secrets.add(unquote_plus(found[3]))
    return f"{found[1]}{found[2]}{REDACTED}"


def _spellings(secrets: set[str]) -> set[str]:
    """Return every way in which a secret, or a secret inside one, may be written."""
    plain = {part for secret in secrets for part in _parts(secret)}
    found: set[str] = set()
    for text in plain:
        if len(text) < _SHORTEST or text in REDACTED:
            continue
        quoted = {quote(text, safe=""), quote_plus(text), quote_plus(text, safe="*").replace("~", "%7E")}
        found |= {text, quote(text), *quoted, *(quote(one, safe="") for one in quoted)}
        found |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
        found |= set(_base64(text.encode("utf-8", "replace")))
    return {one for one in found if len(one) >= _SHORTEST}


def _parts(secret: str) -> Iterator[str]:
    """Yield the secret and the values inside it: JSON strings, header values, what follows `Bearer `."""
    yield secret
    try:
        inner = list(_strings(json.loads(secret)))
    except (ValueError, RecursionError):
        inner = [pair.partition("=")[2] for pair in secret.split(",") if "=" in pair]
        inner += [value for _, value in parse_qsl(secret)]
    for text in inner:
        yield text
        yield re.sub(r"(?i)^(bearer|basic)\s+", "", text)


def _strings(value: object, key: str = "") -> Iterator[str]:
    """Yield the strings of a JSON value besides the servers' addresses and labels, which are no secrets."""
    if isinstance(value, str) and key not in ("url", "label"):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _base64(data: bytes) -> Iterator[str]:
    """Yield base64 of `data` at each of the three places it can have inside longer data."""
    for before in range(3):
        # The characters at both ends depend on the neighbours too.
        start = -(-before * 4 // 3)
        size = (before + len(data)) * 8 // 6
        text = base64.b64encode(b"\0" * before + data + b"\0\0").decode()[start:size]
        yield text
        yield text.replace("+", "-").replace("/", "_")
