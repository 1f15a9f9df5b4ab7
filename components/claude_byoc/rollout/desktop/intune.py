"""Intune on Windows: an ADMX file and the OMA-URI settings that ingest it and set its policies.

A custom profile cannot write registry values as such; an ingested ADMX file may write outside the keys of
Windows itself. source: https://learn.microsoft.com/windows/client-management/win32-and-centennial-app-policy-configuration
"""

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS
from claude_byoc.rollout.desktop.encode import in_order, portable
from claude_byoc.rollout.desktop.registry import POLICY_KEY

_APP, _CATEGORY, _FILE = "ClaudeDesktop", "Claude", "ClaudeDesktopAdmx"
_INGEST = f"./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/{_APP}/Policy/{_FILE}"
_AREA = f"./Device/Vendor/MSFT/Policy/Config/{_APP}~Policy~{_CATEGORY}"
_LONGEST = 1_000_000
"""Characters of a text element; without it Windows takes 1,023."""


def admx() -> str:
    """Return the ADMX file: a machine policy with one text per desktop key, the same for every environment."""
    policies = "\n".join(_policy(key.name, key.help) for key in DESKTOP_KEYS.values())
    return f"""<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions revision="1.0" schemaVersion="1.0"
  xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions">
  <policyNamespaces><target prefix="claude" namespace="ClaudeByoc.Policies.ClaudeDesktop"/></policyNamespaces>
  <resources minRequiredRevision="1.0"/>
  <supportedOn>
    <definitions><definition name="SUPPORTED_Claude" displayName="$(string.SUPPORTED_Claude)"/></definitions>
  </supportedOn>
  <categories><category name="{_CATEGORY}" displayName="$(string.{_CATEGORY})"/></categories>
  <policies>
{policies}
  </policies>
</policyDefinitions>
"""


def _policy(name: str, text: str) -> str:
    # The value's name stands at the element alone: at the policy as well, it would be written as a number first.
    return (
        f'    <policy name="{name}" class="Machine" displayName="$(string.{name})" key={quoteattr(POLICY_KEY)} '
        f'presentation="$(presentation.{name})">\n'
        f"      <!-- {escape(text).replace('--', '-')} -->\n"
        f'      <parentCategory ref="{_CATEGORY}"/><supportedOn ref="SUPPORTED_Claude"/>\n'
        f'      <elements><text id="{name}" valueName="{name}" required="true" maxLength="{_LONGEST}"/></elements>\n'
        "    </policy>"
    )


def oma_uri(values: Mapping[str, Any], *, display_name: str) -> bytes:
    """Return the custom profile, as Microsoft Graph takes it (POST deviceManagement/deviceConfigurations).

    The first row ingests the ADMX file, the others set one key each; the portal takes the same rows by hand.
    source: https://learn.microsoft.com/graph/api/intune-deviceconfig-windows10customconfiguration-create
    """
    rows = [_row("ADMX", "policies of Claude Desktop; ingest first", _INGEST, admx())]
    for name, value in in_order(values).items():
        data = f"<enabled/><data id={quoteattr(name)} value={_attribute(portable(value))}/>"
        rows.append(_row(name, DESKTOP_KEYS[name].help, f"{_AREA}/{name}", data))
    profile = {
        "@odata.type": "#microsoft.graph.windows10CustomConfiguration",
        "displayName": display_name,
        "description": "Claude Desktop: policies below HKEY_LOCAL_MACHINE\\" + POLICY_KEY,
        "omaSettings": rows,
    }
    return (json.dumps(profile, indent=2, ensure_ascii=False) + "\n").encode()


def _attribute(text: str) -> str:
    # A tab in an attribute is read as a space unless it is a character reference.
    return '"' + escape(text, {'"': "&quot;", "\t": "&#9;"}) + '"'


def _row(name: str, text: str, uri: str, value: str) -> dict[str, str]:
    return {
        "@odata.type": "#microsoft.graph.omaSettingString",
        "displayName": name,
        "description": text,
        "omaUri": uri,
        "value": value,
    }
