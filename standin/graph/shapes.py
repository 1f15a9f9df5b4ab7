"""From the azuread provider's rows to Microsoft Graph's JSON.

Property names differ (`clientId` there is `appId` here); each shape names the resource's page.
"""

from collections.abc import Iterable, Mapping
from typing import cast

from standin.catalog import load
from standin.cloud import Cloud, Resource
from standin.rows import Rows
from standin.values import Plain, plain_map

PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
GRANT = "azuread:index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant"
ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
APPLICATION = "azuread:index/application:Application"
REGISTRATION = "azuread:index/applicationRegistration:ApplicationRegistration"
REDIRECTS = "azuread:index/applicationRedirectUris:ApplicationRedirectUris"
IDENTIFIER_URI = "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri"

Json = dict[str, Plain]

_PLATFORMS = {"SPA": "spa", "PublicClient": "publicClient", "Web": "web"}
"""`type` of ApplicationRedirectUris -> the application's property.

source: learn.microsoft.com/graph/api/resources/application; the input's documentation in pulumi_azuread
"""


class Directory:
    """What one tenant holds, read anew at each question."""

    def __init__(self, cloud: Cloud, rows: Rows, tenant: str) -> None:
        self._cloud = cloud
        self._rows = rows
        self._tenant = tenant

    def service_principals(self) -> list[Json]:
        """Return the service principals.

        source: learn.microsoft.com/graph/api/resources/serviceprincipal
        """
        return [
            {
                "id": known["objectId"],
                "appId": known["clientId"],
                "displayName": known.get("displayName"),
                "appDisplayName": known.get("displayName"),
                "accountEnabled": known.get("accountEnabled", True),
                "appOwnerOrganizationId": known.get("applicationTenantId"),
                "appRoleAssignmentRequired": known.get("appRoleAssignmentRequired", False),
                "appRoles": [
                    {"id": id_, "value": value, "isEnabled": True}
                    for value, id_ in _map(known, "appRoleIds").items()
                ],
                "notes": known.get("notes"),
                "oauth2PermissionScopes": [
                    {"id": id_, "value": value, "isEnabled": True}
                    for value, id_ in _map(known, "oauth2PermissionScopeIds").items()
                ],
                "servicePrincipalType": known.get("type"),
                "signInAudience": known.get("signInAudience"),
                "tags": known.get("tags", []),
            }
            for _, known in self._read(PRINCIPAL)
        ]

    def grants(self) -> list[Json]:
        """Return the grants of delegated permissions.

        source: learn.microsoft.com/graph/api/resources/oauth2permissiongrant; the provider's mapping in
        terraform-provider-azuread service_principal_delegated_permission_grant_resource.go
        """
        return [
            {
                "id": row.id.rpartition("/")[2],
                "clientId": known["servicePrincipalObjectId"],
                "consentType": "Principal" if known.get("userObjectId") else "AllPrincipals",
                "principalId": known.get("userObjectId") or None,
                "resourceId": known["resourceServicePrincipalObjectId"],
                "scope": " ".join(_texts(known.get("claimValues"))),
            }
            for row, known in self._read(GRANT)
        ]

    def assignments(self) -> list[Json]:
        """Return the assignments of people and groups to apps.

        source: learn.microsoft.com/graph/api/resources/approleassignment
        """
        return [
            {
                "id": row.id.rpartition("/")[2],
                "appRoleId": known["appRoleId"],
                "principalId": known["principalObjectId"],
                "principalType": known.get("principalType"),
                "resourceId": known["resourceObjectId"],
            }
            for row, known in self._read(ASSIGNMENT)
        ]

    def applications(self) -> list[Json]:
        """Return the app registrations, those of either of the provider's types.

        source: learn.microsoft.com/graph/api/resources/application
        """
        redirects = [known for _, known in self._read(REDIRECTS)]
        uris = [known for _, known in self._read(IDENTIFIER_URI)]
        found: list[Json] = []
        for token in (REGISTRATION, APPLICATION):
            for row, known in self._read(token):
                own = [item for item in redirects if item.get("applicationId") == row.id]
                platforms: Json = {
                    graph: {
                        "redirectUris": [
                            *_texts(_map(known, _INLINE[graph]).get("redirectUris")),
                            *(
                                uri
                                for item in own
                                if item["type"] == kind
                                for uri in _texts(item["redirectUris"])
                            ),
                        ]
                    }
                    for kind, graph in _PLATFORMS.items()
                }
                found.append(
                    {
                        "id": known["objectId"],
                        "appId": known["clientId"],
                        "displayName": known.get("displayName"),
                        "identifierUris": [
                            *_texts(known.get("identifierUris")),
                            *(
                                str(item["identifierUri"])
                                for item in uris
                                if item.get("applicationId") == row.id
                            ),
                        ],
                        "notes": known.get("notes"),
                        "signInAudience": known.get("signInAudience"),
                        "tags": known.get("tags", []),
                        **platforms,
                    }
                )
        return found

    def _read(self, token: str) -> Iterable[tuple[Resource, Mapping[str, Plain]]]:
        types = load("azuread").types
        if token not in types:
            return
        for row in self._cloud.all(token, self._tenant):
            yield row, plain_map(self._rows.revealed(types[token], row, {}))


_INLINE = {"spa": "singlePageApplication", "publicClient": "publicClient", "web": "web"}
"""The application's property in Graph -> the one of azuread's Application."""


def _map(known: Mapping[str, Plain], name: str) -> Mapping[str, Plain]:
    value = known.get(name)
    return value if isinstance(value, dict) else {}


def _texts(value: Plain) -> list[str]:
    return [str(item) for item in cast("list[Plain]", value)] if isinstance(value, list) else []
