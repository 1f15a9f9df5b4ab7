"""Many clients at once, an upstream that hangs, a restart in the middle: no answer that an add-in could not read.

`python -m tests.bench.gateway` has the long form.
"""

import asyncio
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from claude_byoc.gateway.local import LocalGateway, nginx_program
from claude_byoc.gateway.spec import AnthropicUpstream, GatewaySpec, TokenAuth
from claude_byoc.gateway.tokens import SigningKey
from tests.gateway.conftest import MODELS
from tests.gateway.load import KINDS, memory_mib, mixed, streams
from tests.gateway.running import PROVIDER_KEY, Fake, Running, body, token
from tests.gateway.test_conformance import as_answer, check_error

pytestmark = pytest.mark.gateway

PATIENCE = 4
"""Seconds that the gateway below waits for an upstream; the settings take a minute and more."""


@pytest.fixture(scope="module")
def own(
    tmp_path_factory: pytest.TempPathFactory, litellm: Path, signing_key: SigningKey, fake_upstream: Fake
) -> Generator[Running]:
    """A gateway that may be restarted, and that is impatient."""
    auth = TokenAuth([signing_key.public])
    spec = GatewaySpec([AnthropicUpstream(fake_upstream.url)], MODELS, auth, timeout_seconds=PATIENCE)
    folder = tmp_path_factory.mktemp("own")
    with LocalGateway(
        spec, folder, nginx_program(), litellm, secrets={"ANTHROPIC_API_KEY": PROVIDER_KEY}
    ) as running:
        yield Running(running, token(signing_key), fake_upstream)


def test_200_streams_at_once(gateway: Running) -> None:
    tally, seconds = asyncio.run(streams(gateway.url, gateway.token, count=200, events=10, gap=0.3))
    assert (tally.of(200), tally.cut) == (200, 0)
    assert not tally.unreadable + tally.wrong + tally.unanswered
    assert seconds < 60  # one after the other they would take ten minutes


def test_mixed_traffic_is_readable_and_memory_stays(gateway: Running) -> None:
    assert gateway.gateway.app is not None
    pid = gateway.gateway.app.child.pid
    asyncio.run(mixed(gateway.url, gateway.token, clients=16, seconds=3))
    before = memory_mib(pid)
    tally = asyncio.run(mixed(gateway.url, gateway.token, clients=16, seconds=10))
    after = memory_mib(pid)
    assert {kind for kind, _ in tally.answers} == {kind.name for kind in KINDS}
    assert tally.total() > 100
    assert not tally.unreadable + tally.wrong + tally.unanswered
    assert tally.cut == 0
    assert after - before < 30, f"{before:.0f} MiB became {after:.0f} MiB in {tally.total()} requests"


def test_a_restart_in_the_middle_cuts_streams_and_nothing_else(own: Running) -> None:
    async def restart() -> None:
        assert own.gateway.app is not None
        await asyncio.to_thread(own.gateway.app.stop)
        own.gateway.start_app()
        await asyncio.to_thread(own.gateway.wait)

    tally = asyncio.run(mixed(own.url, own.token, clients=16, seconds=12, restart=restart))
    assert not tally.unreadable + tally.wrong + tally.unanswered
    assert tally.of(502) > 0, "nothing was sent while it was down"
    assert tally.of(200) > 0
    # What has begun gets five seconds to end, longer than these streams last.
    assert tally.cut == 0
    check = httpx.post(
        f"{own.url}/v1/messages", json=body(), headers={"x-api-key": own.token}, trust_env=False, timeout=30
    )
    assert check.status_code == 200


def test_an_upstream_that_hangs_is_told_and_holds_nobody_up(own: Running) -> None:
    with own.client() as client:

        async def hanging() -> list[httpx.Response]:
            async with httpx.AsyncClient(headers=client.headers, timeout=60, trust_env=False) as other:
                url = f"{own.url}/v1/messages"
                waiting = [
                    asyncio.create_task(other.post(url, json=body("delay=60", stream=number % 2 == 0)))
                    for number in range(20)
                ]
                began = time.monotonic()
                assert (await other.post(url, json=body())).status_code == 200
                assert time.monotonic() - began < PATIENCE
                return list(await asyncio.gather(*waiting))

        for response in asyncio.run(hanging()):
            error = check_error(as_answer(response), 504)
            assert f"{PATIENCE} s" in error["message"]


def test_a_stream_that_hangs_ends_and_its_upstream_request_with_it(own: Running) -> None:
    before = own.fake.seen()["aborted"]
    came: list[str] = []
    began = time.monotonic()
    with (
        own.client() as client,
        pytest.raises(httpx.RemoteProtocolError),
        client.stream("POST", "/v1/messages", json=body("events=3 gap=6", stream=True)) as response,
    ):
        came.extend(line for line in response.iter_lines() if line)
    assert any("message_start" in line for line in came)
    assert time.monotonic() - began < PATIENCE + 5
    until = time.monotonic() + 40
    while own.fake.seen()["aborted"] == before:
        assert time.monotonic() < until, "the upstream still streams"
        time.sleep(0.1)
