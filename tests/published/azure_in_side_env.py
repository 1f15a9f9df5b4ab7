"""Runs in the side environment `azure`, which has Microsoft's own client libraries.

stdin: {"rows": [{"type", "inputs"}]}, as the state has them; stdout: {"problems": [text]}. A row's inputs are read
strictly by the class that the library makes a request's body from: an unknown field, one that the service alone writes,
a value of another type, a word that is no known value of an enumeration, a number outside of the bounds that the
description states, and a required field that is absent are problems, and so is a type that is not in BODIES.
"""
# These imports exist in the side environment only:
# pyright: reportMissingImports=false
# Classes found by name have no type of their own:
# ruff: noqa: ANN401

import enum
import importlib
import json
import re
import sys
import typing
from dataclasses import dataclass
from typing import Any

BODIES: dict[str, tuple[str, str, set[str]]] = {
    "app:ContainerApp": ("appcontainers.models", "ContainerApp", {"containerAppName"}),
    "app:ManagedEnvironment": ("appcontainers.models", "ManagedEnvironment", {"environmentName"}),
    "app:ManagedCertificate": (
        "appcontainers.models", "ManagedCertificate", {"environmentName", "managedCertificateName"},
    ),
    "app:Certificate": ("appcontainers.models", "Certificate", {"environmentName", "certificateName"}),
    "applicationinsights:Workbook": (
        "applicationinsights.v2023_06_01.models", "Workbook", {"resourceName"},
    ),
    "authorization:RoleAssignment": (
        "authorization.models", "RoleAssignmentCreateParameters", {"roleAssignmentName", "scope"},
    ),
    "cognitiveservices:Account": ("cognitiveservices.models", "Account", {"accountName"}),
    "dns:RecordSet": ("dns.models", "RecordSet", {"recordType", "relativeRecordSetName", "zoneName"}),
    "keyvault:Secret": ("keyvault.models", "SecretCreateOrUpdateParameters", {"secretName", "vaultName"}),
    "keyvault:Vault": ("keyvault.models", "VaultCreateOrUpdateParameters", {"vaultName"}),
    "managedidentity:UserAssignedIdentity": ("msi.models", "Identity", {"resourceName"}),
    "monitor:MetricAlert": ("monitor.models", "MetricAlertResource", {"ruleName"}),
    "monitor:ScheduledQueryRule": ("monitor.models", "ScheduledQueryRuleResource", {"ruleName"}),
    "network:ApplicationGateway": ("network.models", "ApplicationGateway", {"applicationGatewayName"}),
    "network:NetworkSecurityGroup": (
        "network.models", "NetworkSecurityGroup", {"networkSecurityGroupName"},
    ),
    "network:PrivateDnsZoneGroup": (
        "network.models", "PrivateDnsZoneGroup", {"privateDnsZoneGroupName", "privateEndpointName"},
    ),
    "network:PrivateEndpoint": ("network.models", "PrivateEndpoint", {"privateEndpointName"}),
    "network:PublicIPAddress": ("network.models", "PublicIPAddress", {"publicIpAddressName"}),
    "network:VirtualNetwork": ("network.models", "VirtualNetwork", {"virtualNetworkName"}),
    "network:WebApplicationFirewallPolicy": (
        "network.models", "WebApplicationFirewallPolicy", {"policyName"},
    ),
    "operationalinsights:Workspace": ("loganalytics.models", "Workspace", {"workspaceName"}),
    "privatedns:PrivateRecordSet": (
        "privatedns.models", "RecordSet", {"privateZoneName", "recordType", "relativeRecordSetName"},
    ),
    "privatedns:PrivateZone": ("privatedns.models", "PrivateZone", {"privateZoneName"}),
    "privatedns:VirtualNetworkLink": (
        "privatedns.models", "VirtualNetworkLink", {"privateZoneName", "virtualNetworkLinkName"},
    ),
    "resources:ResourceGroup": ("resource.resources.models", "ResourceGroup", set()),
}  # fmt: skip
"""Type -> module below azure.mgmt, class of the body, inputs of the path besides the resource group."""
SKIPPED = {"monitor:DiagnosticSetting"}
"""Types of which the libraries have no class."""
NEWER = {"enableFips"}
"""Fields that the SDK sets by itself and that are newer than the library."""
_PLAIN = {
    "str": str,
    "int": int,
    "bool": bool,
    "float": float,
    "object": object,
    "iso-8601": str,
    "duration": str,
}


@dataclass(frozen=True)
class Field:
    """One field of a body. `kind` is a type, a class of the library, or ("list" | "map", kind)."""

    kind: Any
    written_by_service: bool = False
    required: bool = False
    least: int | None = None
    most: int | None = None


def fields(cls: Any) -> dict[str, Field]:
    """Return a class's fields by their names in JSON; those that the library flattens stand beside the others."""
    return _mapped(cls) if hasattr(cls, "_attribute_map") else _annotated(cls)


def _mapped(cls: Any) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for attribute, one in cls._attribute_map.items():
        name = re.split(r"(?<!\\)\.", one["key"])[-1].replace("\\.", ".")
        limits = cls._validation.get(attribute, {})
        if name in found and "." in one["key"]:
            continue  # a field of `properties` under the name of one beside it
        found[name] = Field(
            _named(one["type"], sys.modules[cls.__module__]),
            limits.get("readonly", False),
            limits.get("required", False),
            limits.get("minimum"),
            limits.get("maximum"),
        )
    return found


def _named(text: str, module: Any) -> Any:
    if text[0] in "[{":
        return ("list" if text[0] == "[" else "map", _named(text[1:-1], module))
    return _PLAIN.get(text) or getattr(module, text, str)


def _annotated(cls: Any) -> dict[str, Field]:
    make = getattr(cls, "__new__")  # noqa: B009 -- the fields are found when the class is first used
    make(cls)
    package = importlib.import_module(cls.__module__.rpartition(".")[0])
    space = {"_models": package, **vars(sys.modules[cls.__module__])}
    hints = typing.get_type_hints(cls, space)
    found: dict[str, Field] = {}
    for attribute, field in cls._attr_to_rest_field.items():
        kind, optional = _annotation(hints[attribute])
        bounds = _bounds(cls, attribute)
        visible = field._visibility
        found[field._rest_name_input or attribute] = Field(
            kind,
            visible == ["read"],
            not optional and visible != ["read"] and not field._is_discriminator,
            *bounds,
        )
    inner = found.get("properties")
    if inner is not None and isinstance(inner.kind, type) and hasattr(inner.kind, "_is_model"):
        found = {**fields(inner.kind), **found}
    return found


def _annotation(hint: Any) -> tuple[Any, bool]:
    parts = typing.get_args(hint)
    if typing.get_origin(hint) in (list, typing.List):  # noqa: UP006 -- what older libraries use
        return ("list", _annotation(parts[0])[0]), False
    if typing.get_origin(hint) in (dict, typing.Dict):  # noqa: UP006 -- what older libraries use
        return ("map", _annotation(parts[1])[0]), False
    if parts and typing.get_origin(hint) is not typing.Literal:
        inner = [part for part in parts if part is not type(None)]
        words = [part for part in inner if isinstance(part, type) and issubclass(part, enum.Enum)]
        return _annotation(words[0] if words else inner[0])[0], type(None) in parts
    return (str if typing.get_origin(hint) is typing.Literal else hint), False


def _bounds(cls: Any, attribute: str) -> tuple[int | None, int | None]:
    """Return the bounds that a field's description states in words."""
    text = " ".join((cls.__doc__ or "").split())
    said = re.search(rf":ivar {attribute}: (.*?)(?= :ivar | :vartype )", text)
    numbers = [
        re.search(rf"{word} value is (\d+)", said[1]) if said else None for word in ("Minimum", "Maximum")
    ]
    least, most = (int(number[1]) if number else None for number in numbers)
    return least, most


def of_kind(cls: Any, value: dict[str, Any]) -> Any:
    """Return the class of a value that says itself which one it is."""
    for attribute, known in vars(cls).get("_subtype_map", {}).items():
        name = fields_names(cls)[attribute]
        told = value.get(name, value.get("odataType"))
        if told in known:
            return of_kind(getattr(sys.modules[cls.__module__], known[told]), value)
    for told, other in vars(cls).get("__mapping__", {}).items():
        if told in value.values():
            return other
    return cls


def fields_names(cls: Any) -> dict[str, str]:
    """Return attribute -> name in JSON."""
    return {attribute: one["key"].replace("\\.", ".") for attribute, one in cls._attribute_map.items()}


def body(value: dict[str, Any], cls: Any, where: str) -> list[str]:
    """Return what a class refuses of an object."""
    cls = of_kind(cls, value)
    known, found = fields(cls), list[str]()
    defaults = value.get("__defaults", [])
    for key, inner in value.items():
        if key == "__defaults" or key in defaults or key in NEWER:
            continue
        name = "odata.type" if key == "odataType" else key
        field = known.get(name) or known.get(f"@{name}")
        if field is None:
            found.append(f"{where}.{key} is no field of {cls.__name__}; fields: {', '.join(sorted(known))}")
        elif field.written_by_service:
            found.append(f"{where}.{key} is what the service says, not what it takes")
        else:
            found += checked(inner, field.kind, f"{where}.{key}")
            if isinstance(inner, int | float) and not (
                (field.least is None or inner >= field.least) and (field.most is None or inner <= field.most)
            ):
                found.append(f"{where}.{key} is {inner}, not between {field.least} and {field.most}")
    given = {"odata.type" if key == "odataType" else key for key in value}
    inside = value.get("properties")
    given |= inside.keys() if isinstance(inside, dict) else set()
    nested = known["properties"].kind if "properties" in known else None
    flat = set(fields(nested)) if isinstance(nested, type) and hasattr(nested, "_is_model") else set()
    return found + [
        f"{where}.{name} is missing"
        for name, field in known.items()
        if field.required and name not in given and not (name == "properties" and flat & given)
    ]


def checked(value: Any, kind: Any, where: str) -> list[str]:
    """Return what a kind refuses of a value."""
    if where.endswith(".userAssignedIdentities"):
        return []  # a list in the SDK, the keys of a map in the request
    shown = f"{where} is {type(value).__name__}, not"
    if isinstance(kind, tuple):
        items = (
            value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else None
        )
        if items is None or isinstance(value, list) != (kind[0] == "list"):
            return [f"{shown} a {kind[0]}"]
        return [text for at, one in enumerate(items) for text in checked(one, kind[1], f"{where}[{at}]")]
    if issubclass(kind, enum.Enum):
        words = [one.value for one in kind]
        return [] if value in words else [f"{where} is {value!r}, none of {', '.join(words)}"]
    if hasattr(kind, "_attribute_map") or hasattr(kind, "_is_model"):
        return body(value, kind, where) if isinstance(value, dict) else [f"{shown} an object"]
    allowed = {float: (int, float), int: int, str: str, bool: bool}.get(kind, object)
    right = isinstance(value, allowed) and (kind in (bool, object) or not isinstance(value, bool))
    return [] if right else [f"{shown} {kind.__name__}"]


def problems(row: dict[str, Any]) -> list[str]:
    """Return what is wrong with one row."""
    token = row["type"].removeprefix("azure-native:")
    if token in SKIPPED:
        return []
    if token not in BODIES:
        return [f"{token} is not in BODIES"]
    module, name, path = BODIES[token]
    cls = getattr(importlib.import_module(f"azure.mgmt.{module}"), name)
    path = path | {"resourceGroupName", "__defaults"}
    return body({key: value for key, value in row["inputs"].items() if key not in path}, cls, token)


json.dump({"problems": [text for row in json.load(sys.stdin)["rows"] for text in problems(row)]}, sys.stdout)
