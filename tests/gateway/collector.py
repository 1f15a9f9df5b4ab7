"""A collector of telemetry on loopback: it keeps what it gets and answers as it is told."""

import contextlib
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CREDENTIAL = "collectors-own-credential"


@dataclass
class Delivery:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Collector:
    """`status` and `headers` are what the next deliveries are answered with."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    port: int = 0
    undo: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def start(self) -> None:
        """Listen, on the same port as before."""
        server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self.port = server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        for end in (server.server_close, thread.join, server.shutdown):
            self.undo.callback(end)

    def stop(self) -> None:
        """Refuse connections."""
        self.undo.close()


def _handler(collector: Collector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            sent = {name.lower(): value for name, value in self.headers.items()}
            collector.deliveries.append(Delivery(self.path, sent, content))
            answer = b'{"partialSuccess":{}}'
            self.send_response(collector.status)
            for name, value in {"content-type": "application/json", **collector.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
            pass

    return Handler


@contextlib.contextmanager
def collecting() -> Generator[Collector]:
    """Run a collector."""
    collector = Collector()
    collector.start()
    try:
        yield collector
    finally:
        collector.stop()
