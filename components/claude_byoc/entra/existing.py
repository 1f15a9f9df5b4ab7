"""Before the engine creates a grant or a registration: whether the tenant has it already.

As hooks of the resources, so that it happens once the ids are known, in previews too, and never for what is in
the state. The previews of `claude-byoc recover` go on: it looks up itself what exists, and asks whose it is.
"""

import asyncio
import os
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import Input

from claude_byoc.contract.entra_consent import grant_id
from claude_byoc.contract.import_ids import RECOVERING
from claude_byoc.contract.problems import Problem
from claude_byoc.entra.grants_plan import GrantImport, GrantPlan, dropped_scopes, existing_grant
from claude_byoc.refusal import refuse_errors, told

if TYPE_CHECKING:
    from claude_byoc.entra import graph

Hook = Callable[[pulumi.ResourceHookArgs], Any]


def hooks_for_grant(
    name: str, grant: GrantPlan, app: str, cloud: str, tenant_id: Input[str]
) -> pulumi.ResourceHookBinding:
    """Return the hooks of one grant: find an existing one before a create, keep foreign scopes in an update."""

    async def find(args: pulumi.ResourceHookArgs) -> None:
        client, resource = _ids(args)
        if client is None or resource is None:
            return  # made by this very run, so that nothing can have been granted to it
        if _recovering():
            return
        reads = _graph()
        tenant = told(reads.reader)(cloud, await _known(tenant_id))
        try:
            grants = await asyncio.to_thread(tenant.tenant_grants, client)
        except reads.GraphUnreadableError as error:
            pulumi.log.warn(_unreadable(grant, app, str(error), grant_id(client, resource)).text)
            return
        for found in grants:
            if found.resource_id == resource:
                held = GrantImport(found.id, found.scopes)
                refuse_errors([existing_grant(grant, held, app)])

    def keep(args: pulumi.ResourceHookArgs) -> None:
        old, new = ((inputs or {}).get("claimValues") for inputs in (args.old_inputs, args.new_inputs))
        if isinstance(old, list) and isinstance(new, list):
            refuse_errors(dropped_scopes(grant, old, new))

    return pulumi.ResourceHookBinding(
        before_create=[_hook(f"{name}-find", find)], before_update=[_hook(f"{name}-keep-scopes", keep)]
    )


def hook_for_registration(
    name: str, display_name: str, marker: str, cloud: str, tenant_id: Input[str]
) -> pulumi.ResourceHookBinding:
    """Return the hook of a registration: one of this stack that is not in the state was left by a killed run.

    Entra takes any number of registrations with one name, so that a second run would make a second app.
    """

    async def find(_args: pulumi.ResourceHookArgs) -> None:
        if _recovering():
            return
        tenant = told(_graph().reader)(cloud, await _known(tenant_id))
        found = await _left_over(tenant, display_name, marker)
        refuse_errors(
            [
                Problem(
                    "entra.app.importObjectId",
                    f"is missing, and the tenant has a registration {display_name!r} that this stack made and lost "
                    f"(application id {client_id})",
                    "the object id of that registration",
                    f"run: claude-byoc recover -s {pulumi.get_stack()}\n"
                    "           or: pulumi config set --path claude-byoc:settings.entra.app.importObjectId "
                    f"{object_id}\n"
                    f"           or, if nobody uses it yet, delete it: az ad app delete --id {client_id}",
                )
                for object_id, client_id in found
            ]
        )

    return pulumi.ResourceHookBinding(before_create=[_hook(f"{name}-find-registration", find)])


def _recovering() -> bool:
    return RECOVERING in os.environ and pulumi.runtime.is_dry_run()


async def _left_over(tenant: "graph.GraphReader", display_name: str, marker: str) -> list[tuple[str, str]]:
    try:
        found = await asyncio.to_thread(tenant.registrations, display_name)
    except _graph().GraphUnreadableError as error:
        pulumi.log.debug(f"registrations were not looked up: {error}")
        return []
    return [(one.object_id, one.client_id) for one in found if marker in one.notes.splitlines()]


def _graph() -> ModuleType:
    # Loaded where something is read: a preview without changes needs no HTTP client.
    return import_module("claude_byoc.entra.graph")


def _hook(name: str, function: Hook) -> pulumi.ResourceHook:
    return pulumi.ResourceHook(name, function, pulumi.ResourceHookOptions(on_dry_run=True))


def _ids(args: pulumi.ResourceHookArgs) -> tuple[str | None, str | None]:
    inputs = args.new_inputs or {}
    ids = (inputs.get("servicePrincipalObjectId"), inputs.get("resourceServicePrincipalObjectId"))
    return tuple(value if isinstance(value, str) else None for value in ids)  # pyright: ignore[reportReturnType] # two


async def _known(value: Input[str]) -> str | None:
    found = await pulumi.Output.from_input(value).future()
    return found if isinstance(found, str) else None


def _unreadable(grant: GrantPlan, app: str, why: str, probable: str) -> Problem:
    return Problem(
        f"entra.importGrants.{grant.key}",
        f"was not compared with the grants of {app}, as they could not be read: {why}",
        "credentials that may read grants (Directory.Read.All), by the names of the azuread provider or az login",
        f"if the create fails with `Permission entry already exists`, import the grant (its id is probably {probable})",
        "warning",
    )
