"""Desktop values in, files for device management out."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS, secret_leaves
from claude_byoc.contract.desktop_legacy import modernise
from claude_byoc.contract.desktop_rules import check_desktop_set
from claude_byoc.contract.desktop_shapes import leaves
from claude_byoc.contract.problems import Problem, ProblemsError, errors
from claude_byoc.rollout.desktop.helper import HELPER_PATHS, Helper, helper_files
from claude_byoc.rollout.desktop.intune import admx, oma_uri
from claude_byoc.rollout.desktop.linux import managed_settings, without_broker
from claude_byoc.rollout.desktop.mobileconfig import mobileconfig
from claude_byoc.rollout.desktop.registry import line_break_problems, reg
from claude_byoc.rollout.files import RolloutFile

Values = Mapping[str, Any]

FORMATS: Mapping[str, str] = {
    "mobileconfig": "macos",
    "reg": "windows",
    "intune": "windows",
    "linux": "linux",
}
"""Format -> the platform that it is for."""

_LONGEST_NAME = 200
_REPLACED = Problem(
    "inferenceCredentialHelper",
    "is replaced by the path of the scripts that were asked for",
    "one of the two",
    "leave it out",
    "warning",
)
_WINDOWS_PATH = re.compile(r"([A-Za-z]:[\\/]|\\\\).*", re.DOTALL)


@dataclass(frozen=True)
class DesktopFiles:
    """The files, and what should be known about them."""

    files: tuple[RolloutFile, ...]
    notices: tuple[Problem, ...]


def render_desktop(
    values: Values, *, environment: str, display_name: str, helper: Helper | None = None
) -> list[RolloutFile]:
    """Return the files of every format that can carry the values; see `render_all`."""
    made = render_all(values, environment=environment, display_name=display_name, helper=helper)
    return list(made.files)


def render_all(
    values: Values,
    *,
    environment: str,
    display_name: str,
    formats: Sequence[str] = (),
    helper: Helper | None = None,
) -> DesktopFiles:
    """Return the files of `formats`; without any, of every format that can carry the values.

    `environment` decides the UUIDs of the profile: the same name, the same UUIDs. `helper` adds the scripts of a
    credential helper and writes their path into each platform's file. Older spellings are modernised. Raises
    ProblemsError with everything that is wrong.
    """
    modern, notices = modernise(values)
    notices += _check_name("display name", display_name) + _check_name("environment", environment)
    if helper is not None:
        if "inferenceCredentialHelper" in modern:
            notices.append(_REPLACED)
        # Each platform's file says its own path; this one stands for them while the set is judged.
        modern = {**modern, "inferenceCredentialHelper": None}
    unknown = [
        Problem(key, "has no value", "a value", "take it from the outputs with secrets in plain")
        for key, value in modern.items()
        if value is None and key in DESKTOP_KEYS and not (helper and key == "inferenceCredentialHelper")
    ]
    found = [*notices, *check_desktop_set(modern), *unknown]
    files: list[RolloutFile] = []
    if not modern:
        found.append(Problem("desktopValues", "is empty", "desktop keys with values", "give at least one"))
    for name in formats or FORMATS:
        own, problems = _for_platform(FORMATS[name], modern, helper)
        if not formats:
            problems = [_left_out(name, problem) for problem in problems]
        found += problems
        if not problems and not errors(found):
            own, later = without_broker(own) if name == "linux" else (own, [])
            found += later
            files += _FILES[name](own, environment, display_name)
    if errors(found):
        raise ProblemsError(found)
    files += helper_files(helper) if helper is not None else []
    return DesktopFiles(tuple(files), tuple(dict.fromkeys(found)))


def _check_name(what: str, name: str) -> list[Problem]:
    if name.strip() and name.isprintable() and len(name) <= _LONGEST_NAME:
        return []
    allowed = f"1 to {_LONGEST_NAME} printable characters"
    return [Problem(what, "cannot be written into a profile", allowed, "choose another")]


def _for_platform(
    platform: str, values: Values, helper: Helper | None
) -> tuple[dict[str, Any], list[Problem]]:
    own = dict(values)
    if helper is not None:
        own["inferenceCredentialHelper"] = HELPER_PATHS[platform]
    problems = line_break_problems(own) if platform == "windows" else []
    windows = platform == "windows"
    for key, value in own.items():
        for where, shape, part in leaves(DESKTOP_KEYS[key].shape, value) if key in DESKTOP_KEYS else ():
            if (
                shape.form == "path"
                and isinstance(part, str)
                and windows != bool(_WINDOWS_PATH.fullmatch(part))
            ):
                form = r"C:\..." if windows else "/..."
                cure = "make the files of each platform with its own path, by --format"
                problems.append(Problem(f"{key}{where}", f"is no path of {platform}", form, cure))
    return own, problems


def _left_out(name: str, problem: Problem) -> Problem:
    return replace(problem, wrong=f"{problem.wrong}; the format {name} is left out", severity="warning")


def _secret(values: Values) -> bool:
    return bool(secret_leaves(values))


def _mobileconfig(values: Values, environment: str, display_name: str) -> list[RolloutFile]:
    content = mobileconfig(values, environment=environment, display_name=display_name)
    purpose = "Claude Desktop on macOS: configuration profile for device management"
    return [RolloutFile("claude-desktop.mobileconfig", content, purpose, _secret(values))]


def _reg(values: Values, _environment: str, _display_name: str) -> list[RolloutFile]:
    purpose = "Claude Desktop on Windows: machine policies, for `reg import` as an administrator"
    return [RolloutFile("claude-desktop.reg", reg(values), purpose, _secret(values))]


def _intune(values: Values, _environment: str, display_name: str) -> list[RolloutFile]:
    purpose = "Claude Desktop on Windows: custom profile of Intune (OMA-URI)"
    return [
        RolloutFile("claude-desktop.admx", admx().encode(), "the policies that intune-oma-uri.json ingests"),
        RolloutFile(
            "intune-oma-uri.json", oma_uri(values, display_name=display_name), purpose, _secret(values)
        ),
    ]


def _linux(values: Values, _environment: str, _display_name: str) -> list[RolloutFile]:
    purpose = "Claude Desktop on Linux: /etc/claude-desktop/managed-settings.json, owned by root, mode 0644"
    return [RolloutFile("managed-settings.json", managed_settings(values), purpose, _secret(values))]


_FILES: Mapping[str, Callable[[Values, str, str], list[RolloutFile]]] = {
    "mobileconfig": _mobileconfig,
    "reg": _reg,
    "intune": _intune,
    "linux": _linux,
}
