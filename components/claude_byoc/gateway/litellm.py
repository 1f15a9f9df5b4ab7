"""LiteLLM's configuration, and the settings and environment of what runs around it."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import yaml

from claude_byoc.contract.gateway import ERROR_TYPES
from claude_byoc.gateway.limits import REDIS_SECRET, REDIS_VARIABLE
from claude_byoc.gateway.spec import (
    AnthropicUpstream,
    BedrockUpstream,
    FoundryUpstream,
    GatewayModel,
    GatewaySpec,
    Upstream,
    VertexUpstream,
)
from claude_byoc.gateway.telemetry import COLLECTOR_SECRET, COLLECTOR_VARIABLE

CUSTOM_AUTH = "claude_gateway.litellm_auth.user_api_key_auth"
_GOOGLE_KEY = "DEFAULT_GOOGLE_APPLICATION_CREDENTIALS"
"""Variable that LiteLLM's pass-through reads; it takes the key's JSON text as well as a path."""
CALLBACK = "claude_gateway.litellm_errors.callback"


SECRETS: Mapping[str, str] = MappingProxyType(
    {
        "anthropicApiKey": "Anthropic's API key",
        "foundryApiKey": "API key of the Foundry resource",
        "awsAccessKeyId": "access key id for Bedrock, outside AWS",
        "awsSecretAccessKey": "secret access key for Bedrock, outside AWS",
        "googleCredentials": "service-account key (JSON text) for Vertex AI, outside Google Cloud",
        REDIS_SECRET: "rediss://:PASSWORD@HOST:PORT",
        COLLECTOR_SECRET: "name=value,name=value for the telemetry collector",
    }
)
"""Secret of a gateway -> what it holds. The names are those of the stack's secret configuration keys."""


def render_litellm(spec: GatewaySpec) -> str:
    """Return `config.yaml`. Keys of providers are read from the environment, never written into it."""
    config: dict[str, Any] = {
        # Where requests pass through, LiteLLM needs to know no model.
        "model_list": []
        if spec.passes_through()
        else [entry for model in spec.models for entry in _entries(spec, model)],
        "router_settings": {
            # By default LiteLLM keeps the client silent while it retries, and loses retry-after; a cooldown turns
            # one caller's 401 or 404 into everybody's 429.
            "num_retries": 0,
            "disable_cooldowns": True,
            "timeout": spec.timeout_seconds,
            **_fallbacks(spec),
        },
        "litellm_settings": {
            "num_retries": 0,
            "request_timeout": spec.timeout_seconds,
            "telemetry": False,
            # Prompts stay out of LiteLLM's own logs.
            "turn_off_message_logging": True,
            "drop_params": True,
            "callbacks": [CALLBACK],
            **_keyless(spec),
        },
        "general_settings": {
            "custom_auth": CUSTOM_AUTH,
            "pass_through_request_timeout": spec.timeout_seconds,
            "disable_spend_logs": True,
        },
    }
    head = "# Rendered from the gateway's settings: change those, not this file.\n"
    return head + yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=110)


def render_settings(spec: GatewaySpec) -> str:
    """Return `gateway.json`, which the application around LiteLLM reads. It holds no secret."""
    models = [
        {
            "id": model.id,
            "name": model.shown(),
            "urlIds": list(dict.fromkeys(name for _, name in _url_ids(spec, model))),
        }
        for model in spec.models
    ]
    settings: dict[str, Any] = {
        "models": models,
        "restrictModels": spec.restrict_models,
        "errorTypes": {str(status): kind for status, kind in ERROR_TYPES.items()},
    }
    if spec.tokens:
        settings["tokens"] = {
            "publicKeys": list(spec.tokens.public_keys),
            "denied": list(spec.tokens.denied),
            "denyListFile": spec.tokens.deny_list_file or None,
            **({"digests": list(spec.tokens.digests)} if spec.tokens.digests else {}),
        }
    if entra := spec.entra:
        settings["entra"] = {
            "tenantId": entra.tenant_id.lower(),
            "issuers": entra.accepted_issuers(),
            "jwksUrl": entra.keys_url(),
            "audiences": entra.accepted_audiences(),
            "scopes": list(entra.scopes),
            "desktopClientIds": [entra.desktop_client_id.lower()] if entra.desktop_client_id else [],
            "roles": list(entra.roles),
            "teams": dict(entra.team_roles),
            "clockSkewSeconds": entra.clock_skew_seconds,
        }
    for name, part in (("limits", spec.limits), ("bootstrap", spec.bootstrap), ("telemetry", spec.telemetry)):
        if part:
            settings[name] = part.rendered()
    return json.dumps(settings, indent=2) + "\n"


def environment(spec: GatewaySpec) -> dict[str, str]:
    """Return the variables of LiteLLM's container that are no secrets."""
    found = {
        # Without it LiteLLM downloads a price list from the internet while it starts.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        "DISABLE_ADMIN_UI": "True",
        "NO_DOCS": "True",
        "NO_REDOC": "True",
    }
    for upstream in spec.upstreams:
        match upstream:
            case AnthropicUpstream():
                found["ANTHROPIC_API_BASE"] = upstream.base_url
            case FoundryUpstream() if spec.passes_through():
                found["ANTHROPIC_API_BASE"] = upstream.url()
            case BedrockUpstream():
                found["AWS_REGION_NAME"] = upstream.region
            case VertexUpstream():
                found["DEFAULT_VERTEXAI_PROJECT"] = upstream.project
                found["DEFAULT_VERTEXAI_LOCATION"] = upstream.region
            case _:
                pass
    return found


def secret_variables(spec: GatewaySpec) -> dict[str, str]:
    """Return variable -> the secret that it holds, one of SECRETS."""
    found: dict[str, str] = {}
    if spec.limits and spec.limits.shared:
        found[REDIS_VARIABLE] = REDIS_SECRET
    if spec.telemetry and spec.telemetry.collector_headers:
        found[COLLECTOR_VARIABLE] = COLLECTOR_SECRET
    for upstream in spec.upstreams:
        if isinstance(upstream, AnthropicUpstream):
            found["ANTHROPIC_API_KEY"] = "anthropicApiKey"
        elif isinstance(upstream, FoundryUpstream) and not upstream.keyless:
            # The pass-through knows Anthropic's variable alone; Foundry takes the same header.
            found["ANTHROPIC_API_KEY" if spec.passes_through() else "AZURE_AI_API_KEY"] = "foundryApiKey"
        elif isinstance(upstream, BedrockUpstream) and upstream.stored_key:
            found["AWS_ACCESS_KEY_ID"] = "awsAccessKeyId"
            found["AWS_SECRET_ACCESS_KEY"] = "awsSecretAccessKey"  # noqa: S105 -- the name of a secret
        elif isinstance(upstream, VertexUpstream) and upstream.stored_key:
            found[_GOOGLE_KEY] = "googleCredentials"
    return found


def _entries(spec: GatewaySpec, model: GatewayModel) -> list[dict[str, Any]]:
    own = [
        {"model_name": _group(model, upstream, number), "litellm_params": _params(upstream, model, name)}
        for number, upstream in enumerate(spec.upstreams)
        if (name := model.id_at(upstream)) is not None
    ]
    # LiteLLM takes a model named in Bedrock's URLs only from this list.
    by_url = [
        {"model_name": name, "litellm_params": _params(upstream, model, name, by_url=True)}
        for upstream, name in _url_ids(spec, model)
        if isinstance(upstream, BedrockUpstream)
    ]
    return [*own, *by_url]


def _group(model: GatewayModel, upstream: Upstream, number: int) -> str:
    """Return LiteLLM's name for a model at an upstream; a later upstream's cannot be asked for from outside."""
    return model.id if number == 0 else f"{model.id} at {upstream.kind}"


def _url_ids(spec: GatewaySpec, model: GatewayModel) -> list[tuple[Upstream, str]]:
    """Return (upstream, id) of those whose format carries the model in the URL."""
    return [
        (upstream, name)
        for upstream in spec.upstreams
        if upstream.kind in ("bedrock", "vertex") and (name := model.id_at(upstream)) is not None
    ]


def _fallbacks(spec: GatewaySpec) -> Mapping[str, Any]:
    first, *others = list(enumerate(spec.upstreams))
    if not others:
        return {}
    return {
        "fallbacks": [
            {
                _group(model, first[1], first[0]): [
                    _group(model, upstream, number) for number, upstream in others
                ]
            }
            for model in spec.models
        ],
        "max_fallbacks": len(others),
    }


def _keyless(spec: GatewaySpec) -> Mapping[str, Any]:
    keyless = any(isinstance(one, FoundryUpstream) and one.keyless for one in spec.upstreams)
    return {"enable_azure_ad_token_refresh": True} if keyless else {}


def _base(model: GatewayModel) -> str:
    """Return the Bedrock id of the model behind an inference profile of the account's own."""
    known = model.known()
    if known and known.bedrock:
        return known.bedrock[0]
    return f"anthropic.{model.id}" if "claude" in model.id else f"anthropic.claude-{model.id}"


def _params(upstream: Upstream, model: GatewayModel, name: str, *, by_url: bool = False) -> dict[str, Any]:
    match upstream:
        case AnthropicUpstream():
            key = "os.environ/ANTHROPIC_API_KEY"
            return {"model": f"anthropic/{name}", "api_base": upstream.base_url, "api_key": key}
        case FoundryUpstream():
            key = {} if upstream.keyless else {"api_key": "os.environ/AZURE_AI_API_KEY"}
            return {"model": f"azure_ai/{name}", "api_base": upstream.url(), **key}
        case BedrockUpstream():
            endpoint = (
                {"aws_bedrock_runtime_endpoint": upstream.endpoint_url} if upstream.endpoint_url else {}
            )
            place = {"aws_region_name": upstream.region, **endpoint}
            if name.startswith("arn:") and not by_url:
                # LiteLLM sees no Claude model in an ARN, and would translate to another API.
                return {"model": f"bedrock/{_base(model)}", "model_id": name, **place}
            return {"model": f"bedrock/{name}", **place}
        case VertexUpstream():
            key = {"vertex_credentials": f"os.environ/{_GOOGLE_KEY}"} if upstream.stored_key else {}
            return {
                "model": f"vertex_ai/{name}",
                "vertex_project": upstream.project,
                "vertex_location": upstream.region,
                **key,
            }
