"""Settings of a gateway of ours that only its cloud has: gateway.aws, gateway.google, gateway.azure."""

from pydantic import Field

from claude_byoc.contract import azure, azure_gateway
from claude_byoc.settings.base import Section


class AwsGatewayNetworkSettings(Section):
    """Where the gateway stands in AWS. Without any of these a VPC of its own is made."""

    vpc_id: str | None = Field(
        None,
        pattern=r"^vpc-[0-9a-f]+$",
        description="Id of a VPC that exists; then both lists of subnets are needed.",
    )
    load_balancer_subnet_ids: list[str] | None = Field(
        None, min_length=2, description="Subnets of the load balancer, in two Availability Zones at least."
    )
    task_subnet_ids: list[str] | None = Field(
        None, min_length=1, description="Subnets of the containers, with a way out to the internet."
    )
    assign_public_ip: bool | None = Field(
        None,
        description="Gives each instance a public address, for given subnets without a NAT. Default false.",
    )
    vpc_cidr: str | None = Field(
        None, description="IPv4 range of the VPC that is made. Default 10.71.0.0/22."
    )
    nat_per_zone: bool | None = Field(None, description="Makes a NAT gateway in both zones. Default false.")


class AwsGatewayHostSettings(Section):
    """A gateway in Amazon ECS."""

    service_name: str | None = Field(
        None,
        description="What cluster, service, roles, logs and secrets are named by. Default claude-gateway.",
    )
    network: AwsGatewayNetworkSettings | None = Field(
        None, description="Where it stands. Default: a VPC of its own."
    )
    certificate_arn: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:acm:\S+$",
        description="ACM certificate for gateway.domain. Default: one is requested and validated by DNS.",
    )
    hosted_zone_id: str | None = Field(
        None,
        description="Public Route 53 zone of gateway.domain. Default: the records are the output gateway.dnsRecords.",
    )
    domain_verified: bool | None = Field(
        None,
        description="The DNS record that proves gateway.domain exists, so that its certificate is issued. "
        "Default false.",
    )
    private_zone: bool | None = Field(
        None, description="Makes a private zone for gateway.domain in the VPC. Default: where it is internal."
    )
    cpu: int | None = Field(None, description="CPU units of an instance. Default: the least that fits.")
    memory_mib: int | None = Field(
        None, description="Memory of an instance in MiB. Default: the least that fits."
    )
    alarm_topic_arn: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:sns:\S+$",
        description="SNS topic that alarms are sent to. Default: none.",
    )
    web_acl_arn: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:wafv2:\S+$",
        description="Web ACL that exists, in place of gateway.waf's own.",
    )
    permissions_boundary: str | None = Field(
        None, pattern=r"^arn:aws[a-z-]*:iam::\S+$", description="Managed policy that bounds both roles."
    )


class GoogleGatewayHostSettings(Section):
    """A gateway in Cloud Run."""

    region: str = Field(
        pattern=r"^[a-z]+-[a-z]+[0-9]+$", description="Region of Cloud Run, for instance europe-west1."
    )
    name: str | None = Field(
        None, description="What the names of all that is made begin with. Default claude-gateway."
    )
    cpu: int | None = Field(
        None, description="vCPUs of the application's container: 1, 2, 4, 6 or 8. Default 1."
    )
    memory_mib: int | None = Field(None, description="Its memory in MiB. Default 2048.")
    predict_role: str | None = Field(
        None,
        description="Role with aiplatform.endpoints.predict that exists. Default: a custom role is made.",
    )
    dns_zone: str | None = Field(None, description="Managed zone of Cloud DNS that holds gateway.domain.")
    private_dns_zone: str | None = Field(
        None, description="Private managed zone that exists and holds gateway.domain. Default: one is made."
    )
    certificate: str | None = Field(
        None,
        pattern=r"^projects/\S+$",
        description="Certificate for gateway.domain. Default: one that Google renews.",
    )
    network: str | None = Field(
        None,
        pattern=r"^projects/\S+$",
        description="VPC network of an internal gateway: projects/P/global/networks/NAME.",
    )
    subnet: str | None = Field(
        None, pattern=r"^projects/\S+$", description="Its subnet: projects/P/regions/REGION/subnetworks/NAME."
    )
    proxy_subnet_range: str | None = Field(
        None,
        description="Range of the proxy-only subnet to make. Default: the network has one in the region.",
    )
    notification_channels: list[str] | None = Field(
        None, description="Channels of Cloud Monitoring that alerts notify. Default: none."
    )
    propagation_delay_seconds: float | None = Field(
        None, ge=0, le=600, description="Seconds that a new service waits for its grants. Default 60."
    )


class AzureGatewayHostSettings(Section):
    """A gateway in Azure Container Apps."""

    name: str | None = Field(
        None,
        pattern=azure_gateway.APP_NAME_FORM,
        min_length=azure_gateway.APP_NAME_LENGTHS[0],
        max_length=azure_gateway.APP_NAME_LENGTHS[1],
        description="What the names of all that is made begin with. Default claude-gateway.",
    )
    resource_group: str | None = Field(
        None, pattern=azure.RESOURCE_GROUP_PATTERN, description="Resource group to make. Default <name>-rg."
    )
    existing_resource_group: str | None = Field(
        None, pattern=azure.RESOURCE_GROUP_PATTERN, description="Resource group that exists, to use instead."
    )
    existing_environment: str | None = Field(
        None,
        pattern=azure_gateway.ENVIRONMENT_ID_PATTERN,
        description="Container Apps environment that exists, to use instead of making one.",
    )
    subnet_id: str | None = Field(
        None,
        pattern=azure.SUBNET_ID_PATTERN,
        description="Subnet for the environment, /27 or larger, delegated to Microsoft.App/environments. An internal "
        "gateway needs it.",
    )
    firewall_subnet_id: str | None = Field(
        None,
        pattern=azure.SUBNET_ID_PATTERN,
        description="Subnet for the Application Gateway of gateway.waf alone, /27 or larger. Default: a virtual "
        "network of its own, with a subnet for the environment too.",
    )
    firewall_subnet_range: str | None = Field(
        None,
        pattern=azure_gateway.RANGE_PATTERN,
        description="IPv4 range of that subnet: from it alone the containers take requests.",
    )
    vault_name: str | None = Field(
        None,
        pattern=azure_gateway.VAULT_NAME_FORM,
        min_length=azure_gateway.VAULT_NAME_LENGTHS[0],
        max_length=azure_gateway.VAULT_NAME_LENGTHS[1],
        description="Name of the key vault. Default: one that follows from the name.",
    )
    purge_protection: bool | None = Field(
        None,
        description="Nobody can purge the deleted vault for 7 days; can never be switched off. Default false.",
    )
    restore_deleted_vault: bool | None = Field(
        None, description="Brings a deleted vault of this name back. Default false."
    )
    log_workspace_id: str | None = Field(
        None,
        pattern=azure.WORKSPACE_ID_PATTERN,
        description="Log Analytics workspace that exists, to use instead of making one.",
    )
    action_group_id: str | None = Field(
        None,
        pattern=azure_gateway.ACTION_GROUP_ID_PATTERN,
        description="Action group that alerts notify. Default: none.",
    )
    foundry_account_id: str | None = Field(
        None,
        pattern=azure.ACCOUNT_ID_PATTERN,
        description="Foundry resource that a keyless upstream calls. Default: that of the part foundry.",
    )
    dns_zone_id: str | None = Field(
        None,
        pattern=azure_gateway.DNS_ZONE_ID_PATTERN,
        description="Public Azure DNS zone that holds gateway.domain.",
    )
    domain_verified: bool | None = Field(
        None, description="The DNS records for gateway.domain exist, so that Azure accepts it. Default false."
    )
    certificate_url: str | None = Field(
        None,
        pattern=azure_gateway.CERTIFICATE_URL_PATTERN,
        description="Certificate in a key vault: https://VAULT.vault.azure.net/secrets/NAME. Default: one that Azure "
        "renews.",
    )
    certificate_vault_id: str | None = Field(
        None, pattern=azure_gateway.VAULT_ID_PATTERN, description="That key vault, in RBAC mode."
    )
    existing_certificate_id: str | None = Field(
        None,
        pattern=azure_gateway.CERTIFICATE_ID_PATTERN,
        description="Certificate for gateway.domain in the existing environment.",
    )
