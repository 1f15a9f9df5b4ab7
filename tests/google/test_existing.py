"""Grants and audit logs that exist already are not taken over."""

from typing import Any

import pytest

from claude_byoc.google.existing import AUDIT_CONFIG, taken

MEMBER = "gcp:projects/iAMMember:IAMMember"
GRANT = {"project": "p", "role": "roles/aiplatform.user", "member": "user:ann@example.com"}
AUDIT = {"project": "p", "service": "aiplatform.googleapis.com"}


def binding(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 -- a binding of Google's JSON
    return {"role": "roles/aiplatform.user", "members": ["user:Ann@example.com"], **changes}


def test_a_grant_that_somebody_made_is_theirs_in_any_spelling() -> None:
    [problem] = taken(MEMBER, GRANT, {"bindings": [binding()]})
    assert problem.key == "vertex.members"
    assert "claude-byoc recover" in problem.cure


@pytest.mark.parametrize(
    "row",
    [
        binding(role="roles/viewer"),
        binding(members=["user:bob@example.com"]),
        binding(condition={"title": "until", "expression": "false"}),
    ],
)
def test_other_grants_are_in_nobodys_way(row: dict[str, Any]) -> None:
    assert taken(MEMBER, GRANT, {"bindings": [row]}) == []
    assert taken(MEMBER, GRANT, {}) == []


def test_audit_logs_of_the_same_service_belong_to_one_owner() -> None:
    [problem] = taken(AUDIT_CONFIG, AUDIT, {"auditConfigs": [{"service": AUDIT["service"]}]})
    assert problem.key == "vertex.auditLogs"
    assert taken(AUDIT_CONFIG, AUDIT, {"auditConfigs": [{"service": "allServices"}]}) == []
