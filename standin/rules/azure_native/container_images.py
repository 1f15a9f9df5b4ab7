"""Azure Resource Manager: the images of container apps, which a registry in Azure gives to who has a role on it."""

from collections.abc import Mapping
from typing import Any, cast

from standin.rules import Subject, cloud_rule
from standin.rules.azure_native.container_apps import APP, principal_of, scopes_of
from standin.values import at, rows

ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
"""AcrPull. source: learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers"""


@cloud_rule(
    APP,
    "create",
    "update",
    source="github.com/microsoft/azure-container-apps issue 212 (logged answer); "
    "learn.microsoft.com/azure/container-apps/managed-identity-image-pull",
)
def images_can_be_pulled(subject: Subject) -> None:
    """Refuse an image of a registry in Azure that no identity of the app, named for it, may pull."""
    app = subject.properties
    own = {one.lower() for one in cast("Mapping[str, Any]", at(app, "identity.userAssignedIdentities") or {})}
    named = {
        str(row["server"]): str(row["identity"]).lower() for row in rows(app, "configuration.registries")
    }
    for row in (*rows(app, "template.initContainers"), *rows(app, "template.containers")):
        server = str(row["image"]).partition("/")[0]
        if not server.endswith(".azurecr.io"):
            continue
        identity = named.get(server)
        if identity is None or identity not in own or not _may_pull(subject, server, identity):
            raise subject.refusal("ImageNotPulled", container=row["name"], image=row["image"], server=server)


def _may_pull(subject: Subject, server: str, identity: str) -> bool:
    principal, registry = principal_of(subject, identity), f"/registries/{server.partition('.')[0]}"
    return principal is not None and any(
        scope.endswith(registry) for scope in scopes_of(subject, principal, ACR_PULL)
    )
