"""What the host of a gateway of ours bills while nobody calls: the items, and a gateway's with nothing set."""

from collections.abc import Mapping
from types import MappingProxyType

ITEMS: Mapping[str, str] = MappingProxyType(
    {
        "vcpu": "vCPU of the instances that always run",
        "gib": "GiB of their memory",
        "loadBalancer": "load balancer",
        "loadBalancerUnit": "its capacity, lightly used",
        "publicAddress": "public IPv4 addresses",
        "natGateway": "NAT gateways",
        "ingressPlan": "plan of the premium ingress",
        "ingressVcpu": "vCPU of the premium ingress",
        "ingressGib": "GiB of its memory",
        "firewall": "firewall in front",
        "firewallUnit": "its capacity, lightly used",
        "firewallRule": "its rules, or groups of rules",
    }
)
"""Item of the output `gateway.hosting` -> what it is. Traffic, requests, logs, secrets and alarms are none of them:
they cost by use, or cents."""

DEFAULTS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "aws": {
            "vcpu": 2,
            "gib": 4,
            "loadBalancer": 1,
            "loadBalancerUnit": 1,
            "publicAddress": 3,
            "natGateway": 1,
        },
        "google": {"vcpu": 2, "gib": 2.5},
        "azure": {"vcpu": 1.5, "gib": 3},
    }
)
"""Cloud -> the items of a gateway there with nothing set but what must be; a test compares them with the plans."""
