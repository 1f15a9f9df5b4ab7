"""Credentials for Microsoft Graph from the environment, by the names that the azuread provider and Azure's SDKs use.

source: https://www.pulumi.com/registry/packages/azuread/installation-configuration (ARM_*),
https://learn.microsoft.com/python/api/overview/azure/identity-readme (AZURE_*)
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
from azure import identity
from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError

from claude_byoc.entra.graph import GraphUnreadableError

_TIMEOUT = 30
"""Seconds for the answer of a pipeline's token endpoint."""


def token(graph_host: str, authority_host: str, tenant_id: str | None, environ: Mapping[str, str]) -> str:
    """Return a bearer token for `graph_host`; GraphUnreadableError where there are no credentials for it."""
    try:
        return (
            credential(authority_host, tenant_id, environ).get_token(f"https://{graph_host}/.default").token
        )
    except (AzureError, OSError, ValueError) as error:
        first = str(error).partition("\n")[0][:200]
        raise GraphUnreadableError(f"no token for {graph_host}: {first}") from None


def credential(authority_host: str, tenant_id: str | None, environ: Mapping[str, str]) -> TokenCredential:
    """Return the first of: client secret, client certificate, OIDC token, managed identity, Azure CLI."""
    tenant = tenant_id or _first(environ, "ARM_TENANT_ID", "AZURE_TENANT_ID")
    client = _first(environ, "ARM_CLIENT_ID", "AZURE_CLIENT_ID")
    who: dict[str, Any] = {"tenant_id": tenant, "client_id": client, "authority": authority_host}
    if tenant and client:
        if secret := _first(environ, "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"):
            return identity.ClientSecretCredential(client_secret=secret, **who)
        if path := _first(environ, "ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH"):
            password = _first(environ, "ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD")
            return identity.CertificateCredential(certificate_path=path, password=password, **who)
        if (func := assertion(environ)) is not None:
            return identity.ClientAssertionCredential(func=func, **who)
    if environ.get("ARM_USE_MSI", "").lower() == "true" or "IDENTITY_ENDPOINT" in environ:
        return identity.ManagedIdentityCredential(client_id=client)
    return identity.AzureCliCredential(tenant_id=tenant or "")


def _first(environ: Mapping[str, str], *names: str) -> str | None:
    return next((environ[name] for name in names if environ.get(name)), None)


def assertion(environ: Mapping[str, str]) -> Callable[[], str] | None:
    """Return what gives the pipeline's OIDC token, given, in a file or asked for; None where there is none."""
    if given := environ.get("ARM_OIDC_TOKEN"):
        return lambda: given
    if path := _first(environ, "ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE"):
        return lambda: Path(path).read_text("utf-8").strip()
    url = _first(environ, "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL")
    bearer = _first(environ, "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if url and bearer:
        return lambda: _requested(url, bearer)
    return None


def _requested(url: str, bearer: str) -> str:
    # source: docs.github.com/actions, "About security hardening with OpenID Connect" (audience of Azure logins)
    try:
        answer = httpx.get(
            url,
            params={**httpx.URL(url).params, "audience": "api://AzureADTokenExchange"},
            headers={"Authorization": f"Bearer {bearer}"},
            timeout=_TIMEOUT,
        )
        return str(answer.raise_for_status().json()["value"])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise ValueError(f"the pipeline's token endpoint gave none ({type(error).__name__})") from None
