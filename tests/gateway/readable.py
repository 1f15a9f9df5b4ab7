"""What a browser lets a page at the add-in's origin read: the rules of CORS, applied to raw answers.

source: https://fetch.spec.whatwg.org (CORS check, CORS-preflight fetch, CORS-safelisted response-header names).
"""

import socket
from dataclasses import dataclass, field

ORIGIN = "https://pivot.claude.ai"
_SIMPLE_METHODS = {"GET", "HEAD", "POST"}


@dataclass
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    problems: list[str] = field(default_factory=list[str])

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


def unreadable(answer: Answer) -> str:
    """Return why a page at ORIGIN cannot read the answer; "" if it can."""
    origins = answer.all("access-control-allow-origin")
    if len(origins) != 1:
        return f"{len(origins)} Access-Control-Allow-Origin headers: {origins}"
    if origins[0] not in (ORIGIN, "*"):
        return f"Access-Control-Allow-Origin is {origins[0]!r}"
    exposed = {
        name.strip().lower()
        for value in answer.all("access-control-expose-headers")
        for name in value.split(",")
    }
    if not {"request-id", "retry-after"} <= exposed:
        return f"only {sorted(exposed)} are exposed"
    return ""


def preflight_refused(answer: Answer, method: str, headers: list[str], *, private: bool = False) -> str:
    """Return why a browser would not send the real request after this preflight; "" if it would."""
    if why := unreadable(answer):
        return why
    if not 200 <= answer.status < 300:
        return f"status {answer.status}"
    methods = {
        word.strip() for value in answer.all("access-control-allow-methods") for word in value.split(",")
    }
    if method not in methods | _SIMPLE_METHODS:
        return f"method {method} is not in {methods}"
    allowed = {
        word.strip().lower()
        for value in answer.all("access-control-allow-headers")
        for word in value.split(",")
    }
    # `*` never covers authorization.
    missing = (
        {name.lower() for name in headers}
        - allowed
        - ({"authorization"} ^ allowed if "*" in allowed else set())
    )
    if missing:
        return f"headers {sorted(missing)} are not allowed"
    if private and answer.all("access-control-allow-private-network") != ["true"]:
        return "no Access-Control-Allow-Private-Network: true"
    return ""


def exchange(port: int, raw: bytes, *, timeout: float = 30) -> list[Answer]:
    """Send bytes as they are on one connection and return every answer until the server closes it.

    The last request asks for that (`Connection: close`): a client that closes its half has gone away for nginx.
    """
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(raw)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return parse(received)


def parse(received: bytes) -> list[Answer]:
    """Return the answers in a stream of bytes; each has a Content-Length, is chunked, or ends the stream."""
    answers: list[Answer] = []
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [(n.strip().lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines)]
        status = int(first.split(" ")[1])
        named = dict(headers)
        if status == 204:
            content = b""
        elif "content-length" in named:
            size = int(named["content-length"])
            content, received = received[:size], received[size:]
        else:
            content, received = received, b""
        answers.append(Answer(status, headers, content))
    return answers
