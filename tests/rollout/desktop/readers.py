"""What the generated files are read back with: parsers that know the file formats and nothing of our code."""

import json
import plistlib
import re
import xml.etree.ElementTree as ET
from typing import Any

ADMX = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"

# The types of the configuration page, for the decoding that the app does.
STRUCTURED = frozenset(
    {
        "inferenceCustomHeaders", "inferenceGatewayOidc", "inferenceIdpOidc",
        "inferenceVertexWorkforceOidc", "builtinToolPolicy", "claudeAiImport", "otlpHeaders",
        "otlpResourceAttributes", "banner", "bootstrapOidc", "bootstrapHeaders", "inferenceModels",
        "inferenceModelPricing", "disabledBuiltinTools", "allowedWorkspaceFolders",
        "coworkEgressAllowedHosts", "sshHostAllowlist", "managedMcpServers", "allowedPluginMarketplaces",
        "orgPluginSettings", "otlpContentCapture",
    }
)  # fmt: skip
NUMBERS = frozenset(
    {
        "inferenceSessionLifetimeSec", "inferenceCredentialHelperTtlSec",
        "inferenceCredentialHelperTimeoutSec", "inferenceStreamIdleTimeoutSec",
        "inferenceMaxTokensPerWindow", "inferenceTokenWindowHours", "mcpToolTimeoutSec",
        "autoUpdaterEnforcementHours", "relaunchEnforcementHours", "configRecheckIntervalMinutes",
        "inferenceModelPricingMultiplier",
    }
)  # fmt: skip


def decoded(texts: dict[str, str], switches: set[str]) -> dict[str, Any]:
    """Return the values as the app reads them; `switches` names the boolean keys."""
    return {key: _decoded(key, text, key in switches) for key, text in texts.items()}


def _decoded(key: str, text: str, switch: bool) -> Any:  # noqa: ANN401 - any JSON value
    if key in STRUCTURED:
        return json.loads(text)
    if switch:
        return {"true": True, "false": False}[text]
    if key in NUMBERS:
        assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text)
        return float(text)
    return text


def read_mobileconfig(content: bytes) -> dict[str, str]:
    """Return the settings of the app's payload, each of them a string."""
    profile = plistlib.loads(content, fmt=plistlib.FMT_XML)
    (payload,) = profile["PayloadContent"]
    assert payload["PayloadType"] == "com.anthropic.claudefordesktop"
    settings = {key: value for key, value in payload.items() if not key.startswith("Payload")}
    assert all(isinstance(value, str) for value in settings.values())
    return settings


_STRING = re.compile(r'"((?:[^"\\\r\n]|\\["\\])*)"')


def read_reg(content: bytes) -> dict[str, dict[str, str]]:
    """Return key -> values of a .reg file of string values; nothing that regedit might read otherwise passes."""
    assert content[:2] == b"\xff\xfe"
    lines = content[2:].decode("utf-16-le").split("\r\n")
    assert not any("\n" in line or "\r" in line for line in lines)
    assert lines[:2] == ["Windows Registry Editor Version 5.00", ""]
    assert lines[-1] == ""
    keys: dict[str, dict[str, str]] = {}
    for line in lines[2:]:
        if not line:
            continue
        if line.startswith("["):
            path = line.removeprefix("[").removesuffix("]")
            assert f"[{path}]" == line
            assert path not in keys
            keys[path] = {}
            continue
        name = _STRING.match(line)
        assert name is not None
        value = _STRING.fullmatch(line, name.end() + 1)
        assert line[name.end()] == "="
        assert value is not None
        values = keys[list(keys)[-1]]
        assert _plain(name[1]) not in values
        values[_plain(name[1])] = _plain(value[1])
    return keys


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def apply_oma_uri(content: bytes) -> dict[str, dict[str, str]]:
    """Return what the rows write into the registry: ingest the ADMX file, then set each policy, as the CSP does."""
    profile = json.loads(content)
    assert profile["@odata.type"] == "#microsoft.graph.windows10CustomConfiguration"
    first, *rows = profile["omaSettings"]
    install = "./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/"
    app, setting_type, _file = first["omaUri"].removeprefix(install).split("/")
    root = ET.fromstring(first["value"])
    parents = {c.attrib["name"]: c.find(f"{ADMX}parentCategory") for c in root.iter(f"{ADMX}category")}
    written: dict[str, dict[str, str]] = {}
    for row in rows:
        assert row["@odata.type"] == "#microsoft.graph.omaSettingString"
        area, name = row["omaUri"].removeprefix("./Device/Vendor/MSFT/Policy/Config/").split("/")
        (policy,) = [p for p in root.iter(f"{ADMX}policy") if p.attrib["name"] == name]
        category = policy.find(f"{ADMX}parentCategory")
        assert category is not None
        assert parents[category.attrib["ref"]] is None
        assert area == f"{app}~{setting_type}~{category.attrib['ref']}"
        assert policy.attrib["class"] == "Machine"
        assert "valueName" not in policy.attrib
        elements = policy.find(f"{ADMX}elements")
        assert elements is not None
        (element,) = elements
        enabled, data = ET.fromstring(f"<all>{row['value']}</all>")
        assert (enabled.tag, data.tag, element.tag) == ("enabled", "data", f"{ADMX}text")
        assert data.attrib["id"] == element.attrib["id"]
        assert len(data.attrib["value"]) <= int(element.attrib["maxLength"])
        written.setdefault(policy.attrib["key"], {})[element.attrib["valueName"]] = data.attrib["value"]
    return written
