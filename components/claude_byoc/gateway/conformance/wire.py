"""Requests to a gateway as a page of the add-in sends them: bounded in number, time and size, no redirect followed."""

import http.client
import ipaddress
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from claude_byoc.contract.entra import ADDIN_ORIGIN
from claude_byoc.gateway.conformance.browser import Answer

MOST_REQUESTS = 120
LARGEST_ANSWER = 256 * 1024
"""Bytes of an answer that are looked at."""
_NONE: Mapping[str, str] = MappingProxyType({})


class Wire:
    """Asks one gateway. `seconds` bounds each request; `secrets` are hidden in everything that is told.

    Use it as a context manager.
    """

    def __init__(self, url: str, seconds: float = 10, secrets: tuple[str, ...] = ()) -> None:
        self.url = url
        self._seconds = seconds
        self._secrets = [secret for secret in secrets if secret]
        self.asked = 0
        # A proxy of the environment is for the outside alone. No connection serves twice: what one request does to
        # the next is a case of its own.
        self._client = httpx.Client(
            timeout=seconds,
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=not is_loopback(url),
            headers={"user-agent": "doctor"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(
        self, method: str, url: str, *, headers: Mapping[str, str] = _NONE, body: bytes | None = None
    ) -> Answer | str:
        """Return the answer, or why there was none."""
        self.asked += 1
        if self.asked > MOST_REQUESTS:
            return "not asked: the bound of requests is reached"
        content = {"content-type": "application/json"} if body is not None else {}
        until = time.monotonic() + self._seconds
        try:
            sent = {"origin": ADDIN_ORIGIN, **content, **headers}
            with self._client.stream(method, url, headers=sent, content=body) as response:
                received = b""
                for piece in response.iter_bytes():
                    received += piece
                    if len(received) > LARGEST_ANSWER or time.monotonic() > until:
                        break
                named = [
                    (name.decode("latin-1").lower(), value.decode("latin-1"))
                    for name, value in response.headers.raw
                ]
                return Answer(response.status_code, named, received[:LARGEST_ANSWER])
        except httpx.TimeoutException:
            return f"no answer within {self._seconds:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return self._told(error)

    def ask_malformed(self, url: str, headers: Mapping[str, str]) -> Answer | str:
        """Send a request whose Content-Length is no number: the server itself answers it, not the application."""
        connection = self._connect(url)
        try:
            return self._exchange(connection, url, {**headers, "Content-Length": "ten"}, None)
        except (OSError, http.client.HTTPException) as error:
            return self._told(error)
        finally:
            connection.close()

    def ask_twice(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer | str:
        """Send a request twice on one connection; return the second answer. To announce a close is no fault."""
        connection = self._connect(url)
        try:
            length = {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}
            self._exchange(connection, url, length, body)
            # Where the server announced that it closes, http.client connects anew.
            return self._exchange(connection, url, length, body)
        except (OSError, http.client.HTTPException) as error:
            return self._told(error)
        finally:
            connection.close()

    def _connect(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=self._seconds)

    def _exchange(
        self, connection: http.client.HTTPConnection, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        self.asked += 1
        connection.putrequest("POST", urlsplit(url).path or "/", skip_accept_encoding=True)
        for name, value in {"Origin": ADDIN_ORIGIN, **headers}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        named = [(name.lower(), value) for name, value in response.getheaders()]
        received = response.read(LARGEST_ANSWER)
        return Answer(response.status, named, received)

    def _told(self, error: Exception) -> str:
        return self.hidden(f"{type(error).__name__}: {error}")[:200]

    def hidden(self, text: str) -> str:
        """Return the text without any secret."""
        for secret in self._secrets:
            text = text.replace(secret, "[hidden]")
        return text


def is_loopback(url: str) -> bool:
    """Tell whether an address is this machine's own."""
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def is_private(url: str) -> bool:
    """Tell whether an address leads into a private network, as far as this machine can see."""
    host = urlsplit(url).hostname or ""
    with suppress(OSError, ValueError):
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
        return any(ipaddress.ip_address(str(one).partition("%")[0]).is_private for one in found)
    return False


def why_unreachable(said: str) -> str:
    """Return what a failed connection means."""
    lowered = said.lower()
    for sign, meaning in _CAUSES.items():
        if sign in lowered:
            return f"{meaning} ({said})"
    return said


_CAUSES = {
    "certificate": "its certificate is not trusted here, and so not by the add-in either",
    "name or service not known": "its name is not known to DNS here",
    "nodename nor servname": "its name is not known to DNS here",
    "refused": "nothing listens there",
    "no answer within": "it is silent: a firewall, or the wrong port",
    "ssl": "it speaks no TLS at this port",
}
