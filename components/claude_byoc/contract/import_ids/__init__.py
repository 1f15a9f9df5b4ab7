"""How a resource that exists in the cloud is named for `pulumi import`, from its inputs alone.

After an interrupted run the engine knows a pending create's type and inputs but not whether the cloud
made it; with the id the resource can be looked up and adopted.
"""

from collections.abc import Mapping
from types import MappingProxyType

from claude_byoc.contract.import_ids import aws, aws_tagged, azure, azure_gateway, entra, google
from claude_byoc.contract.import_ids.base import (
    LOOKUPS,
    OWNERSHIP_TAGS,
    RECOVERING,
    AskedId,
    ImportId,
    Place,
)
from claude_byoc.contract.problems import Problem, ProblemsError

__all__ = [
    "ASKED_IDS",
    "IMPORT_IDS",
    "LOOKUPS",
    "OWNERSHIP_TAGS",
    "RECOVERING",
    "AskedId",
    "ImportId",
    "Place",
    "import_id",
]

IMPORT_IDS: Mapping[str, ImportId] = MappingProxyType(
    {
        rule.token: rule
        for rule in (*aws.RULES, *azure.RULES, *azure_gateway.RULES, *entra.RULES, *google.RULES)
    }
)
"""By resource type token."""

ASKED_IDS: Mapping[str, AskedId] = MappingProxyType(
    {rule.token: rule for rule in (*aws_tagged.ASKED, *entra.ASKED)}
)
"""By resource type token; none of them is in IMPORT_IDS."""


def import_id(token: str, inputs: Mapping[str, object], place: Place) -> str:
    """Return the import id of a resource of type `token` with `inputs` (as the state holds them).

    Raises ProblemsError when the type has no rule here, or an input that the id needs is absent or
    not yet known.
    """
    rule = IMPORT_IDS.get(token)
    if rule is None:
        raise ProblemsError(
            [
                Problem(
                    token,
                    "has no known import id",
                    ", ".join(IMPORT_IDS),
                    f"look the id up in the provider's documentation and run `pulumi import {token} NAME ID`",
                )
            ]
        )
    texts = {name: value for name in rule.inputs if isinstance(value := inputs.get(name), str) and value}
    missing = [name for name in rule.inputs if name not in texts]
    if missing:
        raise ProblemsError(
            [
                Problem(
                    token,
                    f"has no {name} among its inputs, so its import id is not known",
                    rule.form,
                    "look the resource up in the account, then import or clear it by hand",
                )
                for name in missing
            ]
        )
    return rule.make(texts, place)
