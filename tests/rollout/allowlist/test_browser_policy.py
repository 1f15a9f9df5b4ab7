"""The policy that lets the add-in's page reach a gateway in the local network."""

import json
import plistlib

from claude_byoc.rollout.allowlist import browser_policy_files
from tests.rollout.desktop.readers import read_reg

ORIGIN = "https://pivot.claude.ai"
POLICY = "LocalNetworkAccessAllowedForUrls"


def test_every_platform_and_browser() -> None:
    files = {file.name: file for file in browser_policy_files("prod")}
    assert not any(file.secret for file in files.values())
    assert read_reg(files["browser-local-network.reg"].content) == {
        rf"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Google\Chrome\{POLICY}": {"90": ORIGIN},
        rf"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Edge\{POLICY}": {"90": ORIGIN},
    }
    profile = plistlib.loads(files["browser-local-network.mobileconfig"].content)
    assert {p["PayloadType"]: p[POLICY] for p in profile["PayloadContent"]} == {
        "com.google.Chrome": [ORIGIN], "com.microsoft.Edge": [ORIGIN],
    }  # fmt: skip
    assert len({p["PayloadUUID"] for p in profile["PayloadContent"]} | {profile["PayloadUUID"]}) == 3
    assert json.loads(files["browser-local-network.json"].content) == {POLICY: [ORIGIN]}
