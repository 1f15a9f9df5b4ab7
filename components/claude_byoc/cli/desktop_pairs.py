"""KEY=VALUE arguments of `claude-byoc desktop`: where each value comes from, and what is never shown of it."""

import getpass
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claude_byoc.cli.report import is_terminal
from claude_byoc.contract.desktop_keys import DESKTOP_SECRET_KEYS, PLACEHOLDER_KEY, RENAMED, secret_leaves
from claude_byoc.contract.desktop_legacy import modernise
from claude_byoc.contract.problems import Problem, shown_name

_FORM = "KEY=VALUE, KEY=@FILE or KEY=- (standard input)"
_LARGEST = 1_048_576


@dataclass
class DesktopPairs:
    """What the arguments say. `malformed` tells that the command line itself is wrong, not a value."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    problems: list[Problem] = field(default_factory=list[Problem])
    malformed: bool = False

    def refuse(self, key: str, wrong: str, cure: str) -> None:
        """Add a finding about the command line itself."""
        self.malformed = True
        self.problems.append(Problem(key, wrong, _FORM, cure))


def read_desktop_pairs(arguments: Sequence[str]) -> DesktopPairs:
    """Read every argument. An argument is shown by its number: it may be a secret in the wrong place."""
    pairs = DesktopPairs()
    piped = False
    for number, argument in enumerate(arguments, 1):
        key, equals, source = argument.partition("=")
        if not equals:
            pairs.refuse(f"argument {number}", "has no `=`", "write KEY=VALUE")
        elif key in pairs.values:
            pairs.refuse(shown_name(key), "is given twice", "give it once")
        elif source == "-" and piped:
            pairs.refuse(shown_name(key), "reads standard input, as another key does", "use KEY=@FILE")
        else:
            piped = piped or source == "-"
            _read_one(pairs, key, source)
    return pairs


def _read_one(pairs: DesktopPairs, key: str, source: str) -> None:
    if source != "-" and not source.startswith("@"):
        pairs.values[key] = source
        if _on_the_command_line(key, source):
            wrong = "is given on the command line, where other processes and the shell's history can see it"
            cure = "use one of these next time"
            pairs.problems.append(Problem(key, wrong, f"{key}=@FILE or {key}=-", cure, "warning"))
        return
    shown, content = shown_name(key), b""
    try:
        content = _standard_input(key) if source == "-" else _file(source[1:])
        text = content.decode("utf-8-sig") if len(content) <= _LARGEST else None
    except UnicodeDecodeError:
        problem = Problem(shown, "is not UTF-8 text", "UTF-8", "save the file as UTF-8")
    except (OSError, ValueError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else "the name is not valid"
        wrong = f"cannot be read from the file after @: {why}"
        problem = Problem(shown, wrong, "a readable file", "check the file's name and permissions")
    else:
        if text is not None:
            # Editors and `echo` end a file with a line break that is no part of the value.
            pairs.values[key] = text.removesuffix("\n").removesuffix("\r")
            return
        wrong = f"has more than {_LARGEST:,} bytes"
        problem = Problem(shown, wrong, "a value", "check that it is the right file")
    pairs.values[key] = None
    pairs.problems.append(problem)


def _on_the_command_line(key: str, source: str) -> bool:
    """Tell whether a value on the command line is, or holds, a credential."""
    name = RENAMED.get(key, key)
    if name not in DESKTOP_SECRET_KEYS or source in ("", PLACEHOLDER_KEY):
        return False
    values, _ = modernise({name: source})
    # A text that cannot be read as its key's structure may hold anything.
    return isinstance(values[name], str) or bool(secret_leaves(values))


def _standard_input(key: str) -> bytes:
    if is_terminal():
        return getpass.getpass(f"{shown_name(key)}: ").encode()
    return sys.stdin.buffer.read(_LARGEST + 1)


def _file(name: str) -> bytes:
    with Path(name).open("rb") as file:
        return file.read(_LARGEST + 1)
