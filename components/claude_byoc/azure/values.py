"""Manifest and desktop values of the Foundry path; values pass through, known or not.

sources: KEYS of claude-for-msft-365-install (manifest); Foundry page of claude.com/docs/third-party/claude-desktop.
"""

from collections.abc import Sequence
from typing import Any

from pulumi import Input

from claude_byoc.contract.azure import CLOUDS


def manifest_values(
    *,
    resource_name: Input[str],
    api_key: Input[str] | None = None,
    client_id: Input[str] | None = None,
    cloud: str = "global",
) -> dict[str, Input[str]]:
    """Return the manifest keys of Foundry direct: with `api_key` (a Pulumi secret), else keyless.

    Keyless asks for an access token through the organisation's own app, `client_id`.
    """
    if api_key is not None:
        return {"azure_resource_name": resource_name, "azure_api_key": api_key}
    keyless: dict[str, Input[str]] = {
        "azure_resource_name": resource_name,
        "entra_sso": "1",
        "entra_scope": CLOUDS[cloud].entra_scope,
        "gateway_auth_source": "entra",
    }
    return {**keyless, "graph_client_id": client_id} if client_id is not None else keyless


def manifest_keys(auth: str, cloud: str = "global") -> dict[str, str | None]:
    """Return the manifest keys of Foundry direct with their values, None for one that is made later."""
    if auth == "key":
        return {"azure_resource_name": None, "azure_api_key": None}
    return {
        "azure_resource_name": None,
        "entra_sso": "1",
        "entra_scope": CLOUDS[cloud].entra_scope,
        "gateway_auth_source": "entra",
    }


def desktop_values(
    *,
    resource_name: Input[str],
    models: Sequence[str],
    api_key: Input[str] | None = None,
    tenant_id: Input[str] | None = None,
    client_id: Input[str] | None = None,
    auth_flow: str = "browser",
) -> dict[str, Input[Any]]:
    """Return the desktop keys of Foundry; exactly one way of signing in, none where neither is given.

    `models` are the deployments' names, which the desktop app cannot discover. `client_id` is an app with the
    delegated permission Azure Cognitive Services user_impersonation, `auth_flow` `browser`, `broker` or
    `device-code` (the two latter need the app's public client flows).
    """
    values: dict[str, Input[Any]] = {
        "inferenceProvider": "foundry",
        "inferenceFoundryResource": resource_name,
        "inferenceModels": list(models),
    }
    if api_key is not None:
        return {**values, "inferenceFoundryApiKey": api_key}
    if tenant_id is None or client_id is None:
        return values
    return {
        **values,
        "inferenceCredentialKind": "interactive",
        "inferenceFoundryTenantId": tenant_id,
        "inferenceFoundryClientId": client_id,
        "inferenceFoundryAuthFlow": auth_flow,
    }
