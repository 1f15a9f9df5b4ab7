"""What one operation holds alone: a second one on the same thing is refused, in whatever process it runs."""

import fcntl
import hashlib
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(cloud: Path, key: str) -> Generator[bool]:
    """Hold a key of a cloud; False where another operation holds it.

    The operating system lets go when the process ends, however it ends, as the real cloud's operation is over
    some day without its caller.
    """
    folder = cloud.with_name(f"{cloud.name}.held")
    folder.mkdir(mode=0o700, exist_ok=True)
    file = os.open(folder / hashlib.sha256(key.encode()).hexdigest(), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(file)
