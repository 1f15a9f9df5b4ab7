"""Fixtures for every test: the Pulumi engine, found or made once per session."""

import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))  # `tools` is no installed package

from tools.engine.acquire import Engine, ensure  # noqa: E402 - importable only now


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine; workers of a parallel run wait for the one that makes it."""
    return ensure(local=REPO / ".local")
