"""Processes end with their parent: the host with the engine, programs and plugins with the host."""

import contextlib
import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from tools.engine.language_host.child import PR_SET_PDEATHSIG

GRACE_SECONDS = 2.0
"""How long a program may take to end after SIGTERM; the engine gives the host itself 5 s."""

POLL_SECONDS = 0.5

CHILD = Path(__file__).with_name("child.py")


class Children:
    """The programs and plugins that this host has started and that still run."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def start(
        self,
        command: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        stdout: int | IO[bytes] | None = None,
        stderr: int | IO[bytes] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a command in a session of its own, so that Ctrl-C in the terminal reaches only the engine.

        The calling thread must live as long as the command: the kernel takes its end for the parent's death.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("the language host is ending")
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), *command],
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
            self._running.add(process)
        return process

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for a child's end and for that of its whole process group; return its exit code."""
        code = process.wait()
        self._signal(process, signal.SIGKILL)
        with self._lock:
            self._running.discard(process)
        return code

    def stop(self, *processes: subprocess.Popen[bytes]) -> None:
        """End children with their process groups: SIGTERM first, SIGKILL after a grace time."""
        for process in processes:
            self._signal(process, signal.SIGTERM)
        deadline = threading.Timer(
            GRACE_SECONDS, lambda: [self._signal(p, signal.SIGKILL) for p in processes]
        )
        deadline.daemon = True
        deadline.start()
        for process in processes:
            self.wait(process)
        deadline.cancel()

    def stop_all(self) -> None:
        """End every child."""
        with self._lock:
            running = tuple(self._running)
        self.stop(*running)

    def close(self) -> None:
        """End every child and start no more."""
        with self._lock:
            self._closed = True
        self.stop_all()

    @staticmethod
    def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
        # It may have ended; macOS answers EPERM for a group in which only a zombie is left.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


class Watch:
    """Notices that this process is told to end, or that the process that started it is gone.

    SIGINT and SIGTERM are the engine's ordinary way to end a plugin. An engine killed with SIGKILL says
    nothing: Linux is asked for a signal, and everywhere the parent is looked at twice a second.
    """

    def __init__(self) -> None:
        self._parent = os.getppid()
        self._told = False
        # A byte on this socket ends the wait below; an Event set by a handler could deadlock with its waiter.
        self._read, self._write = socket.socketpair()
        self._write.setblocking(False)
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)
        # Only a wake-up: it also comes, meaning nothing, when just the engine's thread that started us ends.
        signal.signal(signal.SIGUSR1, lambda _number, _frame: None)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGUSR1)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._told = True

    def wait(self) -> None:
        """Block the main thread until the end has come."""
        while not self._told and os.getppid() == self._parent:
            if select.select([self._read], [], [], POLL_SECONDS)[0]:
                self._read.recv(64)

    @staticmethod
    def exit_after(end: Callable[[], None]) -> NoReturn:
        """Call `end`, then leave at once: threads of gRPC that still wait must not hold the process."""
        end()
        os._exit(0)
