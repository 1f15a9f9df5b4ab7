"""What the settings of an environment may mean otherwise: regions, and models that its gateway does not have."""

from typing import Any

import pytest

from claude_byoc.settings import Settings, args_of, check
from claude_byoc.stack_plan import part_hints

from .test_gateway_settings import settings


def hints(given: dict[str, Any]) -> dict[str, str]:
    found = part_hints(args_of(Settings.model_validate(given)))
    assert all(hint.severity == "warning" for hint in found)
    return {hint.key: f"{hint.wrong}; {hint.cure}" for hint in found}


def test_nothing_is_said_of_what_is_known() -> None:
    upstreams = [{"kind": "vertex", "region": "global"}, {"kind": "bedrock", "region": "eu-central-1"}]
    assert hints(settings({"upstreams": upstreams})) == {}


def test_regions_that_are_not_known() -> None:
    upstreams = [{"kind": "vertex", "region": "europe-wets1"}, {"kind": "bedrock", "region": "eu-centrall-1"}]
    given = settings({"cloud": "google", "google": {"region": "europe-west77"}, "upstreams": upstreams})
    given |= {
        "aws": {"accountId": "123456789012", "region": "us-esat-1"},
        "azure": {"subscriptionId": "11111111-2222-3333-4444-555555555555", "location": "sweedencentral"},
    }
    given["vertex"] = {"region": "us-central11"}
    found = hints(given)
    assert set(found) == {
        "aws.region",
        "azure.location",
        "vertex.region",
        "gateway.google.region",
        "gateway.upstreams.vertex.region",
        "gateway.upstreams.bedrock.region",
    }
    assert "did you mean us-east-1?" in found["aws.region"]
    assert "did you mean us-central1?" in found["vertex.region"]


MODELS: list[tuple[dict[str, Any], str]] = [
    ({"manifest": {"available_models": ["claude-opus-5", "claude-opus-5-5"]}}, "manifest.available_models"),
    ({"manifest": {"available_models": "claude-opus-5-5"}}, "manifest.available_models"),
    ({"desktop": {"values": {"inferenceModels": [{"name": "claude-opus-5-5"}]}}}, "desktop.values.inferenceModels"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "key"), MODELS)
def test_a_model_that_our_gateway_would_refuse_is_a_problem(more: dict[str, Any], key: str) -> None:
    given = settings({}, **more)
    found = {one.key: f"{one.wrong}; {one.cure}" for one in check(given, {}, "prod")[1]}
    assert "(claude-opus-5-5), which the gateway refuses" in found[key]
    assert "did you mean claude-opus-5? Otherwise add it to gateway.models" in found[key]
    allowed = settings({"models": ["claude-opus-5", "claude-opus-5-5"]}, **more)
    assert [one.key for one in check(allowed, {}, "prod")[1] if "models" in one.key.lower()] == []
    free = settings({"restrictModels": False}, **more)
    assert [one.key for one in check(free, {}, "prod")[1] if "models" in one.key.lower()] == []


def test_where_people_have_another_way_to_a_model_nothing_is_said() -> None:
    given = settings({}, manifest={"available_models": ["claude-opus-5-5"]}, vertex={"region": "global"})
    assert "manifest.available_models" not in {one.key for one in check(given, {}, "prod")[1]}


def test_of_a_gateway_that_exists_it_is_a_hint() -> None:
    given = settings({})
    given["gateway"] = {"existing": {"url": "https://gw.example.com", "models": ["claude-opus-5"]}}
    given["manifest"] = {"available_models": ["claude-opus-5-5"]}
    [(key, said)] = hints(given).items()
    assert key == "manifest.available_models"
    assert "gateway.existing.models does not list it" in said
    assert [one for one in check(given, {}, "prod")[1] if one.key == key] == []
