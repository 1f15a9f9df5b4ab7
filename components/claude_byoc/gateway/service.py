"""The rendered gateway and its secrets as Outputs: what is known only during the run, for the hosts' components."""

from typing import cast

import pulumi
from pulumi import Input, Output

from claude_byoc.arguments import camel
from claude_byoc.contract.problems import refuse_errors
from claude_byoc.gateway.container import ARCHIVE_SECRET, GatewayContainers
from claude_byoc.gateway.service_args import GatewayServiceArgs
from claude_byoc.gateway.service_plan import ServicePlan, inputs_of, resolved
from claude_byoc.refusal import told


def rendered(args: GatewayServiceArgs, plan: ServicePlan) -> Output[GatewayContainers]:
    """Return the containers with every value known; the Output refuses values that the gateway could not work with.

    Names, images, commands, ports, probes and the names of secrets are those of `plan.shape`: a host reads them
    there, and from here environments, `archive` and `digest` alone.
    """

    def render(known: dict[str, str]) -> GatewayContainers:
        final = resolved(args, plan.cloud, known)
        refuse_errors(final.problems())
        return final.shape

    inputs = inputs_of(args)
    # Without names `Output.all` gives a list.
    known = Output.all(**inputs) if inputs else Output.from_input(dict[str, str]())
    return known.apply(told(render))


def secret_values(
    args: GatewayServiceArgs, plan: ServicePlan, containers: Output[GatewayContainers]
) -> dict[str, Output[str]]:
    """Return what the host keeps in its secret store: secret -> value, the archive `gatewayFiles` among them.

    Each is a Pulumi secret, the archive as well: it holds who may call and what they may use.
    """
    needed = set(plan.secrets.values())
    given = {
        name: pulumi.Output.secret(cast("Input[str]", value))
        for argument, value in args.get("secrets", {}).items()
        if (name := camel(argument)) in needed
    }
    return {**given, ARCHIVE_SECRET: pulumi.Output.secret(containers.apply(lambda made: made.archive))}
