"""Says what a refusal of Azure means and what to do, beside the provider's own words; waits out what passes."""

import asyncio

import pulumi

from claude_byoc.contract.azure_errors import SETTLING, explain
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

    async def on_error(args: pulumi.ErrorHookArgs) -> bool:
        if SETTLING not in args.errors[0] or len(args.errors) >= TRIES:
            _explain(args, resource)
            return False
        pulumi.log.info(f"{args.name}: the Foundry resource is still settling; trying again", resource)
        await asyncio.sleep(delay)
        return True

    return pulumi.ErrorHook(name, on_error)


def _explain(args: pulumi.ErrorHookArgs, resource: pulumi.Resource) -> None:
    if known := explain(args.errors[0]):
        text = Problem(args.name, known.means, known.allowed, known.cure)
        pulumi.log.error(text.text, resource)
