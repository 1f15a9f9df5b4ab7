"""A running gateway and its fake upstream, as the tests use them: all on loopback, on ports of their own."""

import contextlib
import json
import os
import secrets
import sys
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from claude_byoc.gateway import fake_upstream
from claude_byoc.gateway.local import HOST, LocalGateway, Process, free_port, nginx_program, spawn
from claude_byoc.gateway.spec import GatewaySpec
from claude_byoc.gateway.tokens import SigningKey

PROVIDER_KEY = fake_upstream.KEY
PROMPT = "a-prompt-that-no-log-may-hold"
"""Part of every prompt that the tests send."""


def token(key: SigningKey, *, name: str = "tester", team: str = "blue", seconds: int = 3600) -> str:
    """Return a gateway token that expires in so many seconds."""
    return key.sign(secrets.token_bytes(8), int(time.time()) + seconds, name, team)


def body(order: str = "", **fields: object) -> dict[str, Any]:
    """Return a Messages request; `order` tells the fake upstream what to do, for instance `status=529`."""
    text = f"{PROMPT} fake: {order}" if order else PROMPT
    return {
        "model": "claude-opus-5",
        "max_tokens": 16,
        "messages": [{"role": "user", "content": text}],
        **fields,
    }


@dataclass
class Fake:
    """The fake upstream as a process."""

    port: int
    process: Process

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def seen(self) -> dict[str, Any]:
        """Return {requests, aborted}."""
        return httpx.get(f"{self.url}/fake/requests", trust_env=False).json()

    def last(self) -> dict[str, Any]:
        return self.seen()["requests"][-1]


@contextlib.contextmanager
def fake(folder: Path) -> Generator[Fake]:
    """Run the fake upstream."""
    port = free_port()
    process = spawn(
        "fake", [sys.executable, "-m", fake_upstream.__name__, str(port)], folder / "fake.log", os.environ
    )
    try:
        until = time.monotonic() + 30
        while not (folder / "fake.log").read_text().strip():
            assert process.child.poll() is None, process.tail()
            assert time.monotonic() < until
            time.sleep(0.02)
        yield Fake(port, process)
    finally:
        process.stop()


@dataclass
class Running:
    """A gateway, the token that it accepts, and what is behind it."""

    gateway: LocalGateway
    token: str
    fake: Fake

    @property
    def url(self) -> str:
        return self.gateway.url

    def client(self, scheme: str = "x-api-key") -> httpx.Client:
        """Return a client that sends the token as `x-api-key` or as `bearer`; anything else sends none."""
        headers = {
            "x-api-key": {"x-api-key": self.token},
            "bearer": {"authorization": f"Bearer {self.token}"},
        }.get(scheme, {})
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def records(self) -> list[dict[str, Any]]:
        """Return the usage records so far."""
        lines = (self.gateway.folder / "app.log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith('{"event":"usage"')]

    def record_of(self, route: str, count: int) -> dict[str, Any]:
        """Return the record that follows the first `count`, and is of `route`, as soon as it is there."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for record in self.records()[count:]:
                if record["route"] == route:
                    return record
            time.sleep(0.02)
        raise AssertionError(f"no usage record of {route} after {count}")


@contextlib.contextmanager
def run(
    spec: GatewaySpec,
    folder: Path,
    python: Path,
    *,
    key: SigningKey,
    upstream: Fake,
    environment: Mapping[str, str],
) -> Generator[Running]:
    """Run a gateway."""
    assert not spec.problems()
    with LocalGateway(spec, folder, nginx_program(), python, secrets=environment) as gateway:
        yield Running(gateway, token(key), upstream)
