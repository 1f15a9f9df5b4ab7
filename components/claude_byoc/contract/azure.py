"""Azure and Microsoft Foundry: forms of ids, clouds, what a Claude deployment takes, who hosts it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from claude_byoc.contract.allowlist import AllowlistRow
from claude_byoc.contract.entra import GUID_PATTERN

# Anchored, because JSON Schema and pydantic search instead of matching the whole text.
SUBSCRIPTION_ID_PATTERN = f"^{GUID_PATTERN}$"
OBJECT_ID_PATTERN = f"^{GUID_PATTERN}$"
LOCATION_PATTERN = r"^[a-z]{2,}[a-z0-9]*$"
"""An Azure region in its short form (`eastus2`), as Azure Resource Manager returns it."""
RESOURCE_NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$"
"""Name of a Foundry resource that is its custom subdomain as well; the manifest takes no other form."""
RESOURCE_GROUP_PATTERN = r"^[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]$"
LABEL_PATTERN = r"^[a-z][a-z0-9-]{0,30}$"
_GROUP_ID = rf"^/subscriptions/{GUID_PATTERN}/resource[gG]roups/[^/]{{1,90}}/providers/"
ACCOUNT_ID_PATTERN = rf"{_GROUP_ID}Microsoft\.CognitiveServices/accounts/[A-Za-z0-9._-]{{2,64}}$"
SUBNET_ID_PATTERN = rf"{_GROUP_ID}Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+$"
DNS_ZONE_ID_PATTERN = rf"{_GROUP_ID}Microsoft\.Network/privateDnsZones/[a-z0-9.-]+$"
WORKSPACE_ID_PATTERN = rf"{_GROUP_ID}[Mm]icrosoft\.[Oo]perational[Ii]nsights/workspaces/[^/]+$"
ADDRESS_PATTERN = r"^[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?$"
COUNTRY_PATTERN = r"^[A-Z]{2}$"
"""source: ISO 3166-1 alpha-2, which `countryCode` of modelProviderData takes."""

DEPLOYMENT_API_VERSION = "2026-05-01"
"""API version of `accounts/deployments` that is called: the first stable one reported to take modelProviderData.
source: Azure/bicep-registry-modules pull 7207. The property stands in no published specification
(Azure/azure-rest-api-specs issue 43610), which is why no generated resource can carry it."""

ACCOUNT_KIND = "AIServices"
ACCOUNT_SKU = "S0"
COGNITIVE_SERVICES_USER = "a97b65f3-24c7-4388-baec-2e87135dc908"
"""The built-in role Cognitive Services User. It holds listKeys too, so that keyless needs local auth disabled.
source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"""

INDUSTRIES: tuple[str, ...] = (
    *("technology", "finance", "healthcare", "education", "retail"),
    *("manufacturing", "government", "media", "other"),
)
"""source: Azure/azure-rest-api-specs pull 44944, which names Azure-Samples/claude"""

DEFAULT_SKU, DATA_ZONE_SKU = "GlobalStandard", "DataZoneStandard"
DEPLOYMENT_SKUS: Mapping[str, str] = MappingProxyType(
    {
        "GlobalStandard": "answered wherever Azure has capacity, in any geography",
        "DataZoneStandard": "answered inside the data zone of the resource's region",
    }
)
"""SKU of a deployment -> where its prompts are answered.
source: https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types"""

REGIONS: tuple[str, ...] = ("eastus2", "swedencentral", "westus2")
"""Regions in which Claude was seen; westus2 has some of the models only.
source: https://learn.microsoft.com/azure/foundry/foundry-models/how-to/use-foundry-models-claude (the first two);
westus2 is unconfirmed"""
LOCATIONS: frozenset[str] = frozenset(
    {
        "australiacentral", "australiacentral2", "australiaeast", "australiasoutheast", "austriaeast",
        "belgiumcentral", "brazilsouth", "brazilsoutheast", "canadacentral", "canadaeast", "centralindia",
        "centralus", "chilecentral", "chinaeast", "chinaeast2", "chinaeast3", "chinanorth", "chinanorth2",
        "chinanorth3", "eastasia", "eastus", "eastus2", "francecentral", "francesouth", "germanynorth",
        "germanywestcentral", "indonesiacentral", "israelcentral", "italynorth", "japaneast", "japanwest",
        "jioindiacentral", "jioindiawest", "koreacentral", "koreasouth", "malaysiawest", "mexicocentral",
        "newzealandnorth", "northcentralus", "northeurope", "norwayeast", "norwaywest", "polandcentral",
        "qatarcentral", "southafricanorth", "southafricawest", "southcentralus", "southeastasia",
        "southindia", "spaincentral", "swedencentral", "swedensouth", "switzerlandnorth", "switzerlandwest",
        "uaecentral", "uaenorth", "uksouth", "ukwest", "usdodcentral", "usdodeast", "usgovarizona",
        "usgovtexas", "usgovvirginia", "westcentralus", "westeurope", "westindia", "westus", "westus2",
        "westus3",
    }
)  # fmt: skip
"""Of every cloud. source: https://learn.microsoft.com/azure/reliability/regions-list,
https://learn.microsoft.com/azure/azure-government/documentation-government-welcome, https://docs.azure.cn"""

US_LOCATION_PATTERN = r"us\d?$"
"""A region of the United States, the only data zone that offers Claude."""

AZURE_VERSION, ANTHROPIC_VERSION = "2", "1"
"""The version that is hosted on Azure, and the one on Anthropic's infrastructure, outside Azure."""


@dataclass(frozen=True)
class Offer:
    """How Foundry offers a model.

    Quotas are what a subscription has at first, of every SKU and version, in thousands of uncached input tokens a
    minute: `enterprise` under an Enterprise Agreement or MCA-E, where it is largest.
    """

    on_azure: bool
    """Whether Azure hosts it as well; DataZoneStandard is offered of that version alone."""
    pay_as_you_go: int
    enterprise: int


def _offers(models: str, *, on_azure: bool, pay_as_you_go: int, enterprise: int = 10_000) -> dict[str, Offer]:
    return {name: Offer(on_azure, pay_as_you_go, enterprise) for name in models.split()}


OFFERS: Mapping[str, Offer] = MappingProxyType(
    {
        **_offers("claude-fable-5 claude-fable-5-1", on_azure=False, pay_as_you_go=0, enterprise=4_000),
        **_offers(
            "claude-haiku-5-5 claude-opus-4-8 claude-opus-5 claude-opus-5-5 claude-sonnet-5 claude-sonnet-5-5",
            on_azure=True,
            pay_as_you_go=40,
        ),
        **_offers("claude-opus-4-5 claude-opus-4-6 claude-opus-4-7", on_azure=False, pay_as_you_go=40),
        **_offers("claude-sonnet-4-5 claude-sonnet-4-6", on_azure=False, pay_as_you_go=80),
        **_offers("claude-haiku-4-5", on_azure=True, pay_as_you_go=80),
    }
)
"""By model id, for hints alone. A trial or development subscription has 0 of each.
source: https://learn.microsoft.com/azure/foundry/foundry-models/concepts/claude-models-quotas-limits, of 2026-09;
development subscriptions: Azure/bicep-registry-modules pull 7235"""
QUOTA_FORM = "https://aka.ms/oai/stuquotarequest"
"""Where a quota request is filed. source: the same page"""

DIAGNOSTIC_LOGS: tuple[str, ...] = ("Audit",)
"""Log categories that are sent to Log Analytics. The others (AzureOpenAIRequestUsage, RequestResponse, Trace and, of
late, managed network events) describe single requests. No page says which of them hold prompts: unconfirmed, so they
stay off.
source: https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-cognitiveservices-accounts-logs"""
DIAGNOSTIC_METRICS: tuple[str, ...] = ("AllMetrics",)

PRIVATE_LINK_GROUP = "account"
PRIVATE_DNS_ZONES: tuple[str, ...] = (
    "privatelink.cognitiveservices.azure.com",
    "privatelink.openai.azure.com",
    "privatelink.services.ai.azure.com",
)
"""source: https://learn.microsoft.com/azure/private-link/private-endpoint-dns (Azure AI services)"""

MANIFEST_HOURS = 72
"""How long a new manifest may take to reach everybody. source: the install plugin's page on deployment."""
RESTORE_HOURS = 48
"""How long a deleted account can be restored, and keeps its name.
source: https://learn.microsoft.com/azure/ai-services/recover-purge-resources"""


@dataclass(frozen=True)
class AzureCloud:
    """An Azure cloud: `resource_manager` is the address of its API, `foundry_suffix` that of Foundry resources.

    `entra_scope` is what an access token for Foundry is asked for, `provider_environment` the `environment` of the
    azure-native provider.
    """

    name: str
    resource_manager: str
    foundry_suffix: str
    entra_scope: str
    provider_environment: str
    has_claude: bool = False


CLOUDS: Mapping[str, AzureCloud] = MappingProxyType(
    {
        cloud.name: cloud
        for cloud in (
            AzureCloud(
                "global",
                "https://management.azure.com",
                "services.ai.azure.com",
                "https://cognitiveservices.azure.com/.default",
                "public",
                has_claude=True,
            ),
            *(
                AzureCloud(
                    name,
                    "https://management.usgovcloudapi.net",
                    "services.ai.azure.us",
                    "https://cognitiveservices.azure.us/.default",
                    "usgovernment",
                )
                for name in ("us-gov-high", "us-gov-dod")
            ),
            AzureCloud(
                "china",
                "https://management.chinacloudapi.cn",
                "services.ai.azure.cn",
                "https://cognitiveservices.azure.cn/.default",
                "china",
            ),
        )
    }
)
"""By the Entra cloud of the tenant. Claude in Foundry was seen in the global cloud alone.
source: azure.identity.AzureAuthorityHosts and the azure-native provider for the addresses of Azure Resource Manager;
the addresses of Foundry outside the global cloud are unconfirmed"""


def hosted_by(version: str | None, model: str = "") -> str:
    """Return who hosts a version of a Claude model: `Azure`, `Anthropic` or `unknown`; of the default, in words.

    Versions are no numbers to compare: `20251001` is not newer than `2`.
    source: https://learn.microsoft.com/azure/foundry/foundry-models/concepts/claude-models (1 and 2) and
    claude-models-hosting-comparison (the default); dates are what 4.5 models of Anthropic's were first called
    """
    if version is None:
        offer = OFFERS.get(model)
        if offer is not None and not offer.on_azure:
            return "Anthropic"
        return "Azure's default version for the model, hosted on Azure where Azure hosts it"
    if version == ANTHROPIC_VERSION or re.fullmatch(r"\d{8}", version):
        return "Anthropic"
    return "Azure" if version == AZURE_VERSION else "unknown"


def account_id(subscription_id: str, resource_group: str, name: str) -> str:
    """Return the ARM id of a Foundry resource."""
    return (
        f"/subscriptions/{subscription_id}/resourceGroups/{resource_group}"
        f"/providers/Microsoft.CognitiveServices/accounts/{name}"
    )


@dataclass(frozen=True)
class AccountId:
    """An ARM id of a Foundry resource in its parts."""

    subscription_id: str
    resource_group: str
    name: str


def split_account_id(text: str) -> AccountId:
    """Return the parts of an ARM id that matches ACCOUNT_ID_PATTERN; ValueError for another."""
    if not re.match(ACCOUNT_ID_PATTERN, text):
        raise ValueError(f"{text!r} is no id of a Foundry resource")
    _, _, subscription, _, group, *_, name = text.split("/")
    return AccountId(subscription, group, name)


def endpoint(resource_name: str, cloud: str = "global") -> str:
    """Return the base URL of the Anthropic API of a Foundry resource."""
    return f"https://{resource_name}.{CLOUDS[cloud].foundry_suffix}/anthropic"


def foundry_rows(resource_name: str, cloud: str = "global") -> list[AllowlistRow]:
    """Return what Foundry direct needs besides `office_rows`.

    source: https://claude.com/docs/office-agents/third-party-platforms, network allowlist.
    """
    host = f"{resource_name}.{CLOUDS[cloud].foundry_suffix}"
    return [AllowlistRow(host, "Microsoft Foundry inference", hosts=("office", "outlook", "desktop"))]
