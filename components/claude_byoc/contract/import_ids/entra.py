"""How what the Entra part declares is named for `pulumi import`: the parts of a registration, by its own id.

A registration and its service principal get their ids from Entra, and so do grants and assignments; no input tells
them. The program itself stops where it finds a registration or a grant that exists.
"""

from claude_byoc.contract.import_ids.base import ImportId

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
)
"""`applicationId` is the registration's id, `/applications/<object id>`."""
