"""Markdown that shows what went in, read back by an independent CommonMark parser."""

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from claude_byoc.rollout.document import (
    Code,
    Document,
    Items,
    Link,
    Notice,
    Rich,
    Section,
    Step,
    Steps,
    Strong,
    Table,
    Text,
    safe_url,
)
from claude_byoc.rollout.markdown import code, escape, link, table, to_markdown

READER = MarkdownIt("commonmark", {"html": True}).enable("table")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


def shown(markdown: str) -> str:
    """The words that a reader shows; fails where anything else than text, code or emphasis came out."""
    words: list[str] = []
    for token in READER.parse(markdown):
        assert token.type in {"paragraph_open", "inline", "paragraph_close"}, token
        for child in token.children or []:
            assert child.type in {
                "text",
                "text_special",
                "code_inline",
                "strong_open",
                "strong_close",
                "link_open",
                "link_close",
            }, child
            words.append(child.content)
    return "".join(words)


def squeezed(text: str) -> str:
    return " ".join(text.split())


@given(TEXT)
@example("<script>alert(1)</script>")
@example("1. one")
@example("# head")
@example("![image](https://x.example/y.png)")
@example("&lt; &amp;copy; &copy;")
@example("a | b \\| c")
@example("- x")
@example("~~~")
@example("====")
def test_text_is_shown_as_it_is(text: str) -> None:
    assert shown(escape(text)) == squeezed(text)


@given(TEXT)
@example("`")
@example("``a` ``")
def test_code_is_shown_as_it_is(text: str) -> None:
    assert shown(code(text)) == squeezed(text)


@given(TEXT)
def test_bold_text_keeps_its_neighbours_apart(text: str) -> None:
    document = Document("T", "S", (Section("s", "H", (Text(("a ", Strong("b "), Code("c"), " d")),)),))
    assert to_markdown(document).splitlines()[-1] == "a **b** `c` d"


@given(TEXT, TEXT)
@example("x|y", "a`|`b")
def test_cells_stay_cells(one: str, two: str) -> None:
    lines = table(("A", "B"), ((one, Code(two)),))
    inline = [token for token in READER.parse("\n".join(lines)) if token.type == "inline"]
    texts = ["".join(child.content for child in token.children or []) for token in inline]
    assert texts == ["A", "B", squeezed(one), squeezed(two)]


@given(TEXT)
def test_only_web_and_mail_addresses_become_links(address: str) -> None:
    for scheme in ("javascript:", "data:text/html,", "http://", "file:///", "vbscript:", "HTTPS:\\"):
        assert safe_url(scheme + address) == ""
        assert "](" not in link("x", scheme + address)
    assert safe_url("mailto:a@example.com") != ""
    assert safe_url("mailto:a@example.com?bcc=x") == ""
    good = safe_url(f"https://example.com/{address}")
    assert not set(good) & set(" <>\"'`\n")


def test_every_block() -> None:
    content: Rich = ("see ", Link("here", "https://example.com/a_b"), ".")
    steps = Steps(
        (Step("Engineer", "Look", url="https://example.com"), Step("", "Run", done=True, command="a | b"))
    )
    blocks = (
        Notice("Mind"),
        Items(("x", content), ordered=True),
        Items(("y",)),
        steps,
        Table("C", ("H",), (("v",),)),
    )
    text = to_markdown(Document("Title", "Sub", (Section("s", "Part", blocks),), notice="Care"))
    assert text == (
        "# Title\n\nSub\n\n**Care**\n\n## Part\n\n> Mind\n\n1. x\n2. see [here](<https://example.com/a_b>).\n\n* y\n\n"
        "1. **Engineer**: Look\n   <https://example.com>\n2. **Somebody** (done): Run\n   `a | b`\n\n"
        "| H |\n| --- |\n| v |\n"
    )
