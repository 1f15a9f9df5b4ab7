"""A policy linter (parliament) has nothing to say about the documents but what is listed here with its reason."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from claude_byoc.aws.documents import inference_policy, trust_policy
from claude_byoc.aws.invocation_logging import DEFAULT_LOG_GROUP, delivery_policy, delivery_trust
from claude_byoc.contract.aws import PROFILE_PREFIXES, default_residency, partition
from claude_byoc.contract.entra import ANTHROPIC_APP_ID, CLOUDS, issuer_key
from tests.aws.shapes.conftest import Ask

TENANT, ACCOUNT = "11111111-2222-3333-4444-555555555555", "111122223333"
SCENARIOS = Path(__file__).parents[2] / "scenarios"


@dataclass(frozen=True)
class Reasoned:
    """A finding that may stand: its name, patterns for the document's name and the detail, and why."""

    issue: str
    document: str
    detail: str
    reason: str

    def covers(self, finding: dict[str, str]) -> bool:
        return (
            finding["issue"] == self.issue
            and re.fullmatch(self.document, finding["document"]) is not None
            and re.search(self.detail, finding["detail"]) is not None
        )


MODEL_ARN, PROFILE_ARN = r"bedrock:\*::foundation-model/", r"bedrock:\*:\*:inference-profile/"
REASONED = (
    Reasoned(
        "RESOURCE_MISMATCH",
        "inference .*",
        f"^(?!.*{MODEL_ARN}).*{PROFILE_ARN}",
        "the linter wants every kind of resource that InvokeModel may have in each statement; this one is about "
        "foundation models, and the kinds it lacks are those that nobody may call",
    ),
    Reasoned(
        "RESOURCE_MISMATCH",
        "inference .*",
        f"^(?=.*{MODEL_ARN})(?!.*{PROFILE_ARN})",
        "the same for the statement about inference profiles",
    ),
    Reasoned(
        "RESOURCE_MISMATCH",
        "inference .*global.*",
        f"^(?=.*{MODEL_ARN}).*{PROFILE_ARN}",
        "a global profile asks for the model's ARN with an empty Region (AWS: global cross-Region inference), "
        "which the linter takes for no ARN of a model",
    ),
    Reasoned(
        "MISMATCHED_TYPE_BUT_USABLE",
        "inference .*",
        '^"Type mismatch: StringLike requires a value of type String but given Arn"$',
        "bedrock:InferenceProfileArn is of type ARN; StringLike is what AWS's own example has (prerequisites for "
        "inference profiles) and lets a profile be named by prefix",
    ),
    Reasoned(
        "RESOURCE_STAR",
        "inference .*",
        '^\\["bedrock:GetInferenceProfile"\\]$',
        "at sign-in the add-in reads whichever profiles the list gives; they tell Regions and models, no data",
    ),
    Reasoned(
        "MALFORMED",
        "(delivery )?trust .*",
        '^"Statement contains neither Resource nor NotResource"$',
        "the linter reads every document as an identity or bucket policy; a trust policy has no Resource",
    ),
    Reasoned(
        "UNKNOWN_FEDERATION_SOURCE",
        "trust .*",
        rf":oidc-provider/login\.(partner\.)?microsoftonline\.(com|us|cn)/{TENANT}/v2\.0\"$",
        "the linter knows SAML and a few providers by name, Entra is none of them",
    ),
)


@cache
def documents() -> dict[str, str]:
    """Every document of the scenarios, and of each residency with and without a limit to models, by name."""
    found: dict[str, str] = {}
    for file in sorted(SCENARIOS.glob("*/settings.yaml")):
        settings = yaml.safe_load(file.read_text("utf-8"))
        if "aws" in settings and "bedrock" in settings:
            found |= of_scenario(file.parent.name, settings)
    regions = {
        "us-gov": "us-gov-west-1",
        "eu": "eu-central-1",
        "au": "ap-southeast-2",
        "jp": "ap-northeast-1",
    }
    for prefix in PROFILE_PREFIXES:
        region = regions.get(prefix, "us-east-1")
        for models in (
            (),
            ("anthropic.claude-sonnet-5",),
            ("anthropic.claude-opus-*", "anthropic.claude-haiku-*"),
        ):
            name = f"inference {prefix} {'+'.join(models) or 'all'}"
            found[name] = inference(region, (prefix,), models)
            found[f"{name}, global too"] = inference(region, (prefix, "global"), models)
    for cloud in CLOUDS:
        part = "aws-us-gov" if cloud.startswith("us-gov") else "aws"
        found[f"trust {cloud}"] = trust(cloud, part, [ANTHROPIC_APP_ID], [])
        found[f"trust {cloud} subjects"] = trust(cloud, part, [ANTHROPIC_APP_ID, TENANT], ["ann", "ben"])
    for region in ("us-east-1", "us-gov-west-1"):
        part = partition(region)
        found[f"delivery trust {region}"] = delivery_trust(part, region, ACCOUNT)
        group = f"arn:{part}:logs:{region}:{ACCOUNT}:log-group:{DEFAULT_LOG_GROUP}"
        found[f"delivery policy {region}"] = delivery_policy(group)
    return found


def of_scenario(name: str, settings: dict[str, Any]) -> dict[str, str]:
    entra, bedrock, region = settings["entra"], settings["bedrock"], settings["aws"]["region"]
    found: dict[str, str] = {}
    for team, role in {"everyone": bedrock.get("role", {}), **bedrock.get("teams", {})}.items():
        residency = tuple(role.get("residency") or default_residency(region))
        found[f"inference {name} {team} {'+'.join(residency)}"] = inference(
            region, residency, tuple(role.get("models", ()))
        )
        audiences = role.get("audiences", [entra.get("clientId", ANTHROPIC_APP_ID)])
        cloud = entra.get("cloud", "global")
        found[f"trust {name} {team}"] = trust(cloud, partition(region), audiences, role.get("subjects", []))
    return found


def inference(region: str, residency: tuple[str, ...], models: tuple[str, ...]) -> str:
    return inference_policy(
        partition=partition(region), region=region, account_id=ACCOUNT, residency=residency, models=models
    )


def trust(cloud: str, part: str, audiences: list[str], subjects: list[str]) -> str:
    key = issuer_key(cloud, TENANT)
    arn = f"arn:{part}:iam::{ACCOUNT}:oidc-provider/{key}"
    return trust_policy(provider_arn=arn, issuer_key=key, audiences=audiences, subjects=subjects)


@pytest.fixture(scope="module")
def findings(ask: Ask) -> list[dict[str, str]]:
    return ask(documents=documents())["findings"]


def test_every_finding_has_a_reason(findings: list[dict[str, str]]) -> None:
    unknown = [one for one in findings if not any(reasoned.covers(one) for reasoned in REASONED)]
    assert unknown == []


@pytest.mark.parametrize(
    "reasoned", REASONED, ids=[f"{number} {one.issue}" for number, one in enumerate(REASONED)]
)
def test_every_reason_is_still_needed(findings: list[dict[str, str]], reasoned: Reasoned) -> None:
    assert any(reasoned.covers(finding) for finding in findings), reasoned.reason


def test_the_linter_sees_what_is_wrong(ask: Ask) -> None:
    """Else silence would say nothing, and a pattern above might excuse too much."""
    good = inference("us-east-1", ("us",), ())
    wrong = {
        "UNKNOWN_ACTION": good.replace("bedrock:InvokeModel", "bedrock:CallModel"),
        "UNKNOWN_CONDITION_FOR_ACTION": good.replace("bedrock:InferenceProfileArn", "bedrock:ProfileArn"),
        "RESOURCE_MISMATCH": good.replace(":foundation-model/", ":foundation-models/"),
        "UNKNOWN_OPERATOR": good.replace("StringLike", "StringAlike"),
        "RESOURCE_STAR": good.replace("bedrock:GetInferenceProfile", "bedrock:DeleteInferenceProfile"),
        "DUPLICATE_SID": json.dumps(
            {"Version": "2012-10-17", "Statement": json.loads(good)["Statement"][:1] * 2}
        ),
    }
    seen = ask(documents={f"inference {name}": document for name, document in wrong.items()})["findings"]
    unexcused = {(one["issue"], one["document"]) for one in seen if not any(r.covers(one) for r in REASONED)}
    assert {(name, f"inference {name}") for name in wrong} <= unexcused
