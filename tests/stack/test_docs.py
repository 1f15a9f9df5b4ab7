"""What the documentation shows is what the settings take, and its links lead somewhere."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from claude_byoc.settings import Settings, check

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md")), ROOT / "standin" / "README.md"]
BASE: dict[str, Any] = {
    "entra": {"tenantId": "11111111-2222-3333-4444-555555555555"},
    "aws": {"accountId": "111122223333", "region": "eu-central-1"},
    "azure": {"subscriptionId": "11111111-2222-3333-4444-555555555555", "location": "eastus2"},
    "google": {"projectId": "example-claude"},
}
NAMES = {field.alias for field in Settings.model_fields.values()}


def examples() -> list[Any]:
    found: list[Any] = []
    for page in PAGES:
        for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)):
            data = yaml.safe_load(block)
            if isinstance(data, dict) and set(data) <= NAMES:
                found.append(pytest.param(data, id=f"{page.name}-{number}"))
    return found


@pytest.mark.parametrize("shown", examples())
def test_an_example_is_accepted(shown: dict[str, Any]) -> None:
    settings = {**BASE, **shown, "entra": {**BASE["entra"], **shown.get("entra", {})}}
    if not {"bedrock", "foundry", "vertex", "gateway"} & set(shown):
        settings |= {"hosts": []}
    _, problems = check(settings, {}, "dev")
    assert problems == []


def test_there_are_examples_of_every_part() -> None:
    shown = {key for example in examples() for key in example.values[0]}
    assert shown >= {"bedrock", "foundry", "vertex", "entra"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target
