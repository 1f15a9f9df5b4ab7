"""What to do with a stack after an interrupted run, as pure functions on Pulumi's own JSON.

A run can end between "the cloud made it" and "the state says so": the engine is killed (a pending create
stays in the state) or a provider is (nothing stays). Both are answered alike: every create that the program still
plans is looked up under the id it would have. What exists and is ours goes into the state, so that the next
`up` neither fails on it nor makes it twice. What exists and is not ours is reported and left alone.

Ours is what carries the environment's sign (tags; in Entra a line in the notes) and what lies inside of that. What
can bear no sign counts as ours only where the interrupted run had begun to make it, or a person says so.

Sources: `pulumi stack export` and `pulumi preview --json` of engine 3.259; ids: contract/import_ids.
"""

from claude_byoc.recovery.candidates import (
    Ask,
    Candidate,
    candidates,
    deleted,
    not_found,
    planned_creates,
    settled,
    unknown,
    with_candidates,
    without,
    without_unjudged,
)
from claude_byoc.recovery.open_operations import Deployment, is_empty, pending, with_open, without_pending
from claude_byoc.recovery.ownership import existing, foreign_problem, several

__all__ = [
    "Ask",
    "Candidate",
    "Deployment",
    "candidates",
    "deleted",
    "existing",
    "foreign_problem",
    "is_empty",
    "not_found",
    "pending",
    "planned_creates",
    "settled",
    "several",
    "unknown",
    "with_candidates",
    "with_open",
    "without",
    "without_pending",
    "without_unjudged",
]
