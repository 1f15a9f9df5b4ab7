"""Waits for what Google Cloud makes usable by and by: APIs, grants, log-based metrics; explains what no wait cures."""

import asyncio

import pulumi

from claude_byoc.contract.google import not_yet_enabled
from claude_byoc.contract.google_gateway import NOT_YET_A_METRIC, NOT_YET_READABLE, explain
from claude_byoc.google.enablement import TRIES


def retry_while_settling(name: str, *, delay: float, resource: pulumi.Resource) -> pulumi.ErrorHook:
    """Return an error hook that lets the engine try again while an API, a grant or a metric is not usable yet.

    `name` is unique in the program, `delay` the seconds between tries; what is waited for and what is wrong is said at
    `resource`. A create of Cloud Run is not tried again for a grant: a service that could not start exists, and
    the next `up` repairs it.
    """

    async def on_error(args: pulumi.ErrorHookArgs) -> bool:
        newest, tries = args.errors[0], len(args.errors)
        passes = not_yet_enabled(newest) or NOT_YET_A_METRIC in newest
        if NOT_YET_READABLE in newest and args.failed_operation != "create":
            passes = True
        if not passes or tries >= TRIES:
            if problem := explain(newest):
                pulumi.log.error(problem.text, resource)
            if passes:
                pulumi.log.error(f"{args.name} was still not possible after {tries} tries; run `pulumi up` again "
                                 "in some minutes", resource)  # fmt: skip
            return False
        pulumi.log.info(
            f"{args.name}: what it needs was just made and is not usable yet; trying again in {delay:g} s "
            f"(try {tries + 1} of {TRIES})",
            resource,
        )
        await asyncio.sleep(delay)
        return True

    return pulumi.ErrorHook(name, on_error)


def wait_for_grants(name: str, *, delay: float, resource: pulumi.Resource) -> pulumi.ResourceHook:
    """Return a hook for `before_create` of the service: grants that were made a moment ago take a while to be in force.

    source: https://docs.cloud.google.com/iam/docs/access-change-propagation (two minutes typically, seven or more at
    worst)
    """

    async def before(_: pulumi.ResourceHookArgs) -> None:
        if delay:
            pulumi.log.info(f"waiting {delay:g} s until the service account may read its secrets", resource)
        await asyncio.sleep(delay)

    return pulumi.ResourceHook(name, before)
