"""What to do with a stack after an interrupted run, as pure functions on Pulumi's own JSON.

A run can end between "the cloud made it" and "the state says so": the engine is killed (a pending create
stays in the state) or a provider is (nothing stays). Both are answered alike: every create that the program still
plans is looked up under the id it would have. What exists and is ours goes into the state, so that the next
`up` neither fails on it nor makes it twice. What exists and is not ours is reported and left alone.

Ours is what carries the environment's sign (tags; in Entra a line in the notes) and what lies inside of that. What
can bear no sign counts as ours only where the interrupted run had begun to make it, or a person says so.

Sources: `pulumi stack export` and `pulumi preview --json` of engine 3.259; ids: contract/import_ids.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from claude_byoc.contract.aws import partition
from claude_byoc.contract.import_ids import ASKED_IDS, IMPORT_IDS, Place, import_id
from claude_byoc.contract.import_ids.entra import PRINCIPAL
from claude_byoc.contract.problems import Problem, ProblemsError

Deployment = dict[str, Any]
"""What `pulumi stack export` prints: {version, deployment: {resources, pending_operations, ...}}."""

OWNERSHIP_TAGS = ("claude-byoc:project", "claude-byoc:stack")
"""Tags that tell whose a resource is; both must agree before it is taken into a state."""

OWNERSHIP_NOTE = "managed-by=claude-byoc project={project} stack={stack} "
"""How the line starts that tells, in the notes of what Entra keeps, whose it is."""

_NOT_KNOWN_YET = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What a preview shows where a value is not known before another resource exists.
source: github.com/pulumi/pulumi pkg/resource/stack/deployment.go (computedValuePlaceholder)"""

_NOT_JUDGED = "project:///claude-byoc-recover#1,1"
"""Where a candidate is declared, as far as the state says: an `up` writes the program's line over it."""

_STACK = "pulumi:pulumi:Stack"
_OPEN = "claudeByocOpenOperations"
"""Output of the stack's own resource in which `recover` notes what it could not look up."""

Ask = Callable[[str, Mapping[str, Any], Mapping[str, Any]], Sequence[str]]
"""Returns the import ids of what the cloud has: from the type (one of ASKED_IDS), the planned inputs and the inputs of
its provider."""


@dataclass(frozen=True)
class Candidate:
    """A planned create, and the id under which the cloud would have it already."""

    urn: str
    token: str
    id: str
    parent: str
    provider: str
    tags: Mapping[str, str] | None
    """Tags that the program gives it; None for a type that has none."""
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the program gives it, as far as it is known."""
    begun: bool = False
    """Whether the interrupted run had begun to make it."""
    claimed: bool = False
    """Whether a person said that it is this environment's."""

    @property
    def name(self) -> str:
        """The logical name."""
        return _name(self.urn)


def pending(deployment: Deployment) -> list[tuple[str, str]]:
    """Return (kind, URN) of each operation that the interrupted run left open, for instance `creating`."""
    operations = deployment["deployment"].get("pending_operations") or []
    left = [(str(operation["type"]), str(operation["resource"]["urn"])) for operation in operations]
    noted = [(str(kind), str(urn)) for kind, urn in (_root(deployment).get("outputs") or {}).get(_OPEN) or []]
    return list(dict.fromkeys([*left, *noted]))


def without_pending(deployment: Deployment) -> Deployment:
    """Return the deployment with its open operations struck; what they did shows at the next lookup."""
    inner = {key: value for key, value in deployment["deployment"].items() if key != "pending_operations"}
    return _noting({**deployment, "deployment": inner}, [])


def with_open(deployment: Deployment, before: Deployment, judged: Collection[str] = ()) -> Deployment:
    """Return the deployment with a note of the operations that `before` had open and that are open still.

    Closed are the creates of what is in the state, or in `judged` (URNs): it was looked up. The note stands among the
    outputs of the stack's own resource, since `pulumi stack import` strikes pending operations; the next `up` writes
    the program's outputs over it.
    """
    closed = {*judged, *(str(row["urn"]) for row in deployment["deployment"].get("resources") or [])}
    still = [
        (kind, urn)
        for kind, urn in pending(before)
        if kind == "deleting" or (kind == "creating" and urn not in closed)
    ]
    return _noting(deployment, still)


def _noting(deployment: Deployment, left: Sequence[tuple[str, str]]) -> Deployment:
    """Return the deployment with exactly this note."""
    root = _root(deployment)
    outputs = {key: value for key, value in (root.get("outputs") or {}).items() if key != _OPEN}
    if left:
        outputs[_OPEN] = [list(one) for one in left]
    if outputs == (root.get("outputs") or {}):
        return deployment
    rows = [
        {**row, "outputs": outputs} if row is root else row
        for row in deployment["deployment"].get("resources") or []
    ]
    return {**deployment, "deployment": {**deployment["deployment"], "resources": rows}}


def _root(deployment: Deployment) -> dict[str, Any]:
    """Return the stack's own resource, {} where the run ended before it was there."""
    rows: list[dict[str, Any]] = deployment["deployment"].get("resources") or []
    return next((row for row in rows if row.get("type") == _STACK), {})


def is_empty(deployment: Deployment) -> bool:
    """Tell whether the state holds nothing at all, as before the first `up` and after a whole destroy."""
    return not deployment["deployment"].get("resources")


def candidates(
    deployment: Deployment,
    preview: Mapping[str, Any],
    *,
    begun: Collection[str] = (),
    claimed: Collection[str] = (),
    ask: Ask = lambda _token, _inputs, _provider: [],
) -> list[Candidate]:
    """Return the planned creates that can be looked up: type and id known, parent and provider in the state.

    `preview` is what `pulumi preview --json` prints, `begun` are the URNs of the creates that were left open, `claimed`
    the logical names that a person calls this environment's.
    """
    known = {str(row["urn"]): row for row in deployment["deployment"].get("resources") or []}
    found: list[Candidate] = []
    for step in preview.get("steps", []):
        new = step.get("newState") or {}
        urn, token, parent = str(new.get("urn", "")), str(new.get("type", "")), str(new.get("parent", ""))
        rule = IMPORT_IDS.get(token) or ASKED_IDS.get(token)
        provider = known.get(str(new.get("provider", "")).rpartition("::")[0])
        if step.get("op") != "create" or rule is None or provider is None or parent not in known:
            continue
        sure = urn in begun, _name(urn) in claimed
        if rule.anyones and not any(sure):
            continue
        inputs = {name: value for name, value in (new.get("inputs") or {}).items() if value != _NOT_KNOWN_YET}
        # Entra's `tags` are a list, and no sign.
        tags = given if isinstance(given := inputs.get("tags"), Mapping) else None
        reference = f"{provider['urn']}::{provider['id']}"
        found += [
            Candidate(urn, token, one, parent, reference, tags, inputs, *sure)
            for one in _ids(token, inputs, provider.get("inputs") or {}, ask)
        ]
    return found


def _ids(token: str, inputs: Mapping[str, Any], provider: Mapping[str, Any], ask: Ask) -> Sequence[str]:
    if token in ASKED_IDS:
        known = all(isinstance(inputs.get(name), str) for name in ASKED_IDS[token].inputs)
        return ask(token, inputs, provider) if known else []
    try:
        return [import_id(token, inputs, _place(provider))]
    except ProblemsError:
        return []  # an input is not known before another resource exists; a later round sees it


def with_candidates(deployment: Deployment, found: Sequence[Candidate]) -> Deployment:
    """Return the deployment with each candidate as if it existed; a refresh then drops those that do not.

    They carry no inputs and no outputs, which tells a provider to read everything from the cloud.
    """
    rows = list(deployment["deployment"].get("resources") or [])
    rows += [
        {
            "urn": candidate.urn,
            "custom": True,
            "id": candidate.id,
            "type": candidate.token,
            "parent": candidate.parent,
            "provider": candidate.provider,
            "sourcePosition": _NOT_JUDGED,
        }
        for candidate in found
    ]
    return {**deployment, "deployment": {**deployment["deployment"], "resources": rows}}


def without_unjudged(deployment: Deployment) -> Deployment:
    """Return the deployment without the candidates of a `recover` that was interrupted itself."""
    rows = deployment["deployment"].get("resources") or []
    kept = [row for row in rows if row.get("sourcePosition") != _NOT_JUDGED]
    if len(kept) == len(rows):
        return deployment
    return {**deployment, "deployment": {**deployment["deployment"], "resources": kept}}


def existing(deployment: Deployment, found: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Return (ours, foreign) among the candidates that are still in the state after a refresh."""
    rows = {str(row["urn"]): row for row in deployment["deployment"].get("resources") or []}
    here = [candidate for candidate in found if candidate.urn in rows]
    looked_up = {candidate.urn for candidate in here}
    signed = {c.urn: _signed(rows[c.urn], c) for c in here if _bears_sign(c)}
    outer = [str(row.get("id", "")) for row in rows.values() if row["urn"] not in looked_up and _sign(row)]
    outer += [c.id for c in here if signed.get(c.urn)]
    foreign_outer = [c.id for c in here if signed.get(c.urn) is False]

    def is_ours(candidate: Candidate) -> bool:
        if candidate.urn in signed:
            return signed[candidate.urn]
        if _inside(candidate.id, foreign_outer):
            return False
        if candidate.claimed or _inside(candidate.id, outer):
            return True
        return candidate.begun and _alike(candidate.inputs, rows[candidate.urn].get("outputs") or {})

    ours = [candidate for candidate in here if is_ours(candidate)]
    return ours, [candidate for candidate in here if candidate not in ours]


def deleted(deployment: Deployment, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that the cloud has deleted and still shows, as Google does with custom roles for 7 days."""
    rows = {str(row["urn"]): row for row in deployment["deployment"].get("resources") or []}
    return [c for c in found if (rows.get(c.urn, {}).get("outputs") or {}).get("deleted") is True]


def without(deployment: Deployment, dropped: Sequence[Candidate]) -> Deployment:
    """Return the deployment without the candidates named; the cloud keeps them."""
    urns = {candidate.urn for candidate in dropped}
    rows = [row for row in deployment["deployment"].get("resources") or [] if row["urn"] not in urns]
    return {**deployment, "deployment": {**deployment["deployment"], "resources": rows}}


def foreign_problem(candidate: Candidate, stack: str) -> Problem:
    """Return what to tell about a resource that stands in the way and is not this environment's."""
    if not _bears_sign(candidate):
        return Problem(
            key=candidate.id,
            wrong="exists in the cloud, and nothing shows who made it, so it is left as it is",
            allowed="what this environment made",
            cure=f"if an interrupted run of this environment made it: claude-byoc recover -s {stack} --adopt "
            f"'{candidate.name}'; otherwise rename or remove it, then run recover again",
        )
    cures = {
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "use it: "
        f"bedrock.existingOidcProviderArn: {candidate.id}",
        "aws:iam/role:Role": "choose another name: bedrock.role.name",
        "azure-native:cognitiveservices:Account": f"use it: foundry.existingResource: {candidate.id}, or choose "
        "another foundry.resourceName",
        "azure-native:resources:ResourceGroup": "put the Foundry resource into it: foundry.existingResourceGroup: "
        f"{candidate.id.rpartition('/')[2]}, or choose another foundry.resourceGroup",
        PRINCIPAL: f"delete it, as the app is this environment's: az ad sp delete --id "
        f"{candidate.id.rpartition('/')[2]}; then run recover again",
    }
    sign, allowed = "tags", "the tags " + " and ".join(OWNERSHIP_TAGS) + " of this project and stack"
    if candidate.tags is None:
        sign, allowed = "line in its notes", f"a line in its notes that starts with {_note(candidate.urn)!r}"
    return Problem(
        key=candidate.id,
        wrong=f"exists in the cloud and does not carry this environment's {sign}, so it is left as it is",
        allowed=allowed,
        cure=cures.get(candidate.token, "rename or remove it, then run recover again"),
    )


def _place(provider: Mapping[str, Any]) -> Place:
    return Place(
        partition=partition(str(provider.get("region", ""))),
        account=_account(provider),
        subscription=str(provider.get("subscriptionId", "")),
    )


def _account(provider: Mapping[str, Any]) -> str:
    # The settings pin the provider to one account; a provider's list is stored as JSON text.
    allowed = provider.get("allowedAccountIds", "[]")
    accounts = json.loads(allowed) if isinstance(allowed, str) else allowed
    return str(accounts[0]) if accounts else ""


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def _bears_sign(candidate: Candidate) -> bool:
    return candidate.tags is not None or isinstance(candidate.inputs.get("notes"), str)


def _signed(row: Mapping[str, Any], planned: Candidate) -> bool:
    outputs = row.get("outputs") or {}
    if planned.tags is None:
        return _noted(outputs, planned.urn)
    actual = outputs.get("tags") or {}
    return all(tag in planned.tags and actual.get(tag) == planned.tags[tag] for tag in OWNERSHIP_TAGS)


def _sign(row: Mapping[str, Any]) -> bool:
    """Tell whether a resource in the state carries the sign of its own stack."""
    outputs, (stack, project) = row.get("outputs") or {}, _home(str(row["urn"]))
    tags = outputs.get("tags") or {}
    by_tags = isinstance(tags, Mapping) and [tags.get(tag) for tag in OWNERSHIP_TAGS] == [project, stack]
    return by_tags or _noted(outputs, str(row["urn"]))


def _noted(outputs: Mapping[str, Any], urn: str) -> bool:
    notes = outputs.get("notes")
    return isinstance(notes, str) and any(line.startswith(_note(urn)) for line in notes.splitlines())


def _note(urn: str) -> str:
    stack, project = _home(urn)
    return OWNERSHIP_NOTE.format(project=project, stack=stack)


def _home(urn: str) -> tuple[str, str]:
    """Return stack and project of a URN, `urn:pulumi:STACK::PROJECT::TYPES::NAME`."""
    stack, project, *_ = urn.removeprefix("urn:pulumi:").split("::")
    return stack, project


def _inside(id_: str, outer: Collection[str]) -> bool:
    """Tell whether an id is one of something inside: `ROLE:POLICY`, `ACCOUNT/...`; Azure's ids have no case."""
    return any(id_.lower().startswith((f"{one}:".lower(), f"{one}/".lower())) for one in outer if one)


def _alike(planned: Mapping[str, Any], actual: Mapping[str, Any]) -> bool:
    """Tell whether what exists is what was planned, by its texts and lists; what the cloud adds does not count."""
    return all(_fits(value, actual[name]) for name, value in planned.items() if name in actual)


def _fits(planned: object, actual: object) -> bool:
    if isinstance(planned, str) and isinstance(actual, str):
        return planned.lower() == actual.lower()
    if isinstance(planned, Mapping) and isinstance(actual, Mapping):
        own = {name: value for name, value in planned.items() if not str(name).startswith("__")}
        return all(name in actual and _fits(value, actual[name]) for name, value in own.items())
    if isinstance(planned, list) and isinstance(actual, list):
        fit = all(any(_fits(one, other) for other in actual) for one in planned)
        return fit and len(planned) == len(actual)
    return True
