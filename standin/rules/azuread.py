"""Microsoft Entra ID: registrations, service principals, grants and assignments."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from standin.check import Problem
from standin.cloud import Resource
from standin.rules import Subject, check_rule, cloud_rule
from standin.values import Plain

REGISTRATION = "azuread:index/applicationRegistration:ApplicationRegistration"
APPLICATION = "azuread:index/application:Application"
REDIRECTS = "azuread:index/applicationRedirectUris:ApplicationRedirectUris"
IDENTIFIER_URI = "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri"
SCOPE = "azuread:index/applicationPermissionScope:ApplicationPermissionScope"
ACCESS = "azuread:index/applicationApiAccess:ApplicationApiAccess"
ROLE = "azuread:index/applicationAppRole:ApplicationAppRole"
OWNER = "azuread:index/applicationOwner:ApplicationOwner"
PUBLIC_CLIENT = "azuread:index/applicationFallbackPublicClient:ApplicationFallbackPublicClient"
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
GRANT = "azuread:index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant"
ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
GET_PRINCIPAL = "azuread:index/getServicePrincipal:getServicePrincipal"
GET_PRINCIPALS = "azuread:index/getServicePrincipals:getServicePrincipals"

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
FOREIGN_APPS = ("c2995f31-11e7-4882-b7a7-ef9def0a0266",)
"""Multi-tenant apps of others, of which a tenant may make a service principal."""

_TF = "github.com/hashicorp/terraform-provider-azuread internal/services/"
_TRIED = "the real provider's Check over gRPC, pulumi-azuread 6.x, 2026-11"
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_APPLICATION_ID = re.compile(r"/applications/[^/]+")
_CLAIM = re.compile(r"[A-Za-z0-9:!#$%&'()*+,./;<=>?@\[\]^_{|}~`-]*")
_LONGEST_CLAIM = 249

Inputs = Mapping[str, Plain]


@check_rule(
    APPLICATION, source=_TRIED + "; " + _TF + "applications/application_resource.go (IsRedirectUriFunc)"
)
def single_page_redirects(inputs: Inputs) -> Iterator[Problem]:
    """Refuse a redirect URI without a path, as the broker's is: it goes through ApplicationRedirectUris."""
    page = inputs.get("singlePageApplication")
    uris = page.get("redirectUris") if isinstance(page, dict) else None
    for at, uri in enumerate(uris if isinstance(uris, list) else []):
        if isinstance(uri, str) and not urlsplit(uri).path and not uri.startswith("urn:"):
            yield Problem(
                f"singlePageApplication.redirectUris[{at}]",
                "URI must have a trailing slash when there is no path segment",
            )


@check_rule(REDIRECTS, source=_TRIED + "; " + _TF + "applications/application_redirect_uris_resource.go")
def redirects(inputs: Inputs) -> Iterator[Problem]:
    """Refuse another platform, and a URI without a host; a path it need not have."""
    yield from _application_id(inputs)
    platform = inputs.get("type")
    if isinstance(platform, str) and platform not in ("PublicClient", "SPA", "Web"):
        allowed = '["PublicClient" "SPA" "Web"]'
        yield Problem("type", f"expected type to be one of {allowed}, got {platform}")
    uris = inputs.get("redirectUris")
    for at, uri in enumerate(uris if isinstance(uris, list) else []):
        if not isinstance(uri, str) or re.match(r"urn:[^:]*:", uri):
            continue
        if not uri:
            yield Problem(f"redirectUris[{at}]", 'URI must not be empty for "redirect_uris"')
        elif not urlsplit(uri).netloc:
            yield Problem(f"redirectUris[{at}]", f'URI has no host for "redirect_uris": {uri}')


@check_rule(REGISTRATION, source=_TF + "applications/application_registration_resource.go")
def registration(inputs: Inputs) -> Iterator[Problem]:
    """Refuse an empty name, another token version and another audience."""
    yield from _filled(inputs, "displayName", "notes")
    version = inputs.get("requestedAccessTokenVersion")
    if isinstance(version, int) and version not in (1, 2):
        yield Problem(
            "requestedAccessTokenVersion", 'value for "requested_access_token_version" must be one of: 1, 2'
        )
    audiences = (
        *("AzureADMyOrg", "AzureADMultipleOrgs"),
        *("AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"),
    )
    if (given := inputs.get("signInAudience")) is not None and given not in audiences:
        yield Problem(
            "signInAudience", f"expected sign_in_audience to be one of {list(audiences)}, got {given}"
        )


@check_rule(SCOPE, source=_TF + "applications/application_permission_scope_resource.go, validate/tokens.go")
def permission_scope(inputs: Inputs) -> Iterator[Problem]:
    """Refuse ids, claim values, types and empty texts."""
    yield from _application_id(inputs)
    yield from _uuids(inputs, "scopeId")
    yield from _claim(inputs)
    yield from _filled(inputs, "adminConsentDescription", "adminConsentDisplayName")
    if (given := inputs.get("type")) is not None and given not in ("Admin", "User"):
        yield Problem("type", f'expected type to be one of ["Admin" "User"], got {given}')


@check_rule(ROLE, source=_TF + "applications/application_app_role_resource.go, validate/tokens.go")
def app_role(inputs: Inputs) -> Iterator[Problem]:
    """Refuse ids, claim values, member types and empty texts."""
    yield from _application_id(inputs)
    yield from _uuids(inputs, "roleId")
    yield from _claim(inputs)
    yield from _filled(inputs, "description", "displayName")
    members = inputs.get("allowedMemberTypes")
    for member in members if isinstance(members, list) else []:
        if member not in ("Application", "User"):
            problem = f'expected allowed_member_types to be one of ["User" "Application"], got {member}'
            yield Problem("allowedMemberTypes", problem)


@check_rule(ACCESS, source=_TF + "applications/application_api_access_resource.go")
def api_access(inputs: Inputs) -> Iterator[Problem]:
    """Refuse ids, and access to nothing."""
    yield from _application_id(inputs)
    yield from _uuids(inputs, "apiClientId", "roleIds", "scopeIds")
    if not inputs.get("roleIds") and inputs.get("scopeIds") == []:
        yield Problem("scopeIds", "one of `role_ids,scope_ids` must be specified")


@check_rule(OWNER, source=_TF + "applications/application_owner_resource.go")
def owner(inputs: Inputs) -> Iterator[Problem]:
    """Refuse ids."""
    yield from _application_id(inputs)
    yield from _uuids(inputs, "ownerObjectId")


@check_rule(PUBLIC_CLIENT, source=_TF + "applications/application_fallback_public_client_resource.go")
def public_client(inputs: Inputs) -> Iterator[Problem]:
    """Refuse an id that is none."""
    yield from _application_id(inputs)


@check_rule(PRINCIPAL, source=_TRIED)
def principal(inputs: Inputs) -> Iterator[Problem]:
    """Refuse a client id, or owners, that are no GUIDs."""
    yield from _uuids(inputs, "clientId", "owners")


@check_rule(GRANT, source=_TF + "serviceprincipals/service_principal_delegated_permission_grant_resource.go")
def grant(inputs: Inputs) -> Iterator[Problem]:
    """Refuse ids, and a grant of nothing."""
    yield from _uuids(inputs, "servicePrincipalObjectId", "resourceServicePrincipalObjectId", "userObjectId")
    if inputs.get("claimValues") == []:
        yield Problem(
            "claimValues", "Attribute claim_values requires 1 item minimum, but config has only 0 declared."
        )


@check_rule(ASSIGNMENT, source=_TF + "approleassignments/app_role_assignment_resource.go")
def assignment(inputs: Inputs) -> Iterator[Problem]:
    """Refuse ids."""
    yield from _uuids(inputs, "appRoleId", "principalObjectId", "resourceObjectId")


@check_rule(GET_PRINCIPAL, source=_TF + "serviceprincipals/service_principal_data_source.go (ExactlyOneOf)")
def one_way_to_find(inputs: Inputs) -> Iterator[Problem]:
    """Refuse none or several of the ways to find a service principal."""
    names = ("clientId", "displayName", "objectId")
    if sum(1 for name in names if inputs.get(name)) != 1:
        yield Problem("clientId", "one of `client_id,display_name,object_id` must be specified, and only one")
    yield from _uuids(inputs, "clientId", "objectId")


@check_rule(
    GET_PRINCIPALS,
    source=_TF + "serviceprincipals/service_principals_data_source.go (ExactlyOneOf, ConflictsWith)",
)
def one_way_to_list(inputs: Inputs) -> Iterator[Problem]:
    """Refuse none or several of the ways to list service principals."""
    ways = ("clientIds", "displayNames", "objectIds", "returnAll")
    if sum(1 for name in ways if inputs.get(name)) != 1:
        yield Problem(
            "clientIds",
            "one of `client_ids,display_names,object_ids,return_all` must be specified, and only one",
        )
    yield from _uuids(inputs, "clientIds", "objectIds")


def _of_an_application(subject: Subject) -> Resource:
    id_ = subject.text("applicationId")
    row = subject.cloud.get(REGISTRATION, subject.place, id_) or subject.cloud.get(
        APPLICATION, subject.place, id_
    )
    if row is None:
        raise subject.refusal("ApplicationNotFound", applicationId=id_.rpartition("/")[2])
    return row


_PARTS = (
    (REDIRECTS, "azuread_application_redirect_uris"),
    (IDENTIFIER_URI, "azuread_application_identifier_uri"),
    (SCOPE, "azuread_application_permission_scope"),
    (ACCESS, "azuread_application_api_access"),
    (ROLE, "azuread_application_app_role"),
    (OWNER, "azuread_application_owner"),
    (PUBLIC_CLIENT, ""),
)


def _part_rule(token: str, resource: str) -> None:
    @cloud_rule(
        token, "create", source=_TF + "applications/ (Create of each part: Get, then ResourceRequiresImport)"
    )
    def part_of_an_application(subject: Subject) -> None:
        """Refuse a part of an application that is not there, and one that the application has already."""
        _of_an_application(subject)
        if resource and subject.cloud.taken(token, subject.place, subject.unique_key):
            raise subject.refusal("RequiresImport", resource=resource)


for _token, _resource in _PARTS:
    _part_rule(_token, _resource)


@cloud_rule(
    IDENTIFIER_URI,
    "create",
    source="https://learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions",
)
def identifier_uri_of_the_app(subject: Subject) -> None:
    """Refuse api://<GUID> of another app; what else a tenant's policy allows is not judged."""
    uri = subject.text("identifierUri")
    guid = uri.removeprefix("api://")
    if uri.startswith("api://") and _UUID.fullmatch(guid):
        mine = str(_of_an_application(subject).properties.get("clientId"))
        if guid.lower() not in (mine.lower(), str(subject.scope.get("tenant")).lower()):
            raise subject.refusal("UriNotOwned")


@cloud_rule(PRINCIPAL, "create", source=_TF + "serviceprincipals/service_principal_resource.go (Create)")
def principal_of_an_app(subject: Subject) -> None:
    """Refuse a second service principal of one app, unless it is adopted, and one of an app that there is not."""
    for row in subject.cloud.starting(PRINCIPAL, subject.place, "/servicePrincipals/"):
        if str(row.properties.get("clientId")).lower() == subject.text("clientId").lower():
            if subject.properties.get("useExisting") is True:
                return
            raise subject.refusal("RequiresImport", resource="azuread_service_principal", id=row.id)
    client_id = subject.text("clientId").lower()
    known = {
        str(row.properties.get("clientId")).lower()
        for token in (REGISTRATION, APPLICATION)
        for row in subject.cloud.starting(token, subject.place, "/applications/")
    }
    if client_id not in (*known, *FOREIGN_APPS):
        raise subject.refusal("NoBackingApplication")


@cloud_rule(
    PRINCIPAL,
    "delete",
    source="https://learn.microsoft.com/entra/identity/enterprise-apps/delete-application-portal",
)
def what_goes_with_a_principal(subject: Subject) -> None:
    """Take the grants and the assignments of a service principal away with it."""
    object_id = subject.id.rpartition("/")[2]
    for row in subject.cloud.all(GRANT, subject.place):
        names = ("servicePrincipalObjectId", "resourceServicePrincipalObjectId")
        if object_id in [row.properties.get(name) for name in names]:
            subject.cloud.delete(row)
    for row in subject.cloud.starting(ASSIGNMENT, subject.place, f"{subject.id}/"):
        subject.cloud.delete(row)


@cloud_rule(GRANT, "create", source="https://github.com/hashicorp/terraform-provider-azuread/issues/690")
def one_grant(subject: Subject) -> None:
    """Refuse a second grant of one app for one API, and one between service principals that are not there."""
    for name in ("servicePrincipalObjectId", "resourceServicePrincipalObjectId"):
        if _principal(subject, subject.text(name)) is None:
            raise subject.refusal("GrantOfUnknown", missing=subject.text(name))
    if subject.cloud.taken(GRANT, subject.place, subject.unique_key):
        raise subject.refusal("GrantExists")


@cloud_rule(
    ASSIGNMENT,
    "create",
    source="https://learn.microsoft.com/graph/api/resources/approleassignment (appRoleId)",
)
def assignable_role(subject: Subject) -> None:
    """Refuse a role that the app does not have, default access to one that has roles, and a second assignment."""
    resource = _principal(subject, subject.text("resourceObjectId"))
    if resource is None:
        raise subject.refusal("ResourceNotFound")
    roles = _roles(subject, resource)
    wanted = subject.text("appRoleId").lower()
    if (wanted == DEFAULT_ACCESS and roles) or (wanted != DEFAULT_ACCESS and wanted not in roles):
        raise subject.refusal("RoleNotFound")
    if subject.cloud.taken(ASSIGNMENT, subject.place, subject.unique_key):
        raise subject.refusal("AssignmentExists")


def _principal(subject: Subject, object_id: str) -> Resource | None:
    return subject.cloud.get(PRINCIPAL, subject.place, f"/servicePrincipals/{object_id}")


def _roles(subject: Subject, principal_row: Resource) -> set[str]:
    """Return the ids of the app roles of a service principal's application."""
    client_id = str(principal_row.properties.get("clientId")).lower()
    for token in (REGISTRATION, APPLICATION):
        for row in subject.cloud.starting(token, subject.place, "/applications/"):
            if str(row.properties.get("clientId")).lower() == client_id:
                roles = subject.cloud.starting(ROLE, subject.place, f"{row.id}/appRoles/")
                return {str(role.properties["roleId"]).lower() for role in roles}
    return set()


def _application_id(inputs: Inputs) -> Iterator[Problem]:
    text = inputs.get("applicationId")
    if isinstance(text, str) and not _APPLICATION_ID.fullmatch(text):
        yield Problem(
            "applicationId",
            f'parsing "{text}": parsing the Application ID: the number of segments didn\'t match. Expected a '
            "Application ID that matched (containing 2 segments): /applications/applicationId",
        )


def _uuids(inputs: Inputs, *names: str) -> Iterator[Problem]:
    for name in names:
        value = inputs.get(name)
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not _UUID.fullmatch(text):
                snake = re.sub(r"(?=[A-Z])", "_", name).lower()
                yield Problem(name, f'expected "{snake}" to be a valid UUID, got {text}')


def _claim(inputs: Inputs) -> Iterator[Problem]:
    value = inputs.get("value")
    if not isinstance(value, str):
        return
    if len(value) > _LONGEST_CLAIM:
        yield Problem("value", "Value must be between 0-249 characters in length")
    if value.startswith("."):
        yield Problem("value", "Value must not begin with a period")
    if not _CLAIM.fullmatch(value):
        yield Problem(
            "value",
            "Value must be alphanumeric with these allowed characters: !#$%&'()*+,-./:;<=>?@[]^+_`{|}~",
        )


def _filled(inputs: Inputs, *names: str) -> Iterator[Problem]:
    for name in names:
        if inputs.get(name) == "":
            yield Problem(name, f'expected "{name}" to not be an empty string')
