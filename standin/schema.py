"""The schema of resource types and functions, read from the installed Pulumi SDK.

The SDK's classes are generated; what is read here are their signatures, annotations, docstrings and the
options that they set for themselves.
"""

# ruff: noqa: ANN401 # the SDK's classes are found by name, so that they have no type of their own

import ast
import collections.abc
import enum
import functools
import importlib
import inspect
import json
import re
import textwrap
import types
import typing
import warnings
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi._types import (
    input_type_py_to_pulumi_names,
    input_type_types,
    output_type_types,
    resource_types,
)

from standin.catalog import Property
from standin.errors import StandinError
from standin.sdk import folder, version

_DEPTH = 5
"""How many response types deep outputs are read, and none within itself: they contain each other without end (a
private endpoint's subnet lists private endpoints)."""
_FORCES_NEW = re.compile(r"forces? (a )?new|forces? replacement|forces recreation", re.IGNORECASE)


@dataclass(frozen=True)
class Schema:
    """What the SDK tells of a resource type or a function."""

    token: str
    kind: typing.Literal["type", "function"]
    inputs: dict[str, Property]
    outputs: dict[str, Property]
    """Without the inputs, but with the fields that the cloud adds inside an input that is an object."""


def provider_of(token: str) -> str:
    """Return the provider of a token."""
    return token.partition(":")[0]


def schema(token: str) -> Schema:
    """Read a token's schema from the SDK; StandinError where the SDK has no such token."""
    where = registry(provider_of(token)).get(token)
    if where is not None:
        module, name = where
        return _resource(token, _class(module, name))
    return _function(token)


def _class(module: str, name: str) -> Any:
    with warnings.catch_warnings():
        # An SDK's own deprecated classes warn when their module is read, which happens at the first look into it.
        warnings.simplefilter("ignore", DeprecationWarning)
        return getattr(importlib.import_module(module), name)


def configuration(provider: str) -> dict[str, Property]:
    """Return the inputs of the SDK's `Provider`."""
    module = importlib.import_module(folder(provider).name)
    return _inputs(module.ProviderArgs, _secret_inputs(module.Provider), set())


@functools.cache
def registry(provider: str) -> dict[str, tuple[str, str]]:
    """Return every resource type of the SDK: token -> module and class, read without importing it.

    source: the `_utilities.register(resource_modules=...)` call in the SDK's __init__.py
    """
    tree = ast.parse((folder(provider) / "__init__.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "resource_modules":
            modules = json.loads(ast.literal_eval(node.value))
            return {token: (row["fqn"], name) for row in modules for token, name in row["classes"].items()}
    raise StandinError(f"the SDK pulumi-{provider} registers no resources")


def _resource(token: str, cls: Any) -> Schema:
    module = inspect.getmodule(cls)
    # Where an input type has the name already, the class of the resource's own arguments has another.
    args = getattr(module, f"{cls.__name__}InitArgs", None) or getattr(module, f"{cls.__name__}Args")
    options = _options(cls)
    secrets = set(options.get("additional_secret_outputs", [])) | _secret_inputs(cls)
    replaces = {name.rstrip("[]*.") for name in options.get("replace_on_changes", [])}
    inputs = _inputs(args, secrets, replaces)
    outputs: dict[str, Property] = {}
    for name, hint in resource_types(cls).items():
        kind, nested = _type(hint)
        if name not in inputs:
            outputs[name] = Property(name, kind, secret=name in secrets)
        elif nested and inputs[name].fields:
            added = {key: item for key, item in _outputs(nested).items() if key not in inputs[name].fields}
            outputs |= {name: Property(name, kind, fields=added)} if added else {}
    return Schema(token, "type", inputs, outputs)


def _function(token: str) -> Schema:
    provider, module, name = (*token.split(":"), "", "")[:3]
    package = folder(provider).name
    first = module.split("/")[0]
    path = package if first in ("index", "") else f"{package}.{first}"
    try:
        function = _class(path, _snake(name))
    except (ImportError, AttributeError):
        raise StandinError(
            f"the SDK pulumi-{provider} {version(provider)} has no {token!r}; "
            "a token is PACKAGE:MODULE:NAME, as in aws:iam/role:Role"
        ) from None
    signature = inspect.signature(function)
    inputs = {
        _camel(name): Property(_camel(name), _type(p.annotation)[0], required=p.default is p.empty)
        for name, p in signature.parameters.items()
        if name != "opts"
    }
    return Schema(token, "function", inputs, _outputs(signature.return_annotation.__mro__[1]))


def _outputs(cls: Any, within: tuple[Any, ...] = ()) -> dict[str, Property]:
    within = (*within, cls)
    result: dict[str, Property] = {}
    for name, hint in output_type_types(cls).items():
        kind, nested = _type(hint)
        further = nested and nested not in within and len(within) <= _DEPTH
        result[name] = Property(name, kind, fields=_outputs(nested, within) if further else {})
    return result


def _inputs(
    args: Any, secrets: set[str], replaces: set[str], within: tuple[Any, ...] = ()
) -> dict[str, Property]:
    # None within itself: a rule of a web ACL holds statements that hold statements.
    within = (*within, args)
    names: dict[str, str] = input_type_py_to_pulumi_names(args)
    hints: dict[str, Any] = input_type_types(args)
    parameters = inspect.signature(args.__init__).parameters
    result: dict[str, Property] = {}
    for python, name in names.items():
        kind, nested = _type(hints[name])
        documentation = inspect.getdoc(getattr(args, python, None)) or ""
        result[name] = Property(
            name,
            kind,
            required=parameters[python].default is inspect.Parameter.empty,
            replaces=name in replaces or bool(_FORCES_NEW.search(documentation)),
            secret=name in secrets,
            fields=_inputs(nested, set(), set(), within) if nested and nested not in within else {},
        )
    return result


def _options(cls: Any) -> dict[str, list[str]]:
    """Return the resource options that the class sets for itself."""
    source = inspect.getsource(cls._internal_init)
    keywords = [
        node for node in ast.walk(ast.parse(textwrap.dedent(source))) if isinstance(node, ast.keyword)
    ]
    wanted = ("additional_secret_outputs", "replace_on_changes")
    return {node.arg: ast.literal_eval(node.value) for node in keywords if node.arg in wanted and node.arg}


def _secret_inputs(cls: Any) -> set[str]:
    """Return the inputs that the class makes secret before it sends them."""
    source = inspect.getsource(cls._internal_init)
    found = re.findall(r'__dict__\["(\w+)"\] = None if \w+ is None else pulumi\.Output\.secret', source)
    return {_camel(name) for name in found}


def _type(hint: Any) -> tuple[str, Any]:
    """Return our name of a type hint and, for an object, the class that describes its fields."""
    scalars = {str: "string", int: "integer", float: "number", bool: "boolean"}
    if hint in scalars:
        return scalars[hint], None
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "string", None
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (collections.abc.Sequence, collections.abc.Mapping):
        inner, nested = _type(arguments[-1])
        return f"{'list' if origin is collections.abc.Sequence else 'map'}({inner})", nested
    if origin in (typing.Union, types.UnionType):
        kept = [a for a in arguments if a is not type(None) and not _is_promise(a)]
        kinds = [_type(argument) for argument in kept]
        if all(kind == kinds[0] for kind in kinds):
            return kinds[0]
        return ("json" if [kind for kind, _ in kinds] == ["string", "object"] else "any"), None
    return ("object", hint) if isinstance(hint, type) and hint is not object else ("any", None)


def _is_promise(hint: Any) -> bool:
    return typing.get_origin(hint) in (collections.abc.Awaitable, pulumi.Output)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
