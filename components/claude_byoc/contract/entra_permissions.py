"""The delegated permissions that the apps ask for, by use; and who needs which permission in the directory."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

GRAPH = "graph"
COGNITIVE_SERVICES = "cognitiveServices"
GATEWAY = "gateway"

RESOURCE_APP_IDS: Mapping[str, str] = MappingProxyType(
    {
        GRAPH: "00000003-0000-0000-c000-000000000000",
        COGNITIVE_SERVICES: "7d312290-28c8-473c-a0ed-8e53749b6d6d",
    }
)
"""Microsoft's APIs by our word for them -> application id, the same in every tenant."""

RESOURCE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        GRAPH: "Microsoft Graph",
        COGNITIVE_SERVICES: "Azure Cognitive Services",
        GATEWAY: "the organisation's own app (gateway)",
    }
)
"""An API, our own among them, -> how people call it."""

REFERENCE_IDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        GRAPH: MappingProxyType(
            {
                "Mail.ReadWrite": "024d486e-b451-40bb-833d-3e66d98c5c73",
                "Calendars.Read": "465a38f9-76ea-45b9-9f34-9e8b0d4b0b42",
                "People.Read": "ba47897c-39ec-4d83-8086-ee8256fa737d",
                "User.Read": "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
                "offline_access": "7427e0e9-2fba-42fe-b0c0-848c9e6a8182",
                "openid": "37f7f235-527c-4136-accd-4a02d197296e",
                "profile": "14dad69e-099b-42c9-810b-d002981feec1",
                "email": "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0",
            }
        ),
        COGNITIVE_SERVICES: MappingProxyType({"user_impersonation": "5f1e8914-a52b-429f-9324-91b92b81adaf"}),
    }
)
"""API -> delegated permission -> id, as the global cloud publishes them.
source: https://learn.microsoft.com/graph/permissions-reference; Cognitive Services: oauth2PermissionScopes of
its service principal, as several public tools carry them."""

ACCESS_SCOPE = "access_as_user"
"""Scope of the API that the organisation's own app exposes for the gateway."""

SIGN_IN = ("openid", "profile", "offline_access")
"""What any sign-in asks for. They reach no data, but a tenant that forbids user consent must grant them too.
source: https://learn.microsoft.com/entra/identity-platform/scopes-oidc#openid-connect-scopes"""

OUTLOOK = ("Mail.ReadWrite", "Calendars.Read", "User.Read", "offline_access")
PEOPLE = "People.Read"

USES: Mapping[str, str] = MappingProxyType(
    {
        "sso": "people sign in with their work account",
        "outlook": "Claude in Outlook reads and drafts mail and reads the calendar",
        "foundry": "people's own tokens reach Microsoft Foundry, without a key",
        "gateway": "people's own tokens reach the gateway",
    }
)
"""What an app is for -> why, for a reviewer. `sso` is part of every other."""


@dataclass(frozen=True)
class Permission:
    """A delegated permission: `scope` of the API `resource` (a key of RESOURCE_NAMES), and what it is for."""

    resource: str
    scope: str
    why: str


def permissions_of(uses: Collection[str], *, people_read: bool = False) -> list[Permission]:
    """Return the delegated permissions that an app with these uses asks for, each once; unknown uses ask for none."""
    found = [Permission(GRAPH, scope, USES["sso"]) for scope in SIGN_IN] if uses else []
    if "outlook" in uses:
        extra = [PEOPLE] if people_read else []
        found += [Permission(GRAPH, scope, USES["outlook"]) for scope in (*OUTLOOK, *extra)]
    if "foundry" in uses:
        found.append(Permission(COGNITIVE_SERVICES, "user_impersonation", USES["foundry"]))
    if "gateway" in uses:
        found.append(Permission(GATEWAY, ACCESS_SCOPE, USES["gateway"]))
    once: dict[tuple[str, str], Permission] = {}
    for one in found:
        once.setdefault((one.resource, one.scope), one)
    return list(once.values())


def reaches_data(permissions: Collection[Permission]) -> bool:
    """Tell whether any of them reaches people's data in Microsoft Graph, rather than sign-in alone."""
    return any(one.resource == GRAPH and one.scope not in (*SIGN_IN, "email") for one in permissions)


@dataclass(frozen=True)
class LeastPermission:
    """What one person or identity needs in the directory at the least.

    `application` are Microsoft Graph application permissions of an app-only identity (a pipeline), `delegated`
    those of a tool that a person uses, `roles` Entra roles of a person.
    """

    who: str
    does: str
    application: tuple[str, ...]
    delegated: tuple[str, ...]
    roles: tuple[str, ...]
    source: str


_PROVIDER = "API permissions of each resource in the documentation of pulumi-azuread 6.11"
_GRAPH_DOCS = "https://learn.microsoft.com/graph/api"

LEAST_PERMISSIONS: tuple[LeastPermission, ...] = (
    LeastPermission(
        "Entra administrator (tenant stack)",
        "registers the apps; assigns groups to them where settings name groups",
        (
            "Application.ReadWrite.OwnedBy",
            "Application.Read.All",
            "AppRoleAssignment.ReadWrite.All (groups only)",
        ),
        ("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All (groups only)"),
        ("Application Administrator",),
        _PROVIDER,
    ),
    LeastPermission(
        "Consent giver (links)",
        "opens the consent links in a browser",
        (),
        (),
        ("Cloud Application Administrator", "or Privileged Role Administrator"),
        "https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent",
    ),
    LeastPermission(
        "Consent giver (`consent: code`)",
        "declares the grants in the tenant stack, beside what its administrator needs",
        ("DelegatedPermissionGrant.ReadWrite.All",),
        ("DelegatedPermissionGrant.ReadWrite.All",),
        ("Privileged Role Administrator", "or Cloud Application Administrator"),
        f"{_GRAPH_DOCS}/oauth2permissiongrant-post",
    ),
    LeastPermission(
        "Administrator of assignment on Anthropic's app (`anthropicApp.existingServicePrincipalId`)",
        "requires assignment on an app that the tenant stack did not make, and assigns groups",
        ("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"),
        ("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"),
        ("Application Administrator",),
        _PROVIDER,
    ),
    LeastPermission(
        "Deploy identity of every other stack",
        "takes `entra.clientId` by value or `entra.fromStack`",
        (),
        (),
        (),
        "no resource of the directory is declared there",
    ),
    LeastPermission(
        "Reader of the consent check",
        "reads grants and service principals",
        ("Directory.Read.All",),
        ("Directory.Read.All",),
        ("Directory Readers",),
        f"{_GRAPH_DOCS}/serviceprincipal-list-oauth2permissiongrants",
    ),
    LeastPermission(
        "User administrator",
        "writes people's extension attributes",
        ("User.ReadWrite.All",),
        ("User.ReadWrite.All",),
        ("User Administrator",),
        f"{_GRAPH_DOCS}/user-update",
    ),
    LeastPermission(
        "Owner of an assigned group",
        "decides who is in it",
        (),
        (),
        ("none: ownership of the group",),
        "https://learn.microsoft.com/entra/fundamentals/users-default-permissions",
    ),
)
"""Separation of duties: nobody but the first four touches an app, and the deploy identities touch nothing."""


def least_permissions_markdown() -> str:
    """Return LEAST_PERMISSIONS as a Markdown table."""
    head = "| Who | Does | Graph, application | Graph, delegated | Entra role | Source |\n|---|---|---|---|---|---|"
    rows = [
        f"| {row.who} | {row.does} | {_cell(row.application)} | {_cell(row.delegated)} | {_cell(row.roles)} | "
        f"{row.source} |"
        for row in LEAST_PERMISSIONS
    ]
    return "\n".join([head, *rows]) + "\n"


def _cell(names: tuple[str, ...]) -> str:
    return "<br>".join(names) or "none"
