"""Computed values of Entra that follow from other rows of the directory.

An app of another tenant has no registration here, so that what its service principal was given stays.
"""

from collections.abc import Mapping
from typing import cast

from standin.cloud import Resource
from standin.errors import CloudError
from standin.generators import Making, generator
from standin.values import Plain

APPLICATIONS = (
    "azuread:index/applicationRegistration:ApplicationRegistration",
    "azuread:index/application:Application",
)
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
SCOPE = "azuread:index/applicationPermissionScope:ApplicationPermissionScope"
ROLE = "azuread:index/applicationAppRole:ApplicationAppRole"


def _application(making: Making) -> Resource | None:
    wanted = str(making.properties.get("clientId", "")).lower()
    for token in APPLICATIONS:
        for row in making.cloud.starting(token, making.place, "/applications/"):
            if str(row.properties.get("clientId")).lower() == wanted:
                return row
    return None


def _ids(making: Making, token: str, id_name: str) -> Plain:
    application = _application(making)
    if application is None:
        return making.before or {}
    rows = making.cloud.starting(token, making.place, f"{application.id}/")
    return {str(row.properties.get("value")): str(row.properties[id_name]) for row in rows}


@generator("application_name")
def application_name(making: Making) -> Plain:
    """Return the display name of a service principal's application, which it takes over.

    source: https://learn.microsoft.com/graph/api/resources/serviceprincipal (displayName)
    """
    application = _application(making)
    return str(application.properties.get("displayName")) if application else making.before or ""


@generator("permission_scope_ids")
def permission_scope_ids(making: Making) -> Plain:
    """Return the delegated permissions that an application exposes: value -> id."""
    return _ids(making, SCOPE, "scopeId")


@generator("app_role_ids")
def app_role_ids(making: Making) -> Plain:
    """Return the app roles of an application: value -> id."""
    return _ids(making, ROLE, "roleId")


@generator("resource_name")
def resource_name(making: Making) -> Plain:
    """Return the display name of the service principal that an assignment is on."""
    row = making.cloud.get(
        PRINCIPAL, making.place, f"/servicePrincipals/{making.properties.get('resourceObjectId')}"
    )
    return str(row.properties.get("displayName")) if row else ""


_LISTED: Mapping[str, Plain] = {
    "accountEnabled": True,
    "appRoleAssignmentRequired": False,
    "applicationTenantId": "",
    "clientId": "",
    "displayName": "",
    "objectId": "",
    "preferredSingleSignOnMode": "",
    "samlMetadataUrl": "",
    "servicePrincipalNames": [],
    "signInAudience": "",
    "tags": [],
    "type": "",
}
"""What getServicePrincipals tells of each, and what it says where the directory has nothing."""


def _found(making: Making) -> list[dict[str, Plain]]:
    """Return the service principals asked for, in that order.

    source: github.com/hashicorp/terraform-provider-azuread
    internal/services/serviceprincipals/service_principals_data_source.go (and its words)
    """
    rows = making.cloud.all(PRINCIPAL, making.place)
    if making.properties.get("returnAll") is True:
        return [_listed(row) for row in rows]
    found: list[dict[str, Plain]] = []
    for name in ("clientIds", "displayNames", "objectIds"):
        wanted = making.properties.get(name)
        for one in wanted if isinstance(wanted, list) else []:
            same = [row for row in rows if str(row.properties.get(name[:-1])).lower() == str(one).lower()]
            if not same and making.properties.get("ignoreMissing") is not True:
                raise CloudError("NotFound", f'Service principal not found with application ID: "{one}"')
            found += [_listed(row) for row in same]
    return found


def _listed(row: Resource) -> dict[str, Plain]:
    known = cast("Mapping[str, Plain]", row.properties)
    return {name: known.get(name, absent) for name, absent in _LISTED.items()}


@generator("found_principals")
def found_principals(making: Making) -> Plain:
    """Return what is told of each."""
    return list[Plain](_found(making))


@generator("found_client_ids")
def found_client_ids(making: Making) -> Plain:
    """Return their client ids."""
    return [row["clientId"] for row in _found(making)]


@generator("found_display_names")
def found_display_names(making: Making) -> Plain:
    """Return their display names."""
    return [row["displayName"] for row in _found(making)]


@generator("found_object_ids")
def found_object_ids(making: Making) -> Plain:
    """Return their object ids."""
    return [row["objectId"] for row in _found(making)]
