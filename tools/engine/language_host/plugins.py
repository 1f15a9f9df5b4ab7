"""`RunPlugin`: provider plugins, component plugins and policy packs written in Python."""

import subprocess
import threading
import tomllib
from collections.abc import Callable, Iterator

from pulumi.runtime.proto.language_pb2 import RunPluginRequest, RunPluginResponse

from tools.engine.language_host import runtime
from tools.engine.language_host.lifetime import Children
from tools.engine.language_host.programs import signal_name
from tools.engine.language_host.runtime import HostError, Runtime
from tools.engine.language_host.streaming import Chunk, run


def run_plugin(
    request: RunPluginRequest, children: Children, when_cancelled: Callable[[Callable[[], None]], object]
) -> Iterator[RunPluginResponse]:
    """Run a plugin, streaming what it prints, to its exit code; HostError if it cannot start.

    `when_cancelled` registers what to do when the engine drops the call, which is how it ends a plugin.
    """
    if request.attach_debugger:
        raise HostError("this language host attaches no debugger: run without --attach-debugger")
    chosen = runtime.of(request.info)
    given = dict(entry.split("=", 1) for entry in request.env if "=" in entry)

    def started(process: subprocess.Popen[bytes]) -> None:
        # In a thread: ending a process may take the whole grace time, and gRPC waits for the callback.
        when_cancelled(lambda: threading.Thread(target=children.stop, args=(process,), daemon=True).start())

    command = [str(chosen.python()), "-u", *_arguments(chosen, request)]
    cwd = request.pwd or str(chosen.folder)
    for event in run(children, command, cwd=cwd, env=chosen.environment(given), started=started):
        if isinstance(event, Chunk):
            yield (
                RunPluginResponse(stdout=event.data)
                if event.pipe == "stdout"
                else RunPluginResponse(stderr=event.data)
            )
        elif event.code < 0:
            cause = f"signal {-event.code} ({signal_name(-event.code)})"
            text = f"the plugin {chosen.folder} was killed by {cause}\n"
            yield RunPluginResponse(stderr=text.encode())
            yield RunPluginResponse(exitcode=128 - event.code)
        else:
            yield RunPluginResponse(exitcode=event.code)


def _arguments(chosen: Runtime, request: RunPluginRequest) -> list[str]:
    """Return what the interpreter runs: a policy pack, the folder's `__main__.py`, or the package in it."""
    if request.kind == "analyzer":
        return ["-m", "pulumi.policy", *request.args, str(chosen.program)]
    if chosen.program.is_file() or (chosen.program / "__main__.py").is_file():
        return [str(chosen.program), *request.args]
    project = chosen.folder / "pyproject.toml"
    if not project.is_file():
        raise HostError(f"the plugin folder {chosen.folder} has neither __main__.py nor pyproject.toml")
    try:
        name = tomllib.loads(project.read_text("utf-8")).get("project", {}).get("name")
    except tomllib.TOMLDecodeError as error:
        raise HostError(f"{project} is not TOML: {error}") from error
    if not name:
        raise HostError(f"{project} has no `project.name`, so there is no package to run the plugin from")
    return ["-m", "pulumi.run.plugin", name, *request.args]
