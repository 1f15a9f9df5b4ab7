"""What a test sees of a project: its changes, its inventory, its outputs; and the scenarios' expectations of them.

A scenario is a folder under tests/scenarios with settings.yaml (`local` has the committed stack file instead),
secrets.yaml where it needs secrets of its own, there.yaml with what somebody made in the cloud before, and
expected.yaml.

`python -m tests.engine.observe [NAME ...]` writes expectations anew; read the difference before it is committed.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from claude_byoc.contract import entra
from claude_byoc.contract.entra import GUID_PATTERN
from standin import seeds
from standin.cloud import Cloud
from tools.engine.acquire import Engine
from tools.project import Project, local_config, local_engine

CONTRACT = Path(entra.__file__).parent
SCENARIOS = Path(__file__).parents[1] / "scenarios"
REGENERATE = (
    "the scenario differs from its stored expectation; if that is meant: python -m tests.engine.observe"
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
    for row in rows:
        if "offerToken" in row["inputs"]:
            row["inputs"]["offerToken"] = "<new at each reading>"
    return sorted(rows, key=lambda row: (row["type"], row["name"]))


_NEW_EACH_TIME = re.compile(
    rf"(?P<guid>{GUID_PATTERN})"
    r"|(?P<TIME>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00))"
    r"|(?P<CIPHERTEXT>v1:[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+)"
    r"|(?P<KEY>\b[0-9a-f]{84}\b)"
    r"|(?P<ZONE>\bZ[0-9A-Z]{13}\b)"
    # What clouds put into ids and names of their own, and the digest of a gateway's files.
    r"|(?P<hex>(?<![0-9A-Za-z])([0-9a-f]{64}|[0-9A-F]{64}|[0-9a-f]{32}|[0-9a-f]{16,17})(?![0-9A-Za-z])"
    r"|(?<=claude)[0-9a-f]{26}(?![0-9A-Za-z])|(?:(?<=claude-gateway-)|(?<=standin-))[0-9a-f]{8}(?![0-9A-Za-z]))"
)
_SUFFIX = re.compile(
    r"(secret:[\w-]+/\w+|claude-gateway(?:-front|-tasks)?)-([0-9A-Z]{6}|[0-9a-f]{7}|[0-9]{9,10})(?![0-9A-Za-z])"
)
"""What AWS, and Pulumi, add to names so that no two are the same."""
_OF_PULUMI = "4dabf18193072939515e22adb298388d 1b47061264138c4ac30d75fd1eb44270"
"""How the engine marks secrets and other special values in a state."""


def without_new_ids(seen: dict[str, Any], known: str) -> dict[str, Any]:
    """Return what is seen with ids, keys and times that are new in each environment replaced by `<GUID 1>` and so on.

    Ids that stand in `known` (the settings) or in the contract stay: they are facts.
    """
    facts = known + _OF_PULUMI + "".join(file.read_text("utf-8") for file in sorted(CONTRACT.glob("*.py")))
    names: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        kind = "guid" if match["guid"] else "hex"
        if match[kind] is None:
            return f"<{match.lastgroup}>"
        found = match[kind].lower()
        number = sum(name.startswith(f"<{kind.upper()}") for name in names.values()) + 1
        return match[0] if found in facts else names.setdefault(found, f"<{kind.upper()} {number}>")

    return json.loads(_NEW_EACH_TIME.sub(named, _SUFFIX.sub(r"\1-<NEW>", json.dumps(seen))))


def names() -> list[str]:
    """Return the names of the scenarios."""
    return sorted(folder.name for folder in SCENARIOS.iterdir() if folder.is_dir())


def config_of(scenario: str) -> tuple[str, dict[str, Any]]:
    """Return (stack name, config) of a scenario."""
    file = SCENARIOS / scenario / "settings.yaml"
    if not file.exists():
        return "local", local_config()
    return "dev", {"claude-byoc:settings": yaml.safe_load(file.read_text("utf-8"))}


def prepared(engine: Engine, folder: Path, scenario: str) -> Project:
    """Return a project with the scenario's config and the planted secrets."""
    stack, config = config_of(scenario)
    project = Project(engine, folder, stack=stack)
    project.prepare(config)
    for key, value in {**SECRETS, **own_secrets(scenario)}.items():
        project.set_secret(key, value)
    make_by_hand(project, scenario)
    return project


def make_by_hand(project: Project, scenario: str) -> None:
    """Put into the stand-in cloud what the scenario finds there."""
    file = SCENARIOS / scenario / "there.yaml"
    for row in yaml.safe_load(file.read_text("utf-8")) if file.exists() else ():
        seeds.add(Cloud(project.cloud), row["type"], row["inputs"], row["outputs"])


def own_secrets(scenario: str) -> dict[str, str]:
    """Return the secrets that a scenario has beside those of every scenario."""
    file = SCENARIOS / scenario / "secrets.yaml"
    return yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}


def seen(project: Project) -> dict[str, Any]:
    """Return what a scenario's expectation holds."""
    found = {"inventory": inventory(project), "outputs": project.outputs()}
    found = without_new_ids(found, project.stack_file.read_text("utf-8"))
    return {"outputs": found["outputs"], "inventory": found["inventory"]}


def expected(scenario: str) -> dict[str, Any]:
    """Return the stored expectation."""
    return yaml.safe_load((SCENARIOS / scenario / "expected.yaml").read_text("utf-8"))


def main(wanted: list[str]) -> int:
    """Write the expectations of the scenarios named, or of all; return an exit code."""
    engine = local_engine()
    for scenario in wanted or names():
        with tempfile.TemporaryDirectory() as folder:
            project = prepared(engine, Path(folder), scenario)
            up(project)
            text = yaml.safe_dump(seen(project), sort_keys=False, width=110, allow_unicode=True)
        (SCENARIOS / scenario / "expected.yaml").write_text(text, "utf-8")
        print(f"wrote the expectation of {scenario}")  # noqa: T201 -- what the command is for
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
