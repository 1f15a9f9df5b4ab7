"""The encoder against the real URLSearchParams of Node."""

import json
import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claude_byoc.rollout.encode import search_params

# JSON carries lone surrogates as \\u escapes, and Node's parser keeps them.
ENCODE = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map((pairs) => new URLSearchParams(pairs).toString())));
"""
Pairs = list[tuple[str, str]]
ALPHABET = (
    [chr(code) for code in range(0x180)]
    + list("~*'()!{}[]\"<>:;,@$&=#%+/?\\ \r\n\t")
    + ["\ud800", "\udbff", "\udc00", "\udfff", "\ufeff", "\ufffd", "\uffff", "é", "日", "\U0001f600"]
)


def every_character() -> list[Pairs]:
    planes = [
        *range(0x3000),
        *range(0xD780, 0xE080),
        *range(0xFE00, 0x10100),
        *range(0x1F600, 0x1F650),
        0x10FFFF,
    ]
    return [[(chr(code), f"a{chr(code)}b")] for code in planes]


def random_cases(count: int) -> list[Pairs]:
    dice = random.Random(20_251)
    text = lambda: "".join(dice.choices(ALPHABET, k=dice.randrange(12)))  # noqa: E731
    return [[(text(), text()) for _ in range(dice.randrange(4))] for _ in range(count)]


def test_like_node_on_every_character_and_ten_thousand_cases(node: Callable[[str, Any], Any]) -> None:
    cases = [*every_character(), *random_cases(10_000)]
    theirs = node(ENCODE, cases)
    assert len(theirs) == len(cases) > 20_000
    assert [case for case, text in zip(cases, theirs, strict=True) if search_params(case) != text] == []


def test_like_node_on_found_cases(node: Callable[[str, Any], Any]) -> None:
    text = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
    cases: list[Pairs] = []

    @given(st.lists(st.tuples(text, text), max_size=4))
    @settings(max_examples=2000, deadline=None, database=None, derandomize=True,
              suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
    def collect(pairs: Pairs) -> None:
        json.dumps(pairs)
        cases.append(pairs)

    collect()
    assert [search_params(case) for case in cases] == node(ENCODE, cases)


def test_what_differs_from_python() -> None:
    assert search_params([("a b", "~*/'"), ("x", "\ud800")]) == "a+b=%7E*%2F%27&x=%EF%BF%BD"
    assert search_params([]) == ""
