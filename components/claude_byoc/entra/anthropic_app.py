"""`AnthropicApp`: Anthropic's multi-tenant app as the tenant has it. Looked up; nothing of it is ours."""

import pulumi
import pulumi_azuread as azuread
from pulumi import Input, Output

from claude_byoc.contract import entra, entra_consent
from claude_byoc.contract.problems import Problem
from claude_byoc.entra import grants, lookups, registration
from claude_byoc.entra.anthropic_args import AnthropicAppArgs, AnthropicAppPlan, plan_of
from claude_byoc.refusal import refuse_errors, told

NAME = "Claude for Office"


class AnthropicApp(pulumi.ComponentResource):
    """The tenant's service principal of "Claude for Office": its consent, and who is assigned to it.

    It is never made and never deleted here. The provider's `use_existing` would delete it on destroy.
    """

    client_id: Output[str]
    """Application id (GUID), the same in every tenant."""
    service_principal_object_id: Output[str]
    """Object id of its service principal in this tenant."""

    def __init__(self, name: str, args: AnthropicAppArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:AnthropicApp", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self.client_id = Output.from_input(entra.ANTHROPIC_APP_ID)
        if plan.existing_service_principal_id is None:
            self.service_principal_object_id = lookups.service_principal(
                entra.ANTHROPIC_APP_ID, _missing(plan), self
            ).object_id
        else:
            self.service_principal_object_id = self._import(name, plan.existing_service_principal_id)
        assigned = registration.assign(
            f"{name}-assigned",
            args.get("groups", []),
            principal_object_id=self.service_principal_object_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        if plan.consent == "code":
            self._grant(name, args["tenant_id"], assigned)
        self.register_outputs(
            {"clientId": self.client_id, "servicePrincipalObjectId": self.service_principal_object_id}
        )

    def _import(self, name: str, object_id: str) -> Output[str]:
        imported = azuread.ServicePrincipal(
            f"{name}-principal",
            client_id=entra.ANTHROPIC_APP_ID,
            app_role_assignment_required=self.plan.assignment_required,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                retain_on_delete=True,
                import_=f"/servicePrincipals/{object_id}",
                # Everything else about it is Anthropic's or an administrator's.
                ignore_changes=_NOT_OURS,
            ),
        )
        return imported.object_id

    def _grant(self, name: str, tenant_id: Input[str], after: list[pulumi.Resource]) -> None:
        for grant in self.plan.grants():
            api = lookups.microsoft_api(grant.resource, grant.scopes, self.plan.cloud, self)
            grants.declare(
                name,
                grant,
                app=f"Anthropic's app {NAME!r}",
                client_object_id=self.service_principal_object_id,
                resource_object_id=api.object_id,
                cloud=self.plan.cloud,
                tenant_id=tenant_id,
                parent=self,
                after=after,
            )


_NOT_OURS = [
    "accountEnabled",
    "alternativeNames",
    "description",
    "featureTags",
    "features",
    "loginUrl",
    "notes",
    "notificationEmailAddresses",
    "owners",
    "preferredSingleSignOnMode",
    "samlSingleSignOn",
    "tags",
]


def _missing(plan: AnthropicAppPlan) -> Problem:
    [link, *_] = entra_consent.consent_links(
        cloud=plan.cloud,
        tenant_id="organizations",
        client_id=entra.ANTHROPIC_APP_ID,
        uses=plan.uses,
        people_read=plan.people_read,
    )
    return Problem(
        "entra.anthropicApp",
        f"is set, and the tenant does not have the app {NAME!r} ({entra.ANTHROPIC_APP_ID}) yet",
        "a tenant in which an administrator has consented to it once",
        f"as {link.who}, open {link.url}",
    )
