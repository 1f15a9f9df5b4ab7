"""What Container Apps and Azure Monitor are told about a gateway, in the forms that they take."""

import json
import re
from dataclasses import replace

import pytest

from claude_byoc.azure import gateway_documents as documents
from claude_byoc.contract.azure_errors import explain
from claude_byoc.contract.azure_gateway_errors import GATEWAY_ERRORS, UNREADABLE
from claude_byoc.contract.gateway import LITELLM_IMAGE
from claude_byoc.contract.import_ids import IMPORT_IDS, Place
from claude_byoc.contract.import_ids.azure_gateway import RULES
from claude_byoc.gateway.container import Container, Probe
from claude_byoc.gateway.queries import QUERIES

APP = Container(
    "app",
    LITELLM_IMAGE,
    ["python"],
    startup=Probe("/ready", 4000),
    liveness=Probe("/ready", 4000, 30, 3),
    cpu=1.0,
)


@pytest.mark.parametrize(
    ("name", "stored"), [("anthropicApiKey", "anthropic-api-key"), ("redisUrl", "redis-url"), ("x", "x")]
)
def test_secrets_have_names_that_vault_and_app_take(name: str, stored: str) -> None:
    assert documents.secret_name(name) == stored


def test_the_archive_is_whole_again_in_the_order_of_the_files() -> None:
    for archive in ("abcdefg" * 4000, "abc"):
        parts = documents.archive_parts(archive)
        assert "".join(parts) == archive
        assert len(parts) == len(documents.ARCHIVE)
        assert all(parts)
    assert [path for _, path in documents.archive_paths()] == [
        file.rpartition("/")[2] for file in documents.ARCHIVE
    ]


@pytest.mark.parametrize(
    ("cpu", "memory", "given"),
    [
        (1.0, 1024, (1.0, "2Gi")),
        (0.5, 256, (0.5, "1Gi")),
        (0.25, 1024, (0.5, "1Gi")),
        (0.6, 256, (0.75, "1.5Gi")),
    ],
)
def test_a_container_gets_at_least_what_it_needs(cpu: float, memory: int, given: tuple[float, str]) -> None:
    assert documents.resources(replace(APP, cpu=cpu, memory_mib=memory)) == given


def test_every_probe_asks_the_edge() -> None:
    """The application listens on loopback, which no probe reaches."""
    found = documents.probes(APP)
    assert [row["type"] for row in found] == ["Startup", "Liveness", "Readiness"]
    assert {row["httpGet"]["port"] for row in found} == {8080}
    assert all(1 <= row["failureThreshold"] <= 10 for row in found)
    startup = APP.startup
    assert startup is not None
    assert found[0]["periodSeconds"] * found[0]["failureThreshold"] == startup.period * startup.failures


def test_variables_are_in_a_fixed_order_and_name_their_secrets() -> None:
    found = documents.variables({"B": "2", "A": "1"}, {"KEY": "anthropicApiKey"}, {"C": "3"})
    assert found == [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "2"},
        {"name": "C", "value": "3"},
        {"name": "KEY", "secretRef": "anthropic-api-key"},
    ]


def test_another_version_of_a_secret_gives_another_digest() -> None:
    assert documents.versions(["a/1", "b/1"]) == documents.versions(["b/1", "a/1"])
    assert documents.versions(["a/1", "b/1"]) != documents.versions(["a/1", "b/2"])


@pytest.mark.parametrize("destination", ["azure-monitor", "log-analytics"])
def test_queries_ask_the_table_and_column_that_the_environment_fills(destination: str) -> None:
    table, column = documents.log_table(destination)
    other_table, other_column = documents.log_table(
        {"azure-monitor": "log-analytics"}.get(destination, "azure-monitor")
    )
    texts = [one.kql(table, column, "claude") for one in QUERIES]
    texts.append(documents.failed_share(table, column, "claude"))
    for text in texts:
        first, only, *_ = text.splitlines()
        assert first == table
        assert re.fullmatch(r'\| where ContainerAppName(_s)? == "claude"', only)
        assert only.count("_s ") == (destination == "log-analytics")
        assert f"parse_json({column})" in text
        assert f"parse_json({other_column})" not in text
        assert not re.search(rf"\b{other_table}\b", text)


def test_the_workbook_asks_every_ready_question() -> None:
    content = json.loads(documents.workbook("/workspaces/logs", "ContainerAppConsoleLogs", "Log", "claude"))
    assert content["version"] == "Notebook/1.0"
    period, *queries = content["items"]
    assert period["content"]["parameters"][0]["name"] == "Period"
    assert [item["name"] for item in queries] == [one.name for one in QUERIES]
    for item in queries:
        assert item["content"]["crossComponentResources"] == ["/workspaces/logs"]
        assert item["content"]["timeContextFromParameter"] == "Period"
    name = documents.workbook_name("claude-rg", "claude")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name)
    assert name == documents.workbook_name("CLAUDE-RG", "Claude")


def test_refusals_are_explained() -> None:
    known = explain(
        f"Field 'configuration.secrets' is invalid: {UNREADABLE} /id for secret x", GATEWAY_ERRORS
    )
    assert known is not None
    assert "Key Vault Secrets User" in known.allowed
    general = explain('Code="AuthorizationFailed"', GATEWAY_ERRORS)
    assert general is not None
    assert general.code == "AuthorizationFailed"
    assert explain("something else", GATEWAY_ERRORS) is None
    assert explain(f"{UNREADABLE} /id") is None  # other parts have no vault of a gateway


def test_import_ids_are_arm_ids() -> None:
    for rule in RULES:
        assert IMPORT_IDS[rule.token] is rule
        given = {name: f"<{name}>" for name in rule.inputs}
        made = rule.make(given, Place(subscription="S"))
        assert made.startswith("/subscriptions/S/resourceGroups/<resourceGroupName>/providers/Microsoft.")
        assert all(value in made for value in given.values())
