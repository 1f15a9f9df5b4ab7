"""The rules of manifest values with an inner structure: JSON, headers, models."""

import json
import re
from typing import Any, cast
from urllib.parse import urlsplit

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS, RESERVED_HEADER_PREFIXES, RESERVED_HEADERS
from claude_byoc.contract.problems import Problem, Severity, shown_name

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_MCP_FIELDS = frozenset({"url", "label", "headers", "discover"})


class _JsonError(ValueError):
    """Why a text is not the JSON that the add-in's parser takes."""


def parse_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Parse as strictly as a browser does; raise a ValueError that quotes nothing of `text`."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise _JsonError("an object names a key twice")
        return dict(pairs)

    def constant(_: str) -> None:
        raise _JsonError("NaN and Infinity are not JSON")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=constant)
    except json.JSONDecodeError as error:
        # The decoder's message is a fixed sentence; its `doc` is not used, since it may be secret.
        raise _JsonError(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _JsonError("it is nested too deeply") from None
    except _JsonError:
        raise
    except ValueError:
        raise _JsonError("it holds a number with too many digits") from None


def json_problem(key: str, error: ValueError) -> Problem:
    """Return the finding for a value that `parse_json` refused."""
    return Problem(key, f"is not valid JSON: {error}", MANIFEST_KEYS[key].shape, "correct the JSON")


def _found(key: str, wrong: str, cure: str, severity: Severity = "error") -> Problem:
    return Problem(key, wrong, MANIFEST_KEYS[key].shape, cure, severity)


def check_header(key: str, where: str, name: str, value: object) -> list[Problem]:
    """Return the problems of one HTTP header; neither name nor value is quoted when it may be secret."""
    if not _HEADER_NAME.fullmatch(name):
        return [_found(key, f"{where}: a header name holds characters that HTTP does not allow", "rename it")]
    if not isinstance(value, str):
        return [_found(key, f"{where}: header {shown_name(name)} is not a string", "put its value in quotes")]
    if not _HEADER_VALUE.fullmatch(value):
        wrong = f"{where}: header {shown_name(name)} holds characters that a browser cannot send"
        return [_found(key, wrong, "use printable characters up to U+00FF")]
    return []


def check_inference_headers(text: str) -> list[Problem]:
    """Return the problems of `inference_headers`, a JSON object of header name to value."""
    key = "inference_headers"
    try:
        headers = parse_json(text)
    except ValueError as error:
        return [json_problem(key, error)]
    if not isinstance(headers, dict):
        return [_found(key, "is not a JSON object", "write {...}")]
    found: list[Problem] = []
    for name, value in headers.items():
        found += check_header(key, "inference_headers", name, value)
        if name.lower() in RESERVED_HEADERS or name.lower().startswith(RESERVED_HEADER_PREFIXES):
            wrong = f"header {shown_name(name)} is reserved: the add-in drops it"
            found.append(_found(key, wrong, "leave it out", "warning"))
    return found


def check_mcp_servers(text: str) -> list[Problem]:
    """Return the problems of `mcp_servers`, a JSON array of {url, label, headers?, discover?}."""
    key = "mcp_servers"
    try:
        servers = parse_json(text)
    except ValueError as error:
        return [json_problem(key, error)]
    if not isinstance(servers, list):
        return [_found(key, "is not a JSON array", "write [...]")]
    found: list[Problem] = []
    for number, server in enumerate(servers, 1):
        found += _check_mcp_server(key, f"server {number}", server)
    return found


def _check_mcp_server(key: str, where: str, server: object) -> list[Problem]:
    if not isinstance(server, dict):
        return [_found(key, f"{where} is not a JSON object", "write {url, label}")]
    found: list[Problem] = []
    url, label, headers = server.get("url"), server.get("label"), server.get("headers")
    if not isinstance(url, str) or not _is_https(url):
        found.append(_found(key, f"{where} has no https:// url", "give the server's https:// URL"))
    if not isinstance(label, str) or not label.strip():
        found.append(_found(key, f"{where} has no label", "give the name that people see"))
    if headers is not None and not isinstance(headers, dict):
        found.append(_found(key, f"{where}: headers is not a JSON object", "write {name: value}"))
    elif headers:
        for name, value in headers.items():
            found += check_header(key, where, str(name), value)
    if set(server) - _MCP_FIELDS:
        cure = "use " + ", ".join(sorted(_MCP_FIELDS))
        found.append(_found(key, f"{where} has a field that the add-in does not know", cure, "warning"))
    return found


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        return False


def check_available_models(text: str) -> list[Problem]:
    """Return the problems of `available_models`: ids joined by commas, or JSON (an array or one object)."""
    key = "available_models"
    try:
        entries = _model_entries(text)
    except ValueError as error:
        return [json_problem(key, error)]
    found: list[Problem] = []
    seen: set[str] = set()
    for number, model in enumerate(entries, 1):
        if not isinstance(model, str) or not model.strip():
            found.append(_found(key, f"model {number} has no id", "give its id", "warning"))
        elif model.strip() in seen:
            found.append(_found(key, f"model {number} is listed twice", "list it once", "warning"))
        else:
            seen.add(model.strip())
    if not seen:
        found.append(_found(key, "names no model, so that the picker would be empty", "name at least one"))
    return found


def model_ids(text: str) -> list[str]:
    """Return the ids that a value of `available_models` names; [] when it cannot be read."""
    try:
        entries = _model_entries(text)
    except ValueError:
        return []
    return [entry.strip() for entry in entries if isinstance(entry, str) and entry.strip()]


def named_models(value: object) -> list[str]:
    """Return the ids that `available_models`, as text or native JSON, or `inferenceModels` of Claude Desktop names."""
    if isinstance(value, str):
        return model_ids(value)
    listed = cast("list[object]", value) if isinstance(value, list) else []
    ids = (_entry_id(entry) for entry in listed)
    return [name for name in ids if name]


def _entry_id(entry: object) -> str:
    if isinstance(entry, dict):
        fields = cast("dict[str, object]", entry)
        entry = fields.get("id", fields.get("name"))
    return entry.strip() if isinstance(entry, str) else ""


def _model_entries(text: str) -> list[Any]:
    """Return each entry's id, None where it has none; raise a ValueError for bad JSON."""
    if text.lstrip()[:1] not in ("[", "{"):
        return list(text.split(","))
    parsed = parse_json(text)
    entries: list[Any] = parsed if isinstance(parsed, list) else [parsed]
    return [entry.get("id") if isinstance(entry, dict) else entry for entry in entries]
