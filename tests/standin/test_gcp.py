"""What Google Cloud refuses, keeps and puts together, and the stand-in with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from standin.errors import CloudError
from standin.rules.gcp import AUDIT_CONFIG, CUSTOM_ROLE, ENABLE_MODEL, MEMBER, SERVICE
from standin.scope import NO_PROJECT as PROJECT
from tests.standin.conftest import Asked

POLICY = "gcp:projects/getIamPolicy:getIamPolicy"
API = {"service": "aiplatform.googleapis.com", "disableOnDestroy": False}
ROLE = {"roleId": "claudePredict", "title": "t", "permissions": ["aiplatform.endpoints.predict"]}
ROLE_NAME = f"projects/{PROJECT}/roles/claudePredict"
GRANT = {"project": PROJECT, "role": "roles/aiplatform.user", "member": "group:a@example.com"}
MODEL = {"publisherModelName": "publishers/anthropic/models/claude-sonnet-5-5"}
AUDIT = {"project": PROJECT, "service": API["service"], "auditLogConfigs": [{"logType": "DATA_READ"}]}


@pytest.fixture
def gcp(tmp_path: Path) -> Asked:
    return Asked(tmp_path / "cloud.sqlite", "gcp")


@pytest.mark.parametrize(
    ("token", "inputs", "property_"),
    [
        (SERVICE, {"service": "aiplatform"}, "service"),
        (MEMBER, {**GRANT, "member": "a@example.com"}, "member"),
        (MEMBER, {**GRANT, "member": "deleted:user:a@example.com?uid=1"}, "member"),
        (CUSTOM_ROLE, {**ROLE, "roleId": "claude-predict"}, "roleId"),
        (CUSTOM_ROLE, {**ROLE, "roleId": "x"}, "roleId"),
        (CUSTOM_ROLE, {**ROLE, "stage": "DONE"}, "stage"),
        (CUSTOM_ROLE, {**ROLE, "permissions": []}, "permissions"),
        (ENABLE_MODEL, {"publisherModelName": "claude-sonnet-5-5"}, "publisherModelName"),
    ],
)
def test_the_plan_refuses(gcp: Asked, token: str, inputs: dict[str, Any], property_: str) -> None:
    assert set(gcp.problems(token, inputs)) == {property_}


def test_ids_are_those_of_the_provider(gcp: Asked) -> None:
    assert gcp.create(SERVICE, API).id == f"{PROJECT}/aiplatform.googleapis.com"
    assert gcp.create(MEMBER, GRANT).id == f"{PROJECT}/roles/aiplatform.user/group:a@example.com"
    role = gcp.create(CUSTOM_ROLE, ROLE)
    assert (role.id, role.plain["name"], role.plain["stage"]) == (ROLE_NAME, ROLE_NAME, "GA")
    assert gcp.create(AUDIT_CONFIG, AUDIT).id == f"{PROJECT}/audit_config/aiplatform.googleapis.com"
    model = gcp.create(ENABLE_MODEL, MODEL)
    assert model.id == f"projects/{PROJECT}/{MODEL['publisherModelName']}"
    assert model.plain["enablementState"] == "ENABLEMENT_STATE_SUCCEEDED"


def test_a_model_needs_the_api_and_the_refusal_says_so(gcp: Asked) -> None:
    with pytest.raises(CloudError) as refused:
        gcp.create(ENABLE_MODEL, MODEL)
    assert "has not been used in project" in str(refused.value)
    assert "SERVICE_DISABLED" in str(refused.value)
    api = gcp.create(SERVICE, API)
    gcp.create(ENABLE_MODEL, MODEL)
    api.delete()
    # Left enabled, as the destroy of a service does unless it is told otherwise.
    gcp.create(ENABLE_MODEL, {"publisherModelName": "publishers/anthropic/models/claude-opus-5-5"})


def test_a_service_that_is_disabled_on_destroy_is_gone(gcp: Asked) -> None:
    gcp.create(SERVICE, {**API, "disableOnDestroy": True}).delete()
    assert gcp.cloud.lasting() == []


def test_a_destroyed_model_and_role_last(gcp: Asked) -> None:
    gcp.create(SERVICE, API)
    for token, inputs in ((ENABLE_MODEL, MODEL), (CUSTOM_ROLE, ROLE)):
        gcp.create(token, inputs).delete()
    kept = {row.token: row.reason for row in gcp.cloud.lasting()}
    assert "no call that disables" in kept[ENABLE_MODEL]
    assert "reserved" in kept[CUSTOM_ROLE]


def test_a_role_id_is_taken_once_and_restored_after_a_delete(gcp: Asked) -> None:
    role = gcp.create(CUSTOM_ROLE, ROLE)
    with pytest.raises(CloudError, match="already exists and must be imported"):
        gcp.create(CUSTOM_ROLE, ROLE, "other")
    role.delete()
    assert gcp.create(CUSTOM_ROLE, {**ROLE, "title": "restored"}).plain["title"] == "restored"
    assert gcp.cloud.lasting() == []


def test_a_custom_role_is_granted_only_while_it_exists(gcp: Asked) -> None:
    grant = {**GRANT, "role": ROLE_NAME}
    with pytest.raises(CloudError, match="does not exist in the resource's hierarchy"):
        gcp.create(MEMBER, grant)
    role = gcp.create(CUSTOM_ROLE, ROLE)
    gcp.create(MEMBER, grant).delete()
    role.delete()
    with pytest.raises(CloudError, match="does not exist in the resource's hierarchy"):
        gcp.create(MEMBER, grant)


def test_a_grant_merges_into_one_that_exists_and_its_delete_takes_both(gcp: Asked) -> None:
    gcp.create(MEMBER, GRANT)
    second = gcp.create(MEMBER, GRANT, "second")
    assert len(gcp.cloud.resources(MEMBER)) == 1
    second.delete()
    assert gcp.cloud.resources(MEMBER) == []


def test_audit_logs_of_a_service_are_replaced_as_a_whole(gcp: Asked) -> None:
    gcp.create(AUDIT_CONFIG, AUDIT)
    gcp.create(AUDIT_CONFIG, {**AUDIT, "auditLogConfigs": [{"logType": "DATA_WRITE"}]}, "second")
    [row] = gcp.cloud.resources(AUDIT_CONFIG)
    assert row.properties["auditLogConfigs"] == [{"logType": "DATA_WRITE"}]


def test_the_policy_of_a_project_holds_its_grants_and_audit_logs(gcp: Asked) -> None:
    gcp.create(MEMBER, GRANT)
    gcp.create(MEMBER, {**GRANT, "member": "user:b@example.com"}, "b")
    gcp.create(AUDIT_CONFIG, AUDIT)
    told = gcp.told(POLICY, project=PROJECT)
    assert json.loads(str(told["policyData"])) == {
        "auditConfigs": [{"service": AUDIT["service"], "auditLogConfigs": [{"logType": "DATA_READ"}]}],
        "bindings": [{"role": GRANT["role"], "members": ["group:a@example.com", "user:b@example.com"]}],
    }


def test_changes_replace_what_google_cannot_change(gcp: Asked) -> None:
    grant = gcp.create(MEMBER, GRANT)
    assert grant.kinds({**GRANT, "role": "roles/viewer"}) == {"role": "UPDATE_REPLACE"}
    assert grant.kinds(GRANT) == {}
    role = gcp.create(CUSTOM_ROLE, ROLE)
    assert role.kinds({**ROLE, "title": "u"}) == {"title": "UPDATE"}
    assert role.kinds({**ROLE, "roleId": "other"}) == {"roleId": "UPDATE_REPLACE"}
    two = ["a.b.c", "aiplatform.endpoints.predict"]
    assert (
        gcp.create(CUSTOM_ROLE, {**ROLE, "roleId": "two", "permissions": two}).kinds(
            {**ROLE, "roleId": "two", "permissions": two[::-1]}
        )
        == {}
    )
