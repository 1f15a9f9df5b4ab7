"""Which engine is chosen, with small executables in the place of the real ones and an installer on loopback."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.engine import build
from tools.engine.acquire import CHOICE, LANGUAGE_HOST, Engine, ensure
from tools.engine.version import ACCEPTED, VERSION, EngineError

TOOLS = ("sh", "mkdir", "chmod", "sleep", "cat", "touch")
NOWHERE = "http://127.0.0.1:9/install.sh"


def script(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    file.chmod(0o755)
    return file


def pulumi(folder: Path, version: str, *, host: bool = True) -> Path:
    if host:
        script(folder / LANGUAGE_HOST, "exit 1")
    return script(folder / "pulumi", f"echo v{version}")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; it holds the few tools that the fakes use, no Pulumi and no Go."""
    folder = tmp_path / "path"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv(CHOICE, raising=False)
    return folder


@pytest.fixture
def acquire(path: Path, tmp_path: Path) -> Callable[..., Engine]:
    def call(url: str = NOWHERE, say: Callable[[str], None] = lambda _: None) -> Engine:
        return ensure(tmp_path / "local", tmp_path / "cache", say, installer_url=url)

    return call


# --- on PATH


@pytest.mark.parametrize("version", [VERSION, "3.300.1", "3.999.0-alpha.1"])
def test_accepted_command_on_path_comes_first(
    acquire: Callable[..., Engine], path: Path, version: str
) -> None:
    command = pulumi(path, version)
    before = command.read_bytes()
    assert acquire() == Engine(command, version, "path", path)
    assert command.read_bytes() == before


def test_link_on_path_leads_to_the_folder_of_the_language_host(
    acquire: Callable[..., Engine], path: Path, tmp_path: Path
) -> None:
    real = pulumi(tmp_path / "installation", VERSION)
    (path / "pulumi").symlink_to(real)
    assert acquire().bin == real.parent


@pytest.mark.parametrize(
    ("version", "host", "reason"),
    [
        ("3.258.9", True, "is version 3.258.9; accepted: " + ACCEPTED),
        ("4.0.0", True, "is version 4.0.0"),
        (VERSION, False, f"has no Python language host ({LANGUAGE_HOST}) beside it"),
        ("ersion?", True, "which is not a version"),
    ],
)
def test_command_on_path_is_passed_over_with_the_reason(
    acquire: Callable[..., Engine], path: Path, *, version: str, host: bool, reason: str
) -> None:
    fake_go(path)
    pulumi(path, version, host=host)
    said: list[str] = []
    assert acquire(say=said.append).source == "build"
    assert any(line.startswith("engine from path: ") and reason in line for line in said)


# --- the vendor's installer

INSTALLER = """
version=none root=none edit=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --version) version=$2; shift;;
    --install-root) root=$2; shift;;
    --no-edit-path) edit=no;;
  esac
  shift
done
[ $edit = no ] || exit 3
touch "$HOME/.profile" "$HOME/.pulumi"
mkdir -p "$root/bin"
"""
GOOD = INSTALLER + (
    'printf \'#!/bin/sh\\necho v%s\\n\' "$version" > "$root/bin/pulumi"\n'
    'chmod +x "$root/bin/pulumi"\n'
    'touch "$root/bin/pulumi-language-python"\n'
)


class Answers(ThreadingHTTPServer):
    """Answers every request with one script and counts them."""

    text = GOOD
    status = 200
    asked = 0


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Answers)
        server.asked += 1
        self.send_response(server.status)
        self.end_headers()
        self.wfile.write(server.text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay silent."""


@pytest.fixture
def vendor(path: Path) -> Iterator[Answers]:
    with Answers(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def url(server: Answers) -> str:
    return f"http://127.0.0.1:{server.server_port}/install.sh"


def test_installer_fills_the_cache_once_and_touches_no_home(
    acquire: Callable[..., Engine], vendor: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    engine = acquire(url(vendor))
    assert (engine.source, engine.version) == ("installer", VERSION)
    assert engine.bin == tmp_path / "cache" / "engine" / VERSION / "vendor" / "bin"
    assert acquire(url(vendor)) == engine
    assert vendor.asked == 1
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        (GOOD.replace("v%s", "v9%s"), 200, f"made version 9{VERSION} where {VERSION} was asked for"),
        (GOOD.replace('touch "$root', ': "$root'), 200, "made no Python language host"),
        ("echo not for this machine >&2; exit 5", 200, "failed with exit code 5: not for this machine"),
        ("exit 0", 200, "without making bin/pulumi"),
        (GOOD, 403, "does not answer"),
    ],
)
def test_installer_that_fails_leaves_nothing(
    acquire: Callable[..., Engine], vendor: Answers, tmp_path: Path, *, text: str, status: int, reason: str
) -> None:
    vendor.text, vendor.status = text, status
    with pytest.raises(EngineError, match="installer: ") as failure:
        acquire(url(vendor))
    assert reason in str(failure.value)
    left = [entry.name for entry in (tmp_path / "cache" / "engine" / VERSION).iterdir()]
    assert [name for name in left if not name.endswith(".lock")] == []


# --- the build

GO = """
echo "$*" >> {log}
case "$1 $2" in
  "env GOVERSION") echo go{version};;
  "mod download") [ "$3" = -json ] && echo '{{"Dir": "{sdk}"}}';;
  "build "*)
    while [ "$1" != -o ]; do shift; done
    {before}
    printf '#!/bin/sh\\necho v{made}\\n' > "$2"; chmod +x "$2";;
esac
"""


def fake_go(path: Path, *, version: str = "1.26.8", made: str = VERSION, before: str = ":") -> Path:
    """Put a `go` on PATH that builds at once; return its log of commands."""
    sdk = path.parent / "sdk"
    script(sdk / "python" / "cmd" / build.EXEC, "exit 1")
    log = path.parent / "go.log"
    script(path / "go", GO.format(log=log, version=version, sdk=sdk, made=made, before=before))
    return log


@pytest.fixture
def go(path: Path) -> Path:
    return fake_go(path)


def builds(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if line.startswith("build ")]


def test_build_is_pinned_cached_and_laid_out_with_its_language_host(
    acquire: Callable[..., Engine], go: Path, tmp_path: Path
) -> None:
    engine = acquire()
    assert engine == Engine(engine.bin / "pulumi", VERSION, "build", tmp_path / "local" / "engine" / "bin")
    cached = tmp_path / "cache" / "engine" / VERSION
    assert engine.pulumi.samefile(cached / "pulumi")
    launcher = engine.bin / LANGUAGE_HOST
    assert os.access(launcher, os.X_OK)
    assert str(cached / build.EXEC) in launcher.read_text()

    (command,) = builds(go)
    assert command.startswith("build -mod=readonly -trimpath -ldflags -s -w -X ")
    assert f"version.Version=v{VERSION} " in command
    assert acquire() == engine
    assert len(builds(go)) == 1


def test_cache_without_the_executor_is_completed_without_a_build(
    acquire: Callable[..., Engine], go: Path, tmp_path: Path
) -> None:
    cached = tmp_path / "cache" / "engine" / VERSION
    pulumi(cached, VERSION, host=False)
    assert acquire().source == "build"
    assert builds(go) == []
    assert (cached / build.EXEC).exists()


def test_cached_build_saves_asking_the_network(
    acquire: Callable[..., Engine], go: Path, vendor: Answers
) -> None:
    acquire()
    assert acquire(url(vendor)).source == "build"
    assert vendor.asked == 0


def test_two_builds_at_once_build_once(acquire: Callable[..., Engine], path: Path) -> None:
    log = fake_go(path, before="sleep 0.5")
    said: list[str] = []
    engines: list[Engine] = []
    threads = [threading.Thread(target=lambda: engines.append(acquire(say=said.append))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert engines[0] == engines[1]
    assert len(builds(log)) == 1
    assert "waiting for another build of the engine to finish" in said


def test_interrupted_build_leaves_nothing_and_ends_go(
    acquire: Callable[..., Engine], path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, ended = tmp_path / "started", tmp_path / "ended"
    before = (
        f'echo half > "$2"; trap "touch {ended}; exit 1" TERM; touch {started}; while :; do sleep 0.05; done'
    )
    fake_go(path, before=before)
    monkeypatch.setattr(build, "REPORT_SECONDS", 0.1)

    def interrupt(line: str) -> None:
        if started.exists():
            assert " of about " in line
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        acquire(say=interrupt)
    assert ended.exists()
    left = [entry.name for entry in (tmp_path / "cache" / "engine" / VERSION).iterdir()]
    assert sorted(left) == ["build.lock", "vendor.lock"]


@pytest.mark.parametrize(
    ("fake", "reason"),
    [
        ({"version": "1.25.11"}, "is Go 1.25.11: install Go 1.26 or newer"),
        ({"made": "3.1.0"}, f"the build is version 3.1.0 where {VERSION} was asked for"),
        ({"before": "echo no space left >&2; exit 2"}, "building failed with exit code 2: no space left"),
    ],
)
def test_build_that_fails_says_why(
    acquire: Callable[..., Engine], path: Path, tmp_path: Path, fake: dict[str, str], reason: str
) -> None:
    fake_go(path, **fake)
    with pytest.raises(EngineError) as failure:
        acquire()
    assert "  build: " in str(failure.value)
    assert reason in str(failure.value)
    assert not (tmp_path / "cache" / "engine" / VERSION / "pulumi").exists()


# --- the choice


def test_without_any_engine_the_error_names_all_three_ways(acquire: Callable[..., Engine]) -> None:
    with pytest.raises(EngineError) as failure:
        acquire()
    lines = str(failure.value).splitlines()
    assert "  path: no `pulumi` on PATH" in lines
    assert any(line.startswith(f"  installer: {NOWHERE} does not answer") for line in lines)
    assert "  build: Go is not on PATH: install Go 1.26 or newer" in lines


def test_environment_forces_one_way(
    acquire: Callable[..., Engine], path: Path, go: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi(path, VERSION)
    monkeypatch.setenv(CHOICE, "build")
    assert acquire().source == "build"
    monkeypatch.setenv(CHOICE, "brew")
    with pytest.raises(EngineError, match=f"{CHOICE} is 'brew'; allowed: path, installer, build"):
        acquire()
