"""Whose a resource is, where tags do not tell: notes, what it lies in, what was begun, what a person says."""

from typing import Any

import pytest

from claude_byoc.recovery import (
    Candidate,
    candidates,
    deleted,
    existing,
    foreign_problem,
    pending,
    with_candidates,
    with_open,
    without_pending,
    without_unjudged,
)
from tests.recovery.test_recovery import PARENT, PROVIDER, TAGS, create, deployment, preview

HOME = "urn:pulumi:dev::p::"
ACCOUNT_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"
ACCOUNT = f"{HOME}azure-native:cognitiveservices:Account::a"
ASSIGNMENT = f"{HOME}azure-native:authorization:RoleAssignment::pilot"
REGISTRATION = f"{HOME}azuread:index/applicationRegistration:ApplicationRegistration::app"
PRINCIPAL = f"{HOME}azuread:index/servicePrincipal:ServicePrincipal::principal"
REDIRECTS = f"{HOME}azuread:index/applicationRedirectUris:ApplicationRedirectUris::redirects"
MEMBER = f"{HOME}gcp:projects/iAMMember:IAMMember::member"
ROLE = f"{HOME}gcp:projects/iAMCustomRole:IAMCustomRole::role"
NOTE = "managed-by=claude-byoc project=p stack=dev name=app"
NOT_KNOWN_YET = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
GRANT = {"project": "gp", "role": "roles/aiplatform.user", "member": "user:ann@example.com"}
PREDICT = {"project": "gp", "roleId": "claudePredict", "title": "Claude prompts"}


def row(urn: str, id_: str, **outputs: Any) -> dict[str, Any]:  # noqa: ANN401 -- a cloud's JSON
    return {"urn": urn, "id": id_, "outputs": outputs}


def looked_up(urn: str, id_: str, *, tags: dict[str, str] | None = None, **more: Any) -> Candidate:  # noqa: ANN401
    return Candidate(urn, urn.split("::")[2], id_, PARENT, PROVIDER, tags, **more)


def is_ours(candidate: Candidate, *rows: dict[str, Any]) -> bool:
    ours, foreign = existing(deployment(*rows), [candidate])
    assert [*ours, *foreign] == [candidate]
    return bool(ours)


def test_what_bears_no_sign_is_looked_up_where_it_was_begun_or_claimed_alone() -> None:
    planned = preview(create(MEMBER, GRANT))
    assert candidates(deployment(), planned) == []
    [begun] = candidates(deployment(), planned, begun=[MEMBER])
    assert (begun.id, begun.begun, begun.claimed) == (
        "gp roles/aiplatform.user user:ann@example.com",
        True,
        False,
    )
    [claimed] = candidates(deployment(), planned, claimed=["member"])
    assert (claimed.begun, claimed.claimed) == (False, True)


def test_a_value_that_is_not_known_yet_makes_no_id() -> None:
    def ask(token: str, _inputs: Any, _provider: Any) -> list[str]:  # noqa: ANN401 -- the engine's JSON
        raise AssertionError(f"{token} was asked for")

    planned = preview(
        create(REDIRECTS, {"applicationId": NOT_KNOWN_YET, "type": "SPA"}),
        create(PRINCIPAL, {"clientId": NOT_KNOWN_YET}),
    )
    assert candidates(deployment(), planned, ask=ask) == []


def test_entra_is_asked_for_ids_that_it_chose() -> None:
    planned = preview(create(REGISTRATION, {"displayName": "Claude", "notes": NOTE}))
    asked: list[tuple[str, str]] = []

    def ask(token: str, inputs: Any, _provider: Any) -> list[str]:  # noqa: ANN401 -- the engine's JSON
        asked.append((token, inputs["displayName"]))
        return ["/applications/1"]

    [found] = candidates(deployment(), planned, ask=ask)
    assert found.id == "/applications/1"
    assert asked == [("azuread:index/applicationRegistration:ApplicationRegistration", "Claude")]


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        (f"ticket 4711\n{NOTE}", True),
        (NOTE.replace("dev", "prod"), False),
        (NOTE.replace("stack=dev", "stack=dev-2"), False),
        ("", False),
        (None, False),
    ],
)
def test_a_registration_is_told_by_its_notes(notes: str | None, expected: bool) -> None:
    app = looked_up(REGISTRATION, "/applications/1", inputs={"notes": NOTE}, begun=True, claimed=True)
    assert is_ours(app, row(REGISTRATION, app.id, notes=notes)) is expected


def test_a_part_belongs_to_whose_its_registration_is() -> None:
    part = looked_up(REDIRECTS, "/applications/1/redirectUris/SPA")
    here = row(REDIRECTS, part.id)
    assert is_ours(part, row(REGISTRATION, "/applications/1", notes=NOTE), here)
    assert not is_ours(part, row(REGISTRATION, "/applications/1", notes="somebody's"), here)
    assert not is_ours(part, row(REGISTRATION, "/applications/11", notes=NOTE), here)


@pytest.mark.parametrize("scope", [ACCOUNT_ID, ACCOUNT_ID.lower()])
def test_an_assignment_belongs_to_whose_its_account_is(scope: str) -> None:
    inside = looked_up(ASSIGNMENT, f"{scope}/providers/Microsoft.Authorization/roleAssignments/r")
    here = row(ASSIGNMENT, inside.id)
    assert is_ours(inside, row(ACCOUNT, ACCOUNT_ID, tags=TAGS), here)
    assert not is_ours(inside, row(ACCOUNT, ACCOUNT_ID, tags={"owner": "others"}), here)
    assert not is_ours(inside, here), "in an account that is not in the state"
    claimed = looked_up(ASSIGNMENT, inside.id, claimed=True)
    assert is_ours(claimed, here)


def test_what_lies_in_a_foreign_account_is_foreign_whatever_is_said() -> None:
    account = looked_up(ACCOUNT, ACCOUNT_ID, tags=TAGS)
    inside = looked_up(ASSIGNMENT, f"{ACCOUNT_ID}/roleAssignments/r", begun=True, claimed=True)
    rows = [row(ACCOUNT, ACCOUNT_ID, tags={}), row(ASSIGNMENT, inside.id)]
    assert existing(deployment(*rows), [inside, account]) == ([], [inside, account])
    rows[0] = row(ACCOUNT, ACCOUNT_ID, tags=TAGS)
    assert existing(deployment(*rows), [inside, account]) == ([inside, account], [])


def test_what_a_run_had_begun_is_ours_unless_it_is_something_else() -> None:
    begun = looked_up(ROLE, "projects/gp/roles/claudePredict", inputs=PREDICT, begun=True)
    assert is_ours(begun, row(ROLE, begun.id, title="Claude prompts", project="gp"))
    assert not is_ours(begun, row(ROLE, begun.id, title="Somebody's own"))
    kinds = [{"__defaults": [], "logType": "DATA_READ"}, {"__defaults": [], "logType": "ADMIN_READ"}]
    logs = looked_up(ROLE, "x", inputs={"auditLogConfigs": kinds}, begun=True)
    filled = [{"logType": kind, "exemptedMembers": []} for kind in ("ADMIN_READ", "DATA_READ")]
    assert is_ours(logs, row(ROLE, "x", auditLogConfigs=filled))
    assert not is_ours(logs, row(ROLE, "x", auditLogConfigs=filled[:1]))
    scopes = looked_up(ROLE, "x", inputs={"claimValues": ["b", "A"]}, begun=True)
    assert is_ours(scopes, row(ROLE, "x", claimValues=["a", "b"]))
    assert not is_ours(scopes, row(ROLE, "x", claimValues=["a", "b", "c"]))


def test_what_nobody_signed_is_told_with_the_way_on() -> None:
    found = looked_up(ROLE, "projects/gp/roles/claudePredict", inputs=PREDICT)
    assert not is_ours(found, row(ROLE, found.id, title="Claude prompts"))
    problem = foreign_problem(found, "prod")
    assert "nothing shows who made it" in problem.wrong
    assert "claude-byoc recover -s prod --adopt 'role'" in problem.cure
    principal = looked_up(PRINCIPAL, "/servicePrincipals/7", inputs={"notes": NOTE})
    told = foreign_problem(principal, "dev")
    assert "line in its notes" in told.wrong
    assert "project=p stack=dev " in told.allowed
    assert "az ad sp delete --id 7" in told.cure


def test_a_deleted_role_that_google_still_shows_is_not_there() -> None:
    found = looked_up(ROLE, "projects/gp/roles/claudePredict")
    assert deleted(deployment(row(ROLE, found.id, deleted=True)), [found]) == [found]
    assert deleted(deployment(row(ROLE, found.id, deleted=False)), [found]) == []
    assert deleted(deployment(), [found]) == []


def test_candidates_of_a_recover_that_was_killed_are_looked_up_anew() -> None:
    before = deployment(row(ACCOUNT, ACCOUNT_ID, tags=TAGS))
    unjudged = with_candidates(before, [looked_up(ROLE, "projects/gp/roles/claudePredict")])
    assert len(unjudged["deployment"]["resources"]) == len(before["deployment"]["resources"]) + 1
    assert without_unjudged(unjudged) == before
    assert without_unjudged(before) is before


def test_what_was_begun_stays_known_until_it_is_looked_up() -> None:
    operations = [
        {"type": "creating", "resource": {"urn": urn}} for urn in (MEMBER, ROLE, ACCOUNT, REGISTRATION)
    ]
    operations.append({"type": "updating", "resource": {"urn": REDIRECTS}})
    operations.append({"type": "deleting", "resource": {"urn": ACCOUNT}})
    before = deployment(operations=operations)
    stack = {
        "urn": "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev",
        "type": "pulumi:pulumi:Stack",
        "outputs": {"a": 1},
    }
    imported = without_pending(deployment(stack, row(ACCOUNT, ACCOUNT_ID)))
    after = with_open(imported, before, [ROLE])
    left = [("creating", MEMBER), ("creating", REGISTRATION), ("deleting", ACCOUNT)]
    assert pending(after) == left
    assert pending(with_open(without_pending(after), after)) == left
    assert without_pending(after) == imported
