"""Which app an environment uses, and what contradicts itself in its settings."""

from typing import Any

import pytest
from pydantic import ValidationError

from claude_byoc.contract import entra
from claude_byoc.entra.tenant_plan import app_of, default_scope, imports_for, tenant_problems
from claude_byoc.settings.entra import EntraSettings
from tests.entra.ids import APP, GRANT, GROUP, TENANT

TEXT: dict[str, Any] = {"tenantId": TENANT}


def args_of(settings: dict[str, Any]) -> dict[str, Any]:
    return EntraSettings.model_validate(settings).model_dump(by_alias=False, exclude_none=True)


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"clientId": APP, "app": {}}, "entra.app"),
        ({"clientId": APP, "fromStack": "o/p/s"}, "entra.fromStack"),
        ({"fromStack": "o/p/s", "app": {}, "clientId": APP}, "entra.fromStack"),
        ({"scope": f"api://{APP}/access_as_user"}, "entra.scope"),
        ({"clientId": entra.ANTHROPIC_APP_ID.upper(), "cloud": "china"}, "entra.clientId"),
        ({"desktop": {}, "desktopClientId": APP}, "entra.desktopClientId"),
        ({"consent": "code"}, "entra.consent"),
        ({"consent": "code", "clientId": APP}, "entra.consent"),
        ({"app": {}, "importGrants": {"graph": {"id": GRANT, "scopes": ["a"]}}}, "entra.importGrants.graph"),
        (
            {"app": {}, "consent": "code", "importGrants": {"desktopGraph": {"id": GRANT, "scopes": ["a"]}}},
            "entra.importGrants.desktopGraph",
        ),
    ],
)
def test_what_contradicts_itself(settings: dict[str, Any], key: str) -> None:
    assert [problem.key for problem in tenant_problems(args_of({**TEXT, **settings}))] == [key]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"clientId": APP, "scope": f"api://{APP}/x"},
        {"fromStack": "organization/claude-byoc/tenant"},
        {
            "app": {
                "uses": ["sso", "gateway"],
                "appRoles": {"finance": {"value": "Finance", "groups": [GROUP]}},
                "owners": [GROUP],
                "assignmentRequired": True,
            },
            "desktop": {"api": "gateway", "bearerTokenType": "id_token", "broker": False},
            "anthropicApp": {"uses": ["outlook"], "existingServicePrincipalId": GROUP, "groups": [GROUP]},
            "consent": "code",
            "importGrants": {
                "graph": {"id": GRANT, "scopes": ["openid"]},
                "desktopGateway": {"id": f"/oauth2PermissionGrants/{GRANT}", "scopes": ["access_as_user"]},
                "anthropicGraph": {"id": GRANT, "scopes": ["openid"]},
            },
        },
    ],
)
def test_what_fits_together(settings: dict[str, Any]) -> None:
    assert tenant_problems(args_of({**TEXT, **settings})) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"tenantId": "contoso.com"},
        {"cloud": "germany"},
        {"app": {"uses": ["bedrock"]}},
        {"app": {"uses": []}},
        {"app": {"owners": ["alice"]}},
        {"app": {"appRoles": {"Finance": {}}}},
        {"app": {"secret": "x"}},
        {"desktop": {"api": "mail"}},
        {"anthropicApp": {"uses": ["gateway"]}},
        {"fromStack": "dev"},
        {"scope": "access_as_user"},
        {"consent": "prompt"},
        {"importGrants": {"mail": {"id": GRANT, "scopes": ["a"]}}},
        {"importGrants": {"graph": {"id": "x", "scopes": ["a"]}}},
        {"importGrants": {"graph": {"id": GRANT, "scopes": []}}},
        {"importGrants": {"graph": {"id": GRANT, "scopes": ["a b"]}}},
    ],
)
def test_what_a_stack_file_may_not_say(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EntraSettings.model_validate({**TEXT, **settings})


def test_imports_belong_to_one_app_each() -> None:
    imports = {"graph": 1, "desktopGateway": 2, "anthropicGraph": 3, "cognitiveServices": 4}
    assert imports_for("app", imports) == {"graph": 1, "cognitiveServices": 4}
    assert imports_for("desktop", imports) == {"desktopGateway": 2}
    assert imports_for("anthropic_app", imports) == {"anthropicGraph": 3}
    assert app_of("gateway") == "app"


def test_the_scope_of_an_app_by_value() -> None:
    assert default_scope({"client_id": APP}) == f"api://{APP}/access_as_user"
    assert default_scope({"client_id": APP, "scope": "api://x/y"}) == "api://x/y"
    assert default_scope({}) is None
