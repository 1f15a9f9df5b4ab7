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
    plan_of,
)
from claude_byoc.contract import entra
from claude_byoc.contract.problems import Problem
from claude_byoc.manifest_plan import Connection, Plan


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


class GatewayArgs(TypedDict):
    """The gateway part."""

    existing: ExistingGatewayArgs
    """A gateway that the organisation already runs."""


class ClaudeByocArgs(TypedDict):
    """One environment: who uses Claude, where, and by which path prompts reach a model."""

    entra: EntraArgs
    """The Entra tenant whose people use Claude."""
    hosts: NotRequired[list[str]]
    """Where people meet Claude: `office` (default), `outlook`; empty for an environment of the tenant alone."""
    paths: NotRequired[dict[str, str]]
    """Host -> connection path, where the environment has several; `choose` lets each person pick."""
    aws: NotRequired[AwsArgs]
    """The AWS account and region of the Bedrock part."""
    bedrock: NotRequired[BedrockArgs]
    """The Bedrock part."""
    gateway: NotRequired[GatewayArgs]
    """The gateway part."""
    manifest: NotRequired[dict[str, Input[str]]]
    """Further manifest keys that are no secrets, such as `auto_connect` or `otlp_endpoint`."""
    secrets: NotRequired[dict[str, Input[str]]]
    """Manifest keys that are secrets, such as `otlp_headers`. Pass Pulumi secrets."""


def plan(args: ClaudeByocArgs) -> Plan:
    """Return what `args` ask of the manifests; a value that is an Output counts as not known yet."""
    tenant = args.get("entra", {})
    return Plan(
        hosts=tuple(dict.fromkeys(args.get("hosts", ["office"]))),
        connections=connections(args),
        paths=args.get("paths", {}),
        cloud=tenant.get("cloud", "global"),
        own_app="client_id" in tenant,
        extra={
            key: value if isinstance(value, str) else None for key, value in args.get("manifest", {}).items()
        },
        secrets=tuple(args.get("secrets", {})),
    )


ACCOUNTS = {
    "bedrock": ("aws", 'aws: {accountId: "12 digits", region: for instance us-east-1}'),
}
"""Part -> the setting that names the account it stands in, and its form."""


def part_problems(args: ClaudeByocArgs) -> list[Problem]:
    """Return what the parts refuse in `args`, as far as it is known before the run."""
    found = [
        Problem(
            key=account,
            wrong=f"is missing, and the part `{part}` stands in it",
            allowed=form,
            cure=f"add `{account}` to the settings",
        )
        for part, (account, form) in ACCOUNTS.items()
        if part in args and account not in args
    ]
    if (bedrock := bedrock_access_args(args)) is not None:
        found += plan_of(bedrock).problems()
    return found


def connections(args: ClaudeByocArgs) -> list[Connection]:
    """Return the connection paths that the environment has."""
    found: list[Connection] = []
    if "bedrock" in args:
        role = {"aws_role_arn": None} if has_everyone(args["bedrock"]) else {}
        # Without a role for everyone, aws_role_arn comes per person, by directory attributes.
        found.append(
            Connection("bedrock", ("office", "desktop"), {"aws_region": None, "entra_sso": "1", **role})
        )
    if "gateway" in args:
        found.append(_gateway(args["gateway"]))
    return found


def _gateway(part: GatewayArgs) -> Connection:
    existing = part["existing"]
    keys: dict[str, str | None] = {
        "gateway_url": None,
        "gateway_api_format": existing.get("api_format", "anthropic"),
    }
    if "auth_header" in existing:
        keys["gateway_auth_header"] = existing["auth_header"]
    if existing.get("auth") != "entra":
        return Connection("gateway", ("office", "outlook", "desktop"), keys, secrets=("gateway_token",))
    keys |= {"entra_sso": "1", "entra_scope": None, "gateway_auth_source": "entra"}
    return Connection("gateway", ("office", "outlook", "desktop"), keys)


def bedrock_access_args(args: ClaudeByocArgs) -> BedrockAccessArgs | None:
    """Return the arguments of the Bedrock part, in the tenant as it is given; None where there is no such part."""
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
