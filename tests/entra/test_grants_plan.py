"""Grants: what each holds, what is said of one that exists, and which scopes an update may not take away."""

import shlex

from claude_byoc.contract.entra_permissions import GATEWAY, GRAPH, Permission, permissions_of
from claude_byoc.entra.grants_plan import GrantImport, GrantPlan, dropped_scopes, existing_grant, grants_of
from tests.entra.ids import GRANT

HELD = GrantImport(GRANT, ["openid", "Files.Read"])


def test_one_grant_per_api() -> None:
    grants = grants_of(permissions_of(["sso", "gateway", "foundry"]), {"graph": HELD})
    assert [(grant.key, grant.resource) for grant in grants] == [
        ("graph", GRAPH),
        ("cognitiveServices", "cognitiveServices"),
        ("gateway", GATEWAY),
    ]
    assert grants[0].imported == HELD
    assert grants[1].import_id is None
    assert grants_of([Permission(GRAPH, "openid", "x")], {}, "desktop")[0].key == "desktopGraph"


def test_an_imported_grant_keeps_what_it_holds_and_says_what_is_missing() -> None:
    grant = GrantPlan("graph", GRAPH, ["openid", "profile"], HELD)
    assert grant.claim_values == ["Files.Read", "openid"]
    assert grant.import_id == f"/oauth2PermissionGrants/{GRANT}"
    [hint] = grant.hints()
    assert "profile" in hint.wrong
    assert "Files.Read" not in hint.wrong
    whole = GrantPlan("graph", GRAPH, ["openid"], GrantImport(f"/oauth2PermissionGrants/{GRANT}", ["openid"]))
    assert whole.hints() == []
    assert whole.import_id == f"/oauth2PermissionGrants/{GRANT}"


def test_the_message_holds_commands_that_can_be_pasted() -> None:
    grant = GrantPlan("graph", GRAPH, ["openid"])
    problem = existing_grant(grant, HELD, "the app 'Claude'")
    first, second = problem.cure.splitlines()
    assert shlex.split(first.removeprefix("run: ")) == [
        *("pulumi", "config", "set-all", "--path"),
        *("--plaintext", f"claude-byoc:settings.entra.importGrants.graph.id={GRANT}"),
        *("--plaintext", "claude-byoc:settings.entra.importGrants.graph.scopes[0]=Files.Read"),
        *("--plaintext", "claude-byoc:settings.entra.importGrants.graph.scopes[1]=openid"),
    ]
    assert second.strip().endswith(
        f'import_grants={{"graph": {{"id": "{GRANT}", "scopes": ["Files.Read", "openid"]}}}}'
    )
    assert problem.severity == "error"


def test_scopes_of_others_are_never_taken_away() -> None:
    grant = GrantPlan("graph", GRAPH, ["openid"])
    [problem] = dropped_scopes(grant, ["openid", "Files.Read"], ["openid"])
    assert "Files.Read" in problem.wrong
    # What this package gave, it may take back.
    assert dropped_scopes(grant, ["openid", "People.Read"], ["openid"]) == []
    assert dropped_scopes(grant, ["openid"], ["openid", "profile"]) == []
    gateway = GrantPlan("gateway", GATEWAY, ["access_as_user"])
    assert dropped_scopes(gateway, ["access_as_user", "other"], ["access_as_user"]) != []
