"""`claude-byoc doctor` on gateways that run here: ours, LiteLLM as it comes, and others with one fault each."""

import contextlib
import json
import shlex
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import yaml

from claude_byoc.cli.app import run as command_line
from claude_byoc.contract.gateway import ROUTES
from claude_byoc.gateway.conformance.advice import causes, edge_lines, settings, settings_lines
from claude_byoc.gateway.conformance.cases import cases
from claude_byoc.gateway.conformance.findings import KINDS
from claude_byoc.gateway.conformance.probe import Found, base_of
from claude_byoc.gateway.conformance.run import Report, examine
from claude_byoc.gateway.conformance.wire import MOST_REQUESTS
from claude_byoc.gateway.local import free_port
from claude_byoc.settings.gateway import GatewaySettings
from tests.gateway.bare import MASTER_KEY, Bare, bare_litellm
from tests.gateway.readable import ORIGIN
from tests.gateway.running import PROVIDER_KEY, Fake, Running
from tests.gateway.test_gateway_run import GIVEN, command

MODEL = "claude-opus-5"


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, litellm: Path, fake_upstream: Fake) -> Generator[Bare]:
    with bare_litellm(tmp_path_factory.mktemp("bare"), litellm, fake_upstream, [MODEL]) as running:
        yield running


@pytest.mark.gateway
def test_ours_passes_every_case(gateway: Running, failover: Running) -> None:
    for running, formats in ((gateway, {"anthropic"}), (failover, {"anthropic", "bedrock"})):
        model = "" if running is gateway else "eu.anthropic.claude-opus-5"
        report = examine(running.url, running.token, send=True)
        assert report.found.product == "claude-byoc"
        assert set(report.found.bases) == formats
        assert list(report.found.headers) == ["x-api-key", "authorization"]
        if model:  # format bedrock has ids of its own
            other = examine(running.url, running.token, send=True, model=model, formats=["bedrock"])
            assert [(result.case, result.findings) for result in other.results if result.findings] == []
            report = examine(running.url, running.token, send=True, formats=["anthropic"])
        assert [(result.case, result.findings) for result in report.results if result.findings] == []
        assert report.general == []
        assert not any(result.skipped for result in report.results)
        assert not edge_lines(report)


@pytest.mark.gateway
def test_without_send_nothing_is_answered_by_a_model(gateway: Running) -> None:
    before = len(gateway.records())
    report = examine(gateway.url, gateway.token)
    assert {result.case for result in report.results if result.skipped == "needs --send"} == {
        "streamed answer (x-api-key)",
        "token count (x-api-key)",
    }
    assert not [record for record in gateway.records()[before:] if record["output_tokens"]]


@pytest.mark.gateway
def test_litellm_as_it_comes_has_the_known_gaps(bare: Bare) -> None:
    report = examine(bare.url, MASTER_KEY, send=True, formats=["anthropic"])
    assert report.found.product == "LiteLLM"
    assert list(report.found.models) == [MODEL]
    assert list(report.found.headers) == ["x-api-key", "authorization"]
    assert kinds(report) == {"reset", "unreadable", "private", "status", "shape", "hidden"}
    wrong = {
        (result.case, finding.kind): finding.detail
        for result in report.results
        for finding in result.findings
    }
    assert wrong["no credential", "unreadable"] == "status 500, no Access-Control-Allow-Origin header"
    assert wrong["wrong x-api-key", "status"] == "status 400 instead of 401"
    assert wrong["preflight to a private network", "private"] == "status 400"
    assert wrong["body that is a list (x-api-key)", "unreadable"].startswith("status 500")
    assert wrong["Content-Length that is no number", "unreadable"].startswith("status 400")
    assert ("the next request on one connection", "reset") in wrong
    assert not {"preflight", "streamed answer (x-api-key)", "token count (x-api-key)"} & {
        result.case for result in report.results if any(finding.breaks for finding in result.findings)
    }


@pytest.mark.gateway
def test_the_edge_that_it_offers_mends_them(bare: Bare, litellm: Path, tmp_path: Path) -> None:
    lines = edge_lines(examine(bare.url, MASTER_KEY, formats=["anthropic"]))
    *_, offered = lines
    port = free_port()
    arguments = shlex.split(offered)[3:]
    more = ("--port", str(port), "--litellm", str(litellm.parent.parent))
    given = {"CLAUDE_BYOC_GATEWAY_TOKEN": GIVEN, "ANTHROPIC_API_KEY": MASTER_KEY}
    with command(tmp_path, *arguments, *more, **given) as (_, said):
        assert "Ctrl-C" in said, said
        report = examine(f"http://127.0.0.1:{port}", GIVEN, send=True)
    assert report.found.product == "claude-byoc"
    assert report.findings == []


@pytest.mark.gateway
def test_the_command_tells_it_to_people_and_programs(
    bare: Bare, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    file = tmp_path / "key"
    file.write_text(MASTER_KEY)
    assert command_line(["doctor", "--url", f"{bare.url}/v1/messages", "--token", f"@{file}"]) == 1
    said = capsys.readouterr().out
    for words in (
        "Product   LiteLLM",
        f"gateway_url={bare.url}\n",
        "breaks",
        "hides this answer",
        "gateway run --up",
    ):
        assert words in said
    assert MASTER_KEY not in said
    assert command_line(["doctor", "--url", bare.url, "--token", f"@{file}", "--json"]) == 1
    text = capsys.readouterr().out
    assert MASTER_KEY not in text
    told = json.loads(text)
    assert told["works"] is False
    assert {entry["format"] for entry in told["formats"]} == {"anthropic", "bedrock", "vertex"}
    assert told["requests"] < MOST_REQUESTS


class Other(BaseHTTPRequestHandler):
    """A gateway of somebody's own with the CORS headers right; `fault` says what else is wrong."""

    fault: ClassVar[str] = ""
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        pass

    def _answer(self, status: int, document: object, **headers: str) -> None:
        content = b"" if status == 204 else json.dumps(document).encode()
        self.send_response(status)
        named = {
            "access-control-allow-origin": ORIGIN,
            "access-control-expose-headers": "request-id, retry-after",
            "access-control-allow-headers": self.headers.get("access-control-request-headers", ""),
            "content-type": "application/json",
            **headers,
        }
        if self.fault == "two origins":
            self.send_header("access-control-allow-origin", "*")
        if self.headers.get("access-control-request-private-network"):
            named["access-control-allow-private-network"] = "true"
        for name, value in named.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _error(self, status: int, kind: str, message: str) -> None:
        self._answer(status, {"type": "error", "error": {"type": kind, "message": message}})

    def do_OPTIONS(self) -> None:
        headers = {"access-control-allow-headers": "*"} if self.fault == "star" else {}
        if self.fault == "redirect":
            self._answer(301, {}, location="/elsewhere")
        else:
            self._answer(204, {}, **headers)

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        try:
            self._serve(self.rfile.read(int(self.headers.get("content-length", "0"))))
        except ValueError:
            self.close_connection = True
            self._error(400, "invalid_request_error", "no length")

    def _serve(self, content: bytes) -> None:
        key, bearer = (
            self.headers.get("x-api-key"),
            self.headers.get("authorization", "").removeprefix("Bearer "),
        )
        known = {"bearer only": [bearer], "key only": [key]}.get(self.fault, [key, bearer])
        if GIVEN not in known and self.fault != "open":
            self._error(401, "authentication_error", "who are you")
        elif self.path == "/v1/models":
            self._answer(200, {"data": [{"type": "model", "id": MODEL}]})
        elif self.path != "/v1/messages":
            self._error(404, "not_found_error", "no such address")
        else:
            self._message(content)

    def _message(self, content: bytes) -> None:
        try:
            asked = json.loads(content)
        except ValueError:
            asked = []
        if not isinstance(asked, dict) or not asked.get("messages"):
            self._error(400, "invalid_request_error", "no messages")
        else:
            self._answer(200, {"type": "message"})


@contextlib.contextmanager
def other(fault: str) -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Faulty", (Other,), {"fault": fault}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("fault", "headers", "expected"),
    [
        ("", ["x-api-key", "authorization"], set[str]()),
        ("bearer only", ["authorization"], {"one-header"}),
        ("key only", ["x-api-key"], {"one-header"}),
        ("open", ["x-api-key", "authorization"], {"open", "status"}),
        ("two origins", ["x-api-key", "authorization"], {"unreadable", "preflight"}),
        ("star", ["x-api-key", "authorization"], {"preflight"}),
        ("redirect", ["x-api-key", "authorization"], {"preflight", "private"}),
    ],
)
def test_one_fault_is_found_as_such(fault: str, headers: list[str], expected: set[str]) -> None:
    with other(fault) as url:
        report = examine(url, GIVEN)
    assert list(report.found.bases) == ["anthropic"]
    assert list(report.found.headers) == headers
    assert kinds(report) == expected
    assert report.breaks == any(KINDS[kind].breaks for kind in expected)


def test_a_gateway_that_asks_before_it_routes_is_told_without_a_token_as_unclear() -> None:
    with other("") as url:
        found = examine(url).found
        assert (dict(found.bases), set(found.unclear)) == ({}, {"anthropic", "bedrock", "vertex"})
        refused = examine(url, "another-token")
    assert refused.findings
    assert not refused.found.headers


def test_a_stream_that_is_none_is_told() -> None:
    with other("") as url:
        report = examine(url, GIVEN, send=True)
    assert {"stream", "count"} <= kinds(report)
    details = [finding.detail for finding in report.findings if finding.kind == "stream"]
    assert details == ["application/json instead of an event stream"]


def test_an_upstream_without_cors_is_unreadable_throughout(fake_upstream: Fake) -> None:
    report = examine(fake_upstream.url, PROVIDER_KEY, formats=["anthropic"])
    readable = [result.case for result in report.results if not result.skipped and not result.findings]
    assert set(readable) <= {"the next request on one connection"}
    assert {"preflight", "private", "unreadable"} <= kinds(report)


def test_the_settings_that_it_prints_are_settings() -> None:
    found = Found({"anthropic": "https://llm.example.com/a"}, ["authorization"], models=[MODEL, 'odd "name"'])
    report = Report("https://llm.example.com/a", found)
    document = yaml.safe_load("\n".join(settings_lines(settings(report))))
    given = document["config"]["claude-byoc:settings"]["gateway"]
    assert given == settings(report)
    read = GatewaySettings.model_validate(given)
    assert read.existing
    assert read.existing.auth_header == "authorization"
    assert read.existing.models == [MODEL, 'odd "name"']


def test_every_address_of_the_contract_has_its_preflight() -> None:
    for name in ("anthropic", "bedrock", "vertex"):
        made = [
            case for case in cases(name, "", ["x-api-key"], MODEL, ("p", "r")) if case.judged == "preflight"
        ]
        asked = [route for route in ROUTES if route.api_format == name and "POST" in route.methods]
        assert len(made) == len(asked) > 0


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://a.example.com/", "https://a.example.com"),
        ("https://a.example.com/v1/messages", "https://a.example.com"),
        ("https://a.example.com/x/v1/models/", "https://a.example.com/x"),
        ("https://a.example.com/vertex_ai/v1", "https://a.example.com/vertex_ai/v1"),
    ],
)
def test_the_base_is_found_in_what_people_copy(given: str, base: str) -> None:
    assert base_of(given) == base


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--url", "llm.example.com"], 2, "no URL"),
        (["--url", "https://user:pass@llm.example.com"], 2, "as --token"),
        (["--url", "https://llm.example.com:port"], 2, "no URL"),
        (["--url", "http://127.0.0.1:1", "--format", "openai"], 2, "anthropic, bedrock, vertex"),
        (["--url", "http://127.0.0.1:1", "--token", "@/nowhere"], 2, "cannot be read"),
        (["--url", "http://127.0.0.1:1"], 1, "nothing listens there"),
    ],
)
def test_mistakes_are_told(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line(["doctor", *arguments]) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert "pass" not in shown.replace("password", "")


def test_a_gateway_that_is_right_exits_with_0(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("CLAUDE_BYOC_GATEWAY_TOKEN", GIVEN)
    with other("bearer only") as url:
        assert command_line(["doctor", "--url", url]) == 0
    said = capsys.readouterr()
    assert "An add-in can use it as it is." in said.out
    assert "gateway_auth_header" in said.out
    assert GIVEN not in said.out + said.err


def test_what_a_gateway_answers_cannot_put_the_token_into_the_report() -> None:
    report = examine("http://127.0.0.1:1", GIVEN)
    assert report.unreachable
    assert causes(report) == []
    assert report.breaks
