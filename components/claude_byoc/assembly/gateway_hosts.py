"""A gateway of ours in the cloud that the settings name, with that cloud's provider."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Output

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Part
from claude_byoc.gateway.service_args import GatewayServiceArgs
from claude_byoc.gateway.service_plan import ServicePlan
from claude_byoc.stack_args import ClaudeByocArgs


@dataclass(frozen=True)
class Host:
    """A gateway after its resources are declared, the same on every cloud."""

    url: Output[str]
    """Origin, without a path."""
    identity: Output[str]
    dns_records: Output[list[dict[str, str]]]
    log_source: dict[str, Output[str]]
    steps: list[out.NextStep]


def declare(
    name: str,
    args: ClaudeByocArgs,
    service: GatewayServiceArgs,
    plan: ServicePlan,
    parent: pulumi.Resource,
    others: Mapping[str, Part],
) -> Host:
    """Declare the gateway in `plan.cloud`."""
    raise NotImplementedError
