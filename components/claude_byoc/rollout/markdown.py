"""A document as Markdown (CommonMark with tables), every text escaped."""

import re

from claude_byoc.rollout.document import (
    Block,
    Code,
    Document,
    Flow,
    Flows,
    Items,
    Link,
    Notice,
    Piece,
    Rich,
    Section,
    Step,
    Steps,
    Strong,
    Table,
    Text,
    pieces,
    safe_url,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#!+=-])")
_ALWAYS = frozenset("\\`*_[]<>|~&")
_ORDERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def to_markdown(document: Document) -> str:
    """Return the document, ending with a line break."""
    lines = [f"# {escape(document.title)}", "", escape(document.subtitle), ""]
    if document.notice:
        lines += [f"**{escape(document.notice)}**", ""]
    for section in document.sections:
        lines += _section(section)
    return "\n".join(lines).rstrip("\n") + "\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is; a line break becomes a space."""
    one_line = " ".join(text.split())
    # What marks a heading, list or rule does so at the start of a line alone.
    escaped = _SPECIAL.sub(lambda found: _escaped(found, one_line), one_line)
    return _ORDERED.sub(r"\1\\\2", escaped)


def _escaped(found: re.Match[str], text: str) -> str:
    character = found[0]
    image = character == "!" and text[found.end() : found.end() + 1] == "["
    return f"\\{character}" if character in _ALWAYS or found.start() == 0 or image else character


def code(text: str) -> str:
    """Return a code span that holds `text`, whatever backticks it has."""
    one_line = " ".join(text.split())
    if not one_line:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", one_line)), default=0) + 1)
    pad = " " if one_line.startswith("`") or one_line.endswith("`") else ""
    return f"{fence}{pad}{one_line}{pad}{fence}"


def link(text: str, url: str) -> str:
    """Return a link, or the text alone where the address cannot be one."""
    return f"[{escape(text)}](<{safe_url(url)}>)" if safe_url(url) else escape(text)


def rich(content: Rich) -> str:
    """Return one paragraph, cell or item."""
    return "".join(_piece(piece) for piece in pieces(content))


def _piece(piece: Piece) -> str:
    match piece:
        case Code(text):
            return code(text)
        case Strong(text):
            return _apart(text, f"**{escape(text)}**" if text.strip() else "")
        case Link(text, url):
            return link(text, url)
        case str():
            return _apart(piece, escape(piece))


def _apart(text: str, rendered: str) -> str:
    """Return what was rendered with the blanks that `text` has at its ends, which `escape` takes away."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{rendered}{after}"


def _section(section: Section) -> list[str]:
    lines = [f"## {escape(section.title)}", ""]
    for block in section.blocks:
        lines += [*_block(block), ""]
    return lines


def _block(block: Block) -> list[str]:
    match block:
        case Text(content):
            return [rich(content)]
        case Notice(content):
            return [f"> {rich(content)}"]
        case Items(items, ordered):
            return [
                f"{f'{number}.' if ordered else '*'} {rich(item)}" for number, item in enumerate(items, 1)
            ]
        case Table(_, head, rows):
            return table(head, rows)
        case Steps(steps):
            return [line for number, step in enumerate(steps, 1) for line in _step(number, step)]
        case Flows(_, source, flows):
            rows = tuple((flow.what, flow.to, flow.detail, _flow_kind(flow)) for flow in flows)
            return [f"From {escape(source)}:", "", *table(("What", "To", "Detail", "Kind"), rows)]


def _flow_kind(flow: Flow) -> str:
    return f"{flow.kind}, optional" if flow.optional else flow.kind


def table(head: tuple[str, ...], rows: tuple[tuple[Rich, ...], ...]) -> list[str]:
    """Return the lines of a table."""
    lines = [_row(tuple(map(escape, head))), _row(("---",) * len(head))]
    # In a table a bar ends the cell even inside a code span.
    return lines + [_row(tuple(re.sub(r"(?<!\\)\|", r"\\|", rich(cell)) for cell in row)) for row in rows]


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _step(number: int, step: Step) -> list[str]:
    done = " (done)" if step.done else ""
    lines = [f"{number}. **{escape(step.who) or 'Somebody'}**{done}: {escape(step.what)}"]
    indent = " " * (len(str(number)) + 2)
    if safe_url(step.url):
        lines += [f"{indent}<{step.url}>"]
    if step.command:
        lines += [f"{indent}{code(step.command)}"]
    return lines
