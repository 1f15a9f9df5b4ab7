"""The values of the Claude Desktop profile, put together from the path that the host `desktop` uses."""

import json
from collections.abc import Mapping
from typing import Any

from pulumi import Input, Output

from claude_byoc.assembly.part import Part
from claude_byoc.contract.desktop_keys import DESKTOP_KEYS
from claude_byoc.contract.desktop_rules import check_desktop_value
from claude_byoc.desktop_plan import DesktopPlan
from claude_byoc.manifest_plan import Plan
from claude_byoc.refusal import refuse_errors
from claude_byoc.stack_args import ClaudeByocArgs


def values(
    args: ClaudeByocArgs, planned: Plan, desktop: DesktopPlan, parts: Mapping[str, Part]
) -> dict[str, Output[Any]]:
    """Return exactly the keys that the plan told of, each an Output of its own; none without the host `desktop`."""
    if "desktop" not in planned.hosts:
        return {}
    made: dict[str, Input[Any]] = {}
    for connection in planned.connections_of("desktop"):
        made |= parts[connection.path].desktop
    secrets = args.get("desktop_secrets", {})
    result: dict[str, Output[Any]] = {}
    for key, literal in desktop.values().items():
        if key in secrets:
            result[key] = Output.secret(secrets[key]).apply(lambda text, key=key: _read(key, text))
        else:
            value: Input[Any] = made[key] if literal is None else literal
            hidden = DESKTOP_KEYS[key].shape.secret
            result[key] = Output.secret(value) if hidden else Output.from_input(value)
        result[key] = result[key].apply(lambda value, key=key: _checked(key, value))
    return result


def _read(key: str, text: str) -> Any:  # noqa: ANN401 -- native JSON
    return json.loads(text) if DESKTOP_KEYS[key].structured else text


def _checked(key: str, value: Any) -> Any:  # noqa: ANN401 -- native JSON
    refuse_errors(check_desktop_value(key, value))
    return value
