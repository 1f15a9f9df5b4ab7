"""`make up`, `make recover` and `make destroy`: stack `local`, engine and program real, clouds standing in."""

import json
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from claude_byoc.cli.tables import table_text
from claude_byoc.contract.gateway import CLOUDS
from standin.cloud import Cloud
from tools.engine.acquire import EngineError
from tools.engine.sandbox import SandboxError
from tools.project import LOCAL, ROOT, Project, StackFileError, local_config, local_engine

FOLDER = LOCAL / "run" / "local"
OUT = ROOT / "out" / "local"
console = Console(highlight=False)


def up() -> int:
    """Declare stack `local`, write its rollout files, and list what was made."""
    project = Project(local_engine(console.print), FOLDER)
    with console.status("Preparing the stand-in clouds ..."):
        project.prepare(local_config())
        _local_secrets(project)
    started = time.monotonic()
    code = _engine(project, "up")
    if code != 0:
        if project.was_interrupted():
            console.print("\nThe run was interrupted. To put it right: [bold]make recover[/bold]")
        return code
    took = time.monotonic() - started
    code = _command(project, "build", "--stack", project.stack, "--output", str(OUT))
    if code == 0:
        _list_what_was_made(project, took)
    return code


def recover() -> int:
    """Bring stack `local` back after an interrupted run."""
    project = Project(local_engine(console.print), FOLDER)
    project.prepare(local_config())
    code = _command(project, "recover", "--stack", project.stack, "--yes")
    if code == 0:
        console.print("Recovered. Next, for the rollout files: [bold]make up[/bold]")
    return code


def destroy() -> int:
    """Delete everything that stack `local` declares, and say what a real cloud would keep."""
    if not (FOLDER / "Pulumi.yaml").exists():
        console.print("There is nothing to destroy: `make up` has not run in this checkout.")
        return 0
    project = Project(local_engine(console.print), FOLDER)
    project.prepare(local_config())
    code = _engine(project, "destroy")
    cloud = Cloud(project.cloud)
    left = cloud.resources()
    console.print(f"\nResources left in the stand-in clouds: [bold]{len(left)}[/bold]")
    for row in left:
        console.print(f"  {row.token}  {row.id}")
    if kept := [(one.what, one.id, one.reason) for one in cloud.lasting()]:
        console.print("\nA real cloud would keep:")
        print(table_text(("What", "Id", "Why"), kept, prose=["Why"], lines=True), end="")
    if left and code == 0:
        # The engine ends with 0 when Ctrl-C stops a destroy in good order.
        console.print("The destroy was interrupted. To go on: [bold]make destroy[/bold]")
        return 1
    if code == 0:
        # What a real cloud keeps would refuse the same names for a while; the next `make up` gets new clouds.
        cloud.close()
        for left_over in FOLDER.glob(f"{project.cloud.name}*"):
            if left_over.is_dir():
                shutil.rmtree(left_over)
            else:
                left_over.unlink()
    if code == 0 and OUT.exists():
        shutil.rmtree(OUT)
        console.print(f"Removed {OUT.relative_to(ROOT)}: its environment is gone.")
    return code


def _local_secrets(project: Project) -> None:
    # Invented for this checkout, so that the secrets' whole way is walked without anybody's real secret.
    bearer = {"Authorization": f"Bearer {secrets.token_urlsafe(24)}"}
    server = {"url": "https://mcp.example.com", "label": "Example", "headers": bearer}
    for key, value in (
        ("claude-byoc:otlpHeaders", f"authorization=Bearer {secrets.token_urlsafe(24)}"),
        ("claude-byoc:mcpServers", json.dumps([server])),
        ("claude-byoc:googleClientSecret", f"GOCSPX-{secrets.token_urlsafe(21)}"),
    ):
        if not project.has_value(key):
            project.set_secret(key, value)


def _engine(project: Project, *command: str) -> int:
    arguments = [*command, "--stack", project.stack, "--yes", "--skip-preview", "--suppress-outputs"]
    return _run(project, [str(project.sandbox.engine.pulumi), *arguments])


def _command(project: Project, *arguments: str) -> int:
    return _run(project, [sys.executable, "-m", "claude_byoc.cli", *arguments])


def _run(project: Project, command: list[str]) -> int:
    process = subprocess.Popen(command, cwd=project.folder, env=project.sandbox.environment())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The terminal has sent Ctrl-C to the child as well, which ends in good order; wait for that.
            continue


def _list_what_was_made(project: Project, took: float) -> None:
    outputs = json.loads(project.pulumi("stack", "output", "--json", "-s", project.stack).stdout)
    made = [
        ("Stand-in clouds", f"{len(Cloud(project.cloud).resources())} resources, {_shown(project.cloud)}"),
        ("Entra app", str(outputs["entra"]["clientId"])),
        *_parts_made(outputs),
        ("Rollout files", _shown(OUT)),
    ]
    console.print(f"Stack local ({took:.0f} s):")
    print(table_text(("What", "Where"), made), end="")
    console.print("What a person would do next, on a real cloud:")
    left = [step for step in outputs["nextSteps"] if "build" not in step.get("command", "")]
    for number, step in enumerate(left, 1):
        console.print(f"  {number}. {step['who']}: {step['what']}", soft_wrap=True)
        if detail := step.get("url") or step.get("command"):
            console.print(f"     [cyan]{detail}[/cyan]", soft_wrap=True)
    console.print("Take it down again: [bold]make destroy[/bold]")


def _parts_made(outputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what each part made; an adopter may have tried settings with other parts."""
    if bedrock := outputs.get("bedrock"):
        yield "Bedrock", ", ".join(role["roleArn"] for role in bedrock["roles"])
    if foundry := outputs.get("foundry"):
        yield (
            "Foundry",
            f"{foundry['resourceName']}: {', '.join(row['name'] for row in foundry['deployments'])}",
        )
    if vertex := outputs.get("vertex"):
        yield "Vertex AI", f"{vertex['projectId']}, {vertex['region']}: {', '.join(vertex['models'])}"
    if gateway := outputs.get("gateway"):
        where = f", on {CLOUDS[gateway['cloud']]}" if "cloud" in gateway else ""
        yield "Gateway", f"{gateway['url']}{where}: {', '.join(gateway['models'])}"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) + ("/" if path.is_dir() else "")


def main() -> int:
    """Run the command named on the command line; return its exit code."""
    commands = {"up": up, "destroy": destroy, "recover": recover, "engine": lambda: bool(not local_engine())}
    try:
        return int(commands[sys.argv[1]]())
    except (EngineError, SandboxError, StackFileError) as error:
        console.print(str(error), style="red", markup=False)
        return 1
