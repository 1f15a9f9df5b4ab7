"""The gateway against its contract: every address, method, credential, status and stream, with the real parts."""

import base64
import itertools
import json
import time
from typing import Any

import httpx
import pytest

from claude_byoc.contract.gateway import BEDROCK_PREFIX, ERROR_TYPES, REQUEST_HEADERS
from tests.gateway.conftest import MODELS, PROFILE
from tests.gateway.readable import ORIGIN, Answer, exchange, preflight_refused, unreadable
from tests.gateway.running import PROMPT, PROVIDER_KEY, Running, body

pytestmark = pytest.mark.gateway

SIGNED_IN = {
    "/v1/messages": "POST",
    "/v1/messages?beta=true": "POST",
    "/v1/messages/count_tokens": "POST",
    "/v1/models": "GET",
}
BEDROCK = {
    f"{BEDROCK_PREFIX}/model/eu.anthropic.claude-opus-5/invoke": "POST",
    f"{BEDROCK_PREFIX}/model/eu.anthropic.claude-newer-9/invoke-with-response-stream": "POST",
}
OPEN = {"/health": "GET", "/ready": "GET", "/api/hello": "HEAD"}
ELSEWHERE = [
    "/", "/ui", "/ui/", "/metrics", "/openapi.json", "/routes", "/docs", "/health/readiness", "/health/liveliness",
    "/key/generate", "/model/info", "/chat/completions", "/v1/chat/completions", "/anthropic/v1/messages",
    "/v1/messages/", "/v1/messages/batches", "/v1//messages/x", "/bedrock/model/x/converse", "/vertex_ai/v1/projects",
    "/v1/../ui", "/v1/%2e%2e/ui", "/.error/500", "/v1/models/x", "/config/yaml", "/spend/logs", "/user/list",
]  # fmt: skip
STATUSES = [400, 401, 403, 404, 413, 429, 500, 502, 503, 504, 529]
INVOKE = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 16, "messages": body()["messages"]}


def as_answer(response: httpx.Response) -> Answer:
    headers = [(name.decode().lower(), value.decode()) for name, value in response.headers.raw]
    return Answer(response.status_code, headers, response.content)


def check_error(answer: Answer, status: int) -> dict[str, Any]:
    """Assert that an answer is readable and in Anthropic's shape; return its `error`."""
    assert not unreadable(answer)
    assert answer.status == status, answer.body
    document = json.loads(answer.body)
    assert document["type"] == "error"
    assert document["error"]["type"] == ERROR_TYPES[status]
    assert document["error"]["message"]
    assert answer.all("request-id")
    return document["error"]


@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
@pytest.mark.parametrize("path", SIGNED_IN)
def test_every_address_takes_both_credentials(gateway: Running, path: str, scheme: str) -> None:
    with gateway.client(scheme) as client:
        method = SIGNED_IN[path]
        response = client.request(method, path, json=body() if method == "POST" else None)
    assert response.status_code == 200, response.text
    assert not unreadable(as_answer(response))


@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
@pytest.mark.parametrize("path", BEDROCK)
def test_bedrock_addresses_take_both_credentials(failover: Running, path: str, scheme: str) -> None:
    with failover.client(scheme) as client:
        response = client.post(path, json=INVOKE)
    assert response.status_code == 200, response.text
    assert not unreadable(as_answer(response))


@pytest.mark.parametrize("path", OPEN)
def test_open_addresses_ask_nobody(gateway: Running, path: str) -> None:
    with gateway.client("none") as client:
        for method in ("GET", "HEAD"):
            answer = as_answer(client.request(method, path))
            assert answer.status == 200
            assert not unreadable(answer)


@pytest.mark.parametrize("path", ELSEWHERE)
def test_everything_else_is_not_found(gateway: Running, path: str) -> None:
    for credential in (f"x-api-key: {gateway.token}\r\n", ""):
        for method in ("GET", "POST"):
            head = f"{method} {path} HTTP/1.1\r\nHost: x\r\n{credential}Content-Length: 2\r\n"
            raw = f"{head}Connection: close\r\n\r\n{{}}"
            [answer] = exchange(gateway.gateway.port, raw.encode())
            check_error(answer, 404)


@pytest.mark.parametrize("path", [*SIGNED_IN, *OPEN])
def test_another_method_is_refused(gateway: Running, path: str) -> None:
    wrong = "GET" if SIGNED_IN.get(path) == "POST" else "POST"
    with gateway.client() as client:
        for method in (wrong, "PUT", "DELETE", "PATCH"):
            check_error(as_answer(client.request(method, path)), 405)


CREDENTIALS = {
    "none": {},
    "empty": {"x-api-key": ""},
    "wrong": {"x-api-key": "sk-wrong"},
    "basic": {"authorization": "Basic dXNlcjpwYXNz"},
    "jwt": {"authorization": "Bearer aaa.bbb.ccc"},
    "provider": {"x-api-key": PROVIDER_KEY},
    "litellm": {"x-litellm-api-key": "sk-1234", "api-key": "x"},
}


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize("path", SIGNED_IN)
def test_without_a_valid_credential_it_is_401_before_anything_else(
    gateway: Running, path: str, credential: str
) -> None:
    seen = len(gateway.fake.seen()["requests"])
    with gateway.client("none") as client:
        for content in (json.dumps(body()).encode(), b"{bad", b""):
            response = client.request(SIGNED_IN[path], path, content=content, headers=CREDENTIALS[credential])
            error = check_error(as_answer(response), 401)
            assert "x-api-key" in error["message"] or "credential" in error["message"]
    assert len(gateway.fake.seen()["requests"]) == seen


def test_two_credentials_that_differ_are_none(gateway: Running) -> None:
    with gateway.client("bearer") as client:
        answer = as_answer(client.get("/v1/models", headers={"x-api-key": "another"}))
    assert "different" in check_error(answer, 401)["message"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", STATUSES)
def test_an_upstreams_error_passes_as_it_is(gateway: Running, status: int, stream: bool) -> None:
    with gateway.client() as client:
        response = client.post("/v1/messages", json=body(f"status={status} retry-after=7", stream=stream))
    answer = as_answer(response)
    assert not unreadable(answer)
    assert answer.status == status
    assert answer.all("retry-after") == ["7"]
    assert answer.all("request-id") == ["req_fake"]
    assert json.loads(answer.body)["error"]["message"] == f"fake {status}"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [400, 403, 413, 429, 529])
def test_it_survives_the_way_through_litellms_router(failover: Running, status: int, stream: bool) -> None:
    with failover.client() as client:
        response = client.post("/v1/messages", json=body(f"status={status} retry-after=7", stream=stream))
    answer = as_answer(response)
    check_error(answer, status)
    assert answer.all("retry-after") == ["7"]
    assert json.loads(answer.body)["error"]["message"] == f"fake {status}"


@pytest.mark.parametrize("status", [400, 403, 429, 500, 529])
def test_bedrock_errors_have_anthropics_shape(failover: Running, status: int) -> None:
    path = next(iter(BEDROCK))
    with failover.client() as client:
        content = {**INVOKE, "messages": body(f"status={status} retry-after=7")["messages"]}
        answer = as_answer(client.post(path, json=content))
    assert check_error(answer, status)["message"] == f"fake {status}"
    assert answer.all("retry-after") == ["7"]


def test_a_request_reaches_the_upstream_byte_by_byte(gateway: Running) -> None:
    sent = json.dumps(
        body(
            model="claude-newer-9", temperature=0.3, top_k=5, top_p=0.9, service_tier="auto",
            metadata={"user_id": "u"}, thinking={"type": "enabled", "budget_tokens": 1024},
            tools=[{"type": "web_search_20260101", "name": "web_search"}], unknown_field={"kept": [1, 2.50]},
        ),
        indent=3,
    ).encode()  # fmt: skip
    headers = {
        "content-type": "application/json",
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "first-2099-01-01,second-2099",
        "origin": ORIGIN,
        "cookie": "session=1",
        "x-litellm-timeout": "1",
        "x-pass-x-api-key": "mine",
    }
    with gateway.client() as client:
        assert client.post("/v1/messages?beta=true", content=sent, headers=headers).status_code == 200
    seen = gateway.fake.last()
    assert seen["body"].encode() == sent
    assert seen["target"] == "/v1/messages?beta=true"
    assert seen["headers"]["anthropic-beta"] == headers["anthropic-beta"]
    assert seen["headers"]["anthropic-version"] == headers["anthropic-version"]
    assert seen["headers"]["x-api-key"] == PROVIDER_KEY
    assert gateway.token not in json.dumps(seen)
    assert {"origin", "cookie", "authorization", "x-litellm-timeout"}.isdisjoint(seen["headers"])


def test_the_providers_key_stays_inside(gateway: Running, failover: Running) -> None:
    for running in (gateway, failover):
        with running.client() as client:
            for order in ("", "status=401", "status=500", "close"):
                response = client.post("/v1/messages", json=body(order))
                text = response.text + repr(response.headers)
                assert PROVIDER_KEY not in text
                assert "litellm" not in text.lower()
                assert running.fake.url not in text


@pytest.mark.parametrize("path", [*SIGNED_IN, *OPEN, "/no-such-address"])
@pytest.mark.parametrize("private", [False, True])
def test_preflights(gateway: Running, path: str, private: bool) -> None:
    wanted = [*REQUEST_HEADERS, "x-future-header"]
    with gateway.client("none") as client:
        headers = {
            "origin": ORIGIN,
            "access-control-request-method": SIGNED_IN.get(path, "GET"),
            "access-control-request-headers": ",".join(wanted),
            **({"access-control-request-private-network": "true"} if private else {}),
        }
        asked = as_answer(client.options(path, headers=headers))
        assert not preflight_refused(asked, SIGNED_IN.get(path, "GET"), wanted, private=private)
        plain = as_answer(client.options(path))
        assert not preflight_refused(plain, "POST", list(REQUEST_HEADERS))
        assert not plain.all("access-control-allow-private-network")


def test_a_stream_comes_event_by_event(gateway: Running) -> None:
    began = time.monotonic()
    arrived: list[float] = []
    text = ""
    with (
        gateway.client() as client,
        client.stream("POST", "/v1/messages", json=body("events=4 gap=0.25", stream=True)) as response,
    ):
        assert not unreadable(Answer(200, [(k.lower(), v) for k, v in response.headers.items()], b""))
        assert response.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in response.headers
        for line in response.iter_lines():
            text += f"{line}\n"
            if "content_block_delta" in line and line.startswith("data:"):
                arrived.append(time.monotonic() - began)
    gaps = [later - earlier for earlier, later in itertools.pairwise(arrived)]
    assert len(arrived) == 4
    assert min(gaps) > 0.1  # together they would come within a moment
    assert text.count("event: ") == 9
    assert "message_stop" in text


def test_a_bedrock_stream_comes_frame_by_frame(failover: Running) -> None:
    content = {**INVOKE, "messages": body("events=4 gap=0.25")["messages"]}
    path = f"{BEDROCK_PREFIX}/model/eu.anthropic.claude-opus-5/invoke-with-response-stream"
    pieces: list[tuple[float, bytes]] = []
    with failover.client("bearer") as client, client.stream("POST", path, json=content) as response:
        assert response.headers["content-type"] == "application/vnd.amazon.eventstream"
        pieces = [(time.monotonic(), piece) for piece in response.iter_raw()]
    whole = b"".join(piece for _, piece in pieces)
    texts: list[str] = []
    while whole:
        size, header = int.from_bytes(whole[:4], "big"), int.from_bytes(whole[4:8], "big")
        frame, whole = json.loads(whole[12 + header : size - 4]), whole[size:]
        texts.append(json.loads(base64.b64decode(frame["bytes"]))["type"])
    assert texts == [
        "message_start", "content_block_start", *["content_block_delta"] * 4, "content_block_stop", "message_delta",
        "message_stop",
    ]  # fmt: skip
    assert pieces[-1][0] - pieces[0][0] > 0.7


def test_a_client_that_goes_away_ends_the_upstream_request(gateway: Running) -> None:
    aborted, count = gateway.fake.seen()["aborted"], len(gateway.records())
    with (
        gateway.client() as client,
        client.stream("POST", "/v1/messages", json=body("events=400 gap=0.05", stream=True)) as response,
    ):
        next(response.iter_lines())
    until = time.monotonic() + 10
    while gateway.fake.seen()["aborted"] == aborted:
        assert time.monotonic() < until, "the upstream still streams"
        time.sleep(0.05)
    record = gateway.record_of("/anthropic/v1/messages", count)
    assert record["complete"] is False
    assert record["input_tokens"] == 12


def test_models_are_those_of_the_settings(gateway: Running) -> None:
    with gateway.client() as client:
        document = client.get("/v1/models?limit=1000").json()
    assert [model["id"] for model in document["data"]] == [model.id for model in MODELS]
    assert {model["type"] for model in document["data"]} == {"model"}
    assert document["has_more"] is False


def test_a_model_that_is_not_offered_is_told(gateway: Running, failover: Running) -> None:
    other = f"{BEDROCK_PREFIX}/model/eu.anthropic.claude-other/invoke"
    for running, path, content in (
        (gateway, "/v1/messages", body(model="claude-other")),
        (failover, "/v1/messages", body(model="claude-other")),
        (failover, "/v1/messages", body(model="claude-opus-5 at foundry")),
        (failover, other, INVOKE),
    ):
        with running.client() as client:
            error = check_error(as_answer(client.post(path, json=content)), 404)
        assert "not offered" in error["message"]


def test_a_profile_of_the_accounts_own_is_called_by_its_arn(failover: Running) -> None:
    with failover.client() as client:
        for name in (PROFILE, PROFILE.replace(":", "%3A").replace("/", "%2F")):
            response = client.post(f"{BEDROCK_PREFIX}/model/{name}/invoke", json=INVOKE)
            assert response.status_code == 200, response.text
        assert client.post("/v1/messages", json=body(model="claude-team")).status_code == 200
    targets = [request["target"] for request in failover.fake.seen()["requests"][-3:]]
    assert all("abc123/invoke" in target for target in targets)


def test_the_next_upstream_answers_where_the_first_fails(failover: Running) -> None:
    with failover.client() as client:
        response = client.post("/v1/messages", json=body("status=503 only=model"))
        assert response.status_code == 200, response.text
    paths = [request["target"] for request in failover.fake.seen()["requests"][-2:]]
    assert paths == ["/model/eu.anthropic.claude-opus-5/invoke", "/anthropic/v1/messages"]


def test_the_usage_record_tells_who_and_how_much_and_no_prompt(gateway: Running) -> None:
    for content, tokens in ((body(), 6), (body("events=9", stream=True), 9)):
        count = len(gateway.records())
        with gateway.client() as client:
            client.post("/v1/messages", json=content, headers={"user-agent": "office"})
        record = gateway.record_of("/anthropic/v1/messages", count)
        told = {"kind": "token", "name": "tester", "team": "blue", "status": 200, "complete": True, "client": "office",
                "model": "claude-opus-5", "input_tokens": 12, "output_tokens": tokens, "cache_read_tokens": 3,
                "cache_creation_tokens": 2, "request_id": "req_fake"}  # fmt: skip
        assert told.items() <= record.items()
        assert record["cost_usd"] > 0


def test_a_bedrock_stream_is_counted_too(failover: Running) -> None:
    path = f"{BEDROCK_PREFIX}/model/eu.anthropic.claude-opus-5/invoke-with-response-stream"
    count = len(failover.records())
    with failover.client() as client:
        client.post(path, json={**INVOKE, "messages": body("events=5")["messages"]})
    record = failover.record_of(path, count)
    assert (record["input_tokens"], record["output_tokens"]) == (12, 5)


def test_no_log_holds_a_prompt_or_a_credential(gateway: Running, failover: Running) -> None:
    for running in (gateway, failover):
        with running.client() as client:
            for order in ("", "status=400", "status=529", "close"):
                client.post("/v1/messages", json=body(order))
        for log in ("app.log", "edge.log", "access.log"):
            text = (running.gateway.folder / log).read_text()
            assert PROMPT not in text
            assert running.token not in text
            assert PROVIDER_KEY not in text
        assert '"path": "/v1/messages"' in (running.gateway.folder / "access.log").read_text()
