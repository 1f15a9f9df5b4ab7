"""What the report states, compared with where the facts come from."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import yaml

from claude_byoc.contract.aws import PROFILE_PREFIXES
from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.contract.hosting import DEFAULTS
from claude_byoc.contract.models import MODELS
from claude_byoc.rollout import prices
from claude_byoc.rollout.consent import consent_document, consent_links
from claude_byoc.rollout.document import Flows, Section, Table, plain
from claude_byoc.rollout.environment import HOST_NAMES, PATHS, Environment, read_environment
from claude_byoc.rollout.estimate import Assumptions, estimate, models_of, monthly_usd
from claude_byoc.rollout.markdown import to_markdown
from claude_byoc.rollout.permissions import BEDROCK_ACTIONS, inventory
from claude_byoc.rollout.report import report
from claude_byoc.rollout.residency import GEOGRAPHIES, residency
from claude_byoc.rollout.rings import delays, rings
from claude_byoc.rollout.user_guide import user_guide

from .environments import APP, SCENARIOS, environments


def env(name: str, **changes: object) -> Environment:
    return read_environment({**environments()[name], **changes}, name=name)


def words(section: Section) -> str:
    return to_markdown(replace(report(env("bedrock"), Assumptions(), levels={}), sections=(section,)))


def test_every_action_of_a_role_is_in_the_inventory() -> None:
    granted = {
        action
        for statement in inventory(env("teams"), {})
        if (action := statement.what).startswith("bedrock:")
    }
    assert granted == set(BEDROCK_ACTIONS)
    policy = _policy()
    assert {action for statement in policy["Statement"] for action in _listed(statement["Action"])} == granted


def _policy() -> dict[str, Any]:
    """The inference policy that the real engine gave the role of the scenario."""
    expected = yaml.safe_load((SCENARIOS / "teams" / "expected.yaml").read_text("utf-8"))
    role = next(one for one in expected["inventory"] if one["name"] == "claude-bedrock-research-inference")
    return json.loads(role["inputs"]["policy"])


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_each_model_has_a_price() -> None:
    assert set(prices.MODEL_PRICES) == {model.name for model in MODELS}
    for price in prices.MODEL_PRICES.values():
        assert 0 < price.cache_read < price.input < price.cache_write < price.output


def test_a_month_by_hand() -> None:
    assumed = Assumptions(people=1, prompts_a_day=1, days=1, input_tokens=1_000_000, output_tokens=1_000_000)
    # Half the input is read from the cache, half of the rest is written to it.
    assert monthly_usd(prices.ModelPrice(4, 20, 0.4, 5), assumed) == pytest.approx(
        0.25 * 4 + 0.5 * 0.4 + 0.25 * 5 + 20
    )
    assert monthly_usd(
        prices.ModelPrice(4, 20, 0.4, 5), replace(assumed, cached_percent=100)
    ) == pytest.approx(20.4)


def test_twice_the_people_cost_twice_as_much() -> None:
    price = prices.MODEL_PRICES["opus-5-5"]
    costs = [monthly_usd(price, Assumptions(people=people)) for people in (0, 1, 2, 4)]
    assert costs[0] == 0
    assert all(later == pytest.approx(2 * earlier) for earlier, later in pairwise(costs[1:]))
    assert "| Claude Opus 5.5 | 0 | 0 |" in words(estimate(env("bedrock"), Assumptions(people=0)))


def test_the_models_of_the_estimate() -> None:
    names = {name: [model.name for model in models_of(env(name))] for name in environments()}
    assert names == {
        "bedrock": ["opus-5-5", "sonnet-5-5", "haiku-5-5"],
        "teams": ["opus-5-5", "sonnet-5-5", "haiku-5-5", "opus-5"],  # and the newest Sonnet by its pattern
        "foundry": ["opus-5-5", "haiku-4-5"],
        "vertex": ["sonnet-5-5"],
        "gateway": ["opus-5-5", "sonnet-5-5"],
        "gateway-google": ["opus-5-5", "sonnet-5"],
    }


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_hosting_is_that_of_the_gateways_cloud(cloud: str) -> None:
    hosting = {"vcpu": 8.0, "gib": 16.0, "unheardOf": 3.0}
    rows = table(
        estimate(env("gateway", gateway={"cloud": cloud, "hosting": hosting}), Assumptions()),
        CAPTION + CLOUDS[cloud],
    )
    assert [row[0] for row in rows.values()] == ["8", "16", ""]
    usd = 8 * prices.HOSTING[cloud]["vcpu"].usd + 16 * prices.HOSTING[cloud]["gib"].usd
    assert rows["together"][1] == f"{usd:,.0f}"


@pytest.mark.parametrize("hosting", [None, {}, {"vcpu": "8"}, [8]])
def test_without_what_was_declared_the_hosting_is_that_of_default_settings(hosting: object) -> None:
    one = env("gateway", gateway={"cloud": "aws", "hosting": hosting})
    rows = table(estimate(one, Assumptions()), f"{CAPTION}{CLOUDS['aws']}, with default settings")
    assert [row[0] for row in rows.values()] == [*(f"{count:g}" for count in DEFAULTS["aws"].values()), ""]


def test_prices_that_no_page_confirmed_say_so() -> None:
    text = words(estimate(env("gateway-google"), Assumptions()))
    assert "firewall in front (unconfirmed)" in text
    assert "vCPU of the instances that always run |" in text


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"days": 32}, ["--days"]),
        ({"people": -1, "cached_percent": 101}, ["--people", "--cached-percent"]),
        ({}, []),
    ],
)
def test_assumptions_out_of_range(changes: dict[str, int], wrong: list[str]) -> None:
    assert [problem.key for problem in Assumptions(**changes).problems()] == wrong


def test_hosting_is_for_gateways_alone() -> None:
    assert "Hosting of a gateway" in str(estimate(env("gateway"), Assumptions()))
    assert "no hosting of its own" in str(estimate(env("vertex"), Assumptions()))


def test_every_geography_is_explained() -> None:
    assert set(GEOGRAPHIES) == set(PROFILE_PREFIXES)
    assert "global: any commercial AWS Region in the world" in words(residency(env("teams")))


def test_residency_of_the_other_paths() -> None:
    foundry = words(residency(env("foundry")))
    assert (
        "deployment claude-opus-5-5 is answered where its deployment type says; version 2, hosted by Azure."
        in foundry
    )
    assert "version 20251001, hosted by Anthropic." in foundry
    assert "europe-west1: this Region alone" in words(residency(env("vertex")))
    assert "decided by whoever operates the gateway" in words(residency(env("gateway")))


CAPTION = "Hosting of the gateway in "


def table(section: Section, caption: str) -> dict[str, tuple[str, ...]]:
    found = next(block for block in section.blocks if isinstance(block, Table) and block.caption == caption)
    return {plain(row[0]): tuple(plain(cell) for cell in row[1:]) for row in found.rows}


def flow_section(one: Environment) -> Section:
    return next(
        section for section in report(one, Assumptions(), levels={}).sections if section.id == "data-flow"
    )


def test_who_sees_prompts() -> None:
    seen = {name: table(flow_section(env(name)), "Who sees what") for name in environments()}
    assert seen["bedrock"]["Anthropic"][0] == "no"
    assert seen["vertex"]["Anthropic"][0] == "no"
    assert (
        seen["foundry"]["Anthropic"][0] == "processed by Anthropic for the Foundry deployments that it hosts"
    )
    assert seen["gateway"]["Anthropic"][0] == "only through a gateway that forwards to Anthropic"
    assert seen["gateway"]["Operator of the gateway"][:2] == ("yes", "the gateway's own token")
    assert seen["gateway"]["Your collector (otel.contoso.com)"][0] == "yes, in traces"
    on_azure = env("foundry", foundry={"deployments": [{"name": "claude-opus-5-5", "version": "2"}]})
    assert table(flow_section(on_azure), "Who sees what")["Anthropic"][0] == "no"
    direct = env("gateway", desktopValues={"inferenceProvider": "anthropic"})
    assert table(flow_section(direct), "Who sees what")["Anthropic"][0].startswith("yes")


def test_the_picture_names_each_destination_by_its_host_alone() -> None:
    outputs = environments()["gateway"]
    outputs["gateway"]["url"] = "https://user:planted@gw.contoso.com:8443/v1?key=planted"
    section = flow_section(read_environment(outputs, name="x"))
    flows = next(block for block in section.blocks if isinstance(block, Flows))
    assert flows.flows[0].to == "gw.contoso.com:8443"
    assert "planted" not in str(section)


def test_rings_know_what_an_environment_has() -> None:
    assert [one.change for one in delays(env("vertex"))] == [
        "First deployment of a manifest", "New version of a manifest", "Assignment taken away", "Consent",
    ]  # fmt: skip
    assert "Desktop profile" in [one.change for one in delays(env("gateway"))]
    assert all(one.source for name in environments() for one in delays(env(name)))
    compared = table(rings(env("teams")), "Assignment and configuration")
    assert "Directory attributes of board, finance, research" in compared
    assert "Trust policy of the role ClaudeBedrockAccess-finance" in compared
    assert "Directory attributes" not in str(rings(env("vertex")))


def test_consent_names_scopes_and_apps_of_teams() -> None:
    [link] = consent_links(env("foundry"))
    assert link["grants"] == ["Mail.ReadWrite", "Calendars.Read", "User.Read", "offline_access"]
    [link] = consent_links(env("bedrock"))
    assert link["grants"] == ["openid", "profile", "offline_access"]
    teams = to_markdown(consent_document(env("teams")))
    tenant = environments()["teams"]["entra"]["tenantId"]
    assert f"<https://login.microsoftonline.com/{tenant}/adminconsent?client_id={APP}&redirect_uri=" in teams
    assert "given consent as code" in to_markdown(consent_document(env("gateway")))
    assert "Nobody has to consent" in to_markdown(consent_document(env("vertex")))
    assert "Vertex AI needs no Entra consent" in to_markdown(consent_document(env("vertex")))


@pytest.mark.parametrize(
    ("name", "host", "says", "not_says"),
    [
        ("bedrock", "office", "You need to enter nothing", "API token"),
        ("foundry", "office", "You need to enter nothing", "API key"),
        ("foundry", "desktop", "asks you to sign in", "Claude account\\. IT"),
        ("vertex", "office", "Sign in with the Google account of your work", "API token"),
        ("gateway", "office", "The add-in connects by itself", "sign in with your work account"),
        ("gateway", "outlook", "cannot send mail", "AppSource"),
    ],
)
def test_guides(name: str, host: str, says: str, not_says: str) -> None:
    text = to_markdown(user_guide(env(name), host))
    assert says in text
    assert not_says not in text


def test_a_guide_without_a_token_says_what_to_enter() -> None:
    values = {"gateway_url": "https://gw.contoso.com", "auto_connect": "0", "allow_1p": "1"}
    values |= {"disabled_features": "thumbs"}
    one = env("gateway", manifestValues={"office": values}, userAttributes=[], entra={})
    text = to_markdown(user_guide(one, "office"))
    connect = text.partition("## Connect")[2].partition("If IT allows")[0]
    assert "Gateway URL: `https://gw.contoso.com`" in connect
    assert "API token: the one that IT gave you." in connect
    assert "sign in with a Claude account" in connect
    assert "Switched off by IT: `thumbs`" in text
    filled = {**values, "gateway_token": "planted-gateway-token-7f31"}
    text = to_markdown(user_guide(env("gateway", manifestValues={"office": filled}), "office"))
    assert "The form is filled in. Select **Connect**." in text


def test_a_person_who_may_choose_is_told_the_choices() -> None:
    values = {
        "gateway_url": "https://gw.contoso.com", "gateway_token": "t0k3n-t0k3n", "aws_region": "us-east-1",
        "aws_role_arn": "arn:aws:iam::123456789012:role/X", "entra_sso": "1",
    }  # fmt: skip
    one = env("gateway", manifestValues={"office": values})
    assert one.paths("office") == ("bedrock", "gateway")
    assert "then Bedrock or Gateway: take the one IT told you." in to_markdown(user_guide(one, "office"))


def test_paths_of_hosts() -> None:
    found = {name: {host: env(name).paths(host) for host in env(name).hosts} for name in environments()}
    assert found == {
        "bedrock": {"office": ("bedrock",)},
        "teams": {"office": ("bedrock",)},
        "foundry": {"office": ("foundry",), "outlook": ("foundry",), "desktop": ("foundry",)},
        "vertex": {"office": ("vertex",)},
        "gateway": {"office": ("gateway",), "outlook": ("gateway",), "desktop": ("gateway",)},
        "gateway-google": {"office": ("gateway",), "outlook": ("gateway",), "desktop": ("gateway",)},
    }
    speaks_vertex = {
        "gateway_url": "https://gw.contoso.com/v1", "gateway_api_format": "vertex", "gcp_project_id": "p-12345",
        "gcp_region": "global",
    }  # fmt: skip
    assert env("vertex", manifestValues={"office": speaks_vertex}, vertex=None).paths("office") == (
        "gateway",
    )
    assert env("foundry", desktopValues={"inferenceProvider": "mantle"}).paths("desktop") == ("bedrock",)
    assert set(HOST_NAMES) >= {host for hosts in found.values() for host in hosts}
    assert set(PATHS) >= {path for hosts in found.values() for paths in hosts.values() for path in paths}
