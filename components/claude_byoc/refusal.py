"""Problems as the engine shows them: an error of the program without a traceback, since the cure is in the text."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

import pulumi

from claude_byoc.contract.problems import Problem, ProblemsError, errors

P = ParamSpec("P")
R = TypeVar("R")


def refuse_errors(problems: Iterable[Problem]) -> None:
    """Raise pulumi.RunError with every finding as soon as one is an error."""
    found = list(problems)
    if errors(found):
        raise pulumi.RunError(str(ProblemsError(found)))


def told(function: Callable[P, R]) -> Callable[P, R]:
    """Turn the ProblemsError of a pure function, called in a constructor or an apply, into pulumi.RunError."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ProblemsError as error:
            raise pulumi.RunError(str(error)) from None

    return run
