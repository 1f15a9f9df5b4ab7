"""Limits of teams: requests and tokens per minute of the clock, tokens per day (UTC)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .caller import Refused

MINUTE, DAY = 60, 86_400
_WINDOWS = {
    "requestsPerMinute": ("requests", MINUTE),
    "tokensPerMinute": ("tokens", MINUTE),
    "tokensPerDay": ("tokens", DAY),
}
"""Limit -> what it counts, and the seconds of its window."""
_SAID = {
    "requestsPerMinute": "{limit} requests per minute",
    "tokensPerMinute": "{limit} tokens per minute",
    "tokensPerDay": "{limit} tokens per day",
}


@dataclass(frozen=True)
class LimitSettings:
    """Limit -> number, for each team and for all others; `shared` says that replicas count together."""

    default: Mapping[str, int] = field(default_factory=dict[str, int])
    teams: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    shared: bool = False


class Limited(Refused):
    """A team has used what it may; `limit` names which limit."""

    def __init__(self, message: str, retry_after: int, limit: str) -> None:
        super().__init__(429, message, retry_after=retry_after)
        self.limit = limit


@dataclass(frozen=True)
class Counter:
    """What is counted of a team within one window: `start` and `seconds` are Unix seconds."""

    team: str
    counted: str
    seconds: int
    start: int


class Counts(Protocol):
    """Where counters are kept."""

    async def add(self, amounts: Mapping[Counter, int]) -> dict[Counter, int]:
        """Add to counters, 0 to read one alone; return each one's new value."""
        ...


class OwnCounts:
    """Counters of this replica, in memory: one per team, kind and window that is not over."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str, int], tuple[int, int]] = {}

    async def add(self, amounts: Mapping[Counter, int]) -> dict[Counter, int]:
        """As Counts.add; a window that has begun anew starts at 0."""
        found: dict[Counter, int] = {}
        for counter, amount in amounts.items():
            place = (counter.team, counter.counted, counter.seconds)
            start, value = self._values.get(place, (counter.start, 0))
            found[counter] = amount + (value if start == counter.start else 0)
            self._values[place] = (counter.start, found[counter])
        return found


class Limits:
    """Admits requests, and counts the tokens of their answers.

    A request's tokens are known once it has been answered, so that requests in flight may pass a limit of tokens;
    the next ones are refused until the window ends.
    """

    def __init__(
        self, settings: LimitSettings, counts: Counts | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._counts = counts or OwnCounts()
        self._now = now

    async def admit(self, team: str) -> None:
        """Count a request of the team; raise Limited where a limit is reached."""
        limits = self._settings.teams.get(team, self._settings.default)
        now = self._now()
        counters = {name: self._counter(team, name, now) for name in limits}
        asked = {counter: int(counter.counted == "requests") for counter in counters.values()}
        values = await self._counts.add(asked) if asked else {}
        # The longest wait counts: coming back sooner would be refused again.
        for name in sorted(counters, key=lambda name: -counters[name].seconds):
            counter, limit = counters[name], limits[name]
            before = values[counter] - asked[counter]
            if before >= limit:
                wait = max(1, round(counter.start + counter.seconds - now + 0.5))
                who = f"The team {team}" if team else "Callers without a team"
                said = _SAID[name].format(limit=limit)
                raise Limited(
                    f"{who} may use {said} at this gateway, and has. Try again in {wait} seconds.", wait, name
                )

    async def spent(self, team: str, tokens: int) -> None:
        """Count the tokens of an answer."""
        limits = self._settings.teams.get(team, self._settings.default)
        now = self._now()
        counters = [self._counter(team, name, now) for name in limits if _WINDOWS[name][0] == "tokens"]
        if tokens and counters:
            await self._counts.add(dict.fromkeys(counters, tokens))

    @staticmethod
    def _counter(team: str, name: str, now: float) -> Counter:
        counted, seconds = _WINDOWS[name]
        return Counter(team, counted, seconds, int(now) // seconds * seconds)
