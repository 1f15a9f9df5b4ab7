"""Ready values for the ways to reach a gateway from Claude Desktop, each spelled so that all releases read it.

source: https://claude.com/docs/third-party/claude-desktop, gateway page and gateway single sign-on.
"""

from typing import Any

from claude_byoc.contract.desktop_keys import PLACEHOLDER_KEY

DEFAULT_SCOPES = "openid profile email offline_access"
ENTRA_REDIRECTS: tuple[str, ...] = (
    "http://127.0.0.1/callback",
    "ms-appx-web://Microsoft.AAD.BrokerPlugin/{client_id}",
    "msauth.com.anthropic.claudefordesktop://auth",
)
"""Redirect URIs of the Entra app (platform: mobile and desktop applications); the last two for the broker.
The first has no port and needs its path."""


def gateway_sso(
    base_url: Any,  # noqa: ANN401 - a text, or the engine's promise of one
    *,
    issuer: Any,  # noqa: ANN401 - as above
    client_id: Any,  # noqa: ANN401 - as above
    scopes: str = DEFAULT_SCOPES,
    access_token: bool = False,
    broker: bool = False,
) -> dict[str, Any]:
    """Return the values for sign-in with an identity provider.

    The gateway gets the ID token (its `aud` is the client id), or with `access_token` the access token for
    `scopes`, which then name the gateway's own scope. `broker` signs in through the operating system's
    Microsoft account broker (macOS, Windows; Entra alone).
    """
    oidc: dict[str, Any] = {"clientId": client_id, "issuer": issuer, "scopes": scopes}
    if access_token:
        oidc["bearerTokenType"] = "access_token"
    values: dict[str, Any] = {
        "inferenceProvider": "gateway",
        "inferenceGatewayBaseUrl": base_url,
        "inferenceCredentialKind": "interactive",
        "inferenceGatewayOidc": oidc,
    }
    return {**values, "inferenceGatewayOidcAuthFlow": "broker"} if broker else values


def gateway_key(base_url: Any, key: Any = PLACEHOLDER_KEY, *, x_api_key: bool = False) -> dict[str, Any]:  # noqa: ANN401 - texts, or the engine's promises
    """Return the values for a static key; without one, for a gateway that knows devices by their network."""
    values: dict[str, Any] = {
        "inferenceProvider": "gateway",
        "inferenceGatewayBaseUrl": base_url,
        "inferenceCredentialKind": "static",
        "inferenceGatewayApiKey": key,
    }
    return {**values, "inferenceGatewayAuthScheme": "x-api-key"} if x_api_key else values


def gateway_helper(base_url: Any, path: Any) -> dict[str, Any]:  # noqa: ANN401 - texts, or the engine's promises
    """Return the values for a credential helper, `path` absolute on the device."""
    return {
        "inferenceProvider": "gateway",
        "inferenceGatewayBaseUrl": base_url,
        "inferenceCredentialKind": "helper-script",
        "inferenceCredentialHelper": path,
    }
