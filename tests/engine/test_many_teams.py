"""A hundred teams on the real engine: the cost per team is the same, however many there are."""

import pytest

from standin.cloud import Cloud
from tests.engine.conftest import MakeProject
from tests.engine.observe import up
from tools.project import Project

pytestmark = pytest.mark.engine


def with_teams(make_project: MakeProject, count: int) -> Project:
    teams = {f"team-{number:03}": {"residency": ["us"]} for number in range(count)}
    return make_project({"bedrock": {"teams": teams}, "manifest": {}}, stack="dev", name=f"teams-{count}")


def test_calls_per_team_do_not_grow(make_project: MakeProject) -> None:
    calls: dict[int, int] = {}
    for count in (10, 100):
        project = with_teams(make_project, count)
        up(project)
        calls[count] = len(Cloud(project.cloud).calls())
        outputs = project.outputs()
        assert [role["team"] for role in outputs["bedrock"]["roles"]] == [
            f"team-{n:03}" for n in range(count)
        ]
        assert len(outputs["userAttributes"]) == count
        assert "aws_role_arn" not in outputs["manifestValues"]["office"]
        assert any("any user of the tenant" in step["what"] for step in outputs["nextSteps"])
    per_team = (calls[100] - calls[10]) / 90
    assert per_team == 2, "one role and one policy for each team, and nothing else"
