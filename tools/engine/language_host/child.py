"""Become another program that dies with the process that started it: `child.py PARENT_PID COMMAND ARG...`.

A file of its own, because setting this between fork and exec of a process with threads is not safe.
"""

import os
import sys

PR_SET_PDEATHSIG = 1
"""source: prctl(2), linux/prctl.h"""

SIGKILL = 9


def main() -> None:
    """Ask the kernel for a SIGKILL at the parent's death where it can (Linux), then exec the command."""
    parent = int(sys.argv[1])
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - costs 10 ms, and other systems need none of it

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:  # it died before the request was in place
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the command is the host's own, without a shell


if __name__ == "__main__":
    main()
