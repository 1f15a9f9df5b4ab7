"""The grammar of access policies, statement by statement."""

import json
from typing import Any

import pytest

from claude_byoc.contract.access_policies import check_access_policies
from claude_byoc.contract.problems import errors

LABEL = {"type": "mip_label_guid", "exists": False}


def limited(*identifiers: object, kind: str = "open_file", action: object = "addin.access") -> dict[str, Any]:
    resource = {"type": kind, "identifiers": list(identifiers)}
    return {"effect": "deny", "action": action, "resource": resource}


GOOD: list[dict[str, Any]] = [
    {"effect": "allow", "action": ["thumbs", "skills.authoring"]},
    limited(LABEL),
    limited({"type": "mip_label_name", "startsWith": "Internal"}, LABEL),
    limited({"type": "mip_label_name", "endsWith": "x", "description": "who asked for it"}),
    limited({"type": "file_path", "startsWith": "https://contoso.sharepoint.com/hr/"}),
    limited({"type": "file_path", "startsWith": "C:\\secret\\"}),
    limited({"type": "file_path", "equals": "https://contoso.sharepoint.com/a.xlsx"}),
    limited(LABEL, kind="uploaded_file", action="file.upload"),
]

DOUBTFUL: list[dict[str, Any]] = [
    {"effect": "deny", "action": "thumb"},
    limited(),
    limited({"type": "sensitivity", "equals": "x"}),
    limited(LABEL, action="thumbs"),
    limited(LABEL, kind="uploaded_file"),
]

BAD: list[Any] = [
    1,
    {"action": "thumbs"},
    {"effect": "block", "action": "thumbs"},
    {"effect": "deny"},
    {"effect": "deny", "action": []},
    {"effect": "deny", "action": [7]},
    {"effect": "deny", "action": "thumbs", "resource": "x"},
    {"effect": "deny", "action": "addin.access", "resource": {"type": "open_file"}},
    limited(LABEL, kind="file"),
    limited(7),
    limited({}),
    limited({"type": "mip_label_guid"}),
    limited({"type": "mip_label_guid", "equals": "a", "exists": True}),
    limited({"type": "mip_label_guid", "exists": "yes"}),
    limited({"type": "mip_label_guid", "startsWith": "a"}),
    limited({"type": "mip_label_name", "equals": 7}),
    limited({"type": "mip_label_name", "equals": ""}),
    limited({"type": "file_path", "startsWith": "https://contoso.sharepoint.com/hr"}),
    limited({"type": "file_path", "equals": "https://a/b"}, kind="uploaded_file", action="file.upload"),
]


@pytest.mark.parametrize("statement", GOOD, ids=repr)
def test_good(statement: dict[str, Any]) -> None:
    assert check_access_policies(json.dumps([statement])) == []


@pytest.mark.parametrize("statement", DOUBTFUL, ids=repr)
def test_doubtful(statement: dict[str, Any]) -> None:
    found = check_access_policies(json.dumps([statement]))
    assert found
    assert errors(found) == []


@pytest.mark.parametrize("statement", BAD, ids=repr)
def test_bad(statement: object) -> None:
    found = errors(check_access_policies(json.dumps([GOOD[0], statement])))
    assert found
    assert all("statement 2" in problem.wrong for problem in found)


def test_every_statement_is_judged() -> None:
    found = check_access_policies(json.dumps([*BAD, *DOUBTFUL]))
    assert len({problem.wrong.split(":")[0].split(" ")[1] for problem in found}) == len(BAD) + len(DOUBTFUL)
