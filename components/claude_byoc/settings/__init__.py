"""The settings of an environment: `claude-byoc:settings` in its stack file, checked all at once.

Pure: it takes the object that Pulumi read and returns either the settings or every problem it found.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field, ValidationError

from claude_byoc.contract.local import (
    LOCAL_ACCOUNT_ID,
    LOCAL_PROJECT_ID,
    LOCAL_SUBSCRIPTION_ID,
    LOCAL_TENANT_ID,
)
from claude_byoc.contract.problems import Problem
from claude_byoc.gateway.service_args import GatewaySecretsArgs
from claude_byoc.manifest_plan import ALL_HOSTS, CHOOSE, PATHS
from claude_byoc.settings.base import Section, one_of
from claude_byoc.settings.bedrock import AwsSettings, BedrockSettings
from claude_byoc.settings.desktop import DesktopSettings
from claude_byoc.settings.entra import EntraSettings
from claude_byoc.settings.errors import problems_of, sections, touched
from claude_byoc.settings.foundry import AzureSettings, FoundrySettings
from claude_byoc.settings.gateway import GatewaySettings
from claude_byoc.settings.salvage import salvaged
from claude_byoc.settings.support import SupportSettings
from claude_byoc.settings.vertex import GoogleSettings, VertexSettings
from claude_byoc.stack_args import ClaudeByocArgs
from claude_byoc.stack_plan import desktop_plan, part_problems, plan

SETTINGS_KEY = "claude-byoc:settings"

_PATH = one_of((*PATHS, CHOOSE))


def _manifest_text(value: object) -> object:
    # YAML reads `1` as a number and a list as a list; manifests carry text, and JSON in its compact form.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return value


class Settings(Section):
    """One environment: who uses Claude, where, and by which path prompts reach a model."""

    entra: EntraSettings = Field(description="The Entra tenant whose people use Claude.")
    hosts: list[Annotated[str, Field(pattern=one_of(ALL_HOSTS))]] = Field(
        default=["office"],
        description="Where people meet Claude: office (Excel, PowerPoint, Word), outlook, desktop (Cowork). Empty "
        "for an environment of the Entra tenant alone.",
    )
    paths: (
        dict[Annotated[str, Field(pattern=one_of(ALL_HOSTS))], Annotated[str, Field(pattern=_PATH)]] | None
    ) = Field(
        None,
        description="Host -> connection path, where the environment has several; `choose` lets each person pick.",
    )
    aws: AwsSettings | None = Field(None, description="The AWS account and region of the Bedrock part.")
    bedrock: BedrockSettings | None = Field(None, description="The Bedrock part.")
    azure: AzureSettings | None = Field(None, description="The Azure subscription of the Foundry part.")
    foundry: FoundrySettings | None = Field(None, description="The Foundry part.")
    google: GoogleSettings | None = Field(None, description="The Google Cloud project of the Vertex AI part.")
    vertex: VertexSettings | None = Field(None, description="The Vertex AI part.")
    gateway: GatewaySettings | None = Field(None, description="The gateway part.")
    desktop: DesktopSettings | None = Field(None, description="The profile of Claude Desktop (Cowork).")
    support: SupportSettings | None = Field(
        None, description="Whom people ask; the guides for people say it."
    )
    manifest: dict[str, Annotated[str, BeforeValidator(_manifest_text)]] = Field(
        default_factory=dict,
        description="Further manifest keys that are no secrets, such as auto_connect or otlp_endpoint.",
    )


def check(
    settings: object,
    secrets: Mapping[str, str],
    stack: str,
    *,
    desktop_secrets: Mapping[str, str] = MappingProxyType({}),
    gateway_secrets: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Settings | None, list[Problem]]:
    """Return the settings, or None and every problem at once.

    `settings` is the object under `claude-byoc:settings`; `secrets` maps manifest keys to secret values,
    `desktop_secrets` those of Claude Desktop, `gateway_secrets` arguments of GatewaySecretsArgs, and no problem's
    text repeats one; `stack` is the name of the environment.
    """
    parsed: Settings | None = None
    problems: list[Problem] = []
    args: ClaudeByocArgs
    try:
        parsed = Settings.model_validate(settings)
        args = args_of(parsed)
    except ValidationError as refused:
        problems += problems_of(refused, Settings)
        known = salvaged(settings, refused.errors(include_url=False), Settings)
        known["manifest"] = {key: _manifest_text(value) for key, value in known.get("manifest", {}).items()}
        args = cast("ClaudeByocArgs", known)
    given: ClaudeByocArgs = {
        **args,
        "secrets": dict(secrets),
        "desktop_secrets": dict(desktop_secrets),
        "gateway_secrets": cast("GatewaySecretsArgs", dict(gateway_secrets)),
    }
    unsure = touched(problems, Settings)
    if isinstance(settings, dict):
        problems += part_problems(given, unsure)
    if stack == "local" and isinstance(settings, dict):
        problems += _local_problems(settings)
    if isinstance(settings, dict):
        named = {problem.key for problem in problems}
        rules = [*plan(given).problems(), *desktop_plan(given).problems()]
        # A part under a mistyped name is there: to call every part missing as well would be the same news.
        unread = not unsure <= set(sections(Settings))
        problems += [one for one in rules if one.key not in named and not (unread and one.key == "bedrock")]
    return (None if problems else parsed), problems


def args_of(settings: Settings) -> ClaudeByocArgs:
    """Return the arguments that settings become, without secrets.

    The names agree one to one, so that a setting has one spelling per language and no table between them.
    """
    return cast("ClaudeByocArgs", settings.model_dump(by_alias=False, exclude_none=True))


def _local_problems(raw: Mapping[str, Any]) -> list[Problem]:
    pins = (
        ("entra", "tenantId", LOCAL_TENANT_ID),
        ("aws", "accountId", LOCAL_ACCOUNT_ID),
        ("azure", "subscriptionId", LOCAL_SUBSCRIPTION_ID),
        ("google", "projectId", LOCAL_PROJECT_ID),
    )
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
