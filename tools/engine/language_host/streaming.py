"""A child process as a stream of what it prints, as it prints it, and its exit code."""

import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Literal

from tools.engine.language_host.lifetime import Children

CHUNK_BYTES = 65536


@dataclass(frozen=True)
class Chunk:
    """Bytes that the process wrote."""

    pipe: Literal["stdout", "stderr"]
    data: bytes


@dataclass(frozen=True)
class Exit:
    """The end: the exit code, or minus the number of the signal that killed the process."""

    code: int


def run(
    children: Children,
    command: Sequence[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    started: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
) -> Iterator[Chunk | Exit]:
    """Start a command and yield its output live, then its end. Closing the iterator ends the process."""
    process = children.start(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    started(process)
    events: queue.SimpleQueue[Chunk | Exit] = queue.SimpleQueue()
    pumps = [
        threading.Thread(target=_pump, args=("stdout", process.stdout, events), daemon=True),
        threading.Thread(target=_pump, args=("stderr", process.stderr, events), daemon=True),
    ]

    def finish() -> None:
        code = children.wait(process)
        for pump in pumps:
            pump.join()
        events.put(Exit(code))

    for thread in (*pumps, threading.Thread(target=finish, daemon=True)):
        thread.start()
    try:
        while True:
            event = events.get()
            yield event
            if isinstance(event, Exit):
                return
    finally:
        children.stop(process)


def _pump(
    name: Literal["stdout", "stderr"], pipe: IO[bytes] | None, events: "queue.SimpleQueue[Chunk | Exit]"
) -> None:
    if pipe is None:
        return
    with pipe:
        while data := pipe.read1(CHUNK_BYTES):  # type: ignore[attr-defined] # a pipe is buffered
            events.put(Chunk(name, data))
