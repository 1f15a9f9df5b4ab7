"""Computed values that no template can make; `generate:` in a type names them.

Each cloud's own stand in a module named as the cloud.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from standin.cloud import Cloud
from standin.values import Plain


@dataclass(frozen=True)
class Making:
    """What a value is made from."""

    properties: Mapping[str, Plain]
    """The resource's properties so far; of a function, what was given and the row that it found."""
    scope: Mapping[str, Plain]
    """Where the provider works, as `scope.py` says."""
    cloud: Cloud
    place: str
    """Where the resource's id is unique."""
    before: Plain = None
    """The last value, None in a create; a seed's own, for whoever finds no other row to follow."""


Generator = Callable[[Making], Plain]

GENERATORS: dict[str, Generator] = {}


def generator(name: str) -> Callable[[Generator], Generator]:
    """Register the function that makes a value; the name is unique over all clouds."""

    def register(function: Generator) -> Generator:
        if name in GENERATORS:
            raise ValueError(f"two generators are called {name}")
        GENERATORS[name] = function
        return function

    return register
