"""What goes wrong: requests that are none, bodies too large, LiteLLM down, starting, resetting, slow."""

import json
import socket
import time
from pathlib import Path

import pytest

from claude_byoc.contract.problems import ProblemsError
from claude_byoc.gateway.local import LocalGateway, nginx_program
from claude_byoc.gateway.spec import AnthropicUpstream, GatewaySpec, TokenAuth
from claude_byoc.gateway.tokens import SigningKey
from tests.gateway.conftest import MODELS
from tests.gateway.readable import ORIGIN, Answer, exchange, preflight_refused, unreadable
from tests.gateway.running import PROVIDER_KEY, Fake, Running, body, token
from tests.gateway.test_conformance import as_answer, check_error

pytestmark = pytest.mark.gateway


def post(running: Running, content: bytes, *, headers: str = "", path: str = "/v1/messages") -> list[Answer]:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nx-api-key: {running.token}\r\n"
        f"content-type: application/json\r\nContent-Length: {len(content)}\r\n{headers}Connection: close\r\n\r\n"
    )
    return exchange(running.gateway.port, head.encode() + content)


NOT_HTTP = {
    "bad uri": (b"GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    "nul in uri": (b"GET /v1/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    "above the root": (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    "no host": (b"GET /v1/models HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n", 400),
    "bad length": (
        b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\nConnection: close\r\n\r\n",
        400,
    ),
    "length and chunks": (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n%b"
        % b"Connection: close\r\n\r\n",
        400,
    ),
    "unknown encoding": (
        b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n",
        501,
    ),
    "long uri": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 414),
    "large header": (
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 70_000 + b"\r\nConnection: close\r\n\r\n",
        431,
    ),
    "bad method": (b"get_ / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", NOT_HTTP)
def test_what_is_no_http_gets_a_readable_error(gateway: Running, name: str) -> None:
    raw, status = NOT_HTTP[name]
    [answer] = exchange(gateway.gateway.port, raw)
    assert not unreadable(answer)
    assert answer.status == status
    assert json.loads(answer.body)["type"] == "error"


BODIES = {
    "nothing": b"",
    "spaces": b"   ",
    "a list": b"[1]",
    "a string": b'"text"',
    "half": b'{"model": "claude-opus-5"',
    "bad utf-8": b'{"model": "claude-opus-5", "x": "\xff\xfe"}',
    "deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "lone surrogate": b'{"model": "claude-opus-5", "max_tokens": 1, "messages": [], "x": "\\ud800"}',
    "huge number": b'{"model": "claude-opus-5", "max_tokens": 1' + b"0" * 5000 + b', "messages": []}',
    "model a list": b'{"model": ["claude-opus-5"], "messages": []}',
    "no model": b'{"messages": []}',
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_a_malformed_body_gets_a_readable_answer(
    gateway: Running, failover: Running, path: str, name: str
) -> None:
    for running in (gateway, failover):
        [answer] = post(running, BODIES[name], path=path)
        assert not unreadable(answer)
        if answer.status != 200:  # what LiteLLM takes for an object, the upstream judges
            assert json.loads(answer.body)["error"]["message"]
        # The trap: LiteLLM resets a connection after a failure, and the next request with it.
        assert post(running, json.dumps(body()).encode())[0].status == 200


@pytest.mark.parametrize("name", ["nothing", "spaces", "a list", "a string", "half"])
def test_a_body_that_is_no_object_is_the_callers_mistake(gateway: Running, name: str) -> None:
    [answer] = post(gateway, BODIES[name])
    check_error(answer, 400)


def test_valid_requests_after_failures_on_one_connection(gateway: Running) -> None:
    good = json.dumps(body()).encode()
    bad = BODIES["deep"]
    head = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nx-api-key: {}\r\ncontent-type: application/json\r\n"
    raw = b"".join(
        f"{head.format(gateway.token)}Content-Length: {len(content)}\r\n{end}\r\n".encode() + content
        for number in range(10)
        for content, end in ((bad, ""), (good, "Connection: close\r\n" if number == 9 else ""))
    )
    answers = exchange(gateway.gateway.port, raw)
    assert [answer.status for answer in answers[1::2]] == [200] * 10
    assert not any(unreadable(answer) for answer in answers)


@pytest.mark.parametrize("told", [True, False], ids=["content-length", "chunked"])
def test_a_body_that_is_too_large(gateway: Running, told: bool) -> None:
    content = b'{"x": "' + b"a" * (5 << 20) + b'"}'
    if told:
        [answer] = post(gateway, content)
    else:
        head = f"POST /v1/messages HTTP/1.1\r\nHost: x\r\nx-api-key: {gateway.token}\r\nTransfer-Encoding: chunked\r\n"
        chunk = f"{len(content):x}\r\n".encode() + content + b"\r\n0\r\n\r\n"
        [answer] = exchange(gateway.gateway.port, f"{head}Connection: close\r\n\r\n".encode() + chunk)
    assert "4 MiB" in check_error(answer, 413)["message"]


def test_a_large_body_below_the_limit_passes(gateway: Running) -> None:
    content = json.dumps(body(x="a" * (3 << 20))).encode()
    [answer] = post(gateway, content)
    assert answer.status == 200
    assert gateway.fake.last()["body"].encode() == content


def test_a_large_body_without_a_credential_is_401_not_a_reset(gateway: Running) -> None:
    content = json.dumps(body(x="a" * (3 << 20))).encode()
    head = f"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    for _ in range(5):
        [answer] = exchange(gateway.gateway.port, head.encode() + content)
        check_error(answer, 401)


def test_an_upstream_that_breaks_off(gateway: Running) -> None:
    for stream in (False, True):
        with gateway.client() as client:
            answer = as_answer(client.post("/v1/messages", json=body("close", stream=stream)))
        assert answer.status >= 500
        check_error(answer, answer.status)


def test_a_stream_that_breaks_off_ends_with_an_error_event(gateway: Running, failover: Running) -> None:
    for running in (gateway, failover):
        with running.client() as client:
            text = client.post("/v1/messages", json=body("events=5 break=2", stream=True)).text
        *_, last, end = text.split("\n\n")
        assert end == ""
        assert last.startswith("event: error\ndata: ")
        assert json.loads(last.partition("data: ")[2])["error"]["type"] == "api_error"


@pytest.fixture
def alone(tmp_path: Path, litellm: Path, signing_key: SigningKey, fake_upstream: Fake) -> LocalGateway:
    """A gateway that is not started."""
    spec = GatewaySpec(
        [AnthropicUpstream(fake_upstream.url)], MODELS, TokenAuth([signing_key.public]), timeout_seconds=60
    )
    return LocalGateway(spec, tmp_path, nginx_program(), litellm, secrets={"ANTHROPIC_API_KEY": PROVIDER_KEY})


def test_while_litellm_is_down_starting_and_stopped(
    alone: LocalGateway, signing_key: SigningKey, fake_upstream: Fake
) -> None:
    running = Running(alone, token(signing_key), fake_upstream)
    try:
        alone.write()
        alone.start_edge()
        [down] = post(running, json.dumps(body()).encode())
        assert "starting" in check_error(down, 502)["message"]
        assert down.all("retry-after") == ["5"]
        alone.start_app()
        statuses: set[int] = set()
        until = time.monotonic() + 120
        while 200 not in statuses:
            [answer] = post(running, json.dumps(body()).encode())
            statuses.add(answer.status)
            assert not unreadable(answer)
            assert time.monotonic() < until
        assert statuses <= {200, 502}
        assert alone.app is not None
        alone.app.stop()
        [stopped] = post(running, json.dumps(body()).encode())
        check_error(stopped, 502)
        with running.client() as client:
            asked = as_answer(
                client.options("/v1/messages", headers={"access-control-request-method": "POST"})
            )
            assert not preflight_refused(asked, "POST", ["x-api-key"])
            assert client.get("/health").status_code == 200
            check_error(as_answer(client.get("/ready")), 502)
    finally:
        alone.close()


def test_a_port_that_is_taken_is_told_with_nginxs_words(alone: LocalGateway) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        alone.port = other.getsockname()[1]
        alone.write()
        try:
            with pytest.raises(ProblemsError, match="Address already in use"):
                alone.start_edge()
        finally:
            alone.close()
