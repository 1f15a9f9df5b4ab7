"""A project with `FoundryAccess` alone, over the stand-in clouds and an ARM service on loopback.

The deployments' dynamic provider runs for real: Pulumi's own runner, in this interpreter.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from typing_extensions import override

from claude_byoc.azure.model_deployment import ADDRESS_VARIABLE
from standin.arm import ArmServer
from standin.cloud import Cloud
from tools.engine.acquire import Engine
from tools.project import Project

PROGRAM = Path(__file__).parent / "programs" / "foundry"
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
ORGANIZATION = {"organization_name": "Example Ltd", "country_code": "US", "industry": "technology"}
ARGS: Mapping[str, Any] = {
    "subscription_id": SUBSCRIPTION,
    "location": "eastus2",
    "resource_name": "example-claude",
    "organization": ORGANIZATION,
    "models": {"claude-sonnet-5-5": {"capacity": 40}, "claude-haiku-4-5": {"capacity": 20, "version": "2"}},
    "groups": {"pilot": "11111111-2222-3333-4444-555555555555"},
    "tags": {"managed-by": "claude-byoc", "claude-byoc:project": "tests", "claude-byoc:stack": "dev"},
}

GROUP = "azure-native:resources:ResourceGroup"
ACCOUNT = "azure-native:cognitiveservices:Account"
DEPLOYMENT = "azure-native:cognitiveservices:Deployment"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"


class FoundryProject(Project):
    """Stack `dev`; `use` sets the arguments of the next run."""

    def __init__(self, engine: Engine, folder: Path, arm: ArmServer, *, cloud: Path | None = None) -> None:
        super().__init__(engine, folder, stack="dev")
        self.arm = arm
        if cloud is not None:
            self.cloud.symlink_to(cloud)

    @override
    def pulumi(
        self,
        *args: str,
        check: bool = True,
        timeout: float = 300,
        input: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        return super().pulumi(
            *args,
            check=check,
            timeout=timeout,
            input=input,
            env={ADDRESS_VARIABLE: self.arm.base, **(env or {})},
        )

    def use(self, **changes: object) -> None:
        """Give the program ARGS with `changes`; None takes one away."""
        args = {name: value for name, value in {**ARGS, **changes}.items() if value is not None}
        runner = self.folder / "runner" / "pulumi-resource-pulumi-python"
        runner.parent.mkdir(parents=True, exist_ok=True)
        runner.write_text(f'#!/bin/sh\nexec {sys.executable} -u -m pulumi.dynamic "$@"\n', "utf-8")
        runner.chmod(0o755)
        self.prepare({"foundry:args": args}, program=PROGRAM)
        file = self.folder / "Pulumi.yaml"
        project = yaml.safe_load(file.read_text("utf-8"))
        project["plugins"] = {"providers": [{"name": "pulumi-python", "path": str(runner.parent)}]}
        file.write_text(yaml.safe_dump(project), "utf-8")

    def up(self, env: Mapping[str, str] | None = None) -> dict[str, int]:
        """Run `up` and return its count of changes by operation."""
        said = self.pulumi("up", "--yes", "--skip-preview", "-s", self.stack, "--json", env=env).stdout
        return changes(said)

    def refused(self, env: Mapping[str, str] | None = None) -> str:
        """Run `up`, which has to fail, and return what it said."""
        ended = self.pulumi("up", "--yes", "--skip-preview", "-s", self.stack, check=False, env=env)
        assert ended.returncode != 0, ended.stdout
        assert "Traceback" not in ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def destroy(self) -> None:
        """Run `destroy`."""
        self.pulumi("destroy", "--yes", "--skip-preview", "-s", self.stack)

    def tokens(self) -> list[str]:
        """Return the types of what exists in the cloud."""
        return sorted(row.token for row in Cloud(self.cloud).resources())

    def models(self) -> dict[str, dict[str, Any]]:
        """Return the deployments in the cloud by name."""
        rows = Cloud(self.cloud).resources(DEPLOYMENT)
        return {str(row.properties["deploymentName"]): row.properties for row in rows}


def changes(said: str) -> dict[str, int]:
    """Return the counts of a run's summary in the engine's JSON, without what stayed the same."""
    decoder, at, found = json.JSONDecoder(), 0, dict[str, int]()
    while (at := said.find("{", at)) >= 0:
        event, at = decoder.raw_decode(said, at)
        found = event.get("changeSummary", event.get("summaryEvent", {}).get("resourceChanges", found))
    return {operation: count for operation, count in found.items() if operation != "same" and count}
