"""Problems as the engine shows them: an error of the program without a traceback, since the cure is in the text."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import pulumi

from claude_byoc.contract import problems
from claude_byoc.contract.problems import ProblemsError

P = ParamSpec("P")
R = TypeVar("R")


def told(function: Callable[P, R]) -> Callable[P, R]:
    """Turn the ProblemsError of a pure function, called in a constructor or an apply, into pulumi.RunError."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ProblemsError as error:
            raise pulumi.RunError(str(error)) from None

    return run


refuse_errors = told(problems.refuse_errors)
"""As in the contract, with pulumi.RunError: every finding as soon as one is an error."""
