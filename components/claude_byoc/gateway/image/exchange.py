"""One request and its answer as they pass between the server and LiteLLM (ASGI messages)."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

from .caller import Call
from .errors import LARGEST, error_body, in_shape
from .usage import UsageReader

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_OURS = (b"x-litellm-", b"llm_provider-")
"""Headers of LiteLLM that say more of the gateway's inside than a client needs."""
_REWRITTEN = frozenset({b"content-length", b"content-type"})
_STREAM = "text/event-stream"
_ERROR = 400
_NOT_MODIFIED = 304


class Incoming:
    """A request's messages, whose beginning may be looked at before LiteLLM gets them."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._waiting: list[Message] = []
        self._ended = False

    async def __call__(self) -> Message:
        """Return the next message, as ASGI's `receive`."""
        return self._waiting.pop(0) if self._waiting else await self._next()

    async def is_object(self) -> bool:
        """Tell whether the body begins as a JSON object does; LiteLLM fails on any other."""
        start = b""
        while not start and not self._ended:
            self._waiting.append(await self._next())
            start = self._waiting[-1].get("body", b"").lstrip()
        return start[:1] == b"{"

    async def read(self, largest: int) -> bytes | None:
        """Return the whole body, None for one of more bytes than `largest`, of which no more than that is kept."""
        body = b"".join(message.get("body", b"") for message in self._waiting)
        while not self._ended and len(body) <= largest:
            body += (await self._next()).get("body", b"")
        return body if len(body) <= largest else None

    async def drain(self) -> None:
        """Read to the end: closing on unread bytes resets the connection before the answer is read."""
        while not self._ended:
            await self._next()

    async def _next(self) -> Message:
        message = await self._receive()
        self._ended = not message.get("more_body", False)
        return message


class Exchange:
    """One answer on its way out: errors are held back until they have Anthropic's shape, the rest passes."""

    def __init__(self, send: Send, error_types: Mapping[int, str]) -> None:
        self._send = send
        self._types = error_types
        self._began = time.monotonic()
        self._held: Message | None = None
        self._body = b""
        self._streams = False
        self.started = False
        self.complete = False
        self.status = 0
        self.request_id = ""
        self.first_byte_ms: int | None = None
        self.reader: UsageReader | None = None
        self.call: Call | None = None

    def elapsed_ms(self) -> int:
        """Return how long the exchange has lasted."""
        return round((time.monotonic() - self._began) * 1000)

    async def send(self, message: Message) -> None:
        """Take the next message of the answer, as ASGI's `send`."""
        if message["type"] == "http.response.start":
            await self._start(message)
        elif message["type"] == "http.response.body":
            await self._continue(message)
        else:
            await self._send(message)

    @property
    def streams(self) -> bool:
        """Tell whether the answer is a stream of events, in whichever framing."""
        return self.reader is not None and self.reader.streams

    async def answer(
        self,
        status: int,
        body: bytes,
        retry_after: int | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Send a whole answer of our own, as JSON unless `headers` say otherwise."""
        named = {"content-type": "application/json", "content-length": str(len(body)), **headers}
        if status == _NOT_MODIFIED:
            del named["content-length"]  # it would be that of the answer which is not repeated
        if retry_after is not None:
            named["retry-after"] = str(retry_after)
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in named.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": encoded})
        await self.send({"type": "http.response.body", "body": body})

    async def fail(self, message: str) -> None:
        """End an answer that LiteLLM did not: as an error, or as the error event of a stream that has begun."""
        body = error_body(500, message, self._types)
        if not self.started:
            await self.answer(500, body)
        elif self._streams and not self.complete:
            event = b"event: error\ndata: " + body + b"\n\n"
            await self._send({"type": "http.response.body", "body": event, "more_body": False})

    async def _start(self, message: Message) -> None:
        self.started = True
        self.status = message["status"]
        named = {name.lower(): value for name, value in message.get("headers", ())}
        request_id = named.get(b"request-id") or named.get(b"llm_provider-request-id", b"")
        self.request_id = request_id.decode("latin-1")
        kept = [(name, value) for name, value in named.items() if not name.startswith(_OURS)]
        if request_id and b"request-id" not in named:
            kept.append((b"request-id", request_id))
        message = {**message, "headers": kept}
        content_type = named.get(b"content-type", b"").decode("latin-1")
        self._streams = content_type.startswith(_STREAM)
        if self.status >= _ERROR and not self._streams:
            self._held = message
            return
        self.reader = UsageReader(content_type)
        await self._send(message)

    async def _continue(self, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        if self.first_byte_ms is None and body:
            self.first_byte_ms = self.elapsed_ms()
        if self.reader is not None:
            self.reader.feed(body)
            if not more and self.reader.broken_off:
                # LiteLLM ends a stream that the upstream broke off as if it were whole.
                error = error_body(500, "The model's answer broke off.", self._types)
                message = {**message, "body": body + b"event: error\ndata: " + error + b"\n\n"}
        if self._held is None:
            await self._send(message)
        else:
            await self._hold(self._held, body, more=more)
        self.complete = not more

    async def _hold(self, start: Message, body: bytes, *, more: bool) -> None:
        self._body += body
        if more and len(self._body) <= LARGEST:
            return
        self._held = None
        if more:
            await self._send(start)
            await self._send({"type": "http.response.body", "body": self._body, "more_body": True})
            return
        self.status, shaped = in_shape(self.status, self._body, self._types)
        kept = [(name, value) for name, value in start["headers"] if name not in _REWRITTEN]
        kept += [(b"content-type", b"application/json"), (b"content-length", str(len(shaped)).encode())]
        present = {name for name, _ in kept}
        for name, value in (self.call.upstream_headers if self.call else {}).items():
            if name.encode() not in present:
                kept.append((name.encode(), value.encode("latin-1")))
            if name == "request-id":
                self.request_id = self.request_id or value
        await self._send({**start, "status": self.status, "headers": kept})
        await self._send({"type": "http.response.body", "body": shaped})


def json_bytes(document: object) -> bytes:
    """Return a document as compact JSON."""
    return json.dumps(document, separators=(",", ":")).encode()
