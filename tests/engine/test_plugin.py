"""The components as a plugin for programs in every Pulumi language."""

import tomllib
from inspect import isclass
from pathlib import Path

import pytest

import claude_byoc
from tools import reference
from tools.engine.acquire import Engine

pytestmark = pytest.mark.engine
CLOUDS = ("aws", "azure", "entra", "google")
"""The extras that the plugin needs: one component of each is in it."""


def test_the_published_schema_is_frozen(engine: Engine, tmp_path: Path) -> None:
    schema = reference.component_schema(engine, tmp_path)
    assert reference.text(schema) == reference.COMPONENTS.read_text("utf-8"), (
        "the components' interface has changed, and with it every program that uses it; "
        "if that is meant: make schema, and a line in CHANGELOG.md"
    )


def test_every_input_and_output_is_described(engine: Engine, tmp_path: Path) -> None:
    schema = reference.component_schema(engine, tmp_path)
    components = {name for name in claude_byoc.__all__ if isclass(getattr(claude_byoc, name))}
    assert set(schema["resources"]) == {
        f"claude-byoc:index:{name}" for name in components if not name.endswith("Args")
    }
    described = {
        f"{name}.{key}": bool(value.get("description"))
        for name, resource in schema["resources"].items()
        for place in ("inputProperties", "properties")
        for key, value in resource[place].items()
    }
    # Fields that an argument inherits, at any depth, as well.
    described |= {
        f"{name}.{key}": bool(value.get("description"))
        for name, kind in schema["types"].items()
        if name.endswith("Args")
        for key, value in kind["properties"].items()
    }
    assert [name for name, is_described in described.items() if not is_described] == []
    assert "claude-byoc:index:TenantDesktopArgs.owners" in described


def test_every_public_name_is_there_and_loads_when_it_is_used() -> None:
    for name in claude_byoc.__all__:
        assert getattr(claude_byoc, name).__name__ == name
        assert name in dir(claude_byoc)
    with pytest.raises(AttributeError, match="has no attribute 'FoundryAcces'"):
        _ = claude_byoc.FoundryAcces


def test_the_plugin_needs_what_the_package_needs() -> None:
    declared = tomllib.loads((reference.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = declared["optional-dependencies"]
    lines = (reference.ROOT / "components" / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        *dict.fromkeys([*declared["dependencies"], *(one for extra in CLOUDS for one in extras[extra])]),
    ]
