"""Errors in Anthropic's shape: our own, and those that LiteLLM or an upstream words differently."""

import json
import re
from collections.abc import Mapping
from typing import cast

LARGEST = 1 << 20
"""Bytes of an error body that are looked at; a longer one passes as it is."""

_LONGEST_MESSAGE = 2000
_LITELLM = "litellm."
_ADDED = re.compile(
    r"^(?:(?:litellm\.)?\w+(?:Error|Exception)(?:: | ?- ))+|\.? ?Received Model Group=.*", re.DOTALL
)
"""What LiteLLM adds around a message: names of its classes, and its own set-up."""


def error_body(status: int, message: str, types: Mapping[int, str]) -> bytes:
    """Return an error in Anthropic's shape; `types` maps a status to its error type."""
    kind = types.get(status) or ("invalid_request_error" if status < 500 else "api_error")  # noqa: PLR2004 -- HTTP's classes
    return json.dumps({"type": "error", "error": {"type": kind, "message": message}}).encode()


def in_shape(status: int, body: bytes, types: Mapping[int, str]) -> tuple[int, bytes]:
    """Return status and body: as they are where the body has Anthropic's shape, else with its message kept.

    LiteLLM quotes an upstream's error within a sentence of its own, and turns statuses such as 529 into 500:
    the upstream's own words and status are put back.
    """
    try:
        document: object = json.loads(body)
    except ValueError:
        document = body.decode("utf-8", errors="replace")
    message = _message(document).strip()
    quoted = message.startswith((_LITELLM, "{"))
    if quoted and (inner := _embedded(message)):
        kind = cast("dict[str, str]", inner["error"])["type"]
        statuses = [known for known, its in types.items() if its == kind]
        return (status if types.get(status) == kind or not statuses else statuses[0]), json.dumps(
            inner
        ).encode()
    if (
        not quoted
        and _has_shape(document)
        and cast("dict[str, dict[str, str]]", document)["error"]["message"].strip() == message
    ):
        return status, body
    message = (
        _ADDED.sub("", message) if quoted else message
    ) or f"The gateway answered with status {status}."
    return status, error_body(status, message[:_LONGEST_MESSAGE], types)


def _has_shape(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    fields = cast("dict[str, object]", document)
    error = fields.get("error")
    if fields.get("type") != "error" or not isinstance(error, dict):
        return False
    inner = cast("dict[str, object]", error)
    return isinstance(inner.get("type"), str) and isinstance(inner.get("message"), str)


def _message(document: object) -> str:
    """Return the text of an error in the shapes of OpenAI, FastAPI, AWS, Google, or of none."""
    if isinstance(document, str):
        return _unquoted(document)
    if isinstance(document, list):
        return "; ".join(filter(None, (_message(entry) for entry in cast("list[object]", document))))
    if isinstance(document, dict):
        fields = cast("dict[str, object]", document)
        for key in ("error", "message", "Message", "detail", "msg"):
            if text := _message(fields.get(key)):
                return text
    return ""


def _unquoted(text: str) -> str:
    """Return the message of an error that was put into a text as JSON, unless its own shape is Anthropic's."""
    if not text.startswith("{"):
        return text
    try:
        document: object = json.loads(text)
    except ValueError:
        return text
    return text if _has_shape(document) else _message(document) or text


def _embedded(message: str) -> dict[str, object] | None:
    """Return the upstream's own error where LiteLLM quotes it within a sentence of its own."""
    start = message.find('{"type":"error"')
    if start < 0:
        start = message.find('{"type": "error"')
    if start < 0:
        return None
    try:
        document, _ = json.JSONDecoder().raw_decode(message[start:])
    except ValueError:
        return None
    return cast("dict[str, object]", document) if _has_shape(document) else None
