"""The gateway beside LiteLLM as it comes, in one run and in turn; then load on it: `python -m tests.bench.gateway`.

The upstream is the fake one, so that what is timed is the way and not a model. Rows go into out/bench.json, beside
those of the other benchmarks. `--seconds N` is how long each of the two loads lasts.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from claude_byoc.gateway.spec import AnthropicUpstream, GatewayModel, GatewaySpec, TokenAuth
from claude_byoc.gateway.tokens import SigningKey, new_key
from tests.bench.rows import OUT, merge, row
from tests.gateway.bare import MASTER_KEY, Bare, bare_litellm
from tests.gateway.load import memory_mib, mixed, streams
from tests.gateway.running import PROVIDER_KEY, Fake, Running, body, fake, run
from tools import side_env, system_packages

MODEL = "claude-opus-5"
ROUNDS = 4
CLIENTS = 16
ROUND_SECONDS = 4
ONE_BY_ONE = 60
EVENTS = 20
GAP = 0.03
POOLS = (10, 100_000)
console = Console()


@dataclass(frozen=True)
class Side:
    """Something that is timed: an address of Anthropic's format and the credential for it."""

    url: str
    key: str

    def client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
        headers = {"x-api-key": self.key, "anthropic-version": "2023-06-01"}
        return httpx.AsyncClient(timeout=60, limits=limits, headers=headers, trust_env=False)


async def throughput(side: Side) -> float:
    """Return whole answers per second for as many clients as CLIENTS."""
    done = 0
    until = time.monotonic() + ROUND_SECONDS
    async with side.client() as client, asyncio.TaskGroup() as group:

        async def one() -> None:
            nonlocal done
            while time.monotonic() < until:
                (await client.post(side.url, json=body())).raise_for_status()
                done += 1

        for _ in range(CLIENTS):
            group.create_task(one())
    return done / ROUND_SECONDS


async def one_by_one(side: Side) -> list[float]:
    """Return milliseconds per whole answer, one after the other."""
    times: list[float] = []
    async with side.client() as client:
        for _ in range(ONE_BY_ONE):
            began = time.perf_counter()
            (await client.post(side.url, json=body())).raise_for_status()
            times.append((time.perf_counter() - began) * 1000)
    return times


async def stream(side: Side) -> tuple[float, list[float]]:
    """Return (milliseconds to the first event, how late each piece of text came after the first, in ms)."""
    order = body(f"events={EVENTS} gap={GAP}", stream=True)
    pieces: list[float] = []
    first = 0.0
    async with side.client() as client:
        began = time.perf_counter()
        async with client.stream("POST", side.url, json=order) as response:
            async for line in response.aiter_lines():
                at = (time.perf_counter() - began) * 1000
                if line.startswith("data:"):
                    first = first or at
                    if '"text_delta"' in line:
                        pieces.append(at)
    return first, [at - pieces[0] - number * GAP * 1000 for number, at in enumerate(pieces)]


async def pools(url: str, sizes: Sequence[Sequence[str]]) -> list[float]:
    """Return the median milliseconds of a request with a token drawn from each pool; the pools take turns."""
    times: list[list[float]] = [[] for _ in sizes]
    order = random.Random(1)  # the same draw in each run
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        for _ in range(4 * ONE_BY_ONE):
            for tokens, its in zip(sizes, times, strict=True):
                headers = {"x-api-key": order.choice(tokens)}
                began = time.perf_counter()
                (await client.get(f"{url}/v1/models", headers=headers)).raise_for_status()
                its.append((time.perf_counter() - began) * 1000)
    return [statistics.median(its) for its in times]


def signed(key: SigningKey, count: int) -> list[str]:
    """Return so many tokens."""
    expires = int(time.time()) + 3600
    return [key.sign(secrets.token_bytes(8), expires, f"user-{number}") for number in range(count)]


def ways(ours: Running, bare: Bare) -> dict[str, Side]:
    """Return what is compared: ours, LiteLLM's pass-through, which ours goes through, and LiteLLM's router."""
    return {
        "ours": Side(f"{ours.url}/v1/messages", ours.token),
        "bare LiteLLM, /anthropic/v1/messages": Side(f"{bare.url}/anthropic/v1/messages", MASTER_KEY),
        "bare LiteLLM, /v1/messages": Side(f"{bare.url}/v1/messages", MASTER_KEY),
    }


def compare(sides: Mapping[str, Side], rounds: int) -> list[dict[str, Any]]:
    """Return rows on speed; the sides take turns, so that a busy minute falls on all of them."""
    rates: dict[str, list[float]] = {name: [] for name in sides}
    alone: dict[str, list[float]] = {name: [] for name in sides}
    firsts: dict[str, list[float]] = {name: [] for name in sides}
    late: dict[str, list[float]] = {name: [] for name in sides}
    for name, side in sides.items():
        with console.status(f"Warming up {name} ..."):
            asyncio.run(one_by_one(side))
    for number in range(rounds):
        for name, side in sides.items():
            with console.status(f"Round {number + 1} of {rounds}: {name} ..."):
                rates[name].append(asyncio.run(throughput(side)))
                alone[name] += asyncio.run(one_by_one(side))
                for _ in range(5):
                    first, delays = asyncio.run(stream(side))
                    firsts[name].append(first)
                    late[name] += delays
    measures = (
        ("gateway, whole answers per second", rates, "requests/s"),
        ("gateway, one whole answer", alone, "ms"),
        ("gateway, first event of a stream", firsts, "ms"),
        ("gateway, how late an event comes", late, "ms"),
    )
    return [
        row(title, statistics.median(values["ours"]), statistics.median(values[name]), name, unit)
        for title, values, unit in measures
        for name in sides
        if name != "ours"
    ]


def load(ours: Running, bare: Bare, seconds: float) -> list[dict[str, Any]]:
    """Return rows on load: mixed traffic on both, 200 streams and a restart on ours."""
    assert ours.gateway.app is not None
    before = memory_mib(ours.gateway.app.child.pid)
    with console.status("Mixed traffic on LiteLLM, then on ours ..."):
        theirs = asyncio.run(mixed(bare.url, MASTER_KEY, clients=CLIENTS, seconds=seconds))
        tally = asyncio.run(mixed(ours.url, ours.token, clients=CLIENTS, seconds=seconds))
    after = memory_mib(ours.gateway.app.child.pid)
    beside = memory_mib(bare.process.child.pid)
    with console.status("200 streams at once ..."):
        open_at_once, _ = asyncio.run(streams(ours.url, ours.token, count=200, events=20, gap=0.5))

    async def restart() -> None:
        assert ours.gateway.app is not None
        await asyncio.to_thread(ours.gateway.app.stop)
        ours.gateway.start_app()
        await asyncio.to_thread(ours.gateway.wait)

    with console.status("A restart in the middle ..."):
        again = asyncio.run(mixed(ours.url, ours.token, clients=CLIENTS, seconds=30, restart=restart))
    console.print(
        f"Restart: {again.total()} answers, {again.of(502)} of them 502 while it was down, {again.cut} streams cut, "
        f"{len(again.unanswered)} requests without an answer, {len(again.unreadable)} unreadable."
    )
    anchor = "bare LiteLLM, the same traffic"
    # A header that is not exposed hides itself and not the answer.
    lost = [
        sum("not exposed" not in why for why in one.unreadable) + len(one.unanswered)
        for one in (tally, theirs)
    ]
    none = "none"
    return [
        row("gateway, unreadable per 1,000 of mixed traffic", *_per_thousand(lost, tally.asked(), theirs.asked()),
            anchor, "answers"),
        row("gateway, memory of the application after the load", after, beside, anchor, "MiB"),
        row("gateway, memory after the load and before", after, before, "itself before", "MiB"),
        row("gateway, unreadable or cut of 200 streams at once", len(open_at_once.unreadable) + open_at_once.cut
            + len(open_at_once.unanswered), 0, none, "streams"),
        row("gateway, unreadable in a restart", len(again.unreadable) + len(again.unanswered), 0, none, "answers"),
        row("gateway, streams cut by a restart", again.cut, 0, none, "streams"),
    ]  # fmt: skip


def _per_thousand(lost: Sequence[int], ours: int, theirs: int) -> tuple[float, float]:
    return 1000 * lost[0] / max(ours, 1), 1000 * lost[1] / max(theirs, 1)


@contextlib.contextmanager
def both(folder: Path, key: SigningKey) -> Generator[tuple[Running, Bare, Fake]]:
    """Run ours, LiteLLM as it comes, and the upstream of both."""
    system_packages.ensure(["nginx"])
    python = side_env.ensure("litellm")
    for name in ("fake", "ours", "bare"):
        (folder / name).mkdir()
    with fake(folder / "fake") as upstream:
        spec = GatewaySpec([AnthropicUpstream(upstream.url)], [GatewayModel(MODEL)], TokenAuth([key.public]))
        environment = {"ANTHROPIC_API_KEY": PROVIDER_KEY}
        with (
            run(spec, folder / "ours", python, key=key, upstream=upstream, environment=environment) as ours,
            bare_litellm(folder / "bare", python, upstream, [MODEL]) as bare,
        ):
            yield ours, bare, upstream


def is_own(name: str) -> bool:
    """Tell whether a row is of this benchmark."""
    return name.startswith("gateway, ")


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks, print a table, add the rows to the file; return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args(arguments)
    key = new_key()
    begin = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, both(Path(folder), key) as (ours, bare, _):
        rows = compare(ways(ours, bare), given.rounds)
        few, many = asyncio.run(pools(ours.url, [signed(key, size) for size in POOLS]))
        rows.append(row("gateway, a request with one of 100,000 tokens", many, few, "one of 10 tokens", "ms"))
        rows += load(ours, bare, given.seconds)
    rows.append(
        row(
            "gateway, load of the machine before its benchmark",
            begin,
            os.cpu_count() or 1,
            "its CPUs",
            "load",
        )
    )
    merge(rows, is_own)
    table = Table("Benchmark", "Ours", "Anchor", "Ratio", title_justify="left")
    for line in rows:
        table.add_row(
            line["name"],
            f"{line['ours']} {line['unit']}",
            f"{line['anchor']} {line['unit']} ({line['anchor_name']})",
            "-" if line["ratio"] is None else str(line["ratio"]),
        )
    console.print(table)
    console.print(f"Written: {json.dumps(str(OUT.name))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
