"""What the documentation shows is what the settings take, and its links lead somewhere."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from claude_byoc.gateway.service_args import GatewaySecretsArgs
from claude_byoc.gateway.tokens import new_key
from claude_byoc.settings import Settings, check

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md")), ROOT / "standin" / "README.md"]
BASE: dict[str, Any] = {
    "entra": {"tenantId": "11111111-2222-3333-4444-555555555555"},
    "aws": {"accountId": "111122223333", "region": "eu-central-1"},
    "azure": {"subscriptionId": "11111111-2222-3333-4444-555555555555", "location": "eastus2"},
    "google": {"projectId": "example-claude"},
}
OTHER = "99999999-2222-3333-4444-555555555555"
GATEWAY: dict[str, Any] = {
    "cloud": "aws",
    "domain": "claude.example.com",
    "upstreams": [{"kind": "anthropic"}],
    "models": ["claude-opus-5"],
    "tokens": {"publicKeys": [new_key().public]},
}
"""What an example that shows one setting of the gateway stands in."""
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
    if "gateway" in shown and "existing" not in shown["gateway"]:
        settings["gateway"] = {**GATEWAY, **shown["gateway"]}
        if "entra" in settings["gateway"] and "app" not in settings["entra"]:
            settings["entra"] |= {"clientId": settings["entra"]["tenantId"], "desktopClientId": OTHER}
    if not {"bedrock", "foundry", "vertex", "gateway"} & set(shown):
        settings |= {"hosts": []}
    _, problems = check(
        settings, {}, "dev", gateway_secrets=dict.fromkeys(GatewaySecretsArgs.__annotations__, "s")
    )
    assert problems == []


def test_there_are_examples_of_every_part() -> None:
    shown = {key for example in examples() for key in example.values[0]}
    assert shown >= {"bedrock", "foundry", "vertex", "entra", "gateway"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target
