"""Which network destinations people's devices must reach, per connection path.

source: https://claude.com/docs/office-agents/third-party-platforms, network allowlist for third-party
platforms and for the Anthropic API. Those of the desktop app are in desktop_allowlist.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from claude_byoc.contract.aws import DNS_SUFFIXES, partition
from claude_byoc.contract.entra import CLOUDS
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS


@dataclass(frozen=True)
class AllowlistRow:
    """One destination: `path` is a prefix (`/` = everything), `hosts` the applications that call it."""

    host: str
    why: str
    required: bool = True
    path: str = "/"
    port: int = 443
    protocol: str = "https"
    hosts: tuple[str, ...] = ("office", "outlook")


def office_rows(entra_cloud: str = "global") -> list[AllowlistRow]:
    """Return what the add-ins need on every connection path; `entra_cloud` as in `graph_cloud`."""
    cloud = CLOUDS[entra_cloud]
    return [
        AllowlistRow("pivot.claude.ai", "the add-in's pages, analytics and telemetry"),
        AllowlistRow("claude.ai", "feature flags, read without sign-in", path="/api/"),
        AllowlistRow("appsforoffice.microsoft.com", "Office.js, which every Office add-in loads"),
        AllowlistRow(cloud.authority_host, "sign-in with Microsoft Entra ID and its tokens"),
        AllowlistRow(
            "o1158394.ingest.us.sentry.io",
            "crash reports; blocking it costs diagnostics only",
            required=False,
        ),
        AllowlistRow(cloud.graph_host, "mail and calendar through Microsoft Graph", hosts=("outlook",)),
    ]


def bedrock_rows(region: str) -> list[AllowlistRow]:
    """Return what Bedrock direct in `region` needs besides `office_rows`; Outlook cannot use this path."""
    suffix = DNS_SUFFIXES.get(partition(region), "amazonaws.com")
    # The add-in calls the global STS host, which exists in the partition `aws` alone.
    sts = "sts.amazonaws.com" if partition(region) == "aws" else f"sts.{region}.{suffix}"
    office = ("office",)
    return [
        AllowlistRow(sts, "AWS STS: Entra ID token for temporary AWS credentials", hosts=office),
        AllowlistRow(f"bedrock-runtime.{region}.{suffix}", "Amazon Bedrock inference", hosts=office),
        AllowlistRow(
            f"bedrock.{region}.{suffix}",
            "inference profiles, listed at sign-in; implied by the role's permissions alone",
            required=False,
            hosts=office,
        ),
    ]


def manifest_rows(urls: Mapping[str, str]) -> list[AllowlistRow]:
    """Return a row for each address that a manifest names; `urls` maps manifest keys to URLs.

    An address that holds a placeholder (`{{key}}`) differs per person and has no row.
    """
    rows: list[AllowlistRow] = []
    for key, url in urls.items():
        parts = urlsplit(url)
        if parts.hostname and "{{" not in url:
            why = WHY.get(key, f"{key}: {MANIFEST_KEYS[key].help}")
            rows.append(AllowlistRow(parts.hostname, why, port=parts.port or 443))
    return rows


WHY = {
    "gateway_url": "the gateway: inference, model discovery",
    "bootstrap_url": "the configuration of each person (bootstrap)",
    "otlp_endpoint": "the OpenTelemetry collector",
}
"""Manifest key -> why its address is needed, in the same words for Claude Desktop's, so that it is told once."""


def account_rows() -> list[AllowlistRow]:
    """Return what the add-ins need for people who sign in with a Claude account (`allow_1p`)."""
    outlook = ("outlook",)
    return [
        AllowlistRow("pivot.claude.ai", "the add-in's pages, analytics, skills and telemetry"),
        AllowlistRow("claude.ai", "sign-in with a Claude account, feature flags"),
        AllowlistRow("api.anthropic.com", "inference, files, code execution and the connector registry"),
        AllowlistRow("appsforoffice.microsoft.com", "Office.js, which every Office add-in loads"),
        AllowlistRow("login.microsoftonline.com", "the Microsoft Graph token of Outlook", hosts=outlook),
        AllowlistRow("graph.microsoft.com", "mail and calendar through Microsoft Graph", hosts=outlook),
        AllowlistRow(
            "o1158394.ingest.us.sentry.io",
            "crash reports; blocking it costs diagnostics only",
            required=False,
        ),
        AllowlistRow("mcp-proxy.anthropic.com", "connectors: calls of MCP tools", required=False),
        AllowlistRow(
            "bridge.claudeusercontent.com",
            "working across applications (WebSocket)",
            required=False,
            protocol="wss",
        ),
    ]


def merged_rows(rows: Iterable[AllowlistRow]) -> list[AllowlistRow]:
    """Return the rows with one per destination: needed if any of them is, for the hosts of all, every reason told."""
    found: dict[tuple[str, str, int, str], AllowlistRow] = {}
    for row in rows:
        place = (row.host.lower(), row.path, row.port, row.protocol)
        first = found.get(place)
        if first is None:
            found[place] = row
            continue
        reasons = dict.fromkeys([*first.why.split("; "), *row.why.split("; ")])
        found[place] = replace(
            first,
            required=first.required or row.required,
            hosts=tuple(dict.fromkeys([*first.hosts, *row.hosts])),
            why="; ".join(reasons),
        )
    return list(found.values())
