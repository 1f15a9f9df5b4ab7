"""A tenant-wide grant as a resource: found first, imported where it exists, protected, never deleted."""

from collections.abc import Sequence

import pulumi
import pulumi_azuread as azuread
from pulumi import Input

from claude_byoc.entra.existing import hooks_for_grant
from claude_byoc.entra.grants_plan import GrantPlan


def declare(
    name: str,
    grant: GrantPlan,
    *,
    app: str,
    client_object_id: Input[str],
    resource_object_id: Input[str],
    cloud: str,
    tenant_id: Input[str],
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource],
) -> azuread.ServicePrincipalDelegatedPermissionGrant:
    """Declare one grant of consent for everybody in the tenant; `app` names its app for a reader.

    `after` is all that the app consists of: people consent to a finished app, and a destroy that the protected
    grant stops has not taken the app apart before.
    """
    logical = f"{name}-{grant.resource}-grant"
    return azuread.ServicePrincipalDelegatedPermissionGrant(
        logical,
        service_principal_object_id=client_object_id,
        resource_service_principal_object_id=resource_object_id,
        claim_values=grant.claim_values,
        opts=pulumi.ResourceOptions(
            parent=parent,
            protect=True,
            retain_on_delete=True,
            import_=grant.import_id,
            hooks=hooks_for_grant(logical, grant, app, cloud, tenant_id),
            depends_on=list(after),
        ),
    )
