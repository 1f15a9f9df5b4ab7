"""The browser policy without which a page from the internet cannot call a gateway at a private address.

Chromium 142 and later ask the user (Local Network Access) before a public page may do so, and an add-in's pane has
nobody who would look for that question. source: https://chromeenterprise.google/policies and
https://learn.microsoft.com/deployedge/microsoft-edge-policies/localnetworkaccessallowedforurls
"""

import json

from claude_byoc.contract.entra import ADDIN_ORIGIN
from claude_byoc.rollout.desktop.mobileconfig import configuration_profile
from claude_byoc.rollout.desktop.registry import registration_file
from claude_byoc.rollout.files import RolloutFile

POLICY = "LocalNetworkAccessAllowedForUrls"
_BROWSERS = {
    r"SOFTWARE\Policies\Google\Chrome": "com.google.Chrome",
    r"SOFTWARE\Policies\Microsoft\Edge": "com.microsoft.Edge",
}
"""Registry key on Windows -> preference domain on macOS."""
# An entry of a list is a value with a number as its name; those that you have begin at 1.
_ENTRY = "90"


def policy_reg() -> bytes:
    """Return a .reg file for Chrome and Edge; it adds an entry and leaves others of the list alone."""
    return registration_file({f"{key}\\{POLICY}": {_ENTRY: ADDIN_ORIGIN} for key in _BROWSERS})


def policy_mobileconfig(environment: str) -> bytes:
    """Return a macOS profile for Chrome and Edge."""
    payloads = [{"PayloadType": domain, POLICY: [ADDIN_ORIGIN]} for domain in _BROWSERS.values()]
    return configuration_profile(
        environment, "browser", display_name="Claude: gateway in the local network", payloads=payloads
    )


def policy_json() -> str:
    """Return the policy as JSON, for a file in /etc/opt/chrome/policies/managed or opt/edge's."""
    return json.dumps({POLICY: [ADDIN_ORIGIN]}, indent=2) + "\n"


def browser_policy_files(environment: str) -> list[RolloutFile]:
    """Return the three files, for a gateway that is reached at a private address."""
    why = "browsers may call the gateway at its private address"
    return [
        RolloutFile("browser-local-network.reg", policy_reg(), f"{why}: Windows"),
        RolloutFile("browser-local-network.mobileconfig", policy_mobileconfig(environment), f"{why}: macOS"),
        RolloutFile("browser-local-network.json", policy_json().encode(), f"{why}: Linux"),
    ]
