"""The shape of a desktop configuration value, as data: checks, encodings and secrecy read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

Kind = Literal["string", "boolean", "integer", "number", "enum", "list", "object", "map", "either"]
Form = Literal["any", "https", "url", "path", "uuid", "origin"]
"""Of a string: `https` and `url` (http too) are URLs without user name and password, `origin` is https://
and a host without a path, `path` an absolute path on the device."""


@dataclass(frozen=True)
class Shape:
    """What a value may be.

    `says` puts it into words. `choices` belong to `enum`, `low`/`high` (inclusive) to numbers; to `string`
    belong `longest` (in characters), `pattern` (of the whole value) and `lines` (it may have line breaks).
    `items` holds the shape of a list's entries or a map's values, or the alternatives of `either`; `fields`
    are those of an `object`. `secret` marks a value that is or may hold a credential.
    """

    kind: Kind
    says: str
    form: Form = "any"
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    longest: int | None = None
    pattern: str | None = None
    lines: bool = False
    items: tuple["Shape", ...] = ()
    fields: Mapping[str, "Shape"] = field(default_factory=dict[str, "Shape"])
    required: frozenset[str] = frozenset()
    secret: bool = False


_FORMS: Mapping[Form, str] = {
    "any": "a text",
    "https": "an https:// URL without user name and password",
    "url": "an http:// or https:// URL without user name and password",
    "origin": "https:// and a host, without a path",
    "path": "an absolute path",
    "uuid": "a UUID, 8-4-4-4-12 hexadecimal digits",
}


def text(
    says: str = "",
    *,
    form: Form = "any",
    longest: int | None = None,
    pattern: str | None = None,
    lines: bool = False,
    secret: bool = False,
) -> Shape:
    """Return a string."""
    words = says or (_FORMS[form] + (f" of at most {longest} characters" if longest else ""))
    return Shape("string", words, form=form, longest=longest, pattern=pattern, lines=lines, secret=secret)


def switch() -> Shape:
    """Return a boolean."""
    return Shape("boolean", "true or false")


def integer(low: int | None = None, high: int | None = None) -> Shape:
    """Return a whole number; both bounds are allowed values."""
    return Shape("integer", "a whole number" + _between(low, high), low=low, high=high)


def number(says: str, low: float | None = None, high: float | None = None) -> Shape:
    """Return a number that may have a fraction."""
    return Shape("number", says, low=low, high=high)


def _between(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    return f" of at least {low:g}" if low is not None else ""


def one_of(*choices: str) -> Shape:
    """Return an enum."""
    return Shape("enum", "one of " + ", ".join(choices), choices=choices)


def listing(item: Shape, *, says: str = "") -> Shape:
    """Return a list of `item`."""
    return Shape("list", says or f"a list, each entry {item.says}", items=(item,))


def record(fields: Mapping[str, Shape], *required: str, says: str = "") -> Shape:
    """Return an object with these fields, `required` among them."""
    return Shape(
        "object",
        says or "an object with " + ", ".join(fields),
        fields=fields,
        required=frozenset(required),
    )


def mapping(values: Shape, says: str, *, secret: bool = False) -> Shape:
    """Return an object of free names, each value of the shape `values`."""
    return Shape("map", says, items=(values,), secret=secret)


def either(*items: Shape) -> Shape:
    """Return a choice of shapes."""
    return Shape("either", " or ".join(item.says for item in items), items=items)


def credential(shape: Shape) -> Shape:
    """Return the shape, marked as one that is or may hold a credential."""
    return replace(shape, secret=True)


def matching(shape: Shape, value: object) -> Shape:
    """Return the alternative that fits the value's JSON type (the first where none does), else `shape`."""
    if shape.kind != "either":
        return shape
    return next((item for item in shape.items if _same_type(item, value)), shape.items[0])


def _same_type(shape: Shape, value: object) -> bool:
    if shape.kind in ("object", "map"):
        return isinstance(value, dict)
    if shape.kind == "list":
        return isinstance(value, list)
    if shape.kind == "boolean":
        return isinstance(value, bool)
    return isinstance(value, str) if shape.kind in ("string", "enum") else isinstance(value, int | float)


Leaf = tuple[str, Shape, Any]


def leaves(shape: Shape, value: object, where: str = "") -> Iterator[Leaf]:
    """Yield (where, shape, value) of every part of a value, itself first; `where` is like `[0].oauth.scope`."""
    fitting = matching(shape, value)
    yield where, fitting, value
    if isinstance(value, list) and fitting.kind == "list":
        for position, entry in enumerate(cast("list[Any]", value)):
            yield from leaves(fitting.items[0], entry, f"{where}[{position}]")
    elif isinstance(value, dict) and fitting.kind in ("object", "map"):
        for name, entry in cast("dict[str, Any]", value).items():
            inner = fitting.items[0] if fitting.kind == "map" else fitting.fields.get(name)
            if inner is not None:
                yield from leaves(inner, entry, f"{where}.{name}")


Availability = Literal["mdm+bootstrap", "mdm"]


@dataclass(frozen=True)
class DesktopKey:
    """One configuration key of Claude Desktop.

    `providers` are the values of `inferenceProvider` that read it (() = all). `availability` says where it may
    come from: device management and a bootstrap server, or device management alone; `consent` that a value
    served by a bootstrap server asks the user first. `default` is what the app does without it, "" where the
    documentation names none. `since` is the release that brought it, "" for those that had it before releases
    were noted. `deprecated` says what to use instead. `needs` are keys without one of which it has no effect.
    """

    name: str
    shape: Shape
    help: str
    group: str
    providers: tuple[str, ...] = ()
    availability: Availability = "mdm+bootstrap"
    consent: bool = False
    default: str = ""
    since: str = ""
    deprecated: str = ""
    needs: tuple[str, ...] = ()

    @property
    def structured(self) -> bool:
        """Tell whether the value is a list or an object, which portable formats carry as JSON."""
        return self.shape.kind in ("list", "object", "map")
