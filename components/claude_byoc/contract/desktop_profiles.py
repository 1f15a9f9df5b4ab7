"""How much Claude Desktop may do on a device: three recommended sets of values, as data.

source: https://claude.com/docs/third-party/claude-desktop/configuration, recommended configurations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from claude_byoc.contract.problems import Problem, ProblemsError, nearest


@dataclass(frozen=True)
class DesktopProfile:
    """One recommended set.

    `values` hold unless your own say otherwise; `recommends` are keys whose values only you know, each with
    why.
    """

    name: str
    help: str
    values: Mapping[str, Any]
    recommends: Mapping[str, str]


_OWN = {
    "deploymentOrganizationUuid": "without it all deployments share one placeholder, and a later change hides "
    "the data that people have on their devices",
    "otlpEndpoint": "without it nobody sees what the app does",
}
_NO_ADDITIONS: Mapping[str, Any] = {
    "isLocalDevMcpEnabled": False,
    "isDesktopExtensionEnabled": False,
}
_LESS_TRAFFIC: Mapping[str, Any] = {
    "disableNonessentialTelemetry": True,
    "disableNonessentialServices": True,
}
_STANDARD: Mapping[str, Any] = {
    "autoUpdaterEnforcementHours": 24,
    "isDesktopExtensionSignatureRequired": True,
}

DESKTOP_PROFILES: Mapping[str, DesktopProfile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            DesktopProfile(
                "standard", "updates within a day, signed extensions only", MappingProxyType(_STANDARD), _OWN
            ),
            DesktopProfile(
                "restricted",
                "no additions by people, no non-essential traffic",
                MappingProxyType({**_STANDARD, **_NO_ADDITIONS, **_LESS_TRAFFIC}),
                {
                    **_OWN,
                    "allowedWorkspaceFolders": "without it people may open every folder",
                    "coworkEgressAllowedHosts": "tools reach the inference host and what you list",
                },
            ),
            DesktopProfile(
                "locked_down",
                "no telemetry, no updates by the app, no additions, no web tools, no egress of tools",
                MappingProxyType(
                    {
                        **_NO_ADDITIONS,
                        **_LESS_TRAFFIC,
                        "disableEssentialTelemetry": True,
                        "disableAutoUpdates": True,
                        "skillCreationEnabled": False,
                        "disableBundledSkills": True,
                        # A person's plugin brings MCP servers and skills with it.
                        "userPluginMarketplacesEnabled": False,
                        "userPluginUploadsEnabled": False,
                        "disabledBuiltinTools": ["WebSearch", "WebFetch"],
                        "coworkEgressAllowedHosts": [],
                    }
                ),
                {"deploymentOrganizationUuid": _OWN["deploymentOrganizationUuid"]},
            ),
        )
    }
)
"""By name, from the most to the least permissive."""


def with_profile(name: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the profile's values with yours over them, and a notice where yours loosen it or one is missing.

    `values` are native and may hold None for what is not known yet. Raises ProblemsError for an unknown profile.
    """
    if name not in DESKTOP_PROFILES:
        meant = nearest(name, DESKTOP_PROFILES)
        cure = f"did you mean {meant}?" if meant else "choose one of them"
        raise ProblemsError([Problem("profile", "is not known", ", ".join(DESKTOP_PROFILES), cure)])
    profile = DESKTOP_PROFILES[name]
    notices = [
        Problem(
            key,
            f"is looser than the profile {name}",
            f"the profile's {profile.values[key]!r}".replace("True", "true").replace("False", "false"),
            "leave it out unless this is meant",
            "warning",
        )
        for key in values
        if key in profile.values and _looser(key, profile.values[key], values[key])
    ]
    notices += [
        Problem(
            key,
            f"is not set, and the profile {name} recommends it: {why}",
            "a value",
            f"add {key}",
            "warning",
        )
        for key, why in profile.recommends.items()
        if key not in values
    ]
    return {**profile.values, **values}, notices


def _looser(key: str, recommended: object, own: object) -> bool:
    if own is None:
        return False
    if isinstance(recommended, list):
        theirs = {str(entry) for entry in cast("list[Any]", recommended)}
        ours = {str(entry) for entry in cast("list[Any]", own)} if isinstance(own, list) else set[str]()
        return bool(theirs - ours) if key == "disabledBuiltinTools" else bool(ours - theirs)
    if isinstance(recommended, int) and not isinstance(recommended, bool):
        return isinstance(own, int | float) and own > recommended
    return own != recommended
