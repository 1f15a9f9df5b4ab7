"""The Entra tenant of an environment: by value, from another stack, or declared here."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any, cast

import pulumi
from pulumi import Input, Output

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Tenant
from claude_byoc.contract import entra, entra_consent
from claude_byoc.contract.problems import Problem
from claude_byoc.entra import from_stack, tenant_plan
from claude_byoc.entra import values as entra_values
from claude_byoc.manifest_plan import DESKTOP, Plan
from claude_byoc.refusal import refuse_errors, told
from claude_byoc.stack_args import ClaudeByocArgs
from claude_byoc.stack_plan import app_uses, desktop_api, foundry_flow

DECLARED = ("app", "desktop", "anthropic_app")


def tenant(name: str, args: ClaudeByocArgs, planned: Plan, parent: pulumi.Resource) -> Tenant:
    """Return the tenant, after declaring of it what the settings ask for."""
    if any(key in args["entra"] for key in DECLARED):
        # Loaded here so that an environment that declares nothing in the tenant does not load its SDK.
        return import_module("claude_byoc.assembly.entra").declare(name, args, planned, parent)
    return by_value(name, args, planned, parent)


def by_value(name: str, args: ClaudeByocArgs, planned: Plan, parent: pulumi.Resource) -> Tenant:
    """Return the tenant as the settings name it, or as another stack declared it; nothing is declared in it."""
    given = args["entra"]
    client_id: Input[str] = given.get("client_id", entra.ANTHROPIC_APP_ID)
    scope: Input[str | None] = tenant_plan.default_scope(given)
    desktop: Input[str | None] = given.get("desktop_client_id")
    tenant_id = given["tenant_id"]
    if "from_stack" in given:
        foreign = from_stack.read(
            f"{name}-tenant-stack",
            given["from_stack"],
            tenant_id=tenant_id if isinstance(tenant_id, str) else None,
            cloud=planned.cloud,
            parent=parent,
        )
        client_id, scope = foreign.client_id, foreign.scope
        if any(host != DESKTOP for host in planned.hosts) or "bedrock" in args:
            client_id = client_id.apply(partial(_own, given["from_stack"]))
        desktop = given.get("desktop_client_id", foreign.desktop_client_id)
    elif not isinstance(given.get("client_id", ""), str):
        scope = given.get("scope", Output.from_input(client_id).apply(entra_consent.access_scope))
    return completed(args, planned, client_id=client_id, scope=scope, desktop_client_id=desktop)


def _own(stack: str, client_id: str) -> str:
    """Return the application id, unless the other stack has no app of the organisation's own to sign in to."""
    if client_id.lower() == entra.ANTHROPIC_APP_ID:
        refuse_errors(
            [
                Problem(
                    "entra.fromStack",
                    f"names {stack}, whose people sign in to Anthropic's app",
                    "a stack that declares the organisation's own app (entra.app)",
                    f"add `app: {{}}` to `entra` of {stack}, or remove fromStack",
                )
            ]
        )
    return client_id


def completed(
    args: ClaudeByocArgs,
    planned: Plan,
    *,
    client_id: Input[str],
    scope: Input[str | None] = None,
    desktop_client_id: Input[str | None] = None,
    desktop_scopes: Input[list[str]] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Tenant:
    """Return the tenant with everything that follows from its ids; a value that is needed and missing is refused."""
    tenant_id = Output.from_input(args["entra"]["tenant_id"])
    issuer = tenant_id.apply(lambda known: told(entra.issuer)(planned.cloud, known))
    outputs: out.EntraOutputs = {
        "tenantId": tenant_id,
        "cloud": planned.cloud,
        "issuer": issuer,
        "clientId": Output.from_input(client_id),
        "ownApp": planned.own_app,
    }
    outputs = cast("out.EntraOutputs", {**outputs, **(more or {})})

    def known_scope() -> Output[str]:
        return Output.from_input(scope).apply(
            partial(_present, "entra.scope", "the scope of the gateway's API")
        )

    known_desktop = Output.from_input(desktop_client_id)
    desktop: dict[str, Input[Any]] = {}
    if DESKTOP in planned.hosts and tenant_plan.signs_in_on_desktop(args["entra"]):
        desktop = _desktop(
            args,
            tenant_id=tenant_id,
            issuer=issuer,
            client_id=known_desktop.apply(
                partial(_present, "entra.desktopClientId", "the registration of Claude Desktop")
            ),
            scopes=lambda: desktop_scopes or known_scope().apply(lambda one: [one]),
        )
    return Tenant(
        outputs,
        client_id,
        known_scope,
        known_desktop.apply(lambda known: known or ""),
        desktop,
        links(args, planned, outputs),
    )


def _present(key: str, what: str, value: str | None) -> str:
    if value is None:
        refuse_errors(
            [
                Problem(
                    key,
                    f"is missing: {what} is not known",
                    "by value, from the stack of the tenant, or declared here",
                    "set it, or declare it in the stack that entra.fromStack names",
                )
            ]
        )
    return str(value)


def _desktop(
    args: ClaudeByocArgs,
    *,
    tenant_id: Output[str],
    issuer: Output[str],
    client_id: Output[str],
    scopes: Callable[[], Input[list[str]]],
) -> dict[str, Input[Any]]:
    """Return the desktop keys of the sign-in, each an Output of its own."""
    if desktop_api(args) == "foundry":
        return {
            "inferenceCredentialKind": "interactive",
            "inferenceFoundryTenantId": tenant_id,
            "inferenceFoundryClientId": client_id,
            "inferenceFoundryAuthFlow": foundry_flow(args),
        }
    token = args["entra"].get("desktop", {}).get("bearer_token_type", "access_token")
    oidc = Output.all(issuer=issuer, client_id=client_id, scopes=scopes()).apply(
        lambda known: entra_values.desktop_gateway_values(
            issuer=known["issuer"],
            client_id=known["client_id"],
            scopes=known["scopes"],
            bearer_token_type=token,
            broker=False,
        )["inferenceGatewayOidc"]
    )
    keys: dict[str, Input[Any]] = {"inferenceCredentialKind": "interactive", "inferenceGatewayOidc": oidc}
    return (
        keys | {"inferenceGatewayOidcAuthFlow": "broker"} if tenant_plan.uses_broker(args["entra"]) else keys
    )


def links(args: ClaudeByocArgs, planned: Plan, outputs: out.EntraOutputs) -> out.Consent:
    """Return the links by which an administrator gives the tenant's consent to the app that people sign in to."""
    uses = consented_uses(args, planned)
    if not uses:
        return {"state": "notNeeded", "links": []}
    if not planned.own_app:
        found = told(entra_consent.consent_links)(
            cloud=planned.cloud, tenant_id="organizations", client_id=entra.ANTHROPIC_APP_ID, uses=uses
        )
        return {
            "state": "links",
            "links": [{"who": one.who, "why": one.why, "url": Output.from_input(one.url)} for one in found],
        }
    people_read = args["entra"].get("app", {}).get("people_read", False)

    def link(known: list[str]) -> str:
        client_id, tenant_id = known
        [one, *_] = told(entra_consent.consent_links)(
            cloud=planned.cloud, tenant_id=tenant_id, client_id=client_id, uses=uses, people_read=people_read
        )
        return one.url

    return {
        "state": "links",
        "links": [
            {
                "who": entra_consent.CONSENT_GIVER,
                "why": entra_consent.own_app_reason(uses),
                "url": Output.all(outputs["clientId"], outputs["tenantId"]).apply(link),
            }
        ],
    }


def consented_uses(args: ClaudeByocArgs, planned: Plan) -> list[str]:
    """Return the uses that need consent: those of the app, without sign-in where no manifest signs people in."""
    if planned.own_app:
        return app_uses(args)
    signs_in = any(planned.keys(host).get("entra_sso") == "1" for host in planned.hosts if host != DESKTOP)
    return [use for use in app_uses(args) if use == "outlook" or (use == "sso" and signs_in)]
