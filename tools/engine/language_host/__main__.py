"""Start the language host as the engine does: `... [options of the engine] ENGINE_ADDRESS`."""

import sys
from pathlib import Path


def main() -> None:
    """Make the checkout and the SDK's stubs importable, then serve."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    from tools.engine.language_host import stubs  # noqa: PLC0415 - importable only now

    stubs.prepare()
    from tools.engine.language_host import server  # noqa: PLC0415 - reads the stubs

    server.serve(sys.argv[1:])


if __name__ == "__main__":
    main()
