"""The arguments of `ClaudeByoc`; what settings become, and what a program in any language may pass."""

from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.aws.bedrock_args import (
    BedrockAccessArgs,
    BedrockRoleArgs,
    InvocationLoggingArgs,
    UseCaseArgs,
    has_everyone,
)
from claude_byoc.contract import entra
from claude_byoc.manifest_plan import Plan


class EntraArgs(TypedDict):
    """The Entra tenant whose people use Claude."""

    tenant_id: Input[str]
    """Tenant id (GUID)."""
    cloud: NotRequired[str]
    """`global` (default), `us-gov-high`, `us-gov-dod` or `china`."""
    client_id: NotRequired[Input[str]]
    """Application id (GUID) of the organisation's own app. Default: Anthropic's multi-tenant app."""


class AwsArgs(TypedDict):
    """The AWS account; with credentials of any other, the provider stops before it changes anything."""

    account_id: Input[str]
    """AWS account id, 12 digits."""
    region: Input[str]
    """AWS region, for instance `us-east-1`."""


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


class ClaudeByocArgs(TypedDict):
    """One environment: who uses Claude, where, and by which path prompts reach a model."""

    entra: EntraArgs
    """The Entra tenant whose people use Claude."""
    hosts: NotRequired[list[str]]
    """Where people meet Claude: `office` (default), `outlook`."""
    aws: NotRequired[AwsArgs]
    """The AWS account and region of the Bedrock part."""
    bedrock: NotRequired[BedrockArgs]
    """The Bedrock part."""
    manifest: NotRequired[dict[str, Input[str]]]
    """Further manifest keys that are no secrets, such as `auto_connect` or `otlp_endpoint`."""
    secrets: NotRequired[dict[str, Input[str]]]
    """Manifest keys that are secrets, such as `otlp_headers`. Pass Pulumi secrets."""


def plan(args: ClaudeByocArgs) -> Plan:
    """Return what `args` ask of the manifests; a value that is an Output counts as not known yet."""
    tenant = args["entra"]
    return Plan(
        hosts=tuple(dict.fromkeys(args.get("hosts", ["office"]))),
        bedrock="bedrock" in args,
        everyone=has_everyone(args.get("bedrock", {})),
        aws="aws" in args,
        cloud=tenant.get("cloud", "global"),
        own_app="client_id" in tenant,
        extra={
            key: value if isinstance(value, str) else None for key, value in args.get("manifest", {}).items()
        },
        secrets=tuple(args.get("secrets", {})),
    )


def bedrock_access_args(args: ClaudeByocArgs) -> BedrockAccessArgs | None:
    """Return the arguments of the Bedrock part, or None where the environment has none."""
    if "bedrock" not in args or "aws" not in args:
        return None
    return {
        **args["bedrock"],
        "tenant_id": args["entra"]["tenant_id"],
        "entra_cloud": args["entra"].get("cloud", "global"),
        "region": args["aws"]["region"],
        "account_id": args["aws"]["account_id"],
        "audiences": [args["entra"].get("client_id", entra.ANTHROPIC_APP_ID)],
    }
