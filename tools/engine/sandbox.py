"""Runs of the engine that touch nothing of the user's and can reach no real cloud."""

import hashlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.engine.acquire import Engine
from tools.engine.locking import locked

INHERITED = ("LANG", "LANGUAGE", "TERM", "TMPDIR", "NO_COLOR", "TZ", "SYSTEMROOT")
"""What a run takes over from the caller's environment, besides PATH and LC_*.

No proxy: nothing here leaves the machine, and gRPC would send its own loopback calls through it. No HOME: the
clouds' tools keep their credentials there."""

TAIL_LINES = 60
END_SECONDS = 15.0


class SandboxError(RuntimeError):
    """A run of the engine failed; the text holds the command, its exit code and the end of its output."""

    def __init__(self, command: str, reason: str, output: str) -> None:
        tail = "\n".join(output.strip().splitlines()[-TAIL_LINES:])
        super().__init__(f"`{command}` {reason}\n{tail}")
        self.output = output
        """All that the run printed, standard output first."""


class Sandbox:
    """One project's state, passphrase and home folder under `folder`, with plugins shared in `home`.

    `extra_env` is added to every run's environment and wins over it.
    """

    def __init__(
        self, engine: Engine, folder: Path, home: Path, extra_env: Mapping[str, str] | None = None
    ) -> None:
        self.engine = engine
        self.folder = folder.resolve()
        self.home = home.resolve()
        self._extra_env = dict(extra_env or {})
        self._user_home = self.folder / "home"
        self.state = self.folder / "state"
        self._passphrase = self.folder / "passphrase"
        for made in (self._user_home, self.state, self.home):
            made.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / "passphrase.lock"):
            if not self._passphrase.exists():
                draft = self.folder / "passphrase.new"
                draft.touch(0o600)
                draft.write_text(secrets.token_urlsafe(32), "utf-8")
                draft.replace(self._passphrase)

    def environment(self) -> dict[str, str]:
        """Return the whole environment of a run; no variable of the user's beyond `INHERITED` is in it."""
        kept = {
            name: value for name, value in os.environ.items() if name in INHERITED or name.startswith("LC_")
        }
        # The interpreter of this process comes second, so that `python3` is one that has the SDK.
        path = [str(self.engine.bin), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        return {
            **kept,
            "PATH": os.pathsep.join(path),
            "HOME": str(self._user_home),
            "PULUMI_HOME": str(self.home),
            # Without sidecar files: a kill can cut one short (they are not written atomically, the state is), and
            # the engine then fails to load a state that is whole.
            "PULUMI_BACKEND_URL": f"{self.state.as_uri()}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self._passphrase),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            # Some commands fetch plugins all the same: a real provider must not come in that way.
            "PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES": ".*=https://no-downloads-in-a-sandbox.invalid",
            "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
            "PULUMI_NEO": "false",
            **self._extra_env,
        }

    def run(
        self,
        *args: str,
        cwd: Path | None = None,
        check: bool = True,
        timeout: float = 300,
        input: str | None = None,  # noqa: A002 - the name that subprocess.run has for it
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi ARGS` to its end, in `cwd` or the sandbox's folder.

        `env` is added for this run. Raises SandboxError if it outlives `timeout` seconds, after ending it as
        Ctrl-C does, or, with `check`, if its exit code is not 0.
        """
        command = " ".join(("pulumi", *args))
        process = self.start(*args, cwd=cwd, env=env, pipe_input=input is not None)
        try:
            out, err = process.communicate(input, timeout=timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            out, err = process.communicate()
            raise SandboxError(command, f"did not end within {timeout:.0f} s", out + err) from None
        except BaseException:
            _end(process)
            process.communicate()
            raise
        if check and process.returncode != 0:
            raise SandboxError(command, f"failed with exit code {process.returncode}", out + err)
        return subprocess.CompletedProcess(["pulumi", *args], process.returncode, out, err)

    def start(
        self,
        *args: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        pipe_input: bool = False,
    ) -> subprocess.Popen[str]:
        """Start `pulumi ARGS` in a process group of its own, with its output in pipes, and return at once."""
        return subprocess.Popen(
            [self.engine.pulumi, "--non-interactive", *args],
            cwd=cwd or self.folder,
            env={**self.environment(), **(env or {})},
            stdin=subprocess.PIPE if pipe_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def install_plugin(self, name: str, version: str, folder: Path) -> None:
        """Install the resource plugin staged in a folder into `home`, unless that very staging is there.

        Callers in parallel wait for each other. Raises SandboxError if the engine refuses it.
        """
        marker = self.home / "staged" / f"{name}-{version}"
        installed = self.home / "plugins" / f"resource-{name}-v{version}"
        with locked(marker.with_name(f"{marker.name}.lock")):
            digest = _digest(folder)
            if installed.is_dir() and marker.exists() and marker.read_text("utf-8") == digest:
                return
            self.run(
                "plugin", "install", "resource", name, version, "--file", str(folder.resolve()), "--reinstall"
            )
            marker.write_text(digest, "utf-8")


def _end(process: subprocess.Popen[str]) -> None:
    """End an engine as Ctrl-C does, so that it unlocks its stack and ends its plugins; else kill it."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _digest(folder: Path) -> str:
    """Return a digest over the names, modes and contents of all files in a folder."""
    whole = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        whole.update(f"{file.relative_to(folder)}\0{file.stat().st_mode & 0o777:o}\0{content}\n".encode())
    return whole.hexdigest()
