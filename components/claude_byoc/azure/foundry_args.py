"""The arguments of `FoundryAccess` and what they ask for, apart from it so that neither needs the Azure SDK."""

from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.arguments import known_text, known_whole, require
from claude_byoc.azure.foundry_plan import FoundryPlan, ModelPlan
from claude_byoc.contract import azure as facts


class FoundryOrganizationArgs(TypedDict):
    """What Anthropic asks about the organisation; giving it accepts the Azure Marketplace offer of each model."""

    organization_name: Input[str]
    """Legal name of the organisation."""
    country_code: Input[str]
    """Its country, ISO 3166-1 alpha-2, for instance `US`."""
    industry: Input[str]
    """`technology`, `finance`, `healthcare`, `education`, `retail`, `manufacturing`, `government`, `media` or
    `other`."""


class FoundryModelArgs(TypedDict):
    """A Claude deployment. Its name is the model's id, since the add-in looks for no other."""

    capacity: Input[int]
    """Thousands of tokens a minute."""
    sku: NotRequired[str]
    """`GlobalStandard` (default) or `DataZoneStandard`."""
    version: NotRequired[str]
    """Which version, and by it who hosts: `2` Azure, `1` or a date Anthropic, outside Azure. Default: Azure's default
    version, which Azure may change."""


class FoundryPrivateEndpointArgs(TypedDict):
    """A private endpoint of the Foundry resource."""

    subnet_id: Input[str]
    """ARM id of the subnet it stands in."""
    dns_zone_ids: NotRequired[list[Input[str]]]
    """ARM ids of the private DNS zones (cognitiveservices, openai, services.ai) that get its records."""


class FoundryNetworkArgs(TypedDict, total=False):
    """Who can reach the Foundry resource; by default everybody with a credential."""

    allowed_addresses: list[Input[str]]
    """Only these public IPv4 addresses or ranges."""
    private_endpoint: FoundryPrivateEndpointArgs
    """A private endpoint; without `allowed_addresses` nothing else reaches the resource."""


class FoundryDiagnosticsArgs(TypedDict):
    """Sends audit log and metrics to Log Analytics; neither holds prompts or responses."""

    workspace_id: Input[str]
    """ARM id of the Log Analytics workspace."""


class FoundryArgs(TypedDict):
    """The Foundry part."""

    models: dict[str, FoundryModelArgs]
    """Claude deployments to make, by model id."""
    organization: NotRequired[FoundryOrganizationArgs]
    """What Anthropic asks about the organisation. Needed as soon as there are models."""
    resource_name: NotRequired[str]
    """Name of the Foundry resource to make; it is its subdomain as well, so nobody else in Azure may have it."""
    existing_resource: NotRequired[str]
    """ARM id of a Foundry resource that exists; only deployments, role assignments, a private endpoint and a
    diagnostic setting are added, and its own settings are never changed."""
    existing_models: NotRequired[list[str]]
    """Claude deployments of the existing resource that others manage and this environment uses as they are."""
    resource_group: NotRequired[str]
    """Resource group to make. Default `<resource name>-rg`."""
    existing_resource_group: NotRequired[str]
    """Resource group that exists, to use instead."""
    auth: NotRequired[str]
    """`keyless` (default): people call with their Entra token. `key`: one API key for everybody."""
    active_key: NotRequired[Input[int]]
    """Which of the two API keys is handed out: 1 (default) or 2."""
    groups: NotRequired[dict[str, Input[str]]]
    """Entra groups that may call, keyless: a label of your choice -> object id (GUID)."""
    users: NotRequired[dict[str, Input[str]]]
    """Entra users that may call, keyless: a label of your choice -> object id (GUID)."""
    restore_deleted_account: NotRequired[bool]
    """Restores the deleted Foundry resource of this name instead of making a new one."""
    network: NotRequired[FoundryNetworkArgs]
    """Who can reach the Foundry resource."""
    diagnostics: NotRequired[FoundryDiagnosticsArgs]
    """Sends audit log and metrics to Log Analytics."""


class FoundryAccessArgs(FoundryArgs):
    """What `FoundryAccess` needs to know."""

    subscription_id: Input[str]
    """Azure subscription (GUID)."""
    location: Input[str]
    """Azure region, for instance `eastus2`."""
    entra_cloud: NotRequired[str]
    """`global` (default), `us-gov-high`, `us-gov-dod` or `china`."""
    tags: NotRequired[Input[dict[str, Input[str]]]]
    """Tags for what has tags."""


def plan_of(args: FoundryAccessArgs) -> FoundryPlan:
    """Return what `args` ask for, as far as it is known before the run.

    Raises ProblemsError where a required argument is missing.
    """
    keys = FoundryAccessArgs.__annotations__
    require(args, "FoundryAccess", keys, ["subscription_id", "location", "models"])
    network = args.get("network", {})
    endpoint = network.get("private_endpoint")
    organization = args.get("organization")
    return FoundryPlan(
        subscription_id=known_text(args["subscription_id"]),
        location=known_text(args["location"]),
        cloud=args.get("entra_cloud", "global"),
        models={name: _model(model) for name, model in args["models"].items()},
        organization={key: known_text(value) for key, value in organization.items()}
        if organization
        else None,
        resource_name=args.get("resource_name"),
        existing_resource=args.get("existing_resource"),
        existing_models=args.get("existing_models", []),
        resource_group=args.get("resource_group"),
        existing_resource_group=args.get("existing_resource_group"),
        auth=args.get("auth", "keyless"),
        active_key=known_whole(args.get("active_key")),
        groups={label: known_text(principal) for label, principal in args.get("groups", {}).items()},
        users={label: known_text(principal) for label, principal in args.get("users", {}).items()},
        restore=args.get("restore_deleted_account", False),
        addresses=[known_text(one) for one in network["allowed_addresses"]]
        if "allowed_addresses" in network
        else None,
        private_endpoint=endpoint is not None,
        dns_zones=[known_text(zone) for zone in endpoint.get("dns_zone_ids", [])] if endpoint else [],
    )


def _model(model: FoundryModelArgs) -> ModelPlan:
    return ModelPlan(
        capacity=known_whole(model.get("capacity")),
        sku=model.get("sku", facts.DEFAULT_SKU),
        version=model.get("version"),
    )
