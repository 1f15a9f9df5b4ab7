"""The table of desktop keys beside a second list of them, written from the documentation by hand."""

import re

import pytest

from claude_byoc.contract.desktop_keys import (
    DESKTOP_KEYS,
    DESKTOP_SECRET_KEYS,
    PLACEHOLDER_KEY,
    RENAMED,
    UNDOCUMENTED_KEYS,
    WITHOUT_EFFECT,
    secret_leaves,
)
from claude_byoc.contract.desktop_rules import check_desktop_value

# Type as the configuration page names it -> keys.
DOCUMENTED = {
    "enum": """inferenceProvider inferenceCredentialKind inferenceGatewayAuthScheme inferenceGatewayOidcAuthFlow
        inferenceIdpAuthFlow inferenceBedrockServiceTier inferenceVertexWorkforceAuthFlow inferenceFoundryAuthFlow
        microsoftAuthBroker otlpProtocol otlpAuthMode otlpDesktopLogLevel""",
    "object": """inferenceCustomHeaders inferenceGatewayOidc inferenceIdpOidc inferenceVertexWorkforceOidc
        builtinToolPolicy claudeAiImport otlpHeaders otlpResourceAttributes banner bootstrapOidc bootstrapHeaders""",
    "list": """inferenceModels inferenceModelPricing disabledBuiltinTools allowedWorkspaceFolders
        coworkEgressAllowedHosts sshHostAllowlist managedMcpServers allowedPluginMarketplaces orgPluginSettings
        otlpContentCapture""",
    "number": "inferenceModelPricingMultiplier",
    "integer": """inferenceSessionLifetimeSec inferenceCredentialHelperTtlSec inferenceCredentialHelperTimeoutSec
        inferenceStreamIdleTimeoutSec inferenceMaxTokensPerWindow inferenceTokenWindowHours mcpToolTimeoutSec
        autoUpdaterEnforcementHours relaunchEnforcementHours configRecheckIntervalMinutes""",
    "boolean": """inferenceCredentialHelperSilentRefreshEnabled inferenceModelPricingEnabled modelDiscoveryEnabled
        modelPrefer1mContext disableDeploymentModeChooser disableDeepLinkRegistration chatTabEnabled
        chatAdvancedFileAnalysisEnabled coworkTabEnabled isClaudeCodeForDesktopEnabled disableBundledSkills
        skillCreationEnabled autoModeEnabled toolSearchEnabled requireCoworkFullVmSandbox skipWebFetchPreflight
        disableBypassPermissionsMode blockReadsOutsideWorkingDirectories isLocalDevMcpEnabled
        mcpPersistentAlwaysAllowEnabled isDesktopExtensionEnabled isDesktopExtensionSignatureRequired
        userPluginMarketplacesEnabled userPluginUploadsEnabled disableEssentialTelemetry
        disableNonessentialTelemetry disableNonessentialServices disableAutoUpdates updateViaUpdatesHost
        disableConfigDeprecationWarnings otlpTracesEnabled endUserAttribution disableFeatureDiscovery
        bootstrapEnabled trustBootstrapDelivery""",
    "string": """inferenceCredentialHelper userContentRendererUrl egressProxyUrl egressProxyPacUrl
        inferenceGatewayBaseUrl inferenceGatewayApiKey inferenceAnthropicApiKey inferenceBedrockRegion
        inferenceBedrockBaseUrl inferenceBedrockBearerToken inferenceBedrockSsoStartUrl inferenceBedrockSsoRegion
        inferenceBedrockSsoAccountId inferenceBedrockSsoRoleName inferenceBedrockProfile inferenceBedrockAwsDir
        inferenceBedrockAwsCliPath inferenceVertexProjectId inferenceVertexRegion inferenceVertexBaseUrl
        inferenceVertexOAuthClientId inferenceVertexOAuthClientSecret inferenceVertexOAuthScopes
        inferenceVertexOAuthLoginHint inferenceVertexWorkforceAudience inferenceVertexWorkforceUserProject
        inferenceVertexCredentialsFile inferenceFoundryResource inferenceFoundryApiKey inferenceFoundryTenantId
        inferenceFoundryClientId organizationInstructions sshClientPath organizationPluginsUrl
        deploymentOrganizationUuid otlpEndpoint otlpHeadersHelper deploymentDisplayName deploymentDisplaySubtitle
        bootstrapUrl bootstrapHeadersHelper""",
}
MANAGED_ONLY = """egressProxyUrl egressProxyPacUrl bootstrapUrl bootstrapEnabled bootstrapOidc bootstrapHeaders
    bootstrapHeadersHelper trustBootstrapDelivery"""


def test_every_documented_key_and_no_other() -> None:
    named = {name: kind for kind, names in DOCUMENTED.items() for name in names.split()}
    kinds = {
        name: "object" if key.shape.kind == "map" else key.shape.kind for name, key in DESKTOP_KEYS.items()
    }
    assert kinds == named


def test_availability_and_releases() -> None:
    assert {n for n, key in DESKTOP_KEYS.items() if key.availability == "mdm"} == set(MANAGED_ONLY.split())
    for key in DESKTOP_KEYS.values():
        assert re.fullmatch(r"([1-9]\.[0-9]+\.[0-9]+)?", key.since)
        assert key.help.endswith(".")
        assert set(key.needs) <= set(DESKTOP_KEYS)
    assert DESKTOP_KEYS["inferenceGatewayOidc"].since == "1.6889.0"
    assert DESKTOP_KEYS["inferenceIdpOidc"].since == "2.7032.0"


@pytest.mark.parametrize(
    ("key", "inside", "outside"),
    [
        ("inferenceCredentialHelperTimeoutSec", [1, 600], [0, 601]),
        ("inferenceStreamIdleTimeoutSec", [300, 1800], [299, 1801]),
        ("inferenceTokenWindowHours", [1, 720], [0, 721]),
        ("mcpToolTimeoutSec", [60, 3600], [59, 3601]),
        ("autoUpdaterEnforcementHours", [1, 72], [0, 73]),
        ("relaunchEnforcementHours", [0, 336], [-1, 337]),
        ("configRecheckIntervalMinutes", [2, 30], [1, 31]),
        ("inferenceModelPricingMultiplier", [0.01, 1], [-0.1, 1.01, float("nan"), float("inf")]),
        ("deploymentDisplayName", ["x" * 60], ["x" * 61]),
        ("organizationInstructions", ["x" * 3000, "two\nlines"], ["x" * 3001]),
        ("inferenceBedrockSsoAccountId", ["123456789012"], ["12345678901", "arn:aws"]),
        ("inferenceVertexProjectId", ["contoso-claude"], ["Contoso", "-a"]),
        ("inferenceVertexRegion", ["us-east5", "eu", "global"], ["US", "us_east5"]),
        (
            "coworkEgressAllowedHosts",
            [["a.example", "*.a.example", "*", "10.0.0.1:8080"]],
            [["https://a"], ["a/b"]],
        ),
        (
            "banner",
            [{"text": "x" * 200, "linkUrl": "https://a.example"}],
            [{"text": "x" * 201}, {"linkUrl": "a"}],
        ),
        ("inferenceProvider", ["gateway", "mantle"], ["Gateway", "aws", ""]),
        ("deploymentOrganizationUuid", ["11111111-2222-3333-4444-555555555555"], ["1111", "{11111111}"]),
    ],
)
def test_ranges(key: str, inside: list[object], outside: list[object]) -> None:
    assert [check_desktop_value(key, value) for value in inside] == [[] for _ in inside]
    for value in outside:
        (problem,) = check_desktop_value(key, value)
        assert problem.severity == "error"
        assert problem.key.startswith(key)


@pytest.mark.parametrize("key", sorted(DESKTOP_KEYS))
def test_the_wrong_type_is_one_error_that_names_the_key(key: str) -> None:
    wrong: object = 7 if DESKTOP_KEYS[key].shape.kind not in ("integer", "number") else "seven"
    errors = [problem for problem in check_desktop_value(key, wrong) if problem.severity == "error"]
    assert [problem.key for problem in errors] == [key]
    assert "seven" not in str(errors[0])


@pytest.mark.parametrize("key", [*sorted(UNDOCUMENTED_KEYS), "selfHostedAnything"])
def test_keys_without_documentation_are_refused_for_that_reason(key: str) -> None:
    (problem,) = check_desktop_value(key, "x")
    assert (problem.key, problem.severity) == (key, "error")
    assert "not documented" in problem.wrong


@pytest.mark.parametrize(
    ("key", "text"),
    [
        *((old, f"use {new}") for old, new in RENAMED.items()),
        *((dead, why) for dead, why in WITHOUT_EFFECT.items()),
        ("inferenceGatewayBaseURL", "did you mean inferenceGatewayBaseUrl?"),
        ("sk-ant-api03-hunter2/hunter2", "(unreadable key)"),
    ],
)
def test_other_names(key: str, text: str) -> None:
    (problem,) = check_desktop_value(key, "x")
    assert text in str(problem)
    assert "hunter2" not in str(problem)


def test_deprecated_keys_work_with_a_warning() -> None:
    for key, value in (("requireCoworkFullVmSandbox", True), ("organizationPluginsUrl", "https://p.example")):
        (problem,) = check_desktop_value(key, value)
        assert problem.severity == "warning"


def test_which_leaves_are_secret() -> None:
    values = {
        "inferenceGatewayApiKey": "k",
        "inferenceModels": ["m"],
        "otlpHeaders": {"a": "b"},
        "bootstrapHeaders": {},
        "managedMcpServers": [
            {"name": "a", "transport": "http", "headers": {"x": "y"}, "oauth": {"clientSecret": "s"}},
            {"name": "b", "transport": "stdio", "env": {"T": "v"}, "oauth": True},
        ],
    }
    assert secret_leaves(values) == [
        "inferenceGatewayApiKey", "otlpHeaders", "managedMcpServers[0].headers",
        "managedMcpServers[0].oauth.clientSecret", "managedMcpServers[1].env",
    ]  # fmt: skip
    assert secret_leaves({"inferenceGatewayApiKey": PLACEHOLDER_KEY, "unknown": "x"}) == []
    assert {
        "inferenceGatewayApiKey", "inferenceAnthropicApiKey", "inferenceBedrockBearerToken", "otlpHeaders",
        "inferenceVertexOAuthClientSecret", "inferenceFoundryApiKey", "inferenceCustomHeaders", "bootstrapHeaders",
        "managedMcpServers",
    } == DESKTOP_SECRET_KEYS  # fmt: skip
