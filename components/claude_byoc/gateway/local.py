"""The gateway on this machine's loopback: the very rendered files, with nginx and LiteLLM as processes."""

import ctypes
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from claude_byoc.contract.gateway import LITELLM_IMAGE, READY_PATH
from claude_byoc.contract.problems import Problem, ProblemsError
from claude_byoc.gateway.container import app_command, app_environment, files
from claude_byoc.gateway.edge import Edge
from claude_byoc.gateway.spec import GatewaySpec

HOST = "127.0.0.1"
_SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"
_PORTS = range(15_000, 32_000)
_DRAIN = 5
_START = 180.0
"""Seconds until LiteLLM must have started; the first start on a machine compiles it."""


def find_program(name: str) -> Path | None:
    """Return a program's path, or None. Debian keeps nginx where only root's PATH looks."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:{_SYSTEM_FOLDERS}")
    return Path(path) if path else None


def nginx_program() -> Path:
    """Return nginx; raise ProblemsError where there is none."""
    found = find_program("nginx")
    if found is None:
        cure = "install it: apt-get install nginx-light, or brew install nginx"
        raise ProblemsError([Problem("nginx", "is not on PATH", "nginx 1.22 or later", cure)])
    return found


def litellm_python(place: Path | None, checkout: Path | None = None) -> Path:
    """Return the Python of an environment that holds LiteLLM; raise ProblemsError where there is none.

    `place` is the environment's folder or a program in its `bin`; without it, the one that a checkout made for
    its tests counts, then that of the `litellm` on PATH.
    """
    on_path = shutil.which("litellm")
    candidates = [
        *([place / "bin" / "python", place.parent / "python"] if place else []),
        *([checkout / ".local" / "envs" / "litellm" / "bin" / "python"] if checkout and not place else []),
        *([Path(on_path).resolve().parent / "python"] if on_path and not place else []),
    ]
    for python in candidates:
        if python.is_file() and any(python.parent.parent.glob("lib/python3*/site-packages/litellm/proxy")):
            return python.absolute()
    version = LITELLM_IMAGE.version
    raise ProblemsError([
        Problem(
            "--litellm",
            "names no Python environment that holds LiteLLM's proxy",
            f"an environment with litellm[proxy]=={version} and google-auth",
            f"python3 -m venv DIR && DIR/bin/pip install 'litellm[proxy]=={version}' google-auth, then --litellm DIR; "
            "in a checkout: make gateway",
        )
    ])  # fmt: skip


def free_port() -> int:
    """Return a port that nobody on loopback uses now.

    It lies below those that systems give to outgoing connections, one of which could take it before a slow
    starter does.
    """
    while True:
        port = _PORTS.start + secrets.randbelow(len(_PORTS))
        with socket.socket() as one, suppress(OSError):
            one.bind((HOST, port))
            return port


@dataclass
class Process:
    """A child that never outlives us, and its log file."""

    name: str
    child: "subprocess.Popen[bytes]"
    log: Path

    def stop(self) -> None:
        """End it, gently first."""
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(_DRAIN + 5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def tail(self) -> str:
        """Return the end of its log."""
        return "\n".join(f"  {line}" for line in self.log.read_text("utf-8", "replace").splitlines()[-12:])


@dataclass
class LocalGateway:
    """A running gateway; use it as a context manager.

    `folder` (mode 0700) takes files and logs. `secrets` maps variables to values, which reach LiteLLM's
    environment alone. `certificate` and `key` (PEM files) make the edge speak TLS.
    """

    spec: GatewaySpec
    folder: Path
    nginx: Path
    python: Path
    port: int = 0
    secrets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType[str, str]({}))
    certificate: str = ""
    key: str = ""
    app_port: int = field(default=0, init=False)
    app: Process | None = field(default=None, init=False)
    edge: Process | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """The address that a client is given."""
        return f"{'https' if self.certificate else 'http'}://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self.close)
            self.write()
            self.start_edge()
            self.start_app()
            self.wait()
            undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop what runs: the edge first, so that nobody meets a half-stopped gateway."""
        for process in (self.edge, self.app):
            if process is not None:
                process.stop()

    def write(self) -> None:
        """Write the rendered files."""
        self.port = self.port or free_port()
        self.app_port = free_port()
        edge = Edge(
            listen=f"{HOST}:{self.port}",
            backend=f"{HOST}:{self.app_port}",
            state=str(self.folder),
            access_log=str(self.folder / "access.log"),
            certificate=self.certificate,
            key=self.key,
            drain_seconds=_DRAIN,
        )
        for name, text in files(self.spec, edge).items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")

    def start_edge(self) -> None:
        """Start nginx; raise ProblemsError if it does not take the port or the configuration."""
        command = [
            str(self.nginx),
            "-c",
            str(self.folder / "nginx.conf"),
            "-p",
            str(self.folder),
            "-g",
            "daemon off;",
        ]
        self.edge = spawn(
            "edge", command, self.folder / "edge.log", {"PATH": os.environ.get("PATH", os.defpath)}
        )
        # Written once the port is ours; a connection would tell nothing where somebody else listens.
        self._until(self.edge, (self.folder / "nginx.pid").exists, 10)

    def start_app(self) -> None:
        """Start LiteLLM with the application around it; `wait` tells when it answers."""
        environment = {
            # Nothing of ours reaches it unasked: a proxy or a key in the shell would change what is tried.
            **{
                name: os.environ[name]
                for name in ("PATH", "HOME", "LANG", "SSL_CERT_FILE")
                if name in os.environ
            },
            **app_environment(self.spec, str(self.folder)),
            **self.secrets,
        }
        command = [str(self.python), *app_command(str(self.folder), self.app_port, _DRAIN)]
        self.app = spawn("app", command, self.folder / "app.log", environment)

    def wait(self) -> None:
        """Wait until requests are answered; raise ProblemsError if that does not come."""
        if self.app is not None:
            self._until(self.app, self._is_ready, _START)

    def _is_ready(self) -> bool:
        # The application's own port: an edge that speaks TLS may have a certificate that nobody here trusts.
        connection = http.client.HTTPConnection(HOST, self.app_port, timeout=30)
        try:
            connection.request("GET", READY_PATH)
            return b"ready" in connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _until(self, process: Process, done: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and process.child.poll() is None:
            if done():
                return
            time.sleep(0.05)
        raise ProblemsError([
            Problem(
                f"gateway {process.name}",
                f"does not start; the end of its log:\n{process.tail()}",
                "a free port and a log without errors",
                "choose another --port, or correct what the log names",
            )
        ])  # fmt: skip


def spawn(name: str, command: list[str], log: Path, environment: Mapping[str, str]) -> Process:
    """Start a child in a session of its own, so that a Ctrl-C meets us first, and that ends when we do."""
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 -- programs that the caller chose
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 -- one system call, no lock
        )
    return Process(name, child, log)


def _end_with_parent() -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
