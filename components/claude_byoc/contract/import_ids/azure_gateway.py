"""How what a gateway in Azure Container Apps declares is named for `pulumi import`: by its ARM id."""

from string import Formatter

from claude_byoc.contract.import_ids.base import ImportId

_REGISTRY = "https://www.pulumi.com/registry/packages/azure-native/api-docs"
_GROUP = "/subscriptions/{subscription}/resourceGroups/{resourceGroupName}/providers/"


def _rule(token: str, below: str) -> ImportId:
    """Return the rule of a type whose ids are `below` a resource group's providers, made of the inputs named there."""
    form = _GROUP + below
    fields = [field for _, field, _, _ in Formatter().parse(form) if field]
    return ImportId(
        f"azure-native:{token}",
        tuple(field for field in fields if field != "subscription"),
        form,
        lambda given, place: form.format(**{**given, "subscription": place.subscription}),
        f"{_REGISTRY}/{token.replace(':', '/').lower()}/#import",
    )


_ENVIRONMENT = "Microsoft.App/managedEnvironments/{environmentName}"
_ZONE = "Microsoft.Network/privateDnsZones/{privateZoneName}"

RULES: tuple[ImportId, ...] = (
    _rule(
        "managedidentity:UserAssignedIdentity",
        "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    ),
    _rule("keyvault:Vault", "Microsoft.KeyVault/vaults/{vaultName}"),
    _rule("keyvault:Secret", "Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}"),
    _rule("operationalinsights:Workspace", "Microsoft.OperationalInsights/workspaces/{workspaceName}"),
    _rule("app:ManagedEnvironment", _ENVIRONMENT),
    _rule("app:ManagedCertificate", f"{_ENVIRONMENT}/managedCertificates/{{managedCertificateName}}"),
    _rule("app:Certificate", f"{_ENVIRONMENT}/certificates/{{certificateName}}"),
    _rule("app:ContainerApp", "Microsoft.App/containerApps/{containerAppName}"),
    _rule("monitor:MetricAlert", "Microsoft.Insights/metricAlerts/{ruleName}"),
    _rule("monitor:ScheduledQueryRule", "Microsoft.Insights/scheduledQueryRules/{ruleName}"),
    _rule("applicationinsights:Workbook", "Microsoft.Insights/workbooks/{resourceName}"),
    _rule("privatedns:PrivateZone", _ZONE),
    _rule("privatedns:VirtualNetworkLink", f"{_ZONE}/virtualNetworkLinks/{{virtualNetworkLinkName}}"),
    _rule("privatedns:PrivateRecordSet", f"{_ZONE}/{{recordType}}/{{relativeRecordSetName}}"),
    _rule(
        "network:NetworkSecurityGroup", "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}"
    ),
    _rule("network:VirtualNetwork", "Microsoft.Network/virtualNetworks/{virtualNetworkName}"),
    _rule("network:PublicIPAddress", "Microsoft.Network/publicIPAddresses/{publicIpAddressName}"),
    _rule(
        "network:WebApplicationFirewallPolicy",
        "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/{policyName}",
    ),
    _rule("network:ApplicationGateway", "Microsoft.Network/applicationGateways/{applicationGatewayName}"),
    _rule("dns:RecordSet", "Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}"),
)
