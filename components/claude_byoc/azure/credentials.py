"""The credential of the Azure provider, found as it finds its own: its configuration, its environment variables, CLI.

source: github.com/pulumi/pulumi-azure-native provider/pkg/provider/auth_azidentity.go (readAuthConfig: the names, and
`true` as the only yes; newSingleMethodAuthCredential: the order); ARM_OIDC_REQUEST_*: its Installation & Configuration
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from claude_byoc.contract.problems import Problem

_NAMES: Mapping[str, tuple[str, ...]] = {
    "clientId": ("ARM_CLIENT_ID",),
    "clientSecret": ("ARM_CLIENT_SECRET",),
    "clientCertificatePath": ("ARM_CLIENT_CERTIFICATE_PATH",),
    "clientCertificatePassword": ("ARM_CLIENT_CERTIFICATE_PASSWORD",),
    "tenantId": ("ARM_TENANT_ID",),
    "useOidc": ("ARM_USE_OIDC",),
    "oidcAudience": ("ARM_OIDC_AUDIENCE",),
    "oidcToken": ("ARM_OIDC_TOKEN",),
    "oidcTokenFilePath": ("ARM_OIDC_TOKEN_FILE_PATH",),
    "oidcRequestUrl": ("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"),
    "oidcRequestToken": ("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
    "useMsi": ("ARM_USE_MSI",),
    "useDefaultAzureCredential": ("ARM_USE_DEFAULT_AZURE_CREDENTIAL",),
}
_AUDIENCE = "api://AzureADTokenExchange"
_AUTHORITIES: Mapping[str, str] = {
    "https://management.usgovcloudapi.net": "login.microsoftonline.us",
    "https://management.chinacloudapi.cn": "login.chinacloudapi.cn",
}
"""Address of Azure Resource Manager -> who signs in there; elsewhere login.microsoftonline.com.
source: azure.identity.AzureAuthorityHosts"""


def settings(config: Callable[[str], object], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what the Azure provider would use; `config` reads a key such as `azure-native:clientId`."""
    found: dict[str, str] = {}
    for name, variables in _NAMES.items():
        given = [config(f"azure-native:{name}"), *(environment.get(variable) for variable in variables)]
        value = next((one for one in given if one), None)
        if value:
            found[name] = str(value)
    return found


def kind(given: Mapping[str, str]) -> str:
    """Return which credential `given` asks for, the first of the provider's order.

    `default`, `certificate`, `secret`, `oidc`, `managed identity` or `cli`.
    """
    if _yes(given, "useDefaultAzureCredential"):
        return "default"
    if "clientCertificatePath" in given:
        return "certificate"
    if "clientSecret" in given:
        return "secret"
    if _yes(given, "useOidc"):
        return "oidc"
    return "managed identity" if _yes(given, "useMsi") else "cli"


def token_source(
    given: Mapping[str, str], address: str, *, subscription_id: str | None = None
) -> Callable[[], str]:
    """Return a function that gives an access token for Azure Resource Manager at `address`.

    `subscription_id` tells the Azure CLI which of its accounts is meant. Raises ValueError where `given` lacks what
    its kind of credential needs.
    """
    # Imported here: reading a state that needs no token stays quick.
    from azure import identity  # noqa: PLC0415

    which = kind(given)
    _complete(which, given)
    where: dict[str, Any] = {"authority": _AUTHORITIES[address]} if address in _AUTHORITIES else {}
    if which == "default":
        credential = identity.DefaultAzureCredential(**where)
    elif which == "certificate":
        credential = identity.CertificateCredential(
            given["tenantId"],
            given["clientId"],
            given["clientCertificatePath"],
            password=given.get("clientCertificatePassword"),
            **where,
        )
    elif which == "secret":
        credential = identity.ClientSecretCredential(
            given["tenantId"], given["clientId"], given["clientSecret"], **where
        )
    elif which == "oidc":
        credential = identity.ClientAssertionCredential(
            given["tenantId"], given["clientId"], lambda: assertion(given), **where
        )
    elif which == "managed identity":
        credential = identity.ManagedIdentityCredential(client_id=given.get("clientId"))
    elif "tenantId" in given:  # the CLI takes a tenant or a subscription, not both
        credential = identity.AzureCliCredential(tenant_id=given["tenantId"])
    else:
        credential = identity.AzureCliCredential(subscription=subscription_id)
    return lambda: credential.get_token(f"{address}/.default").token


def assertion(given: Mapping[str, str]) -> str:
    """Return the pipeline's OIDC token: given, in a file, or asked for at the pipeline's address.

    Raises OSError or httpx.HTTPError, and ValueError for an answer without a token; none names a credential.
    """
    if "oidcToken" in given:
        return given["oidcToken"]
    if "oidcTokenFilePath" in given:
        return Path(given["oidcTokenFilePath"]).read_text("utf-8").strip()
    # The address may have parameters of its own, which `params` would drop.
    address = httpx.URL(given["oidcRequestUrl"])
    answer = httpx.get(
        address.copy_set_param("audience", given.get("oidcAudience", _AUDIENCE)),
        headers={"Authorization": f"Bearer {given['oidcRequestToken']}", "Accept": "application/json"},
        timeout=30,
    )
    found = answer.raise_for_status().json()
    if not isinstance(found, dict) or not found.get("value"):
        raise ValueError(f"{address.host} answers without a token in `value`")
    return str(found["value"])


def _yes(given: Mapping[str, str], name: str) -> bool:
    return given.get(name) == "true"


def _complete(which: str, given: Mapping[str, str]) -> None:
    needed = ("tenantId", "clientId") if which in ("certificate", "secret", "oidc") else ()
    missing = [name for name in needed if name not in given]
    if which == "oidc" and not {"oidcToken", "oidcTokenFilePath"} & given.keys():
        missing += [name for name in ("oidcRequestUrl", "oidcRequestToken") if name not in given]
    problems = [
        Problem(
            f"azure-native:{name}",
            f"is not set, and the credential of the kind {which} needs it",
            f"pulumi config or {_NAMES[name][-1]}",
            "set it where the pipeline has the other values of the credential",
        )
        for name in missing
    ]
    if problems:
        raise ValueError("\n".join(problem.text for problem in problems))
