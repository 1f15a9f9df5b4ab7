"""A gateway of ours in the cloud that the settings name, with that cloud's provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pulumi
from pulumi import Input, Output

from claude_byoc import gateway_plan
from claude_byoc import outputs as out
from claude_byoc.assembly import gateway_hosting
from claude_byoc.assembly.part import Part, ownership_tags
from claude_byoc.contract import azure as azure_facts
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
    account: Output[str]
    """AWS account, Google Cloud project or Azure subscription."""
    region: Output[str]
    log_days: int | None
    """How long logs are kept; None where they are in a store of others, who decide it."""
    firewall: str
    """As in the output: `none`, `ours` or `existing`."""
    hosting: dict[str, float]
    lasting: list[out.Lasting]
    steps: list[out.NextStep]
    answers: bool = True
    """Whether it answers when this `up` has ended, or only after another, which a step names."""


def declare(
    name: str,
    args: ClaudeByocArgs,
    service: GatewayServiceArgs,
    parent: pulumi.Resource,
    others: Mapping[str, Part],
) -> Host:
    """Declare the gateway's provider and the gateway in the cloud that the settings name."""
    foundry_id: Input[str] = others["foundry"].outputs["resourceId"] if "foundry" in others else ""
    given: Any = gateway_plan.host_args(args, service, foundry_id)
    under = pulumi.ResourceOptions(parent=parent)
    match args.get("gateway", {}).get("cloud"):
        case "aws":
            return _aws(name, given, under)
        case "google":
            return _google(name, given, under)
        case _:
            return _azure(name, given, args["entra"].get("cloud", "global"), under)


# Each cloud's SDK is loaded where the gateway runs in it: one-cloud stacks load one.


def _aws(name: str, given: Any, under: pulumi.ResourceOptions) -> Host:  # noqa: ANN401 -- checked by the plan
    import pulumi_aws as aws  # noqa: PLC0415

    from claude_byoc.aws.gateway_host import AwsGateway  # noqa: PLC0415
    from claude_byoc.aws.gateway_steps import next_steps  # noqa: PLC0415

    provider = aws.Provider(
        f"{name}-gateway-aws",
        region=given["region"],
        allowed_account_ids=[given["account_id"]],
        opts=under,
    )
    opts = pulumi.ResourceOptions.merge(under, pulumi.ResourceOptions(providers=[provider]))
    args: Any = {**given, "tags": ownership_tags()}
    made = AwsGateway(f"{name}-gateway", args, opts)
    return Host(
        made.url,
        made.identity,
        made.dns_records,
        made.log_source,
        account=Output.from_input(given["account_id"]),
        region=Output.from_input(given["region"]),
        log_days=made.plan.service.log_retention_days,
        firewall="existing" if made.plan.has_web_acl else _firewall(made.plan.service),
        hosting=gateway_hosting.of_aws(made.plan),
        lasting=made.lasting,
        steps=next_steps(made.plan),
        answers=not made.plan.awaits_proof,
    )


def _firewall(service: ServicePlan) -> str:
    return "ours" if service.waf else "none"


def _google(name: str, given: Any, under: pulumi.ResourceOptions) -> Host:  # noqa: ANN401 -- checked by the plan
    import pulumi_gcp as gcp  # noqa: PLC0415

    from claude_byoc.google.gateway_host import GoogleGateway  # noqa: PLC0415
    from claude_byoc.google.gateway_steps import next_steps  # noqa: PLC0415

    provider = gcp.Provider(
        f"{name}-gateway-gcp", project=given["project_id"], region=given["region"], opts=under
    )
    opts = pulumi.ResourceOptions.merge(under, pulumi.ResourceOptions(providers=[provider]))
    made = GoogleGateway(f"{name}-gateway", given, opts)
    return Host(
        made.url,
        made.identity,
        made.dns_records,
        made.log_source,
        account=made.project_id,
        region=Output.from_input(given["region"]),
        log_days=made.plan.service.log_retention_days,
        firewall=_firewall(made.plan.service),
        hosting=gateway_hosting.of_google(made.plan),
        lasting=made.lasting,
        steps=next_steps(made.plan, made.project_id),
    )


def _azure(name: str, given: Any, cloud: str, under: pulumi.ResourceOptions) -> Host:  # noqa: ANN401 -- checked by the plan
    import pulumi_azure_native as azure  # noqa: PLC0415

    from claude_byoc.azure.gateway_host import AzureGateway  # noqa: PLC0415
    from claude_byoc.azure.gateway_steps import next_steps  # noqa: PLC0415

    provider = azure.Provider(
        f"{name}-gateway-azure",
        subscription_id=given["subscription_id"],
        environment=azure_facts.CLOUDS[cloud].provider_environment,
        opts=under,
    )
    opts = pulumi.ResourceOptions.merge(under, pulumi.ResourceOptions(providers=[provider]))
    args: Any = {**given, "tags": ownership_tags()}
    made = AzureGateway(f"{name}-gateway", args, opts)
    records = cast("Output[list[dict[str, str]]]", made.dns_records)
    return Host(
        made.url,
        made.identity,
        records,
        made.log_source,
        account=Output.from_input(given["subscription_id"]),
        region=Output.from_input(given["location"]),
        log_days=made.plan.service.log_retention_days if made.plan.own_workspace else None,
        firewall=_firewall(made.plan.service),
        hosting=gateway_hosting.of_azure(made.plan),
        lasting=made.lasting,
        answers=not made.plan.awaits_proof,
        steps=next_steps(made.plan, stack=pulumi.get_stack()),
    )
