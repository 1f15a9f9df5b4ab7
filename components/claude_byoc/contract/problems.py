"""How every part of the package says what is wrong with an input: all findings at once."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

_LONGEST_WORD = 80
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")


@dataclass(frozen=True)
class Problem:
    """One finding about one key.

    `key` names the setting, manifest key or file; `wrong` says what is wrong with it, `allowed` what
    would be right, `cure` what to do. None of them ever holds a secret value. An `error` stops the
    work, a `warning` does not.
    """

    key: str
    wrong: str
    allowed: str
    cure: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.severity}: {self.text}"

    @property
    def text(self) -> str:
        """What is wrong, allowed and to do, for where the severity shows already."""
        return f"{self.key}: {self.wrong}\n  allowed: {self.allowed}\n  to do:   {self.cure}"


def hint(key: str, wrong: str, allowed: str, cure: str) -> Problem:
    """Return a finding that does not stop the work: what it is about works and may surprise."""
    return Problem(key, wrong, allowed, cure, "warning")


class ProblemsError(Exception):
    """Raised with every finding of one check; `problems` holds them in the order they were found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that stop the work."""
    return [problem for problem in problems if problem.severity == "error"]


def refuse_errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the warnings; raise ProblemsError with every finding as soon as one is an error."""
    found = list(problems)
    if errors(found):
        raise ProblemsError(found)
    return found


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` was probably meant to be, else None.

    Case and separators do not count, so that `gatewayUrl` finds `gateway_url`.
    """
    by_letters = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in known}
    letters = re.sub(r"[^a-z0-9]", "", word.lower())
    if not letters or len(letters) > _LONGEST_WORD:
        return None
    close = difflib.get_close_matches(letters, by_letters, n=1, cutoff=0.75)
    return by_letters[close[0]] if close else None


def shown_name(name: str) -> str:
    """Return `name` when it can be a mistyped key, else a stand-in: it may be a secret in the wrong place."""
    return name if _NAME.fullmatch(name) else "(unreadable key)"
