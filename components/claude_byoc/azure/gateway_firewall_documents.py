"""What an Application Gateway and the network around it are told. Pure."""

from collections.abc import Sequence
from typing import TypedDict

from claude_byoc.contract import azure_gateway as facts

_ANY = "*"


class SecurityRule(TypedDict):
    """One rule of a network security group, in the SDK's names; priority follows from its place."""

    name: str
    access: str
    protocol: str
    sources: Sequence[str]
    target: str
    ports: Sequence[str]


class CustomRule(TypedDict):
    """One rule of ours in the firewall's policy, with one condition."""

    name: str
    priority: int
    rule_type: str
    action: str
    variable: str
    operator: str
    negated: bool
    values: list[str]


def part_of(gateway_id: str, kind: str, name: str) -> str:
    """Return the ARM id of a part of an Application Gateway, by which its other parts name it."""
    return f"{gateway_id}/{kind}/{name}"


def gateway_id(subscription_id: str, group: str, name: str) -> str:
    """Return the ARM id of an Application Gateway."""
    place = f"/subscriptions/{subscription_id}/resourceGroups/{group}"
    return f"{place}/providers/Microsoft.Network/applicationGateways/{name}"


def custom_rules(allowed: Sequence[str]) -> list[CustomRule]:
    """Return the rule that refuses every address but those in `allowed`; none where everybody may call.

    The address is that of the connection, whatever the request says of itself.
    source: https://learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview (RemoteAddr)
    """
    if not allowed:
        return []
    return [
        {
            "name": "allowedAddresses",
            "priority": 1,
            "rule_type": "MatchRule",
            "action": "Block",
            "variable": "RemoteAddr",
            "operator": "IPMatch",
            "negated": True,
            "values": [*allowed],
        }
    ]


def firewall_rules(allowed: Sequence[str]) -> list[SecurityRule]:
    """Return who reaches the subnet of the firewall: callers on 443, and Azure, which runs it.

    What is not allowed here is refused by the rules that every group has, but within the network.
    """
    callers = list(allowed) or ["Internet"]
    return [
        _rule("callers", callers, ["443"]),
        _rule("azure", ["GatewayManager"], [facts.GATEWAY_MANAGER_PORTS]),
        _rule("health", ["AzureLoadBalancer"], [_ANY], protocol=_ANY),
    ]


def environment_rules() -> list[SecurityRule]:
    """Return who reaches the subnet of the environment: the firewall, and the environment itself."""
    ours, firewall = facts.ENVIRONMENT_RANGE, facts.FIREWALL_RANGE
    balanced = facts.APPS_LOAD_BALANCER_PORTS
    return [
        _rule("firewall", [firewall], ["443", balanced], target=ours),
        _rule("health", ["AzureLoadBalancer"], [balanced], target=ours),
        _rule("itself", [ours], [_ANY], target=ours, protocol=_ANY),
        _rule("nobody-else", [_ANY], [_ANY], protocol=_ANY, access="Deny"),
    ]


def wait_seconds(timeout_seconds: int) -> int:
    """Return how long the firewall waits: longer than the edge, whose answer to that can be read by an add-in."""
    return timeout_seconds + facts.FIREWALL_WAITS_LONGER


def idle_minutes(timeout_seconds: int) -> int:
    """Return how long a connection to the public address may be silent: as long as the firewall waits."""
    wanted = -(-wait_seconds(timeout_seconds) // 60)
    return min(max(facts.LEAST_IDLE_MINUTES, wanted), facts.MOST_IDLE_MINUTES)


def _rule(
    name: str,
    sources: Sequence[str],
    ports: Sequence[str],
    *,
    target: str = _ANY,
    protocol: str = "Tcp",
    access: str = "Allow",
) -> SecurityRule:
    return {
        "name": name,
        "access": access,
        "protocol": protocol,
        "sources": sources,
        "target": target,
        "ports": ports,
    }
