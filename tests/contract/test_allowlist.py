"""The addresses of people with a Claude account, and the merging of rows."""

from claude_byoc.contract.allowlist import AllowlistRow, account_rows, merged_rows, office_rows


def test_the_addresses_of_a_claude_account() -> None:
    rows = account_rows()
    assert {row.host for row in rows if row.required and "office" in row.hosts} == {
        "pivot.claude.ai", "claude.ai", "api.anthropic.com", "appsforoffice.microsoft.com",
    }  # fmt: skip
    assert {row.host for row in rows if row.hosts == ("outlook",)} == {
        "login.microsoftonline.com", "graph.microsoft.com",
    }  # fmt: skip
    assert {row.host for row in rows if not row.required} == {
        "o1158394.ingest.us.sentry.io", "mcp-proxy.anthropic.com", "bridge.claudeusercontent.com",
    }  # fmt: skip
    assert merged_rows(rows) == rows


def test_merging_keeps_the_stricter_need_and_every_reason() -> None:
    first = AllowlistRow("a.example", "one", required=False, hosts=("office",))
    second = AllowlistRow("A.example", "two; one", hosts=("desktop",))
    other = AllowlistRow("a.example", "one", port=8443)
    (row, same) = merged_rows([first, second, other])
    assert row == AllowlistRow("a.example", "one; two", required=True, hosts=("office", "desktop"))
    assert same == other
    # The path is part of the destination: /api/ alone and everything are two rows.
    both = merged_rows([*office_rows(), *account_rows()])
    assert {row.path for row in both if row.host == "claude.ai"} == {"/api/", "/"}
