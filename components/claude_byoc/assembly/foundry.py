"""The Foundry part of an environment."""

from typing import Any

import pulumi
import pulumi_azure_native as azure
from pulumi import Input, Output

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Part, Tenant, ownership_tags
from claude_byoc.azure import values
from claude_byoc.azure.foundry_access import FoundryAccess
from claude_byoc.azure.foundry_steps import next_steps
from claude_byoc.contract import azure as facts
from claude_byoc.stack_args import ClaudeByocArgs
from claude_byoc.stack_plan import foundry_access_args


def declare(name: str, args: ClaudeByocArgs, tenant: Tenant, parent: pulumi.Resource) -> Part:
    """Declare the provider of the subscription and `FoundryAccess` in it."""
    part = foundry_access_args(args)
    if part is None:
        raise ValueError("the environment has no Foundry part")
    cloud = args["entra"].get("cloud", "global")
    provider = azure.Provider(
        f"{name}-azure",
        subscription_id=part["subscription_id"],
        environment=facts.CLOUDS[cloud].provider_environment,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    access = FoundryAccess(
        f"{name}-foundry",
        {**part, "tags": ownership_tags()},
        pulumi.ResourceOptions(parent=parent, providers=[provider]),
    )
    manifest = values.manifest_values(
        resource_name=access.resource_name, api_key=access.api_key, client_id=tenant.client_id, cloud=cloud
    )
    desktop: dict[str, Input[Any]] = values.desktop_values(
        resource_name=access.resource_name,
        models=[row["name"] for row in access.deployments],
        api_key=access.api_key,
    )
    outputs: out.FoundryOutputs = {
        "subscriptionId": Output.from_input(part["subscription_id"]),
        "resourceGroup": access.resource_group,
        "resourceId": access.resource_id,
        "resourceName": access.resource_name,
        "location": access.location,
        "endpoint": access.endpoint,
        "keyless": access.plan.keyless,
        "deployments": access.deployments,
        "quotaRequest": access.quota_request,
    }
    if access.key_rotation is not None:
        outputs["keyRotation"] = access.key_rotation
    return Part(
        outputs=outputs,
        manifest=manifest,
        desktop={**desktop, **(tenant.desktop if access.plan.keyless else {})},
        rows=access.resource_name.apply(lambda known: facts.foundry_rows(known, cloud)),
        steps=next_steps(access.plan, resource_id=access.resource_id, stack=pulumi.get_stack()),
    )
