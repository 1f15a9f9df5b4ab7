"""A program of somebody's own that declares the Entra components directly; the tests say which, by config."""

from typing import Any

import pulumi
import pulumi_azuread as azuread

from claude_byoc.entra.anthropic_app import AnthropicApp
from claude_byoc.entra.app import EntraApp
from claude_byoc.entra.desktop_sign_in import DesktopSignIn
from claude_byoc.entra.from_stack import read

wanted: dict[str, Any] = pulumi.Config("claude-byoc").require_object("entra")
tenant: dict[str, Any] = {"tenant_id": "00000000-0000-0000-0000-000000000000"}
provider = azuread.Provider("entra", tenant_id=tenant["tenant_id"], environment="global")
opts = pulumi.ResourceOptions(providers=[provider])
gateway: dict[str, Any] = {}

if "app" in wanted:
    app = EntraApp("app", {**tenant, **wanted["app"]}, opts)  # pyright: ignore[reportArgumentType] # from config
    for name in ("client_id", "service_principal_object_id", "issuer", "audiences", "role_ids", "scope"):
        pulumi.export(name, getattr(app, name))
    pulumi.export("entra_scope", app.entra_scope)
    pulumi.export("entra", {**wanted.get("says", {}), "clientId": app.client_id, "scope": app.scope})
    if app.scope_id is not None:
        gateway = {
            "gateway_client_id": app.client_id,
            "gateway_scope_id": app.scope_id,
            "gateway_service_principal_object_id": app.service_principal_object_id,
        }
if "desktop" in wanted:
    desktop = DesktopSignIn("desktop", {**tenant, **gateway, **wanted["desktop"]}, opts)  # pyright: ignore[reportArgumentType] # from config
    pulumi.export("desktop", {"client_id": desktop.client_id, "scopes": desktop.scopes})
if "anthropic" in wanted:
    AnthropicApp("anthropic", {**tenant, **wanted["anthropic"]}, opts)  # pyright: ignore[reportArgumentType] # from config
if "from_stack" in wanted:
    stack = pulumi.ComponentResource("test:index:Reader", "reader")
    foreign = read(
        "tenant", wanted["from_stack"], tenant_id=tenant["tenant_id"], cloud="global", parent=stack
    )
    pulumi.export("from_stack", {"client_id": foreign.client_id, "scope": foreign.scope})
if "single_page_application" in wanted:
    azuread.Application(
        "other",
        display_name="Other",
        single_page_application={"redirect_uris": wanted["single_page_application"]},
        opts=pulumi.ResourceOptions(provider=provider),
    )
