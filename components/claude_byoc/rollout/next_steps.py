"""next-steps.md: what a person must still do, in order, from the stack outputs. Holds no secret."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from claude_byoc.rollout.files import RolloutFile

NAME = "next-steps.md"
_TITLE = "What is left to do"


def next_steps(outputs: Mapping[str, Any], notes: Sequence[str]) -> RolloutFile:
    """Return the file: the output `nextSteps`, then consent links, `notes` and the allowlist.

    Entries that have another shape than `claude_byoc.outputs` declares are passed over.
    """
    lines = [f"# {_TITLE}", ""]
    steps = _entries(outputs.get("nextSteps"))
    for number, step in enumerate(steps, 1):
        lines.append(f"{number}. **{_plain(step.get('who'))}**: {_plain(step.get('what'))}")
        if url := step.get("url"):
            lines.append(f"   <{_link(url)}>")
        if command := step.get("command"):
            lines.append(f"   `{_plain(command).replace('`', '')}`")
    if not steps:
        lines.append("Nothing besides uploading the files here.")
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
