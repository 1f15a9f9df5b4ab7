"""Linux: /etc/claude-desktop/managed-settings.json."""

import json
from collections.abc import Mapping
from typing import Any

from claude_byoc.contract.problems import Problem
from claude_byoc.rollout.desktop.encode import in_order

_FLOWS = (
    "inferenceGatewayOidcAuthFlow",
    "inferenceIdpAuthFlow",
    "inferenceVertexWorkforceAuthFlow",
    "inferenceFoundryAuthFlow",
)


def without_broker(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values without the account broker, which Linux does not have, and a notice for each."""
    left_out = [key for key in _FLOWS if values.get(key) == "broker"]
    notices = [
        Problem(
            key,
            "is broker, which Linux does not have: managed-settings.json leaves it out, so that its default holds",
            "another flow on Linux",
            "nothing, if people on Linux may sign in that way",
            "warning",
        )
        for key in left_out
    ]
    return {key: value for key, value in values.items() if key not in left_out}, notices


def managed_settings(values: Mapping[str, Any]) -> bytes:
    """Return the file of these (checked, native) values: one flat JSON object."""
    text = json.dumps(in_order(values), indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()
