"""What the settings of every part are made of."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from claude_byoc.contract import entra

GUID = f"^{entra.GUID_PATTERN}$"


def one_of(words: Iterable[str]) -> str:
    """Return the pattern of a setting that is one of `words`."""
    return f"^(?:{'|'.join(words)})$"


class Section(BaseModel):
    """An object within the settings: camelCase in the stack file, no unknown key, no coercion of types."""

    model_config = ConfigDict(
        extra="forbid", alias_generator=to_camel, strict=True, frozen=True, hide_input_in_errors=True
    )
