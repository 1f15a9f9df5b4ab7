"""Service principals of the tenant that are looked up and never owned."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread
from pulumi import Input, Output

from claude_byoc.contract.entra_permissions import GRAPH, RESOURCE_APP_IDS, RESOURCE_NAMES
from claude_byoc.contract.problems import Problem
from claude_byoc.entra.app_plan import permission_ids
from claude_byoc.refusal import refuse_errors


def service_principal(
    client_id: str, missing: Problem, parent: pulumi.Resource
) -> Output[azuread.GetServicePrincipalResult]:
    """Return the tenant's service principal of an application; `missing` is raised where it has none."""
    opts = pulumi.InvokeOutputOptions(parent=parent)
    # A lookup that fails ends the program with a traceback, so a list is asked first. Microsoft Graph, which no
    # tenant lacks, is in it because the provider's documentation lets a list of nothing fail as well.
    listed = azuread.get_service_principals_output(
        client_ids=list(dict.fromkeys([RESOURCE_APP_IDS[GRAPH], client_id])), ignore_missing=True, opts=opts
    )

    def present(known: list[str]) -> str:
        if client_id.lower() not in [one.lower() for one in known]:
            refuse_errors([missing])
        return client_id

    return azuread.get_service_principal_output(client_id=listed.client_ids.apply(present), opts=opts)


@dataclass(frozen=True)
class Api:
    """An API of the tenant, and the delegated permissions of it that an app asks for."""

    client_id: Input[str]
    object_id: Input[str]
    """Object id of its service principal."""
    scope_ids: Input[Sequence[Input[str]]]


def microsoft_api(resource: str, scopes: Sequence[str], cloud: str, parent: pulumi.Resource) -> Api:
    """Return one of Microsoft's APIs (a key of RESOURCE_APP_IDS), its ids compared with the reference.

    What is wrong with it is raised where `scope_ids` is awaited.
    """
    app_id, name = RESOURCE_APP_IDS[resource], RESOURCE_NAMES[resource]
    missing = Problem(
        "entra.tenantId",
        f"is a tenant without a service principal of {name} ({app_id})",
        "a tenant in which the API is provisioned",
        f"an administrator provisions it once: az ad sp create --id {app_id}",
    )
    found = service_principal(app_id, missing, parent)

    def checked(published: dict[str, str]) -> list[str]:
        ids, problems = permission_ids(resource, scopes, published, cloud)
        for warning in refuse_errors(problems):
            pulumi.log.warn(warning.text, parent)
        return ids

    return Api(app_id, found.object_id, found.oauth2_permission_scope_ids.apply(checked))
