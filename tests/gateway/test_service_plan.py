"""A gateway's arguments on each cloud: every problem at once, what is not known yet, which credential where."""

import asyncio
from typing import Any, cast

import pulumi
import pytest

from claude_byoc.arguments import camel
from claude_byoc.contract.gateway import CLOUDS, LITELLM_IMAGE
from claude_byoc.contract.problems import errors
from claude_byoc.gateway.container import ARCHIVE_SECRET, GatewayContainers
from claude_byoc.gateway.litellm import SECRETS
from claude_byoc.gateway.service import rendered, secret_values
from claude_byoc.gateway.service_args import GatewaySecretsArgs, GatewayServiceArgs
from claude_byoc.gateway.service_plan import ServicePlan, inputs_of, plan_of
from claude_byoc.gateway.service_reading import KINDS
from claude_byoc.gateway.spec import BedrockUpstream, FoundryUpstream, VertexUpstream
from claude_byoc.gateway.tokens import new_key
from tests.gateway.issuer import APP, DESKTOP, TENANT

KEY = new_key().public
GIVEN: GatewayServiceArgs = {
    "upstreams": [{"kind": "anthropic"}],
    "models": ["claude-opus-5"],
    "tokens": {"public_keys": [KEY]},
    "secrets": {"anthropic_api_key": "k"},
}
EVERY: GatewayServiceArgs = {
    **GIVEN,
    "upstreams": [
        {"kind": "bedrock", "region": "eu-central-1", "profile": "eu"},
        {"kind": "vertex", "project": "acme-claude", "region": "europe-west1"},
        {"kind": "foundry", "resource": "acme-foundry"},
    ],
}
NEEDED = {
    "aws": {"googleCredentials", "foundryApiKey"},
    "google": {"awsAccessKeyId", "awsSecretAccessKey", "foundryApiKey"},
    "azure": {"awsAccessKeyId", "awsSecretAccessKey", "googleCredentials", "foundryApiKey"},
}


def wrong(args: dict[str, Any], cloud: str = "aws") -> set[str]:
    return {
        problem.key for problem in plan_of(cast("GatewayServiceArgs", {**GIVEN, **args}), cloud).problems()
    }


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_smallest_works_on_every_cloud(cloud: str) -> None:
    plan = plan_of(GIVEN, cloud)
    assert plan.problems() == []
    assert errors(plan.hints()) == []
    assert plan.secrets == {"ANTHROPIC_API_KEY": "anthropicApiKey"}
    assert [one.name for one in plan.shape.containers] == ["app", "edge"]


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_stored_key_is_needed_outside_the_upstreams_own_cloud(cloud: str) -> None:
    plan = plan_of({**EVERY, "secrets": {}}, cloud)
    assert set(plan.secrets.values()) == NEEDED[cloud]
    assert {problem.key for problem in plan.problems()} == {f"claude-byoc:{name}" for name in NEEDED[cloud]}
    assert plan.own_identity("bedrock") == (cloud == "aws")
    assert plan.own_identity("vertex") == (cloud == "google")
    assert not plan.own_identity("foundry")
    for upstream in plan.spec.upstreams:
        if isinstance(upstream, BedrockUpstream | VertexUpstream):
            assert upstream.stored_key != plan.own_identity(upstream.kind)


def test_foundry_without_a_key_is_azures_alone() -> None:
    args: dict[str, Any] = {
        "upstreams": [{"kind": "foundry", "resource": "acme-foundry", "keyless": True}],
        "secrets": {},
    }
    assert wrong(args, "azure") == set()
    assert plan_of(cast("GatewayServiceArgs", {**GIVEN, **args}), "azure").own_identity("foundry")
    for cloud in ("aws", "google"):
        assert wrong(args, cloud) == {"gateway.upstreams.foundry.keyless"}


@pytest.mark.parametrize(
    ("args", "key"),
    [
        ({"upstreams": []}, "gateway.upstreams"),
        ({"upstreams": [{"kind": "openai"}, {"kind": "anthropic"}]}, "gateway.upstreams"),
        (
            {"upstreams": [{"kind": "anthropic", "region": "eu-central-1"}]},
            "gateway.upstreams.anthropic.region",
        ),
        ({"models": []}, "gateway.models"),
        ({"tokens": {"public_keys": ["no"]}}, "gateway.tokens.publicKeys"),
        ({"model_names": {"claude-x": "X"}}, "gateway.modelNames.claude-x"),
        ({"upstream_ids": {"claude-opus-5": {"aws": "x"}}}, "gateway.upstreamIds.claude-opus-5.aws"),
        ({"domain": "https://claude.example.com"}, "gateway.domain"),
        ({"domain": "Claude.example.com"}, "gateway.domain"),
        ({"allowed_addresses": ["10.0.0.1/8"]}, "gateway.allowedAddresses"),
        ({"min_instances": 0}, "gateway.minInstances"),
        ({"min_instances": 3, "max_instances": 2}, "gateway.maxInstances"),
        ({"concurrency": 0}, "gateway.concurrency"),
        ({"drain_seconds": 0}, "gateway.drainSeconds"),
        ({"log_retention_days": 31}, "gateway.logRetentionDays"),
        ({"max_body_mib": 32}, "gateway.maxBodyMib"),
        ({"timeout_seconds": 3601}, "gateway.timeoutSeconds"),
        ({"litellm_image": "litellm:latest"}, "gateway.litellmImage"),
        ({"limits": {}}, "gateway.limits"),
        ({"limits": {"default": {"tokens_per_day": 1}, "shared": True}}, "claude-byoc:redisUrl"),
        ({"secrets": {}}, "claude-byoc:anthropicApiKey"),
        ({"bootstrap": {"office": {"disabled_features": ["thumbs"]}}}, "gateway.bootstrap"),
        ({"telemetry": {"collector_url": "http://otel.example.com"}}, "gateway.telemetry.collectorUrl"),
    ],
)
def test_what_is_wrong_is_named(args: dict[str, Any], key: str) -> None:
    assert wrong(args) == {key}


def test_everything_wrong_is_told_at_once() -> None:
    found = wrong({"models": [], "domain": "x", "min_instances": 0, "secrets": {}, "nginx_image": "nginx"})
    assert found == {
        *("gateway.models", "gateway.domain", "gateway.minInstances", "claude-byoc:anthropicApiKey"),
        "gateway.nginxImage",
    }


def test_too_much_for_a_secret_is_a_problem() -> None:
    many = [
        f"claude-{number}-{new_key().public.translate(str.maketrans('+/=', 'abc'))}" for number in range(1500)
    ]
    (problem,) = plan_of({**GIVEN, "models": many}, "aws").problems()
    assert "too large" in problem.wrong


@pytest.mark.parametrize(("cloud", "most"), [("aws", 110), ("google", 8), ("azure", 110)])
def test_the_drain_ends_where_the_clouds_does(cloud: str, most: int) -> None:
    assert plan_of(GIVEN, cloud).drain_seconds == most
    long, short = (plan_of({**GIVEN, "drain_seconds": seconds}, cloud) for seconds in (600, 5))
    assert (long.drain_seconds, short.drain_seconds) == (most, 5)
    assert [hint.key for hint in long.hints()] == ["gateway.drainSeconds"]
    assert short.hints() == []
    assert long.shape.drain_seconds == most


def test_a_secret_that_nothing_reads_is_a_hint() -> None:
    plan = plan_of({**GIVEN, "secrets": {"anthropic_api_key": "k", "redis_url": "r"}}, "aws")
    assert [hint.key for hint in plan.hints()] == ["claude-byoc:redisUrl"]


def test_plaintext_is_a_hint_on_every_cloud() -> None:
    for cloud in CLOUDS:
        hints = plan_of({**GIVEN, "insecure_plaintext_http": True}, cloud).hints()
        assert [hint.key for hint in hints] == ["gateway.insecurePlaintextHttp"]


def test_numbers_of_other_languages_are_whole() -> None:
    given: Any = {
        **GIVEN,
        "concurrency": 20.0,
        "min_instances": 2.0,
        "limits": {"default": {"tokens_per_day": 5.0}},
    }
    plan = plan_of(given, "aws")
    assert plan.problems() == []
    assert [type(number) for number in (plan.concurrency, plan.min_instances, plan.max_instances)] == [
        int
    ] * 3
    assert plan.spec.limits
    assert type(plan.spec.limits.default.tokens_per_day) is int
    half: Any = {**given, "concurrency": 1.5}
    assert {problem.key for problem in plan_of(half, "aws").problems()} == {"gateway.concurrency"}


def test_limits_of_each_instance_are_a_hint() -> None:
    limits: Any = {"default": {"requests_per_minute": 9}}
    assert [hint.key for hint in plan_of({**GIVEN, "limits": limits}, "aws").hints()] == ["gateway.limits"]
    assert plan_of({**GIVEN, "limits": limits, "max_instances": 1}, "aws").hints() == []


def test_secrets_have_one_list() -> None:
    assert {camel(name) for name in GatewaySecretsArgs.__annotations__} == set(SECRETS)


def test_an_image_of_ones_own_has_a_digest() -> None:
    digest = "sha256:" + "a" * 64
    plan = plan_of({**GIVEN, "litellm_image": f"registry.example.com/litellm:v2@{digest}"}, "google")
    assert plan.problems() == []
    assert plan.shape.containers[0].image.at("docker.io") == f"registry.example.com/litellm:v2@{digest}"
    assert plan_of(GIVEN, "google").shape.containers[0].image == LITELLM_IMAGE


def later(value: str) -> pulumi.Output[str]:
    return pulumi.Output.from_input(value)


LATER: GatewayServiceArgs = {
    **GIVEN,
    "upstreams": [
        {"kind": "foundry", "resource": later("acme-foundry")},
        {"kind": "bedrock", "region": later("eu-central-1")},
        {"kind": "vertex", "project": later("acme-claude"), "region": later("europe-west1")},
    ],
    "entra": {"tenant_id": later(TENANT), "client_id": later(APP), "desktop_client_id": later(DESKTOP)},
    "telemetry": {"collector_url": later("https://otel.example.com")},
    "secrets": {"foundry_api_key": later("k"), "google_credentials": "{}", "redis_url": "unused"},
}


def test_what_is_not_known_yet_is_no_problem() -> None:
    plan = plan_of(LATER, "aws")
    assert plan.problems() == []
    assert set(inputs_of(LATER)) == {
        *("upstreams.0.resource", "upstreams.1.region", "upstreams.2.project", "upstreams.2.region"),
        *("entra.tenant_id", "entra.client_id", "entra.desktop_client_id", "telemetry.collector_url"),
    }
    assert {upstream.kind for upstream in plan.spec.upstreams} < set(KINDS)


async def resolve(value: pulumi.Output[GatewayContainers]) -> GatewayContainers:
    known = await value.future()
    assert known is not None
    return known


def test_the_run_knows_it(current_loop: asyncio.AbstractEventLoop) -> None:
    plan = plan_of(LATER, "aws")
    made = rendered(LATER, plan)
    known = current_loop.run_until_complete(resolve(made))
    assert known.containers[0].environment["DEFAULT_VERTEXAI_PROJECT"] == "acme-claude"
    assert known.containers[0].secrets == plan.shape.containers[0].secrets
    assert [one.command for one in known.containers] == [one.command for one in plan.shape.containers]
    assert known.digest != plan.shape.digest
    secrets = secret_values(LATER, plan, made)
    assert set(secrets) == {"foundryApiKey", "googleCredentials", ARCHIVE_SECRET}
    for value in secrets.values():
        assert current_loop.run_until_complete(value.is_secret())


def test_a_value_that_turns_out_wrong_stops_the_run(current_loop: asyncio.AbstractEventLoop) -> None:
    args: GatewayServiceArgs = {**LATER, "entra": {"tenant_id": later("no guid"), "client_id": later(APP)}}
    with pytest.raises(pulumi.RunError, match=r"gateway\.entra\.tenantId"):
        current_loop.run_until_complete(resolve(rendered(args, plan_of(args, "aws"))))


DESKTOP_ANSWERS: GatewayServiceArgs = {
    **GIVEN,
    "entra": {"tenant_id": TENANT, "client_id": APP, "desktop_client_id": DESKTOP},
    "bootstrap": {"desktop": {"disableEssentialTelemetry": True}},
}


def test_bootstrap_tells_claude_desktop_how_to_reach_this_gateway() -> None:
    assert {problem.key for problem in plan_of(DESKTOP_ANSWERS, "aws").problems()} == {
        "gateway.bootstrap.desktop"
    }
    plan: ServicePlan = plan_of({**DESKTOP_ANSWERS, "domain": "claude.example.com"}, "aws")
    assert plan.problems() == []
    assert plan.spec.bootstrap
    answer = plan.spec.bootstrap.answers("desktop")[""]
    assert answer["inferenceGatewayBaseUrl"] == "https://claude.example.com"
    assert answer["inferenceProvider"] == "gateway"
    assert answer["disableEssentialTelemetry"] is True


def test_answers_for_claude_desktop_need_its_registration() -> None:
    """One problem, whose cure is the registration: the keys that it would give are not asked for one by one."""
    entra: Any = {"tenant_id": TENANT, "client_id": APP}
    plan = plan_of({**DESKTOP_ANSWERS, "entra": entra, "domain": "claude.example.com"}, "aws")
    (problem,) = plan.problems()
    assert problem.key == "gateway.bootstrap.desktop"
    assert "entra" in problem.cure


def test_foundry_takes_an_address_of_its_own() -> None:
    plan = plan_of(
        {
            **GIVEN,
            "upstreams": [{"kind": "foundry", "base_url": "https://foundry.example.com/anthropic"}],
            "secrets": {"foundry_api_key": "k"},
        },
        "google",
    )
    assert plan.problems() == []
    (upstream,) = plan.spec.upstreams
    assert isinstance(upstream, FoundryUpstream)
    assert upstream.url() == "https://foundry.example.com/anthropic"
