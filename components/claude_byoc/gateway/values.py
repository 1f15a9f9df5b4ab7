"""What manifests and desktop profiles carry so that people reach a gateway of ours. Pure; secrets stay out.

A key whose value is a secret is named by `secret_keys`: its value comes from whoever made the token.
"""

from typing import Any

from claude_byoc.contract import entra as entra_facts
from claude_byoc.contract.desktop_sign_in import gateway_key, gateway_sso
from claude_byoc.contract.gateway import (
    BEDROCK_PREFIX,
    DESKTOP_BOOTSTRAP_PATH,
    OFFICE_BOOTSTRAP_PATH,
    VERTEX_PREFIX,
)
from claude_byoc.contract.problems import Problem, ProblemsError
from claude_byoc.gateway.spec import EntraAuth, GatewaySpec, VertexUpstream

AUTHS = ("token", "entra")
_PREFIXES = {"anthropic": "", "bedrock": BEDROCK_PREFIX, "vertex": VERTEX_PREFIX}


def gateway_url(url: str, api_format: str = "anthropic") -> str:
    """Return the base URL that clients get for a format; `url` is the gateway's origin."""
    return url.rstrip("/") + _PREFIXES[api_format]


def check(spec: GatewaySpec, api_format: str = "anthropic", auth: str = "token") -> list[Problem]:
    """Return why a gateway cannot be reached in a format, with a credential."""
    found: list[Problem] = []
    if api_format not in spec.formats():
        wrong = f"is {api_format}, which this gateway does not speak"
        found.append(
            Problem("gateway.apiFormat", wrong, ", ".join(spec.formats()), "choose one, or add its upstream")
        )
    offered = [way for way, given in (("token", spec.tokens), ("entra", _app(spec))) if given]
    if auth not in offered:
        wrong = f"is {auth}, which this gateway does not accept"
        found.append(
            Problem("gateway.auth", wrong, ", ".join(offered), "choose one, or let the gateway accept it")
        )
    return found


def manifest_values(
    url: str, spec: GatewaySpec, *, api_format: str = "anthropic", auth: str = "token"
) -> dict[str, str]:
    """Return the manifest keys of the gateway path that are no secrets, the same for office and outlook.

    Raises ProblemsError for a format or credential that the gateway does not take.
    """
    _refuse(check(spec, api_format, auth))
    values = {"gateway_url": gateway_url(url, api_format), "gateway_api_format": api_format}
    vertex = spec.upstream("vertex")
    if api_format == "vertex" and isinstance(vertex, VertexUpstream):
        values |= {"gcp_project_id": vertex.project, "gcp_region": vertex.region}
    entra = _app(spec)
    if entra and (auth == "entra" or _bootstraps(spec, "office")):
        values |= {
            "entra_sso": "1",
            "graph_client_id": entra.client_id.lower(),
            "entra_scope": f"api://{entra.client_id.lower()}/{entra.scopes[0]}",
        }
        if entra.cloud != "global":
            values["graph_cloud"] = entra.cloud
    if auth == "entra":
        values["gateway_auth_source"] = "entra"
    if entra and _bootstraps(spec, "office"):
        values["bootstrap_url"] = url.rstrip("/") + OFFICE_BOOTSTRAP_PATH
    if spec.telemetry and spec.tokens:
        values["otlp_endpoint"] = url.rstrip("/")
    return values


def secret_keys(spec: GatewaySpec, auth: str = "token") -> tuple[str, ...]:
    """Return the manifest keys beside them that are secrets.

    `otlp_headers` is `x-api-key=TOKEN` with a gateway token: the add-in sends telemetry with fixed headers, never
    with the person's Entra token.
    """
    return (*(("gateway_token",) if auth == "token" else ()),
            *(("otlp_headers",) if spec.telemetry and spec.tokens else ()))  # fmt: skip


def desktop_values(url: str, spec: GatewaySpec, *, auth: str = "token") -> dict[str, Any]:
    """Return the keys of Claude Desktop for the gateway; raise ProblemsError where nobody could sign in.

    With `token` the key inferenceGatewayApiKey is missing, which is the secret. With `entra` people sign in by the
    desktop registration. These are also what a bootstrap answer holds at least.
    """
    base = url.rstrip("/")
    entra = spec.entra if auth == "entra" else None
    if auth == "entra" and not (entra and entra.desktop_client_id):
        wrong = "is missing, and Claude Desktop signs people in by it"
        _refuse(
            [Problem("gateway.entra.desktopClientId", wrong, "a registration of its own", "register one")]
        )
    if auth == "token":
        _refuse(check(spec, auth=auth))
    if entra:
        values = gateway_sso(base, issuer=_issuer(entra), client_id=entra.desktop_client_id.lower())
    else:
        values = {
            name: value for name, value in gateway_key(base).items() if name != "inferenceGatewayApiKey"
        }
    if spec.telemetry:
        # The very credential that inference uses; the collector's own stays in the gateway.
        values |= {"otlpEndpoint": base, "otlpAuthMode": "inference-credential"}
    return values


def desktop_bootstrap(url: str, spec: GatewaySpec) -> dict[str, Any]:
    """Return the keys by which Claude Desktop fetches the rest from the gateway: for device management alone."""
    if not (spec.entra and spec.entra.desktop_client_id and _bootstraps(spec, "desktop")):
        wrong = "has no answers for Claude Desktop, or no desktop registration to sign in by"
        raise ProblemsError([
            Problem("gateway.bootstrap", wrong, "bootstrap.desktop with entra.desktopClientId", "set both")
        ])  # fmt: skip
    client = spec.entra.desktop_client_id.lower()
    return {
        "bootstrapUrl": url.rstrip("/") + DESKTOP_BOOTSTRAP_PATH,
        # The bare id: with api:// Entra refuses to renew the token (AADSTS90009).
        # source: bootstrap page of https://claude.com/docs/third-party/claude-desktop
        "bootstrapOidc": {
            "clientId": client,
            "issuer": _issuer(spec.entra),
            "scopes": f"openid offline_access {client}/.default",
        },
    }


def _app(spec: GatewaySpec) -> EntraAuth | None:
    return spec.entra if spec.entra and spec.entra.client_id else None


def _bootstraps(spec: GatewaySpec, host: str) -> bool:
    return spec.bootstrap is not None and host in spec.bootstrap.hosts()


def _issuer(entra: EntraAuth) -> str:
    return entra_facts.issuer(entra.cloud, entra.tenant_id)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ProblemsError(problems)
