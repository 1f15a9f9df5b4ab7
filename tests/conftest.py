"""For every test: the Pulumi engine, found or made once per session, and the same examples in every run."""

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
