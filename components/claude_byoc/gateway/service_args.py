"""The arguments that a gateway takes on every cloud; each host's own add to these what only its cloud has."""

from typing import Any, NotRequired

from pulumi import Input
from typing_extensions import TypedDict


class GatewayUpstreamArgs(TypedDict):
    """What the gateway forwards to. The credential follows from the cloud that the gateway runs in.

    In its own cloud it is the identity of the containers, elsewhere a stored key: see GatewaySecretsArgs.
    """

    kind: str
    """`anthropic`, `bedrock`, `vertex` or `foundry`."""
    region: NotRequired[Input[str]]
    """bedrock, vertex: the region that is called; for vertex also `us`, `eu` or `global`."""
    profile: NotRequired[str]
    """bedrock: prefix of the inference profiles, for instance `eu`, `us` or `global`. Default: none."""
    project: NotRequired[Input[str]]
    """vertex: id of the Google Cloud project. Default: that of the environment."""
    resource: NotRequired[Input[str]]
    """foundry: name of the Foundry resource. Default: that of the environment."""
    keyless: NotRequired[bool]
    """foundry: call with the identity of the containers, on Azure alone, instead of the API key. LiteLLM then
    translates requests instead of passing them through."""
    base_url: NotRequired[Input[str]]
    """anthropic, foundry: an address in place of the provider's own, https."""


class GatewayTokensArgs(TypedDict):
    """Who may call by a gateway token."""

    public_keys: list[str]
    """Public halves of the signing keys (base64, 44 characters); two while keys rotate."""
    denied: NotRequired[list[str]]
    """Ids of tokens that are revoked, as `claude-byoc tokens show` prints them."""


class GatewayCallersArgs(TypedDict, total=False):
    """Who may call with a token of Microsoft Entra ID."""

    scopes: list[str]
    """Scopes of which a token has one. Default `access_as_user`."""
    audiences: list[str]
    """Audiences besides those of the app itself."""
    roles: list[str]
    """App roles of which one is needed. Default: everybody whom the app lets sign in."""
    team_roles: dict[str, str]
    """App role -> the team whose limits and usage its people count for."""
    clock_skew_seconds: int
    """How far clocks may differ, 0 to 300. Default 120."""


class GatewayEntraArgs(GatewayCallersArgs):
    """The tenant and the apps whose tokens count."""

    tenant_id: Input[str]
    """Tenant id (GUID)."""
    cloud: NotRequired[str]
    """`global` (default), `us-gov-high`, `us-gov-dod` or `china`."""
    client_id: NotRequired[Input[str]]
    """Application id (GUID) of the app that exposes the gateway's API."""
    desktop_client_id: NotRequired[Input[str]]
    """Application id (GUID) of the registration by which Claude Desktop signs people in."""


class GatewayTeamLimitArgs(TypedDict, total=False):
    """What one team may use; what is left out is without limit."""

    requests_per_minute: int
    """Requests in a minute of the clock."""
    tokens_per_minute: int
    """Tokens in a minute of the clock: input, output, cache writes."""
    tokens_per_day: int
    """Tokens in a day that begins at 0:00 UTC."""


class GatewayLimitsArgs(TypedDict, total=False):
    """How much may be used."""

    default: GatewayTeamLimitArgs
    """Holds for each team without limits of its own, and for all callers without a team together."""
    teams: dict[str, GatewayTeamLimitArgs]
    """Team -> its limits."""
    shared: bool
    """Counts across instances, in the Redis of the secret `redis_url`. Default: each instance by itself."""


class GatewayAnswersArgs(TypedDict, total=False):
    """What bootstrap answers hold; None leaves a key out."""

    office: dict[str, Any]
    """Keys of the add-ins' bootstrap answer, native JSON values, no secrets."""
    desktop: dict[str, Any]
    """Keys of Claude Desktop, native JSON values, no secrets. How to reach and sign in to this gateway is added."""


class GatewayBootstrapArgs(GatewayAnswersArgs, total=False):
    """What add-ins and Claude Desktop are configured with after they sign in. Needs `entra`."""

    teams: dict[str, GatewayAnswersArgs]
    """Team of `entra.team_roles` -> what it gets instead."""
    expires_seconds: int
    """How long an answer holds at least, 900 to 86400. Default 3600."""


class GatewayTelemetryArgs(TypedDict):
    """Where OpenTelemetry of add-ins and Claude Desktop goes. Its spans hold what people typed."""

    collector_url: Input[str]
    """Base URL of the collector (OTLP over HTTP), https."""
    max_body_mib: NotRequired[int]
    """Largest delivery, 1 to 16 MiB. Default 4."""
    sender_team: NotRequired[str]
    """Gateway tokens of this team may send telemetry and nothing else."""


class GatewayServiceSettingsArgs(TypedDict, total=False):
    """What settings say of a gateway of ours, whichever cloud it runs in."""

    upstreams: list[GatewayUpstreamArgs]
    """What it forwards to: the first answers, the others, in order, where those before fail."""
    models: list[str]
    """Model ids that people may use, in the order in which they are shown."""
    model_names: dict[str, str]
    """Model id -> name for people, where the usual one does not do."""
    upstream_ids: dict[str, dict[str, str]]
    """Model id -> upstream kind -> its id there, for models newer than this package, or inference profiles."""
    restrict_models: bool
    """Refuses models that are not listed. Default true."""
    tokens: GatewayTokensArgs
    """Who may call by a gateway token."""
    limits: GatewayLimitsArgs
    """How much teams may use."""
    bootstrap: GatewayBootstrapArgs
    """What add-ins and Claude Desktop are configured with after they sign in."""
    telemetry: GatewayTelemetryArgs
    """Where OpenTelemetry of add-ins and Claude Desktop goes."""
    max_body_mib: int
    """Largest request, 1 to 31 MiB. Default 31: Cloud Run ends at 32, with an error that an add-in cannot read."""
    timeout_seconds: int
    """How long one answer may take, 60 to 3600. Default 600; on Azure 240, since more needs two nodes of its own."""
    domain: str
    """Host name by which people reach it. Default: the one that the cloud gives."""
    internal: bool
    """Reachable from private networks alone. Default false."""
    allowed_addresses: list[str]
    """IPv4 ranges (CIDR) that may call. Default: every address, or the private network's where it is internal."""
    min_instances: int
    """Instances that always run, 1 to 100. Default 1."""
    max_instances: int
    """Instances at most, 1 to 100. Default 4, or `min_instances` where that is more."""
    concurrency: int
    """Requests at once for which one more instance is started, 1 to 250. Default 40."""
    drain_seconds: int
    """How long running streams get when an instance stops. Default: the most that the cloud allows."""
    log_retention_days: int
    """How long logs are kept: 30, 60, 90, 120, 180 or 365. Default 90."""
    waf: bool
    """Puts the cloud's web application firewall in front, with rules that let prompts through. Default false."""
    insecure_plaintext_http: bool
    """Lets prompts and credentials travel unencrypted between people and gateway. For a closed test alone."""
    litellm_image: str
    """Image of LiteLLM with its digest, NAME@sha256:..., in place of the one that was tested."""
    nginx_image: str
    """Image of nginx (unprivileged) with its digest, in place of the one that was tested."""


class GatewaySecretsArgs(TypedDict, total=False):
    """Credentials that the gateway keeps in its cloud's secret store. Pass Pulumi secrets."""

    anthropic_api_key: Input[str]
    """Anthropic's API key."""
    foundry_api_key: Input[str]
    """API key of the Foundry resource."""
    aws_access_key_id: Input[str]
    """Access key id for a bedrock upstream outside AWS."""
    aws_secret_access_key: Input[str]
    """Its secret access key."""
    google_credentials: Input[str]
    """Service-account key (JSON text) for a vertex upstream outside Google Cloud."""
    redis_url: Input[str]
    """`rediss://:PASSWORD@HOST:PORT` for limits that hold across instances."""
    collector_headers: Input[str]
    """Headers with the telemetry collector's credential, `name=value,name=value`, values URL-encoded."""


class GatewayServiceArgs(GatewayServiceSettingsArgs):
    """What the component of every cloud takes."""

    entra: NotRequired[GatewayEntraArgs]
    """The tenant and the apps whose tokens count. Without it gateway tokens alone do."""
    secrets: NotRequired[GatewaySecretsArgs]
    """Credentials for upstreams, Redis and the collector."""
