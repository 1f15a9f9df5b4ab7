"""What Entra's functions find."""

from collections.abc import Mapping

from standin.catalog import Spec
from standin.cloud import Cloud
from standin.errors import CloudError
from standin.lookups import lookup
from standin.values import Plain

_EMPTY: Mapping[str, object] = {
    "accountEnabled": True,
    "alternativeNames": [],
    "appRoleAssignmentRequired": False,
    "description": "",
    "featureTags": [],
    "features": [],
    "loginUrl": "",
    "notes": "",
    "notificationEmailAddresses": [],
    "preferredSingleSignOnMode": "",
    "samlSingleSignOns": [],
    "tags": [],
}
"""What the provider gives where the directory has nothing."""


@lookup("azuread:index/getServicePrincipal:getServicePrincipal")
def service_principal(
    cloud: Cloud, spec: Spec, place: str, given: Mapping[str, Plain]
) -> Mapping[str, object]:
    """Find a service principal by one of object id, display name and client id.

    source: github.com/hashicorp/terraform-provider-azuread
    internal/services/serviceprincipals/service_principal_data_source.go (and its words)
    """
    for name, missing in (
        ("objectId", 'Service principal with object ID "{}" was not found'),
        ("displayName", 'No service principal found matching display name: "{}"'),
        ("clientId", 'No service principal found for client ID: "{}"'),
    ):
        wanted = given.get(name)
        if not wanted:
            continue
        for row in cloud.starting(spec.reads, place, "/servicePrincipals/"):
            if str(row.properties.get(name)).lower() == str(wanted).lower():
                return {**_EMPTY, **row.properties, "id": row.id}
        raise CloudError("NotFound", missing.format(wanted))
    raise CloudError("Invalid", "one of `client_id,display_name,object_id` must be specified")
