"""Errors put into Anthropic's shape, and usage read from every kind of answer, however it is cut."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_byoc.contract.gateway import ERROR_TYPES
from claude_byoc.gateway.fake_upstream import (
    _frame,  # pyright: ignore[reportPrivateUsage] -- the one encoder of AWS's frames here
)
from claude_byoc.gateway.image.errors import error_body, in_shape
from claude_byoc.gateway.image.usage import Usage, UsageReader

OVERLOADED = json.dumps({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})


def of_litellm(message: str) -> str:
    return json.dumps({"type": "error", "error": {"type": "x", "message": message}})


CASES = {
    "quoted by the router": (
        500,
        json.dumps(
            {"error": {"message": f"litellm.InternalServerError: X - {OVERLOADED}. Received Model Group=x\n"}}
        ),
        (529, "overloaded_error", "Overloaded"),
    ),
    "with LiteLLM's own words": (
        429,
        json.dumps(
            {"error": {"message": "litellm.RateLimitError: too fast. Received Model Group=x", "code": "429"}}
        ),
        (429, "rate_limit_error", "too fast"),
    ),
    "with names of its classes": (
        400,
        of_litellm("litellm.BadRequestError: BedrockException - messages: too long"),
        (400, "invalid_request_error", "messages: too long"),
    ),
    "JSON in the message": (
        429,
        of_litellm('{"message": "Too many tokens"}'),
        (429, "rate_limit_error", "Too many tokens"),
    ),
    "AWS": (403, '{"Message": "not authorized"}', (403, "permission_error", "not authorized")),
    "Google": (
        429,
        '{"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}',
        (429, "rate_limit_error", "Quota exceeded"),
    ),
    "FastAPI": (
        422,
        '{"detail": [{"msg": "required", "loc": ["body"]}]}',
        (422, "invalid_request_error", "required"),
    ),
    "text": (500, "Internal Server Error", (500, "api_error", "Internal Server Error")),
    "nothing": (500, "", (500, "api_error", "The gateway answered with status 500.")),
}


@pytest.mark.parametrize("name", CASES)
def test_an_error_keeps_its_message_and_gets_its_status_back(name: str) -> None:
    status, body, wanted = CASES[name]
    found, shaped = in_shape(status, body.encode(), ERROR_TYPES)
    document = json.loads(shaped)
    assert document["type"] == "error"
    assert (found, document["error"]["type"], document["error"]["message"]) == wanted


@given(st.binary(max_size=300), st.integers(400, 599))
def test_any_bytes_become_an_error(body: bytes, status: int) -> None:
    document = json.loads(in_shape(status, body, ERROR_TYPES)[1])
    assert document["type"] == "error"
    assert document["error"]["message"]


def test_an_error_in_shape_is_not_touched() -> None:
    body = b' {"type":"error" , "error":{"type":"x","message":"y","more":1},"request_id":"r"}'
    assert in_shape(400, body, ERROR_TYPES) == (400, body)
    assert json.loads(error_body(529, "m", ERROR_TYPES))["error"]["type"] == "overloaded_error"


COUNTS = {
    "input_tokens": 10,
    "output_tokens": 1,
    "cache_read_input_tokens": 5,
    "cache_creation_input_tokens": 7,
}
EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": {"model": "claude-x", "usage": COUNTS}},
    {"type": "content_block_delta", "delta": {"text": 'a "usage" of words'}},
    {"type": "message_delta", "usage": {"output_tokens": 42}},
    {"type": "message_stop"},
]  # fmt: skip
TOTAL = Usage("claude-x", 10, 42, 5, 7)


def read(kind: str, content: bytes, cuts: list[int]) -> UsageReader:
    reader = UsageReader(kind)
    edges = sorted({0, len(content), *(cut % (len(content) + 1) for cut in cuts)})
    for start, end in itertools.pairwise(edges):
        reader.feed(content[start:end])
    return reader


SSE = b"".join(b"event: %b\ndata: %b\n\n" % (e["type"].encode(), json.dumps(e).encode()) for e in EVENTS)
FRAMES = b"".join(_frame(json.dumps(event).encode()) for event in EVENTS)
WHOLE = json.dumps({"model": "claude-x", "usage": {**COUNTS, "output_tokens": 42}}).encode()


@given(st.lists(st.integers(0, 5000), max_size=12))
def test_usage_is_read_however_the_answer_is_cut(cuts: list[int]) -> None:
    assert read("text/event-stream; charset=utf-8", SSE, cuts).finish() == TOTAL
    assert read("application/vnd.amazon.eventstream", FRAMES, cuts).finish() == TOTAL
    assert read("application/json", WHOLE, cuts).finish() == TOTAL


@given(
    st.binary(max_size=400),
    st.sampled_from(["text/event-stream", "application/json", "application/vnd.amazon.eventstream"]),
)
def test_what_is_no_answer_counts_nothing(content: bytes, kind: str) -> None:
    assert read(kind, content, [3, 50]).finish() == Usage()


def test_a_stream_without_its_end_is_broken_off() -> None:
    assert read("text/event-stream", SSE[: SSE.rindex(b"event:")], []).broken_off
    assert not read("text/event-stream", SSE, [7]).broken_off
    assert not read("text/event-stream", b"", []).broken_off
