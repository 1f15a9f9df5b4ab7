"""Older and portable spellings of desktop values, read as input and turned into today's native ones.

source: the configuration changelog of https://claude.com/docs/third-party/claude-desktop (what the app stopped
reading on 7 October 2026) and the configuration page (portable encodings).
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS, RENAMED
from claude_byoc.contract.desktop_shapes import Kind
from claude_byoc.contract.manifest_values import parse_json
from claude_byoc.contract.problems import Problem

_NAMED_VALUES = frozenset(
    {"inferenceCustomHeaders", "otlpHeaders", "otlpResourceAttributes", "bootstrapHeaders"}
)
_SWITCHES: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_BUILT_IN = frozenset({"microsoft365", "websearch", "github"})


def modernise(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values with today's names and native types, and a notice for each retired spelling.

    Portable encodings (`"true"`, `"300"`, JSON in a string) and whole numbers that arrive as floats are taken
    without a notice. What cannot be read stays as it is, for `check_desktop_set` to refuse.
    """
    notices: list[Problem] = []
    renamed: dict[str, Any] = {}
    for name, value in values.items():
        now = RENAMED.get(name, name)
        if now != name:
            notices.append(_notice(name, f"is written as {now}, which took its place"))
            if now in values:
                continue  # the current name says it already
        renamed[now] = value
    done = {name: _native(name, value) for name, value in renamed.items()}
    for name in _NAMED_VALUES & done.keys():
        if (table := _table(done[name])) is not None:
            done[name] = table
            notices.append(_notice(name, "is written as an object, the only form that the app still reads"))
    _modernise_credentials(done, notices)
    if isinstance(policy := done.get("builtinToolPolicy"), dict):
        tools = cast("dict[str, Any]", policy)
        done["builtinToolPolicy"] = _without_ask_session("builtinToolPolicy", tools, notices)
    if "orgPluginSettings" in done:
        done["orgPluginSettings"] = _plugin_settings(done["orgPluginSettings"], notices)
    if isinstance(servers := done.get("managedMcpServers"), list):
        done["managedMcpServers"] = [
            _server(number, cast("dict[str, Any]", entry), notices) if isinstance(entry, dict) else entry
            for number, entry in enumerate(cast("list[Any]", servers))
        ]
    return done, notices


def _notice(
    key: str, wrong: str, cure: str = "write it so yourself: later releases may not read it"
) -> Problem:
    return Problem(key, wrong, "today's spelling", cure, "warning")


def _native(name: str, value: object) -> Any:  # noqa: ANN401 - any JSON value
    spec = DESKTOP_KEYS.get(name)
    if spec is None:
        return value
    if spec.structured:
        try:
            return _whole(_from_json(value))
        except RecursionError:
            return value
    if isinstance(value, str):
        return _from_text(spec.shape.kind, value)
    return _whole(value) if spec.shape.kind in ("integer", "number") else value


def _from_text(kind: Kind, value: str) -> object:
    text = value.strip()
    if kind == "boolean":
        return _SWITCHES.get(text.lower(), value)
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        return _whole(float(text))
    return value


def _from_json(value: object) -> object:
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return parse_json(value)
        except ValueError:
            return value
    return value


def _whole(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value with whole numbers as int: Pulumi's state holds every number as a float."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(entry) for entry in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {name: _whole(entry) for name, entry in cast("dict[str, Any]", value).items()}
    return value


def _table(value: object) -> dict[str, str] | None:
    """Return `"Name=value,..."` or `["Name: value", ...]` as an object; None for anything else."""
    if isinstance(value, str) and value.strip():
        pairs = [part.partition("=") for part in value.split(",")]
    elif isinstance(value, list) and all(isinstance(entry, str) for entry in cast("list[Any]", value)):
        pairs = [entry.partition(":") for entry in cast("list[str]", value)]
    else:
        return None
    table = {name.strip(): text.strip() for name, mark, text in pairs if mark and name.strip()}
    return table if len(table) == len(pairs) else None


def _modernise_credentials(values: dict[str, Any], notices: list[Problem]) -> None:
    scheme, kind = values.get("inferenceGatewayAuthScheme"), values.get("inferenceCredentialKind")
    if scheme in ("sso", "auto"):
        del values["inferenceGatewayAuthScheme"]
        wrong = "auto is left out: bearer, the default, took its place"
        if scheme == "sso":
            values.setdefault("inferenceCredentialKind", "interactive")
            wrong = "sso is written as inferenceCredentialKind=interactive"
        notices.append(_notice("inferenceGatewayAuthScheme", wrong))
    if kind == "oauth":
        values["inferenceCredentialKind"] = "interactive"
        notices.append(_notice("inferenceCredentialKind", "oauth is written as interactive"))
    elif (
        kind == "interactive"
        and values.get("inferenceProvider") == "vertex"
        and "inferenceVertexWorkforceAudience" in values
        and "inferenceVertexOAuthClientId" not in values
    ):
        values["inferenceCredentialKind"] = "workforce"
        wrong = "interactive is written as workforce, since there is a workforce audience"
        notices.append(_notice("inferenceCredentialKind", wrong))


def _without_ask_session(key: str, policy: dict[str, Any], notices: list[Problem]) -> dict[str, Any]:
    if "ask-session" not in [value for value in policy.values() if isinstance(value, str)]:
        return policy
    notices.append(_notice(key, "ask-session is written as ask"))
    return {tool: "ask" if value == "ask-session" else value for tool, value in policy.items()}


def _plugin_settings(value: object, notices: list[Problem]) -> object:
    key, entries = "orgPluginSettings", value
    if isinstance(value, dict) and set(cast("dict[str, Any]", value)) == {"mcpServers"}:
        servers = cast("dict[str, Any]", value)["mcpServers"]
        read = (
            [_plugin_server(name, entry) for name, entry in servers.items()]
            if isinstance(servers, dict)
            else [None]
        )
        if None in read:
            return value
        notices.append(_notice(key, "{mcpServers: ...} is written as a list"))
        entries = read
    if not isinstance(entries, list):
        return value
    found = False
    for entry in cast("list[Any]", entries):
        tools = cast("dict[str, Any]", entry).get("tools") if isinstance(entry, dict) else None
        for tool in cast("list[Any]", tools) if isinstance(tools, list) else []:
            if isinstance(tool, dict) and cast("dict[str, Any]", tool).get("permission") == "ask-session":
                found = True
    if found:
        notices.append(_notice(key, "ask-session is written as ask"))
        entries = _replaced(cast("list[Any]", entries))
    return cast("list[Any]", entries)


def _replaced(value: object) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return [_replaced(entry) for entry in cast("list[Any]", value)]
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {
            name: "ask" if name == "permission" and entry == "ask-session" else _replaced(entry)
            for name, entry in items
        }
    return value


def _plugin_server(name: str, entry: object) -> dict[str, Any] | None:
    """Return a server of the record form as an entry of the list; None where its form is not clear."""
    tools = cast("dict[str, Any]", entry).get("tools") if isinstance(entry, dict) else None
    if not isinstance(tools, dict):
        return None
    read: list[dict[str, Any]] = []
    for tool, how in cast("dict[str, Any]", tools).items():
        permission = cast("dict[str, Any]", how).get("permission") if isinstance(how, dict) else how
        if not isinstance(permission, str):
            return None
        read.append({"toolName": tool, "permission": permission})
    return {"serverName": name, "tools": read}


def _server(number: int, entry: dict[str, Any], notices: list[Problem]) -> dict[str, Any]:
    where = f"managedMcpServers[{number}]"
    done = dict(entry)

    def drop(field: str, wrong: str) -> None:
        done.pop(field)
        notices.append(_notice(f"{where}.{field}", wrong))

    if done.get("transport") == "builtin":
        drop("transport", "builtin is left out: `server` says it")
    if "source" in done:
        drop("source", "is left out")
    if "authorityHost" in done:
        if "azureCloud" not in done and "login.microsoftonline.us" in str(done["authorityHost"]):
            done["azureCloud"] = "us-gov-high"
        drop("authorityHost", "is written as azureCloud")
    if isinstance(scopes := done.get("scopes"), str | list):
        done.setdefault("scope", _joined(scopes))
        drop("scopes", "is written as scope")
    if "oauth" in done:
        done["oauth"] = _oauth(where, done["oauth"], notices)
    if "transport" not in done and done.get("server") not in _BUILT_IN:
        found = "stdio" if "command" in done else "http" if "url" in done else None
        if found is not None:
            done["transport"] = found
            notices.append(
                _notice(f"{where}.transport", f"is written as {found}: without it the app rejects it")
            )
    if isinstance(policy := done.get("toolPolicy"), dict):
        done["toolPolicy"] = _without_ask_session(
            f"{where}.toolPolicy", cast("dict[str, Any]", policy), notices
        )
    return done


def _oauth(where: str, oauth: object, notices: list[Problem]) -> object:
    if not isinstance(oauth, bool) and oauth in (1, "true", "1"):
        notices.append(_notice(f"{where}.oauth", "is written as true"))
        return True
    if not isinstance(oauth, dict):
        return oauth
    done = dict(cast("dict[str, Any]", oauth))
    if isinstance(scopes := done.get("scopes"), str | list):
        done.setdefault("scope", _joined(scopes))
        del done["scopes"]
        notices.append(_notice(f"{where}.oauth.scopes", "is written as scope"))
    if isinstance(done.get("scope"), list):
        done["scope"] = _joined(done["scope"])
        notices.append(_notice(f"{where}.oauth.scope", "is written as one text"))
    return done


def _joined(scopes: object) -> object:
    if isinstance(scopes, list):
        parts = cast("list[Any]", scopes)
        return " ".join(parts) if all(isinstance(part, str) for part in parts) else parts
    return scopes
