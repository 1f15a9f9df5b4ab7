"""A project with `GoogleGateway` alone, over the stand-in cloud of Google.

`python -m tests.engine.gateway_google_project` writes what is expected of EXTERNAL anew; read the difference first.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from standin.scope import NO_PROJECT as PROJECT
from tests.engine.observe import inventory, up, without_new_ids
from tools.engine.acquire import Engine
from tools.project import Project, local_engine

PROGRAM = Path(__file__).parent / "programs" / "gateway_google"
GOLDEN = Path(__file__).parent / "golden" / "gateway_google.yaml"
KEY = "sk-ant-planted-7f00aa"
ARGS: Mapping[str, Any] = {
    "project_id": PROJECT,
    "region": "europe-west1",
    "propagation_delay_seconds": 0,
    "upstreams": [{"kind": "vertex", "project": PROJECT, "region": "europe-west1"}, {"kind": "anthropic"}],
    "models": ["claude-opus-5-5"],
    "tokens": {"public_keys": ["A" * 43 + "="]},
    "notification_channels": [f"projects/{PROJECT}/notificationChannels/12345"],
}
EXTERNAL: Mapping[str, Any] = {
    "domain": "claude.example.com",
    "allowed_addresses": ["203.0.113.0/24", "198.51.100.7/32"],
    "waf": True,
}
INTERNAL: Mapping[str, Any] = {
    "domain": "claude.example.com",
    "internal": True,
    "network": f"projects/{PROJECT}/global/networks/office",
    "subnet": f"projects/{PROJECT}/regions/europe-west1/subnetworks/office",
}


class GoogleGatewayProject(Project):
    """Stack `dev`; `use` sets the arguments of the next run."""

    def __init__(self, engine: Engine, folder: Path, key: str = KEY) -> None:
        super().__init__(engine, folder, stack="dev")
        self._key = key

    def use(self, **changes: Any) -> "GoogleGatewayProject":  # noqa: ANN401 -- arguments of GoogleGateway
        """Give the program ARGS with `changes`; None takes one away."""
        args = {name: value for name, value in {**ARGS, **changes}.items() if value is not None}
        secret = "anthropic_api_key"
        self.prepare({"claude-byoc:gateway": args, "claude-byoc:secretNames": [secret]}, program=PROGRAM)
        if not self.has_value(f"claude-byoc:{secret}"):
            self.set_secret(f"claude-byoc:{secret}", self._key)
        return self


def seen(project: Project) -> list[dict[str, Any]]:
    """Return what the state holds of Google, without what differs from run to run or has a test of its own."""
    rows = [row for row in inventory(project) if row["type"].startswith("gcp:")]
    own = project.outputs()["logSource"]["bucket"]
    rows = json.loads(json.dumps(rows).replace(own, "claude-gateway-<8>"))
    found = without_new_ids({"rows": rows}, project.stack_file.read_text("utf-8"))["rows"]
    for row in found:
        for container in row["inputs"].get("template", {}).get("containers", []):
            for variable in container["envs"]:
                if variable["name"] == "GATEWAY_FILES_DIGEST":
                    variable["value"] = "<digest of the files>"
        if "dashboardJson" in row["inputs"]:
            row["inputs"]["dashboardJson"] = "<tests/google/test_gateway_documents.py>"
    return found


def main() -> None:
    """Write the expectation."""
    with tempfile.TemporaryDirectory() as folder:
        project = GoogleGatewayProject(local_engine(), Path(folder) / "run").use(**EXTERNAL)
        up(project)
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(yaml.safe_dump(seen(project), sort_keys=False, width=110), "utf-8")


if __name__ == "__main__":
    main()
