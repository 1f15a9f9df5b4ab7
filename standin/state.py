"""The state that follows from inputs: what the cloud fills in and what it computes."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pulumi.provider.experimental.property_value import PropertyValue

from standin.catalog import Property, Spec
from standin.cloud import Cloud
from standin.compare import same
from standin.generators import GENERATORS, Making
from standin.scope import place
from standin.templates import fields, is_volatile, render
from standin.values import UNKNOWN, Plain, Properties, Unknown, has_unknown, is_empty, plain, plain_map, wire


def filled(item: Property, value: PropertyValue) -> PropertyValue:
    """Return an object with what the cloud fills in inside it; any other value as it is."""
    inner = value.value
    if item.as_keys and isinstance(inner, Sequence) and not isinstance(inner, str):
        texts = plain(value)
        if not isinstance(texts, list) or has_unknown(texts):
            return wire(UNKNOWN)
        return value.with_value({str(text): wire({}) for text in texts})
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


def declared(item: Property, value: PropertyValue) -> PropertyValue:
    """Return a value of an input without the fields that the cloud added to it."""
    inner = value.value
    if item.as_keys and isinstance(inner, Mapping):
        return value.with_value([wire(key) for key in inner])
    if not item.fields or isinstance(inner, str):
        return value
    if item.type.startswith("map(") and isinstance(inner, Mapping):
        elements = dataclasses.replace(item, type=item.type[4:-1])
        return value.with_value({key: declared(elements, element) for key, element in inner.items()})
    if isinstance(inner, Mapping):
        kept = {
            name: declared(item.fields[name], field) for name, field in inner.items() if name in item.fields
        }
        return value.with_value(kept)
    if isinstance(inner, Sequence):
        elements = dataclasses.replace(item, type=item.type.removeprefix("list(").removesuffix(")"))
        return value.with_value([declared(elements, element) for element in inner])
    return value


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


@dataclass(frozen=True)
class Context:
    """Where values are made: the provider's scope and configuration, and its cloud."""

    where: Mapping[str, Plain]
    config: Mapping[str, Plain]
    open_cloud: Callable[[], Cloud]

    def scope(self, properties: Mapping[str, Plain]) -> dict[str, Plain]:
        """Return the provider's scope, a resource's own region or project first."""
        return {name: properties.get(name) or value for name, value in self.where.items()}

    def generate(self, spec: Spec, item: Property, known: Mapping[str, Plain], before: Plain = None) -> Plain:
        """Make a generated value, `before` being the last one; UNKNOWN while not all is known."""
        if has_unknown(dict(known)):
            return UNKNOWN
        scope = self.scope(known)
        return GENERATORS[item.generate](Making(known, scope, self.open_cloud(), place(spec, scope), before))

    def live(self, spec: Spec, known: Mapping[str, Plain]) -> dict[str, Plain]:
        """Return the values that follow other rows, as they are now."""
        items = [item for item in spec.outputs.values() if item.live]
        return {item.name: self.generate(spec, item, known, known.get(item.name)) for item in items}


def build(
    spec: Spec,
    inputs: Properties,
    context: Context,
    *,
    old: Properties | None = None,
    preview: bool = False,
) -> Properties:
    """Return the whole state of a resource after a create, or after an update of `old`.

    In a preview, what the cloud would choose is not known. A preview of a create knows no output at all but
    the merged maps, as with the real provider: a program that needs more of them must not pass here alone.
    source: docs of Terraform's SDKv2, "Computed" attributes are unknown in the plan of a new resource
    """
    result = desired(spec, inputs, context.where)
    making = _State(spec, context, result, old, preview=preview)
    if preview and old is None:
        result |= {i.name: inputs[i.name] for i in spec.inputs.values() if i.template and i.name in result}
    for item in spec.inputs.values():
        if item.name not in result and item.computed:
            making.first_value(item)
    for item in spec.outputs.values():
        adds = bool(item.fields) and item.name in spec.inputs
        if (item.name in result) is not adds:
            continue
        value = making.value(item, (old or {}).get(item.name), result.get(item.name))
        if value is not None:
            result[item.name] = value
    for name in spec.secrets & result.keys():
        result[name] = result[name].with_secret(is_secret=True)
    return result


@dataclass(frozen=True)
class _State:
    """The making of one state; `result` grows as it goes."""

    spec: Spec
    context: Context
    result: Properties
    old: Properties | None
    preview: bool

    def first_value(self, item: Property) -> None:
        """Give an input that the program left to the cloud what the cloud has or chooses."""
        if self.old and item.name in self.old:
            self.result[item.name] = self.old[item.name]
        elif item.fills is not None:
            self.result[item.name] = wire(UNKNOWN if self.preview else self._rendered(item.fills))
        elif item.generate:
            self.result[item.name] = wire(self._generated(item, None))

    def value(
        self, item: Property, before: PropertyValue | None, given: PropertyValue | None = None
    ) -> PropertyValue | None:
        """Return an output; where it has an input's name, what was given with the cloud's fields in it."""
        if item.fields and not (item.template or item.generate or item.merge or item.fills is not None):
            return self._object(item, before, given)
        volatile = (item.generate and not item.live) or is_volatile(item.template)
        if before is not None and (volatile or (item.live and self.preview)):
            return before
        if self.preview and self.old is None and not item.merge:
            return wire(UNKNOWN)
        if item.merge:
            plainly = merged(item, plain_map(self.result), self.context.config)
            parts = item.merge
        elif item.generate:
            plainly, parts = self._generated(item, before), ()
        elif item.fills is not None:
            plainly, parts = item.fills, ()
        else:
            known = {**self.context.where, **plain_map(self.result)}
            plainly = render(item.template, known, generate=not self.preview)
            parts = tuple(fields(item.template))
        if plainly is None:
            return None
        secret = any(self.result[name].contains_secret() for name in parts if name in self.result)
        return wire(plainly, secret=secret)

    def _object(
        self, item: Property, before: PropertyValue | None, given: PropertyValue | None
    ) -> PropertyValue | None:
        inner = given.value if given is not None else {}
        if not isinstance(inner, Mapping) or item.type != "object":
            return given
        old = before.value if before is not None and isinstance(before.value, Mapping) else {}
        made = {field.name: self.value(field, old.get(field.name)) for field in item.fields.values()}
        whole = {**{name: value for name, value in made.items() if value is not None}, **inner}
        if given is None:
            return PropertyValue(whole) if whole else None
        return given.with_value(whole)

    def _generated(self, item: Property, before: PropertyValue | None) -> Plain:
        if self.preview:
            return UNKNOWN
        last = None if before is None else plain(before)
        return self.context.generate(self.spec, item, plain_map(self.result), last)

    def _rendered(self, fills: Plain) -> Plain:
        if not isinstance(fills, str):
            return fills
        return render(fills, {**self.context.where, **plain_map(self.result)})


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
        result[item.name] = declared(item, value)
    return result


def refreshed_inputs(spec: Spec, inputs: Properties, state: Properties) -> Properties:
    """Return the old inputs, each one that the cloud has differently now with the cloud's value."""
    result: Properties = {}
    for name, value in inputs.items():
        item = spec.inputs.get(name)
        if item is None or not item.readable:
            result[name] = value
        elif name in state:
            result[name] = _refreshed(item, value, declared(item, state[name]))
    return result


def _refreshed(item: Property, given: PropertyValue, current: PropertyValue) -> PropertyValue:
    if same(item, plain(filled(item, given)), plain(current)):
        return given
    before, now = given.value, current.value
    if item.type != "object" or not item.fields:
        return current
    if not isinstance(before, Mapping) or not isinstance(now, Mapping):
        return current
    result: Properties = {}
    for name, value in now.items():
        field = item.fields[name]
        if name in before:
            result[name] = _refreshed(field, before[name], value)
        elif not field.computed:
            result[name] = value
    return current.with_value(result)
