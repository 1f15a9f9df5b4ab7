"""Says what a refusal of Azure means and what to do, beside the provider's own words; waits out what passes."""

import asyncio
from collections.abc import Mapping

import pulumi

from claude_byoc.contract.azure_errors import NO_MORE, SETTLING, ArmError, explain
from claude_byoc.contract.problems import Problem

SETTLING_SECONDS = 20.0
"""Seconds between two tries while a Foundry resource settles; with TRIES that is ten minutes, as long as was seen."""
TRIES = 30


def explained(name: str, resource: pulumi.Resource) -> pulumi.ErrorHook:
    """Return an error hook that explains and never retries: the Azure provider itself has tried again.

    `name` is unique in the program; explanations are said at `resource`.
    """

    def on_error(args: pulumi.ErrorHookArgs) -> bool:
        _explain(args, resource)
        return False

    return pulumi.ErrorHook(name, on_error)


def retried_while_settling(
    name: str, resource: pulumi.Resource, *, delay: float = SETTLING_SECONDS
) -> pulumi.ErrorHook:
    """Return an error hook that lets the engine try again while the Foundry resource is still settling.

    Azure says that a new resource is ready some minutes before its network lets a private endpoint in. `delay` is
    in seconds; any other refusal is explained at `resource`, as by `explained`.
    """
    return retried_while(SETTLING, "the Foundry resource is still settling", name, resource, delay=delay)


def retried_while(
    passing: str,
    said: str,
    name: str,
    resource: pulumi.Resource,
    *,
    errors: Mapping[str, ArmError] = NO_MORE,
    delay: float = SETTLING_SECONDS,
) -> pulumi.ErrorHook:
    """Return an error hook that lets the engine try again, TRIES times, while a refusal has the words `passing`.

    `said` tells people why. Any other refusal is explained at `resource`, by `errors` first.
    """

    async def on_error(args: pulumi.ErrorHookArgs) -> bool:
        if passing not in args.errors[0] or len(args.errors) >= TRIES:
            _explain(args, resource, errors)
            return False
        pulumi.log.info(f"{args.name}: {said}; trying again", resource)
        await asyncio.sleep(delay)
        return True

    return pulumi.ErrorHook(name, on_error)


def _explain(
    args: pulumi.ErrorHookArgs, resource: pulumi.Resource, errors: Mapping[str, ArmError] = NO_MORE
) -> None:
    if known := explain(args.errors[0], errors):
        text = Problem(args.name, known.means, known.allowed, known.cure)
        pulumi.log.error(text.text, resource)
