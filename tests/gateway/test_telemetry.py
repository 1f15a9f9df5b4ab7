"""Telemetry through the running gateway: authenticated, sent on with the collector's own credential, never ours."""

import gzip
import json
import time
from collections.abc import Generator
from dataclasses import replace

import httpx
import pytest

from claude_byoc.contract.gateway import TELEMETRY_ROUTES
from claude_byoc.gateway.image.telemetry import collector_headers
from claude_byoc.gateway.litellm import secret_variables
from claude_byoc.gateway.spec import EntraAuth, GatewaySpec
from claude_byoc.gateway.telemetry import COLLECTOR_SECRET, COLLECTOR_VARIABLE, TelemetrySpec
from claude_byoc.gateway.tokens import SigningKey
from tests.gateway.collector import CREDENTIAL, Collector
from tests.gateway.issuer import APP, DESKTOP, TENANT, Issuer
from tests.gateway.readable import ORIGIN, preflight_refused, unreadable
from tests.gateway.running import PROMPT, PROVIDER_KEY, Running, body, token
from tests.gateway.test_conformance import as_answer, check_error
from tests.gateway.test_spec import SPEC

PATHS = [route.path for route in TELEMETRY_ROUTES]
SPANS = {
    "resourceSpans": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "office-agent"}}]},
            "scopeSpans": [{"spans": [{"name": "agent.query", "attributes": [
                {"key": "user.message", "value": {"stringValue": PROMPT}}]}]}],
        }
    ]
}  # fmt: skip


@pytest.fixture
def willing(collector: Collector) -> Generator[Collector]:
    """The collector, which accepts until a test says otherwise."""
    yield collector
    collector.status, collector.headers = 200, {}


def post(parts: Running, path: str, content: bytes, **headers: str) -> httpx.Response:
    sent = {"content-type": "application/json", "x-api-key": parts.token, **headers}
    with parts.client("none") as client:
        return client.post(
            path, content=content, headers={name: value for name, value in sent.items() if value}
        )


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"collector_url": "http://otel.example.com"}, "collectorUrl"),
        ({"collector_url": "https://u:p@otel.example.com"}, "collectorUrl"),
        ({"collector_url": "https://otel.example.com/v1/traces"}, "collectorUrl"),
        ({"max_body_mib": 0}, "maxBodyMib"),
        ({"max_body_mib": 17}, "maxBodyMib"),
        ({"sender_team": "a\nb"}, "senderTeam"),
    ],
)
def test_each_mistake_has_its_key(changes: dict[str, object], key: str) -> None:
    telemetry = replace(TelemetrySpec("https://otel.example.com"), **changes)
    assert {one.key for one in replace(SPEC, telemetry=telemetry).problems()} == {f"gateway.telemetry.{key}"}


def test_a_team_of_senders_needs_tokens() -> None:
    spec: GatewaySpec = replace(SPEC, tokens=None, entra=EntraAuth(TENANT, APP))
    spec = replace(spec, telemetry=TelemetrySpec("http://127.0.0.1:4318", sender_team="telemetry"))
    assert [one.key for one in spec.problems()] == ["gateway.telemetry.senderTeam"]


def test_the_collectors_credential_is_a_secret_variable() -> None:
    telemetry = TelemetrySpec("https://otel.example.com", collector_headers=True)
    assert secret_variables(replace(SPEC, telemetry=telemetry))[COLLECTOR_VARIABLE] == COLLECTOR_SECRET
    assert collector_headers("authorization=Bearer%20a%3Db, x-k=v,") == {
        "authorization": "Bearer a=b",
        "x-k": "v",
    }
    with pytest.raises(ValueError, match="name=value") as refused:
        collector_headers("a-secret-without-a-name")
    assert "a-secret" not in str(refused.value)


@pytest.mark.gateway
@pytest.mark.parametrize("path", PATHS)
def test_every_signal_reaches_the_collector_with_its_own_credential(
    parts: Running, willing: Collector, path: str
) -> None:
    content = gzip.compress(b"\x0a\x02protobuf")
    response = post(
        parts, path, content, **{
            "content-type": "application/x-protobuf", "content-encoding": "gzip", "cookie": "a=b",
            "x-collector-key": "the client's", "origin": ORIGIN,
        },
    )  # fmt: skip
    assert (response.status_code, response.json()) == (200, {"partialSuccess": {}})
    assert not unreadable(as_answer(response))
    delivery = willing.deliveries[-1]
    assert (delivery.path, delivery.body) == (path, content)
    assert delivery.headers["x-collector-key"] == CREDENTIAL
    assert delivery.headers["content-encoding"] == "gzip"
    assert {"x-api-key", "authorization", "cookie", "origin"}.isdisjoint(delivery.headers)
    assert CREDENTIAL not in response.text + repr(response.headers)


@pytest.mark.gateway
def test_spans_are_in_no_log_and_who_sent_them_is(parts: Running, willing: Collector) -> None:
    assert post(parts, "/v1/traces", json.dumps(SPANS).encode()).status_code == 200
    assert PROMPT.encode() in willing.deliveries[-1].body
    until = time.monotonic() + 10
    log = ""
    while '"event":"telemetry"' not in log:
        assert time.monotonic() < until
        log = "".join(
            (parts.gateway.folder / name).read_text() for name in ("app.log", "edge.log", "access.log")
        )
    record = json.loads(next(line for line in log.splitlines() if '"event":"telemetry"' in line))
    assert (record["name"], record["team"], record["status"]) == ("tester", "blue", 200)
    for secret in (PROMPT, CREDENTIAL, parts.token, PROVIDER_KEY):
        assert secret not in log


@pytest.mark.gateway
def test_a_preflight_with_the_headers_of_the_manifest(parts: Running) -> None:
    wanted = ["content-type", "x-api-key", "x-team"]
    headers = {
        "origin": ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": ",".join(wanted),
    }
    with parts.client("none") as client:
        assert not preflight_refused(as_answer(client.options("/v1/traces", headers=headers)), "POST", wanted)


@pytest.mark.gateway
@pytest.mark.parametrize("path", PATHS)
def test_only_who_is_known_may_send(parts: Running, willing: Collector, issuer: Issuer, path: str) -> None:
    count = len(willing.deliveries)
    check_error(as_answer(post(parts, path, b"{}", **{"x-api-key": ""})), 401)
    check_error(as_answer(post(parts, path, b"{}", **{"x-api-key": CREDENTIAL})), 401)
    assert len(willing.deliveries) == count
    desktop = f"Bearer {issuer.token(aud=DESKTOP, scp=None)}"
    assert post(parts, path, b"{}", **{"x-api-key": "", "authorization": desktop}).status_code == 200


@pytest.mark.gateway
def test_a_token_for_telemetry_is_good_for_nothing_else(
    parts: Running, willing: Collector, signing_key: SigningKey
) -> None:
    sender = token(signing_key, team="telemetry")
    assert post(parts, "/v1/traces", b"{}", **{"x-api-key": sender}).status_code == 200
    with parts.client("none") as client:
        for response in (
            client.post("/v1/messages", json=body(), headers={"x-api-key": sender}),
            client.get("/v1/models", headers={"x-api-key": sender}),
        ):
            assert "telemetry alone" in check_error(as_answer(response), 403)["message"]


@pytest.mark.gateway
def test_what_is_no_telemetry_or_too_much_stays_here(parts: Running, willing: Collector) -> None:
    count = len(willing.deliveries)
    for kind in ("", "text/plain", "application/grpc"):
        refused = as_answer(post(parts, "/v1/traces", b"{}", **{"content-type": kind}))
        assert (refused.status, unreadable(refused)) == (415, "")
    assert (
        "1 MiB" in check_error(as_answer(post(parts, "/v1/traces", b" " * ((1 << 20) + 1))), 413)["message"]
    )
    with parts.client() as client:
        chunks = (b" " * 65536 for _ in range(40))
        chunked = client.post("/v1/logs", content=chunks, headers={"content-type": "application/json"})
        check_error(as_answer(chunked), 413)
        check_error(as_answer(client.get("/v1/traces")), 405)
    assert len(willing.deliveries) == count
    assert post(parts, "/v1/traces", b" " * (1 << 20)).status_code == 200


@pytest.mark.gateway
@pytest.mark.parametrize(
    ("answered", "told", "wait"),
    [(503, 503, "30"), (429, 429, "30"), (502, 503, "30"), (401, 500, None), (403, 500, None), (400, 400, None),
     (302, 500, None)],
)  # fmt: skip
def test_what_the_collector_refuses_can_be_read(
    parts: Running, willing: Collector, answered: int, told: int, wait: str | None
) -> None:
    willing.status = answered
    willing.headers = {"location": "https://elsewhere.example.com"} if answered == 302 else {}
    answer = as_answer(post(parts, "/v1/traces", b"{}"))
    assert "collector" in check_error(answer, told)["message"].lower()
    assert answer.all("retry-after") == ([wait] if wait else [])


@pytest.mark.gateway
def test_how_long_to_wait_is_passed_on(parts: Running, willing: Collector) -> None:
    willing.status, willing.headers = 429, {"retry-after": "7"}
    assert as_answer(post(parts, "/v1/traces", b"{}")).all("retry-after") == ["7"]


@pytest.mark.gateway
def test_a_collector_that_is_away_is_503_until_it_is_back(parts: Running, willing: Collector) -> None:
    willing.stop()
    try:
        answer = as_answer(post(parts, "/v1/traces", b"{}"))
    finally:
        willing.start()
    assert "does not answer" in check_error(answer, 503)["message"]
    assert answer.all("retry-after") == ["30"]
    assert post(parts, "/v1/traces", b"{}").status_code == 200


@pytest.mark.gateway
@pytest.mark.parametrize("path", PATHS)
def test_without_a_collector_there_is_no_such_address(gateway: Running, path: str) -> None:
    check_error(as_answer(post(gateway, path, b"{}")), 404)
