"""Ids that Entra gave to what an interrupted run may have made, as Microsoft Graph tells them.

Never imports Pulumi: `claude-byoc recover` uses it.
"""

from collections.abc import Mapping
from typing import Any

from claude_byoc.contract.import_ids.entra import ASSIGNMENT, GRANT, PRINCIPAL, REGISTRATION
from claude_byoc.entra.graph import GraphReader


def ids(tenant: GraphReader, token: str, inputs: Mapping[str, Any]) -> list[str]:
    """Return the import ids of what the tenant has with these inputs; `token` is one of ASKED_IDS.

    Raises GraphUnreadableError. Any number of registrations may have one name: those count whose notes end, as the
    program's do, with the line that names project, stack and component.
    """
    if token == REGISTRATION:
        marker = str(inputs["notes"]).splitlines()[-1]
        found = tenant.registrations(str(inputs["displayName"]))
        return [f"/applications/{one.object_id}" for one in found if marker in one.notes.splitlines()]
    if token == PRINCIPAL:
        return [f"/servicePrincipals/{one}" for one in tenant.service_principals(str(inputs["clientId"]))]
    if token == ASSIGNMENT:
        resource, who, role = (
            str(inputs[name]) for name in ("resourceObjectId", "principalObjectId", "appRoleId")
        )
        return [
            f"/servicePrincipals/{resource}/appRoleAssignedTo/{one.id}"
            for one in tenant.assignments(resource)
            if (one.principal_id.lower(), one.role_id.lower()) == (who.lower(), role.lower())
        ]
    if token == GRANT:
        api = str(inputs["resourceServicePrincipalObjectId"])
        grants = tenant.tenant_grants(str(inputs["servicePrincipalObjectId"]))
        return [f"/oauth2PermissionGrants/{one.id}" for one in grants if one.resource_id == api]
    raise ValueError(f"Microsoft Graph is not asked for {token}")
