"""The words for settings that pydantic refuses: ours in every place, one per setting, no value shown."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from claude_byoc.contract.problems import Problem
from claude_byoc.manifest_plan import SECRET_CONFIG_KEYS
from claude_byoc.settings import Settings
from claude_byoc.settings.errors import problems_of

TENANT = "11111111-2222-3333-4444-555555555555"
SECRET = "planted-secret-value-7f3a"
GOOD: dict[str, Any] = {
    "entra": {"tenantId": TENANT},
    "aws": {"accountId": "111122223333", "region": "eu-central-1"},
    "bedrock": {"role": {}, "invocationLogging": {}, "teams": {"finance": {}}},
}


def refused(data: object, model: type[BaseModel] = Settings) -> list[Problem]:
    with pytest.raises(ValidationError) as refusal:
        model.model_validate(data)
    return problems_of(refusal.value, model)


def changed(path: str, value: object) -> dict[str, Any]:
    new = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    place = new
    for parent in parents:
        place = place.setdefault(parent, {})
    place[last] = value
    return new


@pytest.mark.parametrize(
    ("path", "value", "wrong", "allowed", "cure"),
    [
        ("hosts", "office", "is not a list", "office (Excel", "`[value]`"),
        ("bedrock.role.residency", [], "has 0 entries and must have at least 1", "prefix", "leave the setting out"),
        ("bedrock.role.sessionSeconds", 60, "is not between 3600 and 43200", "between 3600 and 43200.", "another"),
        ("bedrock.teams.models.sessionSeconds", 43201, "is not between 3600 and 43200", "43200.", "another"),
        ("bedrock.role.sessionSeconds", "1h", "is not an integer", "between 3600 and 43200.", "digits alone"),
        ("bedrock.invocationLogging.retentionDays", 0, "is not at least 1", "whole number, at least 1.", "another"),
        (
            "bedrock.invocationLogging.includePromptsAndResponses", "yes", "is not true or false", "what people write",
            "true or false",
        ),
        ("bedrock.invocationLogging.keyPrefix", "", "is empty", "Prefix", "or leave the setting out"),
        ("entra.cloud", "mars", "is none of the words allowed", "us-gov-dod", "one of these words"),
        ("entra.cloud", "us_gov_hihg", "is none of the words allowed", "china", "did you mean `us-gov-high`?"),
        ("aws", [], "is not an object", "AWS account", "`key: value` lines"),
        ("bedrock", "yes", "is not an object", "Bedrock part", "or {} for every default"),
        ("bedrock.teams.finance", 3, "is not an object", "Roles by team", "or {} for every default"),
        ("bedrock.teams", [], "is not an object", "Roles by team", "`key: value` lines"),
        ("manifest.otlp_endpoint", True, "is not text", "Further manifest keys", "in quotes"),
        ("aws.region", "\ud800", "is not valid Unicode text", "AWS region", "anew"),
        ("aws.region", "frankfurt", "does not have the form it must have", "Pattern: ^", "correct the value"),
    ],
)  # fmt: skip
def test_each_kind_of_mistake(path: str, value: object, wrong: str, allowed: str, cure: str) -> None:
    [problem] = refused(changed(path, value))
    assert (problem.key, problem.wrong) == (path, wrong)
    assert allowed in problem.allowed
    assert cure in problem.cure


def test_a_list_of_words_names_the_entry() -> None:
    problems = refused(changed("hosts", ["ofice", "outlook", "word"]))
    assert [(p.key, p.allowed, p.cure) for p in problems] == [
        ("hosts.0", "office, outlook, desktop", "did you mean `office`?"),
        ("hosts.2", "office, outlook, desktop", "write one of these words"),
    ]


@pytest.mark.parametrize("data", [None, "text", [], 3])
def test_settings_that_are_no_object(data: object) -> None:
    [problem] = refused(data)
    assert problem.key == "claude-byoc:settings"
    assert problem.wrong == "is not an object"
    assert "at least `entra`" in problem.allowed
    assert "{}" not in problem.cure  # no settings at all are not enough: `entra` is required


def test_the_bound_of_a_number_among_others_is_named() -> None:
    limits = {"default": {"requestsPerMinute": 0}}
    [problem] = [
        one for one in refused({**GOOD, "gateway": {"limits": limits}}) if one.key.endswith("Minute")
    ]
    assert problem.wrong == "is not at least 1"
    assert problem.allowed.endswith("A whole number, at least 1.")


def test_a_team_of_an_impossible_name() -> None:
    [problem] = refused({**GOOD, "bedrock": {"teams": {"a b": {}}}})
    assert (problem.key, problem.wrong) == (
        "bedrock.teams.a b",
        "has a name of another form than it must have",
    )
    assert "Pattern: " in problem.allowed


def test_a_mistyped_required_setting_is_one_problem() -> None:
    [problem] = refused({**GOOD, "entra": {"tenantid": TENANT}})
    assert (problem.key, problem.cure) == ("entra.tenantid", "did you mean `tenantId`?")
    problems = refused({**GOOD, "entra": {"colour": "red"}})
    assert {p.key: p.wrong for p in problems} == {
        "entra.tenantId": "is missing",
        "entra.colour": "is not a setting",
    }


@pytest.mark.parametrize("key", ["otlpHeaders", "otlp_headers", "OTLP-HEADERS", "claude-byoc:otlpHeaders"])
@pytest.mark.parametrize("place", [(), ("bedrock",), ("bedrock", "role"), ("aws",), ("unknown",)])
def test_a_secret_in_plain_settings(key: str, place: tuple[str, ...]) -> None:
    data = copy.deepcopy(GOOD)
    inner = data
    for step in place:
        inner = inner.setdefault(step, {})
    inner[key] = SECRET
    problems = refused(data)
    [problem] = [p for p in problems if p.key == ".".join((*place, key))]
    assert problem.wrong == "is a secret and stands in plain settings"
    assert "change the credential" in problem.cure
    assert problem.cure.endswith("pulumi config set --secret claude-byoc:otlpHeaders")
    assert SECRET not in "".join(map(str, problems))


def test_every_secret_is_known_below_a_value_of_the_wrong_kind() -> None:
    for name, key in SECRET_CONFIG_KEYS.items():
        problems = refused(changed("bedrock", [{key: SECRET}]))
        assert {p.key for p in problems} == {"bedrock", f"bedrock.0.{key}"}
        assert any(p.cure.endswith(f"claude-byoc:{name}") for p in problems)


def test_an_upper_bound_alone_and_what_no_setting_raises_today() -> None:
    class Small(BaseModel):
        count: int = Field(1, le=5, description="How many.")
        names: list[str] = Field([], max_length=1, description="Who.")
        when: float = Field(0.0, description="When.")

    assert [(p.key, p.wrong, p.allowed) for p in refused({"count": 6, "names": ["a", "b"], "when": "x"}, Small)] == [
        ("count", "is not at most 5", "How many. A whole number, at most 5."),
        ("names", "has 2 entries and may have at most 1", "Who."),
        ("when", "does not fit this setting", "When."),
    ]  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.just(SECRET),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["role", "x"]), inner),
    max_leaves=6,
)
PLACES = (
    "entra.tenantId", "entra.cloud", "hosts", "aws", "aws.region", "bedrock.role", "bedrock.role.audiences",
    "bedrock.role.sessionSeconds", "bedrock.teams.finance", "bedrock.useCase", "manifest.otlp_endpoint",
    "bedrock.invocationLogging.retentionDays", "bedrock.invocationLogging.includePromptsAndResponses",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(PLACES), value=JSON)
def test_pydantics_own_words_and_the_values_never_show(path: str, value: object) -> None:
    try:
        Settings.model_validate(changed(path, value))
    except ValidationError as refusal:
        problems = problems_of(refusal, Settings)
        assert problems
        assert len({p.key for p in problems}) == len(problems)
        for text in map(str, problems):
            assert "Input should" not in text
            assert "does not fit this setting" not in text  # the words for what no setting can raise
            assert SECRET not in text
