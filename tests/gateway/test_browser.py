"""The gateway from a real browser at the add-in's origin: the official JavaScript clients, and plain fetch."""

import itertools
import json
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.contract.gateway import REQUEST_HEADERS
from claude_byoc.gateway.local import LocalGateway, nginx_program
from claude_byoc.gateway.spec import BedrockUpstream, GatewaySpec, TokenAuth, VertexUpstream
from claude_byoc.gateway.tokens import SigningKey
from tests.gateway.certificates import certificate
from tests.gateway.chromium import ELSEWHERE, GATEWAY, HOSTS, Pages, chromium, serving
from tests.gateway.conftest import MODELS
from tests.gateway.google import PROJECT, REGION, google
from tests.gateway.javascript_clients import bundle
from tests.gateway.running import PROVIDER_KEY, Fake, Running, body, token
from tools import system_packages

pytestmark = pytest.mark.gateway

MODEL = {"bedrock": "eu.anthropic.claude-opus-5"}
"""What a format calls the model, where it is not its own name."""
CLIENTS = ["messages", "bearer", "bedrock", "vertex"]
FETCH = """async ({url, method, headers, body}) => {
  try {
    const answer = await fetch(url, {method, headers, body});
    const text = await answer.text();
    return {status: answer.status, text, id: answer.headers.get('request-id'),
            retryAfter: answer.headers.get('retry-after'), headers: [...answer.headers.keys()]};
  } catch (error) { return {blocked: String(error)}; }
}"""


@pytest.fixture(scope="module")
def everything(
    tmp_path_factory: pytest.TempPathFactory, litellm: Path, signing_key: SigningKey, fake_upstream: Fake
) -> Generator[tuple[Running, Pages]]:
    """A gateway with all three formats over TLS, and a browser beside it."""
    folder = tmp_path_factory.mktemp("everything")
    made = certificate(folder, HOSTS)
    program = system_packages.ensure(["chromium"])["chromium"]
    (folder / "google").mkdir()
    with google(folder / "google", fake_upstream) as there:
        upstreams = [
            BedrockUpstream("eu-central-1", "eu", endpoint_url=fake_upstream.url),
            VertexUpstream(PROJECT, REGION, stored_key=True),
        ]
        spec = GatewaySpec(upstreams, MODELS, TokenAuth([signing_key.public]), max_body_mib=4)
        environment = {
            "AWS_ACCESS_KEY_ID": PROVIDER_KEY,
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            **there.environment(),
        }
        local = LocalGateway(
            spec,
            folder,
            nginx_program(),
            litellm,
            secrets=environment,
            certificate=str(made.file),
            key=str(made.key),
        )
        with (
            local as running,
            serving(bundle(), made) as page_port,
            chromium(program, made, page_port, running.port) as pages,
        ):
            yield Running(running, token(signing_key), fake_upstream), pages


@pytest.fixture
def pages(everything: tuple[Running, Pages]) -> Pages:
    return everything[1]


@pytest.fixture(params=["through LiteLLM", "passed through"])
def where(
    request: pytest.FixtureRequest, everything: tuple[Running, Pages], gateway: Running
) -> dict[str, object]:
    """A gateway as a client is told it: the one over TLS by its name, the pass-through one on loopback."""
    if request.param == "through LiteLLM":
        return {"url": f"https://{GATEWAY}", "token": everything[0].token}
    return {"url": gateway.url, "token": gateway.token}


def over_tls(everything: tuple[Running, Pages]) -> dict[str, object]:
    return {"url": f"https://{GATEWAY}", "token": everything[0].token}


def ask(pages: Pages, kind: str, where: Mapping[str, object], request: dict[str, Any]) -> dict[str, Any]:
    model = MODEL.get(kind, "claude-opus-5")
    script = "([kind, where, request]) => ask(kind, where, request)"
    return pages.run(script, [kind, where, {**request, "model": model}])


def check_gaps(events: list[dict[str, Any]]) -> None:
    """Assert that a stream of 4 pieces, a quarter of a second apart, came piece by piece."""
    assert [event["type"] for event in events] == [
        "message_start", "content_block_start", *["content_block_delta"] * 4, "content_block_stop", "message_delta",
        "message_stop",
    ]  # fmt: skip
    at = [event["at"] for event in events if event["type"] == "content_block_delta"]
    assert min(later - earlier for earlier, later in itertools.pairwise(at)) > 100


@pytest.mark.parametrize("kind", CLIENTS)
def test_the_official_clients_get_answers(everything: tuple[Running, Pages], kind: str) -> None:
    running, pages = everything
    told = ask(pages, kind, over_tls(everything), body())
    assert told.get("answer", told)["type"] == "message", told
    assert running.token not in json.dumps(running.fake.last())


@pytest.mark.parametrize("kind", CLIENTS)
def test_their_streams_come_event_by_event(everything: tuple[Running, Pages], kind: str) -> None:
    told = ask(everything[1], kind, over_tls(everything), body("events=4 gap=0.25", stream=True))
    assert "events" in told, told
    check_gaps(told["events"])


@pytest.mark.parametrize("kind", ["messages", "bearer"])
def test_passed_through_as_well(pages: Pages, gateway: Running, kind: str) -> None:
    where: dict[str, object] = {"url": gateway.url, "token": gateway.token}
    assert ask(pages, kind, where, body())["answer"]["type"] == "message"
    check_gaps(ask(pages, kind, where, body("events=4 gap=0.25", stream=True))["events"])
    listed = "([where]) => models(where)"
    assert pages.run(listed, [where]) == [model.id for model in MODELS]
    counted = "([where, request]) => count(where, request)"
    request = {"model": "claude-opus-5", "messages": body()["messages"]}
    assert pages.run(counted, [where, request]) == {"input_tokens": 14}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [400, 413, 429, 500, 529])
def test_the_client_sees_an_upstreams_error_as_it_is(
    pages: Pages, where: dict[str, object], status: int, stream: bool
) -> None:
    told = ask(pages, "messages", where, body(f"status={status} retry-after=7", stream=stream))["error"]
    # LiteLLM tells a 500 of Bedrock as a 503 (contract.gateway_losses).
    expected = 503 if status == 500 and str(where["url"]).startswith("https:") else status
    assert told["status"] == expected
    assert told["retryAfter"] == "7"
    assert told["requestId"] == "req_fake"
    assert f"fake {status}" in told["message"]


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_wrong_token_is_told_as_such(everything: tuple[Running, Pages], kind: str) -> None:
    where = {**over_tls(everything), "token": "wrong"}
    told = ask(everything[1], kind, where, body())["error"]
    assert told["status"] == 401
    assert told["type"] == "authentication_error"


def test_a_client_that_aborts_ends_the_upstream_request(pages: Pages, gateway: Running) -> None:
    before = gateway.fake.seen()["aborted"]
    where = {"url": gateway.url, "token": gateway.token, "abortAfter": 3}
    told = ask(pages, "messages", where, body("events=400 gap=0.05", stream=True))
    assert len(told["events"]) == 3
    until = time.monotonic() + 10
    while gateway.fake.seen()["aborted"] == before:
        assert time.monotonic() < until, "the upstream still streams"
        time.sleep(0.05)


def test_a_page_reads_every_error_by_fetch(pages: Pages, where: dict[str, object]) -> None:
    key = {"x-api-key": where["token"], "content-type": "application/json"}
    large = json.dumps(body(x="a" * (5 << 20)))
    for path, method, headers, content, status in (
        ("/v1/messages", "POST", {"content-type": "application/json"}, "{}", 401),
        ("/v1/messages", "POST", key, "[1]", 400),
        ("/v1/messages", "POST", key, large, 413),
        ("/v1/messages", "GET", key, None, 405),
        ("/v1/nothing", "POST", key, "{}", 404),
        ("/v1/models", "GET", {"authorization": f"Bearer {where['token']}x"}, None, 401),
        # Without a header of its own, so that no preflight goes ahead, which would be refused as well.
        (f"/v1/models?x={'a' * 70_000}", "GET", {}, None, 414),
    ):
        told = pages.run(
            FETCH, {"url": f"{where['url']}{path}", "method": method, "headers": headers, "body": content}
        )
        assert told.get("status") == status, (path[:40], told)
        assert json.loads(told["text"])["error"]["message"]
        assert told["id"]


def test_every_header_of_the_contract_may_be_sent(pages: Pages, where: dict[str, object]) -> None:
    headers = {
        **dict.fromkeys(REQUEST_HEADERS, "x"),
        "x-api-key": where["token"],
        "content-type": "application/json",
    }
    del headers["authorization"]
    told = pages.run(
        FETCH,
        {
            "url": f"{where['url']}/v1/messages",
            "method": "POST",
            "headers": headers,
            "body": json.dumps(body()),
        },
    )
    assert told.get("status") == 200, told


def test_the_browser_does_judge(pages: Pages, where: dict[str, object], fake_upstream: Fake) -> None:
    direct = {"url": f"{fake_upstream.url}/v1/messages", "method": "POST", "headers": {}, "body": "{}"}
    assert "Failed to fetch" in pages.run(FETCH, direct)["blocked"]
    models = {"url": f"{where['url']}/v1/models", "method": "GET", "headers": {"x-api-key": where["token"]}}
    assert pages.run(FETCH, models)["status"] == 200
    assert "Failed to fetch" in pages.run(FETCH, models, host=ELSEWHERE)["blocked"]
