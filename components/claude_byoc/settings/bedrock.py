"""Settings of the AWS account and the Bedrock part."""

from typing import Annotated

from pydantic import Field

from claude_byoc.aws.bedrock_plan import TEAM_PATTERN
from claude_byoc.contract import aws
from claude_byoc.settings.base import GUID, Section, one_of

MODEL = r"^anthropic\.[a-z0-9.:*-]+$"


class AwsSettings(Section):
    """The AWS account. With credentials of any other, the provider stops before it changes anything."""

    account_id: str = Field(
        pattern=aws.ACCOUNT_ID_PATTERN, description="AWS account id: 12 digits, in quotes."
    )
    region: str = Field(pattern=aws.REGION_PATTERN, description="AWS region, for instance us-east-1.")


class BedrockRoleSettings(Section):
    """An IAM role that people assume with their Entra token; {} takes every default."""

    audiences: list[Annotated[str, Field(pattern=GUID)]] | None = Field(
        None,
        min_length=1,
        description="Application ids (GUID) whose tokens are accepted. Default: the environment's app.",
    )
    subjects: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")]] | None = Field(
        None,
        min_length=1,
        description="Only these people: the `sub` of their tokens, which Entra makes per person and app.",
    )
    models: list[Annotated[str, Field(pattern=MODEL)]] | None = Field(
        None,
        min_length=1,
        description="Bedrock model ids, * allowed: anthropic.claude-sonnet-*. Default: every Anthropic model.",
    )
    path: str | None = Field(
        None, pattern=r"^/([A-Za-z0-9_+=,.@/-]+/)?$", description="IAM path of the role. Default /."
    )
    name: str | None = Field(
        None,
        pattern=aws.ROLE_NAME_PATTERN,
        description=f"Name of the IAM role. Default {aws.DEFAULT_ROLE_NAME}.",
    )
    residency: list[Annotated[str, Field(pattern=one_of(aws.PROFILE_PREFIXES))]] | None = Field(
        None,
        min_length=1,
        description="Inference-profile prefixes that prompts may be routed by: "
        + ", ".join(aws.PROFILE_PREFIXES)
        + ". Default: the region's own prefix where one surely stays in its geography; else it must be set.",
    )
    session_seconds: int | None = Field(
        None,
        ge=aws.SESSION_SECONDS.start,
        le=aws.SESSION_SECONDS[-1],
        description="Longest session in seconds.",
    )
    permissions_boundary: str | None = Field(
        None, pattern=aws.POLICY_ARN_PATTERN, description="ARN of a managed policy that bounds the role."
    )


class UseCaseSettings(Section):
    """The form that AWS asks for once per account. AWS keeps it for good: destroy takes nothing back."""

    company_name: str = Field(min_length=1, description="Name of the organisation.")
    company_website: str = Field(pattern=r"^https?://\S+$", description="Web address of the organisation.")
    industry: str = Field(min_length=1, description="Industry, in a word of the form's list.")
    intended_users: str = Field(min_length=1, description="As the form's API spells it, for instance 0.")
    use_cases: str = Field(min_length=1, description="What the models are used for, in a sentence or two.")


class InvocationLoggingSettings(Section):
    """Bedrock's invocation log of the account and region. It replaces a configuration that is there."""

    log_group_name: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_./#-]{1,512}$", description="CloudWatch log group to make."
    )
    retention_days: int | None = Field(
        None, ge=1, description="How long CloudWatch keeps events, in days. Default 365."
    )
    bucket_name: str | None = Field(
        None,
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="An existing S3 bucket to write to instead; its lifecycle rules decide how long it keeps.",
    )
    key_prefix: str | None = Field(None, min_length=1, description="Prefix of the objects in the bucket.")
    include_prompts_and_responses: bool | None = Field(
        None, description="Also log what people write and what Claude answers. Default false."
    )


class BedrockSettings(Section):
    """The Bedrock part; {} takes every default."""

    role: BedrockRoleSettings | None = Field(
        None, description="The role for everyone. Declared by default, unless there are teams."
    )
    teams: dict[Annotated[str, Field(pattern=TEAM_PATTERN)], BedrockRoleSettings] | None = Field(
        None, description="Roles by team, each with its own audience, residency, models and boundary."
    )
    existing_oidc_provider_arn: str | None = Field(
        None,
        pattern=aws.OIDC_PROVIDER_ARN_PATTERN,
        description="ARN of the account's OIDC provider for this tenant, where it exists already.",
    )
    use_case: UseCaseSettings | None = Field(
        None, description="Submits the first-use form, once per account."
    )
    accept_model_terms: (
        list[Annotated[str, Field(pattern=r"^([a-z-]+\.)?anthropic\.[a-z0-9.:-]+$")]] | None
    ) = Field(None, description="Accepts the terms of these Bedrock models (ids) for the account.")
    invocation_logging: InvocationLoggingSettings | None = Field(
        None, description="Turns Bedrock's invocation log of the region on."
    )
    global_endpoint_token_version: str | None = Field(
        None,
        pattern="^v[12]Token$",
        description="v2Token for opt-in regions: the global STS endpoint's tokens, for the whole account.",
    )
