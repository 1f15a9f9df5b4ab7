"""The settings of an environment: `claude-byoc:settings` in its stack file, checked all at once.

Pure: it takes the object that Pulumi read and returns either the settings or every problem it found.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from claude_byoc.aws.bedrock_args import has_everyone, plan_of
from claude_byoc.aws.bedrock_plan import TEAM_PATTERN
from claude_byoc.contract import aws, entra
from claude_byoc.contract.local import LOCAL_ACCOUNT_ID, LOCAL_TENANT_ID
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.contract.problems import Problem
from claude_byoc.manifest_plan import SECRET_CONFIG_KEYS, Plan
from claude_byoc.settings_errors import problems_of
from claude_byoc.stack_args import ClaudeByocArgs, bedrock_access_args

SETTINGS_KEY = "claude-byoc:settings"

MODEL = r"^anthropic\.[a-z0-9.:*-]+$"
GUID = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"


def _one_of(words: Iterable[str]) -> str:
    return f"^(?:{'|'.join(words)})$"


class _Settings(BaseModel):
    model_config = ConfigDict(
        extra="forbid", alias_generator=to_camel, strict=True, frozen=True, hide_input_in_errors=True
    )


class EntraSettings(_Settings):
    """The Entra tenant whose people use Claude."""

    tenant_id: str = Field(pattern=GUID, description="Tenant id (GUID).")
    cloud: str = Field(
        "global",
        pattern=_one_of(entra.CLOUDS),
        description="Entra cloud: " + ", ".join(entra.CLOUDS) + ".",
    )
    client_id: str | None = Field(
        None,
        pattern=GUID,
        description="Application id (GUID) of the organisation's own app. Default: Anthropic's app.",
    )


class AwsSettings(_Settings):
    """The AWS account. With credentials of any other, the provider stops before it changes anything."""

    account_id: str = Field(
        pattern=aws.ACCOUNT_ID_PATTERN, description="AWS account id: 12 digits, in quotes."
    )
    region: str = Field(pattern=aws.REGION_PATTERN, description="AWS region, for instance us-east-1.")


class BedrockRoleSettings(_Settings):
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
    residency: list[Annotated[str, Field(pattern=_one_of(aws.PROFILE_PREFIXES))]] | None = Field(
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


class UseCaseSettings(_Settings):
    """The form that AWS asks for once per account. AWS keeps it for good: destroy takes nothing back."""

    company_name: str = Field(min_length=1, description="Name of the organisation.")
    company_website: str = Field(pattern=r"^https?://\S+$", description="Web address of the organisation.")
    industry: str = Field(min_length=1, description="Industry, in a word of the form's list.")
    intended_users: str = Field(min_length=1, description="As the form's API spells it, for instance 0.")
    use_cases: str = Field(min_length=1, description="What the models are used for, in a sentence or two.")


class InvocationLoggingSettings(_Settings):
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


class BedrockSettings(_Settings):
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


def _manifest_text(value: object) -> object:
    # YAML reads `1` as a number and a list as a list; manifests carry text, and JSON in its compact form.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return value


class Settings(_Settings):
    """One environment: who uses Claude, where, and by which path prompts reach a model."""

    entra: EntraSettings = Field(description="The Entra tenant whose people use Claude.")
    hosts: list[Annotated[str, Field(pattern="^(office|outlook)$")]] = Field(
        default=["office"],
        min_length=1,
        description="Where people meet Claude: office (Excel, PowerPoint, Word), outlook.",
    )
    aws: AwsSettings | None = Field(None, description="The AWS account and region of the Bedrock part.")
    bedrock: BedrockSettings | None = Field(None, description="The Bedrock part.")
    manifest: dict[str, Annotated[str, BeforeValidator(_manifest_text)]] = Field(
        default_factory=dict,
        description="Further manifest keys that are no secrets, such as auto_connect or otlp_endpoint.",
    )


def check(settings: object, secrets: Mapping[str, str], stack: str) -> tuple[Settings | None, list[Problem]]:
    """Return the settings, or None and every problem at once.

    `settings` is the object under `claude-byoc:settings`; `secrets` maps manifest keys to secret values,
    which no problem's text repeats; `stack` is the name of the environment.
    """
    parsed: Settings | None = None
    problems: list[Problem] = []
    try:
        parsed = Settings.model_validate(settings)
    except ValidationError as refused:
        problems += problems_of(refused, Settings)
    raw = settings if isinstance(settings, dict) else {}
    if parsed and (part := bedrock_access_args(args_of(parsed))):
        problems += plan_of(part).problems()
    if stack == "local":
        problems += _local_problems(raw)
    if isinstance(settings, dict):
        problems += [p for p in _plan(raw, secrets).problems() if p.key not in {q.key for q in problems}]
    return (None if problems else parsed), problems


def args_of(settings: Settings) -> ClaudeByocArgs:
    """Return the arguments that settings become, without secrets.

    The names agree one to one, so that a setting has one spelling per language and no table between them.
    """
    return cast("ClaudeByocArgs", settings.model_dump(by_alias=False, exclude_none=True))


def _local_problems(raw: Mapping[str, Any]) -> list[Problem]:
    pins = (("entra", "tenantId", LOCAL_TENANT_ID), ("aws", "accountId", LOCAL_ACCOUNT_ID))
    return [
        Problem(
            key=f"{part}.{key}",
            wrong="is not the one that stack `local` is pinned to",
            allowed=f'"{pinned}", which exists in no real cloud',
            cure="use another stack name for a real environment: pulumi stack init NAME",
        )
        for part, key, pinned in pins
        if isinstance(raw.get(part), dict) and raw[part].get(key) != pinned
    ]


def _plan(raw: Mapping[str, Any], secrets: Mapping[str, str]) -> Plan:
    # Reads the raw object so that the rules between keys are told even where a single value is wrong.
    tenant = raw["entra"] if isinstance(raw.get("entra"), dict) else {}
    manifest = raw["manifest"] if isinstance(raw.get("manifest"), dict) else {}
    hosts = raw.get("hosts", ["office"])
    part = raw["bedrock"] if isinstance(raw.get("bedrock"), dict) else {}
    texts = {str(key): _manifest_text(value) for key, value in manifest.items()}
    return Plan(
        hosts=[host for host in hosts if host in ("office", "outlook")] if isinstance(hosts, list) else [],
        bedrock=raw.get("bedrock") is not None,
        everyone=has_everyone({key: value for key, value in part.items() if value is not None}),
        aws=raw.get("aws") is not None,
        cloud=tenant["cloud"] if tenant.get("cloud") in entra.CLOUDS else "global",
        own_app=tenant.get("clientId") is not None,
        extra={key: value for key, value in texts.items() if isinstance(value, str)},
        secrets=tuple(secrets),
    )


def stack_file_schema() -> dict[str, Any]:
    """Return the JSON Schema of a stack file (`Pulumi.<stack>.yaml`), for editors."""
    settings = Settings.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = settings.pop("$defs")
    settings["properties"]["manifest"] = {
        "type": "object",
        "description": Settings.model_fields["manifest"].description,
        "additionalProperties": False,
        "properties": {
            name: {"description": key.help, "type": ["string", "integer", "array", "object"]}
            for name, key in MANIFEST_KEYS.items()
            if not key.secret
        },
    }
    secret = {
        "type": "object",
        "properties": {"secure": {"type": "string"}},
        "required": ["secure"],
        "additionalProperties": False,
        "description": "Set with `pulumi config set --secret`; the stack file holds it encrypted.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A claude-byoc stack file",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {
                    SETTINGS_KEY: settings,
                    **{f"claude-byoc:{name}": secret for name in sorted(SECRET_CONFIG_KEYS)},
                },
            }
        },
        "$defs": definitions,
    }
