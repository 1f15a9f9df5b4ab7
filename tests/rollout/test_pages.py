"""The pages of every environment: as kept in golden/, without secrets, and safe whatever the outputs hold."""

import json
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claude_byoc.rollout.build import Built, build_all
from claude_byoc.rollout.document import (
    Document,
    Flow,
    Flows,
    Items,
    Notice,
    Steps,
    Table,
    Text,
    plain,
    safe_url,
)
from claude_byoc.rollout.environment import read_environment
from claude_byoc.rollout.estimate import Assumptions
from claude_byoc.rollout.html import picture, to_html
from claude_byoc.rollout.markdown import to_markdown
from claude_byoc.rollout.report import report
from claude_byoc.rollout.user_guide import user_guide

from . import golden
from .conftest import MAIL
from .environments import PLANTED, environments

NAMES = list(environments())


def built(outputs: dict[str, Any], name: str = "x") -> Built:
    return build_all(outputs, {}, environment=name, date=golden.DATE, outlook_template=MAIL)


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str) -> None:
    kept = {file.name: file.read_text("utf-8") for file in (golden.FOLDER / name).iterdir()}
    made = golden.made(name)
    assert made.keys() == kept.keys()
    for file, text in made.items():
        assert text == kept[file], f"{name}/{file}: read it, then run: python -m tests.rollout.golden"


@pytest.mark.parametrize("name", NAMES)
def test_secrets_are_in_manifests_and_profiles_alone(name: str) -> None:
    outputs = environments()[name]
    planted = [secret for secret in PLANTED if secret in json.dumps(outputs)]
    files = built(outputs).files
    assert all(any(secret.encode() in file.content for secret in planted) for file in files if file.secret
               and file.name.endswith(".xml"))  # fmt: skip
    for file in files:
        if not file.secret:
            assert not any(secret.encode() in file.content for secret in planted), file.name
    carriers = {".xml", ".mobileconfig", ".reg", ".json"}
    assert {"." + file.name.rpartition(".")[2] for file in files if file.secret} <= carriers


def test_the_check_for_secrets_has_something_to_find() -> None:
    everything = json.dumps(environments())
    assert all(secret in everything for secret in PLANTED)


class Reader(HTMLParser):
    """Tags, attributes and words of a page, by the standard library's parser."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def said(document: Document) -> list[str]:
    """Every text of a document."""
    found = [document.title, document.subtitle, document.notice]
    for section in document.sections:
        found.append(section.title)
        for block in section.blocks:
            match block:
                case Text(content) | Notice(content):
                    found.append(plain(content))
                case Items(items):
                    found += map(plain, items)
                case Table(caption, head, rows):
                    found += [caption, *head, *(plain(cell) for row in rows for cell in row)]
                case Steps(steps):
                    found += [text for step in steps for text in (step.who, step.what, step.command)]
                case Flows(title, _, flows):
                    found += [title, *(flow.what for flow in flows)]
    return [" ".join(text.split()) for text in found]


def safe(page: bytes, document: Document) -> None:
    """Fail unless the page shows the document's texts, runs nothing and fetches nothing."""
    read = Reader(page)
    for text in said(document):
        assert text in read.text
    assert not set(read.tags) & {
        "script",
        "iframe",
        "object",
        "embed",
        "link",
        "img",
        "form",
        "base",
        "input",
        "image",
    }
    assert not [name for name in read.attributes if name.startswith("on") or name in ("srcset", "xlink:href")]
    assert all(one.startswith("#") or safe_url(one) for one in read.addresses), read.addresses
    style = page.decode().partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def documents(outputs: dict[str, Any]) -> list[Document]:
    env = read_environment(outputs, name="x", date=golden.DATE)
    return [report(env, Assumptions(), levels={}), *(user_guide(env, host) for host in env.hosts)]


@pytest.mark.parametrize("name", NAMES)
def test_html_says_what_the_document_says(name: str) -> None:
    for document in documents(environments()[name]):
        safe(to_html(document), document)


NASTY = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "</style>", "]]>",
            'https://x.example/"onmouseover="x', "{{ 7 * 7 }}", "{% raw %}", "](javascript:x)", "|\n# head", "\u202e",
            "https://x.example/<b>", "&lt;b&gt;", "`${x}`", "\ud800",
        ]
    ),
)  # fmt: skip
LEAF = st.one_of(NASTY, st.none(), st.booleans(), st.integers(), st.floats(), st.lists(NASTY, max_size=2))


def texts_replaced(value: object, with_what: list[object]) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """The value with its texts replaced in turn, but for those that decide what is made."""
    if isinstance(value, dict):
        kept = ("manifestValues", "manifestIds", "desktopValues", "allowlist", "values")
        return {
            key: inner if key in kept else texts_replaced(inner, with_what) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [texts_replaced(inner, with_what) for inner in value]
    with_what.append(with_what.pop(0))
    return with_what[-1]


@settings(max_examples=25)
@given(st.sampled_from(NAMES), st.lists(LEAF, min_size=1, max_size=12))
@example("teams", ["<script>alert(1)</script>"])
@example("foundry", ["javascript:alert(1)"])
def test_whatever_the_outputs_hold_is_shown_and_never_run(name: str, leaves: list[Any]) -> None:
    outputs = texts_replaced(environments()[name], list(leaves))
    for document in documents(outputs):
        safe(to_html(document), document)
        to_markdown(document).encode()
    for file in built(outputs).files:
        if file.name.endswith(".html"):
            assert not {"script", "img"} & set(Reader(file.content).tags)


@settings(max_examples=20)
@given(
    st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NASTY, inner, max_size=3))
)
def test_parts_of_any_shape_are_passed_over(part: object) -> None:
    names = (
        "consent",
        "userAttributes",
        "gateway",
        "nextSteps",
        "bedrock",
        "vertex",
        "foundry",
        "entra",
        "support",
    )
    outputs = {**environments()["bedrock"], **dict.fromkeys(names, part)}
    for document in documents(outputs):
        safe(to_html(document), document)


def test_a_page_has_what_readers_and_printers_need() -> None:
    page = to_html(documents(environments()["gateway"])[0]).decode()
    for part in ('<html lang="en">', "prefers-color-scheme: dark", "@media print", "default-src 'none'",
                 "width=device-width", 'role="img"'):  # fmt: skip
        assert part in page


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
@example(["login.microsoftonline.com"])
@example(["\u6f22" * 60])
@example(["a" * 200])
def test_the_picture_keeps_its_texts_inside_their_boxes(texts: list[str]) -> None:
    flows = Flows("t", texts[0], tuple(Flow("prompts", text, text, text) for text in texts))
    drawn = picture(flows)
    for one, text in zip(drawn.arrows, texts, strict=True):
        assert "".join("".join(one.name).split()) == "".join(text.split())
        assert one.height >= (len(one.name) + len(one.detail)) * 13 + 16
        # An arrow's label stands above the middle of its box.
        assert one.middle - len(one.label) * 13 >= one.top
    tops = [(one.top, one.top + one.height) for one in drawn.arrows]
    assert all(end < start for (_, end), (start, _) in pairwise(tops))
    assert drawn.height >= tops[-1][1]
