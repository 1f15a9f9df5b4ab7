"""Load on a gateway: many clients at once, every answer judged by a browser's rules, the gateway's memory watched."""

import asyncio
import collections
import itertools
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.gateway.readable import Answer, unreadable
from tests.gateway.running import body

ORIGIN = {"origin": "https://pivot.claude.ai"}


@dataclass
class Tally:
    """What clients saw. `answers` counts by (kind of request, status), `unreadable` says why, per answer.

    `cut` are answers that had begun and did not end: streams that a restart broke. `unanswered` are requests without
    any answer, each of which a page would see as a network error.
    """

    answers: collections.Counter[tuple[str, int]] = field(default_factory=collections.Counter)
    unreadable: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    cut: int = 0
    unanswered: list[str] = field(default_factory=list[str])

    def total(self) -> int:
        return self.answers.total()

    def asked(self) -> int:
        return self.total() + len(self.unanswered)

    def of(self, status: int) -> int:
        return sum(count for (_, its), count in self.answers.items() if its == status)


@dataclass(frozen=True)
class Kind:
    """A kind of request: what is sent, and the statuses that are right for it."""

    name: str
    method: str
    path: str
    content: bytes | dict[str, object] | None
    statuses: tuple[int, ...]
    signed_in: bool = True


KINDS = (
    Kind("whole", "POST", "/v1/messages", body(), (200,)),
    Kind("stream", "POST", "/v1/messages", body("events=5 gap=0.02", stream=True), (200,)),
    Kind("models", "GET", "/v1/models", None, (200,)),
    Kind("count", "POST", "/v1/messages/count_tokens", body(), (200,)),
    Kind("preflight", "OPTIONS", "/v1/messages", None, (204,), signed_in=False),
    Kind("no credential", "POST", "/v1/messages", body(), (401,), signed_in=False),
    Kind("not found", "GET", "/v1/nothing", None, (404,)),
    Kind("malformed", "POST", "/v1/messages", b"[1", (400,)),
    Kind("upstream 429", "POST", "/v1/messages", body("status=429 retry-after=7"), (429,)),
    Kind("upstream 529", "POST", "/v1/messages", body("status=529", stream=True), (529,)),
    Kind("upstream breaks", "POST", "/v1/messages", body("close"), (500, 502, 503)),
    Kind("large", "POST", "/v1/messages", body(x="a" * 300_000), (200,)),
)


async def ask(
    client: httpx.AsyncClient, kind: Kind, token: str, tally: Tally, *, restarting: bool = False
) -> None:
    """Send one request and judge its answer."""
    headers = {
        **ORIGIN,
        "content-type": "application/json",
        **({"x-api-key": token} if kind.signed_in else {}),
    }
    content = (
        kind.content if isinstance(kind.content, bytes) or kind.content is None else json.dumps(kind.content)
    )
    text = b""
    try:
        async with client.stream(kind.method, kind.path, headers=headers, content=content) as response:
            named = [(name.decode().lower(), value.decode()) for name, value in response.headers.raw]
            tally.answers[kind.name, response.status_code] += 1
            if why := unreadable(Answer(response.status_code, named, b"")):
                tally.unreadable.append(f"{kind.name}: {response.status_code}: {why}")
            try:
                async for piece in response.aiter_bytes():
                    text += piece
            except httpx.HTTPError:
                tally.cut += 1
                return
            allowed = (*kind.statuses, 502) if restarting else kind.statuses
            if response.status_code not in allowed:
                tally.wrong.append(f"{kind.name}: {response.status_code}: {text[:200]!r}")
            elif (
                kind.name.startswith("stream") and response.status_code == 200 and b"message_stop" not in text
            ):
                tally.cut += 1
    except httpx.HTTPError as error:
        tally.unanswered.append(f"{kind.name}: {type(error).__name__}: {error}")


async def mixed(
    url: str,
    token: str,
    *,
    clients: int,
    seconds: float,
    restart: Callable[[], Awaitable[None]] | None = None,
) -> Tally:
    """Send mixed traffic from so many clients for so long; `restart` happens in the middle of it."""
    tally = Tally()
    until = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=clients + 8, max_keepalive_connections=clients + 8)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits, trust_env=False) as client:

        async def one(number: int) -> None:
            order = random.Random(number)  # every run sends the same
            kinds = list(KINDS)
            order.shuffle(kinds)
            for kind in itertools.cycle(kinds):
                if time.monotonic() > until:
                    return
                await ask(client, kind, token, tally, restarting=restart is not None)

        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                group.create_task(one(number))
            if restart is not None:
                await asyncio.sleep(seconds / 3)
                await restart()
    return tally


async def streams(url: str, token: str, *, count: int, events: int, gap: float) -> tuple[Tally, float]:
    """Open so many streams at once; return the tally and the seconds that they took."""
    tally = Tally()
    kind = Kind("stream", "POST", "/v1/messages", body(f"events={events} gap={gap}", stream=True), (200,))
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=0)
    began = time.monotonic()
    async with (
        httpx.AsyncClient(base_url=url, timeout=120, limits=limits, trust_env=False) as client,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(count):
            group.create_task(ask(client, kind, token, tally))
    return tally, time.monotonic() - began


def memory_mib(pid: int) -> float:
    """Return the resident memory of a process and its children, in MiB."""
    total = 0
    for process in family(pid):
        for line in (Path("/proc") / str(process) / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
    return total / 1024


def family(pid: int) -> list[int]:
    """Return a process and everything that it began."""
    children = (Path("/proc") / str(pid) / "task" / str(pid) / "children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]
