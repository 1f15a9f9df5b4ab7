"""The anchor for the tenant: the registrations, grants and assignment of scenario `tenant`, written out by hand."""

import pulumi
import pulumi_azuread as azuread
import pulumi_random as random
from pulumi import Output

OWNER, FINANCE = (f"aaaaaaaa-0000-4000-8000-00000000000{number}" for number in (1, 3))
MAIL = ["Calendars.Read", "Mail.ReadWrite", "User.Read", "offline_access", "openid", "profile"]
SIGN_IN = ["email", "offline_access", "openid", "profile"]

provider = azuread.Provider("azuread", tenant_id="00000000-0000-0000-0000-000000000000", environment="global")
options = pulumi.ResourceOptions(provider=provider)
graph = azuread.get_service_principal_output(
    client_id="00000003-0000-0000-c000-000000000000", opts=pulumi.InvokeOutputOptions(provider=provider)
)


def registration(name: str) -> tuple[azuread.ApplicationRegistration, azuread.ServicePrincipal]:
    app = azuread.ApplicationRegistration(
        f"{name}-app",
        display_name=name,
        sign_in_audience="AzureADMyOrg",
        requested_access_token_version=2,
        opts=options,
    )
    azuread.ApplicationFallbackPublicClient(
        f"{name}-flows", application_id=app.id, enabled=False, opts=options
    )
    principal = azuread.ServicePrincipal(
        f"{name}-principal",
        client_id=app.client_id,
        app_role_assignment_required=name == "claude",
        opts=options,
    )
    return app, principal


def grant(name: str, client: azuread.ServicePrincipal, api: pulumi.Input[str], scopes: list[str]) -> None:
    azuread.ServicePrincipalDelegatedPermissionGrant(
        name,
        service_principal_object_id=client.object_id,
        resource_service_principal_object_id=api,
        claim_values=scopes,
        opts=options,
    )


app, principal = registration("claude")
desktop, desktop_principal = registration("desktop")
azuread.ApplicationOwner("owner", application_id=app.id, owner_object_id=OWNER, opts=options)
azuread.ApplicationRedirectUris(
    "spa",
    application_id=app.id,
    type="SPA",
    redirect_uris=["brk-multihub://pivot.claude.ai", "https://pivot.claude.ai/msal-redirect.html"],
    opts=options,
)
azuread.ApplicationRedirectUris(
    "broker",
    application_id=desktop.id,
    type="PublicClient",
    redirect_uris=[
        "http://127.0.0.1/callback",
        desktop.client_id.apply(lambda known: f"ms-appx-web://Microsoft.AAD.BrokerPlugin/{known}"),
        "msauth.com.anthropic.claudefordesktop://auth",
    ],
    opts=options,
)
azuread.ApplicationIdentifierUri(
    "uri", application_id=app.id, identifier_uri=Output.concat("api://", app.client_id), opts=options
)
scope = azuread.ApplicationPermissionScope(
    "scope",
    application_id=app.id,
    scope_id=random.RandomUuid("scope-id").result,
    value="access_as_user",
    admin_consent_display_name="Reach Claude",
    admin_consent_description="Reach Claude through the gateway",
    opts=options,
)
role = azuread.ApplicationAppRole(
    "finance",
    application_id=app.id,
    role_id=random.RandomUuid("finance-id").result,
    allowed_member_types=["User"],
    display_name="Finance",
    description="People of finance",
    value="finance",
    opts=options,
)
azuread.AppRoleAssignment(
    "finance-assigned",
    app_role_id=role.role_id,
    principal_object_id=FINANCE,
    resource_object_id=principal.object_id,
    opts=options,
)
azuread.ApplicationApiAccess(
    "graph",
    application_id=app.id,
    api_client_id=graph.client_id,
    scope_ids=graph.oauth2_permission_scope_ids.apply(lambda ids: [ids[one] for one in MAIL]),
    opts=options,
)
for name, one in (("gateway", app), ("desktop-gateway", desktop)):
    azuread.ApplicationApiAccess(
        name,
        application_id=one.id,
        api_client_id=app.client_id,
        scope_ids=[scope.scope_id],
        opts=options,
    )
grant("graph-grant", principal, graph.object_id, MAIL)
grant("gateway-grant", principal, principal.object_id, ["access_as_user"])
grant("desktop-graph-grant", desktop_principal, graph.object_id, SIGN_IN)
grant("desktop-gateway-grant", desktop_principal, principal.object_id, ["access_as_user"])
