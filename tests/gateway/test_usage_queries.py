"""The usage record is whole, and the ready queries use its fields as what they are.

After a change that is meant: GOLDEN=write python -m pytest tests/gateway/test_usage_queries.py
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.gateway.image.usage import Usage
from claude_byoc.gateway.queries import LANGUAGES, QUERIES, Query, markdown
from tests.gateway.running import PROMPT, Running, body

PAGE = Path(__file__).parents[2] / "docs" / "gateway-queries.md"
FIELDS = {
    "logs_insights": r"\b(?:sum|pct)\((\w+)|(?:filter|and) (\w+) |by (?:bin\(1d\), )?([\w, ]+)\n",
    "cloud_logging": r"json_payload\.(\w+)",
    "kql": r"\brecord\.(\w+)",
}
"""Where each language names a field of the record."""


def test_the_page_is_the_one_generated() -> None:
    if os.environ.get("GOLDEN") == "write":
        PAGE.write_text(markdown(), "utf-8")
    assert PAGE.read_text("utf-8") == markdown()


def named(query: Query, language: str) -> set[str]:
    matches = re.finditer(FIELDS[language], getattr(query, language)())
    return {word.strip() for match in matches for part in match.groups("") for word in part.split(",")} - {""}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_every_language_asks_the_same_fields(query: Query) -> None:
    for language in LANGUAGES:
        assert named(query, language) == {*query.numbers(), *query.texts()}, language


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_the_languages_own_forms(query: Query) -> None:
    names = [column.name for column in query.columns]
    assert len(names) == len(set(names) | set(query.by)) - len(set(query.by)), "a column hides a field"
    for language in LANGUAGES:
        text: str = getattr(query, language)()
        assert text.count("(") == text.count(")")
        assert all(re.search(rf"\b{name}\b", text) for name in names)


def check(record: dict[str, Any]) -> None:
    for query in QUERIES:
        assert {*query.numbers(), *query.texts()} <= set(record), query.name
        for name in query.numbers():
            assert isinstance(record[name], int | float), (query.name, name)
        for name in {*query.texts()} - {"status", "complete", "stream"}:
            assert isinstance(record[name], str), (query.name, name)
    assert len({query.name for query in QUERIES}) == len(QUERIES)


@pytest.mark.gateway
@pytest.mark.parametrize("stream", [False, True])
def test_a_real_record_has_every_field_that_is_asked_and_no_prompt(gateway: Running, stream: bool) -> None:
    count = len(gateway.records())
    with gateway.client() as client:
        client.post("/v1/messages", json=body(stream=stream), headers={"user-agent": "office"})
    record = gateway.record_of("/anthropic/v1/messages", count)
    check(record)
    assert record["stream"] is stream
    assert record["limit"] == ""
    assert record["duration_ms"] >= record["first_byte_ms"] >= 0
    assert record["cost_usd"] > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["time"])
    assert PROMPT not in str(record)


@pytest.mark.gateway
@pytest.mark.parametrize("order", ["status=529", "close"])
def test_a_stream_that_was_asked_for_is_one_also_where_it_failed(gateway: Running, order: str) -> None:
    count = len(gateway.records())
    with gateway.client() as client:
        client.post("/v1/messages", json=body(order, stream=True))
    record = gateway.record_of("/anthropic/v1/messages", count)
    assert (record["stream"], record["status"] >= 500, record["cost_usd"]) == (True, True, None)
    assert record["input_tokens"] == record["output_tokens"] == 0


@pytest.mark.gateway
@pytest.mark.parametrize(("action", "stream"), [("invoke", False), ("invoke-with-response-stream", True)])
def test_bedrocks_addresses_tell_whether_they_stream(failover: Running, action: str, stream: bool) -> None:
    path = f"/bedrock/model/eu.anthropic.claude-opus-5/{action}"
    count = len(failover.records())
    with failover.client() as client:
        client.post(path, json={"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9,
                                "messages": body()["messages"]})  # fmt: skip
    record = failover.record_of(path, count)
    assert (record["stream"], record["status"]) == (stream, 200)


def test_what_counts_for_limits() -> None:
    assert Usage("m", 10, 20, 400, 30).counted() == 60
