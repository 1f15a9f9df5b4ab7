"""Waits out the minutes after an API was enabled, and explains refusals that no waiting cures."""

import asyncio

import pulumi

from claude_byoc.contract.google import explain, not_yet_enabled

TRIES = 15
"""Creates of one resource before a run gives up. With the default delay that is five minutes."""


def retry_until_usable(
    name: str, *, project_id: str | None, delay: float, resource: pulumi.Resource
) -> pulumi.ErrorHook:
    """Return an error hook that lets the engine try again while an API is not usable yet.

    `name` is unique in the program, `delay` the seconds between tries; progress and explanations are said at
    `resource`. The hook takes part in creates alone: a plain destroy runs without it.
    """

    async def on_error(args: pulumi.ErrorHookArgs) -> bool:
        newest, tries = args.errors[0], len(args.errors)
        if not not_yet_enabled(newest):
            if problem := explain(newest, project_id=project_id or "PROJECT"):
                pulumi.log.error(problem.text, resource)
            return False
        if tries >= TRIES:
            pulumi.log.error(
                f"the API was still not usable after {tries} tries; run `pulumi up` again in some minutes, or "
                "enable it by hand where the error's link leads",
                resource,
            )
            return False
        pulumi.log.info(
            f"{args.name}: the API is enabled but not usable yet; trying again in {delay:g} s "
            f"(try {tries + 1} of {TRIES})",
            resource,
        )
        await asyncio.sleep(delay)
        return True

    return pulumi.ErrorHook(name, on_error)
