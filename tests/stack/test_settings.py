"""Settings: what is accepted, and that bad ones give every problem at once."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_byoc.contract.problems import Problem
from claude_byoc.settings import check
from claude_byoc.settings.schema import stack_file_schema

ROOT = Path(__file__).parents[2]
TENANT = "11111111-2222-3333-4444-555555555555"
SECRET = "planted-secret-value-7f3a"
GOOD: dict[str, Any] = {
    "hosts": ["office"],
    "entra": {"tenantId": TENANT},
    "aws": {"accountId": "111122223333", "region": "eu-central-1"},
    "bedrock": {"role": {"residency": ["eu"], "sessionSeconds": 3600}},
    "manifest": {"auto_connect": 1, "available_models": ["claude-sonnet-5"]},
}


def changed(path: str, value: object) -> dict[str, Any]:
    """A copy of GOOD with one dotted path set, or removed where value is None."""
    new = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    place = new
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is None:
        place.pop(last)
    else:
        place[last] = value
    return new


def problems_of(data: object, secrets: dict[str, str] | None = None, stack: str = "dev") -> list[Problem]:
    parsed, problems = check(data, secrets or {}, stack)
    assert (parsed is None) is bool(problems)
    return problems


def test_good_settings_become_args_of_the_same_names() -> None:
    parsed, problems = check(GOOD, {"otlp_headers": "authorization=x"}, "dev")
    assert problems == []
    assert parsed
    assert parsed.model_dump(by_alias=False, exclude_none=True) == {
        "hosts": ["office"],
        "entra": {"tenant_id": TENANT, "cloud": "global"},
        "aws": {"account_id": "111122223333", "region": "eu-central-1"},
        "bedrock": {"role": {"residency": ["eu"], "session_seconds": 3600}},
        "manifest": {"auto_connect": "1", "available_models": '["claude-sonnet-5"]'},
    }


@pytest.mark.parametrize("name", ["local", "template"])
def test_committed_stack_files_agree_with_the_schema(name: str) -> None:
    text = (ROOT / "stacks" / f"Pulumi.{name}.yaml").read_text("utf-8")
    assert "secure:" not in text
    assert "encryptionsalt" not in text
    data = yaml.safe_load(text)
    if name == "local":
        jsonschema.validate(data, stack_file_schema())
        assert problems_of(data["config"]["claude-byoc:settings"], stack="local") == []
    else:
        problems = problems_of(data["config"]["claude-byoc:settings"], stack="dev")
        assert {p.key for p in problems} == {"entra.tenantId", "aws.accountId"}


@pytest.mark.parametrize(
    ("path", "value", "key", "says"),
    [
        ("entra", None, "entra", "is missing"),
        ("entra.tenantId", "my-tenant", "entra.tenantId", "form"),
        ("entra.tenantId", "", "entra.tenantId", "form"),
        ("entra.tenant", TENANT, "entra.tenant", "is not a setting"),
        ("entra.cloud", "mars", "entra.cloud", "none of the words"),
        ("entra.cloud", "china", "entra.app", "does not exist in the cloud china"),
        ("aws.accountId", 111122223333, "aws.accountId", "is not text"),
        ("aws.accountId", "1111", "aws.accountId", "form"),
        ("aws.region", "frankfurt", "aws.region", "form"),
        ("aws", None, "aws", "is missing"),
        ("bedrock", None, "bedrock", "no other connection path"),
        ("bedrock", [], "bedrock", "object"),
        ("bedrock.role.residency", ["moon"], "bedrock.role.residency.0", "none of the words"),
        ("bedrock.role.residency", [], "bedrock.role.residency", "at least 1"),
        ("bedrock.role.sessionSeconds", 60, "bedrock.role.sessionSeconds", "3600"),
        ("bedrock.role.sessionSeconds", "1h", "bedrock.role.sessionSeconds", "integer"),
        ("bedrock.role.name", "a b", "bedrock.role.name", "form"),
        ("bedrock.role.name", "x" * 65, "bedrock.role.name", "form"),
        ("bedrok", {}, "bedrok", "is not a setting"),
        ("hosts", ["excel"], "hosts.0", "none of the words"),
        ("hosts", ["office", "outlook"], "hosts", "outlook, which cannot use bedrock"),
        ("paths", {"office": "foundry"}, "paths.office", "does not have"),
        ("paths", {"office": "rail"}, "paths.office", "none of the words"),
        ("manifest.auto_connect", True, "manifest.auto_connect", "is not text"),
        ("manifest.auto_connect", "yes", "manifest.auto_connect", ""),
        ("manifest.autoconnect", "1", "manifest.autoconnect", ""),
        ("manifest.aws_region", "us-east-1", "manifest.aws_region", "set by hand"),
        ("manifest.otlpHeaders", SECRET, "manifest.otlpHeaders", "is a secret"),
        ("bedrock.role.path", "/a?b/", "bedrock.role.path", "form"),
        ("manifest.otlp_headers", SECRET, "manifest.otlp_headers", "is a secret"),
        ("manifest.otlp_endpoint", "https://a.example\x00.com", "manifest.otlp_endpoint", ""),
        ("manifest.otlp_endpoint", "https://\ud800.example.com", "manifest.otlp_endpoint", ""),
    ],
)
def test_a_bad_setting_is_named_with_what_is_allowed_and_a_cure(
    path: str, value: object, key: str, says: str
) -> None:
    problems = problems_of(changed(path, value))
    found = [p for p in problems if p.key == key]
    assert found, f"no problem names {key}: {[p.key for p in problems]}"
    assert says in found[0].wrong
    assert found[0].allowed
    assert found[0].cure
    assert SECRET not in "".join(map(str, problems))


def test_all_problems_come_at_once() -> None:
    bad = changed("manifest.auto_connect", "yes")
    bad["hosts"] = ["office", "outlook"]
    bad["aws"]["accountId"] = "12"
    bad["bedrok"] = {}
    keys = [p.key for p in problems_of(bad)]
    assert set(keys) >= {"manifest.auto_connect", "aws.accountId", "bedrok"}
    assert "hosts" in keys, keys


GATEWAY: dict[str, Any] = {
    "cloud": "google",
    "upstreams": [{"kind": "vertex", "region": "us-east5"}],
    "models": ["claude-sonnet-5"],
    "tokens": {"publicKeys": ["q0Xv2nJ9sUe1mT4yB7cW5dK8fH3gL6aZpRtVxQwEoIM="]},
    "google": {"region": "us-east1"},
}
REFUSED_BY_PARTS: list[tuple[str, object, str]] = [
    ("bedrock.teams.finance", {"audiences": []}, "bedrock.teams.finance"),
    ("foundry", {"models": {"claude-none-1": {}}}, "foundry"),
    ("gateway", {**GATEWAY, "minInstances": 9, "maxInstances": 2}, "gateway.maxInstances"),
    ("entra.cloud", "china", "entra.app"),
]
"""Settings that have the right form and that a part refuses: place, value, where the problem is."""
REFUSED_BY_FORM: list[tuple[str, object, str]] = [
    ("support.email", 3, "support.email"),
    ("google.projectId", "No", "google.projectId"),
    ("azure.location", 7, "azure.location"),
    ("manifest.auto_connect", True, "manifest.auto_connect"),
    ("vertx", {}, "vertx"),
]


@pytest.mark.parametrize("form", REFUSED_BY_FORM, ids=[key for *_, key in REFUSED_BY_FORM])
@pytest.mark.parametrize("part", REFUSED_BY_PARTS, ids=[key for *_, key in REFUSED_BY_PARTS])
def test_what_one_section_lacks_hides_no_problem_of_another(
    part: tuple[str, object, str], form: tuple[str, object, str]
) -> None:
    base = changed(part[0], part[1])
    base.setdefault("google", {"projectId": "example-project"})
    base.setdefault("azure", {"subscriptionId": TENANT, "location": "eastus2"})
    alone = {p.key for p in problems_of(base) if p.key.startswith(part[2])}
    assert alone
    section, _, last = form[0].partition(".")
    if last:
        base.setdefault(section, {})[last] = form[1]
    else:
        base[section] = form[1]
    both = {p.key for p in problems_of(base)}
    assert form[2] in both
    reads = {"foundry": "azure", "gateway.maxInstances": "google"}
    if reads.get(part[2]) != section:
        assert alone <= both


def test_a_section_that_was_refused_is_not_called_missing() -> None:
    bad = changed("gateway", GATEWAY)
    bad["google"] = []
    assert [p.wrong for p in problems_of(bad) if p.key == "google"] == ["is not an object"]


def test_a_mistyped_key_is_answered_with_the_one_meant() -> None:
    [problem] = [p for p in problems_of(changed("bedrock.role.sesionSeconds", 3600)) if "sesion" in p.key]
    assert "sessionSeconds" in problem.cure


@pytest.mark.parametrize(("path", "value"), [("entra.tenantId", TENANT), ("aws.accountId", "111122223333")])
def test_stack_local_refuses_every_real_tenant_and_account(path: str, value: str) -> None:
    local = yaml.safe_load((ROOT / "stacks" / "Pulumi.local.yaml").read_text("utf-8"))
    data = local["config"]["claude-byoc:settings"]
    part, key = path.split(".")
    data[part][key] = value
    [problem] = problems_of(data, stack="local")
    assert problem.key == path
    assert "pinned" in problem.wrong


@pytest.mark.parametrize("data", [None, "text", 3, [], True, {}])
def test_something_else_than_settings_is_no_traceback(data: object) -> None:
    assert problems_of(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


EVERY_PART: dict[str, Any] = {
    **GOOD,
    "gateway": GATEWAY,
    "foundry": {
        "resourceName": "example-claude",
        "models": {"claude-sonnet-5": {"capacity": 5}},
        "organization": {"organizationName": "Example", "countryCode": "DE", "industry": "finance"},
    },
    "vertex": {"region": "us-east5"},
    "google": {"projectId": "example-project"},
    "azure": {"subscriptionId": TENANT, "location": "eastus2"},
    "hosts": ["office", "desktop"],
    "desktop": {},
    "paths": {"office": "bedrock", "desktop": "gateway"},
}


@settings(max_examples=200, deadline=None)
@given(part=st.sampled_from([*EVERY_PART, "unknown"]), value=JSON)
def test_any_json_in_any_place_is_answered_and_never_crashes(part: str, value: object) -> None:
    _answered({**copy.deepcopy(EVERY_PART), part: value})


PLACES = [
    (part, key)
    for part, given in EVERY_PART.items()
    if isinstance(given, dict)
    for key in [*given, "unknown"]
]


@settings(max_examples=200, deadline=None)
@given(place=st.sampled_from(PLACES), value=JSON)
def test_any_json_one_level_below_is_answered_too(place: tuple[str, str], value: object) -> None:
    data = copy.deepcopy(EVERY_PART)
    data[place[0]][place[1]] = value
    _answered(data)


def test_the_settings_with_every_part_are_good() -> None:
    assert check(EVERY_PART, {"gateway_token": "example"}, "dev")[1] == []


def _answered(data: dict[str, Any]) -> None:
    parsed, problems = check(data, {"gateway_token": "example"}, "dev")
    assert (parsed is None) is bool(problems)
    for problem in problems:
        assert problem.key
        assert str(problem)


def test_the_committed_schema_is_current() -> None:
    committed = json.loads((ROOT / "docs" / "reference" / "stack-file.schema.json").read_text("utf-8"))
    assert committed == stack_file_schema(), "run `make schema`"
