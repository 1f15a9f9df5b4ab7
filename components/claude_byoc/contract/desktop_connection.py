"""The keys of Claude Desktop that say how prompts reach a model; desktop_clouds holds those of the clouds.

source: https://claude.com/docs/third-party/claude-desktop/configuration (types, ranges, availability) and the
configuration changelog beside it (first releases).
"""

from claude_byoc.contract import desktop_structures as of
from claude_byoc.contract.desktop_shapes import (
    DesktopKey,
    integer,
    listing,
    number,
    one_of,
    switch,
    text,
)

PROVIDERS: tuple[str, ...] = ("gateway", "anthropic", "bedrock", "mantle", "vertex", "foundry")
CREDENTIAL_KINDS: tuple[str, ...] = (
    "static", "helper-script", "interactive", "vendor-profile", "workforce", "external-idp",
)  # fmt: skip
EXTERNAL_IDP_SINCE = "2.7032.0"
"""First release that knows `external-idp`; older ones find no credential with it."""

_C, _G, _M = "connection", "gateway", "models"
_HELPER = ("inferenceCredentialHelper",)

CONNECTION_KEYS: tuple[DesktopKey, ...] = (
    DesktopKey("inferenceProvider", one_of(*PROVIDERS), "Where prompts go.", _C),
    DesktopKey(
        "inferenceCredentialKind",
        one_of(*CREDENTIAL_KINDS),
        "The one credential source to use; without it the app takes the source that is there.",
        _C,
        since="1.8555.0",
    ),
    DesktopKey(
        "inferenceCustomHeaders",
        of.HEADERS,
        "Headers on every inference and model discovery request; not for credentials.",
        _C,
        since="1.8089.0",
    ),
    DesktopKey(
        "inferenceSessionLifetimeSec",
        integer(1),
        "Length of the identity provider's session, for the reminder to sign in again.",
        _C,
        since="1.14271.0",
    ),
    DesktopKey(
        "inferenceCredentialHelper",
        text(form="path"),
        "Executable, called without arguments, that prints a token or {token, headers}.",
        _C,
        consent=True,
    ),
    DesktopKey(
        "inferenceCredentialHelperTtlSec",
        integer(0),
        "How long the helper's answer is kept.",
        _C,
        default="3600",
        needs=_HELPER,
    ),
    DesktopKey(
        "inferenceCredentialHelperTimeoutSec",
        integer(1, 600),
        "How long the helper may take.",
        _C,
        default="60",
        since="1.8089.0",
        needs=_HELPER,
    ),
    DesktopKey(
        "inferenceCredentialHelperSilentRefreshEnabled",
        switch(),
        "Run the helper again, without asking, when its answer expires.",
        _C,
        default="true",
        since="1.10628.0",
        needs=_HELPER,
    ),
    DesktopKey(
        "userContentRendererUrl",
        text(form="origin"),
        "Origin that shows previews of artifacts.",
        _C,
        default="www.claudeusercontent.com",
        since="1.24012.0",
    ),
    DesktopKey(
        "inferenceStreamIdleTimeoutSec",
        integer(300, 1800),
        "How long a stream may be silent.",
        _C,
        ("gateway",),
        default="300",
        since="1.44121.1",
    ),
    DesktopKey(
        "egressProxyUrl",
        text(form="url"),
        "Proxy of the app, instead of the operating system's.",
        _C,
        availability="mdm",
        since="1.44121.1",
    ),
    DesktopKey(
        "egressProxyPacUrl",
        text(form="url"),
        "Proxy auto-configuration file of the app; wins over egressProxyUrl.",
        _C,
        availability="mdm",
        since="1.44121.1",
    ),
    DesktopKey(
        "inferenceModelPricingEnabled", switch(), "Show what usage costs, estimated.", _C, since="1.37937.0"
    ),
    DesktopKey(
        "inferenceModelPricingMultiplier",
        number("a number above 0, at most 1", 0, 1),
        "Factor on the prices.",
        _C,
        since="1.37937.0",
        needs=("inferenceModelPricingEnabled",),
    ),
    DesktopKey(
        "inferenceModelPricing",
        listing(of.PRICING, says="a list of {name, inputPerMtok, outputPerMtok, ...}"),
        "Prices per model, in dollars per million tokens.",
        _C,
        since="1.37937.0",
        needs=("inferenceModelPricingEnabled",),
    ),
    DesktopKey(
        "inferenceMaxTokensPerWindow",
        integer(1),
        "Soft limit of tokens per person, kept by the app itself.",
        _C,
        needs=("inferenceTokenWindowHours",),
    ),
    DesktopKey(
        "inferenceTokenWindowHours",
        integer(1, 720),
        "Window of that limit.",
        _C,
        needs=("inferenceMaxTokensPerWindow",),
    ),
    DesktopKey(
        "inferenceGatewayBaseUrl",
        text(form="https"),
        "Base URL of the gateway; the app appends /v1/messages.",
        _G,
        ("gateway",),
        consent=True,
    ),
    DesktopKey("inferenceGatewayApiKey", of.API_KEY, "Key that the gateway issued.", _G, ("gateway",)),
    DesktopKey(
        "inferenceGatewayAuthScheme",
        one_of("bearer", "x-api-key"),
        "Header that carries the credential.",
        _G,
        ("gateway",),
        default="bearer",
        since="1.3036.0",
    ),
    DesktopKey(
        "inferenceGatewayOidc",
        of.IDP_OIDC,
        "Sign-in with your identity provider; its token goes to the gateway.",
        _G,
        ("gateway",),
        since="1.6889.0",
    ),
    DesktopKey(
        "inferenceGatewayOidcAuthFlow",
        one_of("browser", "broker"),
        "Sign-in in the browser, or through the operating system's Microsoft account broker.",
        _G,
        ("gateway",),
        default="browser",
        since="1.25927.0",
        needs=("inferenceGatewayOidc",),
    ),
    DesktopKey(
        "inferenceIdpOidc",
        of.IDP_OIDC,
        "Newer name of the same sign-in, for every provider that takes `external-idp`.",
        _G,
        ("gateway", "bedrock"),
        since=EXTERNAL_IDP_SINCE,
    ),
    DesktopKey(
        "inferenceIdpAuthFlow",
        one_of("browser", "broker"),
        "Flow of inferenceIdpOidc.",
        _G,
        ("gateway", "bedrock"),
        since=EXTERNAL_IDP_SINCE,
        needs=("inferenceIdpOidc",),
    ),
    DesktopKey(
        "inferenceAnthropicApiKey",
        of.API_KEY,
        "Claude API key.",
        "anthropic",
        ("anthropic",),
        since="1.8089.0",
    ),
    DesktopKey(
        "inferenceModels",
        listing(of.MODEL, says="a list of model ids, or of objects with `name`"),
        "Models of the picker, the first one the default.",
        _M,
    ),
    DesktopKey(
        "modelDiscoveryEnabled",
        switch(),
        "Ask the provider which models there are.",
        _M,
        default="true, unless the list holds full ids only",
        since="1.8089.0",
    ),
    DesktopKey(
        "modelPrefer1mContext", switch(), "Choose the 1M-token context by default.", _M, since="1.28929.0"
    ),
)
