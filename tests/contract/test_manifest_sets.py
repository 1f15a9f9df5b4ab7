"""The rules between manifest keys, one by one, in both directions."""

import pytest

from claude_byoc.contract.entra import ANTHROPIC_APP_ID
from claude_byoc.contract.manifest_keys import ATTRIBUTE_KEYS, BOOTSTRAP_KEYS, MANIFEST_KEYS, SECRET_KEYS
from claude_byoc.contract.manifest_rules import check_manifest, check_set
from claude_byoc.contract.manifest_sets import SET_RULES
from claude_byoc.contract.problems import Problem, errors

GUID = "11111111-2222-3333-4444-555555555555"
ROLE = "arn:aws:iam::123456789012:role/x"
GOV_ROLE = "arn:aws-us-gov:iam::123456789012:role/x"
BEDROCK = {"aws_role_arn": ROLE, "aws_region": "us-east-1", "entra_sso": "1"}
OWN_APP = {"entra_sso": "1", "graph_client_id": GUID}
GATEWAY = {"gateway_url": "https://gw.contoso.com"}
SCOPE = f"api://{GUID}/access_as_user"

RIGHT: list[tuple[str, dict[str, str | None]]] = [
    ("office", dict(BEDROCK)),
    ("office", {**BEDROCK, "aws_role_arn": GOV_ROLE, "aws_region": "us-gov-west-1"}),
    ("office", {**BEDROCK, "aws_role_arn": None, "aws_region": None}),
    ("office", {**GATEWAY, "gateway_token": "t"}),
    ("outlook", {**GATEWAY, "gateway_token": None}),
    ("office", {**GATEWAY, **OWN_APP, "entra_scope": SCOPE, "gateway_auth_source": "entra"}),
    (
        "office",
        {**GATEWAY, **OWN_APP, "entra_sso": None, "entra_scope": None, "gateway_auth_source": "entra"},
    ),
    ("outlook", {**OWN_APP, "graph_cloud": "us-gov-dod"}),
    ("office", {"graph_cloud": "global"}),
    ("office", {"graph_cloud": None}),
    (
        "office",
        {
            **GATEWAY,
            "gateway_api_format": "vertex",
            "gcp_project_id": "contoso-claude",
            "gcp_region": "global",
        },
    ),
    ("office", {}),
    ("outlook", {**GATEWAY, "available_models": "claude-opus-4-6,bedrock/eu.anthropic.claude-opus-4-7"}),
    ("outlook", {**GATEWAY, "available_models": '{"id":"azure_ai/claude-sonnet-5-5","label":"Sonnet"}'}),
    ("outlook", {**GATEWAY, "available_models": None}),
    ("office", {**GATEWAY, "available_models": "claude-opus-4-6,my-own-alias"}),
    ("office", {**BEDROCK, "available_models": "claude-opus-4-8,eu.anthropic.claude-opus-4-8"}),
    ("office", {"azure_resource_name": "x1", "available_models": "claude-opus-4-8"}),
    (
        "office",
        {**GATEWAY, "azure_resource_name": "x1", "available_models": "eu.anthropic.claude-opus-4-8"},
    ),
]

# host, values, key that the error names, a word of its text
WRONG: list[tuple[str, dict[str, str | None], str, str]] = [
    ("outlook", dict(BEDROCK), "aws_role_arn", "outlook"),
    ("outlook", {"aws_region": None}, "aws_region", "outlook"),
    ("office", {"aws_role_arn": ROLE, "aws_region": "us-east-1"}, "aws_role_arn", "entra_sso=1"),
    ("office", {**BEDROCK, "entra_sso": "0"}, "aws_role_arn", "entra_sso=1"),
    ("office", {"graph_client_id": GUID}, "graph_client_id", "entra_sso=1"),
    ("office", {"graph_client_id": GUID, "entra_scope": SCOPE}, "entra_scope", "entra_sso=1"),
    (
        "office",
        {**GATEWAY, "graph_client_id": GUID, "entra_scope": SCOPE, "gateway_auth_source": "entra"},
        "gateway_auth_source",
        "entra_sso=1",
    ),
    ("office", {"entra_sso": "1", "entra_scope": SCOPE}, "entra_scope", "graph_client_id"),
    ("office", {**GATEWAY, **OWN_APP, "gateway_auth_source": "entra"}, "gateway_auth_source", "entra_scope"),
    ("office", {"graph_cloud": "china", "entra_sso": "1"}, "graph_cloud", "graph_client_id"),
    ("office", {**BEDROCK, "aws_role_arn": GOV_ROLE}, "aws_role_arn", "partition"),
    ("office", {**BEDROCK, "aws_region": "us-gov-east-1"}, "aws_role_arn", "partition"),
    ("office", {**GATEWAY, "gateway_api_format": "vertex"}, "gateway_api_format", "gcp_project_id"),
    (
        "office",
        {**GATEWAY, "gateway_api_format": "Vertex", "gcp_project_id": "contoso-claude"},
        "gateway_api_format",
        "gcp_region",
    ),
    (
        "office",
        {"entra_sso": "1", "graph_client_id": ANTHROPIC_APP_ID.upper(), "graph_cloud": "us-gov-high"},
        "graph_client_id",
        "global cloud only",
    ),
    ("outlook", {**GATEWAY, "available_models": "claude-opus-4-6"}, "available_models", "Outlook"),
    (
        "outlook",
        {
            **GATEWAY,
            "available_models": '["bedrock/us.anthropic.claude-sonnet-4-6", {"id": "claude-haiku-5-5"}]',
        },
        "available_models",
        "Opus 4.7",
    ),
    ("desktop", {}, "host", "office"),
]

# values, key that the warning names
WARNED: list[tuple[dict[str, str | None], str]] = [
    (
        {**GATEWAY, **OWN_APP, "entra_scope": SCOPE, "gateway_auth_source": "entra", "gateway_token": "t"},
        "gateway_token",
    ),
    (
        {
            **OWN_APP,
            "entra_scope": SCOPE,
            "gateway_auth_source": "entra",
            "azure_resource_name": "x1",
            "azure_api_key": "a" * 32,
        },
        "azure_api_key",
    ),
    (
        {
            **GATEWAY,
            **OWN_APP,
            "entra_scope": SCOPE,
            "gateway_auth_source": "entra",
            "gateway_auth_header": "X-Api-Key",
        },
        "gateway_auth_header",
    ),
    ({"azure_resource_name": "x1", "available_models": "eu.anthropic.claude-opus-4-8"}, "available_models"),
    ({**BEDROCK, "available_models": "claude-opus-4-8,claude-opus-9"}, "available_models"),
    ({**BEDROCK, "gateway_token": "t"}, "gateway_token"),
    ({"aws_role_arn": ROLE, "entra_sso": "1"}, "aws_role_arn"),
    ({"aws_region": "us-east-1"}, "aws_region"),
    ({"gateway_url": "https://gw.contoso.com/v1"}, "gateway_url"),
    ({**GATEWAY, "gateway_api_format": "vertex", "bootstrap_url": "https://b"}, "gateway_api_format"),
    ({"otlp_headers": "a=b"}, "otlp_headers"),
    ({"google_client_id": "1.apps.googleusercontent.com"}, "google_client_id"),
]


@pytest.mark.parametrize(("host", "values"), RIGHT)
def test_right(host: str, values: dict[str, str | None]) -> None:
    assert check_set(host, values) == []


@pytest.mark.parametrize(("host", "values", "key", "word"), WRONG)
def test_wrong(host: str, values: dict[str, str | None], key: str, word: str) -> None:
    found = [problem for problem in errors(check_set(host, values)) if problem.key == key]
    assert any(word in str(problem) for problem in found)


@pytest.mark.parametrize(("values", "key"), WARNED)
def test_warned(values: dict[str, str | None], key: str) -> None:
    found = check_set("office", values)
    assert errors(found) == []
    assert key in {problem.key for problem in found}


@pytest.mark.parametrize("models", ["my-alias", "claude-fable-5", "claude-opus-4-6,team-claude-opus-4-1"])
def test_outlook_models_that_are_not_clear_are_a_warning(models: str) -> None:
    found = check_set("outlook", {**GATEWAY, "available_models": models})
    assert [(problem.key, problem.severity) for problem in found] == [("available_models", "warning")]


def test_every_rule_between_keys_can_be_read() -> None:
    for rule in SET_RULES:
        assert rule.sentence.endswith(".")
        assert rule.source


def test_everything_is_reported_at_once() -> None:
    values: dict[str, str | None] = {
        "gateway_url": "http://x",
        "aws_region": "nowhere",
        "aws_role_arn": ROLE,
        "bogus": "x",
        "graph_cloud": "china",
    }
    found = {problem.key for problem in errors(check_manifest("outlook", values))}
    assert found == {"gateway_url", "aws_region", "aws_role_arn", "bogus", "graph_cloud"}


def test_an_unknown_key_is_refused_even_without_a_value() -> None:
    assert [problem.key for problem in errors(check_manifest("office", {"bogus": None}))] == ["bogus"]


def test_a_value_not_known_yet_is_not_judged() -> None:
    assert check_manifest("office", dict.fromkeys(["gateway_url", "gateway_token"])) == []


def test_secret_keys_are_those_of_the_fragment() -> None:
    in_fragment = {name for name, key in MANIFEST_KEYS.items() if key.placement == "fragment"}
    assert in_fragment == SECRET_KEYS == {
        "gateway_token", "azure_api_key", "google_client_secret", "otlp_headers", "inference_headers", "mcp_servers",
    }  # fmt: skip


def test_keys_that_are_needed_before_any_other_layer_stay_in_the_manifest() -> None:
    first = {"entra_sso", "graph_client_id", "entra_scope", "gateway_auth_source"}
    assert not first & (ATTRIBUTE_KEYS | BOOTSTRAP_KEYS)
    assert set(MANIFEST_KEYS) >= ATTRIBUTE_KEYS | BOOTSTRAP_KEYS
    assert "access_policies" not in ATTRIBUTE_KEYS  # documented: 256 characters do not hold them
    assert "bootstrap_url" not in BOOTSTRAP_KEYS


def test_rules_name_keys_that_exist() -> None:
    for key in MANIFEST_KEYS.values():
        assert {other for other, _ in (*key.requires, *key.expects)} <= set(MANIFEST_KEYS)


def test_a_problem_shows_all_its_parts() -> None:
    text = str(Problem("key", "is odd", "an even one", "make it even", "warning"))
    assert text.splitlines() == ["warning: key: is odd", "  allowed: an even one", "  to do:   make it even"]
