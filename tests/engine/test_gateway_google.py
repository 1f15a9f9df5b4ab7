"""`GoogleGateway` on the real engine: what it makes, changes, waits out, hides and leaves behind."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from claude_byoc.google.gateway_plan import plan_of
from standin.cloud import Cloud
from standin.rules.gcp import (
    ALERT,
    CUSTOM_ROLE,
    LOG_BUCKET,
    MEMBER,
    RUN_SERVICE,
    SECRET,
    SECRET_MEMBER,
    SECRET_VERSION,
    SERVICE,
)
from standin.scope import NO_PROJECT as PROJECT
from tests.engine.gateway_google_project import (
    ARGS,
    EXTERNAL,
    GOLDEN,
    INTERNAL,
    KEY,
    GoogleGatewayProject,
    seen,
)
from tests.engine.interrupted import faults, kill_engine, made, recover, start_up
from tests.engine.observe import inventory, up, without_new_ids
from tests.engine.test_secrets import holds, spellings
from tests.gateway.declared_google import declared
from tests.gateway.reach_google import REGION_RULE, reach
from tests.published import google
from tools.engine.acquire import Engine
from tools.project import LOCAL, Project

pytestmark = pytest.mark.engine

ACCOUNT = f"claude-gateway@{PROJECT}.iam.gserviceaccount.com"
TLS_POLICIES = ("gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy")
OUT = {("edge", "internet", 443), ("app", "internet", 443)}

MakeGateway = Callable[..., GoogleGatewayProject]


@pytest.fixture
def gateway(engine: Engine, tmp_path: Path) -> MakeGateway:
    """Return a function that prepares the project; its keywords replace arguments, None leaves one out."""
    return GoogleGatewayProject(engine, tmp_path / "run").use


def try_up(project: Project, fault: str = "") -> tuple[int, str]:
    ended = project.pulumi(
        "up", "--yes", "--skip-preview", "-s", project.stack, check=False, env={"STANDIN_FAULTS": fault}
    )
    return ended.returncode, ended.stdout + ended.stderr


def destroy(project: Project) -> None:
    project.pulumi("destroy", "--yes", "--skip-preview", "-s", project.stack)


def changed(project: Project, since: int) -> list[tuple[str, str]]:
    """Return (operation, type) of the writes since so many calls."""
    calls = Cloud(project.cloud).calls()[since:]
    return sorted(
        (one.operation, one.token) for one in calls if one.operation in ("create", "update", "delete")
    )


def service(project: Project) -> dict[str, Any]:
    [row] = Cloud(project.cloud).resources(RUN_SERVICE)
    return dict(row.properties)


def test_one_life(gateway: MakeGateway) -> None:
    project = gateway()
    up(project)
    outputs = project.outputs()
    assert outputs["url"] == "https://claude-gateway-000000000000.europe-west1.run.app"
    assert (outputs["identity"], outputs["dnsRecords"], outputs["internal"]) == (ACCOUNT, [], False)
    assert outputs["sdks"] == ["pulumi_gcp"]
    source = outputs["logSource"]
    assert source["bucket"].startswith("claude-gateway-")
    assert (source["service"], source["view"], source["location"]) == (
        "claude-gateway",
        "_AllLogs",
        "europe-west1",
    )
    steps = " ".join(step["what"] for step in outputs["nextSteps"])
    assert "roles/run.invoker" in steps
    assert "open to the whole internet" in steps

    before = without_new_ids({"rows": inventory(project)}, "")
    assert up(project) == {}
    assert without_new_ids({"rows": inventory(project)}, "") == before

    destroy(project)
    cloud = Cloud(project.cloud)
    assert cloud.resources() == []
    assert {row.token for row in cloud.lasting()} == {SERVICE, CUSTOM_ROLE, LOG_BUCKET}
    # Within the days in which Google keeps the deleted bucket's id.
    up(project)
    assert up(project) == {}


def test_what_is_declared_is_what_was_agreed(gateway: MakeGateway) -> None:
    project = gateway(**EXTERNAL)
    up(project)
    assert seen(project) == yaml.safe_load(GOLDEN.read_text("utf-8"))


def test_least_rights(gateway: MakeGateway) -> None:
    project = gateway()
    up(project)
    cloud = Cloud(project.cloud)
    own = f"serviceAccount:{ACCOUNT}"
    secrets = {str(row.properties["secretId"]) for row in cloud.resources(SECRET)}
    assert secrets == {"claude-gateway-anthropicApiKey", "claude-gateway-gatewayFiles"}
    readers = {
        (row.properties["secretId"], row.properties["member"]) for row in cloud.resources(SECRET_MEMBER)
    }
    assert readers == {(secret, own) for secret in secrets}
    [role] = cloud.resources(CUSTOM_ROLE)
    assert role.properties["permissions"] == ["aiplatform.endpoints.predict"]
    [grant] = cloud.resources(MEMBER)
    assert (grant.properties["role"], grant.properties["member"]) == (role.id, own)


def test_without_a_vertex_upstream_there_is_no_right_to_models(gateway: MakeGateway) -> None:
    project = gateway(upstreams=[{"kind": "anthropic"}])
    up(project)
    cloud = Cloud(project.cloud)
    assert cloud.resources(MEMBER) == []
    assert cloud.resources(CUSTOM_ROLE) == []
    assert not any("aiplatform" in row.id for row in cloud.resources(SERVICE))


def test_a_model_more_is_one_rolling_change(gateway: MakeGateway) -> None:
    project = gateway()
    up(project)
    since = len(Cloud(project.cloud).calls())
    project = gateway(models=["claude-opus-5-5", "claude-sonnet-5-5"])
    assert up(project) == {"update": 1, "replace": 1}
    # The new version is there before the service is told of it, and the old one until the service has let go of it.
    assert [
        (one.operation, one.token)
        for one in Cloud(project.cloud).calls()[since:]
        if one.operation in ("create", "update", "delete")
    ] == [("create", SECRET_VERSION), ("update", RUN_SERVICE), ("delete", SECRET_VERSION)]
    [volume] = [one for one in service(project)["template"]["volumes"] if "secret" in one]
    assert volume["secret"]["items"][0]["version"] == "2"
    assert up(project) == {}


def test_another_key_is_a_new_revision(gateway: MakeGateway) -> None:
    project = gateway()
    up(project)
    since = len(Cloud(project.cloud).calls())
    project.set_secret("claude-byoc:anthropic_api_key", "sk-ant-planted-other")
    assert up(project) == {"update": 1, "replace": 1}
    assert changed(project, since) == [
        ("create", SECRET_VERSION), ("delete", SECRET_VERSION), ("update", RUN_SERVICE),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {("internet", "front", 443), ("front", "edge", 8080)}),
        (
            EXTERNAL,
            {("203.0.113.0/24", "front", 443), ("198.51.100.7/32", "front", 443), ("front", "edge", 8080)},
        ),
        ({"domain": "claude.example.com"}, {("internet", "front", 443), ("front", "edge", 8080)}),
        (INTERNAL, {("network", "front", 443), ("front", "edge", 8080)}),
        (
            {**INTERNAL, "allowed_addresses": ["10.1.0.0/16"], "proxy_subnet_range": "10.129.0.0/23"},
            {("10.1.0.0/16", "front", 443), ("front", "edge", 8080)},
        ),
        (
            {"domain": "claude.example.com", "insecure_plaintext_http": True},
            {("internet", "front", 80), ("front", "edge", 8080)},
        ),
    ],
)
def test_who_reaches_what_and_every_body_has_the_published_shape(
    gateway: MakeGateway, changes: dict[str, Any], expected: set[tuple[str, str, int]]
) -> None:
    project = gateway(**changes)
    up(project)
    made = inventory(project)
    assert reach(made) == expected | OUT
    assert google.problems([row for row in made if row["type"].startswith("gcp:")]) == []
    assert up(project) == {}
    destroy(project)
    assert Cloud(project.cloud).resources() == []


@pytest.mark.parametrize("front", [EXTERNAL, INTERNAL])
def test_tls_is_1_2_or_later(gateway: MakeGateway, front: dict[str, Any]) -> None:
    project = gateway(**front)
    up(project)
    rows = [row for row in Cloud(project.cloud).resources() if row.token in TLS_POLICIES]
    assert [(row.properties["minTlsVersion"], row.properties["profile"]) for row in rows] == [
        ("TLS_1_2", "MODERN")
    ]
    proxies = [row["inputs"] for row in inventory(project) if row["type"].endswith("TargetHttpsProxy")]
    assert [one["sslPolicy"] for one in proxies] == [rows[0].id]


def test_an_internal_address_is_reached_from_every_region(gateway: MakeGateway) -> None:
    project = gateway(**INTERNAL)
    up(project)
    [rule] = [row["inputs"] for row in inventory(project) if row["type"] == REGION_RULE]
    assert rule["allowGlobalAccess"] is True


def test_a_grant_of_a_role_that_exists_waits_for_its_api(gateway: MakeGateway) -> None:
    project = gateway(predict_role="roles/aiplatform.user")
    up(project)
    state = json.loads(project.pulumi("stack", "export", "-s", project.stack).stdout)
    [grant] = [row for row in state["deployment"]["resources"] if row["type"] == MEMBER]
    assert any(urn.endswith("::gateway-api-grants") for urn in grant["dependencies"])


def test_records_that_nobody_has_made_are_told(gateway: MakeGateway) -> None:
    project = gateway(domain="claude.example.com")
    up(project)
    [record] = project.outputs()["dnsRecords"]
    assert (record["name"], record["type"]) == ("claude.example.com", "A")
    assert record["value"].startswith("203.0.113.")
    project = gateway(domain="claude.example.com", dns_zone="example")
    up(project)
    assert project.outputs()["dnsRecords"] == []
    project = gateway(**INTERNAL)
    up(project)
    proof, own = project.outputs()["dnsRecords"]
    assert proof["type"] == "CNAME"
    assert proof["name"].startswith("_acme-challenge_")
    assert (own["name"], own["type"]) == ("claude.example.com", "A")
    [address] = [row["inputs"]["ipAddress"] for row in inventory(project) if row["type"] == REGION_RULE]
    assert own["value"] == address


def test_another_domain_gets_its_certificate_before_the_first_one_goes(gateway: MakeGateway) -> None:
    project = gateway(domain="claude.example.com")
    up(project)
    project = gateway(domain="assistant.example.com")
    counts = up(project)
    assert (counts["replace"], counts["update"]) == (1, 1)
    assert project.outputs()["url"] == "https://assistant.example.com"


def test_the_containers_can_be_read_back(gateway: MakeGateway) -> None:
    project = gateway()
    up(project)
    archive = plan_of({**ARGS, "secrets": {"anthropic_api_key": KEY}}).shape.archive  # pyright: ignore[reportArgumentType]
    found = declared(inventory(project), {"anthropicApiKey": KEY, "gatewayFiles": archive})
    app, edge = found.containers
    assert found.port == 8080
    assert (app.name, edge.name, edge.depends_on) == ("app", "edge", ["app"])
    assert app.environment["ANTHROPIC_API_KEY"] == KEY
    assert app.files == {"/secrets/gateway/files": archive}
    assert app.mounts == edge.mounts == {"/gateway": "files"}


def test_secrets_are_in_plaintext_nowhere(gateway: MakeGateway, tmp_path: Path) -> None:
    project = gateway(**EXTERNAL)
    said: list[str] = []
    for command in (
        ("preview", "--diff"),
        ("up", "--yes", "--skip-preview"),
        ("stack", "output", "--json"),
        ("stack", "export"),
        ("refresh", "--yes", "--skip-preview", "--diff"),
        ("preview", "--json"),
    ):
        ended = project.pulumi(*command, "-s", project.stack)
        said += [ended.stdout, ended.stderr]
    said.append(try_up(project, f"update:{RUN_SERVICE}=fail")[1])
    archive = plan_of({**ARGS, **EXTERNAL, "secrets": {"anthropic_api_key": KEY}}).shape.archive  # pyright: ignore[reportArgumentType]
    # The archive holds no credential, but who may call and what they may use.
    for secret in (KEY, archive[200:280]):
        assert not holds("\n".join(said).encode(), [secret])
        found = [
            file
            for folder in (project.folder, LOCAL / "pulumi-home", tmp_path)
            for file in folder.rglob("*")
            if file.is_file()
            and not file.is_symlink()
            and any(form in file.read_bytes() for form in spellings(secret))
        ]
        assert found == []


@pytest.mark.parametrize(
    ("token", "error"),
    [(ALERT, "METRIC_NOT_FOUND"), (SECRET, "SERVICE_DISABLED"), (LOG_BUCKET, "SERVICE_DISABLED")],
)
def test_what_was_just_made_is_waited_for(gateway: MakeGateway, token: str, error: str) -> None:
    project = gateway()
    code, said = try_up(project, f"create:{token}=refuse:2:{error}")
    assert code == 0, said
    assert "what it needs was just made and is not usable yet" in said
    assert up(project) == {}


def test_a_grant_that_is_not_in_force_yet_is_explained_and_the_next_run_repairs_it(
    gateway: MakeGateway,
) -> None:
    project = gateway()
    code, said = try_up(project, f"create:{RUN_SERVICE}=refuse:1:SECRET_PERMISSION_DENIED")
    assert code != 0
    assert "run `pulumi up` again" in said
    assert "Traceback" not in said
    code, said = try_up(project)
    assert code == 0, said
    assert up(project) == {}


def test_a_changed_service_waits_for_its_grants(gateway: MakeGateway) -> None:
    project = gateway()
    up(project)
    project = gateway(concurrency=80)
    code, said = try_up(project, f"update:{RUN_SERVICE}=refuse:2:SECRET_PERMISSION_DENIED")
    assert code == 0, said
    assert service(project)["template"]["maxInstanceRequestConcurrency"] == 80


def test_an_organisation_that_keeps_the_invoker_check_on_is_told_why(gateway: MakeGateway) -> None:
    project = gateway()
    code, said = try_up(project, f"create:{RUN_SERVICE}=refuse:1:INVOKER_CHECK_REQUIRED")
    assert code != 0
    assert "preflight carries no token" in " ".join(said.split())


def test_the_engine_is_killed_after_the_answer(gateway: MakeGateway) -> None:
    project = gateway()
    first = (RUN_SERVICE,)
    process = start_up(project, faults(first, "hang-after-create"))
    kill_engine(process, lambda: made(project, first), "the service")
    assert "adopted  gateway-run: " in recover(project)
    assert up(project) == {}
    state = {row["type"] for row in inventory(project)}
    assert {row.token for row in Cloud(project.cloud).resources()} <= state
    once = Counter(row.token for row in Cloud(project.cloud).resources())
    assert once[RUN_SERVICE] == 1


def test_every_problem_is_told_at_once_and_nothing_is_made(gateway: MakeGateway) -> None:
    project = gateway(region="europe", name="cg", allowed_addresses=["203.0.113.0/24"], cpu=3)
    code, said = try_up(project)
    assert code != 0
    for key in ("google.region", "google.name", "allowedAddresses", "google.cpu"):
        assert f"error: gateway.{key}:" in said
    assert "Traceback" not in said
    assert Cloud(project.cloud).resources() == []
