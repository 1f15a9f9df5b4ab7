"""How device management carries desktop values: each as one text, lists and objects as JSON."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS


def in_order(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values in the contract's order, so that a file changes only where a value does."""
    return {name: values[name] for name in DESKTOP_KEYS if name in values}


def portable(value: object) -> str:
    """Return a native value as the text that macOS profiles and the Windows registry carry.

    Booleans are `true` and `false`, numbers decimal, lists and objects one JSON document: the app reads none of
    their parts from keys of their own. source: https://claude.com/docs/third-party/claude-desktop/configuration
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return format(Decimal(str(value)), "f")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
