"""When two policies mean the same."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.policies import compact, equivalent

BASE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "A", "Effect": "Allow", "Action": ["a:B", "a:C"], "Resource": ["r1", "r2"]},
        {
            "Sid": "B",
            "Effect": "Deny",
            "NotAction": "x:Y",
            "NotResource": "*",
            "Principal": {"AWS": ["arn:aws:iam::123456789012:root"], "Service": "s"},
            "Condition": {"StringEquals": {"k": ["v", "w"]}, "Bool": {"b": True}},
        },
    ],
}


def changed(path: tuple[str | int, ...], value: object) -> str:
    document = json.loads(json.dumps(BASE))
    target = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    "same",
    [
        changed(("Statement",), BASE["Statement"][::-1]),
        changed(("Statement", 0, "Action"), ["a:C", "a:B"]),
        changed(("Statement", 0, "Effect"), "allow"),
        changed(("Statement", 1, "NotAction"), ["x:Y"]),
        changed(("Statement", 1, "Principal", "AWS"), "123456789012"),
        changed(("Statement", 1, "Principal", "Service"), ["s"]),
        changed(("Statement", 1, "Condition", "StringEquals", "k"), ["w", "v"]),
        changed(("Statement", 1, "Condition", "Bool", "b"), "true"),
    ],
)
def test_the_same(same: str) -> None:
    assert equivalent(json.dumps(BASE), same)
    assert equivalent(same, json.dumps(BASE))


@pytest.mark.parametrize(
    "other",
    [
        changed(("Version",), "2008-10-17"),
        changed(("Statement", 0, "Sid"), "Z"),
        changed(("Statement", 0, "Effect"), "Deny"),
        changed(("Statement", 0, "Action"), ["a:B"]),
        changed(("Statement", 0, "Resource"), ["R1", "r2"]),
        changed(("Statement", 1, "Principal", "AWS"), "210987654321"),
        changed(("Statement", 1, "Condition"), {"StringEquals": {"k": "v"}}),
        changed(("Statement",), BASE["Statement"][:1]),
        "not JSON",
        "[]",
    ],
)
def test_not_the_same(other: str) -> None:
    assert not equivalent(json.dumps(BASE), other)
    assert not equivalent(other, json.dumps(BASE))


@given(st.lists(st.sampled_from(["a:B", "a:C", "d:*"]), min_size=1, unique=True), st.randoms())
def test_any_order_of_actions_is_the_same(actions: list[str], order: random.Random) -> None:
    shuffled = order.sample(actions, len(actions))
    first, second = (changed(("Statement", 0, "Action"), value) for value in (actions, shuffled))
    assert equivalent(first, second)


def test_compact_drops_white_space_outside_texts_only() -> None:
    assert compact('{ "a" : "b c" }') == '{"a":"b c"}'
    assert compact("not JSON") == "not JSON"
