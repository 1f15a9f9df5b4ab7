"""An environment loads the SDKs of the clouds that it declares something in, and no other: each costs seconds."""

import json
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.settings import SETTINGS_KEY
from tests.engine import observe
from tools.engine.acquire import Engine
from tools.project import Project

pytestmark = pytest.mark.engine
PROGRAM = Path(__file__).parent / "programs" / "loaded"
TENANT = "11111111-2222-3333-4444-555555555555"
GATEWAY = {
    "hosts": ["office", "outlook", "desktop"],
    "entra": {
        "tenantId": TENANT,
        "clientId": "99999999-8888-7777-6666-555555555555",
        "desktopClientId": "99999999-8888-7777-6666-666666666666",
    },
    "gateway": {"existing": {"url": "https://gateway.example.com", "auth": "entra"}},
}


@pytest.mark.parametrize(
    ("settings", "sdks"),
    [
        ("bedrock", ["pulumi_aws"]),
        ("foundry-key", ["pulumi_azure_native"]),
        ("foundry-keyless", ["pulumi_azure_native", "pulumi_azuread"]),
        ("vertex", ["pulumi_gcp"]),
        ("tenant", ["pulumi_azuread"]),
        (GATEWAY, []),
        ("gateway-aws", ["pulumi_aws"]),
        ("gateway-google", ["pulumi_gcp"]),
        ("gateway-azure", ["pulumi_azure_native"]),
    ],
    ids=str,
)
def test_each_part_loads_its_own_sdk(
    engine: Engine, tmp_path: Path, settings: str | dict[str, Any], sdks: list[str]
) -> None:
    config = observe.config_of(settings)[1] if isinstance(settings, str) else {SETTINGS_KEY: settings}
    project = Project(engine, tmp_path, stack="dev")
    project.prepare(config, program=PROGRAM)
    for key, value in observe.own_secrets(settings).items() if isinstance(settings, str) else ():
        project.set_secret(key, value)
    project.pulumi("preview", "-s", "dev")
    [told] = project.folder.rglob("loaded.json")
    assert json.loads(told.read_text("utf-8")) == sdks
