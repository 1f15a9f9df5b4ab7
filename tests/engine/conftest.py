"""A project of its own for each engine test: state, stand-in cloud and stack file in a temporary folder."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.settings import SETTINGS_KEY
from tests.engine.observe import SECRETS, config_of
from tools.engine.acquire import Engine
from tools.project import Project

MakeProject = Callable[..., Project]


@pytest.fixture
def make_project(engine: Engine, tmp_path: Path) -> MakeProject:
    """Return a function that prepares a project; `settings` replaces top-level keys of scenario bedrock's."""

    def make(
        settings: Mapping[str, Any] | None = None,
        *,
        secrets: Mapping[str, str] | None = None,
        stack: str = "local",
        name: str = "run",
    ) -> Project:
        project = Project(engine, tmp_path / name, stack=stack)
        _, config = config_of("bedrock")
        project.prepare({SETTINGS_KEY: {**config[SETTINGS_KEY], **(settings or {})}})
        for key, value in (secrets or {}).items():
            project.set_secret(key, value)
        return project

    return make


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    """Scenario bedrock as stack `local`, with secrets planted."""
    return make_project(secrets=SECRETS)
