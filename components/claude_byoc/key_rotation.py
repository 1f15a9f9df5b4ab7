"""The rotation of the two API keys of a Foundry resource without an outage: what to do next, as a pure function.

People have the key in their manifest, which takes up to 72 hours to reach everybody. So the other key is handed out
first, and the old one is regenerated once nobody can still have it. Where the rotation stands is in the stack
outputs; no key is ever needed here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from claude_byoc.contract.azure import MANIFEST_HOURS
from claude_byoc.contract.problems import Problem, ProblemsError

State = Literal["steady", "applying", "waiting", "due"]
"""`steady`: nothing is under way; `applying`: the settings ask for the other key; `waiting`: the other key was
handed out and manifests are on their way; `due`: the old key can be regenerated."""


@dataclass(frozen=True)
class Step:
    """What to do now, as commands in their order; `not_before` is when, UTC, where it is not now."""

    state: State
    what: str
    commands: tuple[str, ...] = ()
    not_before: dt.datetime | None = None


def next_step(
    outputs: Mapping[str, Any], stack: str, now: dt.datetime, wanted_key: int | None = None
) -> Step:
    """Return the next step of the stack's rotation at `now` (UTC).

    `outputs` are the stack outputs, `wanted_key` the settings' foundry.activeKey. Raises ProblemsError where the
    environment has no keys to rotate.
    """
    rotation = _rotation(outputs, stack)
    active, other = int(rotation["activeKey"]), 3 - int(rotation["activeKey"])
    apply = (f"claude-byoc up -s {stack}", f"claude-byoc build -s {stack}")
    if wanted_key not in (None, active):
        return Step(
            "applying",
            f"The settings ask for key {wanted_key}: apply them, then upload the new manifest",
            apply,
        )
    if not rotation["switches"] or rotation["otherKeyRegenerated"]:
        return Step(
            "steady",
            f"Key {active} is in use and no rotation is under way. To begin one, hand out key {other} and upload "
            "the new manifest",
            (f"pulumi config set --path claude-byoc:settings.foundry.activeKey {other} -s {stack}", *apply),
        )
    switched = dt.datetime.fromisoformat(str(rotation["switchedAt"]))
    due = switched + dt.timedelta(hours=MANIFEST_HOURS)
    if now < due:
        return Step(
            "waiting",
            f"Key {active} was handed out at {_shown(switched)}. Make sure that the new manifest is uploaded, and "
            f"wait until {_shown(due)}: it may take {MANIFEST_HOURS} hours to reach everybody, and whoever still "
            f"has key {other} needs it",
            not_before=due,
        )
    return Step(
        "due",
        f"Key {other} is no longer needed: regenerate it, which makes the old one worthless, and let the stack see it",
        (regenerate_command(outputs["foundry"], other), apply[0]),
    )


def regenerate_command(foundry: Mapping[str, Any], key: int) -> str:
    """Return the Azure CLI command that regenerates a key; it goes to standard output, so it is thrown away."""
    return (
        f"az cognitiveservices account keys regenerate --subscription {foundry['subscriptionId']} "
        f"--resource-group {foundry['resourceGroup']} --name {foundry['resourceName']} --key-name Key{key} "
        "--output none"
    )


def _rotation(outputs: Mapping[str, Any], stack: str) -> Mapping[str, Any]:
    foundry = outputs.get("foundry")
    if not foundry:
        raise ProblemsError(
            [
                Problem(
                    f"stack {stack}",
                    "has no Foundry part, or was not applied yet",
                    "an environment with `foundry: {auth: key}`",
                    f"run: claude-byoc up -s {stack}",
                )
            ]
        )
    rotation = foundry.get("keyRotation")
    if not rotation:
        raise ProblemsError(
            [
                Problem(
                    "foundry.auth",
                    "is keyless: people call with their own Entra token, and there is no key to rotate",
                    "auth: key",
                    "nothing; to take access away, remove the person from the group",
                )
            ]
        )
    return rotation


def _shown(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
