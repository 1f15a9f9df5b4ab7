"""A JSON service on this machine alone, for the APIs that are called beside the providers."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

from typing_extensions import override

from standin.lifetime import end_with_parent


@dataclass(frozen=True)
class Request:
    """One request; path and query are decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    body: object
    """The JSON that was sent; None where nothing, or nothing readable, was."""
    base: str
    """The service's address, `http://127.0.0.1:PORT`."""


@dataclass(frozen=True)
class Answer:
    """What goes back; None as the body is no body."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class LoopbackServer(ThreadingHTTPServer):
    """The service; each request is answered in a thread of its own."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.answer = answer
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def base(self) -> str:
        """The service's address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: standard error is the caller's."""

    def _answer(self) -> None:
        server = cast("LoopbackServer", self.server)
        url = urlsplit(self.path)
        request = Request(
            self.command, unquote(url.path), dict(parse_qsl(url.query)), self._json(), server.base
        )
        answer = server.answer(request)
        data = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815 -- the names that the base class calls

    def _json(self) -> object:
        length = int(self.headers.get("Content-Length") or 0)
        try:
            return json.loads(self.rfile.read(length)) if length else None
        except ValueError:
            return None


def serve(answer: Callable[[Request], Answer], port_file: Path | None) -> None:
    """Serve until the parent ends; the port goes to standard output, and to a file, which appears whole."""
    end_with_parent()
    server = LoopbackServer(answer)
    if port_file is not None:
        draft = port_file.with_name(f"{port_file.name}.new")
        draft.write_text(f"{server.server_port}\n", "utf-8")
        draft.replace(port_file)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
