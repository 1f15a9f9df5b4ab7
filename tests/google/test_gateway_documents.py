"""The documents that Cloud Run, Cloud Armor, Logging and Monitoring get, and their published shapes."""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

import pytest
import yaml

from claude_byoc.contract.gateway import ROUTES, TELEMETRY_ROUTES
from claude_byoc.contract.google_gateway import RULE_SETS
from claude_byoc.contract.import_ids import IMPORT_IDS, Place, import_id
from claude_byoc.gateway.queries import QUERIES
from claude_byoc.google import gateway_monitoring as monitoring
from claude_byoc.google.gateway_args import GoogleGatewayArgs
from claude_byoc.google.gateway_documents import (
    default_uri_disabled,
    ingress,
    request_timeout,
    security_rules,
    template,
)
from claude_byoc.google.gateway_plan import plan_of
from standin.catalog import Property, load
from tests.engine.gateway_google_project import GOLDEN
from tests.google.test_gateway_plan import BASE, DOMAIN, INTERNAL, plan

LAST = 2_147_483_647


def rendered(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 -- arguments of GoogleGateway
    found = plan(**changes)
    environment = {one.name: one.environment for one in found.shape.containers}
    return template(
        found,
        account="gateway@acme-claude.iam.gserviceaccount.com",
        secret=lambda held: (f"claude-gateway-{held}", "3"),
        value=lambda container, variable: environment[container][variable],
        archive="gatewayFiles",
    )


def by_name(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in document["containers"]}


def test_two_containers_of_which_the_edge_has_the_port_and_waits() -> None:
    found = by_name(rendered())
    assert list(found) == ["app", "edge"]
    app, edge = found["app"], found["edge"]
    assert "ports" not in app
    assert edge["ports"] == {"container_port": 8080}
    assert (app["depends_ons"], edge["depends_ons"]) == ([], ["app"])
    assert app["startup_probe"]["http_get"] == {"path": "/ready", "port": 4000}
    # Probes come from outside of the container.
    assert "--host 0.0.0.0 --port 4000" in app["commands"][-1]
    assert "127.0.0.1" not in app["commands"][-1]
    for one in found.values():
        for probe in (one["startup_probe"], one["liveness_probe"]):
            assert 1 <= probe["timeout_seconds"] < probe["period_seconds"]
            assert not probe["http_get"]["path"].endswith("z")
        assert one["startup_probe"]["period_seconds"] * one["startup_probe"]["failure_threshold"] <= 240
        assert one["image"].startswith("docker.io/")
        assert "@sha256:" in one["image"]
        assert one["resources"]["cpu_idle"] is False


def test_the_archive_is_a_file_and_the_key_a_variable_by_exact_version() -> None:
    found = rendered()
    files, archive = found["volumes"]
    assert files == {"name": "files", "empty_dir": {"medium": "MEMORY", "size_limit": "32Mi"}}
    assert archive["secret"]["items"] == [{"path": "files", "version": "3", "mode": 292}]
    app, edge = by_name(found)["app"], by_name(found)["edge"]
    assert {one["mount_path"] for one in app["volume_mounts"]} == {"/gateway", "/secrets/gateway"}
    assert {one["mount_path"] for one in edge["volume_mounts"]} == {"/gateway"}
    assert app["commands"][-1].startswith(
        "mkdir -p /gateway && cat /secrets/gateway/files | base64 -d | tar -xz"
    )
    variables = {one["name"]: one for one in app["envs"]}
    reference = {"secret": "claude-gateway-anthropicApiKey", "version": "3"}
    assert variables["ANTHROPIC_API_KEY"]["value_source"] == {"secret_key_ref": reference}
    assert all(len(one.get("value", "").encode()) <= 32_768 for one in app["envs"])


def test_a_stored_key_of_another_cloud_is_a_secret_variable() -> None:
    secrets = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
    found = rendered(upstreams=[{"kind": "bedrock", "region": "eu-central-1"}], secrets=secrets)
    variables = {one["name"]: one for one in by_name(found)["app"]["envs"]}
    for name, held in (
        ("AWS_ACCESS_KEY_ID", "awsAccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "awsSecretAccessKey"),
    ):
        assert variables[name]["value_source"]["secret_key_ref"]["secret"] == f"claude-gateway-{held}"


@pytest.mark.parametrize(("asked", "given"), [(600, "660s"), (3600, "3600s"), (60, "120s")])
def test_cloud_run_outlasts_the_gateways_own_timeout(asked: int, given: str) -> None:
    assert rendered(timeout_seconds=asked)["timeout"] == given
    assert request_timeout(plan(timeout_seconds=asked)) >= asked


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "INGRESS_TRAFFIC_ALL"),
        (DOMAIN, "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
        (INTERNAL, "INGRESS_TRAFFIC_INTERNAL_ONLY"),
    ],
)
def test_nothing_passes_the_load_balancer_by(changes: dict[str, Any], expected: str) -> None:
    found = plan(**changes)
    assert ingress(found) == expected
    # "Internal" is also every network of the project, which would call run.app.
    assert default_uri_disabled(found) is (expected != "INGRESS_TRAFFIC_ALL")


def test_addresses_that_may_call_and_nobody_else() -> None:
    ranges = [f"198.51.100.{number}/32" for number in range(23)]
    rules = security_rules(ranges, waf=False)
    assert [len(rule["match"]["config"]["src_ip_ranges"]) for rule in rules] == [10, 10, 3, 1]
    assert [rule["action"] for rule in rules] == ["allow", "allow", "allow", "deny(403)"]
    assert rules[-1]["priority"] == LAST
    assert security_rules([], waf=True)[-1]["action"] == "allow"


def test_the_firewall_comes_first_and_lets_prompts_through() -> None:
    rules = security_rules(["198.51.100.0/24"], waf=True)
    priorities = [rule["priority"] for rule in rules]
    assert priorities == sorted(set(priorities))
    firewall = [rule for rule in rules if "expr" in rule["match"]]
    assert len(firewall) == len(RULE_SETS) + 1
    assert max(rule["priority"] for rule in firewall) < 10_000
    for rule in firewall[1:]:
        expression = rule["match"]["expr"]["expression"]
        guard = re.fullmatch(
            r"!\(request\.method == 'POST' && request\.path\.matches\('(.+?)'\)\) && evaluatePreconfiguredWaf\(.+\)",
            expression,
        )
        assert guard, expression
        for route in (*ROUTES, *TELEMETRY_ROUTES):
            # Whatever carries a body passes; the rest is looked at.
            assert bool(re.search(guard[1], route.path)) or "POST" not in route.methods


def test_a_rule_has_the_fields_that_the_sdk_knows() -> None:
    for policy in ("securityPolicy:SecurityPolicy", "regionSecurityPolicy:RegionSecurityPolicy"):
        rules = load("gcp").types[f"gcp:compute/{policy}"].inputs["rules"].fields
        for rule in security_rules(["198.51.100.0/24"], waf=True):
            assert _unknown(rule, rules) == set()


def _unknown(given: dict[str, Any], known: Mapping[str, Property]) -> set[str]:
    """Return the fields, at any depth, that the type lacks; the stand-in's types are compared with the SDK."""
    found: set[str] = set()
    for name, value in given.items():
        item = known.get(re.sub(r"_([a-z])", lambda match: match[1].upper(), name))
        if item is None:
            found.add(name)
        elif isinstance(value, dict):
            found |= _unknown(cast("dict[str, Any]", value), item.fields)
    return found


def test_alerts_name_this_service_alone() -> None:
    for condition in (
        monitoring.failed_condition("claude-gateway", "europe-west1"),
        monitoring.absent_condition("claude-gateway", "europe-west1"),
    ):
        text = json.dumps(condition).replace('\\"', '"')
        assert text.count('resource.labels.service_name="claude-gateway"') == text.count("metric.type=")
    threshold = monitoring.failed_condition("n", "r")["condition_threshold"]
    assert '"5xx"' in threshold["filter"]
    assert '"5xx"' not in threshold["denominator_filter"]
    restarts = monitoring.restart_condition("claude-gateway-restarts")["condition_threshold"]
    assert "logging.googleapis.com/user/claude-gateway-restarts" in restarts["filter"]


def test_the_dashboard_asks_each_ready_query_of_the_gateways_own_view() -> None:
    view = monitoring.view_name("acme-claude", "europe-west1", "claude-gateway-0a1b2c3d")
    found = json.loads(monitoring.dashboard("claude-gateway", "europe-west1", view))
    tiles = found["mosaicLayout"]["tiles"]
    asked = [
        tile["widget"]["timeSeriesTable"]["dataSets"][0]["timeSeriesQuery"]["opsAnalyticsQuery"]["sql"]
        for tile in tiles
        if "timeSeriesTable" in tile["widget"]
    ]
    assert len(asked) == len(QUERIES)
    assert all(f"FROM `{view}`" in sql and "VIEW" not in sql for sql in asked)
    places = {(tile["xPos"], tile["yPos"]) for tile in tiles}
    assert len(places) == len(tiles)
    assert all(tile["xPos"] + tile["width"] <= found["mosaicLayout"]["columns"] for tile in tiles)
    # The same text at each run, or every `up` would change it.
    assert monitoring.dashboard("n", "r", view) == monitoring.dashboard("n", "r", view)


def test_a_document_is_the_same_whatever_the_order_of_arguments() -> None:
    turned = cast("GoogleGatewayArgs", dict(reversed(BASE.items())))
    assert plan_of(turned).shape == plan().shape


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        (
            "cloudrunv2/service:Service",
            {"project": "p", "location": "r", "name": "n"},
            "projects/p/locations/r/services/n",
        ),
        (
            "secretmanager/secretIamMember:SecretIamMember",
            {"project": "p", "secretId": "s", "role": "roles/x", "member": "serviceAccount:a"},
            "projects/p/secrets/s roles/x serviceAccount:a",
        ),
        (
            "serviceaccount/account:Account",
            {"project": "p", "accountId": "gateway"},
            "projects/p/serviceAccounts/gateway@p.iam.gserviceaccount.com",
        ),
        (
            "compute/forwardingRule:ForwardingRule",
            {"project": "p", "region": "r", "name": "n"},
            "projects/p/regions/r/forwardingRules/n",
        ),
        (
            "dns/recordSet:RecordSet",
            {"project": "p", "managedZone": "z", "name": "claude.example.com.", "type": "A"},
            "projects/p/managedZones/z/rrsets/claude.example.com./A",
        ),
    ],
)
def test_import_ids(token: str, inputs: dict[str, str], expected: str) -> None:
    assert set(IMPORT_IDS[f"gcp:{token}"].inputs) == set(inputs)
    assert import_id(f"gcp:{token}", inputs, Place()) == expected


def test_recovery_can_look_up_whatever_has_a_name_of_ours() -> None:
    rows = yaml.safe_load(GOLDEN.read_text("utf-8"))
    chosen_by_google = {
        "gcp:secretmanager/secretVersion:SecretVersion",
        "gcp:monitoring/alertPolicy:AlertPolicy",
        "gcp:monitoring/dashboard:Dashboard",
    }
    unknown = {row["type"] for row in rows} - IMPORT_IDS.keys()
    assert unknown == chosen_by_google
    for row in rows:
        if row["type"] in IMPORT_IDS:
            assert import_id(row["type"], row["inputs"], Place())
