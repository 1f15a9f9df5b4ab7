"""What goes into a file comes out of it, read by parsers that are not ours, for any value that the contract takes."""

import json
from typing import Any

import jsonschema
from hypothesis import assume, example, given, settings

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS
from claude_byoc.contract.desktop_rules import check_desktop_value
from claude_byoc.contract.problems import errors
from claude_byoc.rollout.desktop.intune import oma_uri
from claude_byoc.rollout.desktop.linux import managed_settings
from claude_byoc.rollout.desktop.mobileconfig import mobileconfig
from claude_byoc.rollout.desktop.registry import line_break_problems, reg

from .readers import NUMBERS, STRUCTURED, apply_oma_uri, decoded, read_mobileconfig, read_reg
from .strategies import sets_of_values

KEY = r"SOFTWARE\Policies\Claude"
SWITCHES = {name for name, key in DESKTOP_KEYS.items() if key.shape.kind == "boolean"}
LINES = 'one\ntwo "quoted" \\ back\tslash'
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        name: (
            {"type": ["object", "array"]} if name in STRUCTURED
            else {"type": "number"} if name in NUMBERS
            else {"type": "boolean"} if name in SWITCHES
            else {"type": "string", "minLength": 1}
        )
        for name in DESKTOP_KEYS
    },
}  # fmt: skip
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def right(values: dict[str, Any]) -> dict[str, Any]:
    """Return those of the values that the contract takes."""
    return {name: value for name, value in values.items() if not errors(check_desktop_value(name, value))}


@given(sets_of_values())
@example({"organizationInstructions": LINES})
@settings(max_examples=300, deadline=None)
def test_macos(values: dict[str, Any]) -> None:
    values = right(values)
    content = mobileconfig(values, environment="prod", display_name="Claude")
    assert decoded(read_mobileconfig(content), SWITCHES) == values


@given(sets_of_values())
@settings(max_examples=300, deadline=None)
def test_windows(values: dict[str, Any]) -> None:
    values = right(values)
    assume(not line_break_problems(values))
    assert decoded(read_reg(reg(values))[rf"HKEY_LOCAL_MACHINE\{KEY}"], SWITCHES) == values


@given(sets_of_values())
@settings(max_examples=100, deadline=None)
def test_intune(values: dict[str, Any]) -> None:
    values = right(values)
    assume(values and not line_break_problems(values))
    assert decoded(apply_oma_uri(oma_uri(values, display_name="Claude"))[KEY], SWITCHES) == values


@given(sets_of_values())
@example({"organizationInstructions": LINES})
@settings(max_examples=300, deadline=None)
def test_linux(values: dict[str, Any]) -> None:
    values = right(values)
    read = json.loads(managed_settings(values))
    VALIDATOR.validate(read)
    assert read == values


def test_the_strategies_reach_every_kind_of_value() -> None:
    # The properties above would pass on empty sets too.
    seen: set[str] = set()

    @given(sets_of_values())
    @settings(max_examples=600, deadline=None, derandomize=True)
    def collect(values: dict[str, Any]) -> None:
        seen.update(right(values))

    collect()
    assert len(seen) > 0.9 * len(DESKTOP_KEYS)


def test_numbers_are_decimal() -> None:
    values = {"inferenceModelPricingMultiplier": 1e-06, "mcpToolTimeoutSec": 180}
    texts = read_reg(reg(values))[rf"HKEY_LOCAL_MACHINE\{KEY}"]
    assert texts == {"inferenceModelPricingMultiplier": "0.000001", "mcpToolTimeoutSec": "180"}
