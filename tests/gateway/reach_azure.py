"""Who can open a connection to what, reasoned from what was declared in Azure.

Reasoned: the ingress of the container app with its address rules, its target port and where nginx or LiteLLM listen,
whether the environment has a public address. Not reasoned: network security groups and routes of a given subnet.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from standin.rules.azure_native.container_apps import APP, ENVIRONMENT

Rows = Sequence[Mapping[str, Any]]
Reach = tuple[str, str, int]
"""Source, target, port."""

_PLAIN, _TLS = 80, 443


def reach(rows: Rows) -> set[Reach]:
    """Return (source, target, port): sources are `internet`, `network`, ranges, `front` and containers' names."""
    [app] = [row["inputs"] for row in rows if row["type"] == APP]
    [environment] = [row["inputs"] for row in rows if row["type"] == ENVIRONMENT]
    ingress, containers = app["configuration"]["ingress"], app["template"]["containers"]
    found = {(one["name"], "internet", _TLS) for one in containers}
    if not ingress["external"]:
        return found
    internal = environment.get("vnetConfiguration", {}).get("internal", False)
    rules = ingress.get("ipSecurityRestrictions", [])
    assert {one["action"] for one in rules} <= {"Allow"}
    # As soon as one range is allowed, every other address is refused.
    sources = [one["ipAddressRange"] for one in rules] or ["network" if internal else "internet"]
    # On port 80 the ingress answers with a redirect alone, unless insecure traffic is allowed.
    ports = [_TLS, *([_PLAIN] if ingress["allowInsecure"] else [])]
    found |= {(source, "front", port) for source in sources for port in ports}
    for one in containers:
        if _listens(one) == (port := int(ingress["targetPort"])):
            found.add(("front", one["name"], port))
    return found


def _listens(container: Mapping[str, Any]) -> int | None:
    """Return the port that a container opens to others; None where it listens on loopback alone."""
    command = container["command"]
    if "--host" in command:
        loopback = command[command.index("--host") + 1] == "127.0.0.1"
        return None if loopback else int(command[command.index("--port") + 1])
    [probe] = [row for row in container["probes"] if row["type"] == "Liveness"]
    return int(probe["httpGet"]["port"])
