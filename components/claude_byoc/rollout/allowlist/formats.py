"""The allowlist's rows in each format, and what a format cannot say."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from claude_byoc.contract.allowlist import AllowlistRow
from claude_byoc.contract.problems import Problem
from claude_byoc.rollout.allowlist.pac import pac
from claude_byoc.rollout.allowlist.read import is_address
from claude_byoc.rollout.files import RolloutFile

Rows = Sequence[AllowlistRow]
_Key = TypeVar("_Key")

COLUMNS: tuple[str, ...] = ("host", "path", "port", "protocol", "required", "hosts", "why")


@dataclass(frozen=True)
class Listed:
    """The text, and what the format cannot say of the rows."""

    text: str
    notices: tuple[Problem, ...] = ()


def as_csv(rows: Rows) -> str:
    """Return a CSV table with a header, CRLF (RFC 4180), `hosts` joined by blanks."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = {**asdict(row), "hosts": " ".join(row.hosts), "required": "yes" if row.required else "no"}
        writer.writerow([cells[column] for column in COLUMNS])
    return buffer.getvalue()


def as_json(rows: Rows) -> str:
    """Return a JSON array of the rows, as in the stack output `allowlist`."""
    entries = [{column: getattr(row, column) for column in COLUMNS} for row in rows]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def azure_firewall(rows: Rows) -> str:
    """Return an ARM template of a rule collection group, one rule per port; its parameter is the policy's name.

    source: https://learn.microsoft.com/azure/templates/microsoft.network/firewallpolicies/rulecollectiongroups
    """
    rules = [
        {
            "ruleType": "ApplicationRule",
            "name": f"claude-{_azure_protocol(protocol).lower()}-{port}",
            "protocols": [{"protocolType": _azure_protocol(protocol), "port": port}],
            "sourceAddresses": "[parameters('sourceAddresses')]",
            "targetFqdns": hosts,
        }
        for (protocol, port), hosts in _by_port(
            rows, lambda row: (_azure_protocol(row.protocol), row.port)
        ).items()
        if hosts
    ]
    group = {
        "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
        "apiVersion": "2024-05-01",
        "name": "[concat(parameters('firewallPolicyName'), '/claude')]",
        "properties": {
            "priority": "[parameters('priority')]",
            "ruleCollections": [
                {
                    "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
                    "name": "claude-allow",
                    "priority": 100,
                    "action": {"type": "Allow"},
                    "rules": rules,
                }
            ],
        },
    }
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "firewallPolicyName": {"type": "string"},
            "priority": {"type": "int", "defaultValue": 1000},
            "sourceAddresses": {"type": "array", "defaultValue": ["*"]},
        },
        "resources": [group],
    }
    return json.dumps(template, indent=2) + "\n"


def _azure_protocol(protocol: str) -> str:
    return "Http" if protocol == "http" else "Https"


def aws_network_firewall(rows: Rows) -> str:
    """Return the input of `aws network-firewall create-rule-group --cli-input-json` for a domain list.

    A leading dot stands for the domain and everything below it.
    source: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_RulesSourceList.html
    """
    targets = _suffixes(rows)
    plain = any(row.protocol == "http" for row in rows)
    group = {
        "RuleGroupName": "claude",
        "Type": "STATEFUL",
        # Fixed for the group's life, so with room for more.
        "Capacity": max(100, 10 * len(targets)),
        "Description": "Addresses that Claude needs",
        "RuleGroup": {
            "RulesSource": {
                "RulesSourceList": {
                    "Targets": targets,
                    "TargetTypes": ["TLS_SNI", *(["HTTP_HOST"] if plain else [])],
                    "GeneratedRulesType": "ALLOWLIST",
                }
            }
        },
    }
    return json.dumps(group, indent=2) + "\n"


def squid(rows: Rows) -> str:
    """Return lines for squid.conf: an access list of domains per port, and what allows them.

    A leading dot stands for the domain and everything below it; a domain below another is left out, which
    Squid asks for. source: https://wiki.squid-cache.org/SquidFaq/SquidAcl
    """
    lines = ["# Addresses that Claude needs. Above the rules that deny."]
    for port in _by_port(rows, lambda row: row.port):
        own = [row for row in rows if row.port == port]
        names, addresses = _suffixes(own), [row.host for row in own if is_address(row.host)]
        lines += ["", f"acl claude_port_{port} port {port}"]
        for acl, kind, hosts in (("names", "dstdomain", names), ("addresses", "dst", addresses)):
            lines += [f"acl claude_{acl}_{port} {kind} {host}" for host in dict.fromkeys(hosts)]
            if hosts:
                lines.append(f"http_access allow claude_{acl}_{port} claude_port_{port}")
    return "\n".join(lines) + "\n"


def palo_alto(rows: Rows) -> str:
    """Return the entries of a custom URL category or an external dynamic list of URLs, one per line.

    The slash at the end keeps an entry from matching longer names.
    source: https://docs.paloaltonetworks.com/advanced-url-filtering, guidelines for URL category exceptions
    """
    hosts = dict.fromkeys(row.host.lower() for row in rows)
    return "".join(f"[{host}]/\n" if ":" in host else f"{host}/\n" for host in hosts)


def _by_port(rows: Rows, key: Callable[[AllowlistRow], _Key]) -> dict[_Key, list[str]]:
    found: dict[_Key, list[str]] = {}
    for row in rows:
        hosts = found.setdefault(key(row), [])
        if not is_address(row.host) and row.host.lower() not in hosts:
            hosts.append(row.host.lower())
    return found


def _suffixes(rows: Iterable[AllowlistRow]) -> list[str]:
    """Return the domains, `*.` as a leading dot, without those that another one covers."""
    names = dict.fromkeys(row.host.lower().removeprefix("*") for row in rows if not is_address(row.host))
    wild = [name for name in names if name.startswith(".")]
    return [
        name
        for name in names
        if not any(other != name and (name.endswith(other) or name == other[1:]) for other in wild)
    ]


@dataclass(frozen=True)
class _Format:
    text: Callable[[Rows], str]
    paths: bool = False
    ports: bool = True
    addresses: bool = True
    apex: bool = False
    """A wildcard lets its own domain through as well."""


FORMATS: Mapping[str, _Format] = {
    "csv": _Format(as_csv, paths=True),
    "json": _Format(as_json, paths=True),
    "azure-firewall": _Format(azure_firewall, addresses=False),
    "aws-network-firewall": _Format(aws_network_firewall, ports=False, addresses=False, apex=True),
    "squid": _Format(squid, apex=True),
    "palo-alto": _Format(palo_alto, ports=False),
    "pac": _Format(pac),
}
"""Format -> how it is made and what it can say."""


def render(name: str, rows: Rows) -> Listed:
    """Return the rows in a format of FORMATS."""
    form = FORMATS[name]
    return Listed(form.text(rows), tuple(_notices(name, form, rows)))


def _notices(name: str, form: _Format, rows: Rows) -> list[Problem]:
    """Return what the format makes wider, or leaves out."""

    def notice(hosts: Iterable[str], wrong: str, cure: str) -> list[Problem]:
        listed = ", ".join(dict.fromkeys(hosts))
        return [Problem(listed, wrong, f"what {name} can say", cure, "warning")] if listed else []

    found: list[Problem] = []
    if not form.paths:
        hosts = [row.host for row in rows if row.path != "/"]
        found += notice(hosts, "is allowed with every path, not only the one that is needed", "accept it")
    if not form.ports:
        hosts = [f"{row.host}:{row.port}" for row in rows if row.port != 443]  # noqa: PLR2004 - HTTPS
        found += notice(hosts, "is listed without its port", "allow the port in the rule that uses the list")
    if not form.addresses:
        hosts = [row.host for row in rows if is_address(row.host)]
        found += notice(hosts, "is an IP address and is left out", "add a network rule for it")
    if form.apex:
        hosts = [row.host for row in rows if row.host.startswith("*.")]
        found += notice(hosts, "lets the domain itself through as well", "accept it")
    return found


def allowlist_csv_file(rows: Rows) -> RolloutFile:
    """Return `allowlist.csv` of the rollout folder."""
    return RolloutFile("allowlist.csv", as_csv(rows).encode(), "addresses that the network must let through")
