"""What the scenarios declare in Google Cloud and Azure has the published shapes; a fault in any place is seen."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.published import azure, google

SCENARIOS = Path(__file__).parent.parent / "scenarios"
Rows = list[dict[str, Any]]


def rows(scenario: str, provider: str) -> Rows:
    """Return what a scenario declares with a provider, as the engine's state had it."""
    stored = yaml.safe_load((SCENARIOS / scenario / "expected.yaml").read_text("utf-8"))["inventory"]
    return [row for row in stored if row["type"].startswith(f"{provider}:")]


@pytest.mark.parametrize("scenario", ["gateway-google", "vertex", "local"])
def test_google(scenario: str) -> None:
    found = rows(scenario, "gcp")
    assert found
    assert google.problems(found) == []


@pytest.mark.parametrize("scenario", ["gateway-azure", "foundry-key", "foundry-keyless", "local"])
def test_azure(scenario: str) -> None:
    found = rows(scenario, "azure-native")
    assert found
    assert azure.problems(found) == []


def put(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Return what puts a value at a dotted path; numbers are places in lists."""

    def change(inputs: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        place: Any = inputs
        for step in parents:
            place = place[int(step) if step.isdigit() else step]
        place[last] = value

    return change


def leave_out(key: str) -> Callable[[dict[str, Any]], None]:
    """Return what takes an input away."""

    def change(inputs: dict[str, Any]) -> None:
        del inputs[key]

    return change


def spoilt(found: Rows, token: str, change: Callable[[dict[str, Any]], None]) -> Rows:
    row = copy.deepcopy(next(row for row in found if row["type"] == token))
    change(row["inputs"])
    return [row]


SERVICE = "gcp:cloudrunv2/service:Service"


@pytest.mark.parametrize(
    ("token", "change", "words"),
    [
        (SERVICE, put("template.containers.0.cmd", ["x"]), ".template.containers[0].cmd is no field"),
        (SERVICE, put("template.containers.0.image", 3), ".image is int, not string"),
        (SERVICE, put("ingress", "INGRESS_TRAFFIC_SOME"), "none of INGRESS_TRAFFIC_UNSPECIFIED"),
        (SERVICE, put("template.timeout", "10 minutes"), "no duration such as 600s"),
        (SERVICE, put("uri", "https://example.com"), ".uri is what the API says"),
        ("gcp:compute/backendService:BackendService", put("protocol", "HTTPX"), "none of GRPC, H2C"),
        ("gcp:monitoring/dashboard:Dashboard", put("dashboardJson", '{"tiles": []}'), ".tiles is no field"),
    ],
)
def test_google_sees(token: str, change: Callable[[dict[str, Any]], None], words: str) -> None:
    [problem] = google.problems(spoilt(rows("gateway-google", "gcp"), token, change))
    assert words in problem


APP, ALERT = "azure-native:app:ContainerApp", "azure-native:monitor:MetricAlert"


@pytest.mark.parametrize(
    ("token", "change", "words"),
    [
        (
            APP,
            put("template.containers.0.cmd", ["x"]),
            ".template.containers[0].cmd is no field of Container",
        ),
        (APP, put("template.containers.0.image", 3), ".image is int, not str"),
        (APP, put("template.containers.0.probes.0.type", "Started"), "none of Liveness, Readiness, Startup"),
        (APP, put("template.containers.0.probes.0.failureThreshold", 24), "is 24, not between 1 and 10"),
        (APP, put("provisioningState", "Succeeded"), ".provisioningState is what the service says"),
        (ALERT, put("criteria.allOf.0.operator", 5), ".operator is int, not str"),
        (ALERT, leave_out("severity"), ".severity is missing"),
    ],
)
def test_azure_sees(token: str, change: Callable[[dict[str, Any]], None], words: str) -> None:
    [problem] = azure.problems(spoilt(rows("gateway-azure", "azure-native"), token, change))
    assert words in problem


@pytest.mark.parametrize("check", [google.problems, azure.problems])
def test_an_unknown_type_is_a_problem(check: Callable[[Rows], list[str]]) -> None:
    [problem] = check([{"type": "gcp:nowhere/thing:Thing", "inputs": {}}])
    assert "is not in BODIES" in problem
