"""The Entra components on the real engine: what they make, refuse, and leave behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from standin.generators.azuread import PRINCIPAL
from standin.rules.azuread import ACCESS, ASSIGNMENT, DEFAULT_ACCESS, GRANT, REDIRECTS, REGISTRATION
from standin.scope import NO_TENANT
from tests.engine.entra_tenant import (
    ANTHROPIC,
    COGNITIVE,
    GRAPH,
    GROUP,
    PERSON,
    PROGRAM,
    Tenant,
)
from tests.engine.observe import inventory, up
from tools.engine.acquire import Engine
from tools.project import Project

WHOLE: dict[str, Any] = {
    "app": {
        "uses": ["sso", "outlook", "foundry", "gateway"],
        "app_roles": {"finance": {"groups": [GROUP]}},
        "owners": [PERSON],
        "assignment_required": True,
        "consent": "code",
    },
    "desktop": {"api": "gateway", "consent": "code"},
    "anthropic": {"uses": ["sso", "outlook"], "consent": "code"},
}

pytestmark = pytest.mark.engine


MakeTenant = Callable[[dict[str, Any]], Tenant]


@pytest.fixture
def tenant(engine: Engine, tmp_path: Path) -> MakeTenant:
    """Return a function that prepares the tenant with what the program declares."""
    return lambda declared: Tenant(engine, tmp_path, declared)


def test_the_whole_tenant_twice_and_what_destroy_leaves(tenant: MakeTenant) -> None:
    run = tenant(WHOLE)
    run.up()
    before = run.foreign()
    outputs = run.project.outputs()
    app, desktop = outputs["client_id"], outputs["desktop"]["client_id"]
    assert outputs["scope"] == outputs["entra_scope"] == f"api://{app}/access_as_user"
    assert outputs["audiences"] == [app, f"api://{app}"]
    assert outputs["issuer"] == f"https://login.microsoftonline.com/{NO_TENANT}/v2.0"
    assert outputs["desktop"]["scopes"] == [f"api://{app}/access_as_user"]

    redirects = {row["type"]: row["redirectUris"] for row in run.rows(REDIRECTS).values()}
    assert redirects["SPA"] == [
        "brk-multihub://pivot.claude.ai",
        "https://pivot.claude.ai/msal-redirect.html",
    ]
    assert redirects["PublicClient"] == [
        "http://127.0.0.1/callback",
        f"ms-appx-web://Microsoft.AAD.BrokerPlugin/{desktop}",
        "msauth.com.anthropic.claudefordesktop://auth",
    ]
    granted = {
        (row["servicePrincipalObjectId"], row["resourceServicePrincipalObjectId"]): set(row["claimValues"])
        for row in run.rows(GRANT).values()
    }
    own = outputs["service_principal_object_id"]
    mail = {"Mail.ReadWrite", "Calendars.Read", "User.Read"}
    assert granted[own, GRAPH] >= mail
    assert granted[own, COGNITIVE] == {"user_impersonation"}
    assert granted[own, own] == {"access_as_user"}
    assert granted[ANTHROPIC, GRAPH] >= mail
    [desktop_graph] = [
        scopes for (client, api), scopes in granted.items() if api == GRAPH and client not in (own, ANTHROPIC)
    ]
    assert desktop_graph == {"openid", "profile", "offline_access", "email"}
    asked = [row["apiClientId"] for row in run.rows(ACCESS).values() if desktop not in row["applicationId"]]
    assert app in asked
    [assigned] = run.rows(ASSIGNMENT).values()
    assert assigned["appRoleId"] == outputs["role_ids"]["finance"]

    assert run.up_again() == {}
    run.destroy()
    assert run.rows(REGISTRATION) == run.rows(PRINCIPAL) == {}
    left = {
        (row["servicePrincipalObjectId"], row["resourceServicePrincipalObjectId"])
        for row in run.rows(GRANT).values()
    }
    assert left == {(ANTHROPIC, GRAPH)}
    assert run.foreign() == before
    assert {row.what for row in run.cloud.lasting()} == {"the deleted registration"}


def test_preview_changes_nothing_and_shows_every_resource(tenant: MakeTenant) -> None:
    run = tenant(WHOLE)
    code, said = run("preview")
    assert code == 0, said
    assert "to create" in said
    assert run.cloud.resources() == []


def test_names_are_api(tenant: MakeTenant) -> None:
    run = tenant(WHOLE)
    run.up()
    names = {row["name"] for row in inventory(run.project) if row["type"].startswith("azuread:")}
    assert names == {
        *("app-app", "app-principal", "app-public-client-flows", f"app-owner-{PERSON}", "app-spa-redirects"),
        *("app-identifier-uri", "app-scope", "app-role-finance", f"app-role-finance-assigned-{GROUP}"),
        *("app-graph-access", "app-cognitiveServices-access", "app-gateway-access"),
        *("app-graph-grant", "app-cognitiveServices-grant", "app-gateway-grant"),
        *("desktop-app", "desktop-principal", "desktop-public-client-flows", "desktop-redirects"),
        *("desktop-gateway-access", "desktop-gateway-grant", "desktop-graph-grant", "anthropic-graph-grant"),
    }


def test_safe_by_default(tenant: MakeTenant) -> None:
    run = tenant({"app": {}})
    run.up()
    rows = {row["name"]: row["inputs"] for row in inventory(run.project)}
    assert rows["app-app"]["signInAudience"] == "AzureADMyOrg"
    assert rows["app-app"]["requestedAccessTokenVersion"] == 2
    assert rows["app-public-client-flows"]["enabled"] is False
    assert "project=claude-byoc stack=dev name=app" in rows["app-app"]["notes"]
    assert run.rows(GRANT) == {}
    assert [row["apiClientId"] for row in run.rows(ACCESS).values()] == [
        "00000003-0000-0000-c000-000000000000"
    ]
    assert run.project.outputs()["role_ids"] == {}
    # An app of a browser and of a desktop holds no credential that could leak.
    kinds = {row["type"] for row in inventory(run.project)}
    assert not [kind for kind in kinds if "assword" in kind or "ertificate" in kind]


def test_a_tenant_without_anthropics_app_is_told_the_link_that_brings_it(tenant: MakeTenant) -> None:
    run = tenant({"anthropic": {}})
    run.lacks(ANTHROPIC)
    said = run.refused()
    assert "does not have the app 'Claude for Office'" in said
    assert (
        "https://login.microsoftonline.com/organizations/adminconsent"
        "?client_id=c2995f31-11e7-4882-b7a7-ef9def0a0266" in said
    )


def test_a_tenant_without_cognitive_services_is_told_the_command(tenant: MakeTenant) -> None:
    run = tenant({"app": {"uses": ["foundry"]}})
    run.lacks(COGNITIVE)
    said = run.refused()
    assert "az ad sp create --id 7d312290-28c8-473c-a0ed-8e53749b6d6d" in said


def test_assignment_on_anthropics_app_by_import_alone(tenant: MakeTenant) -> None:
    run = tenant({"anthropic": {"assignment_required": True, "groups": [GROUP]}})
    assert "changes a service principal that this stack does not hold" in run.refused()
    run.declare({"anthropic": {"existing_service_principal_id": ANTHROPIC, "groups": [GROUP]}})
    run.up()
    assert run.up_again() == {}
    [principal] = [row for row in run.cloud.foreign(PRINCIPAL) if row.id.endswith(ANTHROPIC)]
    assert principal.properties["appRoleAssignmentRequired"] is True
    [assigned] = run.rows(ASSIGNMENT).values()
    assert (assigned["appRoleId"], assigned["principalObjectId"]) == (DEFAULT_ACCESS, GROUP)
    run.destroy()
    assert [row.id for row in run.cloud.foreign(PRINCIPAL)] == [
        f"/servicePrincipals/{guid}" for guid in (GRAPH, COGNITIVE, ANTHROPIC)
    ]
    assert run.rows(ASSIGNMENT) == {}


def test_a_permission_whose_id_differs_in_the_tenant(tenant: MakeTenant) -> None:
    run = tenant({"app": {"uses": ["foundry"]}})
    run.up()
    other = "99999999-9999-9999-9999-999999999999"
    run.cloud.alter(
        PRINCIPAL,
        f"/servicePrincipals/{COGNITIVE}",
        "oauth2PermissionScopeIds",
        {"user_impersonation": other},
    )
    said = run.refused()
    assert f"whose id in this tenant is {other} and not 5f1e8914-a52b-429f-9324-91b92b81adaf" in said


def test_the_redirect_of_the_broker_is_refused_any_other_way(tenant: MakeTenant) -> None:
    run = tenant({"single_page_application": ["brk-multihub://pivot.claude.ai"]})
    assert "URI must have a trailing slash when there is no path segment" in run.refused()


def test_problems_come_all_at_once(tenant: MakeTenant) -> None:
    run = tenant({"app": {"uses": ["mail"], "cloud": "mars", "owners": ["alice"]}})
    said = run.refused()
    assert all(key in said for key in ("entra.cloud:", "entra.app.uses:", "entra.app.owners:"))
    assert run.cloud.resources() == []


def test_a_second_run_after_a_killed_one_makes_no_second_app(tenant: MakeTenant) -> None:
    run = tenant({"app": {}})
    code, _ = run("up", "--yes", "--skip-preview", STANDIN_FAULTS=f"create:{REGISTRATION}=die-after-create")
    assert code != 0
    [lost] = run.rows(REGISTRATION)
    run("cancel", "--yes")
    said = run.refused("up")
    guid = lost.rpartition("/")[2]
    assert f"pulumi config set --path claude-byoc:settings.entra.app.importObjectId {guid}" in said
    assert list(run.rows(REGISTRATION)) == [lost]
    run.declare({"app": {"import_object_id": guid}})
    run.up()
    assert list(run.rows(REGISTRATION)) == [lost]
    assert run.up_again() == {}


def test_roles_come_and_go_without_touching_others(tenant: MakeTenant) -> None:
    run = tenant({"app": {"app_roles": {"a": {"groups": [GROUP]}}}})
    run.up()
    [(first, _)] = run.rows(ASSIGNMENT).items()
    run.declare({"app": {"app_roles": {"b": {"groups": [PERSON, GROUP]}, "a": {"groups": [GROUP]}}}})
    run.up()
    assert len(run.rows(ASSIGNMENT)) == 3
    run.declare({"app": {"app_roles": {"b": {"groups": [GROUP, PERSON]}, "a": {"groups": [GROUP]}}}})
    assert run.up_again() == {}
    run.declare({"app": {"app_roles": {"a": {"groups": [GROUP]}}}})
    run.up()
    assert list(run.rows(ASSIGNMENT)) == [first]


def test_another_stack_takes_the_app_without_touching_the_directory(
    tenant: MakeTenant, engine: Engine
) -> None:
    run = tenant({"app": {"uses": ["gateway"]}, "says": {"tenantId": NO_TENANT, "cloud": "global"}})
    run.up()
    owner = run.project.outputs()
    calls = len(run.cloud.calls())
    reader = Project(engine, run.project.folder, stack="team")
    stack = "organization/claude-byoc/dev"
    reader.prepare({"claude-byoc:entra": {"from_stack": stack}}, program=PROGRAM)
    assert up(reader)["create"] >= 1
    assert reader.outputs()["from_stack"] == {"client_id": owner["client_id"], "scope": owner["scope"]}
    assert len(run.cloud.calls()) == calls

    def refused() -> str:
        ended = reader.pulumi("preview", "-s", "team", check=False)
        assert ended.returncode != 0
        assert "Traceback" not in ended.stdout + ended.stderr
        return ended.stdout

    run.declare({"app": {"uses": ["gateway"]}, "says": {"tenantId": GROUP, "cloud": "china"}})
    run.up()
    said = refused()
    assert f"names {stack}, a stack of the tenant {GROUP}" in said
    assert f"names {stack}, a stack of the cloud china" in said
    reader.prepare({"claude-byoc:entra": {"from_stack": "organization/claude-byoc/team"}}, program=PROGRAM)
    assert "has no output `entra` with a clientId" in refused()
