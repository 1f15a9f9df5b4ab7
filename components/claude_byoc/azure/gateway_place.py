"""What every part of a gateway's declaration in Azure shares: names, group, region, options, explained refusals."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output

from claude_byoc.azure.explained import SETTLING_SECONDS, retried_while
from claude_byoc.azure.gateway_args import AzureGatewayArgs
from claude_byoc.azure.gateway_plan import AzureGatewayPlan
from claude_byoc.azure.model_deployment import ADDRESS_VARIABLE
from claude_byoc.contract.azure_gateway_errors import GATEWAY_ERRORS, UNREADABLE


@dataclass(frozen=True)
class GatewayPlace:
    """`name` begins the logical names, `plan.name` the physical ones."""

    name: str
    plan: AzureGatewayPlan
    args: AzureGatewayArgs
    component: pulumi.ComponentResource
    hook: pulumi.ErrorHook
    """Explains refusals, and waits until role assignments are in force."""
    subscription: Output[str]
    location: Output[str]
    group: Output[str]

    @property
    def tags(self) -> Input[dict[str, Input[str]]] | None:
        """The tags for what has tags."""
        return self.args.get("tags")

    def child(
        self,
        *,
        after: Sequence[pulumi.Resource] = (),
        deleted_with: pulumi.Resource | None = None,
    ) -> pulumi.ResourceOptions:
        """Return the options of a child resource; a refusal is explained."""
        return pulumi.ResourceOptions(
            parent=self.component,
            depends_on=list(after),
            deleted_with=deleted_with,
            hooks=pulumi.ResourceHookBinding(on_error=[self.hook]),
        )


def patient(
    name: str,
    resource: pulumi.Resource,
    *,
    passing: str = UNREADABLE,
    said: str = "its rights are not in force yet",
) -> pulumi.ErrorHook:
    """Return an error hook that lets the engine try again while role assignments are not in force yet.

    `passing` are the words of such a refusal, and `said` tells people why; any other is explained at `resource`. `name`
    is unique in the program. Roles take ten minutes at most.
    source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
    """
    return retried_while(passing, said, name, resource, errors=GATEWAY_ERRORS, delay=_patience())


def _patience() -> float:
    """Return how many seconds lie between two tries; local services know no delay."""
    return 0.05 if os.environ.get(ADDRESS_VARIABLE) else SETTLING_SECONDS
