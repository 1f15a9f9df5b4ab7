"""The gateway's identity, its key vault, and the rights of the one on the secrets of the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output
from pulumi_azure_native import authorization, keyvault, managedidentity

from claude_byoc.azure import documents as azure_documents
from claude_byoc.azure import gateway_documents as documents
from claude_byoc.azure.gateway_place import GatewayPlace
from claude_byoc.contract import azure_gateway as facts
from claude_byoc.gateway.container import ARCHIVE_SECRET

RETENTION_DAYS = 7
"""How long a deleted vault is kept: the least that Azure allows. It can only be chosen when a vault is made."""


@dataclass(frozen=True)
class StoredSecrets:
    """The secrets as the app refers to them: name -> address with version; `readable` is what has to be there first."""

    addresses: Mapping[str, Output[str]]
    readable: Sequence[pulumi.Resource]


def identity(place: GatewayPlace) -> managedidentity.UserAssignedIdentity:
    """Declare the identity that the containers run with."""
    return managedidentity.UserAssignedIdentity(
        f"{place.name}-identity",
        resource_name_=f"{place.plan.name}-id",
        resource_group_name=place.group,
        location=place.location,
        tags=place.tags,
        opts=place.child(),
    )


def vault(place: GatewayPlace, tenant_id: Output[str]) -> keyvault.Vault:
    """Declare the key vault, in RBAC mode: whoever deploys may write its secrets without being able to read them."""
    plan = place.plan
    return keyvault.Vault(
        f"{place.name}-vault",
        vault_name=Output.all(place.subscription, place.group).apply(
            lambda known: plan.vault_name(known[0], known[1])
        ),
        resource_group_name=place.group,
        location=place.location,
        properties=keyvault.VaultPropertiesArgs(
            sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
            tenant_id=tenant_id,
            enable_rbac_authorization=True,
            enable_soft_delete=True,
            soft_delete_retention_in_days=RETENTION_DAYS,
            enable_purge_protection=True if plan.purge_protection else None,
            create_mode=keyvault.CreateMode.RECOVER if plan.restore_vault else None,
        ),
        tags=place.tags,
        # How a vault was made is no property of it.
        opts=pulumi.ResourceOptions.merge(
            place.child(), pulumi.ResourceOptions(ignore_changes=["properties.createMode"])
        ),
    )


def store(
    place: GatewayPlace,
    home: keyvault.Vault,
    principal: managedidentity.UserAssignedIdentity,
    values: Mapping[str, Output[str]],
) -> StoredSecrets:
    """Declare every secret of `values`, the archive in parts, and the identity's right to read exactly these."""
    parts = values[ARCHIVE_SECRET].apply(documents.archive_parts)
    named = {
        **{
            documents.secret_name(name): value
            for name, value in sorted(values.items())
            if name != ARCHIVE_SECRET
        },
        **{
            name: parts.apply(lambda known, number=number: known[number])
            for number, name in enumerate(documents.archive_names())
        },
    }
    addresses, readable = dict[str, Output[str]](), list[pulumi.Resource]()
    for name, value in named.items():
        made = keyvault.Secret(
            f"{place.name}-secret-{name}",
            secret_name=name,
            vault_name=home.name,
            resource_group_name=place.group,
            properties=keyvault.SecretPropertiesArgs(value=Output.secret(value)),
            # Deleting one asks for a right on the vault itself; with the vault all of them go.
            opts=place.child(deleted_with=home),
        )
        address = Output.unsecret(made.properties.apply(lambda known: known.secret_uri_with_version))
        addresses[name] = address
        readable.append(
            may_read(place, f"{place.name}-reads-{name}", made.id, principal.principal_id),
        )
    return StoredSecrets(addresses, readable)


def may_read(
    place: GatewayPlace, name: str, scope: Input[str], principal_id: Output[str]
) -> authorization.RoleAssignment:
    """Declare the right to read one secret."""
    return assign(place, name, scope, principal_id, facts.SECRETS_USER)


def assign(
    place: GatewayPlace, name: str, scope: Input[str], principal_id: Output[str], role: str
) -> authorization.RoleAssignment:
    """Declare a role assignment of a managed identity."""
    return authorization.RoleAssignment(
        name,
        role_assignment_name=Output.all(scope, principal_id).apply(
            lambda known: azure_documents.role_assignment_name(known[0], known[1], role)
        ),
        scope=scope,
        role_definition_id=place.subscription.apply(
            lambda known: azure_documents.role_definition_id(known, role)
        ),
        principal_id=principal_id,
        # Without it Azure looks the principal up, and an identity made a moment ago is not found.
        principal_type="ServicePrincipal",
        opts=place.child(),
    )
