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


RECOVERING = "CLAUDE_BYOC_RECOVERING"
"""Environment variable of the previews of `claude-byoc recover`: what exists already does not stop them, since it is
about to be looked up."""

LOOKUPS = "CLAUDE_BYOC_LOOKUPS"
"""Environment variable of the same previews: the file to which the program writes, a line of JSON each, what its
providers were asked for. They have the credentials; the command has none."""

OWNERSHIP_TAGS = ("claude-byoc:project", "claude-byoc:stack")
"""Tags that tell whose a resource is; both must agree before it is taken into a state."""


@dataclass(frozen=True)
class ImportId:
    """Rule of one resource type.

    `inputs` are those the id is made of (Pulumi's names), `form` shows the id, `make` builds it from inputs and
    place. `within` is the input that names what it lies in, where the id does not begin with that. `anyones` marks what
    bears no sign of who made it and is often there before: it is only looked up where the interrupted run had begun to
    make it, or where a person says whose it is.
    """

    token: str
    inputs: tuple[str, ...]
    form: str
    make: Callable[[Mapping[str, str], Place], str]
    source: str
    anyones: bool = False
    within: str = ""


@dataclass(frozen=True)
class AskedId:
    """Rule of one resource type whose ids the cloud chooses: it is asked which one has these inputs.

    `inputs`, `form`, `source` and `anyones` as in ImportId.
    """

    token: str
    inputs: tuple[str, ...]
    form: str
    source: str
    anyones: bool = False
