"""Limits of teams: exact against a clock, and at running gateways: one replica, two that share a Redis, Redis away."""

import asyncio
import contextlib
import json
import os
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.gateway.image.limits import DAY, Limited, Limits, LimitSettings
from claude_byoc.gateway.limits import REDIS_SECRET, REDIS_VARIABLE, LimitsSpec, TeamLimit
from claude_byoc.gateway.litellm import render_settings, secret_variables
from claude_byoc.gateway.local import HOST, Process, free_port, spawn
from claude_byoc.gateway.spec import AnthropicUpstream, GatewaySpec, TokenAuth
from claude_byoc.gateway.tokens import SigningKey
from tests.gateway.conftest import MODELS
from tests.gateway.readable import Answer
from tests.gateway.running import PROVIDER_KEY, Fake, Running, body, run, token
from tests.gateway.test_conformance import as_answer, check_error
from tests.gateway.test_spec import SPEC
from tools import system_packages

NOON = 20_000 * DAY + DAY // 2
TOKENS_EACH = 12 + 6 + 2
"""What one answer of the fake upstream counts: input, output and cache writes, not its cache reads."""


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        (LimitsSpec(), "gateway.limits"),
        (LimitsSpec(TeamLimit(0)), "gateway.limits.default.requestsPerMinute"),
        (LimitsSpec(TeamLimit(tokens_per_day=-1)), "gateway.limits.default.tokensPerDay"),
        (
            LimitsSpec(teams={"red": TeamLimit(tokens_per_minute=True)}),
            "gateway.limits.teams.red.tokensPerMinute",
        ),
        (LimitsSpec(teams={"red\n": TeamLimit(1)}), "gateway.limits.teams"),
    ],
)
def test_each_mistake_has_its_key(limits: LimitsSpec, key: str) -> None:
    assert {problem.key for problem in replace(SPEC, limits=limits).problems()} == {key}


def test_redis_is_a_secret_variable() -> None:
    shared = replace(SPEC, limits=LimitsSpec(TeamLimit(1.0), shared=True))  # type: ignore[arg-type] # a hosted int
    assert shared.problems() == []
    assert secret_variables(shared)[REDIS_VARIABLE] == REDIS_SECRET
    assert json.loads(render_settings(shared))["limits"] == {
        "default": {"requestsPerMinute": 1}, "teams": {}, "shared": True,
    }  # fmt: skip
    assert REDIS_VARIABLE not in secret_variables(replace(SPEC, limits=LimitsSpec(TeamLimit(1))))


class Clock:
    """Limits at a time that the test says."""

    def __init__(self, **limits: int) -> None:
        self.now = float(NOON)
        settings = LimitSettings({"requestsPerMinute": 2}, {"red": limits})
        self.limits = Limits(settings, now=lambda: self.now)

    def ask(self, team: str = "red", tokens: int = 0) -> Limited | None:
        """Ask once, use so many tokens; return the refusal."""
        try:
            asyncio.run(self.limits.admit(team))
        except Limited as refused:
            return refused
        asyncio.run(self.limits.spent(team, tokens))
        return None


def test_requests_per_minute() -> None:
    clock = Clock(requestsPerMinute=3)
    assert [clock.ask() for _ in range(3)] == [None] * 3
    clock.now += 12.5
    refused = clock.ask()
    assert refused is not None
    assert (refused.status, refused.retry_after, refused.limit) == (429, 48, "requestsPerMinute")
    assert "red" in refused.message
    assert "3 requests per minute" in refused.message
    clock.now += refused.retry_after or 0
    assert [clock.ask() for _ in range(3)] == [None] * 3


def test_tokens_per_minute_and_per_day_name_the_longest_wait() -> None:
    clock = Clock(tokensPerMinute=100, tokensPerDay=250)
    assert clock.ask(tokens=99) is None
    assert clock.ask(tokens=50) is None  # known only once it is answered
    refused = clock.ask()
    assert refused is not None
    assert refused.limit == "tokensPerMinute"
    clock.now += 60
    assert clock.ask(tokens=101) is None
    refused = clock.ask()
    assert refused is not None
    assert (refused.limit, refused.retry_after) == ("tokensPerDay", DAY // 2 - 60)
    clock.now += DAY // 2
    assert clock.ask() is None


def test_teams_do_not_use_up_each_others() -> None:
    clock = Clock(tokensPerDay=1)
    assert clock.ask("blue") is clock.ask("blue") is None
    assert clock.ask("blue")
    assert clock.ask("green") is None, "the default counts each team by itself"
    assert clock.ask("") is clock.ask("") is None
    refused = clock.ask("")
    assert refused is not None
    assert "without a team" in refused.message


def test_a_team_without_limits_is_never_asked() -> None:
    clock = Clock()
    assert not any(clock.ask(tokens=10**9) for _ in range(500))


def ask(gateway: Running, credential: str) -> Answer:
    with gateway.client("none") as client:
        return as_answer(client.post("/v1/messages", json=body(), headers={"x-api-key": credential}))


def until_refused(asked: Callable[[], Answer], most: int) -> tuple[int, Answer]:
    """Return how many requests were answered before the first that was refused."""
    for number in range(most + 1):
        answer = asked()
        if answer.status == 429:
            return number, answer
        assert answer.status == 200, answer.body
    raise AssertionError(f"{most + 1} requests, and none was refused")


def refusal_of(gateway: Running, team: str) -> dict[str, Any]:
    """Return the record of the request that was refused, which may come a moment after the answer."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for record in gateway.records():
            if (record["team"], record["status"]) == (team, 429):
                return record
        time.sleep(0.02)
    raise AssertionError(f"no record of a refusal of {team}")


@pytest.mark.gateway
@pytest.mark.parametrize(
    ("team", "allowed", "limit"),
    [("red", 3, "requestsPerMinute"), ("green", 2, "tokensPerMinute"), ("brown", 2, "tokensPerDay")],
)
def test_a_team_at_its_limit_gets_a_readable_429(
    parts: Running, signing_key: SigningKey, team: str, allowed: int, limit: str
) -> None:
    credential = token(signing_key, team=team)
    # Should a window end in between, the count begins anew, once.
    number, answer = until_refused(lambda: ask(parts, credential), 2 * allowed)
    assert allowed <= number <= 2 * allowed
    assert team in check_error(answer, 429)["message"]
    [wait] = answer.all("retry-after")
    assert 1 <= int(wait) <= (DAY if limit == "tokensPerDay" else 60)
    record = refusal_of(parts, team)
    assert (record["limit"], record["output_tokens"]) == (limit, 0)
    assert len(parts.fake.seen()["requests"]) >= number
    with parts.client("none") as client:
        headers = {"x-api-key": credential}
        assert client.get("/v1/models", headers=headers).status_code == 200
        counted = client.post("/v1/messages/count_tokens", json=body(), headers=headers)
        assert counted.status_code == 200, "counting tokens costs nothing"
    assert ask(parts, token(signing_key, team="blue")).status == 200


@contextlib.contextmanager
def redis(folder: Path) -> Generator[tuple[str, Process]]:
    """Run Redis with a password; yield its URL."""
    program = system_packages.ensure(["redis-server"])["redis-server"]
    port = free_port()
    configuration = folder / "redis.conf"
    configuration.write_text(f'bind {HOST}\nport {port}\nrequirepass a-password\nsave ""\ndir {folder}\n')
    process = spawn("redis", [str(program), str(configuration)], folder / "redis.log", os.environ)
    try:
        until = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
                break
            assert time.monotonic() < until, process.tail()
            time.sleep(0.02)
        yield f"redis://:a-password@{HOST}:{port}", process
    finally:
        process.stop()


@pytest.mark.gateway
def test_two_replicas_share_what_a_team_may_use_and_work_alone_without_redis(
    tmp_path: Path, litellm: Path, signing_key: SigningKey, fake_upstream: Fake
) -> None:
    limits = LimitsSpec(
        teams={"red": TeamLimit(6), "brown": TeamLimit(tokens_per_day=5 * TOKENS_EACH)}, shared=True
    )
    spec = GatewaySpec(
        [AnthropicUpstream(fake_upstream.url)], MODELS, TokenAuth([signing_key.public]), limits=limits
    )
    with contextlib.ExitStack() as running:
        url, server = running.enter_context(redis(tmp_path))
        environment = {"ANTHROPIC_API_KEY": PROVIDER_KEY, REDIS_VARIABLE: url}
        replicas: list[Running] = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            replicas.append(
                running.enter_context(
                    run(
                        spec,
                        tmp_path / name,
                        litellm,
                        key=signing_key,
                        upstream=fake_upstream,
                        environment=environment,
                    )
                )
            )
        for team, allowed in (("red", 6), ("brown", 5)):
            credential, turn = token(signing_key, team=team), iter(range(100))
            number, answer = until_refused(
                lambda credential=credential, turn=turn: ask(replicas[next(turn) % 2], credential),
                2 * allowed,
            )
            assert allowed <= number < 2 * allowed, "apart, each replica would have allowed all of them"
            check_error(answer, 429)
        server.stop()
        # Each replica goes on with its own count, which it has kept all along.
        credential = token(signing_key, team="brown")
        for replica in replicas:
            until_refused(lambda replica=replica: ask(replica, credential), 4)
            assert ask(replica, token(signing_key, team="blue")).status == 200
        log = (tmp_path / "one" / "app.log").read_text()
        assert "this replica counts alone" in log
        assert "a-password" not in log
