"""Which credential source Claude Desktop uses: exactly one per provider.

source: https://claude.com/docs/third-party/claude-desktop, the configuration page and the page of each provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from claude_byoc.contract.desktop_connection import EXTERNAL_IDP_SINCE
from claude_byoc.contract.problems import Problem


@dataclass(frozen=True)
class CredentialSource:
    """A way in: `kind` names it in `inferenceCredentialKind`, any of `keys` tells that it is meant."""

    kind: str
    says: str
    keys: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    """Other kinds that mean the same keys."""


_HELPER = CredentialSource("helper-script", "a credential helper", ("inferenceCredentialHelper",))
_SSO_KEYS = (
    "inferenceBedrockSsoStartUrl", "inferenceBedrockSsoRegion", "inferenceBedrockSsoAccountId",
    "inferenceBedrockSsoRoleName",
)  # fmt: skip

CREDENTIAL_SOURCES: Mapping[str, tuple[CredentialSource, ...]] = {
    "gateway": (
        CredentialSource("static", "a static key", ("inferenceGatewayApiKey",)),
        _HELPER,
        CredentialSource("interactive", "sign-in", ("inferenceGatewayOidc",), ("external-idp",)),
        CredentialSource("external-idp", "sign-in (newer keys)", ("inferenceIdpOidc",)),
    ),
    "anthropic": (CredentialSource("static", "an API key", ("inferenceAnthropicApiKey",)), _HELPER),
    "bedrock": (
        CredentialSource("static", "a bearer token", ("inferenceBedrockBearerToken",)),
        CredentialSource("interactive", "IAM Identity Center", _SSO_KEYS),
        CredentialSource("vendor-profile", "an AWS profile", ("inferenceBedrockProfile",)),
        _HELPER,
        CredentialSource("external-idp", "sign-in through a proxy", ("inferenceIdpOidc",)),
    ),
    "mantle": (CredentialSource("static", "a bearer token", ("inferenceBedrockBearerToken",)), _HELPER),
    "vertex": (
        CredentialSource("vendor-profile", "a credentials file", ("inferenceVertexCredentialsFile",)),
        CredentialSource(
            "interactive",
            "Google sign-in",
            ("inferenceVertexOAuthClientId", "inferenceVertexOAuthClientSecret"),
        ),
        CredentialSource(
            "workforce",
            "workforce identity",
            ("inferenceVertexWorkforceAudience", "inferenceVertexWorkforceOidc"),
        ),
        _HELPER,
    ),
    "foundry": (
        CredentialSource("static", "an API key", ("inferenceFoundryApiKey",)),
        CredentialSource(
            "interactive", "Entra sign-in", ("inferenceFoundryTenantId", "inferenceFoundryClientId")
        ),
        _HELPER,
    ),
}
"""Provider -> its credential sources."""

# Kinds that need no key of their own: the gateway or Claude signs people in, Google has default credentials.
_KEYLESS = {("gateway", "interactive"), ("anthropic", "interactive"), ("vertex", "vendor-profile")}
_MAY_DO_WITHOUT = frozenset({"anthropic", "vertex"})


def check_credentials(values: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of the credential source; none where the provider is not known."""
    provider, kind = values.get("inferenceProvider"), values.get("inferenceCredentialKind")
    sources = CREDENTIAL_SOURCES.get(provider) if isinstance(provider, str) else None
    if sources is None or provider is None:
        return []
    ways = ", ".join(f"{source.says} ({source.keys[0]})" for source in sources)
    allowed = f"exactly one of: {ways}"
    present = [source for source in sources if any(key in values for key in source.keys)]
    found = _check_external(values, provider, allowed)
    if "inferenceCredentialKind" not in values:
        return found + _without_kind(provider, present, allowed)
    if kind is None:
        return found
    named = [source for source in sources if kind == source.kind]
    named += [source for source in sources if kind in source.kinds]
    if not named and (provider, kind) not in _KEYLESS:
        fitting = ", ".join(dict.fromkeys(source.kind for source in sources))
        wrong = f"is {kind}, which the provider {provider} does not have"
        return [*found, Problem("inferenceCredentialKind", wrong, fitting, "choose one of them")]
    meant = [source for source in named if source in present]
    if not meant and (provider, kind) not in _KEYLESS:
        needed = named[0].keys
        wrong = f"is {kind}, and {' and '.join(needed)} is missing"
        found.append(Problem("inferenceCredentialKind", wrong, allowed, f"add {', '.join(needed)}"))
    found += [
        Problem(
            next(key for key in source.keys if key in values),
            f"is ignored: inferenceCredentialKind is {kind}",
            allowed,
            "leave it out",
            "warning",
        )
        for source in present
        if source not in meant[:1]
    ]
    return found


def _without_kind(provider: str, present: list[CredentialSource], allowed: str) -> list[Problem]:
    if len(present) > 1:
        first = present[0].keys[0]
        wrong = "is one of several credential sources: " + ", ".join(source.says for source in present)
        return [Problem(first, wrong, allowed, "keep one, or name it in inferenceCredentialKind")]
    if present or provider in _MAY_DO_WITHOUT:
        return []
    wrong = f"has no credential for {provider}, so the app stays in its standard mode"
    return [Problem("inferenceProvider", wrong, allowed, "add one of them")]


def _check_external(values: Mapping[str, Any], provider: str, allowed: str) -> list[Problem]:
    if values.get("inferenceCredentialKind") != "external-idp" and "inferenceIdpOidc" not in values:
        return []
    found: list[Problem] = []
    if provider == "bedrock" and "inferenceBedrockBaseUrl" not in values:
        wrong = "requires inferenceBedrockBaseUrl: AWS itself refuses the token"
        cure = "add the proxy's inferenceBedrockBaseUrl"
        found.append(Problem("inferenceCredentialKind", wrong, allowed, cure))
    key = "inferenceCredentialKind" if "inferenceCredentialKind" in values else "inferenceIdpOidc"
    wrong = f"needs release {EXTERNAL_IDP_SINCE} on every device: older ones find no credential"
    cure = "update first"
    if provider == "gateway":
        cure = "use inferenceCredentialKind=interactive with inferenceGatewayOidc, which all releases read"
    found.append(Problem(key, wrong, allowed, cure, "warning"))
    return found
