"""The settings of the Vertex AI part: spelt as the arguments are, and what they become."""

from typing import Any

import pytest
from pydantic import ValidationError

from claude_byoc.google.vertex_args import (
    VertexAccessArgs,
    VertexDesktopArgs,
    VertexWorkforceArgs,
    plan_of,
)
from claude_byoc.settings.vertex import (
    GoogleSettings,
    VertexDesktopSettings,
    VertexSettings,
    VertexWorkforceSettings,
)

SETTINGS: dict[str, Any] = {
    "region": "eu",
    "members": ["group:claude@example.com"],
    "wholeDomains": ["example.com"],
    "role": "predict",
    "customRoleId": "claudePrompts",
    "enableModels": ["claude-sonnet-5-5"],
    "auditLogs": True,
    "propagationDelaySeconds": 5.0,
    "googleClientId": "1234-abc.apps.googleusercontent.com",
    "desktop": {
        "workforce": {
            "audience": "//iam.googleapis.com/locations/global/workforcePools/staff/providers/entra",
            "clientId": "11111111-2222-3333-4444-555555555555",
            "issuer": "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
        }
    },
}


def test_settings_and_arguments_have_one_spelling_but_for_place_and_secrets() -> None:
    vertex = {*VertexSettings.model_fields, *GoogleSettings.model_fields}
    assert vertex == set(VertexAccessArgs.__annotations__)
    assert {*VertexDesktopSettings.model_fields, "client_secret"} == set(VertexDesktopArgs.__annotations__)
    assert set(VertexWorkforceSettings.model_fields) == set(VertexWorkforceArgs.__annotations__)


def test_full_settings_become_a_plan_without_problems() -> None:
    place = GoogleSettings.model_validate({"projectId": "example-claude"})
    parsed = VertexSettings.model_validate(SETTINGS)
    args: Any = place.model_dump() | parsed.model_dump(exclude_none=True)
    plan = plan_of(args)
    assert plan.problems() == []
    assert plan.principals() == ["group:claude@example.com", "domain:example.com"]
    assert (plan.custom_role_id, plan.delay) == ("claudePrompts", 5)


@pytest.mark.parametrize("wrong", [{"region": "europe"}, {"googleClientSecret": "x"}, {"auditLogs": "yes"}])
def test_what_is_no_setting_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        VertexSettings.model_validate({**SETTINGS, **wrong})
