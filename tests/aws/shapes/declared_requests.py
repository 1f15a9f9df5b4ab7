"""The requests that AWS gets for what a program declares: from the inputs in Pulumi's state to the API's parameters.

Each type registers itself in declared_network.py or declared_service.py.

What the provider does in between is its own; here stands what an adopter can read in AWS's API reference. Ids that a
cloud chose are replaced by those of the cloud that is asked (`keep` in in_side_env.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Call = dict[str, Any]
Translation = Callable[[dict[str, Any], Row], list[Call]]
TRANSLATIONS: dict[str, Translation] = {}


def requests(resources: Sequence[Row]) -> dict[str, list[Call]]:
    """Return logical name -> calls, in the order of the state, which has what something needs before it."""
    found: dict[str, list[Call]] = {}
    for row in resources:
        if row["type"] in TRANSLATIONS:
            inputs = {key: value for key, value in row["inputs"].items() if not key.startswith("__")}
            found[str(row["urn"]).rpartition("::")[2]] = TRANSLATIONS[row["type"]](
                inputs, {"id": row["id"], **(row.get("outputs") or {})}
            )
    return found


def call(service: str, operation: str, keep: Mapping[str, str] | None = None, **parameters: object) -> Call:
    return {"service": service, "operation": operation, "parameters": parameters, "keep": dict(keep or {})}


def translates(token: str) -> Callable[[Translation], Translation]:
    def register(one: Translation) -> Translation:
        TRANSLATIONS[f"aws:{token}"] = one
        return one

    return register


def pascal(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return inputs with the keys of most of AWS's APIs, `cidrBlock` as `CidrBlock`."""
    if isinstance(value, dict):
        return {
            key[0].upper() + key[1:]: pascal(inner)
            for key, inner in value.items()
            if not key.startswith("__")
        }
    return [pascal(inner) for inner in value] if isinstance(value, list) else value


def tags(inputs: dict[str, Any], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [
        {key: name, value: text} for name, text in inputs.pop("tags", {}).items() if not name.startswith("__")
    ]


def labelled(inputs: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": tags(inputs)}]


def plain(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return inputs without the engine's own keys."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if not key.startswith("__")}
    return [plain(inner) for inner in value] if isinstance(value, list) else value
