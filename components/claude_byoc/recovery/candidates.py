"""What the interrupted run may have made: planned creates, each under the id that the cloud would have it by."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from claude_byoc.contract.aws import partition
from claude_byoc.contract.import_ids import ASKED_IDS, IMPORT_IDS, Place, import_id
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.recovery.open_operations import Deployment

_NOT_KNOWN_YET = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What a preview shows where a value is not known before another resource exists.
source: github.com/pulumi/pulumi pkg/resource/stack/deployment.go (computedValuePlaceholder)"""

_NOT_JUDGED = "project:///claude-byoc-recover#1,1"
"""Where a candidate is declared, as far as the state says, until it is judged."""

_OTHERWISE = "~or~"
"""In the URN of a further candidate for one planned create: a cloud's index may show what was deleted as well."""

_CLOUDS = ("aws", "azure-native", "azuread", "gcp")
"""Packages of providers whose resources exist in a cloud."""

_IN_NO_CLOUD = ("aws:acm/certificateValidation:CertificateValidation",)
"""Types that wait for something and make nothing."""

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
    def planned(self) -> str:
        """The URN of the create; that of a further candidate for it differs."""
        return self.urn.partition(_OTHERWISE)[0]

    @property
    def name(self) -> str:
        """The logical name."""
        return _name(self.planned)


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
    held: defaultdict[str, set[str]] = defaultdict(set)
    for row in deployment["deployment"].get("resources") or []:
        held[str(row.get("type", ""))].add(str(row.get("id", "")))
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
        ids = [
            one for one in _ids(token, inputs, provider.get("inputs") or {}, ask) if one not in held[token]
        ]
        found += [
            Candidate(
                f"{urn}{_OTHERWISE}{n}" if n else urn, token, one, parent, reference, tags, inputs, *sure
            )
            for n, one in enumerate(ids)
        ]
    return found


def unknown(preview: Mapping[str, Any], begun: Collection[str]) -> list[str]:
    """Return name and type of the creates that were left open, are planned and that no rule can look up."""
    ruled = {*IMPORT_IDS, *ASKED_IDS, *_IN_NO_CLOUD}
    return [
        f"{_name(urn)} ({token})"
        for urn, token in planned_creates(preview)
        if urn in begun and token not in ruled and token.partition(":")[0] in _CLOUDS
    ]


def not_found(preview: Mapping[str, Any], begun: Collection[str], judged: Collection[str]) -> list[str]:
    """Return the names of the creates that were left open, whose cloud was asked and gave no id to look at."""
    return [
        _name(urn)
        for urn, token in planned_creates(preview)
        if urn in begun and urn not in judged and token in ASKED_IDS
    ]


def planned_creates(preview: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return URN and type of each planned create."""
    news = [step.get("newState") or {} for step in preview.get("steps", []) if step.get("op") == "create"]
    return [(str(new.get("urn", "")), str(new.get("type", ""))) for new in news]


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


def settled(deployment: Deployment, ours: Sequence[Candidate]) -> Deployment:
    """Return the deployment with what was found to be ours as a run would have left it: judged, under its own URN."""
    planned = {candidate.urn: candidate.planned for candidate in ours}
    rows: list[dict[str, Any]] = []
    for row in deployment["deployment"].get("resources") or []:
        kept = dict(row)
        if row["urn"] in planned and row.get("sourcePosition") == _NOT_JUDGED:
            # What `up` then replaces would keep the mark until it is deleted.
            del kept["sourcePosition"]
            kept["urn"] = planned[row["urn"]]
        rows.append(kept)
    return {**deployment, "deployment": {**deployment["deployment"], "resources": rows}}


def deleted(deployment: Deployment, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that the cloud has deleted and still shows, as Google does with custom roles for 7 days."""
    rows = {str(row["urn"]): row for row in deployment["deployment"].get("resources") or []}
    return [c for c in found if (rows.get(c.urn, {}).get("outputs") or {}).get("deleted") is True]


def without(deployment: Deployment, dropped: Sequence[Candidate]) -> Deployment:
    """Return the deployment without the candidates named; the cloud keeps them."""
    urns = {candidate.urn for candidate in dropped}
    rows = [row for row in deployment["deployment"].get("resources") or [] if row["urn"] not in urns]
    return {**deployment, "deployment": {**deployment["deployment"], "resources": rows}}


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
