"""The encoding of manifest URLs: what JavaScript's URLSearchParams writes, byte for byte.

The add-in reads its parameters with URLSearchParams. Python's own encoders differ from it in `~`, `*` and
lone surrogates. source: https://url.spec.whatwg.org/#concept-urlencoded-serializer
"""

from collections.abc import Iterable
from urllib.parse import quote_plus


def search_params(pairs: Iterable[tuple[str, str]]) -> str:
    """Return `pairs` as `new URLSearchParams(pairs).toString()` does."""
    return "&".join(f"{_component(name)}={_component(value)}" for name, value in pairs)


def _component(text: str) -> str:
    # Through UTF-16, so that surrogates pair up as in a JavaScript string and lone ones become U+FFFD.
    units = text.encode("utf-16-le", "surrogatepass")
    return quote_plus(units.decode("utf-16-le", "replace"), safe="*").replace("~", "%7E")
