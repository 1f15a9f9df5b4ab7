"""The credential of the Azure provider, found as it finds its own: its configuration, ARM_* variables, Azure CLI.

source: pulumi-azure-native, Installation & Configuration (order and names).
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

_YES = ("1", "t", "true")
_NAMES: Mapping[str, str] = {
    "clientId": "ARM_CLIENT_ID",
    "clientSecret": "ARM_CLIENT_SECRET",
    "clientCertificatePath": "ARM_CLIENT_CERTIFICATE_PATH",
    "clientCertificatePassword": "ARM_CLIENT_CERTIFICATE_PASSWORD",
    "tenantId": "ARM_TENANT_ID",
    "useOidc": "ARM_USE_OIDC",
    "oidcToken": "ARM_OIDC_TOKEN",
    "oidcTokenFilePath": "ARM_OIDC_TOKEN_FILE_PATH",
    "oidcRequestUrl": "ARM_OIDC_REQUEST_URL",
    "oidcRequestToken": "ARM_OIDC_REQUEST_TOKEN",
    "useMsi": "ARM_USE_MSI",
}
_ALSO: Mapping[str, str] = {
    "oidcRequestUrl": "ACTIONS_ID_TOKEN_REQUEST_URL",
    "oidcRequestToken": "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
}
_AUDIENCE = "api://AzureADTokenExchange"


def settings(config: Callable[[str], object], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what the Azure provider would use; `config` reads a key such as `azure-native:clientId`."""
    found: dict[str, str] = {}
    for name, variable in _NAMES.items():
        also = environment.get(_ALSO.get(name, ""))
        value = config(f"azure-native:{name}") or environment.get(variable) or also
        if value:
            found[name] = str(value)
    return found


def kind(given: Mapping[str, str]) -> str:
    """Return which credential `given` asks for: `certificate`, `secret`, `oidc`, `managed identity` or `cli`."""
    if given.get("useOidc", "").lower() in _YES:
        return "oidc"
    if "clientId" in given and "clientCertificatePath" in given:
        return "certificate"
    if "clientId" in given and "clientSecret" in given:
        return "secret"
    return "managed identity" if given.get("useMsi", "").lower() in _YES else "cli"


def token_source(given: Mapping[str, str], address: str) -> Callable[[], str]:
    """Return a function that gives an access token for Azure Resource Manager at `address`.

    Raises KeyError for a setting that its kind of credential needs and `given` lacks.
    """
    # Imported here: reading a state that needs no token stays quick.
    from azure import identity  # noqa: PLC0415

    which = kind(given)
    if which == "oidc":
        credential = identity.ClientAssertionCredential(
            given["tenantId"], given["clientId"], lambda: assertion(given)
        )
    elif which == "certificate":
        credential = identity.CertificateCredential(
            given["tenantId"],
            given["clientId"],
            given["clientCertificatePath"],
            password=given.get("clientCertificatePassword"),
        )
    elif which == "secret":
        credential = identity.ClientSecretCredential(
            given["tenantId"], given["clientId"], given["clientSecret"]
        )
    elif which == "managed identity":
        credential = identity.ManagedIdentityCredential(client_id=given.get("clientId"))
    else:
        credential = identity.AzureCliCredential(tenant_id=given.get("tenantId", ""))
    return lambda: credential.get_token(f"{address}/.default").token


def assertion(given: Mapping[str, str]) -> str:
    """Return the pipeline's OIDC token: given, in a file, or asked for at the pipeline's address."""
    if "oidcToken" in given:
        return given["oidcToken"]
    if "oidcTokenFilePath" in given:
        return Path(given["oidcTokenFilePath"]).read_text("utf-8").strip()
    answer = httpx.get(
        given["oidcRequestUrl"],
        params={"audience": _AUDIENCE},
        headers={"Authorization": f"Bearer {given['oidcRequestToken']}"},
        timeout=30,
    )
    return str(answer.raise_for_status().json()["value"])
