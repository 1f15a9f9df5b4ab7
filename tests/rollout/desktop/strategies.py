"""Values of every desktop key, drawn from the contract's shapes, with what makes encoding hard."""

from typing import Any

from hypothesis import strategies as st

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS
from claude_byoc.contract.desktop_shapes import Shape

HARD = st.text(
    st.sampled_from("\"\\'&<>%$`{}[]=:;,/ \u00e4\u20ac\u4e2d\u2028\U0001f600\ufeff\t-")
    | st.characters(codec="utf-8"),
    min_size=1,
    max_size=12,
)
_FORMS: dict[str, list[str]] = {
    "https": ["https://a.example", "https://a.example:8443/x?y=\"&'<z>"],
    "url": ["http://a.example:4318", "https://a.example"],
    "origin": ["https://a.example:8443"],
    "path": ['/opt/a b/"c"\\d\'e', "C:\\Program Files\\x\\", "\\\\server\\share\\y"],
    "uuid": ["11111111-2222-3333-4444-555555555555"],
}
_PATTERNS: list[str] = [
    "us-gov-west-1", "123456789012", "contoso-claude", "global", "contoso", "a" * 64, "*.a.example:443", "#F5F5F5",
]  # fmt: skip


def values_of(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.kind in ("either", "list", "map", "object"):
        return _structures(shape)
    if shape.kind == "boolean":
        return st.booleans()
    if shape.kind == "enum":
        return st.sampled_from(shape.choices)
    if shape.kind == "integer":
        return st.integers(int(shape.low or 0), int(shape.high or 10**9))
    if shape.kind == "number":
        return st.floats(1e-6, 1.0) | st.just(1)
    patterns = st.sampled_from(_FORMS.get(shape.form, []) + _PATTERNS)
    return patterns if shape.form != "any" or shape.pattern else HARD


def _structures(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.kind == "either":
        return st.one_of(*map(values_of, shape.items))
    if shape.kind == "list":
        return st.lists(values_of(shape.items[0]), max_size=3)
    if shape.kind == "map":
        return st.dictionaries(HARD, values_of(shape.items[0]), max_size=3)
    needed = {name: values_of(shape.fields[name]) for name in shape.required}
    others = {name: values_of(field) for name, field in shape.fields.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=others)


_VALUES = {name: values_of(key.shape) for name, key in DESKTOP_KEYS.items()}


@st.composite
def sets_of_values(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(sorted(DESKTOP_KEYS)), unique=True, min_size=1, max_size=6))
    return {name: draw(_VALUES[name]) for name in names}
