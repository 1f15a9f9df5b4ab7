"""Consent as code on the real engine: grants are found first, imported whole, protected, and kept."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from standin import seeds
from standin.rules.azuread import GRANT
from standin.scope import NO_TENANT
from tests.engine.entra_tenant import ANTHROPIC, GRAPH, GROUP, PERSON, Tenant
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine


MakeTenant = Callable[[dict[str, Any]], Tenant]


@pytest.fixture
def tenant(engine: Engine, tmp_path: Path) -> MakeTenant:
    """Return a function that prepares the tenant with what the program declares."""
    return lambda declared: Tenant(engine, tmp_path, declared)


def test_the_credential_of_the_run_shows_nowhere(tenant: MakeTenant) -> None:
    run = tenant({"app": {"uses": ["gateway"], "consent": "code"}, "anthropic": {"consent": "code"}})
    who = {"ARM_CLIENT_ID": GROUP, "ARM_CLIENT_SECRET": "planted-arm-7c1d", "ARM_TENANT_ID": NO_TENANT}
    said = run.up(**who, CLAUDE_BYOC_GRAPH_URL="")
    assert "could not be read: no directory has the tenant that stack `local` is pinned to" in said
    state = run.project.pulumi("stack", "export", "-s", "dev").stdout
    assert "planted-arm-7c1d" not in said + state
    files = [file for file in run.project.folder.rglob("*") if file.is_file() and not file.is_symlink()]
    assert not [file for file in files if b"planted-arm-7c1d" in file.read_bytes()]


def test_a_grant_that_exists_stops_the_preview_with_the_command_and_is_imported(tenant: MakeTenant) -> None:
    run = tenant({"anthropic": {"uses": ["sso", "outlook"], "consent": "code"}})
    guid = run.foreign_grant(ANTHROPIC, "openid", "Files.Read")
    before = run.foreign()
    for command in ("preview", "up"):
        said = run.refused(command)
        assert "entra.importGrants.anthropicGraph: is missing" in said
        setting = "claude-byoc:settings.entra.importGrants.anthropicGraph"
        assert f"pulumi config set-all --path --plaintext '{setting}.id={guid}'" in said
        assert (
            f'import_grants={{"anthropicGraph": {{"id": "{guid}", "scopes": ["Files.Read", "openid"]}}}}'
            in said
        )
    assert run.foreign() == before

    imported = {"id": guid, "scopes": ["Files.Read", "openid"]}
    declared = {"uses": ["sso", "outlook"], "consent": "code", "import_grants": {"anthropicGraph": imported}}
    run.declare({"anthropic": declared})
    said = run.up()
    assert "1 imported" in said
    assert "lacks Calendars.Read, Mail.ReadWrite, User.Read, offline_access, profile" in said
    assert run.up_again() == {}
    assert run.foreign() == before

    imported["scopes"] = ["openid", "Mail.ReadWrite"]
    run.declare({"anthropic": declared})
    assert "would take Files.Read from a grant that others rely on" in run.refused()

    imported["scopes"] = ["Files.Read", "openid", "Mail.ReadWrite"]
    run.declare({"anthropic": declared})
    run.up()
    [scopes] = [scopes for id_, scopes in run.foreign().items() if id_.endswith(guid)]
    assert scopes == ["Files.Read", "Mail.ReadWrite", "openid"]
    run.destroy()
    assert [scopes for id_, scopes in run.foreign().items() if id_.endswith(guid)] == [scopes]


def test_a_grant_of_one_person_is_no_obstacle(tenant: MakeTenant) -> None:
    run = tenant({"anthropic": {"consent": "code"}})
    person = {"servicePrincipalObjectId": ANTHROPIC, "resourceServicePrincipalObjectId": GRAPH}
    seeds.add(run.cloud, GRANT, {**person, "claimValues": ["openid"], "userObjectId": PERSON})
    run.up()
    assert len(run.rows(GRANT)) == 1


def test_grants_that_cannot_be_read_are_told_and_the_provider_refuses(tenant: MakeTenant) -> None:
    run = tenant({"anthropic": {"consent": "code"}})
    run.foreign_grant(ANTHROPIC, "openid")
    nobody = "http://127.0.0.1:1"
    code, said = run("preview", CLAUDE_BYOC_GRAPH_URL=nobody)
    assert code == 0, said
    assert "could not be read: 127.0.0.1:1 gave no usable answer" in said
    assert "Permission entry already exists" in run.refused("up", CLAUDE_BYOC_GRAPH_URL=nobody)


def test_another_graph_must_be_on_this_machine(tenant: MakeTenant) -> None:
    run = tenant({"app": {}})
    assert "names another machine" in run.refused(CLAUDE_BYOC_GRAPH_URL="https://graph.example.com")


def test_a_protected_grant_stops_destroy_before_the_app_is_taken_apart(tenant: MakeTenant) -> None:
    run = tenant({"app": {"uses": ["gateway"], "consent": "code"}})
    run.up()
    before = {row.id for row in run.cloud.resources()}
    code, said = run("destroy", "--yes", "--skip-preview")
    assert code != 0
    assert "because it is protected" in said
    assert {row.id for row in run.cloud.resources()} == before


def test_the_command_of_the_message_sets_what_it_says(tenant: MakeTenant) -> None:
    run = tenant({"anthropic": {"consent": "code"}})
    guid = run.foreign_grant(ANTHROPIC, "openid", "Files.Read")
    [line] = [line for line in run.refused().splitlines() if "pulumi config set-all" in line]
    words = shlex.split(line.partition("run: pulumi ")[2])
    run.project.pulumi(*words, "-s", "dev")
    written = yaml.safe_load(run.project.stack_file.read_text())["config"]["claude-byoc:settings"]
    assert written == {
        "entra": {"importGrants": {"anthropicGraph": {"id": guid, "scopes": ["Files.Read", "openid"]}}}
    }
