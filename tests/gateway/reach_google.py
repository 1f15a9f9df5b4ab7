"""Who can open a connection to what, reasoned from what was declared in Google Cloud.

Reasoned: ingress of the Cloud Run service, whether it has its run.app address, which container has its port, forwarding
rules and what they lead to, the rules of Cloud Armor. Not reasoned: what a network's own firewall and routes take away.

Whatever the ingress is, networks of the service's project call the run.app address directly, unless it is disabled.
source: https://docs.cloud.google.com/run/docs/securing/ingress#settings
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from standin.rules.gcp import BACKEND_SERVICE, NEG, REGION_BACKEND_SERVICE, RUN_SERVICE

Rows = Sequence[Mapping[str, Any]]
Reach = tuple[str, str, int]
"""Source, target, port."""

GLOBAL_RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
REGION_RULE = "gcp:compute/forwardingRule:ForwardingRule"
ARMOR = ("gcp:compute/securityPolicy:SecurityPolicy", "gcp:compute/regionSecurityPolicy:RegionSecurityPolicy")
_TLS = 443


def reach(rows: Rows) -> set[Reach]:
    """Return (source, target, port).

    Sources are `internet`, `network` (the given one), `project` (networks of the project), ranges, `front` and
    containers' names.
    """
    [service] = _inputs(rows, RUN_SERVICE)
    containers = service["template"]["containers"]
    [(public, port)] = [(one["name"], one["ports"]["containerPort"]) for one in containers if "ports" in one]
    found = {(one["name"], "internet", _TLS) for one in containers}
    ingress = service["ingress"]
    if not service.get("invokerIamDisabled"):
        return found  # nobody without a Google token passes
    rules = [("internet", one) for one in _inputs(rows, GLOBAL_RULE)]
    rules += [("network", one) for one in _inputs(rows, REGION_RULE)]
    if service.get("defaultUriDisabled"):
        assert rules, "nobody reaches the service"
    elif ingress == "INGRESS_TRAFFIC_ALL":
        found |= {("internet", "front", _TLS), ("front", public, port)}
    else:
        found.add(("project", public, port))
    if rules and _leads_to_service(rows):
        found.add(("front", public, port))
    for source, rule in rules:
        open_port = int(str(rule["portRange"]).partition("-")[0])
        found |= {(one, "front", open_port) for one in _allowed(rows, source)}
    return found


def _leads_to_service(rows: Rows) -> bool:
    backends = [*_inputs(rows, BACKEND_SERVICE), *_inputs(rows, REGION_BACKEND_SERVICE)]
    groups = {one["name"] for one in _inputs(rows, NEG) if one["networkEndpointType"] == "SERVERLESS"}
    return any(
        backend["group"].rpartition("/")[2] in groups for one in backends for backend in one["backends"]
    )


def _allowed(rows: Rows, source: str) -> Iterator[str]:
    """Yield who passes Cloud Armor: its allow rules by address, in the order of their priorities."""
    backends = [*_inputs(rows, BACKEND_SERVICE), *_inputs(rows, REGION_BACKEND_SERVICE)]
    policies = [one for token in ARMOR for one in _inputs(rows, token)]
    if not any("securityPolicy" in one for one in backends):
        yield source
        return
    [policy] = policies
    for rule in sorted(policy["rules"], key=lambda rule: rule["priority"]):
        ranges = rule["match"].get("config", {}).get("srcIpRanges")
        if ranges is None:
            continue
        if rule["action"] == "allow":
            yield from (source if one == "*" else one for one in ranges)
        if "*" in ranges:
            return


def _inputs(rows: Rows, token: str) -> list[Any]:
    return [row["inputs"] for row in rows if row["type"] == token]
