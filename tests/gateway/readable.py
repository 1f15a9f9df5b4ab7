"""Raw exchanges with a gateway, and the contract's whole demand on each answer: readable, its headers exposed."""

import socket
from collections.abc import Sequence

from claude_byoc.contract.entra import ADDIN_ORIGIN as ORIGIN
from claude_byoc.gateway.conformance import browser
from claude_byoc.gateway.conformance.browser import Answer

__all__ = ["ORIGIN", "Answer", "exchange", "parse", "preflight_refused", "unreadable"]


def unreadable(answer: Answer) -> str:
    """Return why a page at ORIGIN cannot read all of the answer; "" if it can."""
    hidden = browser.hidden_headers(answer)
    return browser.unreadable(answer) or (f"{hidden} are not exposed" if hidden else "")


def preflight_refused(answer: Answer, method: str, headers: Sequence[str], *, private: bool = False) -> str:
    """Return why a browser would not send the real request after this preflight; "" if it would."""
    return unreadable(answer) or browser.preflight_refused(answer, method, headers, private=private)


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
