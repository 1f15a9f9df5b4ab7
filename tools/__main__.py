"""`python -m tools up | recover | destroy | engine`: what the Makefile calls."""

import sys

if __name__ == "__main__":
    try:
        # Imported here, so that Ctrl-C in the first second, while modules load, is no traceback either.
        from tools.local import main

        sys.exit(main())
    except KeyboardInterrupt:
        print("\nStopped. To put an interrupted run right: make recover")
        sys.exit(130)
