"""The arguments of `AwsGateway`."""

from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.gateway.service_args import GatewayServiceArgs


class AwsGatewayNetworkArgs(TypedDict, total=False):
    """Where the gateway stands. Without any of these a VPC of its own is made."""

    vpc_id: Input[str]
    """Id of a VPC that exists; then both lists of subnets are needed."""
    load_balancer_subnet_ids: list[Input[str]]
    """Subnets of the load balancer, in two Availability Zones at least; public ones unless the gateway is internal."""
    task_subnet_ids: list[Input[str]]
    """Subnets of the containers, with a way out to the internet (NAT, or `assign_public_ip`)."""
    assign_public_ip: bool
    """Gives each instance a public address, for given subnets without a NAT. Default false."""
    vpc_cidr: str
    """IPv4 range of the VPC that is made, prefix 16 to 26. Default 10.71.0.0/22."""
    nat_per_zone: bool
    """Makes a NAT gateway in both zones, so that the loss of one zone leaves the other its way out. Default false."""


class AwsGatewayHostArgs(TypedDict, total=False):
    """What a gateway in Amazon ECS takes beside what it takes everywhere."""

    service_name: str
    """What cluster, service, roles, logs and secrets are named by, 2 to 20 characters; one per account and region.
    Default `claude-gateway`."""
    network: AwsGatewayNetworkArgs
    """Where it stands. Default: a VPC of its own."""
    certificate_arn: Input[str]
    """ARN of an ACM certificate for `domain`. Default: one is requested and validated by DNS."""
    hosted_zone_id: Input[str]
    """Id of the public Route 53 zone of `domain`: its records are made there. Default: `dns_records` says them."""
    domain_verified: bool
    """The record that proves `domain` exists, so that the certificate can be issued; without `hosted_zone_id` and
    `certificate_arn` nothing answers until then. Default false."""
    private_zone: bool
    """Makes a private Route 53 zone for `domain` within the VPC (split DNS). Default: where it is internal."""
    cpu: int
    """CPU units of an instance: 256, 512, 1024, 2048, 4096, 8192 or 16384. Default: the least that fits."""
    memory_mib: int
    """Memory of an instance in MiB, a size that Fargate offers with `cpu`. Default: the least that fits."""
    alarm_topic_arn: Input[str]
    """ARN of the SNS topic that alarms are sent to. Default: alarms show in CloudWatch alone."""
    web_acl_arn: Input[str]
    """ARN of a web ACL that exists, in place of the one that `waf` makes."""
    permissions_boundary: Input[str]
    """ARN of a managed policy that bounds both roles."""


class AwsGatewayArgs(GatewayServiceArgs, AwsGatewayHostArgs):
    """What `AwsGateway` needs to know."""

    region: Input[str]
    """AWS region."""
    account_id: NotRequired[Input[str]]
    """AWS account id, 12 digits. Default: the account of the provider's credentials."""
    tags: NotRequired[Input[dict[str, Input[str]]]]
    """Tags of everything that takes them."""
