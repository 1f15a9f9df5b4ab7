"""What to do with a stack after an interrupted run, as pure functions on Pulumi's own JSON.

A run can end between "the cloud made it" and "the state says so": the engine is killed (a pending create
stays in the state) or a provider is (nothing stays). Both are answered alike: every create that the program still
plans is looked up under the id it would have. What exists and is ours goes into the state, so that the next
`up` neither fails on it nor makes it twice. What exists and is not ours is reported and left alone.

Sources: `pulumi stack export` and `pulumi preview --json` of engine 3.259; ids: contract/import_ids.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from claude_byoc.contract.aws import partition
from claude_byoc.contract.import_ids import IMPORT_IDS, Place, import_id
from claude_byoc.contract.problems import Problem, ProblemsError

Deployment = dict[str, Any]
"""What `pulumi stack export` prints: {version, deployment: {resources, pending_operations, ...}}."""

OWNERSHIP_TAGS = ("claude-byoc:project", "claude-byoc:stack")
"""Tags that tell whose a resource is; both must agree before it is taken into a state."""


@dataclass(frozen=True)
class Candidate:
    """A planned create, and the id under which the cloud would have it already."""

    urn: str
    token: str
    id: str
    parent: str
    provider: str
    tags: Mapping[str, str] | None
    """Tags that the program gives it; None for a type that has none and belongs to a tagged resource."""

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rsplit("::", 1)[-1]


def pending(deployment: Deployment) -> list[tuple[str, str]]:
    """Return (kind, URN) of each operation that the interrupted run left open, for instance `creating`."""
    operations = deployment["deployment"].get("pending_operations") or []
    return [(str(operation["type"]), str(operation["resource"]["urn"])) for operation in operations]


def without_pending(deployment: Deployment) -> Deployment:
    """Return the deployment with its open operations struck; what they did shows at the next lookup."""
    inner = {key: value for key, value in deployment["deployment"].items() if key != "pending_operations"}
    return {**deployment, "deployment": inner}


def is_empty(deployment: Deployment) -> bool:
    """Tell whether the state holds nothing at all, as before the first `up` and after a whole destroy."""
    return not deployment["deployment"].get("resources")


def candidates(deployment: Deployment, preview: Mapping[str, Any]) -> list[Candidate]:
    """Return the planned creates that can be looked up: type and id known, parent and provider in the state.

    `preview` is what `pulumi preview --json` prints.
    """
    known = {str(row["urn"]): row for row in deployment["deployment"].get("resources") or []}
    found: list[Candidate] = []
    for step in preview.get("steps", []):
        new = step.get("newState") or {}
        token, provider, parent = new.get("type", ""), new.get("provider", ""), new.get("parent", "")
        provider_row = known.get(provider.rpartition("::")[0])
        if (
            step.get("op") != "create"
            or token not in IMPORT_IDS
            or provider_row is None
            or parent not in known
        ):
            continue
        inputs, place = new.get("inputs") or {}, provider_row.get("inputs") or {}
        try:
            identity = import_id(token, inputs, _place(place))
        except ProblemsError:
            continue  # an input is not known before another resource exists; a later round sees it
        tags = inputs.get("tags")
        reference = f"{provider_row['urn']}::{provider_row['id']}"
        found.append(Candidate(str(new["urn"]), token, identity, parent, reference, tags))
    return found


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
        }
        for candidate in found
    ]
    return {**deployment, "deployment": {**deployment["deployment"], "resources": rows}}


def existing(deployment: Deployment, found: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Return (ours, foreign) among the candidates that are still in the state after a refresh.

    A type without tags is ours where its candidate was looked up inside a resource that is.
    """
    rows = {str(row["urn"]): row for row in deployment["deployment"].get("resources") or []}
    here = [candidate for candidate in found if candidate.urn in rows]
    foreign = [c for c in here if c.tags is not None and not _ours(rows[c.urn], c.tags)]
    foreign += [c for c in here if c.tags is None and any(c.id.startswith(f"{f.id}:") for f in foreign)]
    return [candidate for candidate in here if candidate not in foreign], foreign


def without(deployment: Deployment, dropped: Sequence[Candidate]) -> Deployment:
    """Return the deployment without the candidates named; the cloud keeps them."""
    urns = {candidate.urn for candidate in dropped}
    rows = [row for row in deployment["deployment"].get("resources") or [] if row["urn"] not in urns]
    return {**deployment, "deployment": {**deployment["deployment"], "resources": rows}}


def foreign_problem(candidate: Candidate) -> Problem:
    """Return what to tell about a resource that stands in the way and is not this environment's."""
    cures = {
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "use it: "
        f"bedrock.existingOidcProviderArn: {candidate.id}",
        "aws:iam/role:Role": "choose another name: bedrock.role.name",
    }
    return Problem(
        key=candidate.id,
        wrong="exists in the cloud and does not carry this environment's tags, so it is left as it is",
        allowed="the tags " + " and ".join(OWNERSHIP_TAGS) + " of this project and stack",
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


def _ours(row: Mapping[str, Any], planned: Mapping[str, str]) -> bool:
    actual = (row.get("outputs") or {}).get("tags") or {}
    return all(tag in planned and actual.get(tag) == planned[tag] for tag in OWNERSHIP_TAGS)
