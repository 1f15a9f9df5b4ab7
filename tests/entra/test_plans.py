"""What the plans of the three components refuse, all at once, and what they warn of."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from claude_byoc.contract import entra
from claude_byoc.contract.entra_permissions import COGNITIVE_SERVICES, GATEWAY
from claude_byoc.contract.problems import Problem, ProblemsError, errors
from claude_byoc.entra import anthropic_args, app_args, desktop_args
from claude_byoc.entra.anthropic_args import AnthropicAppPlan
from claude_byoc.entra.app_plan import EntraAppPlan, RolePlan
from claude_byoc.entra.desktop_plan import DesktopSignInPlan
from claude_byoc.entra.grants_plan import GrantImport
from tests.entra.ids import APP, GRANT, GROUP, OTHER_GROUP, TENANT

GOOD = EntraAppPlan(TENANT)
GATEWAY_DESKTOP = DesktopSignInPlan(TENANT, "gateway", gateway_client_id=APP, names_gateway=True)


def keys(problems: Sequence[Problem]) -> list[str]:
    return [problem.key for problem in problems]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"tenant_id": "contoso.com"}, "entra.tenantId"),
        ({"cloud": "germany"}, "entra.cloud"),
        ({"uses": []}, "entra.app.uses"),
        ({"uses": ["bedrock"]}, "entra.app.uses"),
        ({"people_read": True}, "entra.app.peopleRead"),
        ({"display_name": " "}, "entra.app.displayName"),
        ({"display_name": "x" * 257}, "entra.app.displayName"),
        ({"owners": ["alice"]}, "entra.app.owners"),
        ({"groups": [GROUP, GROUP.upper()]}, "entra.app.groups"),
        ({"import_object_id": "x"}, "entra.app.importObjectId"),
        ({"roles": {"A": RolePlan("a")}}, "entra.app.appRoles.A"),
        ({"roles": {"a": RolePlan("two words")}}, "entra.app.appRoles.a.value"),
        ({"roles": {"a": RolePlan(".a")}}, "entra.app.appRoles.a.value"),
        ({"roles": {"a": RolePlan("x"), "b": RolePlan("x")}}, "entra.app.appRoles.b.value"),
        ({"roles": {"a": RolePlan("a", ["x"])}}, "entra.app.appRoles.a.groups"),
        ({"roles": {"a": RolePlan("a")}, "groups": [GROUP]}, "entra.app.groups"),
        ({"uses": ["outlook"], "allow_public_client_flows": True}, "entra.app.allowPublicClientFlows"),
        ({"consent": "prompt"}, "entra.consent"),
        ({"imports": {"graph": GrantImport(GRANT, ["openid"])}}, "entra.importGrants.graph"),
        (
            {"consent": "code", "imports": {"gateway": GrantImport(GRANT, ["openid"])}},
            "entra.importGrants.gateway",
        ),
        (
            {"consent": "code", "imports": {"graph": GrantImport("x", ["openid"])}},
            "entra.importGrants.graph.id",
        ),
        (
            {"consent": "code", "imports": {"graph": GrantImport(GRANT, [])}},
            "entra.importGrants.graph.scopes",
        ),
    ],
)
def test_what_an_app_refuses(changes: dict[str, Any], key: str) -> None:
    assert keys(replace(GOOD, **changes).problems()) == [key]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tenant_id": None, "owners": [None, None], "groups": [None]},
        {"uses": ["sso", "outlook", "foundry", "gateway"], "people_read": True},
        {"uses": ["gateway"], "allow_public_client_flows": True},
        {
            "uses": ["outlook"],
            "allow_public_client_flows": True,
            "allow_public_client_flows_with_graph": True,
        },
        {"roles": {"a": RolePlan("team.a", [GROUP]), "b": RolePlan("b", [GROUP])}},
        {"cloud": "china", "consent": "code", "imports": {"graph": GrantImport(GRANT, ["openid"])}},
    ],
)
def test_what_an_app_takes(changes: dict[str, Any]) -> None:
    assert errors(replace(GOOD, **changes).problems()) == []


def test_every_problem_comes_at_once() -> None:
    plan = EntraAppPlan("x", cloud="mars", uses=["outlok"], owners=["x"], consent="maybe")
    found = plan.problems()
    assert keys(found) == [
        "entra.cloud",
        "entra.app.uses",
        "entra.tenantId",
        "entra.app.owners",
        "entra.consent",
    ]
    assert "did you mean outlook?" in str(found[1])


def test_assignment_without_anybody_is_a_warning() -> None:
    [hint] = replace(GOOD, assignment_required=True).hints()
    assert hint.severity == "warning"
    assert replace(GOOD, assignment_required=True, groups=[None]).hints() == []
    assert replace(GOOD, assignment_required=True, roles={"a": RolePlan("a", [GROUP])}).hints() == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"api": "mail"}, "entra.desktop.api"),
        ({"bearer_token_type": "refresh_token"}, "entra.desktop.bearerTokenType"),
        ({"names_gateway": False}, "entra.desktop.bearerTokenType"),
        ({"device_code": True}, "entra.desktop.deviceCode"),
        ({"gateway_client_id": "x"}, "entra.desktop.gatewayClientId"),
        ({"consent": "code"}, "entra.desktop.gatewayServicePrincipalObjectId"),
        ({"groups": ["x"]}, "entra.desktop.groups"),
        ({"cloud": "x"}, "entra.cloud"),
    ],
)
def test_what_the_desktop_sign_in_refuses(changes: dict[str, Any], key: str) -> None:
    assert keys(replace(GATEWAY_DESKTOP, **changes).problems()) == [key]


def test_the_desktop_sign_in_asks_for_one_api_and_never_for_mail() -> None:
    assert [one.resource for one in GATEWAY_DESKTOP.permissions] == [GATEWAY]
    assert DesktopSignInPlan(TENANT, "gateway", "id_token").permissions == []
    foundry = DesktopSignInPlan(TENANT, "foundry")
    assert [one.resource for one in foundry.permissions] == [COGNITIVE_SERVICES]
    for plan in (GATEWAY_DESKTOP, foundry):
        assert plan.problems() == []
        scopes = {scope for grant in plan.grants() for scope in grant.scopes}
        assert not [
            scope for scope in scopes if scope.startswith(("Mail.", "Calendars.", "User.", "People."))
        ]
    assert [grant.key for grant in foundry.grants()] == ["desktopGraph", "desktopCognitiveServices"]


@pytest.mark.parametrize(
    ("api", "broker", "device_code", "flows", "auth_flow"),
    [
        ("gateway", True, False, False, "broker"),
        ("gateway", False, False, False, "browser"),
        ("foundry", True, False, True, "broker"),
        ("foundry", False, True, True, "device-code"),
        ("foundry", False, False, False, "browser"),
    ],
)
def test_public_client_flows_only_where_the_documentation_asks(
    api: str, auth_flow: str, *, broker: bool, device_code: bool, flows: bool
) -> None:
    plan = DesktopSignInPlan(TENANT, api, broker=broker, device_code=device_code, names_gateway=True)
    assert plan.public_client_flows is flows
    assert plan.foundry_flow == auth_flow
    assert bool(plan.hints()) is device_code


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"cloud": "us-gov-high"}, "entra.anthropicApp"),
        ({"cloud": "mars"}, "entra.cloud"),
        ({"uses": ["gateway"]}, "entra.anthropicApp.uses"),
        ({"uses": []}, "entra.anthropicApp.uses"),
        ({"people_read": True}, "entra.anthropicApp.peopleRead"),
        ({"assignment_required": True, "groups": [GROUP]}, "entra.anthropicApp.assignmentRequired"),
        ({"existing_service_principal_id": "x"}, "entra.anthropicApp.existingServicePrincipalId"),
    ],
)
def test_what_is_refused_of_anthropics_app(changes: dict[str, Any], key: str) -> None:
    assert keys(errors(replace(AnthropicAppPlan(TENANT), **changes).problems())) == [key]


def test_assignment_on_anthropics_app_is_required_by_default_where_it_is_imported() -> None:
    plan = anthropic_args.plan_of({"tenant_id": TENANT, "existing_service_principal_id": GROUP})
    assert plan.assignment_required
    assert [hint.key for hint in plan.hints()] == ["entra.anthropicApp.groups"]
    assert not anthropic_args.plan_of({"tenant_id": TENANT}).assignment_required
    assert [grant.key for grant in plan.grants()] == ["anthropicGraph"]


def test_args_become_plans() -> None:
    plan = app_args.plan_of(
        {
            "tenant_id": TENANT,
            "uses": ["gateway"],
            "app_roles": {"finance": {"groups": [GROUP]}, "it": {"value": "IT", "groups": [OTHER_GROUP]}},
        }
    )
    assert {key: role.value for key, role in plan.roles.items()} == {"finance": "finance", "it": "IT"}
    assert plan.display_name
    desktop = desktop_args.plan_of(
        {"tenant_id": TENANT, "api": "gateway", "gateway_client_id": APP, "gateway_scope_id": GROUP}
    )
    assert desktop.names_gateway
    assert desktop.broker


@pytest.mark.parametrize(
    "plan_of",
    [app_args.plan_of, desktop_args.plan_of, anthropic_args.plan_of],
    ids=lambda one: one.__module__,
)
def test_a_missing_argument_is_named(plan_of: Callable[..., object]) -> None:
    with pytest.raises(ProblemsError, match="tenant_id: is missing from"):
        plan_of({"tenantId": TENANT})


def test_own_redirects_have_the_form_that_the_broker_needs() -> None:
    assert entra.OWN_APP_REDIRECTS[0] == "brk-multihub://pivot.claude.ai"
    assert entra.broker_redirects(APP) == [
        f"ms-appx-web://Microsoft.AAD.BrokerPlugin/{APP}",
        "msauth.com.anthropic.claudefordesktop://auth",
    ]
