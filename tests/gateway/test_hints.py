"""What a gateway's specification says of teams that nobody is in, and of models that it would refuse."""

from dataclasses import replace
from typing import Any

import pytest

from claude_byoc.contract.problems import Problem
from claude_byoc.gateway.bootstrap import BootstrapSpec, BootstrapTeam
from claude_byoc.gateway.limits import LimitsSpec, TeamLimit
from claude_byoc.gateway.spec import (
    AnthropicUpstream,
    BedrockUpstream,
    EntraAuth,
    GatewayModel,
    GatewaySpec,
    TokenAuth,
)
from claude_byoc.gateway.telemetry import TelemetrySpec
from claude_byoc.gateway.tokens import new_key

from .issuer import APP, TENANT

ENTRA = EntraAuth(TENANT, APP, team_roles={"Claude.Finance": "finance"})
TOKENS = TokenAuth([new_key().public])


def spec(*teams: str, **more: Any) -> GatewaySpec:  # noqa: ANN401 -- fields of GatewaySpec
    limits = LimitsSpec(teams={team: TeamLimit(tokens_per_day=1) for team in teams})
    made = GatewaySpec([AnthropicUpstream()], [GatewayModel("claude-opus-5")], entra=ENTRA, limits=limits)
    return replace(made, **more)


def test_a_team_that_nobody_is_in_is_named_with_those_that_there_are() -> None:
    [hint] = spec("finance", "legal").hints()
    assert hint.key == "gateway.limits.teams"
    assert hint.severity == "warning"
    assert hint.wrong == "limits the team legal, which nobody is in"
    assert hint.allowed == "finance"


def test_a_mistyped_team_gets_the_one_that_was_meant() -> None:
    [hint] = spec("finanse").hints()
    assert "did you mean finance?" in hint.cure


def test_a_gateway_token_may_carry_any_team() -> None:
    assert spec("legal", tokens=TOKENS).hints() == []
    [hint] = spec("finanse", "legal", tokens=TOKENS).hints()
    assert hint.wrong == "limits the team finanse, which no app role gives"
    assert "did you mean finance? Otherwise keep it if gateway tokens carry it" in hint.cure
    telemetry = TelemetrySpec("https://otel.example.com", sender_team="telemetry")
    assert spec("telemetry", tokens=TOKENS, telemetry=telemetry).hints() == []
    assert spec("anybody", tokens=TOKENS, entra=None).hints() == []


def test_an_id_that_is_none_is_shown() -> None:
    [problem] = spec(models=[GatewayModel("-claude-opus-5")], limits=None).problems()
    assert "has an id that is none (-claude-opus-5)" in problem.wrong


def offering(bootstrap: BootstrapSpec, **more: Any) -> list[Problem]:  # noqa: ANN401 -- as above
    upstreams = [BedrockUpstream("eu-central-1", "eu")]
    return spec(bootstrap=bootstrap, limits=None, upstreams=upstreams, **more).problems()


def test_bootstrap_offers_what_the_gateway_serves() -> None:
    served = ["claude-opus-5", {"id": "eu.anthropic.claude-opus-5", "label": "Opus"}]
    assert offering(BootstrapSpec({"available_models": served})) == []


@pytest.mark.parametrize(
    ("bootstrap", "key"),
    [
        (BootstrapSpec({"available_models": ["claude-opus-5-5"]}), "office.available_models"),
        (
            BootstrapSpec(teams={"finance": BootstrapTeam({"available_models": ["claude-opus-5-5"]})}),
            "teams.finance.office.available_models",
        ),
    ],
)
def test_bootstrap_offers_a_model_that_would_be_refused(bootstrap: BootstrapSpec, key: str) -> None:
    [problem] = offering(bootstrap)
    assert problem.key == f"gateway.bootstrap.{key}"
    assert problem.severity == "error"
    assert "(claude-opus-5-5), which the gateway refuses" in problem.wrong
    assert "did you mean claude-opus-5?" in problem.cure
    assert offering(bootstrap, restrict_models=False) == []


def test_the_desktop_answer_is_judged_as_well() -> None:
    desktop = {
        "inferenceProvider": "gateway",
        "inferenceGatewayBaseUrl": "https://claude.example.com",
        "inferenceCredentialKind": "interactive",
        "inferenceGatewayOidc": {
            "clientId": APP,
            "issuer": f"https://login.microsoftonline.com/{TENANT}/v2.0",
        },
        "inferenceModels": [{"name": "claude-haiku-5-5"}],
    }
    found = {problem.key: problem.wrong for problem in offering(BootstrapSpec(desktop=desktop))}
    assert "(claude-haiku-5-5)" in found["gateway.bootstrap.desktop.inferenceModels"]
