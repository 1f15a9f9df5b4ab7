"""The engine built from its Go modules, where neither PATH nor the vendor's installer gives one."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.engine.locking import locked
from tools.engine.version import HERE, VERSION, EngineError, numbers, of_command

OLDEST_GO = (1, 26)
DOWNLOAD_MINUTES = 2
BUILD_MINUTES = 6
REPORT_SECONDS = 15.0

COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK = "github.com/pulumi/pulumi/sdk/v3"
EXEC = "pulumi-language-python-exec"
"""The vendor's file that runs a Python program; it lies in the SDK's Go module, not in its Python wheel."""


@dataclass(frozen=True)
class Built:
    """The two files of a complete build."""

    pulumi: Path
    executor: Path


def ready(cache: Path) -> bool:
    """Tell whether an earlier run has built the pinned version; the other file takes seconds."""
    return _files(cache).pulumi.exists()


def _files(cache: Path) -> Built:
    folder = cache / "engine" / VERSION
    return Built(folder / "pulumi", folder / EXEC)


def build(cache: Path, say: Callable[[str], None]) -> Built:
    """Return the engine under `cache`, built once; only what is missing is made.

    Each file appears under its name only when it is whole: an interrupted build leaves none, and two builds
    at once wait for each other. Raises EngineError if Go is absent, too old, or its build fails.
    """
    built = _files(cache)
    folder = built.pulumi.parent
    with locked(folder / "build.lock", lambda: say("waiting for another build of the engine to finish")):
        if not (built.pulumi.exists() and built.executor.exists()):
            go = _go()
            with tempfile.TemporaryDirectory(prefix=".build-", dir=folder) as scratch:
                _make(go, built, Path(scratch), say)
    return built


def _make(go: Path, built: Built, scratch: Path, say: Callable[[str], None]) -> None:
    if not built.pulumi.exists():
        say(
            f"building Pulumi {VERSION} from its Go modules, once: "
            f"about {DOWNLOAD_MINUTES + BUILD_MINUTES} min on two cores"
        )
        # `go mod download` would also ask for modules and metadata that the command does not need and that
        # some proxies do not give.
        listing = [go, "list", "-mod=readonly", "-deps", COMMAND]
        _watched(listing, "downloading the Go modules", DOWNLOAD_MINUTES, say)
        flags = f"-s -w -X {SDK}/go/common/version.Version=v{VERSION}"
        made = scratch / "pulumi"
        command = [go, "build", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", made, COMMAND]
        _watched(command, "building", BUILD_MINUTES, say)
        version = of_command(made)
        if version != VERSION:
            raise EngineError(f"the build is version {version} where {VERSION} was asked for")
        made.rename(built.pulumi)
    if not built.executor.exists():
        copy = scratch / EXEC
        shutil.copyfile(_sdk_folder(go) / "python" / "cmd" / EXEC, copy)
        copy.rename(built.executor)


def _environment() -> Mapping[str, str]:
    # A user's flags, workspace or automatic toolchain download would make another build than the pinned one.
    # Go counts its own runs in the configuration folder; ours go to the cache. The user's `go env -w` still holds.
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return {
        **os.environ,
        "GOFLAGS": "",
        "GOWORK": "off",
        "GOTOOLCHAIN": "local",
        "GOENV": os.environ.get("GOENV") or str(Path(config) / "go" / "env"),
        "XDG_CONFIG_HOME": str(
            Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "claude-byoc" / "go-config"
        ),
    }


def _go() -> Path:
    """Return the path of a Go that is new enough, else raise EngineError."""
    oldest = ".".join(map(str, OLDEST_GO))
    found = shutil.which("go")
    if found is None:
        raise EngineError(f"Go is not on PATH: install Go {oldest} or newer")
    said = _output([Path(found), "env", "GOVERSION"])
    try:
        version = numbers(said)
    except ValueError:
        raise EngineError(f"`{found} env GOVERSION` printed {said!r}, which is not a version") from None
    if version[:2] < OLDEST_GO:
        raise EngineError(f"{found} is Go {said.removeprefix('go')}: install Go {oldest} or newer")
    return Path(found)


def _sdk_folder(go: Path) -> Path:
    """Return where Go keeps the SDK's module, downloading it if it is not there yet."""
    answer = json.loads(_output([go, "mod", "download", "-json", SDK]))
    return Path(answer["Dir"])


def _output(command: list[Path | str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), cwd=HERE, check=False)
    if done.returncode != 0:
        raise EngineError(f"`{' '.join(map(str, command))}` failed: {_tail(done.stderr or done.stdout)}")
    return done.stdout.strip()


def _watched(command: list[Path | str], what: str, minutes: int, say: Callable[[str], None]) -> None:
    """Run a long command, saying every few seconds how long it has taken and how long it may take."""
    started = time.monotonic()
    say(f"{what}: about {minutes} min")
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=_environment(), cwd=HERE)
        try:
            while process.poll() is None:
                try:
                    process.wait(REPORT_SECONDS)
                except subprocess.TimeoutExpired:
                    elapsed = divmod(int(time.monotonic() - started), 60)
                    say(f"{what}: {elapsed[0]} min {elapsed[1]:02d} s of about {minutes} min")
        finally:
            process.terminate()
            process.wait()
        if process.returncode != 0:
            log.seek(0)
            raise EngineError(f"{what} failed with exit code {process.returncode}: {_tail(log.read())}")


def _tail(text: str) -> str:
    return " ".join(text.strip().splitlines()[-5:])
