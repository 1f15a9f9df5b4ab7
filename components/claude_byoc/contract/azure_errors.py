"""What Azure Resource Manager's refusals of this part mean, and their cure. The one home of these texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from claude_byoc.contract.azure import QUOTA_FORM, RESTORE_HOURS


@dataclass(frozen=True)
class ArmError:
    """One error code: what it means, what would be right, what to do."""

    code: str
    means: str
    allowed: str
    cure: str
    source: str


_SAMPLES = "https://github.com/Azure-Samples/claude"
_QUOTAS = "https://learn.microsoft.com/azure/foundry/foundry-models/concepts/claude-models-quotas-limits"
_HOSTING = (
    "https://learn.microsoft.com/azure/foundry/foundry-models/concepts/claude-models-hosting-comparison"
)
_CLAUDE = "https://learn.microsoft.com/azure/foundry/foundry-models/concepts/claude-models"
_PURGE = "https://learn.microsoft.com/azure/ai-services/recover-purge-resources"
_ROLES = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"

SETTLING = "AccountProvisioningStateInvalid"
"""What a private endpoint is refused with while the Foundry resource is being made or changed."""

_OFFER_REFUSED = (
    "the Azure Marketplace offer could not be accepted for the organisation",
    "an Enterprise, MCA-E or pay-as-you-go subscription that may buy in the Marketplace; no trial, student or CSP one",
    "let a billing administrator allow Marketplace purchases, check foundry.organization, then run up again",
)

_ERRORS = (
    ArmError(
        "InvalidModelProviderData",
        "Azure does not accept what foundry.organization says about the organisation",
        "organizationName, countryCode (two capital letters) and industry from the list",
        "correct foundry.organization; the values accept the Azure Marketplace offer in its name",
        "Azure/azure-rest-api-specs issue 43610; microsoft/aspire issue 16127",
    ),
    ArmError(
        "AnthropicOrganizationCreationFailed",
        *_OFFER_REFUSED,
        f"Azure/azure-rest-api-specs issue 43610; {_HOSTING}",
    ),
    ArmError(
        "AnthropicOrganizationCreationException",
        *_OFFER_REFUSED,
        f"hashicorp/terraform-provider-azurerm issue 31140; {_HOSTING}",
    ),
    ArmError(
        "MarketplaceSubscriptionCannotBeCompleted",
        "the Azure Marketplace subscription of the model could not be completed, often on a redeployment",
        "one Marketplace subscription per model and Azure subscription, in the state Subscribed",
        "look at it in the Azure portal (Software as a service), remove a failed one, wait some minutes, then "
        "run up again",
        f"{_SAMPLES} issue 62",
    ),
    ArmError(
        "InsufficientQuota",
        "the subscription has not enough quota for the capacity asked for",
        "a capacity within the quota of model, version and SKU, which all deployments of the subscription share; "
        "development subscriptions have 0",
        f"lower foundry.models.<model>.capacity, or ask for quota at {QUOTA_FORM} with the text in the output "
        "foundry.quotaRequest",
        _QUOTAS,
    ),
    ArmError(
        "DeploymentModelNotSupported",
        "the region or the SKU does not have this model or version",
        "a model, version, SKU and region that Azure lists together",
        "run: az cognitiveservices account list-models -g GROUP -n RESOURCE, and correct foundry.models",
        f"Azure/bicep-registry-modules issue 450 (the code); {_CLAUDE}",
    ),
    ArmError(
        "RequestConflict",
        "another change of a deployment of this resource was still under way",
        "one change at a time per resource",
        "wait until it is done (the portal shows it), then run up again",
        "hashicorp/terraform-provider-azurerm issues 22607 and 22939; Azure/bicep-registry-modules issue 7197",
    ),
    ArmError(
        SETTLING,
        "the Foundry resource is still being made or changed, so Azure lets no private endpoint in",
        "a resource in the state Succeeded",
        "wait some minutes, then run up again",
        "hashicorp/terraform-provider-azurerm issues 15152 and 31712",
    ),
    ArmError(
        "FlagMustBeSetForRestore",
        f"a deleted Foundry resource of this name is kept for {RESTORE_HOURS} hours",
        "a free name, or an explicit choice about the deleted one",
        "to have it back: foundry.restoreDeletedAccount: true; to give it up for good: az cognitiveservices "
        "account purge -g GROUP -n RESOURCE -l LOCATION",
        _PURGE,
    ),
    ArmError(
        "CustomDomainInUse",
        "the custom subdomain belongs to another resource somewhere in Azure",
        "a name that nobody in Azure has",
        "choose another foundry.resourceName",
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-custom-subdomains",
    ),
    ArmError(
        "RoleAssignmentExists",
        "the same principal has the role on this resource already, by an assignment made elsewhere",
        "one assignment per principal, role and scope",
        "remove the one that is there (the message may name its id), or leave the principal out of the settings",
        _ROLES,
    ),
    ArmError(
        "PrincipalNotFound",
        "the group or user is not known to Azure yet, or the object id is wrong",
        "the object id of a group or user of the subscription's tenant",
        "check the id in the Entra admin center; for a group made minutes ago, run up again",
        _ROLES,
    ),
    ArmError(
        "AuthorizationFailed",
        "the identity that runs Pulumi may not do this",
        "Contributor on the resource group, and Owner, User Access Administrator or Role Based Access Control "
        "Administrator for role assignments",
        "let an owner assign the missing role to that identity",
        _ROLES,
    ),
    ArmError(
        "CannotDeleteResource",
        "the resource still holds deployments or projects that this environment does not manage",
        "a resource without any",
        "delete them by hand, or keep the resource: pulumi state delete URN",
        "Azure/terraform-provider-azapi issue 894",
    ),
)

ARM_ERRORS: Mapping[str, ArmError] = MappingProxyType({one.code: one for one in _ERRORS})
"""By error code."""


NO_MORE: Mapping[str, ArmError] = MappingProxyType({})


def explain(text: str, more: Mapping[str, ArmError] = NO_MORE) -> ArmError | None:
    """Return what is known of the first known error in `text`, an error's words; those of `more` go first."""
    for table in filter(None, (more, ARM_ERRORS)):
        if found := re.search(r"\b(" + "|".join(map(re.escape, table)) + r")\b", text):
            return table[found[1]]
    return None
