"""Which network destinations Claude Desktop must reach, for exactly the configuration at hand.

source: https://claude.com/docs/third-party/claude-desktop, network requirements (hosts per setting).
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from claude_byoc.contract.allowlist import WHY, AllowlistRow, merged_rows
from claude_byoc.contract.aws import DNS_SUFFIXES, partition
from claude_byoc.contract.entra import CLOUDS
from claude_byoc.contract.google import inference_host

Values = Mapping[str, Any]

_DESKTOP = ("desktop",)
_SCHEME_PORTS = {"https": 443, "http": 80, "wss": 443}
_ESSENTIAL = (
    "*.sentry.io", "*.ingest.us.sentry.io", "sentry.io", "browser-intake-datadoghq.com",
    "browser-intake-us3-datadoghq.com", "browser-intake-us5-datadoghq.com", "browser-intake-ap1-datadoghq.com",
    "browser-intake-ap2-datadoghq.com", "browser-intake-datadoghq.eu", "browser-intake-ddog-gov.com",
)  # fmt: skip
_NONESSENTIAL = ("a-cdn.anthropic.com", "a-api.anthropic.com", "claude.ai", "api.anthropic.com")
_SERVICES = (
    "www.google.com", "*.gstatic.com", "www.claudeusercontent.com", "cdnjs.cloudflare.com",
    "fonts.googleapis.com", "cdn.jsdelivr.net", "*.claudemcpcontent.com", "assets.claude.ai",
)  # fmt: skip
_GITHUB = ("github.com", "objects.githubusercontent.com")
_SEARCH = {"brave": "api.search.brave.com", "tavily": "api.tavily.com", "exa": "api.exa.ai"}
"""Hosts of the search services, from their own API references."""
_OIDC_KEYS = {
    "gateway": ("inferenceGatewayOidc", "inferenceIdpOidc"),
    "bedrock": ("inferenceIdpOidc",),
    "vertex": ("inferenceVertexWorkforceOidc",),
}


def desktop_rows(values: Values) -> list[AllowlistRow]:
    """Return what the app needs with these (native) values; [] where they do not configure it.

    Hosts of values that are not known yet (None) and the entry `*` have no row.
    """
    if "inferenceProvider" not in values and "bootstrapUrl" not in values:
        return []
    return merged_rows(
        [
            _row("downloads.claude.ai", "the app's own components; not needed with the offline installer"),
            *_provider_rows(values),
            *_own_rows(values),
            *_traffic_rows(values),
        ]
    )


def _row(
    host: str, why: str, *, required: bool = True, port: int = 443, protocol: str = "https"
) -> AllowlistRow:
    return AllowlistRow(host, why, required=required, port=port, protocol=protocol, hosts=_DESKTOP)


def _at(url: object, why: str, *, required: bool = True) -> Iterator[AllowlistRow]:
    """Yield the row of a URL; none for what is no URL, or not known yet."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        host, port = (parts.hostname, parts.port) if parts else (None, None)
    except ValueError:
        return
    if parts and host:
        default = _SCHEME_PORTS.get(parts.scheme, 443)
        yield _row(host, why, required=required, port=port or default, protocol=parts.scheme or "https")


def _provider_rows(values: Values) -> Iterator[AllowlistRow]:
    provider = values.get("inferenceProvider")
    if provider == "gateway":
        yield from _at(values.get("inferenceGatewayBaseUrl"), WHY["gateway_url"])
    elif provider == "anthropic":
        yield _row("api.anthropic.com", "inference with the Claude API")
        yield _row("platform.claude.com", "sign-in to the Claude API")
    elif provider == "bedrock":
        yield from _bedrock_rows(values)
    elif provider == "mantle" and isinstance(region := values.get("inferenceBedrockRegion"), str):
        yield _row(f"bedrock-mantle.{region}.api.aws", "Amazon Bedrock inference (Messages endpoint)")
    elif provider == "vertex":
        yield from _vertex_rows(values)
    elif provider == "foundry":
        if isinstance(resource := values.get("inferenceFoundryResource"), str):
            yield _row(f"{resource}.services.ai.azure.com", "Microsoft Foundry inference")
        if "inferenceFoundryClientId" in values:
            yield _row(CLOUDS["global"].authority_host, "sign-in with Microsoft Entra ID")
    for key in _OIDC_KEYS.get(str(provider), ()):
        yield from _oidc_rows(values.get(key), f"{key}: sign-in")


def _bedrock_rows(values: Values) -> Iterator[AllowlistRow]:
    region = values.get("inferenceBedrockRegion")
    if isinstance(region, str):
        place = partition(region)
        suffix, fips = DNS_SUFFIXES.get(place, "amazonaws.com"), "-fips" if place == "aws-us-gov" else ""
        if "inferenceBedrockBaseUrl" in values:
            yield from _at(values["inferenceBedrockBaseUrl"], "the endpoint in front of Amazon Bedrock")
        else:
            yield _row(f"bedrock-runtime{fips}.{region}.{suffix}", "Amazon Bedrock inference")
        discovers = values.get("modelDiscoveryEnabled") is not False and "inferenceModels" not in values
        yield _row(f"bedrock{fips}.{region}.{suffix}", "Amazon Bedrock model discovery", required=discovers)
    if "inferenceBedrockSsoStartUrl" in values or "inferenceBedrockProfile" in values:
        home = values.get("inferenceBedrockSsoRegion", region)
        yield _row("sts.amazonaws.com", "temporary AWS credentials")
        if isinstance(region, str):
            suffix = DNS_SUFFIXES.get(partition(region), "amazonaws.com")
            yield _row(f"sts.{region}.{suffix}", "temporary AWS credentials")
        if isinstance(home, str):
            suffix = DNS_SUFFIXES.get(partition(home), "amazonaws.com")
            yield _row(f"portal.sso.{home}.{suffix}", "IAM Identity Center: role credentials")
            yield _row(f"oidc.{home}.{suffix}", "IAM Identity Center: sign-in")
        yield _row("*.awsapps.com", "IAM Identity Center: sign-in in the browser")
        yield from _at(values.get("inferenceBedrockSsoStartUrl"), "IAM Identity Center: start page")


def _vertex_rows(values: Values) -> Iterator[AllowlistRow]:
    if "inferenceVertexBaseUrl" in values:
        yield from _at(values["inferenceVertexBaseUrl"], "the endpoint in front of Vertex AI")
    elif isinstance(region := values.get("inferenceVertexRegion"), str):
        yield _row(inference_host(region), "Vertex AI inference")
    yield _row("oauth2.googleapis.com", "Google access tokens")
    workforce = "inferenceVertexWorkforceAudience" in values
    yield _row("sts.googleapis.com", "Google tokens for Workforce identities", required=workforce)
    yield _row("iamcredentials.googleapis.com", "Google tokens of service accounts", required=False)
    if "inferenceVertexOAuthClientId" in values:
        yield _row("accounts.google.com", "sign-in with Google in the browser")


def _oidc_rows(oidc: object, why: str) -> Iterator[AllowlistRow]:
    if isinstance(oidc, dict):
        for field in ("issuer", "authorizationUrl", "tokenUrl"):
            yield from _at(cast("dict[str, Any]", oidc).get(field), why)


def _own_rows(values: Values) -> Iterator[AllowlistRow]:
    """Yield the addresses that the values name themselves."""
    yield from _at(values.get("bootstrapUrl"), WHY["bootstrap_url"])
    yield from _oidc_rows(values.get("bootstrapOidc"), "bootstrapOidc: sign-in to the bootstrap server")
    yield from _at(values.get("otlpEndpoint"), WHY["otlp_endpoint"])
    yield from _at(values.get("egressProxyUrl"), "egressProxyUrl: the app's proxy")
    yield from _at(values.get("egressProxyPacUrl"), "egressProxyPacUrl: the app's proxy configuration")
    yield from _at(values.get("userContentRendererUrl"), "userContentRendererUrl: previews of artifacts")
    for server in _records(values.get("managedMcpServers")):
        yield from _server_rows(server)
    for place in _records(values.get("allowedPluginMarketplaces")):
        why = "allowedPluginMarketplaces: plugins"
        if place.get("source") == "github":
            yield from (_row(host, why) for host in _GITHUB)
        yield from _at(place.get("url"), why)
    egress = values.get("coworkEgressAllowedHosts")
    for entry in cast("list[Any]", egress) if isinstance(egress, list) else ():
        host, _, port = str(entry).partition(":")
        if host != "*":
            why = "coworkEgressAllowedHosts: tools in Cowork"
            yield _row(host, why, required=False, port=int(port) if port.isdecimal() else 443)


def _server_rows(server: Mapping[str, Any]) -> Iterator[AllowlistRow]:
    why, kind = f"managedMcpServers: {server.get('name')}", server.get("server")
    yield from _at(server.get("url"), why)
    oauth = server.get("oauth")
    if isinstance(oauth, dict):
        issuers = cast("dict[str, Any]", oauth).get("authorizationServer")
        for issuer in cast("list[Any]", issuers) if isinstance(issuers, list) else ():
            yield from _at(issuer, f"{why} (sign-in)")
        yield from _oidc_rows(cast("object", oauth), f"{why} (sign-in)")
    if kind == "microsoft365":
        cloud = CLOUDS.get(str(server.get("azureCloud", "global")), CLOUDS["global"])
        yield _row(cloud.graph_host, f"{why} (Microsoft Graph)")
        yield _row(cloud.authority_host, f"{why} (sign-in)")
    elif kind == "websearch":
        yield from _at(server.get("customUrl"), why)
        if host := _SEARCH.get(str(server.get("provider"))):
            yield _row(host, why)
    elif kind == "github":
        for host in (str(server["host"]),) if server.get("host") else ("github.com", "api.github.com"):
            yield _row(host, why)


def _traffic_rows(values: Values) -> Iterator[AllowlistRow]:
    """Yield what the app itself talks to, unless it is switched off."""
    if values.get("disableAutoUpdates") is not True:
        feed = "releases.claude.com" if values.get("updateViaUpdatesHost") is True else "api.anthropic.com"
        for host in ("claude.ai", feed, "downloads.claude.ai"):
            yield _row(host, "updates of the app")
    for key, hosts, what in (
        ("disableEssentialTelemetry", _ESSENTIAL, "crash and error reports"),
        ("disableNonessentialTelemetry", _NONESSENTIAL, "usage data"),
        ("disableNonessentialServices", _SERVICES, "favicons, artifact previews and the like"),
    ):
        if values.get(key) is not True:
            for host in hosts:
                yield _row(host, f"{what}; {key} switches it off", required=False)


def _records(value: object) -> list[Mapping[str, Any]]:
    entries = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", entry) for entry in entries if isinstance(entry, dict)]
