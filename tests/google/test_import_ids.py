"""Under which id what the Vertex AI part made is imported."""

import pytest

from claude_byoc.contract.import_ids import IMPORT_IDS, Place


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        (
            "gcp:projects/service:Service",
            {"project": "p", "service": "aiplatform.googleapis.com"},
            "p/aiplatform.googleapis.com",
        ),
        (
            "gcp:projects/iAMMember:IAMMember",
            {"project": "p", "role": "roles/aiplatform.user", "member": "group:a@example.com"},
            "p roles/aiplatform.user group:a@example.com",
        ),
        (
            "gcp:projects/iAMCustomRole:IAMCustomRole",
            {"project": "p", "roleId": "claudePredict"},
            "projects/p/roles/claudePredict",
        ),
        (
            "gcp:projects/iAMAuditConfig:IAMAuditConfig",
            {"project": "p", "service": "aiplatform.googleapis.com"},
            "p aiplatform.googleapis.com",
        ),
    ],
)
def test_import_ids(token: str, inputs: dict[str, str], expected: str) -> None:
    rule = IMPORT_IDS[token]
    assert rule.make(inputs, Place()) == expected
    assert set(rule.inputs) == set(inputs)
