"""`Run`: one evaluation of the user's program, and what it means when it ends."""

import json
import os
import signal
from pathlib import Path

from pulumi.runtime.proto.language_pb2 import RunRequest, RunResponse

from tools.engine.language_host import packages, runtime
from tools.engine.language_host.lifetime import Children
from tools.engine.language_host.runtime import HostError, Runtime

ALREADY_REPORTED = 32
"""Exit code of the vendor's executor after it has shown the error. source: pulumi-language-python-exec"""


class Programs:
    """Runs programs with the vendor's executor `pulumi-language-python-exec`."""

    def __init__(self, executor: Path, engine: str, children: Children) -> None:
        self._executor = executor
        self._engine = engine
        self._children = children

    def run(self, request: RunRequest) -> RunResponse:
        """Run a program to its end; HostError with reason and cure if it cannot start or fails silently."""
        if request.attach_debugger:
            raise HostError("this language host attaches no debugger: run without --attach-debugger")
        chosen = runtime.of(request.info)
        self._check(chosen)
        process = self._children.start(
            self._command(chosen, request),
            cwd=request.pwd or str(chosen.folder),
            env=self._environment(chosen, request),
        )
        return self._response(self._children.wait(process), chosen)

    @staticmethod
    def _check(chosen: Runtime) -> None:
        chosen.python()
        if not chosen.program.exists():
            raise HostError(f"the program {chosen.program} does not exist: correct `main` in Pulumi.yaml")
        if chosen.program.is_dir() and not (chosen.program / "__main__.py").is_file():
            raise HostError(
                f"the program folder {chosen.program} has no __main__.py: add it, or name the program in "
                "`main` of Pulumi.yaml"
            )

    def _command(self, chosen: Runtime, request: RunRequest) -> list[str]:
        options = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root_directory": str(chosen.root),
            "pwd": request.pwd,
            "dry_run": str(request.dryRun).lower(),
            "parallel": str(request.parallel),
        }
        flags = [f"--{name}={value}" for name, value in options.items() if value]
        return [str(chosen.python()), "-u", str(self._executor), *flags, str(chosen.program), *request.args]

    @staticmethod
    def _environment(chosen: Runtime, request: RunRequest) -> dict[str, str]:
        # The configuration holds decrypted secrets: others can read a command line, not an environment.
        return {
            **chosen.environment(os.environ),
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }

    @staticmethod
    def _response(code: int, chosen: Runtime) -> RunResponse:
        if code == 0:
            return RunResponse()
        if code == ALREADY_REPORTED:
            return RunResponse(bail=True)
        if code < 0:
            raise HostError(f"the program was killed by signal {-code} ({signal_name(-code)})")
        if not packages.ask(chosen.python(), packages.HAS_SDK):
            raise HostError(
                f"the Pulumi SDK is not installed for {chosen.python()}: run `pulumi install`, or "
                f"`{chosen.python()} -m pip install -r requirements.txt` in {chosen.folder}"
            )
        raise HostError(f"the program ended with exit code {code}")


def signal_name(number: int) -> str:
    """Return a signal's name such as `SIGKILL`; its number as text if it has none here."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
