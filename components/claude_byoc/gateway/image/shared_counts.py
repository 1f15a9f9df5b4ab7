"""Counters that all replicas share, in Redis; while that does not answer, each replica counts by itself."""

import sys
import time
from collections.abc import Callable, Mapping

# LiteLLM's image brings Redis's own client.
from redis.asyncio import Redis  # pyright: ignore[reportMissingImports] -- in LiteLLM's image alone
from redis.exceptions import RedisError  # pyright: ignore[reportMissingImports] -- as above

from .limits import Counter, OwnCounts

PATIENCE = 0.5
"""Seconds that a request may wait for Redis."""
PAUSE = 5.0
"""Seconds without another try after Redis has failed."""


class SharedCounts:
    """Counters in Redis at `url`; keys live for twice their window and hold a number and no name but the team's."""

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        # No retries: they would multiply the wait of a request that the fallback can serve at once.
        self._redis = Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None, retry_on_timeout=False
        )
        self._own = OwnCounts()
        self._monotonic = monotonic
        self._resume = float("-inf")

    async def add(self, amounts: Mapping[Counter, int]) -> dict[Counter, int]:
        """As Counts.add."""
        # Counted here as well, so that the fallback knows what this replica has served.
        own = await self._own.add(amounts)
        if self._monotonic() < self._resume:
            return own
        try:
            pipeline = self._redis.pipeline(transaction=False)
            for counter, amount in amounts.items():
                pipeline.incrby(_key(counter), amount)
                pipeline.expire(_key(counter), 2 * counter.seconds)
            values = await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            self._resume = self._monotonic() + PAUSE
            # The error's text may hold the address with its password.
            sys.stderr.write(
                f"limits: Redis does not answer ({type(error).__name__}); this replica counts alone\n"
            )
            return own
        return dict(zip(amounts, values[::2], strict=True))


def _key(counter: Counter) -> str:
    return f"claude-byoc:{counter.team}:{counter.counted}:{counter.seconds}:{counter.start}"
