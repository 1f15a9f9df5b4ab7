"""Every manifest key with values that are right, doubtful and wrong, each judged alone."""

import pytest

from claude_byoc.contract.manifest_keys import FEATURES, MANIFEST_KEYS
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.problems import errors

GUID = "11111111-2222-3333-4444-555555555555"

GOOD = {
    "gcp_project_id": ["contoso-claude", "abcdef", "a23456789012345678901234567890"],
    "gcp_region": ["us-east5", "global", "europe-west1"],
    "google_client_id": ["1234-abc.apps.googleusercontent.com"],
    "google_client_secret": ["GOCSPX-0123456789abcdefghijklmnopqr"],
    "aws_role_arn": [
        "arn:aws:iam::123456789012:role/ClaudeBedrockAccess",
        "arn:aws:iam::123456789012:role/team/finance",
        'arn:aws:iam::123456789012:role/a!b~/"$>@/A_+=,.@-z',
        "arn:aws-us-gov:iam::123456789012:role/x",
    ],
    "aws_region": ["us-east-1", "eu-central-2", "us-gov-west-1", "ap-southeast-14"],
    "azure_resource_name": ["contoso-foundry", "a1", "0" * 63],
    "azure_api_key": ["0123456789abcdef0123456789abcdef", "A" * 84],
    "gateway_url": ["https://gw.contoso.com", "https://gw.contoso.com:4000/bedrock", "https://[::1]:8443"],
    "gateway_token": ["gw-1", "sk-litellm-1234", "a b", "~*'()!é&=#%+"],
    "gateway_auth_header": ["x-api-key", "authorization", "Authorization", "X-API-KEY"],
    "gateway_api_format": ["anthropic", "bedrock", "vertex", "Vertex"],
    "gateway_auth_source": ["entra"],
    "mcp_servers": [
        '[{"url":"https://mcp.contoso.com","label":"C"}]',
        '[\n  {"url": "https://a.b", "label": "é", "headers": {"x-key": "v"}, "discover": true}\n]',
        "[]",
    ],
    "inference_headers": ['{"x-team":"finance"}', "{}", '{\n "x-a": "ü"\n}'],
    "bootstrap_url": [
        "https://b.contoso.com/office?team={{gcp_region}}",
        "https://{{azure_resource_name}}.contoso.com",
    ],
    "otlp_endpoint": ["https://otel.contoso.com", "https://otel.contoso.com:4318/"],
    "otlp_headers": ["x-token=abc", "a=b,c=d==", "authorization=Bearer x"],
    "otlp_resource_attributes": ["a=b", "a=b,c=", "deployment.environment=prod west"],
    "auto_connect": ["0", "1"],
    "entra_sso": ["0", "1"],
    "graph_client_id": [GUID, GUID.replace("1", "A")],
    "entra_scope": [
        f"api://{GUID}/access_as_user",
        f"api://{GUID}/a, api://{GUID}/b openid offline_access",
        "https://cognitiveservices.azure.com/.default",
    ],
    "graph_cloud": ["global", "us-gov-high", "us-gov-dod", "china"],
    "allow_1p": ["0", "1"],
    "disabled_features": ["thumbs", ",".join(sorted(FEATURES))],
    "available_models": [
        "claude-opus-4-8",
        "claude-opus-4-8, claude-sonnet-5",
        '["claude-opus-4-8",{"id":"claude-sonnet-5","label":"Sonnet"}]',
        '{"id":"claude-sonnet-5"}',
        "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
    "access_policies": ['[{"effect":"deny","action":"thumbs"}]', "[]"],
}

DOUBTFUL = {
    "google_client_secret": ["abcdefghijklmnopqrstuvwx"],
    "gateway_token": ["Bearer abc", "token-日本"],
    "mcp_servers": ['[{"url":"https://a.b","label":"x","transport":"sse"}]'],
    "inference_headers": ['{"Authorization":"x"}', '{"anthropic-beta":"x"}', '{"X-Amz-Date":"x"}'],
    "bootstrap_url": ["{{gateway_url}}/bootstrap", "https://b.contoso.com/{{gcp_regoin}}"],
    "otlp_endpoint": ["https://otel.contoso.com/v1/traces"],
    "otlp_headers": ["just-a-token", "a=b,c"],
    "disabled_features": ["thumb", "thumbs,something.new"],
    "available_models": ["claude-opus-4-8,,claude-sonnet-5", '["a","a"]', '["a",{"label":"x"}]'],
    "access_policies": ['[{"effect":"deny","action":"some.new.action"}]'],
}

BAD = {
    "gcp_project_id": ["Contoso", "short", "ends-with-", "1abcdef", "a" * 31],
    "gcp_region": [" ", "us-east5 "],
    "google_client_id": ["1234-abc", "x.apps.googleusercontent.com.evil.com"],
    "google_client_secret": ["abc", "GOCSPX-", "sk-ant-api03-abc"],
    "aws_role_arn": [
        "arn:aws:iam::12345678901:role/x",
        "arn:aws:iam::123456789012:user/x",
        "arn:aws-cn:iam::123456789012:role/x",
        "arn:aws:iam::123456789012:role/",
        "ClaudeBedrockAccess",
        "arn:aws:iam::" + "\u0661" * 12 + ":role/x",
        "arn:aws:iam::123456789012:role/x#y",
        "arn:aws:iam::123456789012:role/x?y",
        "arn:aws:iam::123456789012:role/x y",
        "arn:aws:iam::123456789012:role/team#a/x",
        "arn:aws:iam::123456789012:role/team?a/x",
        "arn:aws:iam::123456789012:role/team a/x",
        "arn:aws:iam::123456789012:role/" + "x" * 65,
    ],
    "aws_region": ["us-east", "US-EAST-1", "us_east_1", "eastus2"],
    "azure_resource_name": ["A", "Contoso", "-contoso", "contoso.services.ai.azure.com", "a" * 64],
    "azure_api_key": ["short", "0123456789abcdef-0123456789abcdef", "a" * 19],
    "gateway_url": [
        "http://gw.contoso.com",
        "gw.contoso.com",
        "https://",
        "https:///path",
        "https://gw.contoso.com/v1/messages",
        "https://gw.contoso.com/v1/messages/",
        "https://gw.contoso.com/?x=1",
        "https://gw.contoso.com/#x",
        "https://user:hunter2@gw.contoso.com",
        "https://gw contoso.com",
        "https://gw.contoso.com:99999",
        "https://[::1",
        "https://gw.contoso.com\\x",
    ],
    "gateway_token": [
        "sk-ant-api03-abc",
        "Bearer sk-ant-api03-abc",
        "AKIAIOSFODNN7EXAMPLE",
        "GOCSPX-0123456789",
        "AIza" + "a" * 35,
        "-----BEGIN PRIVATE KEY-----",
        " token",
        "token\n",
    ],
    "gateway_auth_header": ["bearer", "x-api-key,authorization"],
    "gateway_api_format": ["openai", "anthropic "],
    "gateway_auth_source": ["Entra", "okta"],
    "mcp_servers": [
        "{}",
        "[",
        "[1]",
        '[{"label":"x"}]',
        '[{"url":"http://a.b","label":"x"}]',
        '[{"url":"https://a.b"}]',
        '[{"url":"https://a.b","label":"x","headers":[]}]',
        '[{"url":"https://a.b","label":"x","headers":{"bad name":"v"}}]',
        '[{"url":"https://a.b","label":"x","headers":{"x":1}}]',
        '[{"url":"https://[","label":"x"}]',
        '[{"url":"https://a.b","label":"x","label":"y"}]',
        '[{"url":"https://a.b","label":"sk-ant-x"}]',
        "[" * 900,
        "[NaN]",
    ],
    "inference_headers": [
        "[]",
        "{x}",
        '{"x":1}',
        '{"bad name":"v"}',
        '{"x":"a\\nb"}',
        '{"x":"日"}',
        '{"x":"AKIAIOSFODNN7EXAMPLE"}',
        '{"x":"1","x":"2"}',
    ],
    "bootstrap_url": ["http://b.contoso.com", "b.contoso.com", "https://u:p@b.contoso.com", "https://b.c/#x"],
    "otlp_endpoint": ["http://otel", "https://otel/?a=b"],
    "otlp_headers": ["\t", "a=b\x00"],
    "otlp_resource_attributes": ["a", "a b=c", "=x", "a=b,,c=d"],
    "auto_connect": ["true", "2", "01"],
    "entra_sso": ["yes", "1 ", "\u0661"],
    "graph_client_id": ["{" + GUID + "}", "not-a-guid", GUID[:-1]],
    "entra_scope": [f"api://{GUID}/a https://graph.microsoft.com/Mail.Read", "  "],
    "graph_cloud": ["us-gov", "GLOBAL", "germany"],
    "allow_1p": ["no"],
    "disabled_features": ["thumbs, web_search", "thumbs,", "a-b"],
    "available_models": [",", "[]", '["a"', '[""]'],
    "access_policies": ["{}", "[", "[1]", '[{"effect":"deny"}]'],
}


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(key, value) for key, values in table.items() for value in values]


def test_every_key_is_tried() -> None:
    assert set(GOOD) == set(BAD) == set(MANIFEST_KEYS)


@pytest.mark.parametrize("key", MANIFEST_KEYS)
def test_the_example_of_each_key_is_right(key: str) -> None:
    assert check_value(key, MANIFEST_KEYS[key].example) == []


@pytest.mark.parametrize(("key", "value"), cases(GOOD))
def test_good(key: str, value: str) -> None:
    assert check_value(key, value) == []


@pytest.mark.parametrize(("key", "value"), cases(DOUBTFUL))
def test_doubtful(key: str, value: str) -> None:
    found = check_value(key, value)
    assert found
    assert errors(found) == []


@pytest.mark.parametrize(("key", "value"), cases(BAD))
def test_bad(key: str, value: str) -> None:
    found = errors(check_value(key, value))
    assert found
    assert {problem.key for problem in found} == {key}
    assert all(problem.wrong and problem.allowed and problem.cure for problem in found)


@pytest.mark.parametrize("key", MANIFEST_KEYS)
@pytest.mark.parametrize(
    "value", ["", " ", "\n", "\ufeff", "a\x00b", "a\x7fb", "a\x85b", "\ud800", "x" * 2049]
)
def test_what_no_value_may_be(key: str, value: str) -> None:
    assert len(errors(check_value(key, value))) == 1


HIDDEN = "hunter2secret"


@pytest.mark.parametrize("key", MANIFEST_KEYS)
@pytest.mark.parametrize(
    "shape",
    ["%s", " %s", "%s\x00", "sk-ant-%s", "AKIA%s", '{"x":"%s', '{"x":["%s"]}', '[{"url":"%s"}]', "\ud800%s"],
)
def test_no_value_is_ever_quoted(key: str, shape: str) -> None:
    assert not any(HIDDEN in str(problem) for problem in check_value(key, shape % HIDDEN))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("gatewayUrl", "gateway_url"), ("GATEWAY-TOKEN", "gateway_token"), ("aws_rolearn", "aws_role_arn")],
)
def test_a_mistyped_key_is_guessed(typed: str, meant: str) -> None:
    (problem,) = check_value(typed, "x")
    assert problem.key == typed
    assert problem.cure == f"did you mean {meant}?"


@pytest.mark.parametrize("key", ["", "x" * 500, "a\nb", "\ud800", "aGVsbG8/d29ybGQ+"])
def test_an_unreadable_key_is_not_shown(key: str) -> None:
    (problem,) = check_value(key, "x")
    assert problem.key == "(unreadable key)"
