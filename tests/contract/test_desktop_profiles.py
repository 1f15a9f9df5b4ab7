"""The recommended profiles: what they say, and that your own values win and are told where they loosen."""

from typing import Any

import pytest

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS
from claude_byoc.contract.desktop_profiles import DESKTOP_PROFILES, with_profile
from claude_byoc.contract.desktop_rules import check_desktop_set
from claude_byoc.contract.problems import ProblemsError

OWN = {
    "inferenceProvider": "gateway",
    "inferenceGatewayBaseUrl": "https://gw.example.com",
    "inferenceCredentialKind": "interactive",
    "deploymentOrganizationUuid": "11111111-2222-3333-4444-555555555555",
    "otlpEndpoint": "https://otel.example.com",
    "allowedWorkspaceFolders": [{"path": "~/Claude", "mode": "rw"}],
    "coworkEgressAllowedHosts": ["git.example.com"],
}


def test_what_the_profiles_say() -> None:
    assert list(DESKTOP_PROFILES) == ["standard", "restricted", "locked_down"]
    standard, restricted, locked = (profile.values for profile in DESKTOP_PROFILES.values())
    assert standard == {"autoUpdaterEnforcementHours": 24, "isDesktopExtensionSignatureRequired": True}
    assert restricted == {
        **standard,
        "disableNonessentialTelemetry": True,
        "disableNonessentialServices": True,
        "isLocalDevMcpEnabled": False,
        "isDesktopExtensionEnabled": False,
    }
    assert {key for key, value in locked.items() if value is True} == {
        "disableEssentialTelemetry", "disableNonessentialTelemetry", "disableNonessentialServices",
        "disableAutoUpdates", "disableBundledSkills",
    }  # fmt: skip
    assert {key for key, value in locked.items() if value is False} == {
        "isLocalDevMcpEnabled", "isDesktopExtensionEnabled", "skillCreationEnabled",
        "userPluginMarketplacesEnabled", "userPluginUploadsEnabled",
    }  # fmt: skip
    assert locked["disabledBuiltinTools"] == ["WebSearch", "WebFetch"]
    assert locked["coworkEgressAllowedHosts"] == []
    for profile in DESKTOP_PROFILES.values():
        assert {*profile.values, *profile.recommends} <= set(DESKTOP_KEYS)


@pytest.mark.parametrize("name", ["standard", "restricted"])
def test_a_complete_set_has_nothing_to_tell(name: str) -> None:
    values, notices = with_profile(name, OWN)
    assert notices == []
    assert values == {**DESKTOP_PROFILES[name].values, **OWN}
    assert check_desktop_set(values) == []


@pytest.mark.parametrize(
    ("name", "own", "loosened"),
    [
        ("standard", {"autoUpdaterEnforcementHours": 48}, True),
        ("standard", {"autoUpdaterEnforcementHours": 8}, False),
        ("restricted", {"isLocalDevMcpEnabled": True}, True),
        ("restricted", {"isLocalDevMcpEnabled": False}, False),
        ("locked_down", {"coworkEgressAllowedHosts": ["git.example.com"]}, True),
        ("locked_down", {"coworkEgressAllowedHosts": []}, False),
        ("locked_down", {"disabledBuiltinTools": ["WebSearch"]}, True),
        ("locked_down", {"disabledBuiltinTools": ["WebSearch", "WebFetch", "Bash"]}, False),
        ("locked_down", {"disableAutoUpdates": None}, False),
    ],
)
def test_your_own_values_win(name: str, own: dict[str, Any], loosened: bool) -> None:
    recommended = {**OWN} if name != "locked_down" else {k: v for k, v in OWN.items() if "cowork" not in k}
    values, notices = with_profile(name, {**recommended, **own})
    assert [problem.key for problem in notices] == (list(own) if loosened else [])
    assert own.items() <= values.items()


def test_what_a_profile_recommends_is_told() -> None:
    _, notices = with_profile("restricted", {"inferenceProvider": "gateway"})
    assert {problem.key for problem in notices} == {
        "deploymentOrganizationUuid", "otlpEndpoint", "allowedWorkspaceFolders", "coworkEgressAllowedHosts",
    }  # fmt: skip
    assert {problem.severity for problem in notices} == {"warning"}


def test_an_unknown_profile() -> None:
    with pytest.raises(ProblemsError, match="did you mean locked_down"):
        with_profile("lockedDown", {})
