"""What the Office add-ins and Cowork need of a gateway, and the images that ours is made of.

source: https://claude.com/docs/office-agents/third-party-platforms (formats, headers, CORS),
https://claude.com/docs/third-party/claude-desktop (Cowork), https://docs.claude.com/en/docs/claude-code/llm-gateway,
https://docs.claude.com/en/api/errors (error types).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from claude_byoc.contract.manifest_keys import BOOTSTRAP_KEYS, MANIFEST_KEYS


@dataclass(frozen=True)
class Route:
    """One address of a gateway. `path` holds `{...}` for what varies; `signed_in` tells whether it asks who calls."""

    api_format: str
    methods: tuple[str, ...]
    path: str
    purpose: str
    signed_in: bool = True


BEDROCK_PREFIX = "/bedrock"
VERTEX_PREFIX = "/vertex_ai/v1"
"""`gateway_url` in the formats bedrock and vertex ends with these. They are LiteLLM's own, which the add-in's
documentation uses as its example; the second ends with the API version, which the format asks for."""

HEALTH_PATH = "/health"
READY_PATH = "/ready"
"""Is the edge alive; can requests be answered. Neither ends with `z`: Cloud Run takes such paths for itself."""

ROUTES: tuple[Route, ...] = (
    Route("anthropic", ("POST",), "/v1/messages", "an answer, streamed or whole"),
    Route("anthropic", ("POST",), "/v1/messages/count_tokens", "how many tokens a request has"),
    Route("anthropic", ("GET", "HEAD"), "/v1/models", "the models people choose from"),
    Route("bedrock", ("POST",), BEDROCK_PREFIX + "/model/{id}/invoke", "a whole answer"),
    Route(
        "bedrock", ("POST",), BEDROCK_PREFIX + "/model/{id}/invoke-with-response-stream", "a streamed answer"
    ),
    Route(
        "vertex",
        ("POST",),
        VERTEX_PREFIX + "/projects/{project}/locations/{region}/publishers/anthropic/models/{id}:rawPredict",
        "a whole answer, or a token count",
    ),
    Route(
        "vertex",
        ("POST",),
        VERTEX_PREFIX
        + "/projects/{project}/locations/{region}/publishers/anthropic/models/{id}:streamRawPredict",
        "a streamed answer",
    ),
    Route(
        "", ("GET", "HEAD"), "/api/hello", "what Claude Code asks first: is anybody there", signed_in=False
    ),
    Route("", ("GET", "HEAD"), HEALTH_PATH, "is the edge alive", signed_in=False),
    Route("", ("GET", "HEAD"), READY_PATH, "can requests be answered", signed_in=False),
)
"""Every address; any other is 404. Formats bedrock and vertex exist where the gateway has that upstream."""

OFFICE_BOOTSTRAP_PATH = "/bootstrap/office"
DESKTOP_BOOTSTRAP_PATH = "/user/bootstrap"
"""Where the add-in and Claude Desktop get their configuration; the gateway has them where it is told answers.
The second ends as Claude Desktop's own convention does. source: bootstrap page of
https://claude.com/docs/third-party/claude-desktop"""

BOOTSTRAP_ROUTES: Mapping[str, Route] = MappingProxyType(
    {
        "office": Route("", ("GET",), OFFICE_BOOTSTRAP_PATH, "configuration of the add-ins"),
        "desktop": Route("", ("GET",), DESKTOP_BOOTSTRAP_PATH, "configuration of Claude Desktop"),
    }
)
TELEMETRY_ROUTES: tuple[Route, ...] = (
    Route("", ("POST",), "/v1/traces", "spans of add-ins and Claude Desktop"),
    Route("", ("POST",), "/v1/logs", "logs of Claude Desktop"),
    Route("", ("POST",), "/v1/metrics", "metrics of Claude Desktop"),
)
"""OTLP over HTTP, where the gateway is told a collector. source: https://opentelemetry.io/docs/specs/otlp/"""

_LISTS = ("access_policies", "available_models", "disabled_features", "mcp_servers", "skills")
OFFICE_BOOTSTRAP_KEYS: Mapping[str, str] = MappingProxyType(
    {
        name: "array" if name in _LISTS else "object" if name == "inference_headers" else "text"
        for name in (*MANIFEST_KEYS, "skills")
        if name in BOOTSTRAP_KEYS or name == "skills"
    }
)
"""Key of the add-in's bootstrap answer -> its JSON type. `bootstrap_expires_at` (Unix seconds) comes with every
answer. source: bootstrap page of claude-for-msft-365-install."""
OFFICE_BOOTSTRAP_SECRETS: frozenset[str] = frozenset(
    {"azure_api_key", "gateway_token", "google_client_secret", "inference_headers", "otlp_headers"}
)
"""Those whose value is a credential or may hold one; an MCP server's `headers` may as well."""

ERROR_TYPES: Mapping[int, str] = MappingProxyType(
    {
        400: "invalid_request_error",
        401: "authentication_error",
        402: "billing_error",
        403: "permission_error",
        404: "not_found_error",
        405: "invalid_request_error",
        413: "request_too_large",
        414: "invalid_request_error",
        429: "rate_limit_error",
        431: "invalid_request_error",
        500: "api_error",
        502: "api_error",
        503: "api_error",
        504: "timeout_error",
        529: "overloaded_error",
    }
)
"""HTTP status -> `error.type` of Anthropic's error shape, `{"type": "error", "error": {"type", "message"}}`."""

REQUEST_HEADERS: tuple[str, ...] = (
    "x-api-key", "authorization", "content-type", "anthropic-version", "anthropic-beta",
    "anthropic-dangerous-direct-browser-access", "x-stainless-arch", "x-stainless-helper-method", "x-stainless-lang",
    "x-stainless-os", "x-stainless-package-version", "x-stainless-retry-count", "x-stainless-runtime",
    "x-stainless-runtime-version", "x-stainless-timeout", "x-claude-user-agent",
)  # fmt: skip
"""Headers that a preflight allows at least; what it asks for is allowed as well."""

EXPOSED_HEADERS: tuple[str, ...] = ("request-id", "retry-after")
"""Answer headers that a page at another origin may read."""

LARGEST_BODY_MIB = 32
"""Mebibytes of a request that the Messages API takes. source: https://docs.claude.com/en/api/errors"""

PASS_THROUGH: tuple[str, ...] = ("anthropic", "foundry")
"""Upstreams that speak Anthropic's own format, so that a request can pass unmodified."""


CLOUDS: Mapping[str, str] = MappingProxyType(
    {"aws": "Amazon ECS", "google": "Cloud Run", "azure": "Azure Container Apps"}
)
"""Cloud that a gateway of ours can run in -> the service there."""


@dataclass(frozen=True)
class Image:
    """A container image by digest. `names` are registries that hold the same digest."""

    version: str
    digest: str
    names: tuple[str, ...]

    def at(self, name: str = "") -> str:
        """Return the reference to use: at the registry `name` starts with, else at the first."""
        home = next((known for known in self.names if name and known.startswith(name)), self.names[0])
        return f"{home}@{self.digest}"


LITELLM_IMAGE = Image(
    "1.103.0",
    "sha256:bd089afdcd35b894b14a93f9743cdc8b591f82da1a38dd43a010a7b0c9de5fd7",
    ("docker.io/litellm/litellm", "ghcr.io/berriai/litellm"),
)
NGINX_IMAGE = Image(
    "1.30.5-alpine-slim",
    "sha256:3af0c10d960cc2502427fe1219c52989d309e7d65596869c60a34fd2fa2406f0",
    (
        "docker.io/nginxinc/nginx-unprivileged",
        "public.ecr.aws/nginx/nginx-unprivileged",
        "ghcr.io/nginx/nginx-unprivileged",
    ),
)
"""Cloud Run refuses ghcr.io and pulls docker.io; public.ecr.aws has no pull limit for AWS.
source: digests as published at the registries named, read 2026-11."""
