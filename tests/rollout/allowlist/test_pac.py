"""The PAC file, run by Node as a browser runs it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claude_byoc.contract.allowlist import AllowlistRow
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.rollout.allowlist.pac import checked_directive, pac

from .strategies import HOSTS

Node = Callable[[str, Any], Any]

ASK = """
const {file, urls} = JSON.parse(require("fs").readFileSync(0, "utf8"));
// A PAC file runs in a context of its own: the language, and nothing of Node.
const find = require("vm").runInNewContext(file + "\\n;FindProxyForURL", {});
process.stdout.write(JSON.stringify(urls.map((text) => find(text, new URL(text).hostname))));
"""
ROWS = [
    AllowlistRow("claude.ai", "x", path="/api/"),
    AllowlistRow("*.sentry.io", "x"),
    AllowlistRow("gw.example.com", "x", port=8443),
    AllowlistRow("otel.example.com", "x", port=80, protocol="http"),
    AllowlistRow("10.1.2.3", "x", port=4318, protocol="http"),
    AllowlistRow("2001:db8::1", "x"),
]
OTHERS = "PROXY proxy.example.com:8080; DIRECT"


def test_what_the_browser_is_told(node: Node) -> None:
    listed = [
        "https://claude.ai/api/x", "https://claude.ai/", "https://CLAUDE.ai:443/", "https://a.sentry.io/",
        "https://a.b.sentry.io/", "https://gw.example.com:8443/v1", "http://otel.example.com/v1/traces",
        "http://10.1.2.3:4318/", "https://[2001:db8::1]/", "wss://claude.ai/x",
    ]  # fmt: skip
    others = [
        "https://sentry.io/", "https://notsentry.io/", "https://gw.example.com/", "https://claude.ai:8443/",
        "http://claude.ai/", "https://evil-claude.ai/", "https://claude.ai.example.com/", "https://constructor/",
        "https://10.1.2.3/", "https://example.com/?https://claude.ai/",
    ]  # fmt: skip
    answers = node(ASK, {"file": pac(ROWS, others=OTHERS), "urls": [*listed, *others]})
    assert answers == ["DIRECT"] * len(listed) + [OTHERS] * len(others)


PORT = st.sampled_from([443, 8443])


@given(
    st.lists(st.tuples(HOSTS, PORT), max_size=6), st.lists(st.tuples(HOSTS, PORT), min_size=20, max_size=20)
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows(node: Node, rows: list[tuple[str, int]], asked: list[tuple[str, int]]) -> None:
    asked = [(host.replace("*", "any").lower(), port) for host, port in asked]

    def meant(host: str, port: int) -> bool:
        return any(
            port == p and (host == h.lower() or (h.startswith("*.") and host.endswith(h[1:].lower())))
            for h, p in rows
        )

    file = pac([AllowlistRow(host, "x", port=port) for host, port in rows], others="PROXY p:1")
    answers = node(ASK, {"file": file, "urls": [f"https://{host}:{port}/" for host, port in asked]})
    assert answers == ["DIRECT" if meant(*one) else "PROXY p:1" for one in asked]


@pytest.mark.parametrize("value", ["DIRECT", "PROXY p.example.com:8080", OTHERS, "SOCKS5 [::1]:1080; DIRECT"])
def test_answers_that_a_pac_file_may_give(value: str) -> None:
    assert checked_directive("--others", value) == value


@pytest.mark.parametrize(
    "value", ["", "proxy.example.com", "PROXY a", 'DIRECT"; evil(); "', "DIRECT;\nDIRECT"]
)
def test_other_answers(value: str) -> None:
    with pytest.raises(ProblemsError, match="--others"):
        checked_directive("--others", value)
