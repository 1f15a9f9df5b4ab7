"""`claude-byoc recover`: put an environment right after an interrupted run."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from claude_byoc import recovery
from claude_byoc.cli.engine import Stack, up
from claude_byoc.cli.project import checked_stack, run_pulumi
from claude_byoc.cli.report import bad_usage, is_terminal
from claude_byoc.contract import entra
from claude_byoc.contract.import_ids import RECOVERING
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

# A lookup can make the next one possible (a policy's id holds its role's name), no chain is longer than this.
_ROUNDS = 4
_TAIL = 12


def recover(stack: Stack, yes: Yes = False, adopt: Adopt = None) -> None:
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
    search = _Search(engine, begun, adopt or [])
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
    judged: set[str] = field(default_factory=set[str])
    """URNs of what was looked up."""
    _unread: dict[str, str] = field(default_factory=dict[str, str])
    """Of the last round: resource type -> why Microsoft Graph did not tell."""

    def adopt(self, state: recovery.Deployment) -> bool:
        """Adopt what exists and is ours; tell whether the state was refreshed on the way."""
        refreshed = False
        missing: set[str] = set()
        for _ in range(_ROUNDS):
            planned = json.loads(self.engine.preview())
            self._unread.clear()
            found = recovery.candidates(
                state, planned, begun=self.begun, claimed=self.claimed, ask=self._ask_entra
            )
            self._tell_unread()
            found = [candidate for candidate in found if candidate.urn not in missing]
            if not found:
                break
            self.engine.load(recovery.with_candidates(state, found))
            self.engine.quietly("refresh", "--yes", "--skip-preview")
            refreshed = True
            state = self.engine.export()
            if gone := recovery.deleted(state, found):
                state = recovery.without(state, gone)
                self.engine.load(state)
            self.judged |= {candidate.urn for candidate in found}
            ours, foreign = recovery.existing(state, found)
            for candidate in ours:
                typer.echo(f"adopted  {candidate.name}: {candidate.id}")
            for candidate in found:
                if candidate not in ours and candidate not in foreign:
                    typer.echo(f"not made {candidate.name}: {candidate.id}")
            if foreign:
                self.engine.load(recovery.without(state, foreign))
                raise ProblemsError([recovery.foreign_problem(one, self.engine.stack) for one in foreign])
            missing |= {candidate.urn for candidate in found} - {candidate.urn for candidate in ours}
            if not ours:
                break  # nothing new is known, so that a further preview would tell nothing new
        return refreshed

    def _ask_entra(self, token: str, inputs: Mapping[str, Any], provider: Mapping[str, Any]) -> list[str]:
        # Loaded where something is asked: they bring the HTTP client, and credentials for a real Graph.
        from claude_byoc.entra import graph, left_over  # noqa: PLC0415

        environment = provider.get("environment")
        clouds = [one.name for one in entra.CLOUDS.values() if one.provider_environment == environment]
        try:
            tenant = graph.reader(clouds[0] if clouds else "global", provider.get("tenantId"))
            found = left_over.ids(tenant, token, inputs)
        except graph.GraphUnreadableError as error:
            self._unread[token] = str(error)
            return []
        if len(found) > 1:
            raise ProblemsError([_several(token, found)])
        return found

    def _tell_unread(self) -> None:
        """Stop where the run had begun to make what could not be looked up, else warn."""
        begun = {urn.split("::")[2].rpartition("$")[2] for urn in self.begun}
        problems = [
            Problem(
                token,
                f"was not looked up in Microsoft Graph: {why}",
                "credentials that may read the directory, by the names of the azuread provider or az login",
                "sign in, then run recover again, or see in the Entra admin center that it was not made twice",
                "error" if token in begun else "warning",
            )
            for token, why in self._unread.items()
        ]
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

    def preview(self) -> str:
        """Return what the program plans, also where it would otherwise stop at what exists."""
        os.environ[RECOVERING] = "true"
        try:
            return self.quietly("preview", "--json")
        finally:
            del os.environ[RECOVERING]

    def load(self, deployment: recovery.Deployment) -> None:
        self.quietly("stack", "import", text=json.dumps(deployment))


def _several(token: str, found: Sequence[str]) -> Problem:
    ids = [one.rpartition("/")[2] for one in found]
    return Problem(
        token,
        f"exists {len(ids)} times and each is this environment's: {', '.join(ids)}",
        "one of them",
        "delete, in the Entra admin center or with `az ad app delete --id ID`, all but the one that people use, "
        "then run recover again",
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
