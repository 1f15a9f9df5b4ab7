"""What the pages state of a gateway of ours: where it runs, who may call it, where each upstream takes prompts."""

from typing import Any

import pytest

from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.rollout.data_flow import data_flow
from claude_byoc.rollout.document import Flows, Items, Section, Table, plain
from claude_byoc.rollout.environment import Environment, read_environment
from claude_byoc.rollout.estimate import Assumptions
from claude_byoc.rollout.gateway_facts import gateway_section
from claude_byoc.rollout.made import made
from claude_byoc.rollout.permissions import inventory
from claude_byoc.rollout.report import report
from claude_byoc.rollout.residency import residency

from .environments import environments

OURS: dict[str, Any] = {
    "url": "https://claude.example.com",
    "formats": ["anthropic"],
    "auth": "token",
    "models": ["claude-opus-5"],
    "internal": True,
    "cloud": "aws",
    "account": "123456789012",
    "region": "eu-central-1",
    "restrictModels": True,
    "callers": {"tokens": True, "entra": True, "roles": ["Claude.User"], "addresses": [], "firewall": "ours"},
    "logRetentionDays": 180.0,
    "lasting": [{"what": "task definitions", "why": "ECS keeps them"}],
    "upstreams": [{"kind": "anthropic", "storedKey": True, "ids": {"claude-opus-5": "claude-opus-5"}}],
}


def env(**gateway: Any) -> Environment:  # noqa: ANN401 -- JSON of any shape
    return read_environment({**environments()["gateway"], "gateway": {**OURS, **gateway}}, name="prod")


def rules(**gateway: Any) -> dict[str, str]:  # noqa: ANN401 -- as above
    first = next(one for one in gateway_section(env(**gateway)).blocks if isinstance(one, Table))
    return {plain(row[0]): plain(row[1]) for row in first.rows}


def stated(section: Section) -> str:
    return "\n".join(
        plain(item) for block in section.blocks if isinstance(block, Items) for item in block.items
    )


def test_who_may_call_what_holds_and_how_long_logs_are_kept() -> None:
    found = rules()
    assert found["Runs in"] == "Amazon ECS, AWS account 123456789012, eu-central-1"
    assert found["Reached"] == "from private networks alone"
    assert found["From"] == "those networks"
    assert found["Callers"].startswith("Entra tokens with one of the app roles Claude.User; gateway tokens")
    assert found["Web application firewall"].startswith("in front")
    assert found["Limits"] == "none"
    assert found["Telemetry"] == "not taken"
    assert found["Logs"].endswith("no prompts, answers or credentials; kept 180 days")


def test_a_gateway_that_cannot_answer_yet_says_so() -> None:
    assert rules()["Answers"].startswith("not yet")
    assert "Answers" not in rules(health="https://claude.example.com/health")


def test_the_other_way_round() -> None:
    callers = {
        "tokens": False,
        "entra": True,
        "roles": [],
        "addresses": ["203.0.113.0/24"],
        "firewall": "none",
    }
    limits = {
        "default": {"requestsPerMinute": 60.0},
        "teams": {"finance": {"tokensPerDay": 1e6}},
        "shared": True,
    }
    found = rules(
        internal=False, callers=callers, limits=limits, restrictModels=False, collector="otel.example.com"
    )
    assert found["Reached"] == "over the internet"
    assert found["From"] == "203.0.113.0/24"
    assert found["Callers"] == (
        "Entra tokens of everybody whom the app lets sign in (those assigned, where it requires assignment, else the "
        "tenant)"
    )
    assert found["Web application firewall"] == "none"
    assert found["Models"] == "those listed; others are not refused"
    assert found["Limits"] == (
        "finance: 1,000,000 tokens a day; every other team: 60 requests a minute (all instances together)"
    )
    assert found["Telemetry"].startswith("goes on to otel.example.com; its spans hold what people typed")


@pytest.mark.parametrize(
    ("upstream", "said"),
    [
        ({"kind": "anthropic"}, "Claude API: Anthropic processes prompts"),
        ({"kind": "anthropic", "host": "proxy.example.com"},
         "Claude API proxy.example.com: the address proxy.example.com, which processes prompts"),
        ({"kind": "bedrock", "region": "eu-central-1", "ids": {"a": "eu.anthropic.claude-opus-5"}},
         "Amazon Bedrock eu-central-1: inference profiles eu may process in Regions in the European Union."),
        ({"kind": "bedrock", "region": "eu-central-1", "ids": {"a": "global.anthropic.claude-opus-5"}},
         "inference profiles global may process in any commercial AWS Region in the world."),
        ({"kind": "bedrock", "region": "us-east-1", "ids": {"a": "anthropic.claude-opus-5"}},
         "Amazon Bedrock us-east-1: models called without an inference profile stay in this Region."),
        ({"kind": "bedrock", "region": "us-east-1",
          "ids": {"a": "arn:aws:bedrock:us-east-1:1:application-inference-profile/x"}},
         "inference profiles of the account's own go where their definitions say."),
        ({"kind": "vertex", "region": "europe-west1"}, "requests go to the location europe-west1: this Region alone."),
        ({"kind": "vertex", "region": "global"}, "any Region of Google Cloud in the world."),
        ({"kind": "foundry", "resource": "acme"}, "Microsoft Foundry acme: the type of each deployment decides: "),
    ],
)  # fmt: skip
def test_where_an_upstream_takes_prompts(upstream: dict[str, Any], said: str) -> None:
    assert said in stated(residency(env(upstreams=[{"storedKey": False, "ids": {}, **upstream}])))


def test_the_environments_own_foundry_is_told_by_its_deployments() -> None:
    foundry = {"resourceName": "acme", "deployments": [{"name": "claude-opus-5", "sku": "GlobalStandard"}]}
    outputs = {**environments()["gateway"], "foundry": foundry}
    outputs["gateway"] = {**OURS, "upstreams": [{"kind": "foundry", "resource": "acme", "ids": {}}]}
    text = stated(residency(read_environment(outputs, name="prod")))
    assert "Microsoft Foundry acme: deployment claude-opus-5 is " in text


def test_residency_says_where_it_runs_and_where_tls_ends() -> None:
    assert "runs in Amazon ECS, AWS account 123456789012, eu-central-1; prompts pass" in stated(
        residency(env())
    )
    assert "Google's front ends end TLS" not in stated(residency(env()))
    google = {"cloud": "google", "account": "acme", "region": "europe-west1"}
    assert "Google's front ends end TLS" in stated(residency(env(**google, internal=False)))
    assert "Google's front ends end TLS" not in stated(residency(env(**google)))
    assert "goes on to otel.example.com" in stated(residency(env(collector="otel.example.com")))


def test_the_picture_shows_what_is_behind_the_gateway() -> None:
    behind = [
        {"kind": "bedrock", "region": "eu-west-1", "ids": {}},
        {"kind": "anthropic", "ids": {}, "storedKey": True},
    ]
    one = env(upstreams=behind, collector="otel.example.com")
    section = data_flow(one)
    [flows] = [block for block in section.blocks if isinstance(block, Flows)]
    # Devices call the gateway alone: what is behind it has no arrow of its own.
    [shown] = [flow.detail for flow in flows.flows if flow.what == "Prompts and answers"]
    assert shown.endswith("which forwards to Amazon Bedrock eu-west-1, where that fails to Claude API")
    assert not {flow.to for flow in flows.flows} & {"Amazon Bedrock eu-west-1", "Claude API"}
    assert [flow.to for flow in flows.flows if flow.what == "Audit trail"] == ["otel.example.com"]
    views = {
        plain(row[0]): row[2] for block in section.blocks if isinstance(block, Table) for row in block.rows
    }
    assert views["Amazon Bedrock eu-west-1, behind the gateway"] == "the gateway has its own identity"
    assert views["Claude API, behind the gateway"] == "the gateway has a key that it keeps"
    grants = [(one.what, one.where) for one in inventory(one, {}) if one.holder == "The gateway"]
    assert grants == [("its own identity", "Amazon Bedrock eu-west-1"), ("a key that it keeps", "Claude API")]


@pytest.mark.parametrize(
    ("behind", "seen"),
    [
        ([{"kind": "anthropic"}], "yes, as an upstream of the gateway"),
        ([{"kind": "bedrock"}], "no"),
        ([{"kind": "anthropic", "host": "p.example.com"}], "only through p.example.com"),
    ],
)
def test_what_anthropic_sees(behind: list[dict[str, Any]], seen: str) -> None:
    [views] = [block for block in data_flow(env(upstreams=behind)).blocks if isinstance(block, Table)]
    assert next(row[1] for row in views.rows if row[0] == "Anthropic") == seen


def test_what_a_destroy_leaves_is_told() -> None:
    tables = [block for block in made(env()).blocks if isinstance(block, Table)]
    [kept] = [one for one in tables if one.caption == "What a destroy would leave"]
    assert kept.rows == (("task definitions", "ECS keeps them"),)


@pytest.mark.parametrize("cloud", [*CLOUDS, None, "moon"])
def test_the_section_is_there_for_a_gateway_of_ours_alone(cloud: str | None) -> None:
    sections = [one.id for one in report(env(cloud=cloud), Assumptions(), levels={}).sections]
    assert ("gateway" in sections) == (cloud in CLOUDS)
