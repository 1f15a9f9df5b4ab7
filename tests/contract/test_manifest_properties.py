"""Whatever the values are, the checker answers, and what it passes keeps the contract.

The properties state the rules once more in their own words instead of calling the checker's helpers.
"""

import json
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS, SECRET_KEYS
from claude_byoc.contract.manifest_rules import check_manifest, check_value
from claude_byoc.contract.problems import errors

# Surrogates included: a command line that is not UTF-8 brings them.
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=80)
KEYS = st.sampled_from(sorted(MANIFEST_KEYS))
JSON_TEXT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "url",
                    "label",
                    "headers",
                    "effect",
                    "action",
                    "resource",
                    "type",
                    "identifiers",
                    "equals",
                    "id",
                    "x",
                ]
            ),
            inner | st.sampled_from(["deny", "thumbs", "open_file", "file_path", "https://a.b"]),
            max_size=4,
        )
    ),
    max_leaves=12,
).map(json.dumps)
LIKELY = st.sampled_from([key.example for key in MANIFEST_KEYS.values()] + ["0", "1", "vertex", "china"])


# Right values of the keys that rules tie together, in every combination that can matter.
TIED: dict[str, list[str | None]] = {
    "entra_sso": ["1", "1", "1", "0", None],
    "graph_client_id": [MANIFEST_KEYS["graph_client_id"].example, None],
    "entra_scope": [MANIFEST_KEYS["entra_scope"].example, None],
    "gateway_auth_source": ["entra"],
    "graph_cloud": ["global", "us-gov-high", "us-gov-dod", "china", None],
    "aws_role_arn": ["arn:aws:iam::123456789012:role/x", "arn:aws-us-gov:iam::123456789012:role/x", None],
    "aws_region": ["us-east-1", "us-gov-west-1", None],
}


@st.composite
def value_sets(draw: st.DrawFn) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for key in draw(st.lists(st.sampled_from(sorted(TIED)), unique=True, max_size=5)):
        values[key] = draw(st.sampled_from(TIED[key]))
    for key in draw(st.lists(KEYS, unique=True, max_size=3)):
        right = st.just(MANIFEST_KEYS[key].example)
        values[key] = draw(st.one_of(right, right, right, st.none(), LIKELY, JSON_TEXT, ANY_TEXT))
    return values


@given(ANY_TEXT | KEYS, st.one_of(ANY_TEXT, JSON_TEXT))
@settings(max_examples=1500, deadline=None)
@example("available_models", "[" * 1990)
@example("available_models", "[" + "9" * 2000)
@example("gateway_url", "https://[")
@example("gateway_url", "https://\u2100.com")
def test_one_value_always_gets_an_answer(key: str, value: str) -> None:
    for problem in check_value(key, value):
        str(problem).encode()  # prints everywhere


@given(
    st.sampled_from(sorted(SECRET_KEYS)), st.text("abcdefXYZ0123456789", min_size=12, max_size=40), st.data()
)
@settings(max_examples=500, deadline=None)
def test_no_answer_holds_a_secret(key: str, secret: str, data: st.DataObject) -> None:
    shapes = ["%s", "%s\x00", ' %s"', '{"x":"%s', '[{"label":"%s"}]', '{"x":["%s"]}', "sk-ant-%s"]
    shape = data.draw(st.sampled_from(shapes))
    assert not any(secret in str(problem) for problem in check_value(key, shape % secret))


@given(st.sampled_from(["office", "outlook"]), value_sets())
@settings(max_examples=1500, deadline=None)
def test_no_broken_set_passes(host: str, values: dict[str, str | None]) -> None:
    if errors(check_manifest(host, values)):
        return
    get = values.get
    assert host == "office" or not any(name.startswith("aws_") for name in values)
    if {"aws_role_arn", "graph_client_id", "entra_scope", "gateway_auth_source"} & set(values):
        assert get("entra_sso", "absent") in ("1", None)
    assert "entra_scope" not in values or "graph_client_id" in values
    assert "gateway_auth_source" not in values or "entra_scope" in values
    assert get("graph_cloud") in (None, "global") or "graph_client_id" in values
    arn, region = get("aws_role_arn"), get("aws_region")
    if arn and region:
        assert arn.startswith("arn:aws-us-gov:") == region.startswith("us-gov-")
    for name, value in values.items():
        if value is None:
            continue
        value.encode()
        assert value.strip()
        assert len(value) <= 2048
        assert "sk-ant-" not in value
        if name in ("gateway_url", "otlp_endpoint"):
            assert re.match(r"https://[^/?#@]+", value)
        if name in ("mcp_servers", "access_policies"):
            assert isinstance(json.loads(value), list)


@given(st.dictionaries(KEYS, LIKELY, max_size=12))
@settings(max_examples=500, deadline=None)
def test_warnings_alone_never_depend_on_the_order_of_keys(values: dict[str, str]) -> None:
    backwards = dict(reversed(values.items()))
    assert set(check_manifest("office", values)) == set(check_manifest("office", backwards))
