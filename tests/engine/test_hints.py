"""What settings may mean otherwise is told by a preview, and stops nothing."""

import pytest

from tests.engine.conftest import MakeProject

pytestmark = pytest.mark.engine


def test_a_preview_tells_of_a_region_that_is_not_known(make_project: MakeProject) -> None:
    project = make_project(
        {
            "entra": {"tenantId": "11111111-2222-3333-4444-555555555555"},
            "aws": {"accountId": "000000000000", "region": "eu-cenrtal-1"},
            "bedrock": {"role": {"residency": ["eu"]}},
        },
        stack="dev",
    )
    shown = project.pulumi("preview", "-s", project.stack).stdout
    assert "aws.region: is eu-cenrtal-1, which is no Region of AWS known here" in shown
    assert "did you mean eu-central-1?" in shown
