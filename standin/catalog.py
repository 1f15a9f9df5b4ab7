"""The declared types and functions: `types/<provider>/*.yaml`, read once and checked strictly."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, cast

import yaml

from standin.errors import StandinError
from standin.values import Plain

TYPES = Path(__file__).parent / "types"

OTHER_FILES = ("errors.yaml", "seeds.yaml")
"""What a provider's folder holds beside types and functions; `refusals.py` and `seeds.py` read them."""

PLACES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "aws": {"account": ("account",), "region": ("account", "region")},
    "azuread": {"tenant": ("tenant",)},
    "azure-native": {"subscription": ("subscription",)},
    "gcp": {"project": ("project",)},
}
"""Where ids can be unique: provider -> name -> the parts of the scope that say where. The first is the
provider's own."""

Compare = Literal["exact", "policy", "json", "set", "url"]
_TYPE = re.compile(r"(string|integer|number|boolean|json|any|object)|(list|map)\((.+)\)")


@dataclasses.dataclass(frozen=True)
class Property:
    """One property of a type, a function or a provider's configuration, at any depth."""

    name: str
    type: str
    """`string`, `integer`, `number`, `boolean`, `object`, `any`, `json` (text, or an object that becomes
    text), `list(...)` or `map(...)`."""
    required: bool = False
    replaces: bool = False
    """A change of it replaces the resource."""
    secret: bool = False
    default: Plain = None
    """What the provider puts into the inputs when the program gives nothing; text is a template."""
    fills: Plain = None
    """Of an input: what the cloud puts into the state when the program gives nothing; removal returns to it.
    Text is a template, but for a field of an object, where it is literal. Of an output: a constant."""
    computed: bool = False
    """The cloud keeps what it has when the program gives nothing; `fills` is then its first value alone."""
    readable: bool = True
    """The cloud's API returns it."""
    compare: Compare = "exact"
    autoname: int = 0
    """The longest name, where the provider names the resource itself; 0 where it does not."""
    conflicts: tuple[str, ...] = ()
    template: str = ""
    """Of an output: how it is made. Of an input: how the cloud keeps what is given."""
    generate: str = ""
    """The function in `generators/` that makes the value."""
    live: bool = False
    """Of an output that is generated: made anew at every read and update, as it follows other rows."""
    merge: tuple[str, ...] = ()
    """The maps that make it, the last one winning: `config.<path>` or an input's name."""
    as_keys: bool = False
    """Of a list of texts: the cloud keeps and returns them as the keys of a map, as Azure does with identities."""
    fields: Mapping[str, "Property"] = dataclasses.field(default_factory=dict[str, "Property"])
    """Of an object, or of the objects in a list or map: what is in it. Of an output that has an input's name:
    what the cloud adds inside that object."""
    source: str = ""


@dataclasses.dataclass(frozen=True)
class Lasting:
    """What the real cloud keeps after a delete."""

    what: str
    reason: str
    source: str
    when: Mapping[str, Plain] = dataclasses.field(default_factory=dict[str, Plain])
    """The properties (dotted paths) and values that must hold for it to be kept, always where empty; what is
    absent counts as false. In a file a name alone means that it must be true."""
    deleted: bool = False
    """It counts as deleted: no read, update or delete finds it. Otherwise it goes on as before (a log group that
    nobody deletes)."""
    holds: str = ""
    """The error (of `errors.yaml`) with which a create under the same id is refused; empty where it succeeds.
    What holds its name counts as deleted."""
    restored_by: str = ""
    """The input (dotted path) that, where true, makes such a create bring back what was kept."""


@dataclasses.dataclass(frozen=True)
class Exclusive:
    """What one operation holds alone from its start to its end."""

    key: str
    """A template: operations with the same text, of whatever type, shut each other out."""
    code: str
    """The error (of `errors.yaml`) for whoever comes second; `{parent}` in its words is the key."""


@dataclasses.dataclass(frozen=True)
class Spec:
    """One resource type, one function, or one provider's configuration."""

    token: str
    source: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property]
    id: str = ""
    unique: str = ""
    """A template: two resources with the same text cannot exist side by side in one place."""
    place: str = "account"
    """Where the id is unique, one of the provider's `PLACES`; `state`: the cloud keeps nothing, the resource
    lives in Pulumi's state."""
    adopts: bool | str = False
    """A create takes over what exists under the same unique key; a name: where that input is true."""
    lasting: Lasting | None = None
    exclusive: Exclusive | None = None
    """What a create, update or delete holds alone while it runs."""
    import_id: str = ""
    """A template: what an import names the resource by, where that is not its id."""
    on_import: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    """Templates of what an import derives from the id alone (`place: state`)."""
    reads: str = ""
    """Of a function: the type of the row that it finds in the cloud, as `lookups/` says; its templates
    refer to that row's properties."""
    path: Path = Path()

    @property
    def properties(self) -> dict[str, Property]:
        """Inputs and outputs together."""
        return {**self.outputs, **self.inputs}

    @property
    def secrets(self) -> set[str]:
        """The properties that are secret whatever the program says."""
        return {name for name, item in self.properties.items() if item.secret}


@dataclasses.dataclass(frozen=True)
class Catalog:
    """What one provider's stand-in knows."""

    provider: str
    types: Mapping[str, Spec]
    functions: Mapping[str, Spec]
    config: Spec

    def type(self, token: str) -> Spec:
        """Return the type; StandinError with the command that drafts it where it is not declared.

        A URN names the parents' types before the resource's own, `PARENT$TOKEN`; the last one counts.
        """
        return self._find(self.types, token, "resource type")

    def function(self, token: str) -> Spec:
        """Return the function; StandinError with the command that drafts it where it is not declared."""
        return self._find(self.functions, token, "function")

    def _find(self, among: Mapping[str, Spec], token: str, what: str) -> Spec:
        if token in among:
            return among[token]
        raise StandinError(
            f"the stand-in cloud {self.provider!r} has no {what} {token}; draft it with "
            f"`python -m standin learn {token}`, check it against the provider's documentation "
            f"and save it under standin/types/{self.provider}/"
        )


def providers() -> list[str]:
    """Return the providers that have a stand-in, in alphabetical order."""
    return sorted(folder.name for folder in TYPES.iterdir() if (folder / "provider.yaml").is_file())


@cache
def load(provider: str, types: Path = TYPES) -> Catalog:
    """Read every file of a provider; StandinError names each file that is wrong, all at once."""
    folder = types / provider
    if not (folder / "provider.yaml").is_file():
        raise StandinError(f"no stand-in cloud {provider!r}; there are: {', '.join(providers())}")
    found: dict[str, dict[str, Spec]] = {"type": {}, "function": {}, "provider": {}}
    problems: list[str] = []
    for path in sorted(set(folder.glob("*.yaml")) - {folder / name for name in OTHER_FILES}):
        try:
            kind, spec = _spec(path, provider)
        except (ValueError, TypeError, yaml.YAMLError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        if spec.token in found[kind]:
            problems.append(f"{path.name}: {spec.token} is declared twice")
        found[kind][spec.token] = spec
    problems += [
        f"{spec.path.name}: `reads` names {spec.reads}, a type that is not declared"
        for spec in found["function"].values()
        if spec.reads and spec.reads not in found["type"]
    ]
    if problems:
        raise StandinError(f"standin/types/{provider} is wrong:\n  " + "\n  ".join(problems))
    return Catalog(provider, found["type"], found["function"], found["provider"][provider])


# In C where PyYAML has it: every provider reads its types when it starts.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _spec(path: Path, provider: str) -> tuple[str, Spec]:
    data = _mapping(yaml.load(path.read_text("utf-8"), Loader=LOADER))  # noqa: S506 -- a safe loader
    kinds = [kind for kind in ("type", "function", "provider") if kind in data]
    if len(kinds) != 1:
        raise ValueError("give exactly one of the keys type, function, provider")
    kind = kinds[0]
    token = str(data.pop(kind))
    for key in ("inputs", "outputs"):
        data[key] = _properties(data.get(key), f"{key}.")
    if "lasting" in data:
        data["lasting"] = _lasting(_mapping(data["lasting"]))
    if "exclusive" in data:
        data["exclusive"] = Exclusive(**cast("dict[str, str]", _mapping(data["exclusive"])))
    data["on_import"] = data.pop("import", {})
    _known(data, Spec, "")
    if not str(data.get("source") or "").strip():
        raise ValueError("`source` is empty: say where the facts come from")
    if kind == "type" and not data.get("id"):
        raise ValueError("a type needs `id`")
    places = [*PLACES.get(provider, PLACES["aws"]), "state"]
    if data.setdefault("place", places[0]) not in places:
        raise ValueError(f"`place` is {', '.join(places[:-1])} or state")
    return kind, Spec(token=token, path=path, **data)  # pyright: ignore[reportArgumentType] # keys checked by _known


def _lasting(data: dict[str, object]) -> Lasting:
    when = data.get("when") or {}
    data["when"] = {when: True} if isinstance(when, str) else _mapping(when)
    _known(data, Lasting, "lasting: ")
    return Lasting(**data)  # pyright: ignore[reportArgumentType] # keys checked by _known


def _properties(data: object, where: str) -> dict[str, Property]:
    result: dict[str, Property] = {}
    for name, row in _mapping(data).items():
        fact = dict(_mapping(row))
        fact["fields"] = _properties(fact.get("fields"), f"{where}{name}.")
        for key in ("conflicts", "merge"):
            fact[key] = tuple(cast("list[str]", fact.get(key, [])))
        _known(fact, Property, f"{where}{name}: ")
        if not is_type(str(fact.get("type"))):
            raise ValueError(f"{where}{name}: type {fact.get('type')!r} is not one of ours")
        result[name] = Property(name=name, **fact)  # pyright: ignore[reportArgumentType] # keys checked by _known
    return result


def is_type(text: str) -> bool:
    """Say whether a type text is well formed."""
    match = _TYPE.fullmatch(text)
    return bool(match) and (match.group(1) is not None or is_type(match.group(3)))


def _known(data: Mapping[str, object], of: type, where: str) -> None:
    allowed = {field.name for field in dataclasses.fields(of)} - {"name", "token", "path"}
    if unknown := sorted(set(data) - allowed):
        raise ValueError(f"{where}unknown {', '.join(unknown)}; allowed: {', '.join(sorted(allowed))}")


def _mapping(data: object) -> dict[str, object]:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise TypeError(f"expected a mapping, got {data!r}")
    return {str(key): value for key, value in cast("dict[object, object]", data).items()}


def walk(properties: Mapping[str, Property], prefix: str = "") -> Iterator[tuple[str, Property]]:
    """Yield every property at any depth with its dotted path."""
    for name, item in properties.items():
        yield prefix + name, item
        yield from walk(item.fields, f"{prefix}{name}.")
