"""Answers held against what their case asks: pure, one judge per way of judging."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import cast

from claude_byoc.contract.gateway import ERROR_TYPES, REQUEST_HEADERS
from claude_byoc.gateway.conformance.browser import Answer, hidden_headers, preflight_refused, unreadable
from claude_byoc.gateway.conformance.cases import Case
from claude_byoc.gateway.conformance.findings import Finding

_ERROR = 400
_EVENT_STREAM = "application/vnd.amazon.eventstream"
_PRELUDE = 12
_CHECKSUM = 4


def judge(case: Case, answer: Answer | str, *, private: bool) -> list[Finding]:
    """Return everything wrong with an answer; `private` tells that the address lies in a private network."""
    if isinstance(answer, str):
        return [Finding("reset" if case.judged == "next" else "silent", answer)]
    if case.judged == "next":
        return []
    if case.judged == "preflight":
        why = preflight_refused(answer, "POST", REQUEST_HEADERS)
        return [Finding("preflight", why)] if why else []
    if case.judged == "private":
        # Whatever the plain preflight lacks as well is told there.
        if preflight_refused(answer, "POST", REQUEST_HEADERS) and answer.status in range(200, 300):
            return []
        why = preflight_refused(answer, "POST", REQUEST_HEADERS, private=True)
        return [Finding("private" if private else "private-later", why)] if why else []
    found: list[Finding] = []
    if why := unreadable(answer):
        found.append(Finding("unreadable", f"status {answer.status}, {why}"))
    elif hidden := hidden_headers(answer):
        found.append(Finding("hidden", f"{', '.join(hidden)} not exposed"))
    return [*found, *_JUDGES[case.judged](case, answer)]


def document(answer: Answer) -> Mapping[str, object]:
    """Return the body as an object, {} for anything else."""
    try:
        found: object = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def error_type(answer: Answer) -> str:
    """Return `error.type` of an error in Anthropic's shape, "" for any other."""
    body = document(answer)
    error = body.get("error")
    if body.get("type") != "error" or not isinstance(error, dict):
        return ""
    inner = cast("Mapping[str, object]", error)
    kind = inner.get("type")
    return kind if isinstance(kind, str) and inner.get("message") else ""


def model_ids(answer: Answer) -> list[str]:
    """Return the models of `/v1/models`, [] where it is not in Anthropic's shape."""
    entries = document(answer).get("data")
    if not isinstance(entries, list):
        return []
    models = [
        cast("Mapping[str, object]", one) for one in cast("list[object]", entries) if isinstance(one, dict)
    ]
    return [str(one["id"]) for one in models if one.get("type") == "model" and one.get("id")]


def _error(case: Case, answer: Answer) -> Iterator[Finding]:
    allowed = case.statuses or tuple(status for status in ERROR_TYPES if _ERROR <= status < 500)  # noqa: PLR2004 -- HTTP's classes
    if answer.status < _ERROR and case.method == "POST" and case.credential != "given":
        yield Finding("open", f"status {answer.status} without a credential")
    elif answer.status not in allowed:
        expected = " or ".join(map(str, case.statuses)) or "4xx"
        yield Finding("status", f"status {answer.status} instead of {expected}")
    if answer.status >= _ERROR and not error_type(answer):
        yield Finding("shape", f"status {answer.status}, not in Anthropic's error shape")


def _models(_case: Case, answer: Answer) -> Iterator[Finding]:
    if not model_ids(answer):
        yield Finding("models", f"status {answer.status}, no models in Anthropic's shape")


def _count(_case: Case, answer: Answer) -> Iterator[Finding]:
    if not isinstance(document(answer).get("input_tokens"), int):
        yield Finding("count", f"status {answer.status}, no input_tokens")


def _stream(_case: Case, answer: Answer) -> Iterator[Finding]:
    if answer.status >= _ERROR:
        yield Finding(
            "answer", f"status {answer.status}: {error_type(answer) or 'an error of another shape'}"
        )
        return
    kind = next(iter(answer.all("content-type")), "")
    encoding = [value for value in answer.all("content-encoding") if value != "identity"]
    if encoding:
        yield Finding("stream", f"it is compressed ({encoding[0][:20]})")
    names = list(events(answer))
    if not names:
        yield Finding("stream", f"{kind[:60] or 'no content type'} instead of an event stream")
    elif names[0] != "message_start" or names[-1] != "message_stop":
        yield Finding("stream", f"it begins with {names[0]} and ends with {names[-1]}")


def events(answer: Answer) -> Iterator[str]:
    """Yield the types of the events of a stream: server-sent events, or AWS's event stream around them."""
    kind = next(iter(answer.all("content-type")), "")
    if kind.startswith("text/event-stream"):
        for line in answer.body.decode("utf-8", "replace").splitlines():
            if line.startswith("data:"):
                yield _type(line.removeprefix("data:").encode())
    elif kind.startswith(_EVENT_STREAM):
        rest = answer.body
        while len(rest) > _PRELUDE + _CHECKSUM:
            size, headers = int.from_bytes(rest[:4], "big"), int.from_bytes(rest[4:8], "big")
            if not _PRELUDE + headers + _CHECKSUM <= size <= len(rest):
                break
            yield _type(_inner(rest[_PRELUDE + headers : size - _CHECKSUM]))
            rest = rest[size:]


def _inner(payload: bytes) -> bytes:
    try:
        return base64.b64decode(json.loads(payload)["bytes"])
    except (ValueError, KeyError, TypeError):
        return b""


def _type(data: bytes) -> str:
    try:
        found: object = json.loads(data)
    except ValueError:
        return "no JSON"
    return (
        str(cast("dict[str, object]", found).get("type", "no type"))
        if isinstance(found, dict)
        else "no object"
    )


_JUDGES: Mapping[str, Callable[[Case, Answer], Iterator[Finding]]] = MappingProxyType(
    {"error": _error, "malformed": _error, "models": _models, "count": _count, "stream": _stream}
)
