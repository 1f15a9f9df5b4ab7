"""Azure Container Apps, Key Vault and Log Analytics: what a gateway there has to keep to."""

from claude_byoc.contract.entra import GUID_PATTERN

_PROVIDERS = rf"^/subscriptions/{GUID_PATTERN}/resource[gG]roups/[^/]{{1,90}}/providers/"
ENVIRONMENT_ID_PATTERN = rf"{_PROVIDERS}Microsoft\.App/managed[eE]nvironments/[^/]+$"
CERTIFICATE_ID_PATTERN = (
    rf"{_PROVIDERS}Microsoft\.App/managed[eE]nvironments/[^/]+/(certificates|managedCertificates)/[^/]+$"
)
VAULT_ID_PATTERN = rf"{_PROVIDERS}Microsoft\.KeyVault/vaults/[^/]+$"
DNS_ZONE_ID_PATTERN = rf"{_PROVIDERS}Microsoft\.Network/dns[zZ]ones/[a-z0-9.-]+$"
ACTION_GROUP_ID_PATTERN = rf"{_PROVIDERS}[Mm]icrosoft\.[Ii]nsights/action[gG]roups/[^/]+$"
CERTIFICATE_URL_PATTERN = r"^https://[a-z0-9-]{3,24}\.vault\.azure\.net/secrets/[0-9A-Za-z-]{1,127}$"
"""A certificate of a key vault by the secret of its name, without a version, so that a renewed one is taken up."""

APP_NAME_PATTERN = r"^(?!.*--)[a-z][a-z0-9-]{0,22}[a-z0-9]$"
"""The names of what is made begin with it; Container Apps ends at 32 characters.
source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"""
VAULT_NAME_PATTERN = r"^(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$"
"""source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates"""
LARGEST_SECRET = 25_000
"""Bytes of a secret. source: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets (25 KB)"""

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
"""The built-in role Key Vault Secrets User: reads secrets' contents.
source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security"""

INGRESS_TIMEOUT_SECONDS = 240
"""How long a request may be silent in the default ingress.
source: https://learn.microsoft.com/azure/container-apps/ingress-overview"""
LONGEST_TIMEOUT_SECONDS = 1800
"""The same in the premium ingress, which runs on two nodes of its own at least.
source: https://learn.microsoft.com/azure/container-apps/premium-ingress (4 to 30 minutes)"""
INGRESS_PROFILE, INGRESS_PROFILE_TYPE, INGRESS_NODES = "ingress", "D4", 2
CONSUMPTION = "Consumption"

REGISTRY_PATTERN = r"^[a-z0-9-]{5,80}\.azurecr\.(io|us|cn)$"
"""A registry in Azure, which gives images to identities that hold a role on it.
source: https://learn.microsoft.com/azure/container-apps/managed-identity-image-pull"""

MOST_PROBE_FAILURES = 10
"""Failures of a probe before it counts. source: https://learn.microsoft.com/azure/templates/microsoft.app/containerapps
(failureThreshold)"""
LOG_CATEGORIES: tuple[str, ...] = ("ContainerAppConsoleLogs", "ContainerAppSystemLogs")
"""source: https://learn.microsoft.com/azure/container-apps/log-options"""
