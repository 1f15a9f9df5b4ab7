"""What a page says, apart from how it looks: HTML and Markdown are made from the same document."""

import re
from dataclasses import dataclass

_HTTPS = re.compile(r"https://[^\s<>\"'`\\^{|}\x00-\x20]+")
_MAIL = re.compile(r"mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Code:
    """Text that people copy: an id, a command, a key."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Emphasised text."""

    text: str


@dataclass(frozen=True)
class Link:
    """A link; renderers show the text alone where `safe_url` refuses the address."""

    text: str
    url: str


Piece = str | Code | Strong | Link
Rich = Piece | tuple[Piece, ...]
"""Text of one paragraph, cell or item; every renderer escapes it."""


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    content: Rich


@dataclass(frozen=True)
class Notice:
    """A paragraph that must not be overlooked."""

    content: Rich


@dataclass(frozen=True)
class Items:
    """A list, numbered where the order counts."""

    items: tuple[Rich, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Table:
    """A table; `caption` names it, and each row has a cell per column."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Rich, ...], ...]


@dataclass(frozen=True)
class Step:
    """Something that a person does; `done` where the stack or the build has done it."""

    who: str
    what: str
    done: bool = False
    url: str = ""
    command: str = ""


@dataclass(frozen=True)
class Steps:
    """Steps in their order."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Flow:
    """One arrow of the data flow: `kind` is `prompts`, `tokens` or `telemetry`."""

    kind: str
    what: str
    to: str
    detail: str
    optional: bool = False


@dataclass(frozen=True)
class Flows:
    """The picture of the data flow: what leaves the device, and where it goes."""

    title: str
    source: str
    flows: tuple[Flow, ...]


Block = Text | Notice | Items | Table | Steps | Flows


@dataclass(frozen=True)
class Section:
    """A part of a page with a heading; `id` is its anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A page. `contents` asks for a table of contents, `notice` stands above everything."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    notice: str = ""
    contents: bool = False


def safe_url(url: str) -> str:
    """Return the address if it can be a link of ours (https:// or a mail address), else ""."""
    return url if _HTTPS.fullmatch(url) or _MAIL.fullmatch(url) else ""


def pieces(content: Rich) -> tuple[Piece, ...]:
    """Return the pieces of a text."""
    return content if isinstance(content, tuple) else (content,)


def plain(content: Rich) -> str:
    """Return the words alone."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces(content))
