"""From values to files: golden files, secrecy, stable identifiers, platforms that cannot carry a value."""

import json
import plistlib
import re
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from lxml import etree

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS, PLACEHOLDER_KEY
from claude_byoc.contract.desktop_sign_in import gateway_key, gateway_sso
from claude_byoc.contract.problems import ProblemsError, errors
from claude_byoc.rollout.desktop import DesktopFiles, render_all, render_desktop
from claude_byoc.rollout.desktop.helper import HELPER_PATHS, Helper

from .readers import ADMX, apply_oma_uri, read_mobileconfig, read_reg

URL = "https://gw.example.com"
ISSUER = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"
SSO = gateway_sso(URL, issuer=ISSUER, client_id="66666666-7777-8888-9999-000000000000")
KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Claude"
SECRET = "hunter2-hunter2"

GOLDEN_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>PayloadType</key>
	<string>Configuration</string>
	<key>PayloadIdentifier</key>
	<string>claude-byoc.prod.desktop</string>
	<key>PayloadUUID</key>
	<string>59A27BA8-5E2C-5F48-8807-D43940D4817A</string>
	<key>PayloadVersion</key>
	<integer>1</integer>
	<key>PayloadDisplayName</key>
	<string>Claude &amp; Co</string>
	<key>PayloadScope</key>
	<string>System</string>
	<key>PayloadContent</key>
	<array>
		<dict>
			<key>PayloadType</key>
			<string>com.anthropic.claudefordesktop</string>
			<key>PayloadIdentifier</key>
			<string>claude-byoc.prod.desktop.com.anthropic.claudefordesktop</string>
			<key>PayloadUUID</key>
			<string>1DDCACAC-135E-5E51-BA63-28E84B3C8081</string>
			<key>PayloadVersion</key>
			<integer>1</integer>
			<key>PayloadDisplayName</key>
			<string>Claude &amp; Co</string>
			<key>inferenceProvider</key>
			<string>gateway</string>
			<key>inferenceCredentialKind</key>
			<string>static</string>
			<key>inferenceGatewayBaseUrl</key>
			<string>https://gw.example.com</string>
			<key>inferenceGatewayApiKey</key>
			<string>network-identity</string>
			<key>disabledBuiltinTools</key>
			<string>["WebSearch"]</string>
			<key>isLocalDevMcpEnabled</key>
			<string>false</string>
		</dict>
	</array>
</dict>
</plist>
"""
GOLDEN_REG = r"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Claude]
"inferenceProvider"="gateway"
"inferenceCredentialKind"="static"
"inferenceGatewayBaseUrl"="https://gw.example.com"
"inferenceGatewayApiKey"="network-identity"
"disabledBuiltinTools"="[\"WebSearch\"]"
"isLocalDevMcpEnabled"="false"

"""
GOLDEN_LINUX = """{
  "inferenceProvider": "gateway",
  "inferenceCredentialKind": "static",
  "inferenceGatewayBaseUrl": "https://gw.example.com",
  "inferenceGatewayApiKey": "network-identity",
  "disabledBuiltinTools": [
    "WebSearch"
  ],
  "isLocalDevMcpEnabled": false
}
"""
PLAIN: dict[str, Any] = {
    "isLocalDevMcpEnabled": False,
    **gateway_key(URL),
    "disabledBuiltinTools": ["WebSearch"],
}


def made(
    values: dict[str, Any], *, formats: Sequence[str] = (), helper: Helper | None = None
) -> DesktopFiles:
    return render_all(values, environment="prod", display_name="Claude & Co", formats=formats, helper=helper)


def contents(files: DesktopFiles) -> dict[str, bytes]:
    return {file.name: file.content for file in files.files}


def test_golden_files() -> None:
    files = made(PLAIN)
    assert list(contents(files)) == [
        "claude-desktop.mobileconfig", "claude-desktop.reg", "claude-desktop.admx", "intune-oma-uri.json",
        "managed-settings.json",
    ]  # fmt: skip
    assert contents(files)["claude-desktop.mobileconfig"].decode() == GOLDEN_PROFILE
    reg = contents(files)["claude-desktop.reg"]
    assert reg == b"\xff\xfe" + GOLDEN_REG.replace("\n", "\r\n").encode("utf-16-le")
    assert contents(files)["managed-settings.json"].decode() == GOLDEN_LINUX
    assert not any(file.secret for file in files.files)  # the placeholder is no secret
    assert files.notices == ()
    assert list(files.files) == render_desktop(PLAIN, environment="prod", display_name="Claude & Co")


def test_every_format_says_the_same() -> None:
    files = contents(made(SSO))
    mac = read_mobileconfig(files["claude-desktop.mobileconfig"])
    assert read_reg(files["claude-desktop.reg"])[KEY] == mac
    assert apply_oma_uri(files["intune-oma-uri.json"])[r"SOFTWARE\Policies\Claude"] == mac
    linux = json.loads(files["managed-settings.json"])
    assert linux == SSO
    assert json.loads(mac["inferenceGatewayOidc"]) == linux["inferenceGatewayOidc"]
    assert mac["inferenceCredentialKind"] == "interactive"


def test_the_admx_file_has_one_text_per_key_and_is_what_the_rows_ingest() -> None:
    files = contents(made(PLAIN))
    root = etree.fromstring(files["claude-desktop.admx"])
    policies = list(root.iter(f"{ADMX}policy"))
    assert {policy.get("key") for policy in policies} == {r"SOFTWARE\Policies\Claude"}
    texts = [text for policy in policies for text in policy.iter(f"{ADMX}text")]
    assert [text.get("valueName") for text in texts] == list(DESKTOP_KEYS)
    rows = json.loads(files["intune-oma-uri.json"])["omaSettings"]
    assert rows[0]["value"].encode() == files["claude-desktop.admx"]


def test_identifiers_stay_with_the_environment_and_the_values_do_not_change_them() -> None:
    def uuids(environment: str, values: dict[str, Any]) -> list[str]:
        content = render_all(
            values, environment=environment, display_name="x", formats=["mobileconfig"]
        ).files[0]
        profile = plistlib.loads(content.content)
        found = [profile["PayloadUUID"], *(one["PayloadUUID"] for one in profile["PayloadContent"])]
        assert [str(uuid.UUID(one)).upper() for one in found] == found
        assert len(set(found)) == len(found)
        return found

    assert uuids("prod", PLAIN) == uuids("prod", SSO)
    assert not set(uuids("prod", PLAIN)) & set(uuids("test", PLAIN))


@pytest.mark.parametrize(
    "secret",
    [
        gateway_key(URL, SECRET),
        {**PLAIN, "otlpEndpoint": "https://o.example.com", "otlpHeaders": {"x-token": SECRET}},
        {**PLAIN, "managedMcpServers": [
            {"name": "a", "transport": "http", "url": "https://m.example", "oauth": {"clientSecret": SECRET}}]},
    ],
)  # fmt: skip
def test_files_with_a_secret_say_so(secret: dict[str, Any]) -> None:
    files = made(secret).files
    holding = {
        file.name
        for file in files
        if SECRET in file.content.decode("utf-16" if "reg" in file.name else "utf-8")
    }
    assert holding == {file.name for file in files if file.secret}
    assert holding == {
        "claude-desktop.mobileconfig", "claude-desktop.reg", "intune-oma-uri.json", "managed-settings.json",
    }  # fmt: skip


def test_a_line_break_leaves_windows_out_or_is_refused_where_windows_was_asked_for() -> None:
    values = {**PLAIN, "organizationInstructions": "one\ntwo"}
    files = made(values)
    assert set(contents(files)) == {"claude-desktop.mobileconfig", "managed-settings.json"}
    assert [(p.key, p.severity) for p in files.notices] == [("organizationInstructions", "warning")] * 2
    assert "the format reg is left out" in files.notices[0].wrong
    for name in ("reg", "intune"):
        with pytest.raises(ProblemsError, match="organizationInstructions: holds a line break"):
            made(values, formats=[name])


def test_paths_belong_to_a_platform() -> None:
    values = {**PLAIN, "otlpEndpoint": URL, "otlpHeadersHelper": "/opt/helper"}
    assert set(contents(made(values))) == {"claude-desktop.mobileconfig", "managed-settings.json"}
    assert set(contents(made({**values, "otlpHeadersHelper": r"C:\h.exe"}))) == {
        "claude-desktop.reg", "claude-desktop.admx", "intune-oma-uri.json",
    }  # fmt: skip
    with pytest.raises(ProblemsError, match="otlpHeadersHelper: is no path of windows"):
        made(values, formats=["reg"])


def test_linux_has_no_account_broker() -> None:
    values = gateway_sso(URL, issuer=ISSUER, client_id="c", broker=True)
    files = made(values)
    assert "inferenceGatewayOidcAuthFlow" not in json.loads(contents(files)["managed-settings.json"])
    assert (
        read_mobileconfig(contents(files)["claude-desktop.mobileconfig"])["inferenceGatewayOidcAuthFlow"]
        == "broker"
    )
    assert [problem.key for problem in files.notices] == ["inferenceGatewayOidcAuthFlow"]
    assert made(values, formats=["reg"]).notices == ()


def test_retired_spellings_never_reach_a_file() -> None:
    old: dict[str, Any] = {
        "inferenceProvider": "gateway", "inferenceGatewayBaseUrl": URL, "inferenceGatewayAuthScheme": "sso",
        "inferenceGatewayHeaders": ["X-Org: a"], "isDxtEnabled": "true",
    }  # fmt: skip
    files = made(old)
    for name, content in contents(files).items():
        text = content.decode("utf-16" if name.endswith(".reg") else "utf-8")
        assert not re.search(r"inferenceGatewayHeaders|isDxt|\bsso\b", text), name
    assert json.loads(contents(files)["managed-settings.json"]) == {
        "inferenceProvider": "gateway", "inferenceCredentialKind": "interactive", "inferenceGatewayBaseUrl": URL,
        "inferenceCustomHeaders": {"X-Org": "a"}, "isDesktopExtensionEnabled": True,
    }  # fmt: skip
    assert len(files.notices) == 4


def test_a_helper_is_written_with_the_path_of_each_platform() -> None:
    values = {"inferenceProvider": "gateway", "inferenceGatewayBaseUrl": URL}
    files = contents(made(values, helper=Helper("keychain", "claude")))
    mac = read_mobileconfig(files["claude-desktop.mobileconfig"])
    assert mac["inferenceCredentialHelper"] == HELPER_PATHS["macos"]
    windows = read_reg(files["claude-desktop.reg"])[KEY]
    assert windows["inferenceCredentialHelper"] == HELPER_PATHS["windows"]
    assert HELPER_PATHS["windows"].endswith("\\claude-credential-helper.cmd")
    assert {
        "claude-credential-helper.sh",
        "claude-credential-helper.ps1",
        "claude-credential-helper.cmd",
    } <= set(files)
    given = made({**values, "inferenceCredentialHelper": "/opt/own"}, helper=Helper("keychain", "claude"))
    assert [problem.key for problem in given.notices] == ["inferenceCredentialHelper"]


def test_everything_that_is_wrong_at_once_and_no_file() -> None:
    wrong = {
        "inferenceProvider": "gateway",
        "inferenceGatewayApiKey": None,
        "hello": SECRET,
        "chatTabEnabled": "yes",
    }
    with pytest.raises(ProblemsError) as caught:
        render_all(wrong, environment="", display_name="a\nb")
    assert {problem.key for problem in errors(caught.value.problems)} == {
        "display name", "environment", "inferenceGatewayBaseUrl", "inferenceGatewayApiKey", "hello", "chatTabEnabled",
    }  # fmt: skip
    assert SECRET not in str(caught.value)
    with pytest.raises(ProblemsError, match="desktopValues: is empty"):
        made({})


def test_the_placeholder_is_what_the_documentation_asks_for() -> None:
    assert gateway_key(URL)["inferenceGatewayApiKey"] == PLACEHOLDER_KEY != ""
