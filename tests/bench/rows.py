"""The rows of out/bench.json: [{name, ours, anchor, anchor_name, ratio, unit}]."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from tools.project import ROOT

OUT = ROOT / "out" / "bench.json"


def row(name: str, ours: float, anchor: float, anchor_name: str, unit: str) -> dict[str, Any]:
    """Return one line of the result; a ratio to nothing is null."""
    return {
        "name": name,
        "ours": round(ours, 3),
        "anchor": round(anchor, 3),
        "anchor_name": anchor_name,
        "ratio": round(ours / anchor, 3) if anchor else None,
        "unit": unit,
    }


def merge(rows: Sequence[dict[str, Any]], replaced: Callable[[str], bool]) -> None:
    """Write the rows into the file in place of those whose name is `replaced`; the others stay."""
    OUT.parent.mkdir(exist_ok=True)
    try:
        present = json.loads(OUT.read_text("utf-8"))
    except (OSError, ValueError):
        present = []
    kept = [one for one in present if not replaced(one["name"])]
    OUT.write_text(json.dumps([*kept, *rows], indent=2) + "\n", "utf-8")
