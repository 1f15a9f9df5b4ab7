"""What each path offers: the table is whole, and says what the documentation's comparison says."""

import itertools

import pytest

from claude_byoc.contract.capabilities import (
    ACCOUNT,
    FACTS,
    FEATURES,
    HOSTS,
    PATHS,
    WITHOUT,
    comparison,
    fact,
)

ADDINS = ("office", "outlook")
THIRD_PARTY = [path for path in PATHS if path != ACCOUNT]


def test_every_cell_has_exactly_one_fact_with_a_source() -> None:
    cells = [(row.feature, path, host) for row in FACTS for path in row.paths for host in row.hosts]
    assert sorted(cells) == sorted(itertools.product(FEATURES, PATHS, HOSTS))
    assert all(row.source for row in FACTS)
    assert all(row.note for row in FACTS if row.support == "partly")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ADDINS)
def test_web_search_and_code_execution_as_documented(path: str, host: str) -> None:
    """source: https://claude.com/docs/office-agents/third-party-platforms, differences from a Claude account."""
    search = {ACCOUNT, "vertex", "foundry", "gateway-foundry"}
    code = {ACCOUNT, "foundry", "gateway-foundry"}
    assert fact("web_search", path, host).support == ("yes" if path in search else "no")
    assert fact("code_execution", path, host).support == ("yes" if path in code else "no")


@pytest.mark.parametrize("path", THIRD_PARTY)
@pytest.mark.parametrize("host", ADDINS)
def test_what_needs_a_claude_account(path: str, host: str) -> None:
    for feature in ("file_uploads", "dictation", "work_across_apps"):
        assert fact(feature, path, host).support == "no"
        assert fact(feature, ACCOUNT, host).support == "yes"
    for feature in ("skills", "connectors"):
        assert fact(feature, path, host).support == "partly"
    for feature in ("chat", "edit"):
        assert fact(feature, path, host).support == "yes"


def test_the_mailbox_is_outlooks_and_never_bedrocks() -> None:
    assert {path for path in PATHS if fact("mailbox", path, "outlook").support == "yes"} == (
        set(PATHS) - {"bedrock"}
    )
    assert ("bedrock", "outlook") in WITHOUT
    assert "graph.microsoft.com" in fact("mailbox", "vertex", "outlook").allowlist


def test_a_comparison_has_every_feature_in_order() -> None:
    rows = comparison("vertex", "office")
    assert [mine.feature for _, mine in rows] == list(FEATURES)
    assert all(account.feature == mine.feature for account, mine in rows)
