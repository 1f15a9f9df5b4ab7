"""A registration in the tenant with its service principal, owners and assignments: what all our apps have."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread
from pulumi import Input

from claude_byoc.entra.existing import hook_for_registration
from claude_byoc.entra.lookups import Api

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
"""App role of an assignment without a role.
source: https://learn.microsoft.com/graph/api/resources/approleassignment"""

# The first lists the app among the enterprise applications, as the admin center's own registrations are; the
# second keeps it out of My Apps, where its tile would lead nowhere.
# source: https://learn.microsoft.com/entra/identity/enterprise-apps/hide-application-from-user-portal and the
# provider's feature tags (`enterprise`, `hide`)
_TAGS = ("WindowsAzureActiveDirectoryIntegratedApp", "HideApp")


@dataclass(frozen=True)
class Registered:
    """What was declared."""

    application: azuread.ApplicationRegistration
    principal: azuread.ServicePrincipal
    parts: list[pulumi.Resource]
    """What else belongs to the registration."""


def declare(
    name: str,
    *,
    display_name: str,
    apis: Sequence[Api],
    cloud: str,
    tenant_id: Input[str],
    notes: Input[str] | None,
    owners: Sequence[Input[str]],
    operator_object_id: Input[str] | None,
    assignment_required: bool,
    public_client_flows: bool,
    import_object_id: str | None,
    parent: pulumi.Resource,
) -> Registered:
    """Declare a single-tenant registration whose tokens are v2.0, as children of `parent`.

    Nothing is made before `apis` were found and are what they should be. That also keeps the reason visible: the
    engine loses the words of a program that fails while one of its hooks runs.
    """
    child = pulumi.ResourceOptions(parent=parent)
    marker = ownership(name)
    application = azuread.ApplicationRegistration(
        f"{name}-app",
        display_name=pulumi.Output.all(*[api.scope_ids for api in apis]).apply(lambda _: display_name),
        sign_in_audience="AzureADMyOrg",
        requested_access_token_version=2,
        notes=marker if notes is None else pulumi.Output.concat(notes, "\n", marker),
        opts=pulumi.ResourceOptions(
            parent=parent,
            import_=f"/applications/{import_object_id}" if import_object_id else None,
            hooks=hook_for_registration(name, display_name, marker, cloud, tenant_id),
        ),
    )
    parts: list[pulumi.Resource] = [
        azuread.ApplicationFallbackPublicClient(
            f"{name}-public-client-flows",
            application_id=application.id,
            enabled=public_client_flows,
            opts=child,
        ),
        *[
            azuread.ApplicationOwner(
                f"{name}-owner-{label(owner, at)}",
                application_id=application.id,
                owner_object_id=owner,
                opts=child,
            )
            for at, owner in enumerate(owners)
        ],
    ]
    # The provider takes the caller out of the owners unless it is among them, and OwnedBy ends with that.
    kept = [*owners, operator_object_id] if operator_object_id is not None else list(owners)
    principal = azuread.ServicePrincipal(
        f"{name}-principal",
        client_id=application.client_id,
        app_role_assignment_required=assignment_required,
        owners=kept or None,
        tags=list(_TAGS),
        notes=marker,
        opts=child,
    )
    return Registered(application, principal, parts)


def assign(
    name: str,
    groups: Sequence[Input[str]],
    *,
    principal_object_id: Input[str],
    role_id: Input[str] = DEFAULT_ACCESS,
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """Assign groups (or users) to an app, in a role of it or without one; return the assignments."""
    return [
        azuread.AppRoleAssignment(
            f"{name}-{label(group, at)}",
            app_role_id=role_id,
            principal_object_id=group,
            resource_object_id=principal_object_id,
            opts=opts,
        )
        for at, group in enumerate(groups)
    ]


def label(value: Input[str], at: int) -> str:
    """Return what tells list entries apart in logical names: the id, so that another order replaces nothing."""
    return value.lower() if isinstance(value, str) else str(at)


def ownership(name: str) -> str:
    """Return the line by which people, and a run after an interrupted one, know whose a registration is."""
    return f"managed-by=claude-byoc project={pulumi.get_project()} stack={pulumi.get_stack()} name={name}"
