"""Settings of a gateway of ours, whichever cloud it runs in."""

from typing import Annotated, Any

from pydantic import Field

from claude_byoc.contract import aws
from claude_byoc.gateway.limits import LIMITS
from claude_byoc.gateway.service_plan import LARGEST_BODY_MIB, LOG_RETENTION_DAYS
from claude_byoc.gateway.service_reading import KINDS
from claude_byoc.settings.base import Section, one_of

_Count = Annotated[int, Field(ge=1)]


class GatewayUpstreamSettings(Section):
    """What the gateway forwards to."""

    kind: str = Field(pattern=one_of(KINDS), description=f"One of {', '.join(KINDS)}.")
    region: str | None = Field(
        None, description="bedrock, vertex: the region that is called, for instance eu-central-1."
    )
    profile: str | None = Field(
        None,
        pattern=r"^[a-z]{2,10}(-[a-z]{2,10})?$",
        description="bedrock: prefix of the inference profiles: " + ", ".join(aws.PROFILE_PREFIXES) + ".",
    )
    project: str | None = Field(None, description="vertex: project id. Default google.projectId.")
    resource: str | None = Field(
        None, description="foundry: name of the Foundry resource. Default that of the part foundry."
    )
    keyless: bool | None = Field(
        None, description="foundry: call with the identity of the containers, on Azure alone. Default false."
    )
    base_url: str | None = Field(
        None, description="anthropic, foundry: an address in place of the provider's own."
    )


class GatewayTokensSettings(Section):
    """Who may call by a gateway token."""

    public_keys: list[str] = Field(
        min_length=1,
        max_length=2,
        description="Public halves of the signing keys, as `claude-byoc tokens keys show --key FILE` prints them.",
    )
    denied: list[str] | None = Field(
        None, description="Ids of tokens that are revoked, as `claude-byoc tokens show` prints them."
    )


class GatewayCallersSettings(Section):
    """Who may call with a token of Microsoft Entra ID."""

    scopes: list[str] | None = Field(
        None, min_length=1, description="Scopes of which a token has one. Default access_as_user."
    )
    audiences: list[str] | None = Field(None, description="Audiences besides those of the app itself.")
    roles: list[str] | None = Field(
        None,
        min_length=1,
        description="App roles of which one is needed. Default: everybody whom the app lets sign in: "
        "those assigned where entra.app.assignmentRequired is true, else the whole tenant.",
    )
    team_roles: dict[str, str] | None = Field(
        None, description="App role -> the team whose limits and usage its people count for."
    )
    clock_skew_seconds: int | None = Field(
        None, ge=0, le=300, description="How far clocks may differ. Default 120."
    )


class GatewayTeamLimitSettings(Section):
    """What one team may use."""

    requests_per_minute: _Count | None = Field(None, description="Requests in a minute of the clock.")
    tokens_per_minute: _Count | None = Field(None, description="Tokens in a minute of the clock.")
    tokens_per_day: _Count | None = Field(None, description="Tokens in a day, from 0:00 UTC.")


class GatewayLimitsSettings(Section):
    """How much teams may use."""

    default: GatewayTeamLimitSettings | None = Field(
        None, description=f"For each team without limits of its own: {', '.join(LIMITS.values())}."
    )
    teams: dict[str, GatewayTeamLimitSettings] | None = Field(None, description="Team -> its limits.")
    shared: bool | None = Field(
        None, description="Counts across instances, in the Redis of the secret redisUrl. Default false."
    )


class GatewayAnswersSettings(Section):
    """What bootstrap answers hold."""

    office: dict[str, Any] | None = Field(
        None, description="Keys of the add-ins' bootstrap answer, no secrets."
    )
    desktop: dict[str, Any] | None = Field(
        None, description="Keys of Claude Desktop, no secrets; how to reach this gateway is added."
    )


class GatewayBootstrapSettings(GatewayAnswersSettings):
    """What add-ins and Claude Desktop are configured with after they sign in."""

    teams: dict[str, GatewayAnswersSettings] | None = Field(None, description="Team -> what it gets instead.")
    expires_seconds: int | None = Field(
        None, ge=900, le=86_400, description="How long an answer holds at least. Default 3600."
    )


class GatewayTelemetrySettings(Section):
    """Where OpenTelemetry of add-ins and Claude Desktop goes."""

    collector_url: str = Field(description="Base URL of the collector (OTLP over HTTP), https.")
    max_body_mib: int | None = Field(None, ge=1, le=16, description="Largest delivery in MiB. Default 4.")
    sender_team: str | None = Field(
        None, description="Gateway tokens of this team may send telemetry and nothing else."
    )


class GatewayServiceSettings(Section):
    """A gateway of ours, whichever cloud it runs in."""

    upstreams: list[GatewayUpstreamSettings] | None = Field(
        None,
        min_length=1,
        description="What it forwards to: the first answers, the others, in order, where those before fail.",
    )
    models: list[str] | None = Field(
        None, min_length=1, description="Model ids that people may use, in order."
    )
    model_names: dict[str, str] | None = Field(None, description="Model id -> name for people.")
    upstream_ids: dict[str, dict[str, str]] | None = Field(
        None,
        description="Model id -> upstream kind -> its id there, for newer models and inference profiles.",
    )
    restrict_models: bool | None = Field(
        None, description="Refuses models that are not listed. Default true."
    )
    tokens: GatewayTokensSettings | None = Field(None, description="Who may call by a gateway token.")
    limits: GatewayLimitsSettings | None = Field(None, description="How much teams may use.")
    bootstrap: GatewayBootstrapSettings | None = Field(
        None,
        description="What add-ins and Claude Desktop are configured with after they sign in. Needs gateway.entra.",
    )
    telemetry: GatewayTelemetrySettings | None = Field(
        None,
        description="Where OpenTelemetry of add-ins and Claude Desktop goes. Its spans hold what people typed.",
    )
    max_body_mib: int | None = Field(
        None, ge=1, le=LARGEST_BODY_MIB, description=f"Largest request in MiB. Default {LARGEST_BODY_MIB}."
    )
    timeout_seconds: int | None = Field(
        None,
        ge=60,
        le=3600,
        description="How long one answer may take. Default 600, on Azure 240: more needs two nodes of its own.",
    )
    domain: str | None = Field(
        None, description="Host name by which people reach it. Default: the one that the cloud gives."
    )
    internal: bool | None = Field(None, description="Reachable from private networks alone. Default false.")
    allowed_addresses: list[str] | None = Field(
        None,
        min_length=1,
        description="IPv4 ranges (CIDR) that may call. Default: all, or the private network's where it is internal.",
    )
    min_instances: int | None = Field(None, ge=1, le=100, description="Instances that always run. Default 1.")
    max_instances: int | None = Field(None, ge=1, le=100, description="Instances at most. Default 4.")
    concurrency: int | None = Field(
        None, ge=1, le=250, description="Requests at once for which one more instance is started. Default 40."
    )
    drain_seconds: int | None = Field(
        None,
        ge=1,
        le=600,
        description="How long running streams get when an instance stops. Default: the cloud's most.",
    )
    log_retention_days: int | None = Field(
        None,
        description=f"How long logs are kept: {', '.join(str(day) for day in LOG_RETENTION_DAYS)}. Default 90.",
    )
    waf: bool | None = Field(
        None,
        description="Puts the cloud's web application firewall in front, with rules that let prompts through. Default "
        "false.",
    )
    insecure_plaintext_http: bool | None = Field(
        None,
        description="Lets prompts and credentials travel unencrypted between people and gateway. For a closed test "
        "alone.",
    )
    litellm_image: str | None = Field(
        None, description="Image of LiteLLM in place of the tested one: NAME@sha256:..."
    )
    nginx_image: str | None = Field(
        None, description="Image of nginx in place of the tested one: NAME@sha256:..."
    )
