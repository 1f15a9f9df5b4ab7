"""The gateway's application: it stands around LiteLLM in the same process (ASGI).

Before LiteLLM sees a request its caller is known and the caller's credential gone; after LiteLLM has answered,
errors have Anthropic's shape and a usage record is written. Streams pass byte by byte.
"""

import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from .caller import Call, Refused, current_call
from .credentials import Credentials
from .errors import error_body
from .exchange import Application, Exchange, Incoming, Receive, Scope, Send, json_bytes
from .limits import Limited, Limits
from .own import Own
from .settings import Settings
from .usage import Usage

Price = Callable[[Usage], float | None]

_CREDENTIALS = frozenset({b"authorization", b"x-api-key", b"api-key", b"cookie", b"x-goog-api-key"})
_STEERING = (b"x-litellm-", b"x-pass-", b"x-request-id")
"""Headers by which a client could steer LiteLLM or reach the upstream past our checks."""
_FOR_LITELLM = (
    # LiteLLM would read a body of another type as a form.
    (b"content-type", b"application/json"),
    # It asks for some credential before it calls our own check, which looks at the current call alone.
    (b"authorization", b"Bearer gateway"),
)
_URL_MODEL = re.compile(
    r"^/bedrock/model/(?P<bedrock>.+)/invoke|/publishers/anthropic/models/(?P<vertex>[^/:]+):"
)
_COUNT = "count-tokens"
"""Vertex AI counts tokens under this name in the place of a model."""
_STREAMING = ("/invoke-with-response-stream", ":streamRawPredict")


def _to_stdout(record: dict[str, object]) -> None:
    sys.stdout.buffer.write(json_bytes(record) + b"\n")
    sys.stdout.buffer.flush()


class Gateway:
    """The ASGI application in front of `inner`, which is LiteLLM's."""

    def __init__(
        self,
        inner: Application,
        settings: Settings,
        credentials: Credentials,
        price: Price = lambda _: None,
        write: Callable[[dict[str, object]], None] = _to_stdout,
        *,
        limits: Limits | None = None,
        own: Mapping[str, Own] = MappingProxyType({}),
    ) -> None:
        self._limits = limits
        self._own = own
        self._sender_team = settings.telemetry.sender_team if settings.telemetry else ""
        self._inner = inner
        self._settings = settings
        self._credentials = credentials
        self._price = price
        self._write = write
        self._models = _models_body(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI asks."""
        if scope["type"] != "http":
            # Lifespan starts and stops LiteLLM; the edge lets no websocket through.
            await self._inner(scope, receive, send)
        elif scope["path"] == "/ready":
            await Exchange(send, self._settings.error_types).answer(200, b'{"status":"ready"}')
        else:
            await self._serve(scope, receive, Exchange(send, self._settings.error_types))

    async def _serve(self, scope: Scope, receive: Receive, exchange: Exchange) -> None:
        incoming = Incoming(receive)
        try:
            call = exchange.call = Call(
                await self._credentials.caller(scope["headers"]), self._settings.takes
            )
            own = self._own.get(scope["path"])
            self._check_sender(call, own)
            if own:
                await own.serve(call, scope, incoming, exchange)
            elif scope["path"] == "/v1/models":
                await exchange.answer(200, self._models)
            else:
                await self._check(scope["path"], call, incoming)
                if self._limits and not _counts_tokens(scope["path"], call):
                    await self._limits.admit(call.caller.team)
                current_call.set(call)
                await self._inner(_cleaned(scope), incoming, exchange.send)
        except Refused as refusal:
            if isinstance(refusal, Limited) and exchange.call:
                exchange.call.limit = refusal.limit
            await incoming.drain()
            body = error_body(refusal.status, refusal.message, self._settings.error_types)
            await exchange.answer(refusal.status, body, refusal.retry_after)
        except Exception as error:  # noqa: BLE001 -- whatever LiteLLM raises must reach the client as an answer
            # LiteLLM raises again after its own answer; the server would then reset the connection, and with it
            # the next request on it.
            sys.stderr.write(f"unhandled {type(error).__name__} in LiteLLM on {scope['path']}\n")
            await exchange.fail("The gateway failed on this request.")
        finally:
            usage = self._record(scope, exchange)
            if self._limits and exchange.call:
                await self._limits.spent(exchange.call.caller.team, usage.counted())

    def _check_sender(self, call: Call, own: Own | None) -> None:
        """Refuse a token for telemetry elsewhere."""
        sender = self._sender_team and call.caller.kind == "token" and call.caller.team == self._sender_team
        if sender and (own is None or own.event != "telemetry"):
            raise Refused(403, "This gateway token is for telemetry alone. Send a token of another team.")

    async def _check(self, path: str, call: Call, incoming: Incoming) -> None:
        """Refuse what LiteLLM would fail on, and a model not offered where the address names it."""
        if found := _URL_MODEL.search(path):
            call.model = found["bedrock"] or found["vertex"]
            call.stream = path.endswith(_STREAMING)
            if call.model != _COUNT and not self._settings.takes(call.model):
                name = call.model[:200]
                raise Refused(
                    404, f"model: {name} is not offered by this gateway; GET /v1/models lists those."
                )
        if not await incoming.is_object():
            raise Refused(400, "The request body is not a JSON object.")

    def _record(self, scope: Scope, exchange: Exchange) -> Usage:
        call = exchange.call
        caller = call.caller if call else None
        usage = exchange.reader.finish() if exchange.reader else Usage()
        usage.model = usage.model or (call.model if call else "")
        sent = {name: value for name, value in scope["headers"] if name in (b"x-request-id", b"user-agent")}
        own = self._own.get(scope["path"])
        self._write(
            {
                "event": own.event if own else "usage",
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "request_id": exchange.request_id or sent.get(b"x-request-id", b"").decode("latin-1"),
                "kind": caller.kind if caller else "",
                "user": caller.user if caller else "",
                "name": caller.name if caller else "",
                "team": caller.team if caller else "",
                "route": scope["path"],
                "status": exchange.status,
                "complete": exchange.complete,
                "stream": exchange.streams or bool(call and call.stream),
                "limit": call.limit if call else "",
                **asdict(usage),
                "cost_usd": self._price(usage) if usage.output_tokens else None,
                "first_byte_ms": exchange.first_byte_ms,
                "duration_ms": exchange.elapsed_ms(),
                "client": sent.get(b"user-agent", b"").decode("latin-1")[:100],
            }
        )
        return usage


def _counts_tokens(path: str, call: Call) -> bool:
    return path.endswith("/count_tokens") or call.model == _COUNT


def _cleaned(scope: Scope) -> Scope:
    """Return the scope for LiteLLM: no credential of the client, nothing that steers."""
    replaced = _CREDENTIALS | {name for name, _ in _FOR_LITELLM}
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name not in replaced and not name.startswith(_STEERING)
    ]
    return {**scope, "headers": [*headers, *_FOR_LITELLM]}


def _models_body(settings: Settings) -> bytes:
    ids = [model.id for model in settings.models]
    # The epoch is what Anthropic's API gives where a date is not known.
    data = [
        {"type": "model", "id": model.id, "display_name": model.name, "created_at": "1970-01-01T00:00:00Z"}
        for model in settings.models
    ]
    edges = {"first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None}
    return json_bytes({"data": data, "has_more": False, **edges})
