"""A document as one self-contained HTML page: no script, no request, everything escaped."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from claude_byoc.rollout.document import Document, Flow, Flows, pieces, safe_url

_LINE = 13
"""Height of a line of text in the picture, in its own units, 360 of which are its width."""
_PAD = 8
_NARROW, _NAME, _DETAIL = 14, 25, 28
"""Characters of a line: beside an arrow, in bold, in small print."""


@dataclass(frozen=True)
class _Arrow:
    """One arrow of the picture with the box that it points to; places are of the box's top and middle."""

    flow: Flow
    label: list[str]
    name: list[str]
    detail: list[str]
    top: int
    height: int

    @property
    def middle(self) -> int:
        return self.top + self.height // 2


@dataclass(frozen=True)
class Picture:
    """The data flow as places on a page of 360 units."""

    arrows: list[_Arrow]
    source: list[str]
    height: int


def to_html(document: Document) -> bytes:
    """Return the page as UTF-8; lone surrogates become question marks."""
    return _environment().get_template("page.html.j2").render(document=document).encode(errors="replace")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("claude_byoc.rollout", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters = cast("dict[str, object]", environment.filters)
    filters |= {
        "kind": _kind,
        "pieces": pieces,
        "safe_url": safe_url,
        "picture": picture,
    }
    return environment


def _kind(block: object) -> str:
    return type(block).__name__


def picture(flows: Flows) -> Picture:
    """Lay the picture out, from top to bottom."""
    arrows: list[_Arrow] = []
    top = 0
    for flow in flows.flows:
        label, name, detail = (
            _lines(text, width)
            for text, width in ((flow.what, _NARROW), (flow.to, _NAME), (flow.detail, _DETAIL))
        )
        height = max(len(name) + len(detail), len(label) * 2 + 1) * _LINE + 2 * _PAD
        arrows.append(_Arrow(flow, label, name, detail, top, height))
        top += height + _PAD
    source = _lines(flows.source, _NARROW)
    return Picture(arrows, source, max(top - _PAD, (len(source) + 1) * _LINE + 2 * _PAD))


def _lines(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` narrow characters; a word breaks only where it is longer than that."""
    lines = [""]
    for word in re.findall(r"\S+\s*", text):
        for part in _parts(word, width):
            if lines[-1] and _width(lines[-1] + part.rstrip()) > width:
                lines.append("")
            lines[-1] += part
    return [line.rstrip() for line in lines if line.strip()]


def _parts(word: str, width: int) -> Iterator[str]:
    """Yield a word whole, or in pieces that each fit into a line, after a dot or slash if it has one."""
    while _width(word.rstrip()) > width:
        most = next(end for end in range(len(word), 0, -1) if end == 1 or _width(word[:end]) <= width)
        end = max(word.rfind(".", 0, most), word.rfind("/", 0, most)) + 1 or most
        yield word[:end]
        word = word[end:]
    yield word


def _width(text: str) -> int:
    # East Asian characters take the place of two.
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
