"""Write rollout files so that nobody ever sees half a file, and a secret is never readable by others."""

import json
import os
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from claude_byoc.contract.problems import Problem, ProblemsError

INDEX = "index.json"


@dataclass(frozen=True)
class RolloutFile:
    """One file of the rollout folder; `secret` files are written with mode 0600."""

    name: str
    content: bytes
    purpose: str
    secret: bool = False


def index_of(files: Sequence[RolloutFile]) -> RolloutFile:
    """Return `index.json`: [{file, purpose, secret}], one entry per file; itself is none of what it hands out."""
    entries = [{"file": file.name, "purpose": file.purpose, "secret": file.secret} for file in files]
    return RolloutFile(INDEX, (json.dumps(entries, indent=2) + "\n").encode(), "list of these files")


def write_files(folder: Path, files: Sequence[RolloutFile]) -> None:
    """Write every file into `folder`, made if it is not there; raise ProblemsError when it cannot be.

    Files that `files` does not name stay as they are.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None
    for file in files:
        write_atomic(folder / file.name, file.content, secret=file.secret)


def remove_file(path: Path) -> None:
    """Remove a file that an earlier build wrote, if it is there; raise ProblemsError when it cannot be."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None


def write_atomic(path: Path, content: bytes, *, secret: bool) -> None:
    """Replace `path` in one step, mode 0600 when `secret`, else 0644; raise ProblemsError on failure."""
    try:
        if path.exists() and not path.is_file():
            raise ProblemsError(
                [Problem(str(path), "is not a regular file", "a file", "choose another name")]
            )
        # Beside the target, since a rename is atomic only within one file system; mkstemp makes it 0600.
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o600 if secret else 0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # Makes the rename itself last through a power cut; not every system can open a folder.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the regular files of `folder` by name, {} when it is not there; else raise ProblemsError."""
    try:
        if not folder.exists():
            return {}
        return {
            entry.name: entry.read_bytes()
            for entry in sorted(folder.iterdir())
            if stat.S_ISREG(entry.stat().st_mode)
        }
    except OSError as error:
        cure = "name a folder that you can read"
        raise ProblemsError(
            [Problem(str(folder), f"cannot be read: {error.strerror}", "a folder", cure)]
        ) from None


def _unwritable(path: Path, error: OSError | ValueError) -> ProblemsError:
    why = error.strerror if isinstance(error, OSError) else "the name is not valid"
    return ProblemsError(
        [
            Problem(
                str(path), f"cannot be written: {why}", "a place you can write to", "choose another with -o"
            )
        ]
    )
