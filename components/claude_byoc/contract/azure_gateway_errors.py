"""What Azure's refusals of a gateway's resources mean, and their cure. The one home of these texts."""

from collections.abc import Mapping
from types import MappingProxyType

from claude_byoc.contract.azure_errors import ArmError

UNREADABLE = "Unable to get value using Managed identity"
"""With what an app is refused while its identity's roles are not in force yet, or are missing.
source: microsoft/azure-container-apps issue 722"""

CERTIFICATE_UNREADABLE = "Access denied for KeyVault Secret"
"""With what an Application Gateway is refused while its identity's role is not in force yet, or is missing.
source: MicrosoftDocs/azure-docs issue 33157 (logged answer, ApplicationGatewayKeyVaultSecretAccessDenied)"""

_DOMAINS = "https://learn.microsoft.com/azure/container-apps/custom-domains-managed-certificates"
_ERRORS = (
    ArmError(
        UNREADABLE,
        "the gateway's identity cannot read a secret of its key vault",
        "the role Key Vault Secrets User on each secret, which takes minutes to be in force",
        "run up again; if it stays, look whether a policy removes role assignments or closes the key vault",
        "microsoft/azure-container-apps issue 722",
    ),
    ArmError(
        "VaultAlreadyExists",
        "a key vault of this name exists, or a deleted one is kept",
        "a free name, or an explicit choice about the deleted one",
        "to have it back: gateway.azure.restoreDeletedVault: true; to give it up for good: az keyvault purge -n NAME; "
        "or set gateway.azure.vaultName",
        "https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery",
    ),
    ArmError(
        "ObjectIsDeletedButRecoverable",
        "a deleted secret of this name is kept in the key vault",
        "a secret that is there, or none",
        "run: az keyvault secret recover --vault-name VAULT -n NAME, then up again",
        "https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery",
    ),
    ArmError(
        "ForbiddenByRbac",
        "the identity that runs Pulumi may not delete secrets: that alone goes to the vault itself",
        "the role Key Vault Secrets Officer on the vault",
        "assign it, wait some minutes, then run up again; a destroy of everything does not need it",
        "pulumi/pulumi-azure-native, custom_keyvault.go",
    ),
    ArmError(
        "InvalidCustomHostNameValidation",
        "Azure does not see the DNS records that prove the domain",
        "the TXT record asuid.DOMAIN and the CNAME record, as in the output gateway.dnsRecords",
        "create them, wait until they are seen everywhere, then run up again",
        _DOMAINS,
    ),
    ArmError(
        "RequireCustomHostnameInEnvironment",
        "no app of the environment has the domain yet",
        "a container app with the domain",
        "run up again",
        _DOMAINS,
    ),
    ArmError(
        CERTIFICATE_UNREADABLE,
        "the firewall's identity cannot read the certificate in its key vault",
        "a vault in RBAC mode that the firewall's subnet reaches; the role on the secret takes minutes to be in force",
        "run up again; if it stays, look at the vault's mode and network, and at certificateUrl",
        "MicrosoftDocs/azure-docs issue 33157",
    ),
    ArmError(
        "ApplicationGatewayFrontendIpCannotHavePublicIpAndSubnet",
        "this subscription takes no Application Gateway with a private address alone",
        "the feature EnableApplicationGatewayNetworkIsolation, registered",
        "az feature register --namespace Microsoft.Network --name EnableApplicationGatewayNetworkIsolation, wait until "
        "it is Registered, az provider register -n Microsoft.Network, then run up again",
        "https://learn.microsoft.com/troubleshoot/azure/application-gateway/error-codes/"
        "application-gateway-frontend-ip-cannot-have-public-ip-subnet-error",
    ),
    ArmError(
        "InUseSubnetCannotBeDeleted",
        "the network still has something in it: Azure holds an environment's subnet for a while after its end",
        "a network with nothing in its subnets",
        "wait some minutes, then run again; if it stays, look what else was put into the network",
        "https://learn.microsoft.com/troubleshoot/azure/virtual-network/cannot-delete-vnet",
    ),
    ArmError(
        "aka.ms/acr/authorization",
        "the gateway's identity may not pull an image from a registry in Azure",
        "the role AcrPull on the registry for that identity, which this run has made by now",
        "az role assignment create --role AcrPull --assignee-object-id PRINCIPAL_ID --assignee-principal-type "
        "ServicePrincipal --scope REGISTRY_ID, wait some minutes, then run up again",
        "microsoft/azure-container-apps issue 212; Azure/container-apps-deploy-action issue 85 (logged answers)",
    ),
)

GATEWAY_ERRORS: Mapping[str, ArmError] = MappingProxyType({one.code: one for one in _ERRORS})
"""By what the refusal says, for `azure_errors.explain`."""
