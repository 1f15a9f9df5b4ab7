"""Windows: a registration file for the machine's policies."""

from collections.abc import Mapping
from typing import Any

from claude_byoc.contract.problems import Problem
from claude_byoc.rollout.desktop.encode import in_order, portable

POLICY_KEY = r"SOFTWARE\Policies\Claude"
r"""Below HKEY_LOCAL_MACHINE, where values win over those of HKEY_CURRENT_USER, which is then not read at all.
source: https://claude.com/docs/third-party/claude-desktop/configuration"""


def registration_file(keys: Mapping[str, Mapping[str, str]]) -> bytes:
    """Return a .reg file that sets string values below HKEY_LOCAL_MACHINE; `keys` maps a key's path to them.

    UTF-16 LE with a byte order mark and CRLF, as regedit writes it. The values hold no line break.
    source: https://support.microsoft.com/help/310516 (format)
    """
    lines = ["Windows Registry Editor Version 5.00", ""]
    for path, values in keys.items():
        lines.append(f"[HKEY_LOCAL_MACHINE\\{path}]")
        lines += [f'"{_escaped(name)}"="{_escaped(value)}"' for name, value in values.items()]
        lines.append("")
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-16-le")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def reg(values: Mapping[str, Any]) -> bytes:
    """Return the .reg file of these (checked, native) values."""
    return registration_file({POLICY_KEY: {key: portable(value) for key, value in in_order(values).items()}})


def line_break_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each value that neither a .reg file nor an Intune policy can carry."""
    return [
        Problem(
            key,
            "holds a line break, which a .reg file and a policy of Intune cannot carry",
            "one line on Windows",
            "write it as one line, or leave the Windows formats out with --format",
        )
        for key, value in values.items()
        if isinstance(value, str) and "\n" in value
    ]
