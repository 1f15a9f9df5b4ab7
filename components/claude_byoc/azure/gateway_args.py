"""The arguments of `AzureGateway`, apart from it so that they need no Azure SDK."""

from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.gateway.service_args import GatewayServiceArgs


class AzureGatewayHostArgs(TypedDict, total=False):
    """What a gateway in Azure Container Apps takes beside what it takes everywhere."""

    name: str
    """What the names of all that is made begin with. Default `claude-gateway`."""
    resource_group: str
    """Resource group to make. Default `<name>-rg`."""
    existing_resource_group: str
    """Resource group that exists, to use instead."""
    existing_environment: str
    """ARM id of a Container Apps environment that exists, to use instead of making one; its logs, network and
    timeouts stay its owner's."""
    subnet_id: Input[str]
    """ARM id of a subnet for the environment, /27 or larger, delegated to `Microsoft.App/environments`. An internal
    gateway needs it."""
    firewall_subnet_id: Input[str]
    """ARM id of a subnet for the Application Gateway alone, /27 or larger; only with `waf`. Default: a virtual network
    of its own, with a subnet for the environment too."""
    firewall_subnet_range: str
    """IPv4 range of that subnet: from it alone the containers take requests. Needed with it."""
    vault_name: str
    """Name of the key vault, which nobody else in Azure has. Default `<name>-` and six characters that follow from
    subscription and resource group."""
    purge_protection: bool
    """Keeps a deleted vault for its 7 days, whoever wants to purge it; can never be switched off. Default false."""
    restore_deleted_vault: bool
    """Brings a deleted vault of this name back instead of making a new one."""
    log_workspace_id: Input[str]
    """ARM id of a Log Analytics workspace that exists, to use instead of making one; its retention stays its
    owner's."""
    action_group_id: Input[str]
    """ARM id of an action group that alerts notify. Default: alerts show in Azure Monitor alone."""
    foundry_account_id: Input[str]
    """ARM id of the Foundry resource that a keyless upstream calls. Needed for it."""
    dns_zone_id: str
    """ARM id of a public Azure DNS zone that holds `domain`; the records are made in it."""
    domain_verified: bool
    """The DNS records for `domain` exist, so that Azure accepts it. Only without `dns_zone_id`; default false, which
    shows the records."""
    certificate_url: Input[str]
    """Certificate for `domain` in a key vault: `https://VAULT.vault.azure.net/secrets/NAME`. Default: one that Azure
    makes and renews; an internal gateway and one with `waf` cannot have that. With `waf` the firewall reads it, without
    it not in an environment that exists."""
    certificate_vault_id: Input[str]
    """ARM id of that key vault, in RBAC mode."""
    existing_certificate_id: Input[str]
    """ARM id of a certificate for `domain` in the existing environment, where its owner put it."""


class AzureGatewayArgs(GatewayServiceArgs, AzureGatewayHostArgs):
    """What `AzureGateway` needs to know."""

    subscription_id: Input[str]
    """Azure subscription (GUID)."""
    location: Input[str]
    """Azure region, for instance `swedencentral`."""
    tags: NotRequired[Input[dict[str, Input[str]]]]
    """Tags for what has tags."""
