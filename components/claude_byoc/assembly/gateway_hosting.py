"""What a gateway's host bills at all times, from its plan: the items of contract.hosting and how many. Pure."""

from collections.abc import Mapping
from typing import Any

from claude_byoc.aws.gateway_plan import AwsGatewayPlan
from claude_byoc.azure import gateway_documents as azure_documents
from claude_byoc.azure.gateway_plan import AzureGatewayPlan
from claude_byoc.contract import aws_gateway, azure_gateway
from claude_byoc.google.gateway_documents import security_rules, template
from claude_byoc.google.gateway_plan import GoogleGatewayPlan

_MIB_PER_GIB = 1024
_UNITS_PER_VCPU = 1024


def of_aws(plan: AwsGatewayPlan) -> dict[str, float]:
    """Return the items."""
    units, memory = plan.size
    instances = 0 if plan.awaits_proof else plan.service.min_instances
    addresses = plan.nat_gateways + (instances if plan.assign_public_ip else 0)
    if not plan.service.internal:
        addresses += max(aws_gateway.SUBNETS, len(plan.front_subnets))
    found: dict[str, float] = {
        "vcpu": instances * units / _UNITS_PER_VCPU,
        "gib": instances * memory / _MIB_PER_GIB,
        "loadBalancer": 1,
        "loadBalancerUnit": 1,
        "publicAddress": addresses,
        "natGateway": plan.nat_gateways,
    }
    if plan.service.waf:
        found |= {"firewall": 1, "firewallRule": len(aws_gateway.WAF_COUNTED)}
    return _some(found)


def of_google(plan: GoogleGatewayPlan) -> dict[str, float]:
    """Return the items."""
    sizes = [one["resources"]["limits"] for one in _google_containers(plan)]
    instances = plan.service.min_instances
    found: dict[str, float] = {
        "vcpu": instances * sum(float(size["cpu"]) for size in sizes),
        "gib": instances * sum(float(size["memory"].removesuffix("Mi")) for size in sizes) / _MIB_PER_GIB,
    }
    if plan.front != "run":
        found["loadBalancer"] = 1
    if plan.armored:
        rules = security_rules(plan.service.allowed_addresses, waf=plan.service.waf)
        found |= {"firewall": 1, "firewallRule": len(rules)}
    return found


def _google_containers(plan: GoogleGatewayPlan) -> list[dict[str, Any]]:
    """Return the containers as they are declared, without what is not known yet."""
    made = template(
        plan, account="", secret=lambda _held: ("", ""), value=lambda _container, _variable: "", archive=""
    )
    return made["containers"]


def of_azure(plan: AzureGatewayPlan) -> dict[str, float]:
    """Return the items."""
    sizes = [azure_documents.resources(one) for one in plan.service.shape.containers]
    instances = plan.service.min_instances
    found: dict[str, float] = {
        "vcpu": instances * sum(cpu for cpu, _ in sizes),
        "gib": instances * sum(float(memory.removesuffix("Gi")) for _, memory in sizes),
    }
    if plan.premium_minutes is not None:
        nodes = azure_gateway.INGRESS_NODES
        found |= {
            "ingressPlan": 1,
            "ingressVcpu": nodes * azure_gateway.INGRESS_NODE_VCPU,
            "ingressGib": nodes * azure_gateway.INGRESS_NODE_GIB,
        }
    if plan.service.waf:
        found |= {"firewall": 1, "firewallUnit": 1, "publicAddress": 0 if plan.service.internal else 1}
    return _some(found)


def _some(found: Mapping[str, float]) -> dict[str, float]:
    return {name: count for name, count in found.items() if count}
