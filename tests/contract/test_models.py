"""Model ids: what is known of them, which mistakes are named, and that nothing newer is held back."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_byoc.contract.aws import PROFILE_PREFIXES
from claude_byoc.contract.models import (
    APPLICATION_PROFILE,
    MODELS,
    PLATFORMS,
    bedrock_ids,
    check_models,
    model_name,
    outlook_takes,
    outsiders,
    profile_of,
)

ID = re.compile(r"(anthropic\.)?claude-[a-z]+-\d(-\d)?([-@]\d{8})?(-v1)?(:0)?")


def test_the_table() -> None:
    assert len({model.name for model in MODELS}) == len(MODELS)
    for model in MODELS:
        assert set(model.profiles) <= set(PROFILE_PREFIXES)
        for platform in PLATFORMS:
            for name in model.ids(platform):
                assert ID.fullmatch(name)
                assert name.startswith("anthropic.") == (platform == "bedrock")
                read = model_name(name)
                assert read is not None
                version = f"{read.family}-{read.major}" + (f"-{read.minor}" if read.minor else "")
                assert version == model.name


def test_ids_that_the_reference_names() -> None:
    by_name = {model.name: model for model in MODELS}
    assert by_name["opus-4-6"].bedrock == ("anthropic.claude-opus-4-6-v1",)
    assert by_name["haiku-4-5"].vertex == ("claude-haiku-4-5", "claude-haiku-4-5@20251001")
    assert by_name["sonnet-4-5"].foundry == ("claude-sonnet-4-5",)
    assert by_name["mythos-5"].vertex == by_name["mythos-5"].foundry == ()
    assert "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0" in bedrock_ids(by_name["sonnet-4-5"])
    assert {model.name for model in MODELS if model.mantle} == {
        "opus-5-5", "sonnet-5-5", "haiku-5-5", "haiku-4-5",
    }  # fmt: skip


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_known_id_passes(platform: str) -> None:
    for model in MODELS:
        ids = bedrock_ids(model) if platform == "bedrock" else model.ids(platform)
        assert check_models(platform, ids) == []


@pytest.mark.parametrize(
    ("platform", "name", "said"),
    [
        ("foundry", "us.anthropic.claude-opus-4-8", "use claude-opus-4-8"),
        ("foundry", "claude-haiku-4-5-20251001", "use claude-haiku-4-5"),
        ("foundry", "claude-mythos-5", "choose another: Microsoft Foundry is not known to have it"),
        ("foundry", "anthropic.claude-opus-6-v1:0", "use claude-opus-6"),
        ("bedrock", "claude-opus-4-6", "use anthropic.claude-opus-4-6-v1"),
        ("bedrock", "claude-opus-6", "use anthropic.claude-opus-6"),
        ("bedrock", "jp.anthropic.claude-opus-4-6-v1", "use one of au, eu, global, us"),
        ("bedrock", "eu.anthropic.claude-opus-48", "did you mean eu.anthropic.claude-opus-4-8?"),
        ("vertex", "claude-sonnet-4-5-20250929", "use claude-sonnet-4-5"),
        ("vertex", "claude-sonet-5", "did you mean claude-sonnet-5?"),
        ("anthropic", "claude-haiku-4-5@20251001", "use claude-haiku-4-5"),
        ("anthropic", "gpt-99", "keep it if it is newer"),
    ],
)
def test_a_mistake_is_named_and_never_an_error(platform: str, name: str, said: str) -> None:
    (problem,) = check_models(platform, ["claude-opus-4-8"] * (platform != "bedrock") + [name], key="models")
    assert problem.severity == "warning"
    assert problem.key == "models"
    assert said in problem.cure
    assert PLATFORMS[platform] in problem.allowed


def test_an_inference_profile_of_ones_own_cannot_be_judged() -> None:
    arn = "arn:aws:bedrock:eu-west-3:123456789012:application-inference-profile/abc123"
    assert check_models("bedrock", [arn]) == []
    assert len(check_models("vertex", [arn])) == 1


def test_one_of_several_platforms_is_enough() -> None:
    assert check_models(["bedrock", "anthropic"], ["claude-opus-4-8", "us.anthropic.claude-opus-4-8"]) == []
    assert len(check_models(["foundry", "anthropic"], ["us.anthropic.claude-opus-4-8"])) == 1


def test_every_id_is_judged_and_counted() -> None:
    found = check_models("foundry", ["claude-opus-4-8", "x", "y"])
    assert [problem.wrong.split(" is")[0] for problem in found] == ["model 2 (x)", "model 3 (y)"]


@pytest.mark.parametrize(
    "name", ["clade-opus-5-5", "gpt-4o", "opus 5.5", "eu.anthropic.clade-opus-5", "sonnet"]
)
def test_a_mistyped_id_is_shown(name: str) -> None:
    [problem] = check_models("anthropic", [name])
    assert f"model 1 ({name})" in problem.wrong


@pytest.mark.parametrize(
    "name",
    [
        "sk-ant-api03-R2D2c3po4KENobi", "AKIAIOSFODNN7EXAMPLE", "hunter2hunter2", "GOCSPX-5fKq7AbCdEfG",
        "1a2b3c4d-5e6f-4a1b-9c8d-7e6f5a4b3c2d", "eyJhbGciOiJFZERTQSJ9.payload",
    ],
)  # fmt: skip
def test_what_may_be_a_secret_in_the_wrong_place_is_not_shown(name: str) -> None:
    assert not any(name in str(problem) for problem in check_models("anthropic", [name]))
    assert not any(name in str(problem) for problem in outsiders("manifest.available_models", [name], ["x"]))


def test_a_model_that_the_gateway_refuses_is_named_with_the_closest() -> None:
    served = ["claude-opus-5", "claude-sonnet-5"]
    assert outsiders("k", served, served) == []
    [problem] = outsiders("k", ["claude-opus-5", "claude-sonet-5"], served)
    assert problem.wrong.startswith("offers model 2 (claude-sonet-5), which the gateway refuses")
    assert "did you mean claude-sonnet-5?" in problem.cure
    assert problem.severity == "error"


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("claude-opus-4-7", True),
        ("claude-opus-4-7-20260416", True),
        ("claude-opus-5", True),
        ("claude-opus-9-9", True),
        ("claude-sonnet-5", True),
        ("bedrock/us.anthropic.claude-sonnet-5-5", True),
        ("global.anthropic.claude-opus-4-8", True),
        ("vertex_ai/claude-opus-4-8@default", True),
        ("anthropic/claude-opus-4.7", True),
        ("arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.anthropic.claude-opus-4-8", True),
        ("claude-opus-4-6", False),
        ("anthropic.claude-opus-4-6-v1", False),
        ("claude-opus-4-20250514", False),
        ("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", False),
        ("claude-3-5-sonnet-20241022", False),
        ("Claude-Haiku-5-5", False),
        ("claude-fable-5", None),
        ("claude-instant-1", None),
        ("claude-opus", None),
        ("team-claude-opus-4-1", None),
        ("claude-opus-4-1-for-finance", None),
        ("best", None),
        ("", None),
    ],
)
def test_outlook(name: str, taken: bool | None) -> None:
    assert outlook_takes(name) is taken


@given(st.sampled_from(sorted(PLATFORMS)), st.lists(st.text(max_size=60) | st.from_regex(ID), max_size=4))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_gets_an_answer(platform: str, ids: list[str]) -> None:
    assert all(problem.severity == "warning" for problem in check_models(platform, ids))
    for name in ids:
        outlook_takes(name)


@given(
    st.sampled_from(["opus", "sonnet", "novel"]), st.integers(6, 9), st.integers(0, 9) | st.none(), st.data()
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_newer_model_is_never_held_back(
    family: str, major: int, minor: int | None, data: st.DataObject
) -> None:
    name = f"claude-{family}-{major}" + (f"-{minor}" if minor else "")
    prefix = data.draw(st.sampled_from(["", "anthropic.", "eu.anthropic.", "bedrock/us.anthropic."]))
    assert outlook_takes(prefix + name) is not False
    for platform in PLATFORMS:
        assert all(problem.severity == "warning" for problem in check_models(platform, [prefix + name]))


@pytest.mark.parametrize(
    ("given", "profile"),
    [
        ("anthropic.claude-opus-5-5", ""),
        ("eu.anthropic.claude-opus-5-5", "eu"),
        ("newer.anthropic.claude-opus-5-5", "newer"),
        ("arn:aws:bedrock:eu-central-1:1:inference-profile/eu.anthropic.claude-opus-5-5", "eu"),
        ("arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-opus-5-5", ""),
        ("arn:aws:bedrock:eu-central-1:1:application-inference-profile/a1b2", APPLICATION_PROFILE),
    ],
)
def test_by_which_inference_profile_an_id_calls(given: str, profile: str) -> None:
    assert profile_of(given) == profile
