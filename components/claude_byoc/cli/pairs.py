"""KEY=VALUE arguments: where each value comes from, and what must never be shown of it."""

import getpass
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from claude_byoc.cli.report import is_terminal
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS, SECRET_KEYS
from claude_byoc.contract.problems import Problem, shown_name

_FORM = "KEY=VALUE, KEY=@FILE or KEY=- (standard input)"
_LARGEST = 65_536


@dataclass
class Pairs:
    """What the arguments say: None stands for a value that could not be read.

    `malformed` tells that the command line itself is wrong, not a value.
    """

    values: dict[str, str | None] = field(default_factory=dict[str, str | None])
    problems: list[Problem] = field(default_factory=list[Problem])
    malformed: bool = False

    def refuse(self, key: str, wrong: str, cure: str) -> None:
        """Add a finding about the command line itself."""
        self.malformed = True
        self.problems.append(Problem(key, wrong, _FORM, cure))


def read_pairs(arguments: Sequence[str]) -> Pairs:
    """Read every argument. An argument is shown by its number: it may be a secret in the wrong place."""
    pairs = Pairs()
    seen: set[str] = set()
    piped: str | None = None
    for number, argument in enumerate(arguments, 1):
        key, equals, source = argument.partition("=")
        if not equals:
            known = key if key in MANIFEST_KEYS else f"argument {number}"
            pairs.refuse(
                known, "has no `=`", f"write {key}=VALUE" if key in MANIFEST_KEYS else "write KEY=VALUE"
            )
        elif key in seen:
            pairs.refuse(shown_name(key), "is given twice", "give it once")
        elif source == "-" and piped is not None:
            pairs.refuse(
                shown_name(key), f"reads standard input, which {piped} reads already", "use KEY=@FILE"
            )
        else:
            if source == "-":
                piped = shown_name(key)
            _read_one(pairs, key, source)
        seen.add(key)
    return pairs


def _read_one(pairs: Pairs, key: str, source: str) -> None:
    if key not in MANIFEST_KEYS:
        # The contract's own check says what is wrong with the key; nothing is read for it.
        pairs.values[key] = ""
        return
    if source == "-":
        pairs.values[key] = _decoded(pairs, key, _standard_input(key))
    elif source.startswith("@"):
        pairs.values[key] = _decoded(pairs, key, _file(pairs, key, source[1:]))
    else:
        pairs.values[key] = source
        if key in SECRET_KEYS and source:
            wrong = "is given on the command line, where other processes and the shell's history can see it"
            pairs.problems.append(
                Problem(key, wrong, f"{key}=@FILE or {key}=-", "use one of these next time", "warning")
            )


def _standard_input(key: str) -> bytes:
    if is_terminal():
        return getpass.getpass(f"{key}: ").encode()
    return sys.stdin.buffer.read(_LARGEST + 1)


def _file(pairs: Pairs, key: str, name: str) -> bytes | None:
    try:
        with Path(name).open("rb") as file:
            return file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else "the name is not valid"
        wrong = f"cannot be read from the file after @: {why}"
        pairs.problems.append(Problem(key, wrong, "a readable file", "check the file's name and permissions"))
        return None


def _decoded(pairs: Pairs, key: str, content: bytes | None) -> str | None:
    if content is None:
        return None
    if len(content) > _LARGEST:
        wrong = f"has more than {_LARGEST} bytes"
        pairs.problems.append(
            Problem(key, wrong, MANIFEST_KEYS[key].shape, "check that it is the right file")
        )
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        cure = "save the file as UTF-8"
        pairs.problems.append(Problem(key, "is not UTF-8 text", MANIFEST_KEYS[key].shape, cure))
        return None
    # Editors and `echo` end a file with a line break that is no part of the value.
    return text.removesuffix("\n").removesuffix("\r")
