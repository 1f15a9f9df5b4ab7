"""The shapes of desktop values with an inner structure: sign-in, models, MCP servers, plugins.

source: https://claude.com/docs/third-party/claude-desktop/configuration, and the configuration changelog
beside it (releases up to 1.46388).
"""

from claude_byoc.contract.desktop_shapes import (
    Shape,
    credential,
    either,
    integer,
    listing,
    mapping,
    number,
    one_of,
    record,
    switch,
    text,
)
from claude_byoc.contract.entra import GUID_PATTERN

_PORT = integer(1, 65535)
_GUID = text(form="uuid", pattern=GUID_PATTERN)
_SECONDS = integer(1)
_SIGN_IN: dict[str, Shape] = {
    "clientId": text(),
    "issuer": text(form="https"),
    "authorizationUrl": text(form="https"),
    "tokenUrl": text(form="https"),
    "scopes": text("scopes separated by spaces"),
    "redirectPort": _PORT,
    "additionalRedirectReferrerHosts": text("hosts separated by spaces"),
}
IDP_OIDC = record(
    {
        **_SIGN_IN,
        "bearerTokenType": one_of("id_token", "access_token"),
        "appendOfflineAccess": switch(),
        "resource": text(form="https"),
    },
    "clientId",
)
WORKFORCE_OIDC = record({**_SIGN_IN, "omitOfflineAccess": switch()}, "clientId")
BOOTSTRAP_OIDC = record(_SIGN_IN, "clientId")

HEADERS = mapping(text(), "an object of header name to value", secret=True)
ATTRIBUTES = mapping(text(), "an object of name to value")

MODEL = either(
    text("a model id"),
    record(
        {
            "name": text("a model id"),
            "labelOverride": text(),
            "supports1m": switch(),
            "prefer1m": switch(),
            "anthropicFamilyTier": one_of("sonnet", "opus", "haiku", "fable", "mythos"),
            "isFamilyDefault": switch(),
        },
        "name",
    ),
)
_PRICE = number("dollars per million tokens, 0 or more", low=0)
PRICING = record(
    {
        "name": text("a model id"),
        "inputPerMtok": _PRICE,
        "outputPerMtok": _PRICE,
        "cacheReadPerMtok": _PRICE,
        "cacheWritePerMtok": _PRICE,
    },
    "name",
)

PERMISSION = one_of("allow", "ask", "blocked")
MCP_OAUTH = record(
    {
        "mode": one_of("hosted"),
        "clientId": text(),
        "clientSecret": text(secret=True),
        "clientSecretHelper": text(form="path"),
        "authorizationServer": listing(text(form="https")),
        "authorizationUrl": text(form="https"),
        "tokenUrl": text(form="https"),
        "tenantId": text(),
        "authFlow": one_of("browser", "broker"),
        "scope": text("scopes separated by spaces"),
        "appendOfflineAccess": switch(),
        "callbackHost": one_of("127.0.0.1", "localhost"),
        "callbackPort": _PORT,
        "additionalRedirectReferrerHosts": text("hosts separated by spaces"),
    }
)
MCP_SERVER = record(
    {
        "name": text(),
        "server": one_of("microsoft365", "websearch", "github"),
        "transport": one_of("http", "sse", "stdio"),
        "url": text(form="https"),
        "headers": HEADERS,
        "headersHelper": text(form="path"),
        "headersHelperTtlSec": _SECONDS,
        "headersHelperRefreshBufferSec": integer(0),
        "oauth": either(switch(), MCP_OAUTH),
        "command": text(form="path"),
        "args": listing(text(lines=True)),
        "env": mapping(text(lines=True), "an object of variable name to value", secret=True),
        "envHelper": text(form="path"),
        "envHelperTtlSec": _SECONDS,
        "startupTimeoutSec": _SECONDS,
        "toolPolicy": mapping(PERMISSION, "an object of tool name, or `*` pattern, to permission"),
        "tenantId": text(),
        "clientId": text(),
        "azureCloud": one_of("global", "us-gov-high", "us-gov-dod"),
        "scope": text("scopes separated by spaces"),
        "continuousAccessEvaluation": switch(),
        "provider": one_of("brave", "tavily", "exa", "custom"),
        "customUrl": text(form="https"),
        "host": text("a host name"),
        "toolsets": listing(text()),
        "readOnly": switch(),
    },
    "name",
)

MARKETPLACE = record(
    {
        "source": one_of("github", "git", "url"),
        "repo": text("OWNER/NAME"),
        "url": text("a URL"),
        "ref": text("a branch, tag or commit"),
        "path": text("a path inside the repository"),
        "expectedName": text(),
        "installationPreference": one_of("available", "auto_install", "required"),
        "credentialKind": one_of("anonymous", "userGit", "credentialHelper", "inferenceCredential"),
        "credentialHelper": text(form="path"),
        "manifestSha256": text("64 hexadecimal digits", pattern=r"[0-9A-Fa-f]{64}"),
    },
    "source",
)
ORG_PLUGIN = record(
    {
        "serverName": text(),
        "tools": listing(record({"toolName": text(), "permission": PERMISSION}, "toolName", "permission")),
    },
    "serverName",
    "tools",
)

WORKSPACE_FOLDER = either(
    record(
        {"path": text("a folder"), "isDefaultSelected": switch(), "mode": one_of("rw", "ro")},
        "path",
    ),
    text("a folder"),
)
EGRESS_HOST = text(
    "a host, `*.` before a domain, an IPv4 address or `*`, each with an optional :port",
    pattern=r"(\*|(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*)"
    r"(:[0-9]{1,5})?",
)
_COLOR = text("a colour such as #F5F5F5", pattern=r"#[0-9A-Fa-f]{6}")
BANNER = record(
    {
        "enabled": switch(),
        "text": text(longest=200),
        "backgroundColor": _COLOR,
        "textColor": _COLOR,
        "linkUrl": text(form="https"),
    }
)
CLAUDE_AI_IMPORT = record(
    {
        "enabled": switch(),
        "exportEnabled": switch(),
        "bannerBehavior": one_of("off", "detect", "show"),
        "automatic3pImport": switch(),
    }
)
API_KEY = credential(text("the credential, without `Bearer`"))
ORGANIZATION_ID = _GUID
