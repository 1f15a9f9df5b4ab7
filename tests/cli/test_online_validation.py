"""--validate-online against a service on loopback: what it is sent, and what becomes of its answers."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from claude_byoc.cli.online_validation import OVERRIDE, SERVICE
from claude_byoc.rollout.manifest import identity, read_back
from tests.rollout.environments import PLANTED, environments

from .conftest import Command

ACCEPTED = {"status": "Accepted", "errors": [], "warnings": []}


@dataclass
class Service:
    """Answers each request with `status` and `answer`, and keeps what it was sent."""

    url: str
    answer: bytes = json.dumps(ACCEPTED).encode()
    status: int = 200
    sent: list[bytes] = field(default_factory=list[bytes])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, "PATH": os.defpath, "COLUMNS": "200", OVERRIDE: self.url}


@pytest.fixture
def service() -> Iterator[Service]:
    kept = Service("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            kept.headers.append(dict(self.headers))
            self.send_response(kept.status)
            if kept.status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(kept.answer)))
            self.end_headers()
            self.wfile.write(kept.answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the overridden one's name
            """Keep the test's output to itself."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_port}/check"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


def manifest(command: Command, service: Service, *more: str) -> CompletedProcess[str]:
    (command.folder / "t").write_text(PLANTED[2])
    pairs = ("gateway_url=https://gw.contoso.com", "gateway_token=@t")
    return command("manifest", "office", *pairs, "-o", "m.xml", "--validate-online", *more, env=service.env)


def test_only_a_redacted_copy_leaves(command: Command, service: Service, tmp_path: Path) -> None:
    done = manifest(command, service)
    assert (done.returncode, done.stderr) == (0, "")
    [sent] = service.sent
    assert read_back(sent) == {"gateway_url": "https://gw.contoso.com", "gateway_token": "REDACTED"}
    assert identity(sent) == identity((tmp_path / "m.xml").read_bytes())
    assert service.headers[0]["Content-Type"] == "application/xml"
    assert PLANTED[2] in (tmp_path / "m.xml").read_text()


def test_a_build_has_every_manifest_checked(command: Command, service: Service, tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text(json.dumps(environments()["teams"]))
    done = command("build", "--outputs", "o.json", "-o", "out", "--validate-online", env=service.env)
    assert done.returncode == 0
    assert len(service.sent) == 4  # everybody's, and those of three teams
    assert not any(secret.encode() in sent for sent in service.sent for secret in PLANTED)


def test_what_the_service_refuses_is_not_written(command: Command, service: Service, tmp_path: Path) -> None:
    issue = {"title": "Icon", "content": "must be https", "helpUrl": "https://learn.example/icon"}
    service.answer = json.dumps(
        {"status": "Rejected", "errors": [issue], "warnings": [{"title": "Old"}]}
    ).encode()
    done = manifest(command, service)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error: m.xml: online check: Icon: must be https" in done.stderr
    assert "see https://learn.example/icon" in done.stderr
    assert "warning: m.xml: online check: Old" in done.stderr
    assert not (tmp_path / "m.xml").exists()


def test_warnings_are_shown(command: Command, service: Service, tmp_path: Path) -> None:
    service.answer = json.dumps({**ACCEPTED, "warnings": [{"code": "42"}]}).encode()
    done = manifest(command, service)
    assert done.returncode == 0
    assert "warning: m.xml: online check: 42" in done.stderr
    assert (tmp_path / "m.xml").exists()


@pytest.mark.parametrize(
    ("status", "answer", "why"),
    [
        (200, b"<html>", "answered 200 without a report"),
        (503, b"", "answered 503 without a report"),
        (200, b"[1]", "answered 200 without a report"),
        (200, b"[" * 100_000, "answered 200 without a report"),
        (302, b"", "answered 302 without a report"),
        (200, b'{"status": "Rejected"}', "is refused by the online check, without a reason"),
    ],
)
def test_answers_that_say_nothing(
    status: int, answer: bytes, why: str, command: Command, service: Service
) -> None:
    service.status, service.answer = status, answer
    done = manifest(command, service)
    assert done.returncode == 1
    assert why in done.stderr


def test_a_service_that_is_not_there(command: Command, service: Service) -> None:
    service.url = "http://127.0.0.1:1/"
    done = manifest(command, service)
    assert done.returncode == 1
    assert "the online service cannot be reached: ConnectError" in done.stderr


@pytest.mark.parametrize("url", ["https://example.com/", "http://localhost.example/", "http://[::1", "x"])
def test_another_service_may_be_on_loopback_alone(url: str, command: Command, service: Service) -> None:
    service.url = url
    done = manifest(command, service)
    assert done.returncode == 1
    assert "names an address that is not this machine's own" in done.stderr


def test_nothing_is_sent_unasked(command: Command, service: Service) -> None:
    done = command("manifest", "office", "gateway_url=https://gw.contoso.com", "-o", "m.xml", env=service.env)
    assert done.returncode == 0
    assert service.sent == []
    assert SERVICE.startswith("https://")
