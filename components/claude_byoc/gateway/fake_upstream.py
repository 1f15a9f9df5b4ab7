"""An upstream that needs no account: it speaks Anthropic's Messages API, Bedrock's and Vertex AI's, and fails on order.

`python -m claude_byoc.gateway.fake_upstream PORT` serves it on loopback. What it does is ordered in the last user
message: `fake: status=529 retry-after=7`, `fake: events=20 gap=0.05`, `fake: delay=0.3`, `fake: close`,
`fake: break=2` (after so many pieces of a stream); with `only=WORD` at addresses that hold the word alone. It asks
for the key `fake-key`, as a provider would, and `GET /fake/requests` shows what it was sent.
"""

import asyncio
import base64
import json
import re
import struct
import sys
import zlib
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, cast

KEY = "fake-key"
"""What a caller must send as the provider's key."""

_ORDER = re.compile(r"fake:((?: [a-z-]+(?:=[\w.]+)?)+)")
_ROUTE = re.compile(
    r"(?:/anthropic)?/v1/messages|/model/(?P<bedrock>.+)/(?P<action>invoke(?:-with-response-stream)?)"
    r"|.*/publishers/anthropic/models/(?P<vertex>[^/:]+):(?P<raw>rawPredict|streamRawPredict)"
)
_ERRORS = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error",
}  # fmt: skip
_LARGEST = 64 << 20


@dataclass
class Request:
    """A request as it came: header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def json(self) -> dict[str, Any]:
        """Return the body as an object, {} for anything else."""
        try:
            document: object = json.loads(self.body)
        except ValueError:
            return {}
        return cast("dict[str, Any]", document) if isinstance(document, dict) else {}

    def orders(self) -> dict[str, str]:
        """Return what the last message orders: {word: value}."""
        messages = self.json().get("messages") or [{}]
        found = _ORDER.search(json.dumps(messages[-1]))
        words = found[1].split() if found else []
        orders = {word.partition("=")[0]: word.partition("=")[2] for word in words}
        return orders if orders.get("only", "") in self.path else {}


@dataclass
class FakeUpstream:
    """The server; `requests` are the last ones, `aborted` counts those whose client went away early."""

    requests: deque[Request] = field(default_factory=lambda: deque[Request](maxlen=100))
    aborted: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; every connection carries one."""
        try:
            request = await _read(reader)
            if request is not None:
                await self._answer(request, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.aborted += 1
        finally:
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path == "/fake/requests":
            seen = [
                {
                    "method": r.method,
                    "target": r.target,
                    "headers": r.headers,
                    "body": r.body.decode("latin-1"),
                }
                for r in self.requests
            ]
            await _send(writer, 200, json.dumps({"requests": seen, "aborted": self.aborted}).encode())
            return
        if request.path == "/token":  # Google's: an assertion for an access token
            await _send(writer, 200, json.dumps({"access_token": KEY, "expires_in": 3600}).encode())
            return
        self.requests.append(request)
        orders = request.orders()
        if "delay" in orders:
            await asyncio.sleep(float(orders["delay"]))
        if "close" in orders:
            writer.transport.abort()
            return
        status = int(orders.get("status", "200"))
        if not _has_key(request):
            status = 401
        if status != 200:  # noqa: PLR2004 -- HTTP's success
            extra = {"retry-after": orders["retry-after"]} if "retry-after" in orders else {}
            await _send(writer, status, _error(status), extra)
            return
        await self._succeed(request, orders, writer)

    async def _succeed(self, request: Request, orders: dict[str, str], writer: asyncio.StreamWriter) -> None:
        route = _ROUTE.fullmatch(request.path)
        if request.path.endswith("/count_tokens") or "count-tokens:" in request.path:
            await _send(writer, 200, json.dumps({"input_tokens": 14}).encode())
        elif route is None:
            await _send(writer, 404, _error(404))
        elif request.json().get("messages") == []:
            await _send(writer, 400, _error(400))
        else:
            body = request.json()
            model = str(body.get("model") or route["bedrock"] or route["vertex"] or "")
            streams = (
                body.get("stream") is True
                or route["action"] == "invoke-with-response-stream"
                or route["raw"] == "streamRawPredict"
            )
            if not streams:
                await _send(writer, 200, json.dumps(message(model, request)).encode())
                return
            framed = bool(route["bedrock"])
            kind = "application/vnd.amazon.eventstream" if framed else "text/event-stream; charset=utf-8"
            await self._stream(writer, kind, events(model, orders), framed=framed)

    async def _stream(
        self,
        writer: asyncio.StreamWriter,
        content_type: str,
        told: AsyncGenerator[dict[str, Any]],
        *,
        framed: bool,
    ) -> None:
        writer.write(_head(200, {"content-type": content_type, "request-id": "req_fake"}))
        async for event in told:
            if event["type"] == "break":
                writer.transport.abort()
                return
            text = json.dumps(event, separators=(",", ":")).encode()
            writer.write(
                _frame(text) if framed else b"event: %b\ndata: %b\n\n" % (event["type"].encode(), text)
            )
            await writer.drain()
            if writer.is_closing():
                raise ConnectionResetError


def message(model: str, request: Request) -> dict[str, Any]:
    """Return the answer to a request that does not stream: it says which fields the request had."""
    fields = " ".join(sorted(request.json()))
    return {
        "id": "msg_fake", "type": "message", "role": "assistant", "model": model,
        "content": [{"type": "text", "text": f"fields: {fields}"}],
        "stop_reason": "end_turn", "stop_sequence": None,
        "usage": {"input_tokens": 12, "output_tokens": 6, "cache_read_input_tokens": 3,
                  "cache_creation_input_tokens": 2},
    }  # fmt: skip


async def events(model: str, orders: dict[str, str]) -> AsyncGenerator[dict[str, Any]]:
    """Yield the events of a streamed answer: `events` pieces of text, `gap` seconds apart."""
    count, gap = int(orders.get("events", "3")), float(orders.get("gap", "0"))
    usage = {
        "input_tokens": 12,
        "output_tokens": 1,
        "cache_read_input_tokens": 3,
        "cache_creation_input_tokens": 2,
    }
    empty = {"id": "msg_fake", "type": "message", "role": "assistant", "model": model, "content": [],
             "stop_reason": None, "stop_sequence": None, "usage": usage}  # fmt: skip
    yield {"type": "message_start", "message": empty}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for number in range(count):
        await asyncio.sleep(gap)
        if str(number) == orders.get("break"):
            yield {"type": "break"}
            return
        yield {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": f"{number} "},
        }
    yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": count},
    }
    yield {"type": "message_stop"}


def _has_key(request: Request) -> bool:
    """Tell whether the provider's key came: as Anthropic, Foundry and Google take it, or signed for AWS."""
    authorization = request.headers.get("authorization", "")
    signed = authorization.startswith("AWS4-HMAC-SHA256 ") and f"Credential={KEY}/" in authorization
    return signed or KEY in (request.headers.get("x-api-key"), authorization.removeprefix("Bearer "))


def _error(status: int) -> bytes:
    kind = _ERRORS.get(status, "api_error")
    text = f"fake {status}"
    return json.dumps(
        {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_fake"}
    ).encode()


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} x",
        *(f"{name}: {value}" for name, value in headers.items()),
        "connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def _send(
    writer: asyncio.StreamWriter, status: int, body: bytes, extra: dict[str, str] | None = None
) -> None:
    headers = {"content-type": "application/json", "content-length": str(len(body)), "request-id": "req_fake"}
    writer.write(_head(status, headers | (extra or {})) + body)
    await writer.drain()


def _frame(payload: bytes) -> bytes:
    """Return one message of AWS's event stream around an event of Anthropic's.

    source: https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html
    """
    headers = b"".join(
        bytes([len(name)]) + name + b"\x07" + struct.pack(">H", len(value)) + value
        for name, value in (
            (b":event-type", b"chunk"),
            (b":content-type", b"application/json"),
            (b":message-type", b"event"),
        )
    )
    body = json.dumps({"bytes": base64.b64encode(payload).decode()}).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    whole = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
    return whole + struct.pack(">I", zlib.crc32(whole))


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request, None when the client went away or wrote no HTTP."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *lines = head.strip().split("\r\n")
    method, target, *_ = [*first.split(" "), "", ""]
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    if "chunked" in headers.get("transfer-encoding", ""):
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(min(int(headers.get("content-length") or 0), _LARGEST))
    return Request(method, target, headers, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).strip() or b"0", 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def serve(port: int) -> None:
    """Serve on loopback until cancelled; port 0 takes a free one. The port is printed first."""
    fake = FakeUpstream()
    server = await asyncio.start_server(fake.handle, "127.0.0.1", port, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 -- how whoever started it learns the port
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
