"""The allowlist of exactly this environment."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import cast

from pulumi import Output

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Part
from claude_byoc.contract import allowlist as facts
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.manifest_plan import Plan
from claude_byoc.stack_args import ClaudeByocArgs


def allowlist(
    args: ClaudeByocArgs, planned: Plan, parts: Mapping[str, Part]
) -> Output[list[out.AllowlistRow]]:
    """Return the addresses that the network must let through, each with the hosts that need it."""
    # Addresses that the manifest itself names; those inside secrets (mcp_servers) stay there.
    named = {
        key: value
        for key, value in args.get("manifest", {}).items()
        if key in MANIFEST_KEYS and MANIFEST_KEYS[key].kind == "url"
    }
    users = {
        path: [host for host in planned.hosts if path in [one.path for one in planned.connections_of(host)]]
        for path in parts
    }

    def rows(found: Sequence[list[facts.AllowlistRow]], urls: Mapping[str, str]) -> list[out.AllowlistRow]:
        own = [
            (row, [host for host in row.hosts if host in users[path]])
            for path, those in zip(parts, found, strict=True)
            for row in those
        ]
        common = [*facts.office_rows(planned.cloud), *facts.manifest_rows(urls)]
        every = [(row, [host for host in row.hosts if host in planned.hosts]) for row in common]
        office = len(facts.office_rows(planned.cloud))
        ordered = [*every[:office], *own, *every[office:]]
        return [cast("out.AllowlistRow", {**asdict(row), "hosts": hosts}) for row, hosts in ordered if hosts]

    return Output.all(parts=[part.rows for part in parts.values()], urls=named).apply(
        lambda known: rows(known["parts"], known["urls"])
    )
