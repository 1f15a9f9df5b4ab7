"""How what the Entra part declares is named for `pulumi import`.

The parts of a registration are named by its own id. A registration and its service principal get their ids from
Entra, and so do grants and assignments: no input tells them, Microsoft Graph does.
"""

import base64

from claude_byoc.contract.import_ids.base import AskedId, ImportId

_REGISTRY = "https://www.pulumi.com/registry/packages/azuread/api-docs"


def _part(token: str, form: str, *inputs: str) -> ImportId:
    name = token.rpartition(":")[2].lower()
    return ImportId(
        token,
        inputs,
        form,
        lambda given, _place: form.format(**given),
        f"{_REGISTRY}/{name}/#import",
    )


RULES: tuple[ImportId, ...] = (
    _part(
        "azuread:index/applicationRedirectUris:ApplicationRedirectUris",
        "{applicationId}/redirectUris/{type}",
        "applicationId",
        "type",
    ),
    _part(
        "azuread:index/applicationPermissionScope:ApplicationPermissionScope",
        "{applicationId}/permissionScopes/{scopeId}",
        "applicationId",
        "scopeId",
    ),
    _part(
        "azuread:index/applicationApiAccess:ApplicationApiAccess",
        "{applicationId}/apiAccess/{apiClientId}",
        "applicationId",
        "apiClientId",
    ),
    _part(
        "azuread:index/applicationAppRole:ApplicationAppRole",
        "{applicationId}/appRoles/{roleId}",
        "applicationId",
        "roleId",
    ),
    _part(
        "azuread:index/applicationOwner:ApplicationOwner",
        "{applicationId}/owners/{ownerObjectId}",
        "applicationId",
        "ownerObjectId",
    ),
    _part(
        "azuread:index/applicationFallbackPublicClient:ApplicationFallbackPublicClient",
        "{applicationId}/fallbackPublicClient",
        "applicationId",
    ),
    ImportId(
        "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri",
        ("applicationId", "identifierUri"),
        "{applicationId}/identifierUris/{identifierUri in base64}",
        lambda given, _place: (
            f"{given['applicationId']}/identifierUris/{base64.b64encode(given['identifierUri'].encode()).decode()}"
        ),
        f"{_REGISTRY}/applicationidentifieruri/#import",
    ),
)
"""`applicationId` is the registration's id, `/applications/<object id>`."""

REGISTRATION = "azuread:index/applicationRegistration:ApplicationRegistration"
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
GRANT = "azuread:index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant"

ASKED: tuple[AskedId, ...] = (
    AskedId(
        REGISTRATION,
        ("displayName", "notes"),
        "/applications/{object id}",
        f"{_REGISTRY}/applicationregistration/#import",
    ),
    AskedId(
        PRINCIPAL,
        ("clientId",),
        "/servicePrincipals/{object id}",
        # The documented example is a bare id; the provider has migrated its ids since.
        "github.com/hashicorp/terraform-provider-azuread migrations/service_principal_resource.go",
    ),
    AskedId(
        ASSIGNMENT,
        ("appRoleId", "principalObjectId", "resourceObjectId"),
        "/servicePrincipals/{resourceObjectId}/appRoleAssignedTo/{id}",
        f"{_REGISTRY}/approleassignment/#import",
    ),
    # An administrator who follows a consent link makes the same grant.
    AskedId(
        GRANT,
        ("servicePrincipalObjectId", "resourceServicePrincipalObjectId"),
        "/oauth2PermissionGrants/{id}",
        f"{_REGISTRY}/serviceprincipaldelegatedpermissiongrant/#import",
        anyones=True,
    ),
)
