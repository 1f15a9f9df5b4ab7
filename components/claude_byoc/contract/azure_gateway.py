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


def _sized(form: str, lengths: tuple[int, int]) -> str:
    return f"(?=.{{{lengths[0]},{lengths[1]}}}$){form}"


APP_NAME_FORM, APP_NAME_LENGTHS = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", (2, 24)
"""The names of what is made begin with it; Container Apps ends at 32 characters.
source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"""
VAULT_NAME_FORM, VAULT_NAME_LENGTHS = r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$", (3, 24)
"""source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates"""
APP_NAME_PATTERN = _sized(APP_NAME_FORM, APP_NAME_LENGTHS)
VAULT_NAME_PATTERN = _sized(VAULT_NAME_FORM, VAULT_NAME_LENGTHS)
"""The same with their lengths, which settings say apart: their patterns look at nothing ahead."""
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
INGRESS_NODE_VCPU, INGRESS_NODE_GIB = 4, 16
"""What such a node has. source: https://learn.microsoft.com/azure/container-apps/workload-profiles-overview"""
CONSUMPTION = "Consumption"

REGISTRY_PATTERN = r"^[a-z0-9-]{5,80}\.azurecr\.(io|us|cn)$"
"""A registry in Azure, which gives images to identities that hold a role on it.
source: https://learn.microsoft.com/azure/container-apps/managed-identity-image-pull"""

MOST_PROBE_FAILURES = 10
"""Failures of a probe before it counts. source: https://learn.microsoft.com/azure/templates/microsoft.app/containerapps
(failureThreshold)"""
LOG_CATEGORIES: tuple[str, ...] = ("ContainerAppConsoleLogs", "ContainerAppSystemLogs")
"""source: https://learn.microsoft.com/azure/container-apps/log-options"""

OWN_NETWORK, FIREWALL_RANGE, ENVIRONMENT_RANGE = "10.72.0.0/23", "10.72.0.0/24", "10.72.1.0/24"
"""The virtual network that is made for a firewall where none is given, and its two subnets.
source: https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure (/24 recommended)"""
APPS_DELEGATION = "Microsoft.App/environments"
"""source: https://learn.microsoft.com/azure/container-apps/custom-virtual-networks"""
RANGE_PATTERN = r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$"
SMALLEST_FIREWALL_PREFIX = 27
"""Room for FIREWALL_INSTANCES, a private address and the five that Azure takes in every subnet."""
FIREWALL_INSTANCES = 10
"""Instances at most. None is reserved beyond the two that always run: only what is used is billed.
source: https://learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant,
https://learn.microsoft.com/azure/reliability/reliability-application-gateway-v2"""
FIREWALL_RULE_SET, FIREWALL_RULE_SET_VERSION = "Microsoft_DefaultRuleSet", "2.1"
"""source: https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules"""
MOST_FIREWALL_RANGES = 600
"""Address ranges in one condition of a rule.
source: https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits
(WAF IP address ranges per match condition)"""
FIREWALL_TLS_POLICY = "AppGwSslPolicy20220101"
"""TLS 1.2 and 1.3. source: https://learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview"""
PRIVATE_IDLE_SECONDS = 300
"""How long a connection to a private address of an Application Gateway may be silent; nobody can change it.
source: https://learn.microsoft.com/azure/application-gateway/application-gateway-faq (TCP idle timeout)"""
FIREWALL_WAITS_LONGER = 20
"""Seconds beyond the edge's timeout, whose answer to it an add-in can read and the firewall's not."""
LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES = 4, 30
"""Of a public address. source: the same"""
GATEWAY_MANAGER_PORTS = "65200-65535"
"""By which Azure runs an Application Gateway that has a public address.
source: https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure (network security groups)"""
APPS_LOAD_BALANCER_PORTS = "30000-32767"
"""To which the load balancer of an environment sends what its address got on 443.
source: https://learn.microsoft.com/azure/container-apps/firewall-integration"""
FIREWALL_LOG_CATEGORIES: tuple[str, ...] = ("ApplicationGatewayAccessLog", "ApplicationGatewayFirewallLog")
"""Neither has bodies. source: https://learn.microsoft.com/azure/application-gateway/monitor-application-gateway-reference"""
CREDENTIAL_HEADERS: tuple[str, ...] = ("Authorization", "x-api-key")
"""What no rule of the firewall judges and none of its logs shows: random texts match rules at random."""
