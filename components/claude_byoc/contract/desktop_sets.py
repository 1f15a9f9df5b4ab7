"""The rules between desktop keys: provider, its one credential source, pairs, sign-in, models.

source: https://claude.com/docs/third-party/claude-desktop, the configuration page and the page of each provider.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from claude_byoc.contract.desktop_credentials import check_credentials
from claude_byoc.contract.desktop_keys import APP_BEHAVIOR_KEYS, DESKTOP_KEYS
from claude_byoc.contract.entra import CLOUDS
from claude_byoc.contract.problems import Problem

Values = Mapping[str, Any]
Rule = Callable[[Values], list[Problem]]

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "gateway": ("inferenceGatewayBaseUrl",),
    "anthropic": (),
    "bedrock": ("inferenceBedrockRegion",),
    "mantle": ("inferenceBedrockRegion",),
    "vertex": ("inferenceVertexProjectId", "inferenceVertexRegion"),
    "foundry": ("inferenceFoundryResource",),
}
_TOGETHER: tuple[tuple[str, ...], ...] = (
    ("inferenceVertexOAuthClientId", "inferenceVertexOAuthClientSecret"),
    ("inferenceFoundryTenantId", "inferenceFoundryClientId"),
    (
        "inferenceBedrockSsoStartUrl",
        "inferenceBedrockSsoRegion",
        "inferenceBedrockSsoAccountId",
        "inferenceBedrockSsoRoleName",
    ),
)
_FLOWS = {
    "inferenceGatewayOidcAuthFlow": "inferenceGatewayOidc",
    "inferenceIdpAuthFlow": "inferenceIdpOidc",
    "inferenceVertexWorkforceAuthFlow": "inferenceVertexWorkforceOidc",
}


def _check_provider(values: Values) -> list[Problem]:
    allowed = "inferenceProvider with what it requires, or bootstrapUrl"
    if "inferenceProvider" not in values:
        if "bootstrapUrl" in values or set(values) <= APP_BEHAVIOR_KEYS:
            return []
        wrong = "is missing, so the app stays in its standard mode and ignores this configuration"
        return [Problem("inferenceProvider", wrong, allowed, "add inferenceProvider")]
    provider = values["inferenceProvider"]
    if not isinstance(provider, str) or provider not in _REQUIRED:
        return []  # not known yet, or told by the check of the value
    found = [
        Problem(key, f"is missing, and the provider {provider} requires it", allowed, f"add {key}")
        for key in _REQUIRED[provider]
        if key not in values
    ]
    for key in values:
        spec = DESKTOP_KEYS.get(key)
        if spec and spec.providers and provider not in spec.providers:
            wrong = f"is ignored with the provider {provider}"
            found.append(Problem(key, wrong, "keys of one provider", "leave it out", "warning"))
    return found


def _check_together(values: Values) -> list[Problem]:
    found: list[Problem] = []
    for group in _TOGETHER:
        missing = [key for key in group if key not in values]
        if missing and len(missing) < len(group):
            present = next(key for key in group if key in values)
            wrong = f"requires {', '.join(missing)}"
            found.append(Problem(present, wrong, "all of " + ", ".join(group), f"add {', '.join(missing)}"))
    for key in values:
        spec = DESKTOP_KEYS.get(key)
        if spec and spec.needs and not any(_is_on(values, other) for other in spec.needs):
            need = " or ".join(spec.needs)
            wrong = f"has no effect without {need}"
            found.append(Problem(key, wrong, f"together with {need}", f"add {need}", "warning"))
    return found


def _is_on(values: Values, key: str) -> bool:
    return key in values and values[key] is not False


def _check_sign_in(values: Values) -> list[Problem]:
    found: list[Problem] = []
    for key in ("inferenceGatewayOidc", "inferenceIdpOidc", "inferenceVertexWorkforceOidc", "bootstrapOidc"):
        if isinstance(oidc := values.get(key), dict):
            found += _check_oidc(key, cast("dict[str, Any]", oidc))
    for flow, key in _FLOWS.items():
        if values.get(flow) == "broker" and isinstance(values.get(key), dict) and not _is_entra(values[key]):
            wrong = "is broker, which works with Microsoft Entra ID alone"
            found.append(Problem(flow, wrong, "an Entra issuer, or browser", "use browser"))
    return found


def _check_oidc(key: str, oidc: Mapping[str, Any]) -> list[Problem]:
    def problem(field: str, wrong: str, cure: str) -> Problem:
        return Problem(f"{key}.{field}", wrong, "issuer, or authorizationUrl and tokenUrl", cure)

    found: list[Problem] = []
    urls = [name for name in ("authorizationUrl", "tokenUrl") if name in oidc]
    if "issuer" in oidc and urls:
        found.append(
            Problem(
                f"{key}.{urls[0]}", "is ignored beside issuer", "one of the two", "leave it out", "warning"
            )
        )
    elif "issuer" not in oidc and len(urls) < 2:  # noqa: PLR2004 - both URLs
        found.append(problem("issuer", "is missing", "add issuer"))
    if isinstance(issuer := oidc.get("issuer"), str) and "/.well-known/" in issuer:
        found.append(problem("issuer", "holds /.well-known/...", "give the base URL"))
    if oidc.get("bearerTokenType") == "access_token" and not oidc.get("scopes"):
        allowed = "the scope that the gateway exposes"
        found.append(
            Problem(f"{key}.scopes", "is missing, and access_token requires it", allowed, "add scopes")
        )
    if "resource" in oidc and _is_entra(oidc):
        found.append(
            Problem(
                f"{key}.resource", "is refused by Microsoft Entra ID", "scopes alone", "use scopes instead"
            )
        )
    scopes = oidc.get("scopes")
    if (
        oidc.get("bearerTokenType", "id_token") == "id_token"
        and key in ("inferenceGatewayOidc", "inferenceIdpOidc")
        and isinstance(scopes, str)
        and "offline_access" not in scopes.split()
    ):
        wrong = "has no offline_access, so people sign in again whenever the token ends"
        found.append(
            Problem(f"{key}.scopes", wrong, "openid profile email offline_access", "add it", "warning")
        )
    return found


def _is_entra(oidc: Mapping[str, Any]) -> bool:
    address = oidc.get("issuer") or oidc.get("authorizationUrl")
    if not isinstance(address, str):
        return address is None and bool(oidc.keys() & {"issuer", "authorizationUrl"})
    try:
        return urlsplit(address).hostname in {cloud.authority_host for cloud in CLOUDS.values()}
    except ValueError:
        return False


def _check_models(values: Values) -> list[Problem]:
    models, allowed = values.get("inferenceModels", ()), "at least one model"
    provider = values.get("inferenceProvider")
    discovers = {"inferenceBedrockBearerToken", "inferenceCredentialHelper"} & set(values)
    why = ""
    if provider == "foundry":
        why = "is missing, and Foundry requires it: the deployment names"
    elif provider == "bedrock" and not discovers:
        why = "is missing, and Bedrock lists models for a bearer token or a credential helper only"
    elif values.get("modelDiscoveryEnabled") is False:
        why = "is missing, and modelDiscoveryEnabled is false"
    if why and models is not None and not models:
        return [Problem("inferenceModels", why, allowed, "list the models")]
    return []


def _check_plugins(values: Values) -> list[Problem]:
    found: list[Problem] = []
    for number, entry in enumerate(_records(values.get("allowedPluginMarketplaces"))):
        where, source = f"allowedPluginMarketplaces[{number}]", entry.get("source")
        need = "repo" if source == "github" else "url"
        if source in ("github", "git", "url") and need not in entry:
            found.append(Problem(f"{where}.{need}", f"is missing for {source}", f"a {need}", f"add {need}"))
        pushed = entry.get("installationPreference") in ("auto_install", "required")
        if source == "url" and pushed and "manifestSha256" not in entry:
            wrong = "is missing, and an installation without asking requires it"
            cure = "add the SHA-256 of marketplace.json"
            found.append(Problem(f"{where}.manifestSha256", wrong, "64 hexadecimal digits", cure))
    return found


_SERVER_NEEDS: Mapping[str, tuple[str, ...]] = {"http": ("url",), "sse": ("url",), "stdio": ("command",)}


def _check_servers(values: Values) -> list[Problem]:
    found: list[Problem] = []
    for number, entry in enumerate(_records(values.get("managedMcpServers"))):
        where = f"managedMcpServers[{number}]"
        allowed = "a built-in `server`, or a `transport` with its url or command"
        if "server" in entry and "transport" in entry:
            cure = "leave transport out"
            found.append(Problem(f"{where}.transport", "is refused beside `server`", allowed, cure))
        elif "server" not in entry and "transport" not in entry:
            cure = "add transport: http, sse or stdio"
            found.append(
                Problem(f"{where}.transport", "is missing, so the app rejects the entry", allowed, cure)
            )
        found += [
            Problem(f"{where}.{need}", "is missing", allowed, f"add {need}")
            for need in _SERVER_NEEDS.get(str(entry.get("transport")), ())
            if need not in entry and "server" not in entry
        ]
        if (
            entry.get("server") == "websearch"
            and entry.get("provider") == "custom"
            and "customUrl" not in entry
        ):
            found.append(Problem(f"{where}.customUrl", "is missing", allowed, "add customUrl"))
    return found


def _records(value: object) -> list[dict[str, Any]]:
    entries = cast("list[Any]", value) if isinstance(value, list) else []
    return [entry if isinstance(entry, dict) else {} for entry in entries]


def _check_gateway(values: Values) -> list[Problem]:
    found: list[Problem] = []
    url = values.get("inferenceGatewayBaseUrl")
    if isinstance(url, str) and url.rstrip("/").endswith(("/v1", "/v1/messages")):
        wrong = "ends with /v1, and the app appends /v1/messages"
        cure = "remove it unless the gateway expects it twice"
        found.append(Problem("inferenceGatewayBaseUrl", wrong, "the base URL", cure, "warning"))
    headers = values.get("inferenceCustomHeaders")
    names = (
        {str(name).lower() for name in cast("dict[object, Any]", headers)}
        if isinstance(headers, dict)
        else set[str]()
    )
    if names & {"authorization", "x-api-key"}:
        wrong = "holds a credential, in a key that is not meant for one"
        cure = "use inferenceGatewayApiKey with inferenceGatewayAuthScheme, or a credential helper"
        found.append(Problem("inferenceCustomHeaders", wrong, "headers without credentials", cure, "warning"))
    if {"egressProxyUrl", "egressProxyPacUrl"} <= set(values):
        wrong = "is ignored: egressProxyPacUrl wins"
        found.append(Problem("egressProxyUrl", wrong, "one of the two", "leave it out", "warning"))
    if values.get("inferenceModelPricingMultiplier") == 0:
        allowed = DESKTOP_KEYS["inferenceModelPricingMultiplier"].shape.says
        found.append(Problem("inferenceModelPricingMultiplier", "is 0", allowed, f"write {allowed}"))
    return found


SET_RULES: tuple[Rule, ...] = (
    _check_provider,
    check_credentials,
    _check_together,
    _check_sign_in,
    _check_models,
    _check_servers,
    _check_plugins,
    _check_gateway,
)
"""Every rule that the tables of keys do not hold themselves."""
