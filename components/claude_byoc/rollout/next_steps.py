"""next-steps.md: what a person must still do, in order, from the stack outputs. Holds no secret."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from claude_byoc.contract.local import LOCAL_TENANT_ID
from claude_byoc.rollout.files import RolloutFile

NAME = "next-steps.md"
_TITLE = "What is left to do"
_EXERCISE = "**Made by the stand-in clouds: an exercise. Do not upload these files.**"
_BUILD = "claude-byoc build"
"""The step that wrote the file: whoever reads it has done it."""


def next_steps(outputs: Mapping[str, Any], notes: Sequence[str]) -> RolloutFile:
    """Return the file: the output `nextSteps`, then consent links, `notes` and the allowlist.

    Left out are the step that wrote the file, and entries of another shape than `claude_byoc.outputs` declares.
    """
    exercise = _made_by_stand_ins(outputs)
    lines = [f"# {_TITLE}", "", *([_EXERCISE, ""] if exercise else [])]
    steps = [step for step in _entries(outputs.get("nextSteps")) if not _wrote_this(step)]
    for number, step in enumerate(steps, 1):
        lines.append(f"{number}. **{_plain(step.get('who'))}**: {_plain(step.get('what'))}")
        if url := step.get("url"):
            lines.append(f"   <{_link(url)}>")
        if command := step.get("command"):
            lines.append(f"   `{_plain(command).replace('`', '')}`")
    if not steps:
        lines.append("Nothing." if exercise else "Nothing besides uploading the files here.")
    if notes:
        lines += ["", "## Files", "", *notes]
        lines += ["", "Updates reach people within 72 hours, a first deployment within 24."]
    consent = cast("object", outputs.get("consent"))
    links = _entries(cast("dict[str, object]", consent).get("links")) if isinstance(consent, dict) else []
    shown = {step.get("url") for step in steps}
    if links := [link for link in links if link.get("url") not in shown]:
        lines += ["", "## Consent", ""]
        for link in links:
            who, why, url = _plain(link.get("who")), _plain(link.get("why")), _link(link.get("url"))
            lines.append(f"* {who}, {why}: <{url}>")
    rows = _entries(outputs.get("allowlist"))
    if rows:
        lines += ["", "## Addresses that the network must let through", ""]
        lines += ["| Address | Port | Needed | For | Why |", "|---|---|---|---|---|"]
        lines += [_row(row) for row in rows]
    return RolloutFile(NAME, ("\n".join(lines) + "\n").encode(errors="replace"), _TITLE.lower())


def _made_by_stand_ins(outputs: Mapping[str, Any]) -> bool:
    entra = cast("object", outputs.get("entra"))
    return isinstance(entra, dict) and cast("dict[str, object]", entra).get("tenantId") == LOCAL_TENANT_ID


def _wrote_this(step: Mapping[str, object]) -> bool:
    return f"{_plain(step.get('command'))} ".startswith(f"{_BUILD} ")


def _entries(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list):
        return []
    return [cast("dict[str, object]", entry) for entry in value if isinstance(entry, dict)]


def _row(row: Mapping[str, object]) -> str:
    hosts = row.get("hosts")
    cells = (
        f"{row.get('host')}{row.get('path', '/')}",
        # Pulumi keeps every number as a float in the state; none of its tools shows it as one.
        f"{row.get('port')}".removesuffix(".0"),
        "always" if row.get("required") else "optional",
        ", ".join(map(str, cast("list[object]", hosts))) if isinstance(hosts, list) else "",
        row.get("why"),
    )
    return "| " + " | ".join(_plain(cell).replace("|", "\\|") for cell in cells) + " |"


def _plain(value: object) -> str:
    return re.sub(r"\s+", " ", str(value or "")).strip()


def _link(value: object) -> str:
    return re.sub(r"[\s<>]", "", str(value or ""))
