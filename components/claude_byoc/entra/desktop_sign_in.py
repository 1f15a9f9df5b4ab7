"""`DesktopSignIn`: the registration by which Claude Desktop signs people in, apart from the add-in's app."""

import pulumi
import pulumi_azuread as azuread
from pulumi import Output

from claude_byoc.contract import entra, entra_consent
from claude_byoc.contract.entra_permissions import (
    GATEWAY,
    RESOURCE_NAMES,
)
from claude_byoc.entra import grants, lookups, registration
from claude_byoc.entra.desktop_args import DISPLAY_NAME, DesktopSignInArgs, plan_of
from claude_byoc.entra.lookups import Api
from claude_byoc.outputs import EntraPermission
from claude_byoc.refusal import refuse_errors, told


class DesktopSignIn(pulumi.ComponentResource):
    """A public client for Claude Desktop, with permission for the one API that it calls.

    A registration of its own, because public-client flows beside Graph permissions would let a phished device
    code reach mail.
    """

    client_id: Output[str]
    """Application id (GUID)."""
    object_id: Output[str]
    """Object id of the registration."""
    service_principal_object_id: Output[str]
    """Object id of the service principal (enterprise application)."""
    issuer: Output[str]
    """Issuer of its tokens (URL)."""
    scopes: Output[list[str]]
    """What Claude Desktop asks for at sign-in, as a gateway's configuration names it."""
    permissions: list[EntraPermission]
    """The delegated permissions, each with its reason."""
    consent_url: Output[str]
    """The page on which an administrator consents for the tenant."""

    def __init__(
        self, name: str, args: DesktopSignInArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:DesktopSignIn", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self._name = name
        self._args = args
        self._display_name = args.get("display_name", DISPLAY_NAME)
        child = pulumi.ResourceOptions(parent=self)
        apis = self._apis()
        registered = registration.declare(
            name,
            display_name=self._display_name,
            apis=list(apis.values()),
            cloud=plan.cloud,
            tenant_id=args["tenant_id"],
            notes=args.get("notes"),
            owners=args.get("owners", []),
            operator_object_id=args.get("operator_object_id"),
            assignment_required=plan.assignment_required,
            public_client_flows=plan.public_client_flows,
            import_object_id=plan.import_object_id,
            parent=self,
        )
        self._application = registered.application
        self._parts = registered.parts
        self.client_id = registered.application.client_id
        self.object_id = registered.application.object_id
        self.service_principal_object_id = registered.principal.object_id
        self.issuer = Output.from_input(args["tenant_id"]).apply(
            lambda tenant: told(entra.issuer)(plan.cloud, tenant)
        )
        redirects = azuread.ApplicationRedirectUris(
            f"{name}-redirects",
            application_id=registered.application.id,
            type="PublicClient",
            redirect_uris=self.client_id.apply(
                lambda client_id: [
                    entra.DESKTOP_REDIRECT,
                    *(entra.broker_redirects(client_id) if plan.broker else []),
                ]
            ),
            opts=child,
        )
        self._parts.append(redirects)
        self._parts += registration.assign(
            f"{name}-assigned",
            args.get("groups", []),
            principal_object_id=self.service_principal_object_id,
            opts=child,
        )
        self._ask_for_permission(apis)
        gateway = args.get("gateway_client_id") if plan.api == "gateway" and plan.permissions else None
        self.scopes = Output.from_input(gateway).apply(lambda known: _scopes(plan.api, plan.cloud, known))
        self.permissions = [
            {"resource": RESOURCE_NAMES[one.resource], "scope": one.scope, "why": one.why}
            for one in plan.permissions
        ]
        self.consent_url = Output.all(self.client_id, args["tenant_id"], gateway).apply(
            lambda ids: (
                told(entra_consent.desktop_consent_link)(
                    cloud=plan.cloud,
                    client_id=ids[0],
                    tenant_id=ids[1],
                    gateway_client_id=ids[2],
                    foundry=plan.api == "foundry",
                ).url
            )
        )
        self.register_outputs(
            {
                "clientId": self.client_id,
                "objectId": self.object_id,
                "servicePrincipalObjectId": self.service_principal_object_id,
                "issuer": self.issuer,
                "scopes": self.scopes,
                "permissions": self.permissions,
                "consentUrl": self.consent_url,
            }
        )

    def _apis(self) -> dict[str, Api]:
        """Return the one API that it calls, and Microsoft Graph where sign-in is granted as code."""
        found: dict[str, Api] = {}
        for grant in self.plan.grants():
            declared = [one.scope for one in self.plan.permissions if one.resource == grant.resource]
            if grant.resource == GATEWAY:
                found[GATEWAY] = Api(
                    self._args.get("gateway_client_id", ""),
                    self._args.get("gateway_service_principal_object_id", ""),
                    [self._args.get("gateway_scope_id", "")],
                )
            elif declared or self.plan.consent == "code":
                found[grant.resource] = lookups.microsoft_api(grant.resource, declared, self.plan.cloud, self)
        return found

    def _ask_for_permission(self, apis: dict[str, Api]) -> None:
        """Declare what it asks for of its one API, and the grants where consent is code."""
        for resource in {one.resource for one in self.plan.permissions}:
            access = azuread.ApplicationApiAccess(
                f"{self._name}-{resource}-access",
                application_id=self._application.id,
                api_client_id=apis[resource].client_id,
                scope_ids=apis[resource].scope_ids,
                opts=pulumi.ResourceOptions(parent=self),
            )
            self._parts.append(access)
        for grant in self.plan.grants() if self.plan.consent == "code" else []:
            grants.declare(
                self._name,
                grant,
                app=f"the app {self._display_name!r}",
                client_object_id=self.service_principal_object_id,
                resource_object_id=apis[grant.resource].object_id,
                cloud=self.plan.cloud,
                tenant_id=self._args["tenant_id"],
                parent=self,
                after=self._parts,
            )


def _scopes(api: str, cloud: str, gateway_client_id: str | None) -> list[str]:
    if api == "foundry":
        return [entra.cognitive_services_scope(cloud)]
    if gateway_client_id is None:
        return ["openid", "profile", "email", "offline_access"]
    return [entra_consent.access_scope(gateway_client_id)]
