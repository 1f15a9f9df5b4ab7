"""For every test: the engine, made once per session, the same examples in every run, an event loop of its own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tools.engine.acquire import Engine, ensure

REPO = Path(__file__).resolve().parents[1]

# A run on a busy machine must not differ from one on a quiet machine: no random seed, no time limit per example.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("same")


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine; workers of a parallel run wait for the one that makes it."""
    return ensure(local=REPO / ".local")


@pytest.fixture(autouse=True)
def current_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Give each test an event loop of its own: `asyncio.run` leaves none, and an Output cannot be made without."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()
