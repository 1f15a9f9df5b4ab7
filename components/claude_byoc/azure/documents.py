"""ARM documents, names and texts of the Foundry part, as pure functions."""

import uuid
from collections.abc import Mapping
from typing import Any

from claude_byoc.azure.foundry_plan import FoundryPlan
from claude_byoc.contract import azure as facts

MODEL_FORMAT = "Anthropic"

PINNED, FOLLOWED = "NoAutoUpgrade", "OnceNewDefaultVersionAvailable"
"""versionUpgradeOption where a version is named, and where Azure's default is followed.
source: https://learn.microsoft.com/azure/foundry/openai/how-to/working-with-models (of Azure OpenAI models; that Claude
follows it is unconfirmed)"""


def deployment_body(
    model: str,
    *,
    capacity: int,
    sku: str,
    version: str | None,
    organization: Mapping[str, str],
    tags: Mapping[str, str],
) -> dict[str, Any]:
    """Return the body of `PUT .../accounts/<account>/deployments/<model>`.

    `organization` has organization_name, country_code and industry. Without a `version` Azure takes its default
    version and follows it.
    """
    named = {"version": version} if version is not None else {}
    return {
        "sku": {"name": sku, "capacity": capacity},
        "properties": {
            "model": {"format": MODEL_FORMAT, "name": model, **named},
            "modelProviderData": {
                "organizationName": organization["organization_name"],
                "countryCode": organization["country_code"],
                "industry": organization["industry"],
            },
            "versionUpgradeOption": PINNED if named else FOLLOWED,
        },
        "tags": dict(sorted(tags.items())),
    }


def role_assignment_name(scope: str, principal_id: str, role: str = facts.COGNITIVE_SERVICES_USER) -> str:
    """Return the name (GUID) of a role assignment, the same for the same scope, principal and role."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.lower()}|{principal_id.lower()}|{role.lower()}"))


def role_definition_id(subscription_id: str, role: str = facts.COGNITIVE_SERVICES_USER) -> str:
    """Return the ARM id of a built-in role, as Azure returns it for a role assignment."""
    return f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{role}"


def public_access(plan: FoundryPlan) -> tuple[str, str]:
    """Return (publicNetworkAccess, networkAcls.defaultAction) of a resource that is ours."""
    if plan.addresses is not None:
        return "Enabled", "Deny"
    return ("Disabled", "Deny") if plan.private_endpoint else ("Enabled", "Allow")


def quota_request(plan: FoundryPlan, location: str, subscription_id: str) -> str:
    """Return the text of the quota request to file for the plan's deployments."""
    wanted = "; ".join(
        f"{name} ({model.sku}) {'?' if model.capacity is None else model.capacity}"
        for name, model in sorted(plan.models.items())
    )
    return (
        f"Quota for Anthropic models in Microsoft Foundry, subscription {subscription_id}, region {location}, "
        f"in thousands of tokens a minute: {wanted}. Use: Claude in Microsoft 365 for the organisation's people. "
        f"To be filed at {facts.QUOTA_FORM}"
    )
