"""The components as a plugin for programs in every Pulumi language."""

import tomllib
from pathlib import Path

import pytest

from tools import reference
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine


def test_the_published_schema_is_frozen(engine: Engine, tmp_path: Path) -> None:
    schema = reference.component_schema(engine, tmp_path)
    assert reference.text(schema) == reference.COMPONENTS.read_text("utf-8"), (
        "the components' interface has changed, and with it every program that uses it; "
        "if that is meant: make schema, and a line in CHANGELOG.md"
    )


def test_every_input_and_output_is_described(engine: Engine, tmp_path: Path) -> None:
    schema = reference.component_schema(engine, tmp_path)
    assert set(schema["resources"]) == {"claude-byoc:index:ClaudeByoc", "claude-byoc:index:BedrockAccess"}
    for name, resource in schema["resources"].items():
        for place in ("inputProperties", "properties"):
            for key, value in resource[place].items():
                assert value.get("description"), f"{name}.{key}"


def test_the_plugin_needs_what_the_package_needs() -> None:
    declared = tomllib.loads((reference.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = (reference.ROOT / "components" / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        *declared["dependencies"],
        *declared["optional-dependencies"]["aws"],
    ]
