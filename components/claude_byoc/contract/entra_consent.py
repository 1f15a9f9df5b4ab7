"""How an administrator consents to the apps: links that a person opens, and the id of a grant."""

import base64
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from claude_byoc.contract import entra
from claude_byoc.contract.entra_permissions import ACCESS_SCOPE, SIGN_IN, USES

CONSENT_GIVER = "Cloud Application Administrator, or Privileged Role Administrator"
"""Roles that may consent to delegated permissions of any API for the tenant.
source: https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent"""

DESKTOP_REASON = (
    "people sign in to Claude Desktop with their work account (the page after consent does not load)"
)


@dataclass(frozen=True)
class ConsentLink:
    """A link, who may follow it, and what it is for."""

    who: str
    why: str
    url: str


def consent_links(
    *, cloud: str, tenant_id: str, client_id: str, uses: Collection[str], people_read: bool = False
) -> list[ConsentLink]:
    """Return the links for the app that people sign in to, Anthropic's or the organisation's own.

    An own app declares what it needs, so that one link covers all its uses; Anthropic's takes one for sign-in
    and one for Outlook. Raises ProblemsError for Anthropic's app outside the global cloud, for an unknown
    cloud and for ids that are no GUIDs.
    """
    if not uses:
        return []
    if client_id.lower() != entra.ANTHROPIC_APP_ID:
        url = entra.consent_url(cloud, client_id, tenant_id=tenant_id)
        return [ConsentLink(CONSENT_GIVER, own_app_reason(uses), url)]
    links: list[ConsentLink] = []
    if set(uses) - {"outlook"}:
        links.append(ConsentLink(CONSENT_GIVER, USES["sso"], entra.consent_url(cloud)))
    if "outlook" in uses:
        url = entra.graph_consent_url(cloud, people_read=people_read)
        links.append(ConsentLink(CONSENT_GIVER, USES["outlook"], url))
    return links


def desktop_consent_link(
    *, cloud: str, tenant_id: str, client_id: str, gateway_client_id: str | None = None, foundry: bool = False
) -> ConsentLink:
    """Return the link for the registration of Claude Desktop: sign-in, and the one API that it calls.

    `gateway_client_id` is the app whose exposed scope it asks for (access-token mode), `foundry` stands for
    Azure Cognitive Services. Errors as of `consent_links`.
    """
    scopes = [*SIGN_IN, "email"]
    if gateway_client_id is not None:
        scopes.append(access_scope(gateway_client_id))
    if foundry:
        scopes.append(f"{entra.cloud_of(cloud).cognitive_services}/user_impersonation")
    url = entra.scope_consent_url(
        cloud, client_id, scopes, tenant_id=tenant_id, redirect_uri=entra.DESKTOP_REDIRECT
    )
    return ConsentLink(CONSENT_GIVER, DESKTOP_REASON, url)


def own_app_reason(uses: Collection[str]) -> str:
    """Return what the organisation's own app needs consent for."""
    return "; ".join(USES[use] for use in USES if use == "sso" or use in uses)


def access_scope(client_id: str) -> str:
    """Return the scope of the API that the own app exposes, as clients ask for it."""
    return f"api://{client_id}/{ACCESS_SCOPE}"


def audiences(client_id: str) -> list[str]:
    """Return the `aud` values of tokens for the exposed API: v2.0 tokens carry the GUID, documents say the URI."""
    return [client_id, f"api://{client_id}"]


def grant_id(client_object_id: str, resource_object_id: str) -> str:
    """Return the id of the tenant-wide grant between two service principals, by their object ids.

    base64url of both GUIDs' bytes as Windows orders them; not documented, so it only cross-checks what Graph
    says. source: ids in https://github.com/Azure/azure-cli/issues/20974 and in Graph's example of a grant
    """
    parts = (uuid.UUID(one).bytes_le for one in (client_object_id, resource_object_id))
    return base64.urlsafe_b64encode(b"".join(parts)).decode().rstrip("=")
