"""`claude-byoc recover`: put an environment right after an interrupted run."""

import json
from typing import Annotated, Any

import typer

from claude_byoc import recovery
from claude_byoc.cli.engine import Stack, up
from claude_byoc.cli.project import checked_stack, run_pulumi
from claude_byoc.cli.report import bad_usage, is_terminal
from claude_byoc.contract.problems import Problem, ProblemsError

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether another run is under way.")]

# A lookup can make the next one possible (a policy's id holds its role's name), no chain is longer than this.
_ROUNDS = 4
_TAIL = 12


def recover(stack: Stack, yes: Yes = False) -> None:
    """Put an environment right after an interrupted run.

    Takes the lock away, looks every resource up that the interrupted run may have made, adopts what exists
    and carries this environment's tags, and then runs `up`: with its preview and question, or at once with --yes.

    Example: claude-byoc recover -s prod
    """
    checked_stack(stack)
    if not yes:
        if not is_terminal():
            bad_usage("recover asks whether another run is under way; without a terminal, answer with --yes")
        typer.confirm("Is it certain that no other run of this environment is under way?", abort=True)
    engine = _Engine(stack)
    engine.quietly("cancel", "--yes", check=False)
    state = engine.export()
    left_open = recovery.pending(state)
    for kind, urn in left_open:
        typer.echo(f"open     {kind:9} {_short(urn)}")
    if left_open:
        state = recovery.without_pending(state)
        engine.load(state)
    typer.echo("Looking up what the interrupted run may have made ...")
    if not _adopt(engine, state):
        engine.quietly("refresh", "--yes", "--skip-preview")
    if recovery.is_empty(engine.export()):
        typer.echo(f"There is nothing to recover: the state is empty. To make it: claude-byoc up -s {stack}")
    elif any(kind == "deleting" for kind, _ in left_open):
        typer.echo(
            f"The state is right again. The run was deleting; go on with: claude-byoc destroy -s {stack}"
        )
    else:
        typer.echo("The state is right again. Going on with `up`.")
        up(stack, ["--suppress-outputs", *(["--yes", "--skip-preview"] if yes else [])])


def _adopt(engine: "_Engine", state: recovery.Deployment) -> bool:
    """Adopt what exists and is ours; tell whether the state was refreshed on the way."""
    refreshed = False
    missing: set[str] = set()
    for _ in range(_ROUNDS):
        planned = json.loads(engine.quietly("preview", "--json"))
        found = [c for c in recovery.candidates(state, planned) if c.urn not in missing]
        if not found:
            break
        engine.load(recovery.with_candidates(state, found))
        engine.quietly("refresh", "--yes", "--skip-preview")
        refreshed = True
        state = engine.export()
        ours, foreign = recovery.existing(state, found)
        for candidate in ours:
            typer.echo(f"adopted  {candidate.name}: {candidate.id}")
        for candidate in found:
            if candidate not in ours and candidate not in foreign:
                typer.echo(f"not made {candidate.name}: {candidate.id}")
        if foreign:
            engine.load(recovery.without(state, foreign))
            raise ProblemsError([recovery.foreign_problem(candidate) for candidate in foreign])
        missing |= {candidate.urn for candidate in found} - {candidate.urn for candidate in ours}
    return refreshed


class _Engine:
    """`pulumi` in the nearest project, its output kept back unless it fails."""

    def __init__(self, stack: str) -> None:
        self._stack = stack

    def quietly(self, *arguments: str, check: bool = True, text: str | None = None) -> str:
        done = run_pulumi(self._stack, *arguments, text=text)
        if check and done.returncode != 0:
            # The engine says on either stream why it stopped, and masks secrets on both.
            said = done.stdout + done.stderr
            lines = [line for line in said.splitlines() if line.strip()]
            raise ProblemsError(
                [
                    Problem(
                        f"pulumi {arguments[0]}",
                        "stopped:\n    " + "\n    ".join(lines[-_TAIL:]),
                        "a run that ends well",
                        f"{_cure(said)}, then: claude-byoc recover -s {self._stack}",
                    )
                ]
            )
        return done.stdout

    def export(self) -> dict[str, Any]:
        return json.loads(self.quietly("stack", "export"))

    def load(self, deployment: recovery.Deployment) -> None:
        self.quietly("stack", "import", text=json.dumps(deployment))


def _cure(said: str) -> str:
    if "failed to load checkpoint: EOF" in said:
        # Seen with a file:// backend: the sidecar is not written atomically, the state beside it is.
        return "delete the empty .json.attrs file beside the stack's state file, which is whole"
    return "mend what it says"


def _short(urn: str) -> str:
    """Return type and name of a URN: `aws:iam/role:Role claude-role`."""
    kind, _, name = urn.rpartition("::")
    return f"{kind.rpartition('::')[2].rpartition('$')[2]} {name}"
