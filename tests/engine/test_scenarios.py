"""Each scenario: what is declared and put out is what is stored, a second `up` changes nothing, destroy empties."""

from pathlib import Path

import pytest

from standin.cloud import Cloud
from tests.engine import observe
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("scenario", observe.names())
def test_scenario(engine: Engine, tmp_path: Path, scenario: str) -> None:
    project = observe.prepared(engine, tmp_path, scenario)
    assert observe.up(project)["create"] > 0
    seen = observe.seen(project)
    assert seen == observe.expected(scenario), observe.REGENERATE
    assert observe.up(project) == {}
    assert observe.seen(project) == seen
    if seen["outputs"]["consent"]["state"] == "granted":
        # Grants are protected: an administrator says first that they may be let go.
        project.pulumi("state", "unprotect", "--all", "--yes", "-s", project.stack)
    project.pulumi("destroy", "--yes", "--skip-preview", "-s", project.stack)
    assert Cloud(project.cloud).resources() == []
