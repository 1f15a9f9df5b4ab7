"""What every part's plan does with its component's arguments. Pure."""

from collections.abc import Mapping, Sequence
from typing import cast

from claude_byoc.contract.problems import Problem, ProblemsError


def require(
    args: Mapping[str, object], component: str, keys: Mapping[str, object], required: Sequence[str]
) -> None:
    """Raise ProblemsError where one is missing: a plain dict reaches this too, where that is no type error.

    `keys` are all arguments that `component` takes.
    """
    if missing := [key for key in required if key not in args]:
        allowed = ", ".join(keys)
        raise ProblemsError(
            [Problem(key, f"is missing from {component}'s args", allowed, f"add {key}") for key in missing]
        )


def known_text(value: object) -> str | None:
    """Return a text, None for an Output, which is not known before the run."""
    return value if isinstance(value, str) else None


def whole(number: float) -> int:
    """Return a whole number as such: programs in other languages hand every number over as a float.

    One that is not whole stays, so that it is told.
    """
    return int(number) if number == int(number) else cast("int", number)


def known_whole(value: object) -> int | None:
    """Return a number as `whole` does, None for an Output and for what is absent."""
    return whole(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def camel(argument: str) -> str:
    """Return the name in settings (`anthropicApiKey`) of an argument (`anthropic_api_key`)."""
    first, *others = argument.split("_")
    return first + "".join(word.capitalize() for word in others)
