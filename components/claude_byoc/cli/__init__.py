"""The `claude-byoc` command. It never imports Pulumi: what needs the engine runs `pulumi`."""

import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line and exit: 0 done, 1 a problem was found, 2 bad usage, 130 interrupted."""
    # Imported here, so that Ctrl-C during the imports ends without a traceback too.
    try:
        try:
            from claude_byoc.cli.app import run  # noqa: PLC0415
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("claude_byoc"):
                raise
            sys.stderr.write(
                f"error: {error.name} is not installed\n  to do:   pip install 'claude-byoc[cli]'\n"
            )
            code = 1
        else:
            code = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = 1
        # Else the interpreter reports the closed pipe once more while it ends.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(code)
