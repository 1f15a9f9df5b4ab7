"""A Microsoft Graph on loopback that answers as a test says."""

import json
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Answer:
    """One answer: status, body (JSON, or text as it is) and headers."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass
class FakeGraph:
    """Answers each path in order, the last one again and again; keeps what was asked."""

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict[str, list[Answer]])
    asked: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    """(path with query, Authorization header)."""


@pytest.fixture
def fake_graph() -> Generator[FakeGraph]:
    """A server of its own for each test."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            graph.asked.append((self.path, self.headers.get("Authorization")))
            answers = graph.answers.get(
                self.path, [Answer(404, {"error": {"code": "Request_ResourceNotFound"}})]
            )
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- http.server's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    graph = FakeGraph(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield graph
    server.shutdown()
    thread.join()
    server.server_close()
