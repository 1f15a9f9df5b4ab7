"""The client against a real HTTP service on loopback: patience, refusals, what it never does."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from claude_byoc.azure import arm
from claude_byoc.azure.arm import Arm, ArmRefusedError, checked_address

ID, VERSION = "/subscriptions/s/x/y", "2026-05-01"
Answer = tuple[int, dict[str, str], Any]


class Service:
    """Gives the answers of `script` in turn, the last one for ever; keeps what it was asked."""

    def __init__(self, script: list[Answer]) -> None:
        self.asked: list[tuple[str, str, Any, str | None]] = []
        self.waited: list[float] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
                pass

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                service.asked.append((self.command, self.path, body, self.headers.get("Authorization")))
                status, headers, found = script.pop(0) if len(script) > 1 else script[0]
                data = (
                    b""
                    if found is None
                    else (found if isinstance(found, bytes) else json.dumps(found).encode())
                )
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def __getattr__(self, name: str) -> Callable[[], None]:
                if not name.startswith("do_"):
                    raise AttributeError(name)
                return self.answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.arm = Arm(
            f"http://127.0.0.1:{self.server.server_port}",
            lambda: "a-token",
            sleep=self.waited.append,
            clock=lambda: sum(self.waited),
        )


MakeService = Callable[..., Service]


@pytest.fixture
def service() -> Iterator[MakeService]:
    made: list[Service] = []

    def make(*script: Answer) -> Service:
        made.append(Service(list(script)))
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()
        one.thread.join()


def state(name: str) -> Answer:
    return 200, {}, {"properties": {"provisioningState": name}}


def error(status: int, code: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, {"error": {"code": code, "message": "said so"}}


def test_a_put_waits_until_the_service_is_done(service: MakeService) -> None:
    it = service(
        (201, {"Retry-After": "7"}, {"properties": {"provisioningState": "Creating"}}), state("Succeeded")
    )
    assert it.arm.put(ID, VERSION, {"a": 1})["properties"] == {"provisioningState": "Succeeded"}
    where = f"{ID}?api-version={VERSION}"
    assert it.asked == [("PUT", where, {"a": 1}, "Bearer a-token"), ("GET", where, None, "Bearer a-token")]
    assert it.waited == [7.0]


@pytest.mark.parametrize(
    ("refused", "waited"),
    [
        (error(429, "TooManyRequests", Retry_After="12"), [12.0, 12.0]),
        (error(409, "RequestConflict"), [1.0, 2.0]),
        ((503, {}, b"<html>busy</html>"), [1.0, 2.0]),
    ],
)
def test_what_may_pass_is_tried_again_after_the_time_asked_for(
    service: MakeService, refused: Answer, waited: list[float]
) -> None:
    it = service(refused, refused, state("Succeeded"))
    it.arm.put(ID, VERSION, {})
    assert it.waited == waited


def test_patience_ends(service: MakeService) -> None:
    it = service(error(429, "TooManyRequests", Retry_After="3600"))
    with pytest.raises(ArmRefusedError, match="TooManyRequests: said so"):
        it.arm.put(ID, VERSION, {})
    assert len(it.asked) == arm.TRIES
    assert max(it.waited) == 60.0
    slow = service((200, {"Retry-After": "60"}, state("Creating")[2]))
    with pytest.raises(ArmRefusedError, match="is still Creating after 30 minutes"):
        slow.arm.put(ID, VERSION, {})
    assert sum(slow.waited) >= arm.LONGEST_SECONDS


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (error(400, "InvalidModelProviderData"), "correct foundry.organization"),
        (error(403, "AuthorizationFailed"), "let an owner assign the missing role"),
        (error(409, "SomethingElse"), "SomethingElse: said so"),
        (error(404, "ParentResourceNotFound"), "ParentResourceNotFound"),
        ((400, {}, b"not json"), "HTTP 400"),
        (state("Failed"), "ended in the state Failed"),
        ((200, {}, [1]), "not a JSON object"),
    ],
)
def test_what_will_not_pass_is_told_at_once_with_its_cure(
    service: MakeService, answer: Answer, words: str
) -> None:
    it = service(answer)
    with pytest.raises(ArmRefusedError, match=words) as caught:
        it.arm.put(ID, VERSION, {"secret-ish": "body"})
    assert "a-token" not in str(caught.value)
    assert "secret-ish" not in str(caught.value)
    assert len(it.asked) == 1
    assert it.waited == []


def test_a_delete_waits_until_the_resource_is_gone(service: MakeService) -> None:
    it = service((202, {}, None), state("Deleting"), error(404, "ResourceNotFound"))
    it.arm.delete(ID, VERSION)
    assert [asked[0] for asked in it.asked] == ["DELETE", "GET", "GET"]
    gone = service((204, {}, None))
    gone.arm.delete(ID, VERSION)
    assert len(gone.asked) == 1


def test_what_is_not_there_reads_as_none(service: MakeService) -> None:
    assert service(error(404, "ResourceNotFound")).arm.get(ID, VERSION) is None


def test_a_service_that_does_not_answer_is_named() -> None:
    waited: list[float] = []
    nobody = Arm("http://127.0.0.1:9", lambda: None, sleep=waited.append)
    with pytest.raises(ArmRefusedError, match=r"127\.0\.0\.1:9 does not answer"):
        nobody.get(ID, VERSION)
    assert len(waited) == arm.TRIES - 1


def test_only_a_loopback_service_may_take_azures_place() -> None:
    real = "https://management.azure.com"
    assert checked_address(real, None) == (real, True)
    assert checked_address(real, "http://127.0.0.1:8080/") == ("http://127.0.0.1:8080", False)
    for other in (
        "https://example.com",
        "http://example.com",
        "http://127.0.0.1.example.com",
        "ftp://localhost",
    ):
        with pytest.raises(ValueError, match="is not a loopback address"):
            checked_address(real, other)
