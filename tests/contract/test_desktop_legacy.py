"""Retired names and forms come in and leave in today's spelling, each with a notice."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS, RENAMED
from claude_byoc.contract.desktop_legacy import modernise
from claude_byoc.contract.desktop_rules import check_desktop_set, check_desktop_value
from claude_byoc.contract.problems import errors


@pytest.mark.parametrize(
    ("old", "new", "about"),
    [
        ({"inferenceGatewayHeaders": {"X-Org": "a"}}, {"inferenceCustomHeaders": {"X-Org": "a"}}, 1),
        # The list form of the older gateway page, and the string form of the Office key.
        ({"inferenceGatewayHeaders": ["X-Org: a: b"]}, {"inferenceCustomHeaders": {"X-Org": "a: b"}}, 2),
        ({"otlpHeaders": "a=b=c, d=e"}, {"otlpHeaders": {"a": "b=c", "d": "e"}}, 1),
        ({"otlpResourceAttributes": '["a: b"]'}, {"otlpResourceAttributes": {"a": "b"}}, 1),
        ({"bootstrapHeaders": ["a: b"]}, {"bootstrapHeaders": {"a": "b"}}, 1),
        ({"isDxtEnabled": "1"}, {"isDesktopExtensionEnabled": True}, 1),
        ({"isDxtSignatureRequired": True}, {"isDesktopExtensionSignatureRequired": True}, 1),
        ({"trustBootstrapLocalExec": "false"}, {"trustBootstrapDelivery": False}, 1),
        ({"enduserAttribution": False}, {"endUserAttribution": False}, 1),
        ({"inferenceGatewayAuthScheme": "sso"}, {"inferenceCredentialKind": "interactive"}, 1),
        (
            {"inferenceGatewayAuthScheme": "sso", "inferenceCredentialKind": "external-idp"},
            {"inferenceCredentialKind": "external-idp"},
            1,
        ),
        ({"inferenceGatewayAuthScheme": "auto"}, {}, 1),
        ({"inferenceCredentialKind": "oauth"}, {"inferenceCredentialKind": "interactive"}, 1),
        (
            {"inferenceProvider": "vertex", "inferenceCredentialKind": "interactive",
             "inferenceVertexWorkforceAudience": "//a"},
            {"inferenceProvider": "vertex", "inferenceCredentialKind": "workforce",
             "inferenceVertexWorkforceAudience": "//a"},
            1,
        ),
        ({"builtinToolPolicy": {"Bash": "ask-session", "Edit": "allow"}},
         {"builtinToolPolicy": {"Bash": "ask", "Edit": "allow"}}, 1),
        (
            {"orgPluginSettings": {"mcpServers": {"a": {"tools": {"t": "ask-session", "u": {"permission": "allow"}}}}}},
            {"orgPluginSettings": [{"serverName": "a", "tools": [
                {"toolName": "t", "permission": "ask"}, {"toolName": "u", "permission": "allow"}]}]},
            2,
        ),
        (
            {"managedMcpServers": [{"name": "a", "url": "https://m.example", "scopes": ["x", "y"], "source": "z",
                                    "oauth": {"scopes": "p q"}, "toolPolicy": {"*": "ask-session"}}]},
            {"managedMcpServers": [{"name": "a", "url": "https://m.example", "scope": "x y", "transport": "http",
                                    "oauth": {"scope": "p q"}, "toolPolicy": {"*": "ask"}}]},
            5,
        ),
        (
            {"managedMcpServers": [{"name": "m", "server": "microsoft365", "transport": "builtin",
                                    "authorityHost": "https://login.microsoftonline.us"},
                                   {"name": "s", "command": "/m", "oauth": "true"},
                                   {"name": "t", "transport": "sse", "url": "https://m.example",
                                    "oauth": {"scope": ["a", "b"]}}]},
            {"managedMcpServers": [{"name": "m", "server": "microsoft365", "azureCloud": "us-gov-high"},
                                   {"name": "s", "command": "/m", "oauth": True, "transport": "stdio"},
                                   {"name": "t", "transport": "sse", "url": "https://m.example",
                                    "oauth": {"scope": "a b"}}]},
            5,
        ),
    ],
)  # fmt: skip
def test_retired_spellings(old: dict[str, Any], new: dict[str, Any], about: int) -> None:
    values, notices = modernise(old)
    assert values == new
    assert [notice.severity for notice in notices] == ["warning"] * about
    assert [problem for key, value in values.items() for problem in check_desktop_value(key, value)] == []
    assert modernise(values) == (new, [])


@pytest.mark.parametrize(
    ("given", "native"),
    [
        ({"chatTabEnabled": "True", "coworkTabEnabled": "0"}, {"chatTabEnabled": True, "coworkTabEnabled": False}),
        ({"mcpToolTimeoutSec": "180", "otlpEndpoint": "1"}, {"mcpToolTimeoutSec": 180, "otlpEndpoint": "1"}),
        # Every number in Pulumi's state is a float.
        ({"mcpToolTimeoutSec": 180.0, "inferenceGatewayOidc": {"redirectPort": 53180.0}},
         {"mcpToolTimeoutSec": 180, "inferenceGatewayOidc": {"redirectPort": 53180}}),
        ({"inferenceModelPricingMultiplier": "0.85"}, {"inferenceModelPricingMultiplier": 0.85}),
        ({"inferenceModels": '["a", {"name": "b"}]'}, {"inferenceModels": ["a", {"name": "b"}]}),
        ({"banner": '{"text": "[x]"}'}, {"banner": {"text": "[x]"}}),
        ({"organizationInstructions": '["not JSON here"]'}, {"organizationInstructions": '["not JSON here"]'}),
        ({"inferenceModels": None, "chatTabEnabled": None}, {"inferenceModels": None, "chatTabEnabled": None}),
    ],
)  # fmt: skip
def test_portable_encodings_need_no_notice(given: dict[str, Any], native: dict[str, Any]) -> None:
    assert modernise(given) == (native, [])


@pytest.mark.parametrize(
    "unreadable",
    [
        {"otlpHeaders": "no pairs"},
        {"otlpHeaders": "a=1,b"},
        {"otlpHeaders": ["no colon"]},
        {"otlpHeaders": "[" * 100_000},
        {"chatTabEnabled": "yes"},
        {"mcpToolTimeoutSec": "9" * 5000},
        {"orgPluginSettings": {"mcpServers": {"a": 1}}},
        {"orgPluginSettings": {"mcpServers": [1]}},
        {"managedMcpServers": [{"name": "a", "oauth": 2, "transport": "http", "url": "https://m.example"}]},
    ],
)
def test_what_cannot_be_read_is_refused(unreadable: dict[str, Any]) -> None:
    values, notices = modernise(unreadable)
    assert (values, notices) == (unreadable, [])
    assert errors(check_desktop_set({"bootstrapUrl": "https://b.example", **values}))


def test_the_current_name_wins_over_the_retired_one() -> None:
    values, notices = modernise({"isDxtEnabled": True, "isDesktopExtensionEnabled": False})
    assert values == {"isDesktopExtensionEnabled": False}
    assert [notice.key for notice in notices] == ["isDxtEnabled"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "scopes", "scope", "oauth", "mcpServers", "tools", "permission", "toolPolicy", "server",
                 "transport", "url", "command", "clientId", "issuer", "source", "authorityHost"]
            ),
            inner | st.sampled_from(["ask-session", "builtin", "https://a.example", "github"]),
            max_size=4,
        )
    ),
    max_leaves=10,
)  # fmt: skip
NAMES = st.sampled_from(sorted({*DESKTOP_KEYS, *RENAMED})) | st.text(max_size=12)


@given(st.dictionaries(NAMES, JSON, max_size=6))
@settings(max_examples=800, deadline=None)
def test_any_input_gets_an_answer_and_leaves_without_retired_names(values: dict[str, Any]) -> None:
    modern, _ = modernise(values)
    assert not set(modern) & set(RENAMED)
    assert modernise(modern)[1] == []
    for problem in check_desktop_set(modern):
        str(problem).encode()


@given(
    st.sampled_from(sorted(DESKTOP_KEYS)), st.text("abcXYZ0123456789", min_size=12, max_size=30), st.data()
)
@settings(max_examples=400, deadline=None)
def test_no_answer_holds_a_value(key: str, secret: str, data: st.DataObject) -> None:
    shapes: list[Any] = [
        secret, f" {secret}", f"{secret}\x00", [secret], {secret + "/": "x"}, {"a": secret}, [{"headers": secret}],
        [{"name": "n", "oauth": {"clientSecret": f"{secret}\n"}}], f"{{{secret}", f"https://u:{secret}@gw.example.com",
    ]  # fmt: skip
    value = data.draw(st.sampled_from(shapes))
    modern, notices = modernise({key: value})
    for problem in [*notices, *check_desktop_set(modern)]:
        assert secret not in str(problem)
