"""What a gateway may be told: every mistake is found at once, and every model has its id at every upstream."""

import base64
from dataclasses import replace

import pytest

from claude_byoc.gateway.spec import (
    AnthropicUpstream,
    BedrockUpstream,
    EntraAuth,
    FoundryUpstream,
    GatewayModel,
    GatewaySpec,
    TokenAuth,
    Upstream,
    VertexUpstream,
)

TENANT, APP, DESKTOP = (f"{n * 8}-2222-3333-4444-555555555555" for n in "189")
KEY = base64.b64encode(bytes(32)).decode()
SPEC = GatewaySpec([AnthropicUpstream()], [GatewayModel("claude-opus-5-5")], TokenAuth([KEY]))
BEDROCK = BedrockUpstream("eu-central-1", "eu")
VERTEX = VertexUpstream("acme-claude", "europe-west1")
FOUNDRY = FoundryUpstream("acme")


def test_a_spec_without_mistakes() -> None:
    entra = EntraAuth(TENANT, APP, DESKTOP, team_roles={"Claude.Finance": "finance"})
    spec = replace(SPEC, upstreams=[AnthropicUpstream(), BEDROCK, VERTEX, FOUNDRY], entra=entra)
    assert spec.problems() == []
    assert spec.hints() == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"upstreams": []}, "gateway.upstreams"),
        ({"upstreams": [BEDROCK, BEDROCK]}, "gateway.upstreams"),
        (
            {"upstreams": [AnthropicUpstream("http://proxy.example.com")]},
            "gateway.upstreams.anthropic.baseUrl",
        ),
        (
            {"upstreams": [AnthropicUpstream("https://u:p@example.com")]},
            "gateway.upstreams.anthropic.baseUrl",
        ),
        (
            {"upstreams": [AnthropicUpstream("https://a.example.com/\n evil")]},
            "gateway.upstreams.anthropic.baseUrl",
        ),
        (
            {"upstreams": [AnthropicUpstream('https://a.example.com/";')]},
            "gateway.upstreams.anthropic.baseUrl",
        ),
        ({"upstreams": [FoundryUpstream("a b")]}, "gateway.upstreams.foundry.resource"),
        ({"upstreams": [BedrockUpstream("Frankfurt")]}, "gateway.upstreams.bedrock.region"),
        ({"upstreams": [BedrockUpstream("eu-central-1", "eux")]}, "gateway.upstreams.bedrock.profile"),
        ({"upstreams": [VertexUpstream("Acme", "europe-west1")]}, "gateway.upstreams.vertex.project"),
        ({"upstreams": [VertexUpstream("acme-claude", "x;")]}, "gateway.upstreams.vertex.region"),
        ({"models": []}, "gateway.models"),
        ({"models": [GatewayModel("a"), GatewayModel("a")]}, "gateway.models"),
        ({"models": [GatewayModel("a b")]}, "gateway.models"),
        ({"upstreams": [VERTEX], "models": [GatewayModel("claude-mythos-5")]}, "gateway.models"),
        ({"tokens": None}, "gateway"),
        ({"tokens": TokenAuth([])}, "gateway.tokens.publicKeys"),
        ({"tokens": TokenAuth([KEY] * 3)}, "gateway.tokens.publicKeys"),
        ({"tokens": TokenAuth(["AAAA"])}, "gateway.tokens.publicKeys"),
        ({"tokens": TokenAuth([KEY], denied=["x"])}, "gateway.tokens.denied"),
        ({"entra": EntraAuth("acme.onmicrosoft.com", APP)}, "gateway.entra.tenantId"),
        ({"entra": EntraAuth(TENANT, "app")}, "gateway.entra.clientId"),
        ({"entra": EntraAuth(TENANT, APP, cloud="moon")}, "gateway.entra.cloud"),
        ({"entra": EntraAuth(TENANT)}, "gateway.entra"),
        ({"entra": EntraAuth(TENANT, APP, scopes=[])}, "gateway.entra.scopes"),
        ({"entra": EntraAuth(TENANT, APP, APP)}, "gateway.entra.desktopClientId"),
        ({"entra": EntraAuth(TENANT, APP, roles=["two words"])}, "gateway.entra"),
        ({"entra": EntraAuth(TENANT, APP, clock_skew_seconds=900)}, "gateway.entra.clockSkewSeconds"),
        ({"entra": EntraAuth(TENANT, APP, jwks_url="http://keys.example.com")}, "gateway.entra.jwksUrl"),
        ({"max_body_mib": 33}, "gateway.maxBodyMib"),
        ({"timeout_seconds": 5}, "gateway.timeoutSeconds"),
    ],
)
def test_each_mistake_has_its_key(changes: dict[str, object], key: str) -> None:
    assert {problem.key for problem in replace(SPEC, **changes).problems()} == {key}


def test_all_mistakes_come_at_once() -> None:
    spec = GatewaySpec([BedrockUpstream("")], [], TokenAuth(["x"]), max_body_mib=0)
    keys = [problem.key for problem in spec.problems()]
    assert keys == [
        "gateway.upstreams.bedrock.region",
        "gateway.models",
        "gateway.tokens.publicKeys",
        "gateway.maxBodyMib",
    ]


@pytest.mark.parametrize(
    ("model", "upstream", "wanted"),
    [
        ("claude-opus-5-5", AnthropicUpstream(), "claude-opus-5-5"),
        ("claude-opus-5-5", BEDROCK, "eu.anthropic.claude-opus-5-5"),
        ("claude-opus-4-6", BedrockUpstream("us-east-1"), "anthropic.claude-opus-4-6-v1"),
        ("claude-haiku-4-5-20251001", BEDROCK, "eu.anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("claude-haiku-4-5-20251001", FOUNDRY, "claude-haiku-4-5"),
        ("claude-opus-5", VERTEX, "claude-opus-5"),
        ("claude-mythos-5", VERTEX, None),
        ("claude-newer-9", BEDROCK, "eu.anthropic.claude-newer-9"),
        ("claude-newer-9", VERTEX, "claude-newer-9"),
    ],
)
def test_the_id_at_each_upstream(model: str, upstream: Upstream, wanted: str | None) -> None:
    assert GatewayModel(model).id_at(upstream) == wanted


def test_an_id_given_for_an_upstream_counts() -> None:
    model = GatewayModel("claude-team", upstream_ids={"bedrock": "arn:aws:bedrock:eu-central-1:1:x/y"})
    assert model.id_at(BEDROCK) == "arn:aws:bedrock:eu-central-1:1:x/y"


@pytest.mark.parametrize(
    ("model", "shown"),
    [("claude-opus-5-5", "Claude Opus 5.5"), ("claude-sonnet-5", "Claude Sonnet 5"),
     ("claude-haiku-4-5-20251001", "Claude Haiku 4.5")],
)  # fmt: skip
def test_the_name_people_see(model: str, shown: str) -> None:
    assert GatewayModel(model).shown() == shown
    assert GatewayModel(model, "Ours").shown() == "Ours"


@pytest.mark.parametrize(
    ("upstreams", "passes", "formats"),
    [
        ([AnthropicUpstream()], True, ("anthropic",)),
        ([FOUNDRY], True, ("anthropic",)),
        ([FoundryUpstream("acme", keyless=True)], False, ("anthropic",)),
        ([AnthropicUpstream(), FOUNDRY], False, ("anthropic",)),
        ([BEDROCK], False, ("anthropic", "bedrock")),
        ([VERTEX, BEDROCK], False, ("anthropic", "bedrock", "vertex")),
    ],
)
def test_what_passes_through_and_which_formats_there_are(
    upstreams: list[Upstream], passes: bool, formats: tuple[str, ...]
) -> None:
    spec = replace(SPEC, upstreams=upstreams)
    assert (spec.passes_through(), spec.formats()) == (passes, formats)


def test_a_model_with_another_name_cannot_pass_through() -> None:
    own = GatewayModel("claude-team", upstream_ids={"anthropic": "claude-opus-5-5"})
    assert not replace(SPEC, models=[own]).passes_through()


def test_what_entra_accepts() -> None:
    entra = EntraAuth(
        TENANT.upper(), APP.upper(), cloud="us-gov-high", audiences=["api://claude.example.com"]
    )
    assert entra.accepted_audiences() == [APP, f"api://{APP}", "api://claude.example.com"]
    assert entra.accepted_issuers() == [
        f"https://login.microsoftonline.us/{TENANT}/v2.0", f"https://sts.windows.net/{TENANT}/",
    ]  # fmt: skip
    assert entra.keys_url() == f"https://login.microsoftonline.us/{TENANT}/discovery/v2.0/keys"


def test_a_model_newer_than_the_list_is_a_hint() -> None:
    assert [hint.severity for hint in replace(SPEC, models=[GatewayModel("claude-newer-9")]).hints()] == [
        "warning"
    ]
