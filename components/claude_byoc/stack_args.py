"""The arguments of `ClaudeByoc`; what settings become, and what a program in any language may pass."""

from typing import Any, NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.aws.bedrock_args import BedrockRoleArgs, InvocationLoggingArgs, UseCaseArgs
from claude_byoc.aws.gateway_args import AwsGatewayHostArgs
from claude_byoc.azure.foundry_args import FoundryArgs
from claude_byoc.azure.gateway_args import AzureGatewayHostArgs
from claude_byoc.entra.anthropic_args import TenantAnthropicAppArgs
from claude_byoc.entra.app_args import GrantImportArgs, OwnAppArgs
from claude_byoc.entra.desktop_args import DesktopRegistrationArgs
from claude_byoc.gateway.service_args import (
    GatewayCallersArgs,
    GatewaySecretsArgs,
    GatewayServiceSettingsArgs,
)
from claude_byoc.google.gateway_args import GoogleGatewayHostArgs
from claude_byoc.google.vertex_args import VertexArgs


class TenantAppArgs(OwnAppArgs, total=False):
    """The organisation's own app, declared here; `{}` takes every default."""

    uses: list[str]
    """What people's tokens are for: `sso`, `outlook`, `foundry` (without a key), `gateway`. Default: what the
    environment's hosts and paths need."""


class TenantDesktopArgs(DesktopRegistrationArgs, total=False):
    """The registration by which Claude Desktop signs people in, declared here; `{}` takes every default."""

    api: str
    """What Claude Desktop calls with people's tokens: `gateway` or `foundry`. Default: the path of the host
    `desktop`."""


class EntraArgs(TypedDict):
    """The Entra tenant whose people use Claude."""

    tenant_id: Input[str]
    """Tenant id (GUID)."""
    cloud: NotRequired[str]
    """`global` (default), `us-gov-high`, `us-gov-dod` or `china`."""
    client_id: NotRequired[Input[str]]
    """Application id (GUID) of the organisation's own app. Default: Anthropic's multi-tenant app."""
    scope: NotRequired[Input[str]]
    """With `client_id`: scope of the API that the app exposes for the gateway. Default
    `api://<client_id>/access_as_user`."""
    desktop_client_id: NotRequired[Input[str]]
    """Application id (GUID) of the registration by which Claude Desktop signs people in."""
    from_stack: NotRequired[str]
    """Stack that declares the tenant's apps (organization/project/stack), read instead of ids."""
    app: NotRequired[TenantAppArgs]
    """Declares the organisation's own app in this stack."""
    desktop: NotRequired[TenantDesktopArgs]
    """Declares the registration of Claude Desktop in this stack."""
    anthropic_app: NotRequired[TenantAnthropicAppArgs]
    """Consent to Anthropic's app, and who is assigned to it."""
    consent: NotRequired[str]
    """`links` (default): a person consents. `code`: the grants are declared, protected and kept on destroy."""
    import_grants: NotRequired[dict[str, GrantImportArgs]]
    """With `consent: code`: grants that exist, as the preview that found them says."""


class AwsArgs(TypedDict):
    """The AWS account; with credentials of any other, the provider stops before it changes anything."""

    account_id: Input[str]
    """AWS account id, 12 digits."""
    region: Input[str]
    """AWS region, for instance `us-east-1`."""


class AzureArgs(TypedDict):
    """The Azure subscription."""

    subscription_id: Input[str]
    """Subscription id (GUID)."""
    location: Input[str]
    """Azure region in its short form, for instance `eastus2`."""


class GoogleArgs(TypedDict):
    """The Google Cloud project."""

    project_id: Input[str]
    """Project id: not the number, not the display name."""


class BedrockArgs(TypedDict, total=False):
    """The Bedrock part; `{}` takes every default."""

    role: BedrockRoleArgs
    """The role for everyone. Declared by default, unless there are teams."""
    teams: dict[str, BedrockRoleArgs]
    """Roles by team, each with its own audience, residency, models and boundary."""
    existing_oidc_provider_arn: Input[str]
    """ARN of the account's OIDC provider for this tenant, where one exists; it is used and never changed."""
    use_case: UseCaseArgs
    """Submits the first-use form. AWS keeps it for good: destroy takes nothing back."""
    accept_model_terms: list[str]
    """Accepts the terms of these Bedrock models (ids) for the account."""
    invocation_logging: InvocationLoggingArgs
    """Turns Bedrock's invocation log of the region on."""
    global_endpoint_token_version: Input[str]
    """`v2Token` for opt-in regions: the version of the global STS endpoint's tokens, for the whole account."""


class ExistingGatewayArgs(TypedDict):
    """A gateway that the organisation already runs."""

    url: Input[str]
    """Base URL as people's browsers reach it, https."""
    api_format: NotRequired[str]
    """API that it speaks: `anthropic` (default), `bedrock` or `vertex`."""
    auth: NotRequired[str]
    """How people are known to it: `token` (default) or `entra`, by their Entra access token."""
    auth_header: NotRequired[str]
    """Header of the gateway token: `x-api-key` (default) or `authorization`."""
    models: NotRequired[list[str]]
    """Model ids that it serves, for the Claude Desktop profile."""
    internal: NotRequired[bool]
    """Whether its name resolves to a private address, so that browsers need a policy to let the add-in reach it."""


class GatewayGoogleArgs(GoogleGatewayHostArgs):
    """A gateway in Cloud Run."""

    region: Input[str]
    """Region of Cloud Run, for instance `europe-west1`."""


class GatewayArgs(GatewayServiceSettingsArgs, total=False):
    """The gateway part: one that exists, or one of our own in a cloud of the organisation."""

    existing: ExistingGatewayArgs
    """A gateway that the organisation already runs; nothing else is set beside it."""
    cloud: str
    """Where ours runs: `aws` (Amazon ECS), `google` (Cloud Run) or `azure` (Azure Container Apps)."""
    auth: str
    """How add-ins are known to ours: `entra`, by their Entra access token (default with `entra`), or `token`."""
    api_format: str
    """API by which add-ins call ours: `anthropic` (default), `bedrock` or `vertex`, where it has that upstream."""
    aws: AwsGatewayHostArgs
    """With `cloud: aws`: where and how it stands there."""
    google: GatewayGoogleArgs
    """With `cloud: google`: where and how it stands there."""
    azure: AzureGatewayHostArgs
    """With `cloud: azure`: where and how it stands there."""
    entra: GatewayCallersArgs
    """Lets people of the tenant call with the tokens of the organisation's app; `{}` takes every default."""


class DesktopArgs(TypedDict, total=False):
    """The profile of Claude Desktop (Cowork); `{}` takes every default."""

    profile: str
    """What the app may do: `standard` (default), `restricted` or `locked_down`."""
    values: dict[str, Any]
    """Further keys that are no secrets, with native values; they win over the profile."""


class SupportArgs(TypedDict, total=False):
    """Whom people ask; the guides for people say it."""

    name: Input[str]
    """Name of the help desk or team."""
    email: Input[str]
    """Its mail address."""
    url: Input[str]
    """Its page (URL)."""
    phone: Input[str]
    """Its telephone number."""


class ClaudeByocArgs(TypedDict):
    """One environment: who uses Claude, where, and by which path prompts reach a model."""

    entra: EntraArgs
    """The Entra tenant whose people use Claude."""
    hosts: NotRequired[list[str]]
    """Where people meet Claude: `office` (default), `outlook`, `desktop`; empty for the Entra tenant alone."""
    paths: NotRequired[dict[str, str]]
    """Host -> connection path, where the environment has several; `choose` lets each person pick."""
    aws: NotRequired[AwsArgs]
    """The AWS account and region of the Bedrock part."""
    bedrock: NotRequired[BedrockArgs]
    """The Bedrock part."""
    azure: NotRequired[AzureArgs]
    """The Azure subscription and region of the Foundry part."""
    foundry: NotRequired[FoundryArgs]
    """The Foundry part."""
    google: NotRequired[GoogleArgs]
    """The Google Cloud project of the Vertex AI part."""
    vertex: NotRequired[VertexArgs]
    """The Vertex AI part."""
    gateway: NotRequired[GatewayArgs]
    """The gateway part."""
    desktop: NotRequired[DesktopArgs]
    """The profile of Claude Desktop (Cowork)."""
    support: NotRequired[SupportArgs]
    """Whom people ask; the guides for people say it."""
    manifest: NotRequired[dict[str, Input[str]]]
    """Further manifest keys that are no secrets, such as `auto_connect` or `otlp_endpoint`."""
    secrets: NotRequired[dict[str, Input[str]]]
    """Manifest keys that are secrets, such as `otlp_headers`. Pass Pulumi secrets."""
    desktop_secrets: NotRequired[dict[str, Input[str]]]
    """Keys of Claude Desktop that are secrets, such as `otlpHeaders`; objects as JSON text. Pass Pulumi secrets."""
    gateway_secrets: NotRequired[GatewaySecretsArgs]
    """Credentials for the upstreams of a gateway of ours. Pass Pulumi secrets."""
