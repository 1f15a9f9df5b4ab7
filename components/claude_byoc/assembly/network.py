"""The allowlist of exactly this environment."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from pulumi import Output

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Part
from claude_byoc.contract import allowlist as facts
from claude_byoc.contract.desktop_allowlist import desktop_rows
from claude_byoc.contract.desktop_keys import DESKTOP_SECRET_KEYS
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.manifest_plan import DESKTOP, Plan
from claude_byoc.stack_args import ClaudeByocArgs


def allowlist(
    args: ClaudeByocArgs, planned: Plan, parts: Mapping[str, Part], desktop: Mapping[str, Output[Any]]
) -> Output[list[out.AllowlistRow]]:
    """Return the addresses that the network must let through, each with the hosts that need it.

    Manifest hosts need what their paths do; Claude Desktop needs what its own values (`desktop`) lead to.
    """
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
    # Joined with a secret, the whole list would be one.
    shown = {key: value for key, value in desktop.items() if key not in DESKTOP_SECRET_KEYS}

    def rows(
        found: Sequence[list[facts.AllowlistRow]], urls: Mapping[str, str], values: Mapping[str, Any]
    ) -> list[out.AllowlistRow]:
        own = [
            (row, [host for host in row.hosts if host in users[path] and host != DESKTOP])
            for path, those in zip(parts, found, strict=True)
            for row in those
        ]
        hosts = [host for host in planned.hosts if host != DESKTOP]
        common, manifest = (
            [(row, [host for host in row.hosts if host in hosts]) for row in those]
            for those in (facts.office_rows(planned.cloud), facts.manifest_rows(urls))
        )
        app = [(row, [DESKTOP]) for row in desktop_rows({**dict.fromkeys(desktop), **values})]
        every = [replace(row, hosts=tuple(its)) for row, its in (*common, *own, *manifest, *app) if its]
        return [
            cast("out.AllowlistRow", {**asdict(row), "hosts": list(row.hosts)})
            for row in facts.merged_rows(every)
        ]

    return Output.all(parts=[part.rows for part in parts.values()], urls=named, desktop=shown).apply(
        lambda known: rows(known["parts"], known["urls"], known["desktop"])
    )
