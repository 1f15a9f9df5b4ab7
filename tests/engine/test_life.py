"""The life of an environment on the real engine: up, up again, drift, preview, destroy."""

import json

import pytest
import yaml

from standin.cloud import Cloud
from tests.engine.conftest import MakeProject
from tests.engine.observe import EXPECTED, REGENERATE, SECRETS, inventory, up, without_guids
from tools.project import Project

pytestmark = pytest.mark.engine
ROLE = "aws:iam/role:Role"


def test_up_then_up_again_then_destroy(project: Project) -> None:
    assert up(project)["create"] > 0
    outputs = project.outputs()
    expected = yaml.safe_load(EXPECTED.read_text("utf-8"))
    assert {"outputs": without_guids(outputs), "inventory": inventory(project)} == expected, REGENERATE
    made = {row.token for row in Cloud(project.cloud).resources()}
    assert ROLE in made

    assert up(project) == {}
    assert project.outputs() == outputs

    project.pulumi("destroy", "--yes", "--skip-preview", "-s", project.stack)
    cloud = Cloud(project.cloud)
    assert cloud.resources() == []
    [kept] = cloud.lasting()
    assert kept.token == "aws:bedrock/useCaseForModelAccess:UseCaseForModelAccess"
    assert kept.reason


def test_drift_is_seen_by_refresh_and_repaired_by_up(project: Project) -> None:
    up(project)
    cloud = Cloud(project.cloud)
    [role] = [row for row in cloud.resources() if row.token == ROLE]
    cloud.alter(ROLE, role.id, "maxSessionDuration", 43200)
    seen = project.pulumi("refresh", "--preview-only", "--diff", "-s", project.stack).stdout
    assert "maxSessionDuration" in seen
    project.pulumi("refresh", "--yes", "--skip-preview", "-s", project.stack)
    assert up(project) == {"update": 1}
    [role] = [row for row in cloud.resources() if row.token == ROLE]
    assert role.properties["maxSessionDuration"] == 3600

    cloud.remove(ROLE, role.id)
    project.pulumi("refresh", "--yes", "--skip-preview", "-s", project.stack)
    assert up(project)["create"] >= 1
    assert ROLE in {row.token for row in cloud.resources()}


def test_preview_of_a_new_environment_changes_nothing(project: Project) -> None:
    shown = json.loads(project.pulumi("preview", "--json", "-s", project.stack).stdout)
    planned = {step["newState"]["type"] for step in shown["steps"] if step["op"] == "create"}
    assert {ROLE, "aws:iam/rolePolicy:RolePolicy", "claude-byoc:index:ClaudeByoc"} <= planned
    assert Cloud(project.cloud).resources() == []


def test_another_tenant_replaces_the_provider_and_keeps_the_role(make_project: MakeProject) -> None:
    project = make_project(
        {"entra": {"tenantId": "11111111-2222-3333-4444-555555555555"}}, stack="dev", secrets=SECRETS
    )
    up(project)
    other = "66666666-7777-8888-9999-000000000000"
    config = yaml.safe_load(project.stack_file.read_text("utf-8"))["config"]
    config["claude-byoc:settings"]["entra"]["tenantId"] = other
    project.prepare(config)
    changes = up(project)
    assert changes.get("update") == 1
    assert project.outputs()["bedrock"]["issuer"] == f"https://login.microsoftonline.com/{other}/v2.0"
    assert len([row for row in Cloud(project.cloud).resources() if "openIdConnect" in row.token]) == 1


def test_an_existing_oidc_provider_is_used_and_never_destroyed(make_project: MakeProject) -> None:
    issuer = "login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0"
    arn = f"arn:aws:iam::000000000000:oidc-provider/{issuer}"
    project = make_project({"bedrock": {"existingOidcProviderArn": arn}})
    up(project)
    assert "openIdConnectProvider" not in json.dumps(inventory(project))
    assert project.outputs()["bedrock"]["oidcProviderArn"] == arn


def test_bad_settings_stop_before_anything_is_made_and_name_every_problem(make_project: MakeProject) -> None:
    project = make_project(
        {
            "bedrock": {"role": {"residency": ["moon"], "sessionSeconds": 1}},
            "manifest": {"auto_connect": "yes", "otlp_headers": "authorization=planted-plain-1c2d"},
            "hosts": ["office", "excel"],
        }
    )
    for command in (("preview",), ("up", "--yes", "--skip-preview")):
        ended = project.pulumi(*command, "-s", project.stack, check=False)
        said = ended.stdout + ended.stderr
        assert ended.returncode != 0
        for key in (
            "bedrock.role.residency.0",
            "bedrock.role.sessionSeconds",
            "auto_connect",
            "manifest.otlp_headers",
            "hosts.1",
        ):
            assert key in said
        assert "Traceback" not in said
        assert "planted-plain-1c2d" not in said
    assert Cloud(project.cloud).resources() == []
    assert Cloud(project.cloud).lasting() == []


def test_a_secret_in_plain_settings_or_nested_is_refused(make_project: MakeProject) -> None:
    project = make_project()
    project.pulumi(
        "config", "set", "--plaintext", "claude-byoc:otlpHeaders", "authorization=planted-plain-1c2d"
    )
    project.pulumi(
        "config", "set", "--path", "--secret", "claude-byoc:settings.manifest.auto_connect", input="1"
    )
    project.pulumi("config", "set", "--plaintext", "claude-byoc:otlpHeader", "x")
    ended = project.pulumi("preview", "-s", project.stack, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert "stands in plain text" in said
    assert "holds a secret" in said
    assert "did you mean `claude-byoc:otlpHeaders`" in said
    assert "planted-plain-1c2d" not in said
