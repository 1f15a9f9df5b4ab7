"""The words of errors that a cloud gives in more than one place: `types/<provider>/errors.yaml`.

Each entry is `CODE: {says: TEMPLATE, source: TEXT}`; `says` is all that the real provider tells the user.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from standin.catalog import LOADER, TYPES
from standin.errors import CloudError, StandinError
from standin.templates import render
from standin.values import Plain

FILE = "errors.yaml"
_KEYS = {"says", "source"}


@cache
def words(provider: str, types: Path = TYPES) -> Mapping[str, str]:
    """Return a provider's errors, code -> template; StandinError names every wrong entry."""
    path = types / provider / FILE
    if not path.is_file():
        return {}
    data: object = yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506 -- a safe loader
    entries = cast("dict[str, object]", data) if isinstance(data, dict) else {}
    wrong = [code for code, entry in entries.items() if not _is_entry(entry)]
    if wrong or not entries:
        raise StandinError(
            f"{path}: {', '.join(wrong) or 'the file'}: write CODE: {{says: ..., source: ...}}"
        )
    return {code: cast("dict[str, str]", entry)["says"] for code, entry in entries.items()}


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or set(cast("dict[str, object]", entry)) != _KEYS:
        return False
    return all(isinstance(text, str) and text.strip() for text in cast("dict[str, object]", entry).values())


def refusal(provider: str, code: str, values: Mapping[str, Plain]) -> CloudError:
    """Return the error of a code, its fields filled in; StandinError where code or field is not there."""
    known = words(provider)
    if code not in known:
        raise StandinError(
            f"standin/types/{provider}/{FILE} has no {code}; it has: {', '.join(known) or 'none'}"
        )
    text = render(known[code].strip(), values)
    if not isinstance(text, str):
        raise StandinError(
            f"standin/types/{provider}/{FILE}: {code} needs a value that is not given: {known[code]}"
        )
    return CloudError(code, text, whole=True)
