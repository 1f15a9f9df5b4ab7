"""The apps of the tenant, where this environment declares them."""

from dataclasses import replace

import pulumi
import pulumi_azuread as azuread
from pulumi import Input

from claude_byoc import outputs as out
from claude_byoc.assembly import tenant as tenants
from claude_byoc.assembly.part import Tenant
from claude_byoc.contract import entra, entra_consent
from claude_byoc.entra import tenant_plan
from claude_byoc.entra.anthropic_app import AnthropicApp
from claude_byoc.entra.app import EntraApp
from claude_byoc.entra.desktop_sign_in import DesktopSignIn
from claude_byoc.manifest_plan import Plan
from claude_byoc.stack_args import ClaudeByocArgs
from claude_byoc.stack_plan import anthropic_app_args, desktop_sign_in_args, entra_app_args


def declare(name: str, args: ClaudeByocArgs, planned: Plan, parent: pulumi.Resource) -> Tenant:
    """Declare the tenant's provider, pinned to the tenant, and the apps that the settings ask for."""
    given = args["entra"]
    provider = azuread.Provider(
        f"{name}-azuread",
        tenant_id=given["tenant_id"],
        environment=entra.CLOUDS[planned.cloud].provider_environment,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    opts = pulumi.ResourceOptions(parent=parent, providers=[provider])
    more: dict[str, object] = {}
    client_id: Input[str] = given.get("client_id", entra.ANTHROPIC_APP_ID)
    scope: Input[str | None] = tenant_plan.default_scope(given)
    gateway: dict[str, Input[str]] | None = None
    if (app_args := entra_app_args(args)) is not None:
        app = EntraApp(f"{name}-app", app_args, opts)
        client_id, scope = app.client_id, app.scope
        more |= {
            "servicePrincipalObjectId": app.service_principal_object_id,
            "roleIds": app.role_ids,
            "permissions": app.permissions,
        }
        if app.scope is not None and app.scope_id is not None:
            more |= {"scope": app.scope, "audiences": app.audiences}
            gateway = {
                "client_id": app.client_id,
                "scope_id": app.scope_id,
                "service_principal_object_id": app.service_principal_object_id,
            }
    desktop_client_id: Input[str | None] = given.get("desktop_client_id")
    desktop_scopes: Input[list[str]] | None = None
    desktop_link: list[out.ConsentLink] = []
    if (desktop_args := desktop_sign_in_args(args, gateway)) is not None:
        desktop = DesktopSignIn(f"{name}-desktop-sign-in", desktop_args, opts)
        desktop_client_id, desktop_scopes = desktop.client_id, desktop.scopes
        more["desktop"] = {
            "clientId": desktop.client_id,
            "scopes": desktop.scopes,
            "permissions": desktop.permissions,
        }
        desktop_link = [
            {
                "who": entra_consent.CONSENT_GIVER,
                "why": entra_consent.DESKTOP_REASON,
                "url": desktop.consent_url,
            }
        ]
    if (anthropic_args := anthropic_app_args(args)) is not None:
        AnthropicApp(f"{name}-anthropic-app", anthropic_args, opts)
    known = tenants.completed(
        args,
        planned,
        client_id=client_id,
        scope=scope,
        desktop_client_id=desktop_client_id,
        desktop_scopes=desktop_scopes,
        more=more,
    )
    return replace(known, consent=_consent(args, planned, known.outputs, desktop_link))


def _consent(
    args: ClaudeByocArgs, planned: Plan, outputs: out.EntraOutputs, desktop: list[out.ConsentLink]
) -> out.Consent:
    by_code = args["entra"].get("consent") == "code"
    app_declared = "app" in args["entra"] or "anthropic_app" in args["entra"]
    wanted = tenants.links(args, planned, outputs)["links"]
    # What is declared as code needs no click; an app that another stack declares still may.
    left = [] if by_code and app_declared else wanted
    left = [*left, *([] if by_code else desktop)]
    if left:
        return {"state": "links", "links": left}
    return {"state": "granted" if by_code else "notNeeded", "links": []}
