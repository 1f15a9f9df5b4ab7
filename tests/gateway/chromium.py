"""Chromium with the add-in's page: hosts mapped to loopback, one certificate trusted, every rule of CORS its own."""

import contextlib
import http.server
import ssl
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Page, sync_playwright

from tests.gateway.certificates import Certificate

ADDIN = "pivot.claude.ai"
ELSEWHERE = "pages.example.com"
GATEWAY = "llm.example.com"
HOSTS = (ADDIN, ELSEWHERE, GATEWAY)
_T = TypeVar("_T")
_PAGE = b"<!doctype html><meta charset=utf-8><title>page</title><script src=/bundle.js></script>"


@dataclass
class Pages:
    """Pages of one browser, by host. Everything runs in one thread: Playwright belongs to the thread that began it,
    and another test's browser may have begun in this process's main thread.
    """

    thread: ThreadPoolExecutor
    pages: Mapping[str, Page]

    def run(self, script: str, given: object = None, *, host: str = ADDIN) -> Any:  # noqa: ANN401 -- whatever the script returns
        """Evaluate a function of JavaScript in the page of a host; return what it returns."""
        return self.call(lambda: self.pages[host].evaluate(script, given))

    def call(self, work: Callable[[], _T]) -> _T:
        """Run work in the browser's thread."""
        return self.thread.submit(work).result(120)


@contextlib.contextmanager
def serving(bundle: Path, certificate: Certificate) -> Generator[int]:
    """Serve the page over TLS; yield the port."""
    script = bundle.read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
            pass

        def do_GET(self) -> None:
            content, kind = (script, "text/javascript") if self.path == "/bundle.js" else (_PAGE, "text/html")
            self.send_response(200)
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of connections that the browser opened ahead and never used."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    # The handshake belongs to the connection's own thread: one that never speaks would stop them all.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def chromium(program: Path, certificate: Certificate, page_port: int, gateway_port: int) -> Generator[Pages]:
    """Run the browser with a page of the add-in's origin and one of another."""
    ports = {ADDIN: page_port, ELSEWHERE: page_port, GATEWAY: gateway_port}
    arguments = [
        "--no-sandbox",  # root, which runs the tests in containers, has no sandbox in Chromium
        "--host-resolver-rules="
        + ",".join(f"MAP {host}:443 127.0.0.1:{port}" for host, port in ports.items()),
        f"--ignore-certificate-errors-spki-list={certificate.spki}",
        "--no-proxy-server",
    ]
    with ThreadPoolExecutor(1) as thread:
        started = thread.submit(lambda: sync_playwright().start()).result(60)
        try:
            browser = thread.submit(
                lambda: started.chromium.launch(executable_path=program, args=arguments)
            ).result(120)

            def opened(host: str) -> Page:
                page = browser.new_page()
                failed: list[str] = []
                page.on("pageerror", lambda error: failed.append(str(error)))
                page.goto(f"https://{host}/")
                assert not failed, failed
                return page

            yield Pages(thread, {host: thread.submit(opened, host).result(60) for host in (ADDIN, ELSEWHERE)})
            thread.submit(browser.close).result(60)
        finally:
            thread.submit(started.stop).result(60)
