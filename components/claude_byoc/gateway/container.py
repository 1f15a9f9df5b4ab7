"""The gateway as containers, for any host: what runs, with which files, variables, secrets, ports and probes.

A host (Cloud Run, ECS, Container Apps) translates this; nothing here knows one.
"""

import base64
import gzip
import hashlib
import io
import shlex
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from types import MappingProxyType

from claude_byoc.contract.gateway import HEALTH_PATH, LITELLM_IMAGE, NGINX_IMAGE, READY_PATH, Image
from claude_byoc.gateway.edge import Edge, render_edge
from claude_byoc.gateway.litellm import environment, render_litellm, render_settings, secret_variables
from claude_byoc.gateway.spec import GatewaySpec

FOLDER = "/gateway"
"""Where the shared volume is mounted in every container."""
ARCHIVE = "GATEWAY_FILES"
"""Variable that carries the files to the init step: tar, gzip, base64."""
ARCHIVE_SECRET = "gatewayFiles"  # noqa: S105 -- the name of a secret, not one
"""Name under which hosts keep the archive in their secret store, beside the credentials."""
ARCHIVE_DIGEST = "GATEWAY_FILES_DIGEST"
"""Variable that names the archive's content, so that other files make other containers."""
LARGEST_ARCHIVE = 60_000
"""Characters; a secret ends at 64 KiB in Secrets Manager of AWS and in Secret Manager of Google Cloud.
source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html,
https://cloud.google.com/secret-manager/quotas"""

LOOPBACK = "127.0.0.1"
EDGE_PORT = 8080
APP_PORT = 4000

_UNPACK = "mkdir -p {folder} && {source} | base64 -d | tar -xz -C {folder}"
_FROM_VARIABLE = f'printf %s "${ARCHIVE}"'
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Probe:
    """How to see that a container is up: GET `path` on `port` answers 200. Times in seconds."""

    path: str
    port: int
    period: int = 5
    failures: int = 24


@dataclass(frozen=True)
class Container:
    """One container. `secrets` maps a variable to the name of the secret that it holds; sizes are minimums."""

    name: str
    image: Image
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=lambda: _NONE)
    secrets: Mapping[str, str] = field(default_factory=lambda: _NONE)
    port: int | None = None
    public: bool = False
    startup: Probe | None = None
    liveness: Probe | None = None
    depends_on: Sequence[str] = ()
    cpu: float = 0.5
    memory_mib: int = 256


@dataclass(frozen=True)
class GatewayContainers:
    """The whole gateway: `init` runs to its end before the others, which share the volume at `folder`.

    The volume is small and may be in memory. All containers share one loopback. `drain_seconds` is how long
    running streams get when an instance stops, `timeout_seconds` how long the host may let a request take.
    `archive` is the value of the secret `gatewayFiles`: every file of the volume, without a credential, and
    `digest` names it.
    """

    init: Container | None
    containers: Sequence[Container]
    archive: str
    digest: str
    folder: str = FOLDER
    drain_seconds: int = 110
    timeout_seconds: int = 600

    def without_init(self) -> "GatewayContainers":
        """Return the same for a host without init containers: the first to start writes the files itself."""
        if self.init is None:
            return self
        first, *others = self.containers
        own = replace(
            first,
            command=["sh", "-c", f"{self.init.command[-1]} && exec {shlex.join(first.command)}"],
            environment={**first.environment, **self.init.environment},
            secrets={**first.secrets, **self.init.secrets},
        )
        return replace(self, init=None, containers=[own, *others])


def files(spec: GatewaySpec, edge: Edge) -> dict[str, str]:
    """Return every file of the shared volume by its path there; none holds a secret."""
    image = resources.files("claude_byoc.gateway").joinpath("image")
    ours = {
        f"claude_gateway/{entry.name}": entry.read_text("utf-8")
        for entry in sorted(image.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".py")
    }
    return {
        **ours,
        "config.yaml": render_litellm(spec),
        "gateway.json": render_settings(spec),
        "nginx.conf": render_edge(spec, edge),
    }


def pack(contents: Mapping[str, str]) -> str:
    """Return files as the init step's variable: the same files give the same text, byte for byte."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(contents):
            content = contents[name].encode()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return base64.b64encode(gzip.compress(buffer.getvalue(), mtime=0)).decode("ascii")


def app_command(
    folder: str = FOLDER, port: int = APP_PORT, drain_seconds: int = 110, host: str = LOOPBACK
) -> list[str]:
    """Return the arguments of `python` that serve the application, on loopback alone unless `host` says more."""
    return [
        "-m", "uvicorn", "claude_gateway.main:app", "--app-dir", folder, "--host", host, "--port", str(port),
        "--no-access-log", "--no-server-header", "--log-level", "warning",
        "--timeout-graceful-shutdown", str(drain_seconds),
    ]  # fmt: skip


def app_environment(spec: GatewaySpec, folder: str = FOLDER) -> dict[str, str]:
    """Return the variables of the application's container that are no secrets."""
    return {
        **environment(spec),
        "CONFIG_FILE_PATH": f"{folder}/config.yaml",
        "GATEWAY_SETTINGS": f"{folder}/gateway.json",
    }


def containers(
    spec: GatewaySpec,
    *,
    litellm: Image = LITELLM_IMAGE,
    nginx: Image = NGINX_IMAGE,
    drain_seconds: int = 110,
    archive_file: str = "",
    app_host: str = LOOPBACK,
) -> GatewayContainers:
    """Return the gateway as containers; raise ValueError if its files do not fit into a secret.

    The init step reads the archive from the variable GATEWAY_FILES, which holds the secret `gatewayFiles`, or from
    `archive_file`, the path at which the host mounts that secret. `app_host` is the address on which the application
    listens, wider than loopback where the host's probes come from outside of the instance.
    """
    edge = Edge(listen=str(EDGE_PORT), backend=f"127.0.0.1:{APP_PORT}", drain_seconds=drain_seconds)
    archive = pack(files(spec, edge))
    if len(archive) > LARGEST_ARCHIVE:
        raise ValueError(f"the gateway's files take {len(archive)} characters, more than {LARGEST_ARCHIVE}")
    app = Container(
        name="app",
        image=litellm,
        command=["python", *app_command(drain_seconds=drain_seconds, host=app_host)],
        environment=app_environment(spec),
        secrets=secret_variables(spec),
        port=APP_PORT,
        startup=Probe("/ready", APP_PORT),
        liveness=Probe("/ready", APP_PORT, period=30, failures=3),
        cpu=1.0,
        memory_mib=1024,
    )
    front = Container(
        name="edge",
        image=nginx,
        command=["nginx", "-c", f"{FOLDER}/nginx.conf", "-g", "daemon off;"],
        port=EDGE_PORT,
        public=True,
        startup=Probe(READY_PATH, EDGE_PORT),
        liveness=Probe(HEALTH_PATH, EDGE_PORT, period=30, failures=3),
        depends_on=["app"],
    )
    digest = hashlib.sha256(archive.encode("ascii")).hexdigest()[:16]
    source = f"cat {archive_file}" if archive_file else _FROM_VARIABLE
    init = Container(
        name="files",
        image=nginx,
        command=["sh", "-c", _UNPACK.format(folder=FOLDER, source=source)],
        environment={ARCHIVE_DIGEST: digest},
        secrets={} if archive_file else {ARCHIVE: ARCHIVE_SECRET},
    )
    return GatewayContainers(
        init,
        [app, front],
        archive,
        digest,
        drain_seconds=drain_seconds,
        timeout_seconds=spec.timeout_seconds,
    )
