"""What a report means: its findings by cause, the settings that fit the gateway, and our edge in front of it."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from claude_byoc.gateway.conformance.findings import KINDS, Finding
from claude_byoc.gateway.conformance.probe import FORMATS
from claude_byoc.gateway.conformance.run import Report
from claude_byoc.gateway.conformance.wire import is_loopback

_MOST_PLACES = 3


@dataclass(frozen=True)
class Cause:
    """One thing to change: `seen` is what was seen, `places` the requests with it, the first few."""

    kind: str
    breaks: bool
    seen: Sequence[str]
    places: Sequence[str]
    count: int
    means: str
    cure: str


def causes(report: Report) -> list[Cause]:
    """Return the findings by kind, what breaks first."""
    found: dict[str, list[tuple[Finding, str]]] = {kind: [] for kind in KINDS}
    for finding in report.general:
        found[finding.kind].append((finding, "the gateway"))
    for result in report.results:
        for finding in result.findings:
            found[finding.kind].append((finding, f"{result.request}: {result.case}"))
    grouped = [_cause(kind, entries) for kind, entries in found.items() if entries]
    return sorted(grouped, key=lambda cause: not cause.breaks)


def _cause(kind: str, entries: Sequence[tuple[Finding, str]]) -> Cause:
    seen = list(dict.fromkeys(finding.detail for finding, _ in entries))
    places = list(dict.fromkeys(place for _, place in entries))
    about = KINDS[kind]
    return Cause(
        kind, about.breaks, seen[:_MOST_PLACES], places[:_MOST_PLACES], len(places), about.means, about.cure
    )


def settings(report: Report) -> dict[str, object]:
    """Return `gateway` of the settings for the gateway as it is; {} where an add-in cannot use it."""
    formats = [name for name in FORMATS if name in report.found.bases]
    if not formats or report.breaks or not report.found.bases[formats[0]].startswith("https://"):
        return {}
    existing: dict[str, object] = {"url": report.found.bases[formats[0]], "apiFormat": formats[0]}
    if report.found.headers:
        existing["authHeader"] = report.found.headers[0]
    if report.found.models:
        existing["models"] = list(report.found.models)
    return {"existing": existing}


def settings_lines(values: Mapping[str, object]) -> list[str]:
    """Return the settings as lines of a stack file."""
    existing = values.get("existing")
    lines = ["config:", "  claude-byoc:settings:", "    gateway:", "      existing:"]
    for name, value in existing.items() if isinstance(existing, dict) else ():
        shown = f"[{', '.join(map(_quoted, value))}]" if isinstance(value, list) else _quoted(value)
        lines.append(f"        {name}: {shown}")
    return lines


def _quoted(value: object) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def edge_lines(report: Report) -> list[str]:
    """Return how to put our edge in front, [] where it would not help or could not call the gateway.

    It calls what is behind it in Anthropic's format, with one credential of its own in `x-api-key`.
    """
    base = report.found.bases.get("anthropic", "")
    helps = any(cause.kind not in ("answer", "one-header", "models") for cause in causes(report))
    callable_ = base.startswith("https://") or is_loopback(base)
    taken = not report.found.headers or "x-api-key" in report.found.headers
    if not (base and helps and callable_ and taken) or report.found.product == "claude-byoc":
        return []
    models = "".join(f" --model {shlex.quote(model)}" for model in list(report.found.models)[:5])
    return [
        "read -rs ANTHROPIC_API_KEY && export ANTHROPIC_API_KEY     # a key of this gateway's",
        f"claude-byoc gateway run --upstream-url {shlex.quote(base)}{models}",
    ]
