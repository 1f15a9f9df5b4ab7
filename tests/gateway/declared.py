"""What a host's declared resources say of containers, and those containers run here as processes.

Each host's test reads its cloud's documents into `DeclaredGateway`; `running` starts exactly that: commands,
variables, mounted files, order and probes. Only addresses, ports and folders differ, and each replacement must occur.
"""

import contextlib
import json
import os
import re
import stat
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from claude_byoc.contract.gateway import LITELLM_IMAGE, NGINX_IMAGE
from claude_byoc.gateway.conformance.run import examine
from claude_byoc.gateway.local import HOST, Process, free_port, nginx_program, spawn

_START = 180.0


@dataclass(frozen=True)
class DeclaredProbe:
    """How the host sees that a container is up: GET `path` on `port`, or `command` in the container."""

    path: str = ""
    port: int = 0
    command: Sequence[str] = ()


@dataclass(frozen=True)
class DeclaredContainer:
    """One container as a cloud's document declares it.

    `command` replaces the image's entry point. `environment` holds every variable, secrets with their values.
    `mounts` maps a path in the container to a volume's name; `files` maps the path of a mounted secret to its value.
    """

    name: str
    image: str
    command: Sequence[str]
    environment: Mapping[str, str]
    mounts: Mapping[str, str] = field(default_factory=dict[str, str])
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    depends_on: Sequence[str] = ()
    startup: DeclaredProbe | None = None
    init: bool = False


@dataclass(frozen=True)
class DeclaredGateway:
    """All containers of one instance, and the port that the cloud sends people's requests to."""

    containers: Sequence[DeclaredContainer]
    port: int


def ordered(gateway: DeclaredGateway) -> list[DeclaredContainer]:
    """Return the containers in the order in which they may start; raise AssertionError where none is left that may."""
    left, found = [*gateway.containers], list[DeclaredContainer]()
    while left:
        done = {one.name for one in found}
        ready = [
            one
            for one in left
            if set(one.depends_on) <= done and (one.init or not any(other.init for other in left))
        ]
        assert ready, f"nothing can start of {[one.name for one in left]}"
        found.append(ready[0])
        left.remove(ready[0])
    return found


@contextlib.contextmanager
def running(gateway: DeclaredGateway, folder: Path, litellm: Path) -> Generator[str]:
    """Start what is declared; yield the address of the front. `litellm` is the Python of LiteLLM's environment."""
    here = _Here(folder, litellm, {port: free_port() for port in (gateway.port, 4000)})
    with contextlib.ExitStack() as undo:
        for container in ordered(gateway):
            here.mount(container)
            if container.init:
                here.run_init(container)
            else:
                process = here.start(container)
                undo.callback(process.stop)
                here.wait(container, process)
        yield f"http://{HOST}:{here.ports[gateway.port]}"


def assert_conforms(url: str, token: str) -> None:
    """Run the conformance suite of `claude-byoc doctor` against the address; nothing may be wrong with any answer."""
    report = examine(url, token, send=True)
    assert not report.unreachable
    assert report.found.bases
    assert [finding for finding in report.findings if finding.breaks] == []
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        assert client.get("/v1/models").status_code == 401
        answer = client.get("/v1/models", headers={"x-api-key": token, "anthropic-version": "2023-06-01"})
    assert answer.status_code == 200
    assert json.loads(answer.content)["data"]


@dataclass
class _Here:
    folder: Path
    litellm: Path
    ports: Mapping[int, int]
    volumes: dict[str, Path] = field(default_factory=dict[str, Path])

    def mount(self, container: DeclaredContainer) -> None:
        """Give each volume a folder, and write the files of mounted secrets."""
        for volume in container.mounts.values():
            self.volumes.setdefault(volume, self.folder / "volumes" / volume).mkdir(
                parents=True, exist_ok=True
            )
        for path, content in container.files.items():
            file = self._secret_file(container, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")
            file.chmod(stat.S_IRUSR)

    def run_init(self, container: DeclaredContainer) -> None:
        """Run a container to its end."""
        subprocess.run(
            self._command(container),
            env=self._environment(container),
            check=True,
            capture_output=True,
            timeout=60,
        )
        self._own_ports(container)

    def start(self, container: DeclaredContainer) -> Process:
        """Start a container; what it writes to its volumes first gets this run's ports."""
        command = self._command(container)
        if command[:2] == ["sh", "-c"] and " && exec " in command[2]:
            # It writes the files itself: stop between the two, as the ports have to be ours.
            first, _, rest = command[2].partition(" && exec ")
            subprocess.run(
                ["sh", "-c", first],
                env=self._environment(container),
                check=True,
                capture_output=True,
                timeout=60,
            )
            self._own_ports(container)
            command = ["sh", "-c", f"exec {rest}"]
        return spawn(
            container.name, command, self.folder / f"{container.name}.log", self._environment(container)
        )

    def wait(self, container: DeclaredContainer, process: Process) -> None:
        """Wait until the declared probe says that the container is up."""
        probe = container.startup
        if probe is None:
            return
        until = time.monotonic() + _START
        while not self._up(container, probe):
            assert process.child.poll() is None, process.tail()
            assert time.monotonic() < until, process.tail()
            time.sleep(0.2)

    def _up(self, container: DeclaredContainer, probe: DeclaredProbe) -> bool:
        if probe.command:
            command = [self._moved(container, self._ported(part)) for part in probe.command]
            environment = self._environment(container)
            return (
                subprocess.run(
                    command, env=environment, capture_output=True, check=False, timeout=60
                ).returncode
                == 0
            )
        try:
            url = f"http://{HOST}:{self.ports[probe.port]}{probe.path}"
            return httpx.get(url, trust_env=False, timeout=30).status_code == 200
        except httpx.HTTPError:
            return False

    def _command(self, container: DeclaredContainer) -> list[str]:
        command = [self._moved(container, part) for part in container.command]
        if "uvicorn" in " ".join(command):
            command = [self._exactly(part) for part in command]
        return command

    def _environment(self, container: DeclaredContainer) -> dict[str, str]:
        programs = self.folder / "bin" / container.name
        programs.mkdir(parents=True, exist_ok=True)
        # What the image has as `python` or `nginx` is LiteLLM's own environment, or Debian's nginx, here.
        here = {
            LITELLM_IMAGE.digest: ("python", self.litellm),
            NGINX_IMAGE.digest: ("nginx", nginx_program()),
        }
        name, program = here[container.image.rpartition("@")[2]]
        wrapper = programs / name
        if not wrapper.exists():
            wrapper.write_text(f'#!/bin/sh\nexec "{program}" "$@"\n', "utf-8")
            wrapper.chmod(0o755)
        given = {key: self._moved(container, value) for key, value in container.environment.items()}
        return {"PATH": f"{programs}:{os.environ.get('PATH', os.defpath)}", "HOME": str(self.folder), **given}

    def _moved(self, container: DeclaredContainer, text: str) -> str:
        """Return a text with the container's paths as they are here."""
        for path, volume in container.mounts.items():
            text = _with_path(text, path, self.volumes[volume])
        for path in container.files:
            text = _with_path(text, path, self._secret_file(container, path))
        return text

    def _secret_file(self, container: DeclaredContainer, path: str) -> Path:
        return self.folder / "secrets" / container.name / path.lstrip("/").replace("/", "_")

    def _exactly(self, text: str) -> str:
        return (
            str(self.ports.get(int(text), text))
            if text.isdigit()
            else text.replace("--port 4000", f"--port {self.ports[4000]}").replace("0.0.0.0", HOST)
        )

    def _ported(self, text: str) -> str:
        for declared, own in self.ports.items():
            text = text.replace(f":{declared}", f":{own}")
        return text

    def _own_ports(self, container: DeclaredContainer) -> None:
        """Put this run's ports and folder into the edge's configuration, which must name the declared ones."""
        (file,) = (
            found for volume in container.mounts.values() for found in self.volumes[volume].glob("nginx.conf")
        )
        text = file.read_text("utf-8")
        front, backend = (port for port in self.ports)
        state = self.folder / "state"
        state.mkdir(exist_ok=True)
        for declared, own in (
            (f"listen {front} ", f"listen {HOST}:{self.ports[front]} "),
            (f"{HOST}:{backend}", f"{HOST}:{self.ports[backend]}"),
            ("/tmp", str(state)),
        ):
            assert declared in text, declared
            text = text.replace(declared, own)
        file.write_text(text, "utf-8")


def _with_path(text: str, path: str, here: Path) -> str:
    """Return a text with a path, and what lies below it, elsewhere; not where the same letters are part of another."""
    return re.sub(rf"(?<![\w./-]){re.escape(path)}(?![\w.-])", lambda _: str(here), text)
