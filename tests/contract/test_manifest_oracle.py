"""The checker beside the reference's own rules, written down once more as an oracle.

The oracle is what scripts/build-manifest.mjs of claude-for-msft-365-install does with a set of values: which
it refuses, and which it accepts (a value of another shape only makes it warn). Where the checker is stricter,
it is so on purpose: every such difference is listed in STRICTER by name with its reason.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.contract.manifest_rules import check_manifest
from claude_byoc.contract.problems import errors

GUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

# Key -> pattern, as the reference searches for it (ASCII, so that \w and \d mean what they mean there).
PATTERNS: dict[str, str] = {
    "gcp_project_id": r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
    "gcp_region": r".",
    "google_client_id": r"\.apps\.googleusercontent\.com$",
    "google_client_secret": r"^GOCSPX-",
    "aws_role_arn": r"^arn:aws(-us-gov)?:iam::\d{12}:role\/",
    "aws_region": r"^[a-z]{2}(-gov)?-[a-z]+-\d+$",
    "azure_resource_name": r"^[a-z0-9][a-z0-9-]{1,62}$",
    "azure_api_key": r"^[A-Za-z0-9]{20,}$",
    "gateway_url": r"^https:\/\/",
    "gateway_token": r".",
    "gateway_auth_header": r"(?i)^(x-api-key|authorization)$",
    "gateway_api_format": r"(?i)^(anthropic|bedrock|vertex)$",
    "gateway_auth_source": r"^entra$",
    "mcp_servers": r"^\[.*\]$",
    "inference_headers": r"^\{.*\}$",
    "bootstrap_url": r"^https:\/\/",
    "otlp_endpoint": r"^https:\/\/",
    "otlp_headers": r".",
    "otlp_resource_attributes": r"^([^=,\s]+=[^,]*)(,[^=,\s]+=[^,]*)*$",
    "auto_connect": r"^[01]$",
    "entra_sso": r"^[01]$",
    "graph_client_id": rf"^{GUID}$",
    "entra_scope": r"\S",
    "graph_cloud": r"^(global|us-gov-high|us-gov-dod|china)$",
    "allow_1p": r"^[01]$",
    "disabled_features": r"^[\w.]+(,[\w.]+)*$",
    "available_models": r"\S",
    "access_policies": r"(?s)^\[.*\]$",
}

Values = Mapping[str, str]


def has_the_shape(key: str, value: str) -> bool:
    # JavaScript's $ means the very end, Python's also the place before a last line break.
    return re.search(PATTERNS[key].replace("$", r"\Z"), value, re.ASCII) is not None


def no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON


def is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=no_constant)
    except (ValueError, RecursionError):
        return False
    return True


def refused_by_reference(host: str, values: Values) -> set[str]:
    """The keys for whose sake the reference stops."""
    refused = {key for key, value in values.items() if key not in PATTERNS or not value}
    if host == "outlook":
        refused |= {key for key in values if key.startswith("aws_")}
    if values.get("entra_sso") != "1":
        refused |= {"aws_role_arn", "graph_client_id", "entra_scope", "gateway_auth_source"} & set(values)
    if "graph_client_id" not in values:
        refused |= {"entra_scope"} & set(values)
        refused |= {"graph_cloud"} if values.get("graph_cloud", "global") != "global" else set()
    if "entra_scope" not in values:
        refused |= {"gateway_auth_source"} & set(values)
    arn, region = values.get("aws_role_arn"), values.get("aws_region")
    if arn and region and ("arn:aws-us-gov:" in arn) != region.startswith("us-gov-"):
        refused.add("aws_role_arn")
    models = values.get("available_models", "")
    if models.strip()[:1] in ("[", "{") and models.strip() and not is_json(models):
        refused.add("available_models")
    if "access_policies" in values and not is_json(values["access_policies"]):
        refused.add("access_policies")
    return refused


def models_in(text: str) -> list[object]:
    parsed: Any = json.loads(text) if text.strip()[:1] in ("[", "{") else text.split(",")
    entries: list[Any] = parsed if isinstance(parsed, list) else [parsed]
    return [entry.get("id") if isinstance(entry, dict) else entry for entry in entries]


UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
ODD_IN_URL = re.compile(r"[\s\\\"<>@#\[\]\u0080-\U0010ffff]|:\d{5,}|https://[/?:]|https://\Z")
OLD_MODEL = re.compile(r"claude-(3-|opus-[1-3]|opus-4-[0-6]|sonnet-[1-4]|haiku-)")
CREDENTIAL = re.compile(r"sk-ant-|GOCSPX-|AKIA|ASIA|AIza|ya29\.|-----BEGIN ")
ROLE = r':role/([!"$->@-~]+/)?[\w+=,.@-]{1,64}\Z'
URLS = {"gateway_url", "otlp_endpoint", "bootstrap_url"}
JSON_KEYS = {"mcp_servers", "inference_headers", "access_policies"}

# Name -> (whether it applies to this key of this set, why the checker is stricter than the reference).
STRICTER: dict[str, tuple[Callable[[str, str, Values], bool], str]] = {
    "shape": (
        lambda key, host, values: not has_the_shape(key, values[key]),
        "the reference warns; the add-in then ignores the value or fails in front of people",
    ),
    "text": (
        lambda key, host, values: (
            values[key] != values[key].strip() or UNSEEN.search(values[key]) is not None
        ),
        "white space around a value, control characters and broken Unicode come from copying, never on purpose",
    ),
    "length": (
        lambda key, host, values: len(values[key]) > 2048,
        "no URL of a manifest holds more; the reference lets the admin center find out",
    ),
    "credential": (
        lambda key, host, values: CREDENTIAL.search(values[key]) is not None,
        "a model provider's own credential must never reach people's devices",
    ),
    "empty rest": (
        lambda key, host, values: (
            key in ("aws_role_arn", "google_client_secret", "google_client_id")
            and re.sub(PATTERNS[key], "", values[key], flags=re.ASCII) == ""
        ),
        "a prefix or suffix alone names nothing",
    ),
    "role name": (
        lambda key, host, values: key == "aws_role_arn" and re.search(ROLE, values[key], re.ASCII) is None,
        "IAM gives out no role of such a path or name, and `#` and `?` come from a pasted console address",
    ),
    "URL": (
        lambda key, host, values: (
            key in URLS
            and (
                ODD_IN_URL.search(values[key]) is not None
                or re.search(r":[^/]*[^0-9/:]|/v1/(messages|models)/*\Z", values[key][8:]) is not None
                or (key != "bootstrap_url" and "?" in values[key])
            )
        ),
        "the add-in appends a path; credentials, a query or a fragment in the URL would break or betray it",
    ),
    "JSON": (
        lambda key, host, values: key in JSON_KEYS,
        "the reference looks at the brackets alone or warns, and the add-in drops in silence what it cannot read",
    ),
    "no model": (
        lambda key, host, values: (
            key == "available_models"
            and not any(isinstance(model, str) and model.strip() for model in models_in(values[key]))
        ),
        "an empty picker helps nobody",
    ),
    "JSON twice": (
        lambda key, host, values: key == "available_models" and '"id"' in values[key],
        "an object that names a key twice means something else to each reader",
    ),
    "Outlook models": (
        lambda key, host, values: (
            key == "available_models"
            and host == "outlook"
            and all(OLD_MODEL.search(str(model)) for model in models_in(values[key]))
        ),
        "Outlook takes Opus 4.7 and Sonnet 5 and later only",
    ),
    "two resources": (
        lambda key, host, values: key == "entra_scope" and len(re.split(r"[,\s]+", values[key])) > 1,
        "Entra issues a token for one resource",
    ),
    "Vertex": (
        lambda key, host, values: (
            key == "gateway_api_format" and not {"gcp_project_id", "gcp_region"} <= set(values)
        ),
        "documented: the format vertex needs project and region",
    ),
    "other cloud": (
        lambda key, host, values: key == "graph_client_id" and values[key].lower().startswith("c2995f31"),
        "Anthropic's app does not exist outside the global cloud",
    ),
    "other partition": (
        lambda key, host, values: (
            key == "aws_role_arn" and values.get("aws_region", "")[:3] in ("cn-", "us-")
        ),
        "a role works in its own partition only, of which AWS has more than the two that the reference knows",
    ),
}

EXAMPLES = st.sampled_from(
    sorted({key.example for key in MANIFEST_KEYS.values()} | {"0", "1", "vertex", "china"})
)


def shaped(key: str) -> st.SearchStrategy[str]:
    """Values that the reference's own pattern takes without a warning."""
    text = st.from_regex(re.compile(PATTERNS[key], re.ASCII), alphabet=st.characters(codec="utf-8"))
    return text.filter(lambda value: has_the_shape(key, value) and 0 < len(value) < 200)


# Made once: compiling a pattern into a strategy is what takes time.
SHAPED = {key: shaped(key) for key in PATTERNS}


@st.composite
def value_sets(draw: st.DrawFn) -> dict[str, str]:
    keys = draw(st.lists(st.sampled_from(sorted(PATTERNS)), unique=True, max_size=6))
    values: dict[str, str] = {}
    for key in keys:
        right = st.just(MANIFEST_KEYS[key].example)
        values[key] = draw(st.one_of(right, right, right, SHAPED[key], EXAMPLES))
    if draw(st.booleans()):
        values["entra_sso"] = "1"
    return values


HOSTS = st.sampled_from(["office", "outlook"])
GOV = "arn:aws-us-gov:iam::123456789012:role/x"


def test_the_reference_knows_the_same_keys() -> None:
    assert set(PATTERNS) == set(MANIFEST_KEYS)
    for key in MANIFEST_KEYS.values():
        assert has_the_shape(key.name, key.example)


@given(HOSTS, value_sets())
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@example("office", {"aws_role_arn": GOV, "aws_region": "us-east-1", "entra_sso": "1"})
@example("outlook", {"aws_region": "us-east-1"})
@example("office", {"access_policies": "[x]"})
@example("office", {"available_models": "[x]"})
@example("office", {"gateway_token": ""})
def test_what_the_reference_refuses_is_refused(host: str, values: dict[str, str]) -> None:
    refused = refused_by_reference(host, values)
    assert refused <= {problem.key for problem in errors(check_manifest(host, values))}


@given(HOSTS, value_sets())
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_what_the_reference_accepts_is_accepted_but_for_the_listed_differences(
    host: str, values: dict[str, str]
) -> None:
    refused = refused_by_reference(host, values)
    for problem in errors(check_manifest(host, values)):
        if problem.key in refused:
            continue
        applies = [name for name, (rule, _) in STRICTER.items() if rule(problem.key, host, values)]
        assert applies, f"{problem} for {values[problem.key]!r}"


SSO = {"entra_sso": "1", "graph_client_id": "11111111-2222-3333-4444-555555555555"}

# Name -> a set that the reference accepts and the checker refuses for that reason.
STRICTER_EXAMPLES: dict[str, tuple[str, dict[str, str]]] = {
    "shape": ("office", {"aws_region": "Ohio"}),
    "text": ("office", {"gateway_token": "t\n"}),
    "length": ("office", {"gateway_token": "t" * 2049}),
    "credential": ("office", {"gateway_token": "sk-ant-x"}),
    "empty rest": ("office", {"google_client_secret": "GOCSPX-"}),
    "role name": (
        "office",
        {**SSO, "aws_role_arn": "arn:aws:iam::123456789012:role/x#y", "aws_region": "us-east-1"},
    ),
    "URL": ("office", {"gateway_url": "https://u:p@gw"}),
    "JSON": ("office", {"mcp_servers": "[x]"}),
    "no model": ("office", {"available_models": ","}),
    "JSON twice": ("office", {"available_models": '{"id":"a","id":"b"}'}),
    "Outlook models": ("outlook", {"available_models": "claude-opus-4-1"}),
    "two resources": ("office", {**SSO, "entra_scope": "api://a/x https://graph.microsoft.com/User.Read"}),
    "Vertex": ("office", {"gateway_api_format": "vertex"}),
    "other cloud": (
        "office",
        {"entra_sso": "1", "graph_client_id": "c2995f31-11e7-4882-b7a7-ef9def0a0266", "graph_cloud": "china"},
    ),
    "other partition": (
        "office",
        {"aws_role_arn": "arn:aws:iam::123456789012:role/x", "aws_region": "cn-north-1", "entra_sso": "1"},
    ),
}


@pytest.mark.parametrize("name", STRICTER)
def test_every_difference_is_one(name: str) -> None:
    host, values = STRICTER_EXAMPLES[name]
    rule, reason = STRICTER[name]
    assert refused_by_reference(host, values) == set()
    found = errors(check_manifest(host, values))
    assert found
    assert all(rule(problem.key, host, values) for problem in found)
    assert reason
