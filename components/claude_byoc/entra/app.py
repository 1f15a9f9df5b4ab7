"""`EntraApp`: the organisation's own app, which people sign in to and whose tokens the other parts accept."""

import pulumi
import pulumi_azuread as azuread
import pulumi_random as random
from pulumi import Output

from claude_byoc.contract import entra, entra_consent
from claude_byoc.contract.entra_permissions import (
    ACCESS_SCOPE,
    GATEWAY,
    RESOURCE_APP_IDS,
    RESOURCE_NAMES,
)
from claude_byoc.entra import grants, lookups, registration
from claude_byoc.entra.app_args import AppRoleArgs, EntraAppArgs, plan_of
from claude_byoc.entra.lookups import Api
from claude_byoc.outputs import EntraPermission
from claude_byoc.refusal import refuse_errors, told


class EntraApp(pulumi.ComponentResource):
    """A single-tenant app for the add-in's sign-in, with the permissions of its uses and no others.

    With the use `gateway` it is an API as well, whose scope people's tokens for the gateway carry.
    """

    client_id: Output[str]
    """Application id (GUID): the manifest's `graph_client_id`."""
    object_id: Output[str]
    """Object id of the registration."""
    service_principal_object_id: Output[str]
    """Object id of the service principal (enterprise application)."""
    issuer: Output[str]
    """Issuer of its tokens (URL)."""
    audiences: Output[list[str]]
    """What `aud` of an access token may be: the application id, and the identifier URI that documents name."""
    identifier_uri: Output[str] | None
    """`api://<application id>`, where it exposes an API."""
    scope: Output[str] | None
    """`api://<application id>/access_as_user`, where it exposes an API."""
    scope_id: Output[str] | None
    """Id (GUID) of that scope."""
    entra_scope: Output[str] | None
    """Scope of the tokens that the add-in sends to the gateway or to Foundry: the manifest's `entra_scope`."""
    role_ids: Output[dict[str, str]]
    """Ids of the app roles by key."""
    permissions: list[EntraPermission]
    """The delegated permissions, each with its reason."""

    def __init__(self, name: str, args: EntraAppArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:EntraApp", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        self._tenant_id = args["tenant_id"]
        apis = {
            grant.resource: lookups.microsoft_api(grant.resource, grant.scopes, plan.cloud, self)
            for grant in plan.grants()
            if grant.resource in RESOURCE_APP_IDS
        }
        registered = registration.declare(
            name,
            display_name=plan.display_name,
            apis=list(apis.values()),
            cloud=plan.cloud,
            tenant_id=args["tenant_id"],
            notes=args.get("notes"),
            owners=args.get("owners", []),
            operator_object_id=args.get("operator_object_id"),
            assignment_required=plan.assignment_required,
            public_client_flows=plan.allow_public_client_flows,
            import_object_id=plan.import_object_id,
            parent=self,
        )
        self._application, self._principal = registered.application, registered.principal
        self._parts = registered.parts
        self._exposed: list[pulumi.Resource] = []
        self.client_id = self._application.client_id
        self.object_id = self._application.object_id
        self.service_principal_object_id = self._principal.object_id
        self.issuer = Output.from_input(args["tenant_id"]).apply(
            lambda tenant: told(entra.issuer)(plan.cloud, tenant)
        )
        self.audiences = self.client_id.apply(entra_consent.audiences)
        redirects = azuread.ApplicationRedirectUris(
            f"{name}-spa-redirects",
            application_id=self._application.id,
            type="SPA",
            redirect_uris=list(entra.OWN_APP_REDIRECTS),
            opts=self._child,
        )
        self._parts.append(redirects)
        self.identifier_uri = self.scope = self.scope_id = self.entra_scope = None
        if plan.exposes_api:
            self._expose_api()
        elif "foundry" in plan.uses:
            self.entra_scope = Output.from_input(entra.cognitive_services_scope(plan.cloud))
        roles = {key: self._declare_role(key, role) for key, role in args.get("app_roles", {}).items()}
        # Without a keyword `all` would give a list.
        self.role_ids = Output.all(**roles) if roles else Output.from_input(dict[str, str]())
        self._parts += registration.assign(
            f"{name}-assigned",
            args.get("groups", []),
            principal_object_id=self.service_principal_object_id,
            opts=self._child,
        )
        self._ask_for_permissions(apis)
        self.permissions = [
            {"resource": RESOURCE_NAMES[one.resource], "scope": one.scope, "why": one.why}
            for one in plan.permissions
        ]
        self.register_outputs(
            {
                "clientId": self.client_id,
                "objectId": self.object_id,
                "servicePrincipalObjectId": self.service_principal_object_id,
                "issuer": self.issuer,
                "audiences": self.audiences,
                "identifierUri": self.identifier_uri,
                "scope": self.scope,
                "scopeId": self.scope_id,
                "entraScope": self.entra_scope,
                "roleIds": self.role_ids,
                "permissions": self.permissions,
            }
        )

    def _expose_api(self) -> None:
        """Declare the API that the gateway checks tokens for."""
        uri = azuread.ApplicationIdentifierUri(
            f"{self._name}-identifier-uri",
            application_id=self._application.id,
            identifier_uri=Output.concat("api://", self.client_id),
            opts=self._child,
        )
        guid = random.RandomUuid(f"{self._name}-scope-id", opts=self._child)
        scope = azuread.ApplicationPermissionScope(
            f"{self._name}-scope",
            application_id=self._application.id,
            scope_id=guid.result,
            value=ACCESS_SCOPE,
            type="User",
            admin_consent_display_name="Reach Claude through the organisation's gateway",
            admin_consent_description="Lets Claude for Microsoft 365 and Claude Desktop send the signed-in "
            "person's token to the organisation's gateway.",
            user_consent_display_name="Reach Claude through your organisation's gateway",
            user_consent_description="Lets Claude send your sign-in to your organisation's gateway.",
            opts=self._child,
        )
        self.identifier_uri = uri.identifier_uri
        self.scope_id = guid.result
        self.scope = self.entra_scope = self.client_id.apply(entra_consent.access_scope)
        self._exposed = [uri, scope]
        self._parts += self._exposed

    def _declare_role(self, key: str, role: AppRoleArgs) -> Output[str]:
        value = role.get("value", key)
        label = f"{self._name}-role-{key}"
        guid = random.RandomUuid(f"{label}-id", opts=self._child)
        declared = azuread.ApplicationAppRole(
            label,
            application_id=self._application.id,
            role_id=guid.result,
            value=value,
            display_name=role.get("display_name", value),
            description=role.get("description", f"People of {value}"),
            allowed_member_types=["User"],
            opts=self._child,
        )
        self._parts.append(declared)
        self._parts += registration.assign(
            f"{label}-assigned",
            role.get("groups", []),
            principal_object_id=self.service_principal_object_id,
            role_id=guid.result,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[declared]),
        )
        return guid.result

    def _ask_for_permissions(self, apis: dict[str, Api]) -> None:
        """Declare what the app asks for of each API, and the grants where consent is code."""
        if self.scope_id is not None:
            own = self.scope_id.apply(lambda guid: [guid])
            apis = {**apis, GATEWAY: Api(self.client_id, self.service_principal_object_id, own)}
        for resource, api in apis.items():
            access = azuread.ApplicationApiAccess(
                f"{self._name}-{resource}-access",
                application_id=self._application.id,
                api_client_id=api.client_id,
                scope_ids=api.scope_ids,
                opts=pulumi.ResourceOptions(parent=self, depends_on=self._exposed),
            )
            self._parts.append(access)
        for grant in self.plan.grants() if self.plan.consent == "code" else []:
            grants.declare(
                self._name,
                grant,
                app=f"the app {self.plan.display_name!r}",
                client_object_id=self.service_principal_object_id,
                resource_object_id=apis[grant.resource].object_id,
                cloud=self.plan.cloud,
                tenant_id=self._tenant_id,
                parent=self,
                after=self._parts,
            )
