"""Tables for a terminal: nothing that a person copies (an id, an address, a file) is ever cut or broken."""

import io
import textwrap
from collections.abc import Collection, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_PROSE = 24
"""Columns of a terminal that sentences get at least."""
_LEAST_TEXT = 40
"""Columns for text in a list, however narrow the terminal says it is."""


def table_text(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    prose: Collection[str] = (),
    lines: bool = False,
    width: int | None = None,
) -> str:
    """Return rows as a table, or as a list where a word of theirs would not fit; `lines` puts lines between rows.

    `prose` names columns of sentences: a long word there may go over two lines, whole. `width` is that of the
    terminal, which is asked unless it is given. Text is shown as it is, without markup.
    """
    known = width or Console().width
    columns = [[title, *(row[number] for row in rows)] for number, title in enumerate(head)]
    longest = [_PROSE if title in prose else known for title in head]
    widths = _fitting(columns, longest, known - 3 * len(head) - 1)
    if widths is None:
        return _listed(head, rows, known)
    table = Table(show_lines=lines)
    for title, room in zip(head, widths, strict=True):
        table.add_column(title, width=room, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    buffer = io.StringIO()
    Console(file=buffer, width=known).print(table)
    return buffer.getvalue()


def _fitting(columns: Sequence[Sequence[str]], longest: Sequence[int], room: int) -> list[int] | None:
    """Return each column's width within `room`; None where that is not to be had.

    No column is narrower than its longest word, or than its number in `longest`.
    """
    words = [max((cell_len(word) for cell in one for word in cell.split()), default=1) for one in columns]
    least = list(map(min, words, longest))
    widths = [max(cell_len(line) for cell in one for line in (cell.splitlines() or [""])) for one in columns]
    widths = list(map(max, widths, least))
    while sum(widths) > room:
        spare = [width if width > small else 0 for width, small in zip(widths, least, strict=True)]
        if not any(spare):
            return None
        widths[spare.index(max(spare))] -= 1
    return widths


def _listed(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    names = [f"{title}: " if title else "" for title in head]
    found: list[str] = []
    for row in rows:
        for number, (name, cell) in enumerate(zip(names, row, strict=True)):
            for line in cell.splitlines():
                start = "" if number == 0 else "  "
                found += textwrap.wrap(
                    line,
                    max(width, _LEAST_TEXT),
                    initial_indent=start + name,
                    subsequent_indent="    ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
        found.append("")
    return "\n".join(found).rstrip("\n") + "\n"
