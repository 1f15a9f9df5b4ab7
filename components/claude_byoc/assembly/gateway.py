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
    desktop: dict[str, Input[Any]] = {"inferenceGatewayBaseUrl": url}
    if auth == "entra":
        manifest |= {
            "entra_sso": "1",
            "graph_client_id": tenant.client_id,
            "entra_scope": tenant.scope(),
            "gateway_auth_source": "entra",
        }
        desktop |= tenant.desktop
    elif "gateway_token" in secrets:
        desktop["inferenceGatewayApiKey"] = Output.secret(secrets["gateway_token"])
    outputs: out.GatewayOutputs = {
        "url": url,
        "formats": [api_format],
        "auth": auth,
        "models": existing.get("models", []),
        "internal": existing.get("internal", False),
    }
    return Part(
        outputs=outputs,
        manifest=manifest,
        desktop=desktop,
        rows=url.apply(lambda known: allowlist.manifest_rows({"gateway_url": known})),
    )
