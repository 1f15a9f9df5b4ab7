"""Microsoft Entra ID: the clouds, issuers, Anthropic's app and admin consent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from claude_byoc.contract.problems import Problem, ProblemsError

ANTHROPIC_APP_ID = "c2995f31-11e7-4882-b7a7-ef9def0a0266"
"""Application id of the multi-tenant app "Claude for Office" (publisher Anthropic, PBC), global cloud only.
source: https://claude.com/docs/office-agents/third-party-platforms"""

ADDIN_ORIGIN = "https://pivot.claude.ai"
CONSENT_REDIRECT = f"{ADDIN_ORIGIN}/auth/callback"
OWN_APP_REDIRECTS: tuple[str, ...] = ("brk-multihub://pivot.claude.ai", f"{ADDIN_ORIGIN}/msal-redirect.html")
"""Redirect URIs of the SPA platform that an app of your own needs; the first has no trailing slash."""

DESKTOP_REDIRECT = "http://127.0.0.1/callback"
"""Where Claude Desktop receives its sign-in; Entra ignores the port, not the path or the word localhost."""

GUID_PATTERN = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
"""A GUID in the bare form that Entra and the add-in manifest show; the whole value must match."""


@dataclass(frozen=True)
class EntraCloud:
    """A Microsoft cloud: `authority_host` issues tokens, `graph_host` serves Microsoft Graph."""

    name: str
    authority_host: str
    graph_host: str
    portal: str
    provider_environment: str
    """`environment` of the azuread provider."""
    cognitive_services: str
    """Application ID URI of Azure Cognitive Services, by which tokens for Foundry are asked for."""


CLOUDS: Mapping[str, EntraCloud] = MappingProxyType(
    {
        cloud.name: cloud
        for cloud in (
            EntraCloud(
                "global",
                "login.microsoftonline.com",
                "graph.microsoft.com",
                "https://entra.microsoft.com",
                "global",
                "https://cognitiveservices.azure.com",
            ),
            EntraCloud(
                "us-gov-high",
                "login.microsoftonline.us",
                "graph.microsoft.us",
                "https://entra.microsoft.us",
                "usgovernmentl4",
                "https://cognitiveservices.azure.us",
            ),
            EntraCloud(
                "us-gov-dod",
                "login.microsoftonline.us",
                "dod-graph.microsoft.us",
                "https://entra.microsoft.us",
                "usgovernmentl5",
                "https://cognitiveservices.azure.us",
            ),
            EntraCloud(
                "china",
                "login.partner.microsoftonline.cn",
                "microsoftgraph.chinacloudapi.cn",
                "https://portal.azure.cn",
                "china",
                "https://cognitiveservices.azure.cn",
            ),
        )
    }
)
"""By the value of `graph_cloud`.
source: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud,
https://learn.microsoft.com/graph/deployments, https://docs.azure.cn (China's authority); pulumi_azuread
ProviderArgs.environment; release notes of @azure-rest/ai-document-intelligence 1.1.0 (Cognitive Services)."""


def check_guid(key: str, value: str) -> list[Problem]:
    """Return a problem unless `value` is a GUID in the form Entra shows (8-4-4-4-12)."""
    if re.fullmatch(GUID_PATTERN, value):
        return []
    return [
        Problem(
            key,
            "is not a GUID",
            "8-4-4-4-12 hexadecimal digits",
            "copy it from the Entra admin center (Overview)",
        )
    ]


def broker_redirects(client_id: str) -> list[str]:
    """Return the redirect URIs of a sign-in through the operating system's broker (Windows, macOS).

    source: documentation of Claude Desktop on third-party platforms, gateway sign-in with Microsoft Entra ID.
    """
    return [
        f"ms-appx-web://Microsoft.AAD.BrokerPlugin/{client_id}",
        "msauth.com.anthropic.claudefordesktop://auth",
    ]


def cloud_of(name: str) -> EntraCloud:
    """Return the cloud; raise ProblemsError for a name that is none."""
    if name not in CLOUDS:
        wrong = "is not a Microsoft cloud known here"
        raise ProblemsError([Problem("graph_cloud", wrong, ", ".join(CLOUDS), "choose one of them")])
    return CLOUDS[name]


def issuer(cloud: str, tenant_id: str) -> str:
    """Return the issuer (`iss`) of the tenant's v2.0 tokens, a URL without a trailing slash.

    Raises ProblemsError for an unknown cloud or a tenant id that is no GUID.
    """
    host = cloud_of(cloud).authority_host
    if problems := check_guid("tenant_id", tenant_id):
        raise ProblemsError(problems)
    # Tokens carry the id in lower case, and AWS compares issuers letter by letter.
    return f"https://{host}/{tenant_id.lower()}/v2.0"


def issuer_key(cloud: str, tenant_id: str) -> str:
    """Return the issuer without its scheme: `<issuer_key>:aud` is the condition key in AWS policies."""
    return issuer(cloud, tenant_id).removeprefix("https://")


def cognitive_services_scope(cloud: str) -> str:
    """Return the scope of an access token for Foundry: what was consented to for Azure Cognitive Services.

    source: https://claude.com/docs/office-agents/third-party-platforms (global); other clouds as CLOUDS.
    """
    return f"{cloud_of(cloud).cognitive_services}/.default"


def consent_url(
    cloud: str,
    client_id: str = ANTHROPIC_APP_ID,
    *,
    tenant_id: str = "organizations",
    redirect_uri: str | None = None,
) -> str:
    """Return the page on which an administrator consents to the app for the whole tenant.

    `redirect_uri` must be registered at the app; by default the one that Anthropic's app has, or the
    https one that an app of your own has (OWN_APP_REDIRECTS). A single-tenant app needs its `tenant_id`.
    Raises ProblemsError for Anthropic's app outside the global cloud.
    """
    host, redirect = _consent(cloud, client_id, tenant_id, redirect_uri)
    return f"https://{host}/{tenant_id}/adminconsent?client_id={client_id}&redirect_uri={redirect}"


def graph_scopes(cloud: str, *, people_read: bool = False) -> list[str]:
    """Return the delegated scopes of the add-in in Outlook, as the cloud's Microsoft Graph spells them.

    `people_read` adds People.Read, which the install plugin asks for and the newer documentation does not.
    source: https://claude.com/docs/office-agents (Outlook consent), entra-app page of
    claude-for-msft-365-install.
    """
    names = ["Mail.ReadWrite", "Calendars.Read", *(["People.Read"] if people_read else []), "User.Read"]
    return [*(f"https://{cloud_of(cloud).graph_host}/{name}" for name in names), "offline_access"]


def graph_consent_url(
    cloud: str = "global",
    client_id: str = ANTHROPIC_APP_ID,
    *,
    tenant_id: str = "organizations",
    redirect_uri: str | None = None,
    people_read: bool = False,
) -> str:
    """Return the page on which an administrator consents to the Graph scopes that Outlook needs.

    Arguments and errors as of `consent_url`, `people_read` as of `graph_scopes`.
    """
    scopes = graph_scopes(cloud, people_read=people_read)
    redirect = redirect_uri or _redirect(client_id)
    return scope_consent_url(cloud, client_id, scopes, tenant_id=tenant_id, redirect_uri=redirect)


def scope_consent_url(
    cloud: str, client_id: str, scopes: Sequence[str], *, tenant_id: str, redirect_uri: str
) -> str:
    """Return the page of consent to exactly `scopes`, of one resource and of sign-in.

    Errors as of `consent_url`. source: https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
    """
    host, redirect = _consent(cloud, client_id, tenant_id, redirect_uri)
    query = f"client_id={client_id}&scope={'%20'.join(scopes)}&redirect_uri={redirect}"
    return f"https://{host}/{tenant_id}/v2.0/adminconsent?{query}"


def _consent(cloud: str, client_id: str, tenant_id: str, redirect_uri: str | None) -> tuple[str, str]:
    """Return the authority's host and the encoded redirect URI; raise ProblemsError with all problems."""
    host = cloud_of(cloud).authority_host
    problems = check_guid("client_id", client_id)
    if client_id.lower() == ANTHROPIC_APP_ID and cloud != "global":
        problems.append(
            Problem(
                "client_id",
                f"is Anthropic's app, which does not exist in the cloud {cloud}",
                "an app of your own outside the global cloud",
                "register one and give its id as graph_client_id",
            )
        )
    if tenant_id != "organizations":
        problems += check_guid("tenant_id", tenant_id)
    if problems:
        raise ProblemsError(problems)
    return host, quote(redirect_uri or _redirect(client_id), safe=":/")


def _redirect(client_id: str) -> str:
    return CONSENT_REDIRECT if client_id.lower() == ANTHROPIC_APP_ID else OWN_APP_REDIRECTS[1]
