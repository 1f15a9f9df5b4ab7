"""Stack outputs -> the allowlist's rows, for the applications that were asked for."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from claude_byoc.contract.allowlist import AllowlistRow, account_rows, merged_rows
from claude_byoc.contract.desktop_allowlist import desktop_rows
from claude_byoc.contract.desktop_legacy import modernise
from claude_byoc.contract.problems import Problem, ProblemsError

SURFACES: tuple[str, ...] = ("office", "outlook", "desktop", "1p")
"""Whose addresses: the add-ins, the desktop app, and `1p`: the add-ins with a Claude account."""

_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*")
_PROTOCOLS = frozenset({"https", "http", "wss"})
_SHAPE = "the rows of the stack output `allowlist`"
_PORTS = range(1, 65_536)


def rows_of(outputs: Mapping[str, Any], surfaces: Sequence[str] = ()) -> list[AllowlistRow]:
    """Return the rows of the stack, one per destination, the needed ones of each application first.

    That is its output `allowlist`, what its `desktopValues` need, and what people who sign in with a Claude
    account need where a manifest has `allow_1p=1`. `surfaces` (of SURFACES) leaves out the others; `1p` asks for
    the last group whatever the manifests say. Raises ProblemsError for rows of another shape.
    """
    rows, problems = _given(outputs.get("allowlist"))
    desktop = outputs.get("desktopValues")
    if isinstance(desktop, dict) and desktop:
        rows += desktop_rows(modernise(cast("dict[str, Any]", desktop))[0])
    if problems:
        raise ProblemsError(problems)
    account = account_rows() if "1p" in surfaces or (not surfaces and _allows_accounts(outputs)) else []
    hosts = [surface for surface in surfaces if surface != "1p"]
    if surfaces:
        rows = [row for row in rows if set(hosts) & set(row.hosts)]
    return merged_rows([*rows, *account])


def _allows_accounts(outputs: Mapping[str, Any]) -> bool:
    manifests = outputs.get("manifestValues")
    each = cast("dict[str, Any]", manifests).values() if isinstance(manifests, dict) else ()
    return any(isinstance(one, dict) and cast("dict[str, Any]", one).get("allow_1p") == "1" for one in each)


def _given(value: object) -> tuple[list[AllowlistRow], list[Problem]]:
    if value is None:
        return [], []
    if not isinstance(value, list):
        return [], [Problem("allowlist", "is not a list", _SHAPE, "make the outputs anew")]
    rows: list[AllowlistRow] = []
    problems: list[Problem] = []
    for number, entry in enumerate(cast("list[Any]", value)):
        row = _row(cast("dict[str, Any]", entry)) if isinstance(entry, dict) else None
        if row is None:
            problems.append(Problem(f"allowlist[{number}]", "is no row", _SHAPE, "make the outputs anew"))
        else:
            rows.append(row)
    return rows, problems


def _row(entry: Mapping[str, Any]) -> AllowlistRow | None:
    host, path, why = entry.get("host"), entry.get("path", "/"), entry.get("why", "")
    port, hosts = entry.get("port", 443), entry.get("hosts", [])
    protocol, required = entry.get("protocol", "https"), entry.get("required", True)
    if not (isinstance(host, str) and isinstance(path, str) and isinstance(why, str) and is_host(host)):
        return None
    # Pulumi's state holds every number as a float.
    if isinstance(port, bool) or not isinstance(port, int | float) or port not in _PORTS:
        return None
    if protocol not in _PROTOCOLS or not isinstance(required, bool) or not isinstance(hosts, list):
        return None
    names = tuple(str(name) for name in cast("list[Any]", hosts))
    return AllowlistRow(
        host, why, required=required, path=path, port=int(port), protocol=protocol, hosts=names
    )


def is_host(text: str) -> bool:
    """Tell whether a text can be a row's host: a DNS name, `*.` before one, or an IP address."""
    return is_address(text) or (len(text) <= 253 and _HOST.fullmatch(text) is not None)  # noqa: PLR2004 - DNS


def is_address(host: str) -> bool:
    """Tell whether a host is an IP address, which lists of domains cannot carry."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
