"""Settings of the Azure subscription and the Foundry part."""

from typing import Annotated

from pydantic import Field

from claude_byoc.azure.foundry_plan import AUTHS
from claude_byoc.contract import azure
from claude_byoc.settings.base import Section, one_of

MODEL = r"^[a-zA-Z0-9][a-zA-Z0-9._-]{1,63}$"
_Label = Annotated[str, Field(pattern=azure.LABEL_PATTERN)]
_ObjectId = Annotated[str, Field(pattern=azure.OBJECT_ID_PATTERN)]


class AzureSettings(Section):
    """The Azure subscription."""

    subscription_id: str = Field(pattern=azure.SUBSCRIPTION_ID_PATTERN, description="Subscription id (GUID).")
    location: str = Field(
        pattern=azure.LOCATION_PATTERN, description="Azure region in its short form, for instance eastus2."
    )


class FoundryOrganizationSettings(Section):
    """What Anthropic asks about the organisation; it accepts the Azure Marketplace offer of each model."""

    organization_name: str = Field(min_length=1, description="Legal name of the organisation.")
    country_code: str = Field(
        pattern=azure.COUNTRY_PATTERN, description="Its country, ISO 3166-1 alpha-2, for instance US."
    )
    industry: str = Field(
        pattern=one_of(azure.INDUSTRIES), description="Its industry: " + ", ".join(azure.INDUSTRIES) + "."
    )


class FoundryModelSettings(Section):
    """A Claude deployment; its name is the model's id."""

    capacity: int = Field(ge=1, description="Thousands of tokens a minute.")
    sku: str | None = Field(
        None,
        pattern=one_of(azure.DEPLOYMENT_SKUS),
        description="; ".join(f"{name}: {where}" for name, where in azure.DEPLOYMENT_SKUS.items())
        + f". Default {azure.DEFAULT_SKU}.",
    )
    version: str | None = Field(
        None,
        pattern=r"^[0-9]{1,8}$",
        description="In quotes. It decides who hosts: a short number Azure, a date Anthropic. Default: Azure's "
        "default version, which Azure may change.",
    )


class FoundryPrivateEndpointSettings(Section):
    """A private endpoint of the Foundry resource."""

    subnet_id: str = Field(pattern=azure.SUBNET_ID_PATTERN, description="ARM id of the subnet it stands in.")
    dns_zone_ids: list[Annotated[str, Field(pattern=azure.DNS_ZONE_ID_PATTERN)]] | None = Field(
        None,
        min_length=1,
        description="ARM ids of the private DNS zones that get its records: "
        + ", ".join(azure.PRIVATE_DNS_ZONES)
        + ".",
    )


class FoundryNetworkSettings(Section):
    """Who can reach the Foundry resource; by default everybody with a credential."""

    allowed_addresses: list[Annotated[str, Field(pattern=azure.ADDRESS_PATTERN)]] | None = Field(
        None, min_length=1, description="Only these public IPv4 addresses or ranges."
    )
    private_endpoint: FoundryPrivateEndpointSettings | None = Field(
        None, description="A private endpoint; without allowedAddresses nothing else reaches the resource."
    )


class FoundryDiagnosticsSettings(Section):
    """Sends audit log and metrics to Log Analytics; neither holds prompts or responses."""

    workspace_id: str = Field(
        pattern=azure.WORKSPACE_ID_PATTERN, description="ARM id of the Log Analytics workspace."
    )


class FoundrySettings(Section):
    """The Foundry part."""

    models: dict[Annotated[str, Field(pattern=MODEL)], FoundryModelSettings] = Field(
        default_factory=dict, description="Claude deployments to make, by model id."
    )
    organization: FoundryOrganizationSettings | None = Field(
        None, description="What Anthropic asks about the organisation. Needed as soon as there are models."
    )
    resource_name: str | None = Field(
        None,
        pattern=azure.RESOURCE_NAME_PATTERN,
        description="Name of the Foundry resource to make; nobody else in Azure may have it.",
    )
    existing_resource: str | None = Field(
        None,
        pattern=azure.ACCOUNT_ID_PATTERN,
        description="ARM id of a Foundry resource that exists; its own settings are never changed.",
    )
    existing_models: list[Annotated[str, Field(pattern=MODEL)]] | None = Field(
        None,
        min_length=1,
        description="Claude deployments of the existing resource that others manage, used as they are.",
    )
    resource_group: str | None = Field(
        None,
        pattern=azure.RESOURCE_GROUP_PATTERN,
        description="Resource group to make. Default <resource name>-rg.",
    )
    existing_resource_group: str | None = Field(
        None, pattern=azure.RESOURCE_GROUP_PATTERN, description="Resource group that exists, to use instead."
    )
    auth: str | None = Field(
        None,
        pattern=one_of(AUTHS),
        description="keyless (default): people call with their Entra token; key: one API key for everybody.",
    )
    active_key: int | None = Field(
        None, ge=1, le=2, description="Which of the two API keys is handed out. Default 1."
    )
    groups: dict[_Label, _ObjectId] | None = Field(
        None, description="Entra groups that may call, keyless: a label of your choice -> object id (GUID)."
    )
    users: dict[_Label, _ObjectId] | None = Field(
        None, description="Entra users that may call, keyless: a label of your choice -> object id (GUID)."
    )
    restore_deleted_account: bool | None = Field(
        None, description="Restores the deleted Foundry resource of this name instead of making a new one."
    )
    network: FoundryNetworkSettings | None = Field(None, description="Who can reach the Foundry resource.")
    diagnostics: FoundryDiagnosticsSettings | None = Field(
        None, description="Sends audit log and metrics to Log Analytics."
    )
