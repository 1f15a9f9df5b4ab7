"""A provider's process ends when the engine does, however the engine ends."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
"""source: prctl(2)"""


def end_with_parent(interval: float = 1.0) -> None:
    """End this process, without a word, once its parent is gone or on SIGINT or SIGTERM.

    On Linux the kernel reports the parent's end at once; elsewhere, and where that report is for a mere
    thread of the parent, a look at the parent's id every `interval` seconds decides.
    """
    parent = os.getppid()

    def leave_if_orphaned(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(0)

    def watch() -> None:
        while True:
            leave_if_orphaned()
            time.sleep(interval)

    def leave(*_: object) -> None:
        os._exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    if sys.platform == "linux":
        signal.signal(signal.SIGUSR1, leave_if_orphaned)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGUSR1)
    threading.Thread(target=watch, daemon=True).start()
