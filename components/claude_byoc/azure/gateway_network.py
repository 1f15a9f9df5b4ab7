"""The virtual network of a gateway behind a firewall: ours, with a subnet for each of the two, or one that exists."""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Input, Output
from pulumi_azure_native import network

from claude_byoc.azure import gateway_firewall_documents as documents
from claude_byoc.azure.gateway_firewall_plan import FirewallPlan
from claude_byoc.azure.gateway_place import GatewayPlace
from claude_byoc.contract import azure_gateway as facts


@dataclass(frozen=True)
class Subnets:
    """ARM ids of the subnets; None for that of an environment of others."""

    environment: Input[str] | None
    firewall: Input[str]


def declare(place: GatewayPlace, plan: FirewallPlan) -> Subnets:
    """Declare the network, or return the subnets that are given."""
    if not plan.own_network:
        # The plan refuses a network that exists without a subnet for the firewall.
        return Subnets(place.args.get("subnet_id"), place.args.get("firewall_subnet_id", ""))
    ranges = plan.service.allowed_addresses
    groups = {
        "firewall": _group(place, "firewall", documents.firewall_rules(ranges)),
        "environment": _group(place, "environment", documents.environment_rules()),
    }
    made = network.VirtualNetwork(
        f"{place.name}-network",
        virtual_network_name=f"{place.plan.name}-network",
        resource_group_name=place.group,
        location=place.location,
        address_space=network.AddressSpaceArgs(address_prefixes=[facts.OWN_NETWORK]),
        subnets=[
            network.SubnetArgs(
                name="firewall",
                address_prefix=facts.FIREWALL_RANGE,
                network_security_group=network.NetworkSecurityGroupArgs(id=groups["firewall"].id),
            ),
            network.SubnetArgs(
                name="environment",
                address_prefix=facts.ENVIRONMENT_RANGE,
                delegations=[network.DelegationArgs(name="apps", service_name=facts.APPS_DELEGATION)],
                network_security_group=network.NetworkSecurityGroupArgs(id=groups["environment"].id),
            ),
        ],
        tags=place.tags,
        opts=place.child(),
    )
    return Subnets(_subnet(made.id, "environment"), _subnet(made.id, "firewall"))


def _subnet(network_id: Output[str], name: str) -> Output[str]:
    return network_id.apply(lambda known: f"{known}/subnets/{name}")


def _group(
    place: GatewayPlace, label: str, rules: Sequence[documents.SecurityRule]
) -> network.NetworkSecurityGroup:
    return network.NetworkSecurityGroup(
        f"{place.name}-network-{label}",
        network_security_group_name=f"{place.plan.name}-{label}",
        resource_group_name=place.group,
        location=place.location,
        security_rules=[
            network.SecurityRuleArgs(
                name=one["name"],
                priority=100 * number,
                direction="Inbound",
                access=one["access"],
                protocol=one["protocol"],
                source_port_range="*",
                # Azure takes several sources or ports in the plural alone, and a tag or * in the singular.
                source_address_prefix=one["sources"][0] if len(one["sources"]) == 1 else None,
                source_address_prefixes=one["sources"] if len(one["sources"]) > 1 else None,
                destination_address_prefix=one["target"],
                destination_port_range=one["ports"][0] if len(one["ports"]) == 1 else None,
                destination_port_ranges=one["ports"] if len(one["ports"]) > 1 else None,
            )
            for number, one in enumerate(rules, 1)
        ],
        tags=place.tags,
        opts=place.child(),
    )
