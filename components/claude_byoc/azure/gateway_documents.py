"""What Container Apps and Azure Monitor are told about a gateway. Pure."""

import hashlib
import json
import math
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from claude_byoc.contract import azure_gateway as facts
from claude_byoc.contract.gateway import READY_PATH
from claude_byoc.gateway.container import ARCHIVE_SECRET, EDGE_PORT, Container, Probe
from claude_byoc.gateway.queries import CONSOLE_TABLE, QUERIES, lines_of
from claude_byoc.gateway.service_plan import ARCHIVE_FILES

REGISTRY = "ghcr.io"
"""Where the images are pulled from: it asks no account and has no limit for those without one."""
FILES_VOLUME, ARCHIVE_VOLUME = "files", "archive"
ARCHIVE = ARCHIVE_FILES["azure"]
"""Where the secrets that hold the archive's parts are mounted, in order."""
ARCHIVE_FOLDER = ARCHIVE[0].rpartition("/")[0]
CLIENT_ID_VARIABLE = "AZURE_CLIENT_ID"
"""Tells Azure's client libraries which of an app's identities to take.
source: https://learn.microsoft.com/python/api/azure-identity/azure.identity.defaultazurecredential"""
VERSIONS_VARIABLE = "GATEWAY_SECRET_VERSIONS"
"""Names the versions of the secrets: a changed secret alone makes no new revision.
source: https://learn.microsoft.com/azure/container-apps/revisions (application-scope changes)"""
_STEP = 0.25
"""vCPU. source: https://learn.microsoft.com/azure/container-apps/containers (allocations)"""
_PROBE_SECONDS = 5


class ProbeTarget(TypedDict):
    """What a probe asks for."""

    path: str
    port: int
    scheme: str


class ProbeRow(TypedDict):
    """A probe; times in seconds."""

    type: str
    httpGet: ProbeTarget
    periodSeconds: int
    failureThreshold: int
    timeoutSeconds: int


def secret_name(name: str) -> str:
    """Return the name of a secret in the vault and in the app: `anthropic-api-key` for `anthropicApiKey`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def archive_names() -> list[str]:
    """Return the names of the secrets that hold the parts of the archive, in order."""
    return [f"{secret_name(ARCHIVE_SECRET)}-{number}" for number in range(1, len(ARCHIVE) + 1)]


def archive_parts(archive: str) -> list[str]:
    """Return the archive in as many texts of about the same size, none of them empty."""
    size = math.ceil(len(archive) / len(ARCHIVE))
    return [archive[number * size : (number + 1) * size] for number in range(len(ARCHIVE))]


def archive_paths() -> list[tuple[str, str]]:
    """Return (secret, file name below the mounted folder) of each part."""
    return [(name, path.rpartition("/")[2]) for name, path in zip(archive_names(), ARCHIVE, strict=True)]


def resources(container: Container) -> tuple[float, str]:
    """Return vCPU and memory: at least what is asked for, two GiB for each vCPU as Container Apps has it.

    source: https://learn.microsoft.com/azure/container-apps/containers (allocations)
    """
    needed = max(container.cpu, container.memory_mib / 2048)
    cpu = math.ceil(needed / _STEP) * _STEP
    return cpu, f"{2 * cpu:g}Gi"


def variables(
    environment: Mapping[str, str], secrets: Mapping[str, str], own: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return a container's variables in a fixed order; `secrets` maps a variable to the secret that it holds."""
    plain = {**environment, **own}
    return [
        *({"name": name, "value": value} for name, value in sorted(plain.items())),
        *({"name": name, "secretRef": secret_name(secret)} for name, secret in sorted(secrets.items())),
    ]


def probes(container: Container) -> list[ProbeRow]:
    """Return a container's probes, all through the edge's port.

    Container Apps calls a replica by its address, and the application listens on loopback: the edge's READY_PATH
    answers for it. The readiness probe keeps the old revision until the new one answers.
    """
    ready = Probe(READY_PATH, EDGE_PORT, period=5, failures=3)
    kinds = {"Startup": container.startup, "Liveness": container.liveness, "Readiness": ready}
    return [
        {
            "type": kind,
            "httpGet": {"path": probe.path, "port": EDGE_PORT, "scheme": "HTTP"},
            # Fewer failures, further apart: the same time to become ready.
            "periodSeconds": math.ceil(probe.period * probe.failures / failures),
            "failureThreshold": failures,
            "timeoutSeconds": _PROBE_SECONDS,
        }
        for kind, probe in kinds.items()
        if probe is not None
        for failures in [min(probe.failures, facts.MOST_PROBE_FAILURES)]
    ]


def versions(addresses: Iterable[str]) -> str:
    """Return a digest of the versioned addresses of the secrets."""
    return hashlib.sha256("\n".join(sorted(addresses)).encode()).hexdigest()[:16]


def restrictions(ranges: Sequence[str]) -> list[dict[str, str]]:
    """Return the ingress's rules for the address ranges that may call; none = every address.

    It looks at the connection, so that a firewall in front is what it sees.
    source: https://learn.microsoft.com/azure/container-apps/ip-restrictions
    """
    return [
        {"name": f"allowed-{number}", "action": "Allow", "ipAddressRange": one}
        for number, one in enumerate(ranges, 1)
    ]


def relative_name(domain: str, zone_id: str) -> str:
    """Return a domain's name within its DNS zone, `@` for the zone's own."""
    zone = zone_id.rpartition("/")[2]
    return "@" if domain == zone else domain.removesuffix("." + zone)


def resource_group_of(resource_id: str) -> str:
    """Return the resource group that an ARM id lies in."""
    return resource_id.split("/")[4]


def network_of(subnet_id: str) -> str:
    """Return the ARM id of a subnet's virtual network."""
    return subnet_id.partition("/subnets/")[0]


def secret_of(vault_id: str, url: str) -> str:
    """Return the ARM id of a secret: where somebody may be given the right to read it alone."""
    return f"{vault_id}/secrets/{url.rpartition('/')[2]}"


def log_table(destination: str) -> tuple[str, str]:
    """Return table and column of the containers' lines, by where an environment sends its logs."""
    legacy = destination == "log-analytics"
    return (CONSOLE_TABLE, "Log_s") if legacy else ("ContainerAppConsoleLogs", "Log")


def failed_share(table: str, column: str, app: str) -> str:
    """Return the query behind the alert: the percentage of requests that failed, where there were 20 at least."""
    return (
        f"{lines_of(app, table)}\n| extend record = parse_json({column})\n"
        '| where tostring(record.event) == "access"\n'
        "| summarize requests = count(), failed = countif(toint(record.status) >= 500)\n"
        "| where requests >= 20\n| project share = 100.0 * failed / requests"
    )


def workbook_name(group: str, name: str) -> str:
    """Return the resource name (GUID) of the workbook, the same for the same group and name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{group.lower()}|{name.lower()}|workbook"))


def workbook(workspace: str, table: str, column: str, app: str) -> str:
    """Return the workbook's content: every ready query, over a time range that its reader chooses.

    source: https://learn.microsoft.com/azure/azure-monitor/visualize/workbooks-overview
    """
    day = 24 * 60 * 60 * 1000
    period = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{app}|period")),
        "version": "KqlParameterItem/1.0",
        "name": "Period",
        "type": 4,
        "isRequired": True,
        "value": {"durationMs": 7 * day},
        "typeSettings": {"selectableValues": [{"durationMs": days * day} for days in (1, 7, 30, 90)]},
    }
    items: list[dict[str, Any]] = [
        {"type": 9, "name": "period", "content": {"version": "KqlParameterItem/1.0", "parameters": [period]}}
    ]
    for one in QUERIES:
        content = {
            "version": "KqlItem/1.0",
            "title": f"{one.name}: {one.purpose}",
            "query": one.kql(table, column, app),
            "size": 0,
            "timeContextFromParameter": "Period",
            "queryType": 0,
            "resourceType": "microsoft.operationalinsights/workspaces",
            "crossComponentResources": [workspace],
            "visualization": "table",
        }
        items.append({"type": 3, "name": one.name, "content": content})
    whole = {"version": "Notebook/1.0", "items": items, "fallbackResourceIds": [workspace]}
    return json.dumps(whole, separators=(",", ":"))
