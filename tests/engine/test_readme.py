"""The README's program is run as it stands there."""

import re
from pathlib import Path

import pytest

from standin.cloud import Cloud
from tools.engine.acquire import Engine
from tools.project import ROOT, Project

pytestmark = pytest.mark.engine


def test_the_python_program_of_the_readme(engine: Engine, tmp_path: Path) -> None:
    [program] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    own = tmp_path / "program"
    own.mkdir()
    (own / "__main__.py").write_text(program, "utf-8")
    project = Project(engine, tmp_path / "run", stack="dev")
    project.prepare({"aws:region": "eu-central-1"}, program=own)
    project.pulumi("up", "--yes", "--skip-preview", "-s", project.stack)
    [role] = project.outputs()["roles"]
    assert role["roleArn"] == "arn:aws:iam::000000000000:role/ClaudeBedrockAccess"
    assert role["residency"] == ["eu"]
    assert len(Cloud(project.cloud).resources()) == 3
