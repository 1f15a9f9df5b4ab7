"""The state that follows from inputs: what the cloud fills in and what it computes."""

from collections.abc import Mapping

from pulumi.provider.experimental.property_value import PropertyValue

from standin.catalog import Property, Spec
from standin.compare import same
from standin.generators import GENERATORS
from standin.templates import fields, is_volatile, render
from standin.values import UNKNOWN, Plain, Properties, Unknown, has_unknown, is_empty, plain, plain_map, wire


def filled(item: Property, value: PropertyValue) -> PropertyValue:
    """Return an object with what the cloud fills in inside it; any other value as it is."""
    inner = value.value
    if not item.fields or not isinstance(inner, Mapping):
        return value
    result = {
        name: filled(item.fields[name], given) if name in item.fields else given
        for name, given in inner.items()
        if given.value is not None
    }
    for field in item.fields.values():
        if field.fills is not None and field.name not in result:
            result[field.name] = wire(field.fills)
    return value.with_value(result)


def desired(spec: Spec, inputs: Properties, where: Mapping[str, Plain]) -> Properties:
    """Return the inputs in the form in which the cloud keeps them, with what it fills in."""
    result = {
        name: value
        for name, value in inputs.items()
        if not name.startswith("__") and value.value is not None and name in spec.inputs
    }
    for item in spec.inputs.values():
        if item.name in result and item.template:
            known = {**where, **plain_map(result)}
            secret = result[item.name].is_secret
            result[item.name] = wire(render(item.template, known), secret=secret)
        elif item.name in result:
            result[item.name] = filled(item, result[item.name])
        elif item.fills is not None and not item.computed:
            if isinstance(item.fills, str):
                result[item.name] = wire(render(item.fills, {**where, **plain_map(result)}))
            else:
                result[item.name] = wire(item.fills)
    return result


def build(
    spec: Spec,
    inputs: Properties,
    where: Mapping[str, Plain],
    config: Mapping[str, Plain],
    *,
    old: Properties | None = None,
    preview: bool = False,
) -> Properties:
    """Return the whole state of a resource after a create, or after an update of `old`.

    In a preview, what the cloud would choose is not known. A preview of a create knows no output at all but
    the merged maps, as with the real provider: a program that needs more of them must not pass here alone.
    source: docs of Terraform's SDKv2, "Computed" attributes are unknown in the plan of a new resource
    """
    result = desired(spec, inputs, where)
    if preview and old is None:
        result |= {i.name: inputs[i.name] for i in spec.inputs.values() if i.template and i.name in result}
    before = old or {}
    for item in spec.inputs.values():
        if item.name not in result and item.computed:
            if item.name in before:
                result[item.name] = before[item.name]
            elif item.fills is not None:
                result[item.name] = wire(UNKNOWN if preview else item.fills)
            elif item.generate:
                result[item.name] = wire(_generated(item, result, preview=preview))
    for item in spec.outputs.values():
        if item.name in result:
            continue
        volatile = item.generate or is_volatile(item.template)
        if volatile and item.name in before:
            result[item.name] = before[item.name]
        elif preview and old is None and not item.merge:
            result[item.name] = wire(UNKNOWN)
        else:
            _compute(item, result, where, config, preview=preview)
    for name in spec.secrets & result.keys():
        result[name] = result[name].with_secret(is_secret=True)
    return result


def _compute(
    item: Property,
    result: Properties,
    where: Mapping[str, Plain],
    config: Mapping[str, Plain],
    *,
    preview: bool,
) -> None:
    if item.merge:
        value = merged(item, plain_map(result), config)
        parts = item.merge
    elif item.generate:
        value, parts = _generated(item, result, preview=preview), ()
    else:
        value = render(item.template, {**where, **plain_map(result)}, generate=not preview)
        parts = tuple(fields(item.template))
    if value is not None:
        secret = any(result[name].contains_secret() for name in parts if name in result)
        result[item.name] = wire(value, secret=secret)


def _generated(item: Property, result: Properties, *, preview: bool) -> Plain:
    known = plain_map(result)
    if preview or has_unknown(dict(known)):
        return UNKNOWN
    return GENERATORS[item.generate](known)


def merged(item: Property, properties: Mapping[str, Plain], config: Mapping[str, Plain]) -> Plain:
    """Return the maps of a `merge` in one, the last one winning."""
    result: dict[str, Plain] = {}
    for part in item.merge:
        value: Plain = dict(config) if part.startswith("config.") else dict(properties)
        for key in part.removeprefix("config.").split("."):
            value = value.get(key) if isinstance(value, dict) else value
        if isinstance(value, Unknown):
            return UNKNOWN
        if isinstance(value, dict):
            result |= value
    return result


def imported_inputs(spec: Spec, state: Properties) -> Properties:
    """Return the inputs that would make a state that was read without any."""
    result: Properties = {}
    for item in spec.inputs.values():
        value = state.get(item.name)
        if value is None or not item.readable or is_empty(plain(value)) or plain(value) == item.default:
            continue
        text = value.value
        if item.compare == "url" and isinstance(text, str) and "://" not in text:
            value = wire(f"https://{text}", secret=value.is_secret)
        result[item.name] = value
    return result


def refreshed_inputs(spec: Spec, inputs: Properties, state: Properties) -> Properties:
    """Return the old inputs, each one that the cloud has differently now with the cloud's value."""
    result: Properties = {}
    for name, value in inputs.items():
        item = spec.inputs.get(name)
        if item is None or not item.readable:
            result[name] = value
        elif name in state:
            current = state[name]
            result[name] = value if same(item, plain(filled(item, value)), plain(current)) else current
    return result
