"""`claude-byoc recover`: put an environment right after an interrupted run."""

import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from claude_byoc import recovery
from claude_byoc.cli.engine import Stack, up
from claude_byoc.cli.project import checked_stack, run_pulumi
from claude_byoc.cli.recover_lookups import Lookups, read
from claude_byoc.cli.report import bad_usage, is_terminal
from claude_byoc.contract.import_ids import LOOKUPS, RECOVERING, aws_tagged
from claude_byoc.contract.import_ids.entra import REGISTRATION
from claude_byoc.contract.problems import Problem, ProblemsError

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether another run is under way.")]
Adopt = Annotated[
    list[str] | None,
    typer.Option(
        "--adopt",
        metavar="NAME",
        help="Adopt this resource too, by its logical name, where nothing shows who made it. Repeatable.",
    ),
]
Wait = Annotated[
    float,
    typer.Option(
        min=0,
        metavar="SECONDS",
        help="How long to wait until AWS's index of tags shows what was just made, where it is needed.",
    ),
]

# A lookup can make the next one possible (a policy's id holds its role's name), no chain is longer than this.
_ROUNDS = 4
_TAIL = 12


def recover(stack: Stack, yes: Yes = False, adopt: Adopt = None, wait: Wait = 60) -> None:
    """Put an environment right after an interrupted run.

    Takes the lock away, looks every resource up that the interrupted run may have made, adopts what exists
    and is this environment's, and then runs `up`: with its preview and question, or at once with --yes.

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
    before = state
    state = recovery.without_unjudged(recovery.without_pending(state))
    if state != before:
        engine.load(state)
    typer.echo("Looking up what the interrupted run may have made ...")
    begun = [urn for kind, urn in left_open if kind == "creating"]
    search = _Search(engine, begun, adopt or [], wait)
    try:
        refreshed = search.adopt(state)
    except ProblemsError:
        # What the run had begun is still unknown, and the next `recover` has to know it.
        engine.load(recovery.with_open(engine.export(), before, search.judged))
        raise
    if not refreshed:
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


@dataclass
class _Search:
    """The search for what an interrupted run made: `begun` are URNs that it left open, `claimed` logical names."""

    engine: "_Engine"
    begun: Sequence[str]
    claimed: Sequence[str]
    wait: float
    judged: set[str] = field(default_factory=set[str])
    """URNs of what was looked up."""

    def adopt(self, state: recovery.Deployment) -> bool:
        """Adopt what exists and is ours; tell whether the state was refreshed on the way."""
        refreshed = False
        missing: set[tuple[str, str]] = set()
        planned, told = self._first_preview()
        for _ in range(_ROUNDS):
            lookups = Lookups(read(told))
            found = recovery.candidates(
                state, planned, begun=self.begun, claimed=self.claimed, ask=lookups.ids
            )
            self._tell_unread(lookups)
            found = [one for one in found if (one.planned, one.id) not in missing]
            if not found:
                break
            self.engine.load(recovery.with_candidates(state, found))
            self.engine.quietly("refresh", "--yes", "--skip-preview")
            refreshed = True
            state = self.engine.export()
            if gone := recovery.deleted(state, found):
                state = recovery.without(state, gone)
                self.engine.load(state)
            self.judged |= {one.planned for one in found}
            ours, foreign = recovery.existing(state, found)
            twice = recovery.several(ours)
            for candidate in ours:
                if not any(candidate in group for group in twice):
                    typer.echo(f"adopted  {candidate.name}: {candidate.id}")
            self._refuse(state, ours, foreign, twice)
            if ours:
                state = recovery.settled(state, ours)
                self.engine.load(state)
            here = {one.planned for one in ours}
            for candidate in found:
                if candidate.planned not in here:
                    typer.echo(f"not made {candidate.name}: {candidate.id}")
            missing |= {(one.planned, one.id) for one in found} - {(one.planned, one.id) for one in ours}
            if not ours:
                break  # nothing new is known, so that a further preview would tell nothing new
            planned, told = self.engine.preview()
        for name in recovery.not_found(planned, self.begun, self.judged):
            typer.echo(f"not made {name}: nothing with its tags or inputs")
        for name in recovery.unknown(planned, self.begun):
            typer.echo(
                f"not looked up: {name}. Its cloud chose the id, and no lookup finds it: see in the cloud that it is "
                "not there twice after this",
                err=True,
            )
        return refreshed

    def _first_preview(self) -> tuple[dict[str, Any], str]:
        """Return what is planned; what AWS's index of tags is needed for is asked once it had time to follow."""
        planned, told = self.engine.preview()
        tokens = {rule.token for rule in aws_tagged.TAGGED}
        if not self.wait or not any(token in tokens for _, token in recovery.planned_creates(planned)):
            return planned, told
        typer.echo(
            f"Waiting {self.wait:g} seconds: AWS's index of tags follows what was made with a delay ..."
        )
        time.sleep(self.wait)
        return self.engine.preview()

    def _refuse(
        self,
        state: recovery.Deployment,
        ours: Sequence[recovery.Candidate],
        foreign: Sequence[recovery.Candidate],
        twice: Sequence[Sequence[recovery.Candidate]],
    ) -> None:
        """Stop at what is somebody else's, and at what is there more than once; the state forgets both."""
        if not foreign and not twice:
            return
        dropped = [*foreign, *(one for group in twice for one in group)]
        kept = [one for one in ours if one not in dropped]
        self.engine.load(recovery.settled(recovery.without(state, dropped), kept))
        raise ProblemsError(
            [
                *(recovery.foreign_problem(one, self.engine.stack) for one in foreign),
                *(_several(group) for group in twice),
            ]
        )

    def _tell_unread(self, lookups: Lookups) -> None:
        """Stop where the run had begun to make what could not be looked up, else warn."""
        problems = lookups.problems(self.begun)
        if any(problem.severity == "error" for problem in problems):
            raise ProblemsError(problems)
        for problem in problems:
            typer.echo(str(problem), err=True)


class _Engine:
    """`pulumi` in the nearest project, its output kept back unless it fails."""

    def __init__(self, stack: str) -> None:
        self.stack = stack

    def quietly(self, *arguments: str, check: bool = True, text: str | None = None) -> str:
        done = run_pulumi(self.stack, *arguments, text=text)
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
                        f"{_cure(said)}, then: claude-byoc recover -s {self.stack}",
                    )
                ]
            )
        return done.stdout

    def export(self) -> dict[str, Any]:
        return json.loads(self.quietly("stack", "export"))

    def preview(self) -> tuple[dict[str, Any], str]:
        """Return what the program plans, also where it would otherwise stop at what exists, and what it looked up."""
        with tempfile.TemporaryDirectory() as folder:
            lookups = Path(folder) / "lookups.jsonl"
            lookups.touch(mode=0o600)
            os.environ |= {RECOVERING: "true", LOOKUPS: str(lookups)}
            try:
                return json.loads(self.quietly("preview", "--json")), lookups.read_text("utf-8")
            finally:
                del os.environ[RECOVERING], os.environ[LOOKUPS]

    def load(self, deployment: recovery.Deployment) -> None:
        self.quietly("stack", "import", text=json.dumps(deployment))


def _several(group: Sequence[recovery.Candidate]) -> Problem:
    first = group[0]
    cure = "delete all but the one that the others are connected with, in the cloud's console"
    if first.token == REGISTRATION:
        cure = (
            "delete, in the Entra admin center or with `az ad app delete --id ID` (what follows /applications/), all "
            "but the one that people use"
        )
    return Problem(
        first.name,
        f"exists {len(group)} times and each is this environment's: {', '.join(one.id for one in group)}",
        "one of them",
        f"{cure}, then run recover again",
    )


def _cure(said: str) -> str:
    if "failed to load checkpoint: EOF" in said:
        # Seen with a file:// backend: the sidecar is not written atomically, the state beside it is.
        return "delete the empty .json.attrs file beside the stack's state file, which is whole"
    return "mend what it says"


def _short(urn: str) -> str:
    """Return type and name of a URN: `aws:iam/role:Role claude-role`."""
    kind, _, name = urn.rpartition("::")
    return f"{kind.rpartition('::')[2].rpartition('$')[2]} {name}"
