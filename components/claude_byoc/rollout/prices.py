"""Prices that the report's estimate reckons with: list prices in USD, without tax, discount or commitment.

They change; the report names their date, and the provider's own page decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MODEL_PRICES_DATE = "2026-11"
MODEL_PRICES_SOURCE = "model list of LiteLLM 1.109.1, Claude API list prices; clouds may differ by location"
HOSTING_PRICES_DATE = "2026-11"


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
class HostingItem:
    """`quantity` of something for a month of 730 hours at `usd` each."""

    what: str
    quantity: float
    usd: float
    source: str


_HOURS = 730
_SECONDS = _HOURS * 3600
_FARGATE = "https://aws.amazon.com/fargate/pricing/ (us-east-1, Linux x86)"
_ALB = "https://aws.amazon.com/elasticloadbalancing/pricing/ (us-east-1)"
_RUN = "https://cloud.google.com/run/pricing (tier 1, instance-based)"
_APPS = "https://azure.microsoft.com/pricing/details/container-apps/ (consumption, active)"

HOSTING: Mapping[str, tuple[HostingItem, ...]] = {
    "Amazon ECS on Fargate": (
        HostingItem("vCPU hours, two tasks of 1 vCPU", 2 * _HOURS, 0.04048, _FARGATE),
        HostingItem("GB hours, two tasks of 2 GB", 4 * _HOURS, 0.004445, _FARGATE),
        HostingItem("load balancer hours", _HOURS, 0.0225, _ALB),
        HostingItem("load balancer capacity unit hours", _HOURS, 0.008, _ALB),
    ),
    "Google Cloud Run": (
        HostingItem("vCPU seconds, one instance of 1 vCPU always on", _SECONDS, 0.000018, _RUN),
        HostingItem("GiB seconds, one instance of 2 GiB always on", 2 * _SECONDS, 0.000002, _RUN),
    ),
    "Azure Container Apps": (
        HostingItem("vCPU seconds, one replica of 1 vCPU always on", _SECONDS, 0.000024, _APPS),
        HostingItem("GiB seconds, one replica of 2 GiB always on", 2 * _SECONDS, 0.000003, _APPS),
    ),
}
"""Gateway host -> what an idle to lightly used gateway costs. Logs, traffic and a NAT gateway are not in it."""
