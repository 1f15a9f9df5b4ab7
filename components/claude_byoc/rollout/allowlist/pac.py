"""A proxy auto-configuration file that tells Claude's addresses from all others."""

import json
import re
from collections.abc import Sequence

from claude_byoc.contract.allowlist import AllowlistRow
from claude_byoc.contract.problems import Problem, ProblemsError

_DIRECTIVE = r"(DIRECT|(PROXY|HTTPS?|SOCKS[45]?) [A-Za-z0-9._\[\]:-]+:[0-9]{1,5})"
_DIRECTIVES = re.compile(rf"{_DIRECTIVE}(; ?{_DIRECTIVE})*")


def checked_directive(option: str, value: str) -> str:
    """Return what a PAC file may answer, such as `PROXY proxy.example.com:8080; DIRECT`; else raise ProblemsError."""
    if _DIRECTIVES.fullmatch(value):
        return value
    allowed = "DIRECT, PROXY host:port, HTTPS host:port or SOCKS5 host:port, joined by `; `"
    raise ProblemsError([Problem(option, "is nothing that a PAC file may answer", allowed, "correct it")])


def pac(rows: Sequence[AllowlistRow], *, listed: str = "DIRECT", others: str = "DIRECT") -> str:
    """Return the file: `listed` for the rows' hosts and ports, `others` for everything else.

    Browsers show a PAC file the host and port of an https:// address, never its path.
    source: https://developer.mozilla.org/docs/Web/HTTP/Guides/Proxy_servers_and_tunneling/Proxy_Auto-Configuration_PAC_file
    """
    exact: dict[str, set[int]] = {}
    below: dict[str, set[int]] = {}
    for row in rows:
        host, table = row.host.lower(), exact
        if host.startswith("*."):
            host, table = host[1:], below
        table.setdefault(host, set()).add(row.port)
    return f"""// What goes to the addresses that Claude needs, and what goes elsewhere.
var LISTED = {json.dumps(listed)};
var OTHERS = {json.dumps(others)};
// Host -> ports.
var EXACT = {_object(exact)};
// Domain with its leading dot -> ports, for every host below it.
var BELOW = {_object(below)};

function portOf(url) {{
  var found = /^([a-z]+):\\/\\/(?:\\[[^\\]]*\\]|[^\\/:?#]*)(?::([0-9]+))?/i.exec(url);
  if (found && found[2]) return parseInt(found[2], 10);
  return found && /^(http|ws)$/i.test(found[1]) ? 80 : 443;
}}

function holds(table, name, port) {{
  return Object.prototype.hasOwnProperty.call(table, name) && table[name].indexOf(port) >= 0;
}}

function FindProxyForURL(url, host) {{
  var name = host.toLowerCase().replace(/^\\[|\\]$/g, "").replace(/\\.$/, "");
  var port = portOf(url);
  if (holds(EXACT, name, port)) return LISTED;
  for (var dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {{
    if (holds(BELOW, name.slice(dot), port)) return LISTED;
  }}
  return OTHERS;
}}
"""


def _object(table: dict[str, set[int]]) -> str:
    return json.dumps({host: sorted(ports) for host, ports in sorted(table.items())}, indent=2)
