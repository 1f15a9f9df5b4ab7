"""The gateway part of an environment: one that exists already."""

from typing import Any

import pulumi
from pulumi import Input, Output

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Part, Tenant
from claude_byoc.contract import allowlist
from claude_byoc.stack_args import ClaudeByocArgs


def declare(_name: str, args: ClaudeByocArgs, tenant: Tenant, _parent: pulumi.Resource) -> Part:
    """Return what the environment says about the existing gateway; nothing is declared."""
    existing = args.get("gateway", {})["existing"]
    url = Output.from_input(existing["url"])
    api_format, auth = existing.get("api_format", "anthropic"), existing.get("auth", "token")
    secrets = args.get("secrets", {})
    manifest: dict[str, Input[str]] = {"gateway_url": url, "gateway_api_format": api_format}
    if "auth_header" in existing:
        manifest["gateway_auth_header"] = existing["auth_header"]
    desktop: dict[str, Input[Any]] = {"inferenceProvider": "gateway", "inferenceGatewayBaseUrl": url}
    if "models" in existing:
        desktop["inferenceModels"] = list(existing["models"])
    if auth == "entra" and tenant.scope is not None:
        manifest |= {"entra_sso": "1", "entra_scope": tenant.scope, "gateway_auth_source": "entra"}
    elif "gateway_token" in secrets:
        desktop["inferenceGatewayApiKey"] = secrets["gateway_token"]
        if existing.get("auth_header", "x-api-key") == "x-api-key":
            desktop["inferenceGatewayAuthScheme"] = "x-api-key"
    if auth == "entra" and tenant.desktop is not None:
        desktop |= tenant.desktop
    outputs: out.GatewayOutputs = {
        "url": url,
        "formats": [api_format],
        "auth": auth,
        "models": existing.get("models", []),
    }
    return Part(
        outputs=outputs,
        manifest=manifest,
        desktop=desktop,
        rows=url.apply(lambda known: allowlist.manifest_rows({"gateway_url": known})),
    )
