"""The grammar of `access_policies`: statements that say who may use the add-in on which files.

The add-in drops a malformed statement without a word, so a mistake in a `deny` opens what it was to
close: what the grammar surely refuses is an error here. Names that a newer add-in may know are warnings.
source: access-policies page of claude-for-msft-365-install.
"""

from collections.abc import Mapping
from typing import Any

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.contract.manifest_values import json_problem, parse_json
from claude_byoc.contract.problems import Problem, Severity, nearest

_KEY = "access_policies"

ACTIONS: Mapping[str, str | None] = {
    "addin.access": "open_file",
    "file.upload": "uploaded_file",
    "skills.authoring": None,
    "thumbs": None,
}
"""Action to the resource type that it can be limited to (None: to none)."""

OPERATORS: Mapping[str, tuple[str, ...]] = {
    "mip_label_guid": ("equals", "exists"),
    "mip_label_name": ("equals", "startsWith", "endsWith", "exists"),
    "file_path": ("equals", "startsWith"),
}
"""Identifier type to its operators, exactly one of which an identifier has."""


def _found(wrong: str, cure: str, severity: Severity = "error") -> Problem:
    return Problem(_KEY, wrong, MANIFEST_KEYS[_KEY].shape, cure, severity)


def check_access_policies(text: str) -> list[Problem]:
    """Return the problems of the JSON text `text`, each naming the number of its statement."""
    try:
        statements = parse_json(text)
    except ValueError as error:
        return [json_problem(_KEY, error)]
    if not isinstance(statements, list):
        return [_found("is not a JSON array", "write [...]")]
    found: list[Problem] = []
    for number, statement in enumerate(statements, 1):
        found += _check_statement(f"statement {number}", statement)
    return found


def _check_statement(where: str, statement: object) -> list[Problem]:
    if not isinstance(statement, dict):
        return [_found(f"{where} is not a JSON object", "write {effect, action}")]
    found: list[Problem] = []
    if statement.get("effect") not in ("allow", "deny"):
        found.append(_found(f"{where} has no effect", "set effect to allow or deny"))
    action = statement.get("action")
    actions: list[Any] = action if isinstance(action, list) else [action]
    if not actions or not all(isinstance(name, str) and name for name in actions):
        found.append(_found(f"{where} has no action", "set action to one of " + ", ".join(ACTIONS)))
        actions = []
    for name in actions:
        if name not in ACTIONS:
            meant = nearest(name, ACTIONS)
            cure = f"did you mean {meant}?" if meant else "use one of " + ", ".join(ACTIONS)
            found.append(_found(f"{where} has an action not known here", cure, "warning"))
    if "resource" in statement:
        found += _check_resource(where, statement["resource"], actions)
    return found


def _check_resource(where: str, resource: object, actions: list[Any]) -> list[Problem]:
    if not isinstance(resource, dict):
        return [_found(f"{where}: resource is not a JSON object", "write {type, identifiers}")]
    found: list[Problem] = []
    kind, identifiers = resource.get("type"), resource.get("identifiers")
    if kind not in ("open_file", "uploaded_file"):
        cure = "set it to open_file or uploaded_file"
        found.append(_found(f"{where}: resource has no known type", cure))
    found += [
        _found(f"{where}: {name} cannot be limited to {kind}", "correct action or resource type", "warning")
        for name in actions
        if name in ACTIONS and kind in ("open_file", "uploaded_file") and kind != ACTIONS[name]
    ]
    if not isinstance(identifiers, list):
        found.append(_found(f"{where}: identifiers is not a JSON array", "write [{type, operator}]"))
    elif not identifiers:
        cure = "add an identifier, or leave resource out"
        found.append(_found(f"{where}: identifiers is empty and never matches", cure, "warning"))
    else:
        for identifier in identifiers:
            found += _check_identifier(where, identifier, kind)
    return found


def _check_identifier(where: str, identifier: object, kind: object) -> list[Problem]:
    if not isinstance(identifier, dict) or not isinstance(identifier.get("type"), str):
        return [_found(f"{where}: an identifier has no type", "use one of " + ", ".join(OPERATORS))]
    known = OPERATORS.get(identifier["type"])
    if known is None:
        meant = nearest(identifier["type"], OPERATORS)
        cure = f"did you mean {meant}?" if meant else "use one of " + ", ".join(OPERATORS)
        return [_found(f"{where}: an identifier has a type not known here", cure, "warning")]
    name = identifier["type"]
    used = [operator for operator in identifier if operator not in ("type", "description")]
    if len(used) != 1 or used[0] not in known:
        return [_found(f"{where}: {name} needs exactly one operator", "use one of " + ", ".join(known))]
    return _check_operand(where, name, used[0], identifier[used[0]]) or (
        _check_file_path(where, used[0], identifier[used[0]], kind) if name == "file_path" else []
    )


def _check_operand(where: str, name: str, operator: str, operand: object) -> list[Problem]:
    if operator == "exists" and not isinstance(operand, bool):
        return [_found(f"{where}: {name} exists is neither true nor false", "write true or false")]
    if operator != "exists" and (not isinstance(operand, str) or not operand):
        return [_found(f"{where}: {name} {operator} is not a text", "give the text to compare with")]
    return []


def _check_file_path(where: str, operator: str, operand: str, kind: object) -> list[Problem]:
    found: list[Problem] = []
    if kind == "uploaded_file":
        found.append(_found(f"{where}: file_path works with open_file only", "use a label identifier"))
    if operator == "startsWith" and not operand.endswith(("/", "\\")):
        found.append(_found(f"{where}: file_path startsWith must end with a separator", "append / or \\"))
    return found
