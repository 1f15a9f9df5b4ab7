"""The usage record of a request: who, which model, how many tokens; never a prompt or an answer."""

import base64
import binascii
import json
import struct
from dataclasses import dataclass
from typing import cast

_LARGEST_BODY = 8 << 20
_FRAME_HEAD = struct.Struct(">II")
_FRAME_EDGES = 16
"""Bytes of a frame besides headers and payload: lengths, their checksum, the frame's checksum."""

_STREAMS = ("text/event-stream", "application/vnd.amazon.eventstream")
_COUNTS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_creation_tokens": "cache_creation_input_tokens",
}
"""Field of the record -> field of Anthropic's `usage`."""


@dataclass
class Usage:
    """Tokens of one request; `input_tokens` are those neither read from nor written to the cache."""

    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_creation_tokens: int = 0

    def counted(self) -> int:
        """Return the tokens that count for limits: cache reads do not."""
        return self.input_tokens + self.output_tokens + self.cache_creation_tokens


class UsageReader:
    """Reads the usage from an answer that passes by: JSON, server-sent events, or AWS's event stream."""

    def __init__(self, content_type: str) -> None:
        self.usage = Usage()
        self._kind = content_type.partition(";")[0].strip().lower()
        self._streams = self._kind in _STREAMS
        self._rest = b""
        self._events: set[bytes] = set()

    @property
    def streams(self) -> bool:
        """Tell whether the answer is a stream of events."""
        return self._streams

    @property
    def broken_off(self) -> bool:
        """Tell whether a stream of events began and has not come to its end."""
        return b"message_start" in self._events and self._events.isdisjoint({b"message_stop", b"error"})

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes of the answer, however they are cut."""
        if self._kind == "text/event-stream":
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                if line.startswith(b"event:"):
                    self._events.add(line[6:].strip())
                elif line.startswith(b"data:") and b'"usage"' in line:
                    self._take(line[5:])
        elif self._kind == "application/vnd.amazon.eventstream":
            self._rest += chunk
            self._frames()
        elif self._kind == "application/json" and len(self._rest) < _LARGEST_BODY:
            self._rest += chunk

    def finish(self) -> Usage:
        """Return what was found, when the answer has ended."""
        if self._kind == "application/json":
            self._take(self._rest)
        self._rest = b""
        return self.usage

    def _frames(self) -> None:
        while len(self._rest) >= _FRAME_HEAD.size:
            total, headers = _FRAME_HEAD.unpack_from(self._rest)
            if total < headers + _FRAME_EDGES or total > _LARGEST_BODY:
                self._kind = ""  # not the stream that it claims to be
                return
            if len(self._rest) < total:
                return
            self._chunk_event(self._rest[12 + headers : total - 4])
            self._rest = self._rest[total:]

    def _chunk_event(self, payload: bytes) -> None:
        try:
            event = json.loads(payload)
            inner = base64.b64decode(event["bytes"])
        except (ValueError, KeyError, TypeError, binascii.Error):
            return
        if b'"usage"' in inner:
            self._take(inner)

    def _take(self, text: bytes) -> None:
        try:
            document: object = json.loads(text)
        except ValueError:
            return
        if not isinstance(document, dict):
            return
        event = cast("dict[str, object]", document)
        message = event.get("message")
        source = cast("dict[str, object]", message) if isinstance(message, dict) else event
        if isinstance(model := source.get("model"), str):
            self.usage.model = model
        if isinstance(counts := source.get("usage"), dict):
            self._count(cast("dict[str, object]", counts))

    def _count(self, counts: dict[str, object]) -> None:
        # The last event repeats the totals; a count that it leaves out stays.
        for name, theirs in _COUNTS.items():
            if isinstance(value := counts.get(theirs), int):
                setattr(self.usage, name, value)
