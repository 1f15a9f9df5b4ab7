"""The life of an environment on the real engine: up, up again, drift, preview, destroy."""

import json

import pytest
import yaml

from standin.cloud import Cloud
from tests.engine.conftest import MakeProject
from tests.engine.observe import SECRETS, inventory, up
from tools.project import Project

pytestmark = pytest.mark.engine
ROLE = "aws:iam/role:Role"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"


def test_first_use_form_outlives_destroy_and_the_cloud_is_empty(project: Project) -> None:
    up(project)
    assert ROLE in {row.token for row in Cloud(project.cloud).resources()}
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


OTHER_APP = "99999999-8888-7777-6666-555555555555"


def test_an_existing_oidc_provider_is_used_checked_and_never_destroyed(make_project: MakeProject) -> None:
    owner = make_project(stack="dev", name="owner")
    up(owner)
    arn = owner.outputs()["bedrock"]["oidcProviderArn"]
    user = make_project(
        {"bedrock": {"existingOidcProviderArn": arn, "role": {"name": "Second"}}}, stack="other", name="user"
    )
    user.cloud.symlink_to(owner.cloud)
    up(user)
    assert OIDC not in {row["type"] for row in inventory(user)}
    assert user.outputs()["bedrock"]["oidcProviderArn"] == arn

    config = yaml.safe_load(user.stack_file.read_text("utf-8"))["config"]
    config["claude-byoc:settings"]["bedrock"]["role"]["audiences"] = [OTHER_APP]
    user.prepare(config)
    refused = user.pulumi("up", "--yes", "--skip-preview", "-s", user.stack, check=False)
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0
    assert f"does not accept the audience {OTHER_APP}" in said
    assert "add-client-id-to-open-id-connect-provider" in said
    assert "Traceback" not in said

    user.pulumi("destroy", "--yes", "--skip-preview", "-s", user.stack)
    assert up(owner) == {}


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
