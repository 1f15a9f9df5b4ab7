"""Following the advice always makes the URL fit, and breaks no rule."""

import re
from bisect import bisect_right

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claude_byoc.contract.manifest_keys import (
    ATTRIBUTE_KEYS,
    BOOTSTRAP_KEYS,
    MANIFEST_KEYS,
    SECRET_KEYS,
    URL_BUDGET,
    URL_LIMIT,
)
from claude_byoc.contract.manifest_rules import check_set
from claude_byoc.contract.problems import ProblemsError, errors
from claude_byoc.rollout.encode import search_params
from claude_byoc.rollout.manifest import builtin_template, compose
from claude_byoc.rollout.url_budget import advise, check_url_length

ID = "12345678-1234-1234-1234-1234567890ab"
OFFICE = builtin_template("office")
BASE = len("https://pivot.claude.ai/?m=unified-1.0.0.12")


def url(values: dict[str, str]) -> str:
    """The task pane's URL, put together without the renderer."""
    query = search_params((n, v) for n, v in values.items() if n not in SECRET_KEYS)
    fragment = search_params((n, v) for n, v in values.items() if n in SECRET_KEYS)
    found = "x" * BASE + (f"&{query}" if query else "")
    return found + (f"#{fragment}" if fragment else "")


def cut(value: str, most: int) -> str:
    """The longest beginning of `value` that is encoded in `most` characters."""
    sizes = range(len(value) + 1)
    return value[
        : bisect_right(sizes, most, key=lambda size: len(search_params([("", value[:size])])) - 1) - 1
    ]


def follow(values: dict[str, str]) -> dict[str, str]:
    """Do what the advice says, in the least favourable way."""
    advice = advise(len(url(values)), values)
    assert advice.fits
    left = {n: v for n, v in values.items() if n not in (*advice.bootstrap, *advice.attributes)}
    if advice.bootstrap and "bootstrap_url" not in values:
        left["bootstrap_url"] = "b" * advice.bootstrap_url
    for name, most in advice.shorten.items():
        left[name] = cut(left[name], most)
    return left


SIZES = st.sampled_from([1, 20, 150, 256, 257, 400, 900, 2000])


@st.composite
def long_values(draw: st.DrawFn) -> dict[str, str]:
    names = draw(st.lists(st.sampled_from(sorted(MANIFEST_KEYS)), unique=True, min_size=1, max_size=12))
    values = {name: draw(st.sampled_from("a{~é")) * draw(SIZES) for name in names}
    if "entra_sso" in values:
        values["entra_sso"] = draw(st.sampled_from("01"))
    if "bootstrap_url" in values:
        values["bootstrap_url"] += draw(st.sampled_from(["", "{{available_models}}"]))
    return values


@given(long_values())
@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_following_the_advice_fits(values: dict[str, str]) -> None:
    length = len(url(values))
    if length <= URL_BUDGET:
        assert check_url_length(length, values) == []
        return
    (problem,) = check_url_length(length, values)
    assert problem.severity == ("error" if length > URL_LIMIT else "warning")
    left = follow(values)
    assert len(url(left)) <= URL_BUDGET
    advice = advise(length, values)
    assert set(advice.attributes) <= ATTRIBUTE_KEYS - SECRET_KEYS
    assert set(advice.bootstrap) <= BOOTSTRAP_KEYS
    assert all(len(values[name]) <= 256 for name in advice.attributes)
    assert not advice.attributes or values["entra_sso"] == "1"
    assert not any(f"{{{{{name}}}}}" in values.get("bootstrap_url", "") for name in advice.bootstrap)
    before = {str(found) for found in errors(check_set("office", dict(values)))}
    assert {str(found) for found in errors(check_set("office", dict(left)))} <= before
    for name in (*advice.bootstrap, *advice.attributes, *advice.shorten):
        assert name in problem.cure


@given(st.lists(st.sampled_from(sorted(BOOTSTRAP_KEYS)), unique=True, min_size=2, max_size=6), st.data())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_the_largest_goes_first(names: list[str], data: st.DataObject) -> None:
    values = {name: "x" * data.draw(st.integers(300, 1500)) for name in names}
    moved = advise(len(url(values)), values).bootstrap
    kept = [len(f"{name}={values[name]}") for name in names if name not in moved]
    assert [len(f"{n}={values[n]}") for n in moved] == sorted(
        (len(f"{n}={values[n]}") for n in moved), reverse=True
    )
    assert not moved or all(size <= min(len(f"{n}={values[n]}") for n in moved) for size in kept)


def test_the_words() -> None:
    models = ",".join(f"m{number:03}" for number in range(40))
    values = {
        "entra_sso": "1",
        "available_models": models,
        "mcp_servers": "[" + "x" * 1900 + "]",
        "gateway_url": "https://gw",
    }
    (problem,) = check_url_length(len(url(values)), values)
    assert re.search(
        r"bootstrap_url \(a new one of at most \d+ characters\) what is long: mcp_servers", problem.cure
    )
    values |= {"mcp_servers": "[]", "entra_scope": "s" * 1700}
    (problem,) = check_url_length(len(url(values)), values)
    assert "extension attributes: available_models (" in problem.cure
    assert "bootstrap" not in problem.cure


@pytest.mark.parametrize("name", ["entra_scope", "bootstrap_url"])
def test_what_no_other_layer_can_carry_is_shortened(name: str) -> None:
    values = {name: "x" * 2040}
    (problem,) = check_url_length(len(url(values)), values)
    assert problem.severity == "error"
    assert re.fullmatch(rf"shorten {name} to \d+ characters as encoded", problem.cure)
    assert len(url(follow(values))) <= URL_BUDGET


def test_a_template_whose_own_url_is_too_long() -> None:
    advice = advise(3000, {"entra_sso": "1"})
    assert not advice.fits
    (problem,) = check_url_length(3000, {"entra_sso": "1"})
    assert "a template whose own URL is shorter" in problem.cure


def test_the_renderer_gives_this_advice() -> None:
    values = {"mcp_servers": "x" * 1500, "access_policies": "y" * 1500}
    with pytest.raises(ProblemsError) as refusal:
        compose(OFFICE, values, manifest_id=ID, version="1.0.0.0")
    assert "access_policies" in str(refusal.value)
    left = follow(values)
    done = compose(OFFICE, left, manifest_id=ID, version="1.0.0.0")
    assert done.warnings == ()
    assert done.url_length <= URL_BUDGET
