"""Every key that an Office add-in manifest may carry: the one home of pattern, place, secrecy and help.

Order matters: manifests carry the keys in this order, query before fragment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from claude_byoc.contract import quotas
from claude_byoc.contract.entra import GUID_PATTERN

Host = Literal["office", "outlook"]
HOSTS: tuple[Host, ...] = ("office", "outlook")
"""Hosts with a manifest; the desktop app is configured by other means."""

Kind = Literal["text", "url", "json_array", "json_object"]
Placement = Literal["query", "fragment"]
Rule = tuple[str, str | None]
"""(other key, the value it must have; None = any)."""

WIZARD = "claude-for-msft-365-install 0.1.13, scripts/build-manifest.mjs"
DOCS = "https://claude.com/docs/office-agents/third-party-platforms"
OTEL_DOCS = "https://claude.com/docs/office-agents, OpenTelemetry page"

_SWITCH = r"[01]"
_HTTPS = r"https://.+"
_ANY = r".*\S.*"


@dataclass(frozen=True)
class ManifestKey:
    """One key.

    `pattern` is a regular expression that the whole value must match (`.` spans lines), `shape` says
    the same in words, `example` matches it. `unusual` is a second pattern whose values are accepted
    with the warning `unusual_why`. `placement` is the part of the URL that carries the value: a
    fragment is not sent in the HTTP request. `requires` lists rules whose breach is an error,
    `expects` those whose breach is a warning because another layer (extension attributes, bootstrap)
    may bring the missing key.
    """

    name: str
    help: str
    pattern: str
    shape: str
    example: str
    placement: Placement = "query"
    secret: bool = False
    ignore_case: bool = False
    kind: Kind = "text"
    hosts: tuple[Host, ...] = HOSTS
    unusual: str | None = None
    unusual_why: str = ""
    requires: tuple[Rule, ...] = ()
    expects: tuple[Rule, ...] = ()
    source: str = WIZARD


_SSO: Rule = ("entra_sso", "1")

_KEYS = (
    ManifestKey(
        "gcp_project_id",
        "Google Cloud project that answers, for Vertex AI direct or a gateway in Vertex format.",
        r"[a-z][a-z0-9-]{4,28}[a-z0-9]",
        "a project id: 6 to 30 lower-case letters, digits and hyphens",
        "contoso-claude",
        expects=(("gcp_region", None),),
    ),
    ManifestKey(
        "gcp_region",
        "Vertex AI location.",
        _ANY,
        "a Google Cloud region, or `global`",
        "us-east5",
        expects=(("gcp_project_id", None),),
    ),
    ManifestKey(
        "google_client_id",
        "Google OAuth client (type Web application) that people sign in with for Vertex AI direct.",
        r".+\.apps\.googleusercontent\.com",
        "a client id ending in `.apps.googleusercontent.com`",
        "1234-abc.apps.googleusercontent.com",
        expects=(("google_client_secret", None), ("gcp_project_id", None), ("gcp_region", None)),
    ),
    ManifestKey(
        "google_client_secret",
        "Secret of the Google OAuth client.",
        r"GOCSPX-.+",
        "a client secret beginning with `GOCSPX-`",
        "GOCSPX-0123456789abcdefghijklmnopqr",
        placement="fragment",
        secret=True,
        unusual=r"[A-Za-z0-9_-]{24}",
        unusual_why="has the form of a client secret made before Google introduced the prefix `GOCSPX-`",
        expects=(("google_client_id", None),),
    ),
    ManifestKey(
        "aws_role_arn",
        "IAM role that the add-in assumes with the person's Entra ID token, for Bedrock direct.",
        # A path may hold any visible ASCII but what would end it in a URL: `#` and `?`.
        r'arn:aws(-us-gov)?:iam::[0-9]{12}:role/([!"$->@-~]+/)?[A-Za-z0-9_+=,.@-]{1,64}',
        "a role ARN of the partition `aws` or `aws-us-gov`",
        "arn:aws:iam::123456789012:role/ClaudeBedrockAccess",
        hosts=("office",),
        requires=(_SSO,),
        expects=(("aws_region", None),),
    ),
    ManifestKey(
        "aws_region",
        "AWS Region of the Bedrock endpoint.",
        r"[a-z]{2}(-gov)?-[a-z]+-[0-9]+",
        "an AWS Region code",
        "us-east-1",
        hosts=("office",),
        expects=(("aws_role_arn", None),),
    ),
    ManifestKey(
        "azure_resource_name",
        "Microsoft Foundry resource, for Foundry direct.",
        r"[a-z0-9][a-z0-9-]{1,62}",
        "a resource name: 2 to 63 lower-case letters, digits and hyphens, without a host",
        "contoso-foundry",
    ),
    ManifestKey(
        "azure_api_key",
        "API key of the Foundry resource.",
        r"[A-Za-z0-9]{20,}",
        "20 or more letters and digits",
        "0123456789abcdef0123456789abcdef",
        placement="fragment",
        secret=True,
        expects=(("azure_resource_name", None),),
    ),
    ManifestKey(
        "gateway_url",
        "Base URL of the gateway, as the user's browser reaches it.",
        _HTTPS,
        "an https:// base URL without `/v1/messages`",
        "https://claude-gateway.contoso.com",
        kind="url",
    ),
    ManifestKey(
        "gateway_token",
        "Token that the gateway issued.",
        _ANY,
        "a token issued by the gateway, never a model provider's own credential",
        "gw-0123456789",
        placement="fragment",
        secret=True,
        expects=(("gateway_url", None),),
    ),
    ManifestKey(
        "gateway_auth_header",
        "Header that carries the gateway token; `x-api-key` unless set.",
        r"(x-api-key|authorization)",
        "`x-api-key` or `authorization`",
        "authorization",
        ignore_case=True,
        expects=(("gateway_url", None),),
    ),
    ManifestKey(
        "gateway_api_format",
        "API that the gateway speaks; `anthropic` unless set.",
        r"(anthropic|bedrock|vertex)",
        "`anthropic`, `bedrock` or `vertex`",
        "anthropic",
        ignore_case=True,
        expects=(("gateway_url", None),),
    ),
    ManifestKey(
        "gateway_auth_source",
        "`entra` sends the person's Entra access token to the gateway or to Foundry as a bearer token.",
        r"entra",
        "`entra`",
        "entra",
        requires=(_SSO, ("entra_scope", None)),
    ),
    ManifestKey(
        "mcp_servers",
        "MCP servers offered in the add-in; may carry credentials in `headers`.",
        r"\s*\[.*\]\s*",
        "a JSON array of {url, label, headers?, discover?}",
        '[{"url":"https://mcp.contoso.com/mcp","label":"Contoso"}]',
        placement="fragment",
        secret=True,
        kind="json_array",
    ),
    ManifestKey(
        "inference_headers",
        "Extra headers on every request to the gateway.",
        r"\s*\{.*\}\s*",
        "a JSON object of header name to value",
        '{"x-team":"finance"}',
        placement="fragment",
        secret=True,
        kind="json_object",
        expects=(("gateway_url", None),),
    ),
    ManifestKey(
        "bootstrap_url",
        "Endpoint that answers with configuration per person; `{{key}}` stands for another key's value.",
        _HTTPS,
        "an https:// URL",
        "https://bootstrap.contoso.com/office",
        kind="url",
        unusual=r"\{\{[a-z_]+\}\}.*",
        unusual_why="begins with another key's value, so that its scheme cannot be checked here",
    ),
    ManifestKey(
        "otlp_endpoint",
        "OpenTelemetry collector for traces; the add-in appends `/v1/traces`.",
        _HTTPS,
        "an https:// base URL without `/v1/traces`",
        "https://otel.contoso.com",
        kind="url",
        source=OTEL_DOCS,
    ),
    ManifestKey(
        "otlp_headers",
        "Headers for the collector, often with its credential.",
        _ANY,
        "`name=value` pairs joined by commas",
        "x-collector-token=abc",
        placement="fragment",
        secret=True,
        expects=(("otlp_endpoint", None),),
        source=OTEL_DOCS,
    ),
    ManifestKey(
        "otlp_resource_attributes",
        "Attributes added to every span's resource.",
        r"([^=,\s]+=[^,]*)(,[^=,\s]+=[^,]*)*",
        "`name=value` pairs joined by commas, no white space in a name",
        "deployment.environment=prod",
        expects=(("otlp_endpoint", None),),
        source=OTEL_DOCS,
    ),
    ManifestKey(
        "auto_connect",
        "`0` shows the prefilled connection form instead of connecting at once.",
        _SWITCH,
        "`0` or `1`",
        "1",
    ),
    ManifestKey(
        "entra_sso",
        "`1` signs people in with Microsoft Entra ID (nested app authentication).",
        _SWITCH,
        "`0` or `1`",
        "1",
    ),
    ManifestKey(
        "graph_client_id",
        "Application (client) id of your own Entra app, used instead of Anthropic's.",
        GUID_PATTERN,
        "a GUID, 8-4-4-4-12 hexadecimal digits",
        "11111111-2222-3333-4444-555555555555",
        ignore_case=True,
        requires=(_SSO,),
    ),
    ManifestKey(
        "entra_scope",
        "Scopes of the access token that the add-in asks for.",
        r".*\S.*",
        "scopes of one resource, separated by commas or spaces",
        "api://11111111-2222-3333-4444-555555555555/access_as_user",
        requires=(_SSO, ("graph_client_id", None)),
    ),
    ManifestKey(
        "graph_cloud",
        "Microsoft cloud of the tenant; `us-gov-dod` cannot be detected and must be set.",
        r"(global|us-gov-high|us-gov-dod|china)",
        "`global`, `us-gov-high`, `us-gov-dod` or `china`",
        "global",
    ),
    ManifestKey(
        "allow_1p",
        "`1` lets people go back to signing in with a Claude account.",
        _SWITCH,
        "`0` or `1`",
        "0",
    ),
    ManifestKey(
        "disabled_features",
        "Features switched off for everybody.",
        r"[A-Za-z0-9_.]+(,[A-Za-z0-9_.]+)*",
        "feature names joined by commas, without spaces",
        "thumbs,web_search",
    ),
    ManifestKey(
        "available_models",
        "Models in the picker, instead of what the add-in discovers.",
        _ANY,
        "model ids joined by commas, or a JSON array of ids and {id, label}",
        "claude-opus-4-8,claude-sonnet-5",
    ),
    ManifestKey(
        "access_policies",
        "Who may use the add-in on which files; needs no secret but is often too long for a URL.",
        r"\s*\[.*\]\s*",
        "a JSON array of statements {effect, action, resource?}",
        '[{"effect":"deny","action":"thumbs"}]',
        kind="json_array",
    ),
)

MANIFEST_KEYS: Mapping[str, ManifestKey] = MappingProxyType({key.name: key for key in _KEYS})
"""Every key by name, in the order in which a manifest carries them."""

SECRET_KEYS: frozenset[str] = frozenset(key.name for key in _KEYS if key.secret)

FEATURES: frozenset[str] = frozenset(
    {"skills.authoring", "thumbs", "addin.access", "file.upload", "web_search"}
)
"""Feature names that the add-in knows; it ignores others."""

RESERVED_HEADERS: frozenset[str] = frozenset(
    {"authorization", "x-api-key", "content-type", "host", "content-length", "user-agent", "cookie"}
)
RESERVED_HEADER_PREFIXES: tuple[str, ...] = ("anthropic-", "x-amz-", "x-goog-")
"""Header names that the add-in drops from `inference_headers`."""

ATTRIBUTE_KEYS: frozenset[str] = frozenset(
    {
        "gateway_token", "gateway_url", "gateway_api_format", "inference_headers", "bootstrap_url",
        "gcp_project_id", "gcp_region", "google_client_id", "google_client_secret", "aws_role_arn",
        "aws_region", "otlp_endpoint", "otlp_headers", "otlp_resource_attributes", "available_models",
    }
)  # fmt: skip
"""Keys that an Entra extension attribute of each person can carry instead, with `entra_sso=1`.
source: extension attributes page of claude-for-msft-365-install."""

BOOTSTRAP_KEYS: frozenset[str] = ATTRIBUTE_KEYS - {"bootstrap_url"} | {
    "access_policies", "azure_api_key", "azure_resource_name", "disabled_features", "mcp_servers",
}  # fmt: skip
"""Keys that a bootstrap response can carry instead. source: bootstrap page of claude-for-msft-365-install."""

URL_LIMIT = quotas.MANIFEST["url"].limit
URL_BUDGET = quotas.MANIFEST["url_budget"].limit
