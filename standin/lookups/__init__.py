"""What functions read from the cloud: for each, the small code that finds its row.

The function's file says of which type the row is (`reads`); its templates refer to the row's properties. Each
cloud's own stand in a module named as the cloud.
"""

import json
from collections.abc import Callable, Mapping
from typing import cast

from standin.catalog import Spec
from standin.cloud import Cloud
from standin.errors import StandinError
from standin.values import DIGEST, Plain

Lookup = Callable[[Cloud, Spec, str, Mapping[str, Plain]], Mapping[str, object]]
"""Takes the cloud, the function, the place of the row and what was given, with the scope; returns the row's
properties, or raises CloudError as the provider does."""

LOOKUPS: dict[str, Lookup] = {}


def lookup(token: str) -> Callable[[Lookup], Lookup]:
    """Register the code that finds a function's row."""

    def register(function: Lookup) -> Lookup:
        if token in LOOKUPS:
            raise ValueError(f"two lookups are for {token}")
        LOOKUPS[token] = function
        return function

    return register


def look_up(spec: Spec, place: str, given: Mapping[str, Plain], cloud: Cloud) -> dict[str, Plain]:
    """Return the properties of the row that a function reads.

    CloudError where there is none; StandinError where a property was given as a secret, of which the cloud
    keeps only a digest.
    """
    properties = LOOKUPS[spec.token](cloud, spec, place, given)
    hidden = sorted(name for name, value in properties.items() if f'"{DIGEST}"' in json.dumps(value))
    if hidden:
        raise StandinError(
            f"{spec.token} cannot return {', '.join(hidden)}: given as a secret, and the stand-in cloud keeps "
            "no secret; pass a plain value to the resource"
        )
    return cast("dict[str, Plain]", dict(properties))
