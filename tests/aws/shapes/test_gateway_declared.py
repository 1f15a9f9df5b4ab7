"""AWS's own client accepts what an `up` of the gateway declares, read back from the state that it left.

What this does not prove: that Fargate starts the task, that the alarms find data, that permissions suffice.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.aws.shapes import declared_network as _network
from tests.aws.shapes import declared_service as _service
from tests.aws.shapes.conftest import Ask
from tests.aws.shapes.declared_requests import TRANSLATIONS, requests
from tests.engine.gateway_aws_project import ACCOUNT, REGION, AwsGatewayProject
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine

MOTO = "123456789012"
"""moto's account."""
SKIPPED = {
    "PutScalingPolicy.PolicyName: Unicode classes",
    "PutScalingPolicy.ResourceId: ranges of UTF-16 pairs",
    "RegisterScalableTarget.ResourceId: ranges of UTF-16 pairs",
}
"""Patterns beside those of tags that Python cannot read; what fits them is plain ASCII here."""
REGISTERED = (_network, _service)
"""What registers the requests of each type when it is imported."""
NOTHING = {"aws:acm/certificateValidation:CertificateValidation"}
"""Types that ask for nothing but an answer."""


@pytest.fixture(scope="module")
def declared(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the resources of a state with everything that a gateway can have, in the order of the state."""
    project = AwsGatewayProject(engine, Path(tmp_path_factory.mktemp("shapes")) / "run")
    project.use(internal=True, waf=True, alarm_topic_arn=f"arn:aws:sns:{REGION}:{ACCOUNT}:operations")
    project.up()
    said = project.pulumi("stack", "export", "-s", project.stack).stdout
    state = json.loads(said.replace(f":{ACCOUNT}:", f":{MOTO}:"))
    return [row for row in state["deployment"]["resources"] if row["type"].startswith("aws:")]


@pytest.fixture(scope="module")
def answered(declared: list[dict[str, Any]], ask: Ask) -> dict[str, dict[str, Any]]:
    """Return "name: operation" -> answer."""
    zone = next(row["inputs"]["zoneId"] for row in declared if row["urn"].endswith("certificate-proof"))
    there = {
        "service": "route53",
        "operation": "CreateHostedZone",
        "parameters": {"Name": "example.com", "CallerReference": "0"},
        "keep": {zone: "HostedZone.Id"},
    }
    named = [("there before", there)]
    named += [(name, call) for name, calls in requests(declared).items() for call in calls]
    found = ask(region=REGION, calls=[call for _, call in named])["calls"]
    return {
        f"{name}: {call['operation']} {number}": {**answer, "call": call}
        for number, ((name, call), answer) in enumerate(zip(named, found, strict=True))
    }


def test_every_type_has_its_requests(declared: list[dict[str, Any]]) -> None:
    assert {row["type"] for row in declared} - NOTHING == set(TRANSLATIONS)


def test_no_request_is_refused(answered: dict[str, dict[str, Any]]) -> None:
    assert {name: one["problems"] for name, one in answered.items() if one["problems"]} == {}


def test_nothing_but_this_is_held_against_the_model_alone(answered: dict[str, dict[str, Any]]) -> None:
    assert {one["call"]["operation"] for one in answered.values() if one["by"] == "model"} == set()


def test_only_patterns_that_python_cannot_read_are_skipped(answered: dict[str, dict[str, Any]]) -> None:
    skipped = {one for answer in answered.values() for one in answer["skipped"]}
    tags = {one for one in skipped if "tags" in one.lower().partition(":")[0]}
    assert all(one.endswith(": Unicode classes") for one in tags), "what people may write in a tag"
    assert skipped - tags == SKIPPED


def test_the_task_definition_comes_back_as_it_was_made(answered: dict[str, dict[str, Any]]) -> None:
    [one] = [one for one in answered.values() if one["call"]["operation"] == "RegisterTaskDefinition"]
    given = one["call"]["parameters"]["containerDefinitions"]
    made = one["answer"]["taskDefinition"]["containerDefinitions"]
    for container, asked in zip(made, given, strict=True):
        kept = {key: value for key, value in asked.items() if key not in ("secrets", "logConfiguration")}
        assert {key: container[key] for key in kept} == kept
