"""What a test sees of a project: its changes, its inventory, its outputs; and the stored expectation of them.

`python -m tests.engine.observe` writes the expectation of stack `local` anew; read the difference before it is
committed.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from tools.project import Project, local_config, local_engine

EXPECTED = Path(__file__).parents[1] / "scenarios" / "local" / "expected.yaml"
REGENERATE = (
    "stack local differs from the stored expectation; if that is meant: python -m tests.engine.observe"
)

SECRETS = {
    "claude-byoc:otlpHeaders": "authorization=Bearer planted-otlp-5b1e7c",
    "claude-byoc:mcpServers": '[{"url":"https://mcp.example.com","label":"Example",'
    '"headers":{"Authorization":"Bearer planted-mcp-93d0aa"}}]',
}
PLANTED = ("planted-otlp-5b1e7c", "planted-mcp-93d0aa")
"""The parts of the secret values that are searched for where none may be."""


def up(project: Project, *more: str) -> dict[str, int]:
    """Run `up` and return its count of changes by operation."""
    project.pulumi("up", "--yes", "--skip-preview", "-s", project.stack, *more)
    [last, *_] = json.loads(project.pulumi("stack", "history", "--json", "-s", project.stack).stdout)
    return {op: count for op, count in last["resourceChanges"].items() if op != "same"}


def inventory(project: Project) -> list[dict[str, Any]]:
    """Return what the state holds, without what differs from run to run."""
    state = json.loads(project.pulumi("stack", "export", "-s", project.stack).stdout)
    rows = [
        {"type": row["type"], "name": row["urn"].rsplit("::", 1)[-1], "inputs": row.get("inputs", {})}
        for row in state["deployment"]["resources"]
    ]
    return sorted(rows, key=lambda row: (row["type"], row["name"]))


def without_guids(outputs: dict[str, Any]) -> dict[str, Any]:
    """Return outputs with the manifest ids replaced: each environment has its own."""
    return {**outputs, "manifestIds": dict.fromkeys(outputs["manifestIds"], "<GUID>")}


def main() -> int:
    """Write the expectation of stack `local`; return an exit code."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(local_engine(), Path(folder))
        project.prepare(local_config())
        for key, value in SECRETS.items():
            project.set_secret(key, value)
        up(project)
        seen = {"outputs": without_guids(project.outputs()), "inventory": inventory(project)}
    EXPECTED.write_text(yaml.safe_dump(seen, sort_keys=False, width=110, allow_unicode=True), "utf-8")
    print(f"wrote {EXPECTED}")  # noqa: T201 -- what the command is for
    return 0


if __name__ == "__main__":
    sys.exit(main())
