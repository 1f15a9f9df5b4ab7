"""What a rule is, by which a resource that exists is named for `pulumi import`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a provider works; what the rules of one cloud need, and "" elsewhere."""

    partition: str = ""
    """AWS partition."""
    account: str = ""
    """AWS account id."""
    subscription: str = ""
    """Azure subscription id."""


@dataclass(frozen=True)
class ImportId:
    """Rule of one resource type.

    `inputs` are those the id is made of (Pulumi's names), `form` shows the id, `make` builds it from inputs and
    place. `anyones` marks what bears no sign of who made it: it is only taken over where the interrupted run had
    begun it.
    """

    token: str
    inputs: tuple[str, ...]
    form: str
    make: Callable[[Mapping[str, str], Place], str]
    source: str
    anyones: bool = False
