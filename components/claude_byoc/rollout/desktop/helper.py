"""Credential helpers: executables that print the gateway's token, from the OS keychain or the Azure CLI.

The app calls the helper without arguments and reads a bare token, or {"token", "headers"}, from standard output;
exit code 0. source: https://claude.com/docs/third-party/claude-desktop, credential helper page.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from claude_byoc.contract.problems import Problem, ProblemsError, nearest
from claude_byoc.rollout.files import RolloutFile

HelperKind = Literal["keychain", "azure-cli"]
_KINDS: Mapping[str, HelperKind] = {"keychain": "keychain", "azure-cli": "azure-cli"}

HELPER_PATHS: Mapping[str, str] = {
    "macos": "/usr/local/libexec/claude-credential-helper",
    "linux": "/usr/local/libexec/claude-credential-helper",
    "windows": r"C:\Program Files\Claude Credential Helper\claude-credential-helper.cmd",
}
"""Platform -> where the script is to be installed, and what inferenceCredentialHelper says there."""
SHELL, POWERSHELL, LAUNCHER = (f"claude-credential-helper.{ending}" for ending in ("sh", "ps1", "cmd"))

_FORM = "keychain:NAME, or azure-cli:SCOPE"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/ -]{0,199}")


@dataclass(frozen=True)
class Helper:
    """`keychain`: the entry `target` of the OS keychain; `azure-cli`: an Entra token for the scope `target`.

    `headers` are sent besides the token; they are written into the script, so they hold no secret.
    """

    kind: HelperKind
    target: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def read_helper(text: str) -> Helper:
    """Return the helper that `KIND:TARGET` asks for; raise ProblemsError for anything else."""
    word, colon, target = text.partition(":")
    kind = _KINDS.get(word)
    if kind is None or not colon:
        meant = nearest(word, _KINDS)
        cure = f"did you mean {meant}:...?" if meant else "choose one of them"
        raise ProblemsError([Problem("--helper", "is not known", _FORM, cure)])
    if not _NAME.fullmatch(target):
        wrong = "names an entry or scope with characters that not every shell takes"
        raise ProblemsError([Problem("--helper", wrong, _FORM, "use letters, digits, blanks and . _ : / -")])
    return Helper(kind, target)


def helper_files(helper: Helper) -> list[RolloutFile]:
    """Return the scripts: for macOS and Linux, and for Windows with the launcher that the app can start."""
    return [
        RolloutFile(
            SHELL, _shell(helper).encode(), f"credential helper for {HELPER_PATHS['macos']} (mode 0755)"
        ),
        RolloutFile(
            POWERSHELL, _crlf(_powershell(helper)), "credential helper on Windows, beside its launcher"
        ),
        RolloutFile(LAUNCHER, _crlf(_LAUNCHER), f"starts it: {HELPER_PATHS['windows']}"),
    ]


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def _shell(helper: Helper) -> str:
    if helper.kind == "keychain":
        source = f"""entry='{helper.target}'
case $(uname -s) in
  Darwin) token=$(security find-generic-password -s "$entry" -w) || missing ;;
  *) token=$(secret-tool lookup service "$entry") || missing ;;
esac"""
        cure = (
            'the keychain has no entry \\"$entry\\". macOS: security add-generic-password -s \\"$entry\\" -a '
            '\\"\\$USER\\" -w; Linux: secret-tool store --label=Claude service \\"$entry\\"'
        )
    else:
        source = f"""scope='{helper.target}'
token=$(az account get-access-token --scope "$scope" --query accessToken --output tsv) || missing"""
        cure = 'no token from the Azure CLI. Run: az login --scope \\"$scope\\"'
    headers = json.dumps(dict(helper.headers), ensure_ascii=True, separators=(",", ":"))
    quoted = headers.replace("'", "'\\''")
    return f"""#!/bin/sh
# Prints the credential of the gateway as {{"token": ..., "headers": {{...}}}}; errors go to stderr.
set -u
# Apps that are not started from a terminal have a short PATH.
PATH="$PATH:/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin"
export PATH

missing() {{
  echo "{cure}" >&2
  exit 1
}}

{source}
[ -n "$token" ] || missing
case $token in
  *[!A-Za-z0-9._~+/=:@-]*) echo "the token holds characters that no token has" >&2; exit 1 ;;
esac
printf '{{"token":"%s","headers":%s}}\\n' "$token" '{quoted}'
"""


def _powershell(helper: Helper) -> str:
    source = _WINDOWS_KEYCHAIN if helper.kind == "keychain" else _WINDOWS_AZURE
    headers = json.dumps(dict(helper.headers), ensure_ascii=True, separators=(",", ":")).replace("'", "''")
    return f"""# Prints the credential of the gateway as {{"token": ..., "headers": {{...}}}}; errors go to stderr.
$ErrorActionPreference = 'Stop'
$target = '{helper.target}'
{source}
if ($token -notmatch '^[A-Za-z0-9._~+/=:@-]+$') {{
  [Console]::Error.WriteLine('no token, or one with characters that no token has')
  exit 1
}}
$headers = '{headers}'
[Console]::Out.WriteLine('{{"token":"' + $token + '","headers":' + $headers + '}}')
"""


_WINDOWS_AZURE = """$token = & az.cmd account get-access-token --scope $target --query accessToken --output tsv
if ($LASTEXITCODE -ne 0) {
  [Console]::Error.WriteLine('no token from the Azure CLI. Run: az login --scope ' + $target)
  exit 1
}
$token = "$token".Trim()"""

# Windows has no command that prints a stored password; CredRead is the one call that reads it.
_WINDOWS_KEYCHAIN = """Add-Type -Namespace ClaudeByoc -Name Vault -MemberDefinition @'
[DllImport("advapi32.dll", EntryPoint = "CredReadW", CharSet = CharSet.Unicode, SetLastError = true)]
public static extern bool CredRead(string target, int type, int flags, out IntPtr credential);
[DllImport("advapi32.dll")]
public static extern void CredFree(IntPtr credential);
[StructLayout(LayoutKind.Sequential)]
public struct Credential {
  public int Flags; public int Type; public IntPtr TargetName; public IntPtr Comment; public long LastWritten;
  public int BlobSize; public IntPtr Blob; public int Persist; public int AttributeCount; public IntPtr Attributes;
  public IntPtr TargetAlias; public IntPtr UserName;
}
'@
$found = [IntPtr]::Zero
if (-not [ClaudeByoc.Vault]::CredRead($target, 1, 0, [ref]$found)) {
  $run = 'cmdkey /generic:"' + $target + '" /user:claude /pass'
  [Console]::Error.WriteLine('Credential Manager has no generic credential "' + $target + '". Run: ' + $run)
  exit 1
}
try {
  $entry = [Runtime.InteropServices.Marshal]::PtrToStructure($found, [type][ClaudeByoc.Vault+Credential])
  $token = [Runtime.InteropServices.Marshal]::PtrToStringUni($entry.Blob, $entry.BlobSize / 2)
} finally {
  [ClaudeByoc.Vault]::CredFree($found)
}"""

_LAUNCHER = r"""@echo off
rem The app starts an executable without arguments; PowerShell scripts are none.
powershell.exe -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File "%~dp0claude-credential-helper.ps1"
exit /b %ERRORLEVEL%
"""
