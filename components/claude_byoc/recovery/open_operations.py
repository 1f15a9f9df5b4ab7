"""The operations that an interrupted run left open, in the engine's own list and in a note of ours."""

from collections.abc import Collection, Sequence
from typing import Any

Deployment = dict[str, Any]
"""What `pulumi stack export` prints: {version, deployment: {resources, pending_operations, ...}}."""

_STACK = "pulumi:pulumi:Stack"
_OPEN = "claudeByocOpenOperations"
"""Output of the stack's own resource in which `recover` notes what it could not look up."""


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
