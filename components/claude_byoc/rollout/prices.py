"""Prices that the report's estimate reckons with: list prices in USD, without tax, discount or commitment.

They change; the report names their date, and the provider's own page decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MODEL_PRICES_DATE = "2026-11"
MODEL_PRICES_SOURCE = "model list of LiteLLM 1.109.1, Claude API list prices; clouds may differ by location"
HOSTING_PRICES_DATE = "2026-11"
HOURS = 730
"""Hours of a month."""


@dataclass(frozen=True)
class ModelPrice:
    """USD per million tokens."""

    input: float
    output: float
    cache_read: float
    cache_write: float


_OPUS = ModelPrice(5, 25, 0.5, 6.25)
_SONNET_4 = ModelPrice(3, 15, 0.3, 3.75)

MODEL_PRICES: Mapping[str, ModelPrice] = {
    "opus-5-5": ModelPrice(4, 20, 0.2, 5),
    "sonnet-5-5": ModelPrice(2, 10, 0.1, 2.5),
    "haiku-5-5": ModelPrice(0.1, 0.5, 0.01, 0.125),
    "fable-5-1": ModelPrice(10, 50, 0.25, 12.5),
    "fable-5": ModelPrice(10, 50, 1, 12.5),
    "mythos-5-1": ModelPrice(10, 50, 0.25, 12.5),
    "mythos-5": ModelPrice(10, 50, 1, 12.5),
    "opus-5": _OPUS,
    "sonnet-5": ModelPrice(2, 10, 0.2, 2.5),
    "opus-4-8": _OPUS,
    "opus-4-7": _OPUS,
    "opus-4-6": _OPUS,
    "opus-4-5": _OPUS,
    "sonnet-4-6": _SONNET_4,
    "sonnet-4-5": _SONNET_4,
    "haiku-4-5": ModelPrice(1, 5, 0.1, 1.25),
}
"""Name in `contract.models.MODELS` -> price. source: MODEL_PRICES_SOURCE"""


@dataclass(frozen=True)
class Rate:
    """USD for a month of one of an item. Where not `confirmed`, no page that says it could be read."""

    usd: float
    source: str
    confirmed: bool = True


def _hourly(usd: float, source: str, *, confirmed: bool = True) -> Rate:
    return Rate(usd * HOURS, source, confirmed)


def _each_second(usd: float, source: str) -> Rate:
    return _hourly(usd * 3600, source)


_FARGATE = "https://aws.amazon.com/fargate/pricing/ (us-east-1, Linux x86)"
_ALB = "https://aws.amazon.com/elasticloadbalancing/pricing/ (us-east-1)"
_VPC = "https://aws.amazon.com/vpc/pricing/ (us-east-1)"
_AWS_WAF = "https://aws.amazon.com/waf/pricing/ (every Region)"
_RUN = "https://cloud.google.com/run/pricing (tier 1, instance-based)"
_GOOGLE_BALANCER = "https://cloud.google.com/load-balancing/pricing (forwarding rule)"
_ARMOR = "https://cloud.google.com/armor/pricing (Standard)"
_APPS = "https://azure.microsoft.com/pricing/details/container-apps/"
_APP_GATEWAY = (
    "https://learn.microsoft.com/azure/application-gateway/understanding-pricing (East US, example)"
)

HOSTING: Mapping[str, Mapping[str, Rate]] = {
    "aws": {
        "vcpu": _hourly(0.04048, _FARGATE),
        "gib": _hourly(0.004445, _FARGATE),
        "loadBalancer": _hourly(0.0225, _ALB),
        "loadBalancerUnit": _hourly(0.008, _ALB),
        "publicAddress": _hourly(0.005, _VPC, confirmed=False),
        "natGateway": _hourly(0.045, _VPC, confirmed=False),
        "firewall": Rate(5, _AWS_WAF, confirmed=False),
        "firewallRule": Rate(1, _AWS_WAF, confirmed=False),
    },
    "google": {
        "vcpu": _each_second(0.000018, _RUN),
        "gib": _each_second(0.000002, _RUN),
        # One rule of an internal load balancer may cost otherwise.
        "loadBalancer": _hourly(0.025, _GOOGLE_BALANCER),
        "firewall": Rate(5, _ARMOR, confirmed=False),
        "firewallRule": Rate(1, _ARMOR, confirmed=False),
    },
    "azure": {
        "vcpu": _each_second(0.000024, f"{_APPS} (consumption, active)"),
        "gib": _each_second(0.000003, f"{_APPS} (consumption, active)"),
        "ingressPlan": _hourly(0.10, f"{_APPS} (dedicated)", confirmed=False),
        "ingressVcpu": _hourly(0.057077, f"{_APPS} (dedicated)", confirmed=False),
        "ingressGib": _hourly(0.004978, f"{_APPS} (dedicated)", confirmed=False),
        "publicAddress": _hourly(
            0.005, "https://azure.microsoft.com/pricing/details/ip-addresses/ (Standard)", confirmed=False
        ),
        "firewall": _hourly(0.443, _APP_GATEWAY),
        "firewallUnit": _hourly(0.0144, _APP_GATEWAY),
    },
}
"""Cloud -> item of contract.hosting that a gateway there can have -> its price.

The providers' pages above were read as others quote them: NAT gateway and addresses by cloudburn.io/blog/
aws-nat-gateway-pricing, WAF by c3x.dev/blog/aws-waf-cost-explained, the dedicated plan by a reading of Azure's retail
prices (koreacentral, 2026-05) and microsoft/azure-container-apps issue 1596."""
