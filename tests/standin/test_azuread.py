"""What the stand-in directory refuses, adopts and takes away, in the real provider's words."""

from pathlib import Path
from typing import Any

import pytest

from standin import seeds
from standin.cloud import Cloud
from standin.errors import CloudError
from standin.rules.azuread import (
    ACCESS,
    APPLICATION,
    ASSIGNMENT,
    DEFAULT_ACCESS,
    GET_PRINCIPAL,
    GET_PRINCIPALS,
    GRANT,
    IDENTIFIER_URI,
    OWNER,
    PRINCIPAL,
    PUBLIC_CLIENT,
    REDIRECTS,
    REGISTRATION,
    ROLE,
    SCOPE,
)
from tests.standin.conftest import Asked

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
GRAPH, COGNITIVE, ANTHROPIC = (f"90000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
GUID = "22222222-3333-4444-5555-666666666666"
BROKER = "brk-multihub://pivot.claude.ai"


@pytest.fixture
def entra(tmp_path: Path) -> Asked:
    return Asked(tmp_path / "cloud.sqlite", "azuread", {})


@pytest.fixture
def app(entra: Asked) -> dict[str, str]:
    """A registration with its service principal."""
    made = entra.create(REGISTRATION, {"displayName": "Claude"}, "app")
    principal = entra.create(PRINCIPAL, {"clientId": made.plain["clientId"]}, "principal")
    return {
        "id": made.id,
        "client_id": str(made.plain["clientId"]),
        "principal": str(principal.plain["objectId"]),
        "principal_id": principal.id,
    }


def test_the_brokers_redirect_is_refused_in_an_application_and_taken_by_the_resource_of_its_own(
    entra: Asked, app: dict[str, str]
) -> None:
    def refused(uri: str) -> dict[str, str]:
        return entra.problems(
            APPLICATION, {"displayName": "x", "singlePageApplication": {"redirectUris": [uri]}}
        )

    words = "URI must have a trailing slash when there is no path segment"
    assert refused(BROKER) == {"singlePageApplication.redirectUris[0]": words}
    assert refused(BROKER + "/") == {}
    entra.create(
        REDIRECTS,
        {
            "applicationId": app["id"],
            "type": "SPA",
            "redirectUris": [BROKER, "https://pivot.claude.ai/msal-redirect.html"],
        },
    )
    desktop = [
        "http://127.0.0.1/callback",
        f"ms-appx-web://Microsoft.AAD.BrokerPlugin/{GUID}",
        "msauth.com.anthropic.claudefordesktop://auth",
    ]
    taken = {"applicationId": app["id"], "type": "PublicClient", "redirectUris": desktop}
    assert entra.problems(REDIRECTS, taken) == {}


OF_APP = {"applicationId": f"/applications/{GUID}"}
PAIR = {"servicePrincipalObjectId": GUID, "resourceServicePrincipalObjectId": GUID}
SPA = {**OF_APP, "type": "SPA", "redirectUris": [BROKER]}


@pytest.mark.parametrize(
    ("token", "inputs", "property_"),
    [
        (PRINCIPAL, {"clientId": "claude"}, "clientId"),
        (GRANT, {**PAIR, "claimValues": []}, "claimValues"),
        (GRANT, {**PAIR, "claimValues": ["a"], "servicePrincipalObjectId": "x"}, "servicePrincipalObjectId"),
        (ASSIGNMENT, {"appRoleId": "x", "principalObjectId": GUID, "resourceObjectId": GUID}, "appRoleId"),
        (REDIRECTS, {**SPA, "applicationId": GUID}, "applicationId"),
        (REDIRECTS, {**SPA, "type": "Spa"}, "type"),
        (REDIRECTS, {**SPA, "redirectUris": ["pivot"]}, "redirectUris[0]"),
        (ACCESS, {**OF_APP, "apiClientId": "x", "scopeIds": [GUID]}, "apiClientId"),
        (ACCESS, {**OF_APP, "apiClientId": GUID, "scopeIds": []}, "scopeIds"),
        (OWNER, {**OF_APP, "ownerObjectId": "alice"}, "ownerObjectId"),
        (REGISTRATION, {"displayName": ""}, "displayName"),
        (REGISTRATION, {"displayName": "x", "requestedAccessTokenVersion": 3}, "requestedAccessTokenVersion"),
        (REGISTRATION, {"displayName": "x", "signInAudience": "Everyone"}, "signInAudience"),
        (PUBLIC_CLIENT, {"applicationId": "x"}, "applicationId"),
    ],
)
def test_what_a_plan_refuses(entra: Asked, token: str, inputs: dict[str, Any], property_: str) -> None:
    assert entra.problems(token, inputs).keys() == {property_}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("x" * 250, "Value must be between 0-249 characters in length"),
        (".x", "Value must not begin with a period"),
        ("two words", "Value must be alphanumeric"),
    ],
)
def test_claim_values_of_scopes_and_roles(entra: Asked, value: str, words: str) -> None:
    common = {"applicationId": f"/applications/{GUID}", "value": value}
    scope = {"scopeId": GUID, "adminConsentDescription": "x", "adminConsentDisplayName": "x"}
    role = {"roleId": GUID, "description": "x", "displayName": "x", "allowedMemberTypes": ["User"]}
    for token, inputs in ((SCOPE, {**common, **scope}), (ROLE, {**common, **role})):
        assert entra.problems(token, inputs)["value"].startswith(words)


def test_parts_need_their_application_and_stand_once(entra: Asked, app: dict[str, str]) -> None:
    part = {"type": "SPA", "redirectUris": [BROKER]}
    with pytest.raises(CloudError, match="Request_ResourceNotFound"):
        entra.create(REDIRECTS, {"applicationId": f"/applications/{GUID}", **part})
    entra.create(REDIRECTS, {"applicationId": app["id"], **part})
    with pytest.raises(
        CloudError, match=r'needs to be imported into the State.*"azuread_application_redirect_uris"'
    ):
        entra.create(REDIRECTS, {"applicationId": app["id"], **part})
    access = {"applicationId": app["id"], "apiClientId": GRAPH_APP, "scopeIds": [GUID]}
    entra.create(ACCESS, access)
    with pytest.raises(CloudError, match="azuread_application_api_access"):
        entra.create(ACCESS, access)


def test_identifier_uris_are_the_apps_own(entra: Asked, app: dict[str, str]) -> None:
    entra.create(IDENTIFIER_URI, {"applicationId": app["id"], "identifierUri": f"api://{app['client_id']}"})
    with pytest.raises(CloudError, match="must use a verified domain"):
        entra.create(IDENTIFIER_URI, {"applicationId": app["id"], "identifierUri": f"api://{GUID}"})


def test_one_service_principal_per_app_and_none_of_an_app_that_is_not_there(
    entra: Asked, app: dict[str, str]
) -> None:
    with pytest.raises(CloudError, match=f'A resource with the ID "{app["principal_id"]}" already exists'):
        entra.create(PRINCIPAL, {"clientId": app["client_id"].upper()})
    with pytest.raises(CloudError, match="NoBackingApplicationObject"):
        entra.create(PRINCIPAL, {"clientId": GUID})
    with pytest.raises(CloudError, match="already exists"):
        entra.create(PRINCIPAL, {"clientId": GRAPH_APP})


def test_use_existing_adopts_and_still_deletes(entra: Asked) -> None:
    adopted = entra.create(PRINCIPAL, {"clientId": GRAPH_APP, "useExisting": True})
    assert adopted.id == f"/servicePrincipals/{GRAPH}"
    adopted.delete()
    assert f"/servicePrincipals/{GRAPH}" not in [row.id for row in entra.cloud.foreign(PRINCIPAL)]


def test_a_grant_that_exists_is_neither_merged_nor_adopted(entra: Asked, app: dict[str, str]) -> None:
    grant = {"servicePrincipalObjectId": app["principal"], "resourceServicePrincipalObjectId": GRAPH}
    made = entra.create(GRANT, {**grant, "claimValues": ["openid", "profile"]})
    with pytest.raises(
        CloudError, match=r"409 .*Request_MultipleObjectsWithSameKeyValue: Permission entry already exists"
    ):
        entra.create(GRANT, {**grant, "claimValues": ["email"]})
    entra.create(GRANT, {**grant, "claimValues": ["email"], "userObjectId": GUID}, "of-one-person")
    with pytest.raises(CloudError, match="was not found"):
        entra.create(GRANT, {**grant, "servicePrincipalObjectId": GUID, "claimValues": ["email"]}, "unknown")
    made.update({**grant, "claimValues": ["openid"]})
    made.delete()
    assert len(entra.cloud.resources(GRANT)) == 1


def test_the_order_of_scopes_is_no_difference(entra: Asked, app: dict[str, str]) -> None:
    grant = {"servicePrincipalObjectId": app["principal"], "resourceServicePrincipalObjectId": GRAPH}
    made = entra.create(GRANT, {**grant, "claimValues": ["openid", "profile"]})
    assert not made.diff({**grant, "claimValues": ["profile", "openid"]}).changes
    assert made.diff({**grant, "claimValues": ["openid"]}).changes
    other = made.diff({**grant, "resourceServicePrincipalObjectId": COGNITIVE, "claimValues": ["openid"]})
    assert other.replaces == ["resourceServicePrincipalObjectId"]


def test_assignments_take_a_role_of_the_app_or_none_where_it_has_none(
    entra: Asked, app: dict[str, str]
) -> None:
    group = {"principalObjectId": GUID, "resourceObjectId": app["principal"]}
    made = entra.create(ASSIGNMENT, {**group, "appRoleId": DEFAULT_ACCESS})
    assert made.id.startswith(f"{app['principal_id']}/appRoleAssignedTo/")
    assert made.plain["resourceDisplayName"] == "Claude"
    with pytest.raises(CloudError, match="Permission being assigned already exists on the object"):
        entra.create(ASSIGNMENT, {**group, "appRoleId": DEFAULT_ACCESS})
    with pytest.raises(CloudError, match="was not found on application"):
        entra.create(ASSIGNMENT, {**group, "appRoleId": COGNITIVE})
    role = {
        "roleId": COGNITIVE,
        "description": "x",
        "displayName": "x",
        "allowedMemberTypes": ["User"],
        "value": "x",
    }
    entra.create(ROLE, {"applicationId": app["id"], **role})
    entra.create(ASSIGNMENT, {**group, "appRoleId": COGNITIVE}, "in-role")
    with pytest.raises(CloudError, match="was not found on application"):
        entra.create(
            ASSIGNMENT, {**group, "principalObjectId": GRAPH, "appRoleId": DEFAULT_ACCESS}, "without"
        )
    with pytest.raises(CloudError, match="Service principal not found for resource"):
        entra.create(ASSIGNMENT, {**group, "resourceObjectId": GUID, "appRoleId": DEFAULT_ACCESS}, "nowhere")


def test_grants_and_assignments_go_with_their_service_principal(entra: Asked, app: dict[str, str]) -> None:
    principal = entra.create(PRINCIPAL, {"clientId": app["client_id"], "useExisting": True}, "adopted")
    pair = {"servicePrincipalObjectId": app["principal"], "resourceServicePrincipalObjectId": GRAPH}
    entra.create(GRANT, {**pair, "claimValues": ["openid"]})
    foreign = {"servicePrincipalObjectId": ANTHROPIC, "resourceServicePrincipalObjectId": GRAPH}
    seeds.add(entra.cloud, GRANT, {**foreign, "claimValues": ["openid"]})
    entra.create(
        ASSIGNMENT,
        {"principalObjectId": GUID, "resourceObjectId": app["principal"], "appRoleId": DEFAULT_ACCESS},
    )
    principal.delete()
    cloud: Cloud = entra.cloud
    assert cloud.resources(GRANT) == cloud.resources(ASSIGNMENT) == []
    assert len(cloud.foreign(GRANT)) == 1


def test_a_deleted_registration_is_kept_for_a_while_and_may_be_made_anew(entra: Asked) -> None:
    made = entra.create(REGISTRATION, {"displayName": "Claude"})
    made.delete()
    [kept] = entra.cloud.lasting()
    assert kept.what == "the deleted registration"
    assert entra.create(REGISTRATION, {"displayName": "Claude"}).id != made.id


def test_service_principals_are_found_one_way_at_a_time(entra: Asked, app: dict[str, str]) -> None:
    by_client = entra.told(GET_PRINCIPAL, clientId=GRAPH_APP)
    assert (
        by_client
        == entra.told(GET_PRINCIPAL, objectId=GRAPH)
        == entra.told(GET_PRINCIPAL, displayName="Microsoft Graph")
    )
    assert by_client["oauth2PermissionScopeIds"]["Mail.ReadWrite"] == "024d486e-b451-40bb-833d-3e66d98c5c73"  # pyright: ignore[reportArgumentType, reportCallIssue, reportIndexIssue, reportOptionalSubscript] # a map
    assert entra.invoke(GET_PRINCIPAL).failures
    assert entra.invoke(GET_PRINCIPAL, clientId=GRAPH_APP, objectId=GRAPH).failures
    with pytest.raises(CloudError, match="No service principal found for client ID"):
        entra.invoke(GET_PRINCIPAL, clientId=GUID)
    assert app["client_id"] not in str(by_client)


def test_a_service_principal_shows_what_its_application_exposes(entra: Asked, app: dict[str, str]) -> None:
    scope = {
        "scopeId": GUID,
        "value": "access_as_user",
        "adminConsentDescription": "x",
        "adminConsentDisplayName": "x",
    }
    entra.create(SCOPE, {"applicationId": app["id"], **scope})
    found = entra.told(GET_PRINCIPAL, clientId=app["client_id"])
    assert found["displayName"] == "Claude"
    assert found["oauth2PermissionScopeIds"] == {"access_as_user": GUID}


def test_lists_leave_out_what_is_missing_where_asked_to(entra: Asked) -> None:
    told = asked_list(entra, clientIds=[GRAPH_APP, GUID], ignoreMissing=True)
    assert told["clientIds"] == [GRAPH_APP]
    assert told["objectIds"] == [GRAPH]
    with pytest.raises(CloudError, match="Service principal not found with application ID"):
        asked_list(entra, clientIds=[GUID])


def asked_list(entra: Asked, **args: Any) -> dict[str, Any]:  # noqa: ANN401 -- arguments of the function
    return dict(entra.told(GET_PRINCIPALS, **args))


def test_another_tenant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="tenant"):
        Asked(tmp_path / "cloud.sqlite", "azuread", {"tenantId": GUID})
