"""Every configuration key of Claude Desktop (Cowork): the one home of type, range, provider and secrecy."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from claude_byoc.contract.desktop_clouds import CLOUD_KEYS
from claude_byoc.contract.desktop_connection import CONNECTION_KEYS
from claude_byoc.contract.desktop_operations import OPERATION_KEYS
from claude_byoc.contract.desktop_shapes import DesktopKey, Shape, leaves
from claude_byoc.contract.desktop_surfaces import SURFACE_KEYS

SOURCE = "https://claude.com/docs/third-party/claude-desktop/configuration"

DESKTOP_KEYS: Mapping[str, DesktopKey] = MappingProxyType(
    {key.name: key for key in (*CONNECTION_KEYS, *CLOUD_KEYS, *SURFACE_KEYS, *OPERATION_KEYS)}
)
"""Every documented key by name. Generated files carry keys in this order."""

UNDOCUMENTED_KEYS: frozenset[str] = frozenset(
    {
        "allowOptionalClientAuth", "allowedPluginMcpServers", "alwaysStartWithDefaultModel",
        "builtinBrowserAllowedDomains", "builtinBrowserBlockedDomains", "builtinBrowserDefaultDomainPolicy",
        "builtinBrowserEnabled", "chatSessionRetentionDays", "claudeInChromeEnabled", "codeSessionRetentionDays",
        "coworkSessionRetentionDays", "coworkVmIpv6Enabled", "dangerousMaxVersion", "defaultModelEffort",
        "desktopHome", "dictationEnabled", "disableMultiAccount", "disableWslSessions", "entraAzureCloud",
        "entraClientId", "entraScope", "hardwareBuddyEnabled", "importThirdPartyHistoryIntoOrgUUID",
        "inferenceBedrockWebIdentityRoleArn", "inferenceCredentialHelperArgs", "inferenceCredentialHelperWindows",
        "inferenceFoundryBaseUrl", "isDesktopExtensionDirectoryEnabled", "loginSsoOrgDomain",
        "modelCatalogEnabled", "modelCatalogUrl", "officeAccessPolicies", "officeDisabledFeatures",
        "officeDisabledHosts", "otlpAttrMaxChars", "relocateUncUserData", "scheduledTasksEnabled",
        "secureVmFeaturesEnabled", "sessionRetentionHold", "skillBundles", "sshTransport", "usageMetricsEnabled",
    }
)  # fmt: skip
"""Seen in the schema of an installed app (2.2553.1) and not in the documentation: what they do may change."""
_UNDOCUMENTED = re.compile(r"selfHosted[A-Z]\w*")

WITHOUT_EFFECT: Mapping[str, str] = MappingProxyType(
    {
        "forceLoginOrgUUID": "belongs to deployments that sign in with Claude accounts",
        "disableDefaultPlugins": "was removed in 1.18286.0",
        "betaFeaturesEnabled": "was deprecated in the release that brought it (1.14271.0)",
    }
)
"""Key -> why the app does nothing with it here."""

RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "inferenceGatewayHeaders": "inferenceCustomHeaders",
        "isDxtEnabled": "isDesktopExtensionEnabled",
        "isDxtSignatureRequired": "isDesktopExtensionSignatureRequired",
        "trustBootstrapLocalExec": "trustBootstrapDelivery",
        "enduserAttribution": "endUserAttribution",
    }
)
"""Names that the app stopped reading on 7 October 2026 -> the key that took their place."""

APP_BEHAVIOR_KEYS: frozenset[str] = frozenset(
    {
        "disableAutoUpdates", "autoUpdaterEnforcementHours", "updateViaUpdatesHost", "relaunchEnforcementHours",
        "configRecheckIntervalMinutes", "egressProxyUrl", "egressProxyPacUrl",
    }
)  # fmt: skip
"""Keys that may be managed alone: with only these, people may still configure the rest themselves."""

PLACEHOLDER_KEY = "network-identity"
"""Value of inferenceGatewayApiKey for a gateway that knows devices by their network and takes no key: the app
refuses an empty one. No secret."""


def is_undocumented(name: str) -> bool:
    """Tell whether an installed app knows the key and the documentation does not."""
    return name in UNDOCUMENTED_KEYS or _UNDOCUMENTED.fullmatch(name) is not None


def _may_hold_secret(shape: Shape) -> bool:
    return shape.secret or any(map(_may_hold_secret, (*shape.items, *shape.fields.values())))


DESKTOP_SECRET_KEYS: frozenset[str] = frozenset(
    name for name, key in DESKTOP_KEYS.items() if _may_hold_secret(key.shape)
)
"""Keys whose value is a credential, or an object that may hold one: headers, managed MCP servers."""


def secret_leaves(values: Mapping[str, Any]) -> list[str]:
    """Return where credentials are or may be, such as `managedMcpServers[0].headers`, in the order of `values`.

    The placeholder for network-identity gateways is none.
    """
    return [
        f"{name}{where}"
        for name, value in values.items()
        if name in DESKTOP_KEYS
        for where, shape, part in leaves(DESKTOP_KEYS[name].shape, value)
        if shape.secret and part not in (None, {}, PLACEHOLDER_KEY)
    ]
