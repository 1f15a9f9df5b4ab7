"""A project with `AzureGateway` alone, over the stand-in cloud."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typing_extensions import override

from claude_byoc.azure.model_deployment import ADDRESS_VARIABLE
from claude_byoc.gateway.tokens import new_key
from standin.cloud import Cloud, Resource
from standin.rules.azure_native.container_apps import APP
from tests.engine.foundry_project import changes
from tools.engine.acquire import Engine
from tools.project import Project

PROGRAM = Path(__file__).parent / "programs" / "gateway_azure"
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
IN_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shared/providers"
API_KEY = "planted-anthropic-5f0c1e77"
ARGS: Mapping[str, Any] = {
    "subscription_id": SUBSCRIPTION,
    "location": "swedencentral",
    "name": "claude",
    "upstreams": [{"kind": "anthropic"}],
    "models": ["claude-opus-5-5", "claude-sonnet-5"],
    "tokens": {"public_keys": [new_key().public]},
    "entra": {
        "tenant_id": "11111111-2222-3333-4444-555555555555",
        "client_id": "99999999-2222-3333-4444-555555555555",
    },
    "timeout_seconds": 240,
    "tags": {"managed-by": "claude-byoc", "claude-byoc:project": "claude-byoc", "claude-byoc:stack": "dev"},
}

WAF: Mapping[str, Any] = {
    "waf": True,
    "domain": "claude.example.com",
    "certificate_url": "https://certificates.vault.azure.net/secrets/claude",
    "certificate_vault_id": f"{IN_GROUP}/Microsoft.KeyVault/vaults/certificates",
}
"""The least that a gateway behind a firewall needs."""


class AzureGatewayProject(Project):
    """Stack `dev`; `use` sets the arguments of the next run."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        super().__init__(engine, folder, stack="dev")

    @override
    def pulumi(
        self,
        *args: str,
        check: bool = True,
        timeout: float = 300,
        input: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        # Local services know no delay; nothing of this part asks the address.
        given = {ADDRESS_VARIABLE: "http://127.0.0.1:1", **(env or {})}
        return super().pulumi(*args, check=check, timeout=timeout, input=input, env=given)

    def use(self, **changed: object) -> None:
        """Give the program ARGS with these changes; None takes one away."""
        args = {name: value for name, value in {**ARGS, **changed}.items() if value is not None}
        self.prepare({"gateway:args": args}, program=PROGRAM)

    def up(self, env: Mapping[str, str] | None = None) -> dict[str, int]:
        """Run `up` and return its count of changes by operation."""
        said = self.pulumi("up", "--yes", "--skip-preview", "-s", self.stack, "--json", env=env)
        return changes(said.stdout)

    def refused(self, env: Mapping[str, str] | None = None) -> str:
        """Run `up`, which has to fail, and return what it said."""
        ended = self.pulumi("up", "--yes", "--skip-preview", "-s", self.stack, check=False, env=env)
        assert ended.returncode != 0, ended.stdout
        assert "Traceback" not in ended.stdout + ended.stderr, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def destroy(self) -> None:
        """Run `destroy`."""
        self.pulumi("destroy", "--yes", "--skip-preview", "-s", self.stack)

    def rows(self, token: str | None = None) -> list[Resource]:
        """Return what exists in the cloud."""
        return Cloud(self.cloud).resources(token)

    def only(self, token: str) -> dict[str, Any]:
        """Return the properties of the one resource of a type."""
        (row,) = self.rows(token)
        return dict(row.properties)

    def ingress(self) -> dict[str, Any]:
        """Return the ingress of the container app."""
        return self.only(APP)["configuration"]["ingress"]

    def tokens(self) -> list[str]:
        """Return the types of what exists in the cloud."""
        return sorted(row.token for row in self.rows())


def prepared(engine: Engine, folder: Path, **changed: object) -> AzureGatewayProject:
    """Return a project with these arguments and Anthropic's key."""
    project = AzureGatewayProject(engine, folder)
    project.use(**changed)
    project.set_secret("gateway:anthropic_api_key", API_KEY)
    return project


def changed_resources(project: AzureGatewayProject) -> set[str]:
    """Run `up` and return the logical names of what it changed."""
    said = project.pulumi("up", "--yes", "--skip-preview", "-s", project.stack, "--json").stdout
    events = (json.loads(line) for line in said.splitlines() if line.startswith('{"sequence"'))
    steps = [event["resOutputsEvent"]["metadata"] for event in events if "resOutputsEvent" in event]
    return {step["urn"].rpartition("::")[2] for step in steps if step["op"] != "same"}
