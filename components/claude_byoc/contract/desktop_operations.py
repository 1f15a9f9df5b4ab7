"""The keys of Claude Desktop for telemetry, updates, identity and appearance.

source: https://claude.com/docs/third-party/claude-desktop/configuration and the configuration changelog beside
it (first releases).
"""

from claude_byoc.contract import desktop_structures as of
from claude_byoc.contract.desktop_shapes import (
    DesktopKey,
    integer,
    listing,
    one_of,
    switch,
    text,
)

_T, _U, _I = "telemetry", "updates", "identity"
_OTLP = ("otlpEndpoint",)

OPERATION_KEYS: tuple[DesktopKey, ...] = (
    DesktopKey(
        "deploymentOrganizationUuid",
        of.ORGANIZATION_ID,
        "Your organisation; changing it hides the data people have on their devices.",
        _I,
        default="a placeholder that all share",
    ),
    DesktopKey(
        "disableEssentialTelemetry", switch(), "Send no crash and error reports.", _T, default="false"
    ),
    DesktopKey("disableNonessentialTelemetry", switch(), "Send no usage data.", _T, default="false"),
    DesktopKey(
        "disableNonessentialServices",
        switch(),
        "Load no favicons, artifact previews and the like.",
        _T,
        default="false",
    ),
    DesktopKey("disableAutoUpdates", switch(), "Do not update.", _U, default="false"),
    DesktopKey(
        "autoUpdaterEnforcementHours",
        integer(1, 72),
        "After how long an update restarts the app.",
        _U,
        default="72, and when idle",
    ),
    DesktopKey(
        "updateViaUpdatesHost",
        switch(),
        "Ask releases.claude.com for updates instead of api.anthropic.com.",
        _U,
        default="false",
        since="1.26832.0",
    ),
    DesktopKey(
        "relaunchEnforcementHours",
        integer(0, 336),
        "After how long a changed configuration restarts the app; device management since 1.46388.1.",
        _U,
        default="24 since 1.46388.1, before that 1",
        since="1.40609.0",
    ),
    DesktopKey(
        "configRecheckIntervalMinutes",
        integer(2, 30),
        "How often the configuration is read again.",
        _U,
        default="10",
        since="1.46388.1",
    ),
    DesktopKey(
        "disableConfigDeprecationWarnings",
        switch(),
        "Hide warnings about deprecated configuration.",
        _U,
        since="1.40609.0",
    ),
    DesktopKey(
        "otlpEndpoint",
        text(form="url"),
        "OpenTelemetry collector; the app appends /v1/logs, /v1/metrics and /v1/traces.",
        _T,
        default="off",
    ),
    DesktopKey(
        "otlpProtocol",
        one_of("http/protobuf", "http/json", "grpc"),
        "Protocol of the collector; Cowork uses http/protobuf instead of grpc.",
        _T,
        default="http/protobuf",
        needs=_OTLP,
    ),
    DesktopKey("otlpHeaders", of.HEADERS, "Headers for the collector.", _T, needs=_OTLP),
    DesktopKey(
        "otlpHeadersHelper",
        text(form="path"),
        "Executable that prints headers for the collector.",
        _T,
        since="1.30096.1",
        needs=_OTLP,
    ),
    DesktopKey(
        "otlpAuthMode",
        one_of("none", "inference-credential"),
        "Send the inference credential to the collector.",
        _T,
        default="none",
        since="1.30096.1",
        needs=_OTLP,
    ),
    DesktopKey(
        "otlpResourceAttributes",
        of.ATTRIBUTES,
        "Attributes of every log, metric and trace.",
        _T,
        since="1.5354.0",
        needs=_OTLP,
    ),
    DesktopKey(
        "otlpDesktopLogLevel",
        one_of("off", "error", "warn", "info", "debug"),
        "What the app's own log sends.",
        _T,
        default="error",
        since="1.9255.0",
        needs=_OTLP,
    ),
    DesktopKey(
        "otlpContentCapture",
        listing(
            one_of("userPrompts", "assistantResponses", "toolDetails", "toolContent", "rawApiBodies"),
        ),
        "Content that is sent to the collector, otherwise redacted.",
        _T,
        default="nothing",
        since="1.15962.0",
        needs=_OTLP,
    ),
    DesktopKey(
        "otlpTracesEnabled",
        switch(),
        "Send traces (beta).",
        _T,
        default="false",
        since="1.22209.0",
        needs=_OTLP,
    ),
    DesktopKey(
        "endUserAttribution",
        switch(),
        "Tell the collector who the user is.",
        _T,
        default="true",
        since="1.25927.0",
    ),
    DesktopKey(
        "deploymentDisplayName",
        text(longest=60),
        "Name of the deployment in the app.",
        _I,
        since="1.24012.0",
    ),
    DesktopKey("deploymentDisplaySubtitle", text(longest=60), "Line below that name.", _I, since="1.24012.0"),
    DesktopKey("banner", of.BANNER, "Banner at the top of the app.", _I, since="1.7196.0"),
    DesktopKey(
        "disableFeatureDiscovery",
        switch(),
        "Hide announcements of new features.",
        _I,
        default="false",
        since="1.21459.0",
    ),
)
