"""The table of delegated permissions, what each use asks for, and the tenant's ids compared with it."""

import re
from pathlib import Path

import pytest

from claude_byoc.contract import entra, entra_permissions
from claude_byoc.contract.entra_permissions import (
    COGNITIVE_SERVICES,
    GATEWAY,
    GRAPH,
    LEAST_PERMISSIONS,
    REFERENCE_IDS,
    SIGN_IN,
    least_permissions_markdown,
    permissions_of,
    reaches_data,
)
from claude_byoc.contract.problems import errors
from claude_byoc.entra.app_plan import permission_ids

MAIL = {"Mail.ReadWrite", "Calendars.Read", "User.Read"}


def asked(*uses: str, people_read: bool = False) -> set[tuple[str, str]]:
    return {(one.resource, one.scope) for one in permissions_of(uses, people_read=people_read)}


def test_every_id_is_a_guid_and_stands_once() -> None:
    ids = [guid for scopes in REFERENCE_IDS.values() for guid in scopes.values()]
    assert all(re.fullmatch(entra.GUID_PATTERN, guid) for guid in ids)
    assert len(set(ids)) == len(ids)


def test_sign_in_asks_for_nothing_that_reaches_data() -> None:
    assert asked("sso") == {(GRAPH, scope) for scope in SIGN_IN}
    assert not reaches_data(permissions_of(["sso", "gateway", "foundry"]))
    assert reaches_data(permissions_of(["outlook"]))


def test_outlook_asks_for_mail_and_never_sends() -> None:
    scopes = {scope for _, scope in asked("sso", "outlook")}
    assert scopes == MAIL | set(SIGN_IN)
    assert {scope for _, scope in asked("outlook", people_read=True)} == scopes | {"People.Read"}
    assert "Mail.Send" not in REFERENCE_IDS[GRAPH]


def test_foundry_and_gateway_ask_for_one_scope_each() -> None:
    assert asked("foundry") - asked("sso") == {(COGNITIVE_SERVICES, "user_impersonation")}
    assert asked("gateway") - asked("sso") == {(GATEWAY, "access_as_user")}
    assert asked() == set()


def test_each_permission_stands_once_with_its_first_reason() -> None:
    rows = permissions_of(["sso", "outlook", "foundry", "gateway"])
    assert len({(row.resource, row.scope) for row in rows}) == len(rows)
    [offline] = [row for row in rows if row.scope == "offline_access"]
    assert offline.why == entra_permissions.USES["sso"]


@pytest.mark.parametrize("cloud", list(entra.CLOUDS))
def test_a_tenant_that_publishes_another_id(cloud: str) -> None:
    published = {**REFERENCE_IDS[GRAPH], "Mail.ReadWrite": "99999999-9999-9999-9999-999999999999"}
    ids, problems = permission_ids(GRAPH, ["Mail.ReadWrite", "User.Read"], published, cloud)
    assert ids == ["99999999-9999-9999-9999-999999999999", REFERENCE_IDS[GRAPH]["User.Read"]]
    [problem] = problems
    assert "99999999-9999-9999-9999-999999999999" in problem.wrong
    assert REFERENCE_IDS[GRAPH]["Mail.ReadWrite"] in problem.wrong
    assert bool(errors(problems)) is (cloud == "global")


def test_a_permission_that_the_tenant_lacks_is_an_error() -> None:
    ids, [problem] = permission_ids(COGNITIVE_SERVICES, ["user_impersonation"], {}, "china")
    assert ids == []
    assert problem.severity == "error"
    assert "user_impersonation" in problem.wrong


def test_ids_of_the_reference_pass_in_any_case() -> None:
    published = {scope: guid.upper() for scope, guid in REFERENCE_IDS[GRAPH].items()}
    ids, problems = permission_ids(GRAPH, ["openid"], published, "global")
    assert ids == [published["openid"]]
    assert problems == []


def test_deploy_identities_and_group_owners_need_nothing_in_the_directory() -> None:
    [deploy] = [row for row in LEAST_PERMISSIONS if row.who.startswith("Deploy identity")]
    assert (deploy.application, deploy.delegated, deploy.roles) == ((), (), ())
    writing = {
        row.who for row in LEAST_PERMISSIONS if any("Application.ReadWrite" in p for p in row.application)
    }
    assert {who.partition(" (")[0] for who in writing} == {
        "Entra administrator",
        "Administrator of assignment on Anthropic's app",
    }


def test_the_table_shows_every_row_with_its_source() -> None:
    table = least_permissions_markdown().splitlines()
    assert len(table) == len(LEAST_PERMISSIONS) + 2
    assert len({line.count("|") for line in table}) == 1
    assert all(row.source for row in LEAST_PERMISSIONS)


def test_the_page_carries_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "entra.md").read_text("utf-8")
    shown = page.partition("<!-- least-permissions -->\n")[2].partition("<!-- /least-permissions -->")[0]
    assert shown == least_permissions_markdown()
