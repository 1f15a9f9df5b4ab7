"""Whose a resource is that a lookup found."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from claude_byoc.contract.import_ids import IMPORT_IDS, OWNERSHIP_TAGS
from claude_byoc.contract.import_ids.entra import PRINCIPAL
from claude_byoc.contract.problems import Problem
from claude_byoc.recovery.candidates import Candidate
from claude_byoc.recovery.open_operations import Deployment

OWNERSHIP_NOTE = "managed-by=claude-byoc project={project} stack={stack} "
"""How the line starts that tells, in the notes of what Entra keeps, whose it is."""


def existing(deployment: Deployment, found: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Return (ours, foreign) among the candidates that are still in the state after a refresh."""
    rows = {str(row["urn"]): row for row in deployment["deployment"].get("resources") or []}
    here = [candidate for candidate in found if candidate.urn in rows]
    looked_up = {candidate.urn for candidate in here}
    signed = {c.urn: _signed(rows[c.urn], c) for c in here if _bears_sign(c)}
    outer = [str(row.get("id", "")) for row in rows.values() if row["urn"] not in looked_up and _sign(row)]
    # What is imported by a name may have another id then.
    outer += [one for c in here if signed.get(c.urn) for one in (c.id, str(rows[c.urn].get("id", "")))]
    foreign_outer = [c.id for c in here if signed.get(c.urn) is False]

    def is_ours(candidate: Candidate) -> bool:
        if candidate.urn in signed:
            return signed[candidate.urn]
        if _inside(candidate.id, foreign_outer) or _within(candidate) in foreign_outer:
            return False
        if candidate.claimed or _inside(candidate.id, outer) or _within(candidate) in outer:
            return True
        return candidate.begun and _alike(candidate.inputs, rows[candidate.urn].get("outputs") or {})

    ours = [candidate for candidate in here if is_ours(candidate)]
    return ours, [candidate for candidate in here if candidate not in ours]


def several(ours: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return the candidates of each planned create that has more than one which exists and is ours."""
    found: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in ours:
        found[candidate.planned].append(candidate)
    return [group for group in found.values() if len(group) > 1]


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
    return any(
        id_.lower().startswith(tuple(f"{one}{mark}".lower() for mark in ":/|,")) for one in outer if one
    )


def _within(candidate: Candidate) -> str | None:
    """Return the id of what a candidate lies in, where its own does not begin with that."""
    rule = IMPORT_IDS.get(candidate.token)
    return candidate.inputs.get(rule.within) if rule and rule.within else None


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
