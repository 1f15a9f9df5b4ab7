"""Find or make the Pulumi engine; run as a command, it prints the folder to put first on PATH."""

import importlib.util
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from tools.engine import build, installer
from tools.engine.locking import locked
from tools.engine.version import ACCEPTED, HERE, VERSION, EngineError, accepted, of_command

Source = Literal["path", "installer", "build"]
CHOICE = "CLAUDE_BYOC_ENGINE"
"""Environment variable that forces one source."""

LANGUAGE_HOST = "pulumi-language-python"
DYNAMIC_RUNNER = "pulumi-resource-pulumi-python"


@dataclass(frozen=True)
class Engine:
    """A usable Pulumi command."""

    pulumi: Path
    """The executable."""
    version: str
    """Its version without `v`."""
    source: Source
    bin: Path
    """The folder that holds the executable and its Python language host."""


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def ensure(
    local: Path,
    cache: Path | None = None,
    say: Callable[[str], None] = _to_stderr,
    *,
    installer_url: str = installer.URL,
) -> Engine:
    """Return an engine: the one on PATH, else the vendor's installer's, else one built from its Go modules.

    `local` is the checkout's own folder for what a run makes, `cache` the user's cache of this project
    (default `$XDG_CACHE_HOME/claude-byoc`, else `~/.cache/claude-byoc`); `say` receives progress, a line at
    a time. CLAUDE_BYOC_ENGINE=path|installer|build allows one source only. Nothing of the user's changes.
    Raises EngineError, which names every way that was tried and what it said.
    """
    if cache is None:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "claude-byoc"
    ways: dict[Source, Callable[[], Engine]] = {
        "path": _from_path,
        "installer": lambda: _engine(installer.install(cache, say, installer_url), "installer"),
        "build": lambda: _from_build(build.build(cache, say), local),
    }
    said: list[str] = []
    for source in _allowed(cache):
        try:
            return ways[source]()
        except EngineError as error:
            said.append(f"{source}: {error}")
            if source == "path" and shutil.which("pulumi"):
                # One that is there and not used would puzzle whoever put it there; having none is ordinary.
                say(f"engine from {source}: {error}")
    raise EngineError(
        f"no Pulumi {ACCEPTED} engine. Put the vendor's command with its Python language host on PATH, or let "
        "its installer be reached, or install Go for the build.\n" + "\n".join(f"  {line}" for line in said)
    )


def _allowed(cache: Path) -> tuple[Source, ...]:
    """Return the sources to try, in order; EngineError if the environment forces one that does not exist."""
    sources: tuple[Source, ...] = get_args(Source)
    forced = os.environ.get(CHOICE, "")
    if not forced:
        # A build that is there already saves asking the network in every run.
        built = build.ready(cache) and not installer.ready(cache)
        reordered: tuple[Source, ...] = ("path", "build", "installer")
        return reordered if built else sources
    chosen: tuple[Source, ...] = tuple(source for source in sources if source == forced)
    if not chosen:
        raise EngineError(
            f"{CHOICE} is {forced!r}; allowed: {', '.join(sources)}, or unset for all in that order"
        )
    return chosen


def _engine(pulumi: Path, source: Source) -> Engine:
    return Engine(pulumi, of_command(pulumi), source, pulumi.parent)


def _from_path() -> Engine:
    found = shutil.which("pulumi")
    if found is None:
        raise EngineError("no `pulumi` on PATH")
    # The engine looks for language hosts beside the real path of its executable.
    engine = _engine(Path(found).resolve(), "path")
    if not accepted(engine.version):
        raise EngineError(f"{found} is version {engine.version}; accepted: {ACCEPTED}")
    if shutil.which(LANGUAGE_HOST, path=str(engine.bin)) is None:
        raise EngineError(f"{found} has no Python language host ({LANGUAGE_HOST}) beside it in {engine.bin}")
    return engine


def _from_build(built: build.Built, local: Path) -> Engine:
    """Lay the built command and the launcher of our language host into one folder of the checkout."""
    missing = [name for name in ("pulumi", "grpc") if importlib.util.find_spec(name) is None]
    if missing:
        raise EngineError(
            f"the language host runs on {sys.executable}, which lacks {' and '.join(missing)}: "
            "use the Python of the project's virtualenv"
        )
    folder = (local / "engine" / "bin").resolve()
    with locked(folder.parent / "bin.lock"):
        folder.mkdir(exist_ok=True)
        pulumi = folder / "pulumi"
        if not _same_file(built.pulumi, pulumi):
            _place(built.pulumi, pulumi)
        for launcher, text in (
            (folder / LANGUAGE_HOST, _launcher(built.executor)),
            (folder / DYNAMIC_RUNNER, _dynamic_runner()),
        ):
            if not launcher.exists() or launcher.read_text("utf-8") != text:
                draft = launcher.with_suffix(".new")
                draft.write_text(text, "utf-8")
                draft.chmod(0o755)
                draft.replace(launcher)
    return Engine(pulumi, VERSION, "build", folder)


def _launcher(executor: Path) -> str:
    host = HERE / "language_host" / "__main__.py"
    command = shlex.join([sys.executable, "-P", str(host), f"--{build.EXEC}", str(executor)])
    why = f"# Written by {Path(__file__).name}: the engine starts this to run Python programs."
    return f'#!/bin/sh\n{why}\nexec {command} "$@"\n'


def _dynamic_runner() -> str:
    # The engine gives the project's virtualenv in this variable, as the runner that Pulumi ships expects it.
    python = '"${PULUMI_RUNTIME_VIRTUALENV:+$PULUMI_RUNTIME_VIRTUALENV/bin/}python3"'
    why = f"# Written by {Path(__file__).name}: the engine starts this for resources whose provider is in Python."
    return f'#!/bin/sh\n{why}\nexec {python} -u -m pulumi.dynamic "$@"\n'


def _same_file(one: Path, other: Path) -> bool:
    if not other.exists():
        return False
    mine, theirs = one.stat(), other.stat()
    return mine.st_ino == theirs.st_ino or (mine.st_size, mine.st_mtime_ns) == (
        theirs.st_size,
        theirs.st_mtime_ns,
    )


def _place(source: Path, target: Path) -> None:
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    try:
        draft.hardlink_to(source)
    except OSError:  # another file system, or one without hard links
        shutil.copy2(source, draft)
    draft.replace(target)


if __name__ == "__main__":
    try:
        print(ensure(HERE.parents[1] / ".local").bin)
    except EngineError as failure:
        sys.exit(f"error: {failure}")
