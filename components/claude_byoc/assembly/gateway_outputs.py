"""What the output `gateway` says of a gateway of ours besides its host: upstreams, callers, limits. No secret."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pulumi import Input, Output

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Part
from claude_byoc.gateway.limits import LimitsSpec
from claude_byoc.gateway.service_args import GatewayServiceArgs, GatewayUpstreamArgs
from claude_byoc.gateway.service_plan import ServicePlan
from claude_byoc.gateway.spec import (
    BedrockUpstream,
    FoundryUpstream,
    GatewaySpec,
    Upstream,
    VertexUpstream,
)


def upstreams(
    spec: GatewaySpec, service: GatewayServiceArgs, others: Mapping[str, Part]
) -> list[out.GatewayUpstream]:
    """Return what it forwards to; `others` are the parts that the environment made before."""
    return [
        _upstream(planned, given, spec, others)
        for planned, given in zip(spec.upstreams, service.get("upstreams", []), strict=True)
    ]


def _upstream(
    planned: Upstream, given: GatewayUpstreamArgs, spec: GatewaySpec, others: Mapping[str, Part]
) -> out.GatewayUpstream:
    ids = {model.id: model.id_at(planned) or "" for model in spec.models}
    found: out.GatewayUpstream = {"kind": planned.kind, "storedKey": _stored_key(planned), "ids": ids}
    if "region" in given:
        found["region"] = Output.from_input(given["region"])
    if "project" in given:
        found["project"] = Output.from_input(given["project"])
    if "resource" in given:
        found["resource"] = Output.from_input(given["resource"])
    if "base_url" in given:
        found["host"] = host(given["base_url"])
    if planned.kind == "foundry" and "foundry" in others:
        own = others["foundry"].outputs
        if given.get("resource") is own["resourceName"]:
            found["region"] = own["location"]
    return found


def _stored_key(planned: Upstream) -> bool:
    match planned:
        case BedrockUpstream() | VertexUpstream():
            return planned.stored_key
        case FoundryUpstream():
            return not planned.keyless
        case _:
            return True


def callers(plan: ServicePlan, *, firewall: str) -> out.GatewayCallers:
    """Return who may call; `firewall` as in GatewayCallers."""
    entra = plan.spec.entra
    return {
        "tokens": plan.spec.tokens is not None,
        "entra": entra is not None,
        "roles": list(entra.roles) if entra else [],
        "addresses": list(plan.allowed_addresses),
        "firewall": firewall,
    }


def limits(spec: LimitsSpec) -> out.GatewayLimits:
    """Return how much teams may use."""
    return {
        "default": spec.default.rendered(),
        "teams": {team: limit.rendered() for team, limit in spec.teams.items()},
        "shared": spec.shared,
    }


def host(url: Input[str]) -> Output[str]:
    """Return the host of a URL: its path may hold what is nobody else's business."""
    return Output.from_input(url).apply(lambda known: urlsplit(known).hostname or "")
