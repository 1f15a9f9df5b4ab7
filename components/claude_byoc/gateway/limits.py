"""How much a team may use: requests and tokens per minute, tokens per day."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from claude_byoc.contract.problems import Problem, nearest
from claude_byoc.gateway.checks import check_range, check_team

LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "requests_per_minute": "requestsPerMinute",
        "tokens_per_minute": "tokensPerMinute",
        "tokens_per_day": "tokensPerDay",
    }
)
"""Field of TeamLimit -> its name in the settings."""
REDIS_VARIABLE = "GATEWAY_REDIS_URL"
REDIS_SECRET = "redisUrl"  # noqa: S105 -- the name of a secret, not one
_MOST = 10**12


@dataclass(frozen=True)
class TeamLimit:
    """What one team may use; None = without limit. Minutes are those of the clock, days begin at 0:00 UTC.

    Tokens are input, output and cache writes; cache reads do not count, as in the rate limits of Anthropic's API.
    source: https://docs.claude.com/en/api/rate-limits
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_day: int | None = None

    def rendered(self) -> dict[str, int]:
        """Return the limits that there are, by their names in the settings."""
        found = {LIMITS[name]: getattr(self, name) for name in LIMITS}
        return {name: int(value) for name, value in found.items() if value is not None}

    def problems(self, key: str) -> Iterator[Problem]:
        """Yield everything wrong with it."""
        for name, shown in LIMITS.items():
            value = getattr(self, name)
            if value is not None:
                yield from check_range(f"{key}.{shown}", value, 1, _MOST)


@dataclass(frozen=True)
class LimitsSpec:
    """Limits of teams.

    `default` holds for each team that `teams` does not name, and for all callers without a team together.
    `shared` counts across replicas in the Redis whose URL (`rediss://[:PASSWORD@]HOST:PORT`, no cluster mode) is
    the secret GATEWAY_REDIS_URL; else every replica counts by itself.
    """

    default: TeamLimit = TeamLimit()
    teams: Mapping[str, TeamLimit] = field(default_factory=lambda: MappingProxyType[str, TeamLimit]({}))
    shared: bool = False

    def problems(self) -> list[Problem]:
        """Return everything wrong with them."""
        return list(self._problems())

    def _problems(self) -> Iterator[Problem]:
        key = "gateway.limits"
        yield from self.default.problems(f"{key}.default")
        for team, limit in self.teams.items():
            yield from check_team(f"{key}.teams", team)
            yield from limit.problems(f"{key}.teams.{team}")
        if not any(limit.rendered() for limit in (self.default, *self.teams.values())):
            names = ", ".join(LIMITS.values())
            yield Problem(key, "limits nothing", f"one of {names} at least", "set one, or leave limits out")

    def lone_teams(self, known: Collection[str], *, tokens: bool) -> list[Problem]:
        """Return a warning for each team with limits of its own that nobody is in.

        `known` are the teams that app roles and telemetry give. With `tokens` others can exist as well, since a token
        carries any name: then only what looks like a mistyped one of `known` is told.
        """
        found: list[Problem] = []
        for team in self.teams:
            close = nearest(team, known)
            if team in known or (tokens and close is None):
                continue
            wrong = f"limits the team {team}, " + (
                "which no app role gives" if tokens else "which nobody is in"
            )
            allowed = ", ".join(sorted(known)) or "teams of gateway.entra.teamRoles"
            other = "keep it if gateway tokens carry it" if tokens else "give it by gateway.entra.teamRoles"
            cure = f"did you mean {close}? Otherwise {other}" if close else other
            found.append(Problem("gateway.limits.teams", wrong, allowed, cure, "warning"))
        return found

    def rendered(self) -> dict[str, Any]:
        """Return what the application around LiteLLM reads."""
        teams = {team: limit.rendered() for team, limit in self.teams.items()}
        return {"default": self.default.rendered(), "teams": teams, "shared": self.shared}
