"""The steps of a key rotation over time."""

import datetime as dt
from typing import Any

import pytest

from claude_byoc.contract.problems import ProblemsError
from claude_byoc.key_rotation import next_step

SWITCHED = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def outputs(active: int = 1, switches: int = 0, *, regenerated: bool = False) -> dict[str, Any]:
    return {
        "foundry": {
            "resourceName": "example-claude",
            "resourceGroup": "example-rg",
            "subscriptionId": "11111111-2222-3333-4444-555555555555",
            "keyRotation": {
                "activeKey": active,
                "switches": switches,
                "switchedAt": "2026-03-01T12:00:00Z",
                "otherKeyRegenerated": regenerated,
            },
        }
    }


def test_a_whole_rotation() -> None:
    begin = next_step(outputs(), "prod", SWITCHED, 1)
    assert begin.state == "steady"
    assert begin.commands == (
        "pulumi config set --path claude-byoc:settings.foundry.activeKey 2 -s prod",
        "claude-byoc up -s prod",
        "claude-byoc build -s prod",
    )
    apply = next_step(outputs(), "prod", SWITCHED, 2)
    assert (apply.state, apply.commands) == ("applying", begin.commands[1:])
    for waited in (dt.timedelta(0), 71 * HOUR + dt.timedelta(minutes=59)):
        wait = next_step(outputs(2, 1), "prod", SWITCHED + waited, 2)
        assert (wait.state, wait.commands) == ("waiting", ())
        assert wait.not_before == SWITCHED + 72 * HOUR
        assert "2026-03-04 12:00 UTC" in wait.what
    due = next_step(outputs(2, 1), "prod", SWITCHED + 72 * HOUR, 2)
    assert due.state == "due"
    regenerate, again = due.commands
    assert regenerate == (
        "az cognitiveservices account keys regenerate --subscription 11111111-2222-3333-4444-555555555555 "
        "--resource-group example-rg --name example-claude --key-name Key1 --output none"
    )
    assert again == "claude-byoc up -s prod"
    done = next_step(outputs(2, 1, regenerated=True), "prod", SWITCHED + 80 * HOUR, 2)
    assert done.state == "steady"
    assert "activeKey 1" in done.commands[0]


def test_going_back_before_the_wait_is_over_is_a_switch_like_another() -> None:
    assert next_step(outputs(2, 1), "prod", SWITCHED + HOUR, 1).state == "applying"
    assert "Key2" in next_step(outputs(1, 2), "prod", SWITCHED + 100 * HOUR).commands[0]


@pytest.mark.parametrize(
    ("known", "key"),
    [({}, "stack prod"), ({"foundry": None}, "stack prod"), ({"foundry": {"keyless": True}}, "foundry.auth")],
)
def test_an_environment_without_keys_says_so(known: dict[str, Any], key: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        next_step(known, "prod", SWITCHED)
    assert [problem.key for problem in caught.value.problems] == [key]
