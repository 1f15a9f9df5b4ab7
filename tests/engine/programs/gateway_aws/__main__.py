"""Declares `AwsGateway` alone, with the arguments and secrets that the stack's config holds."""

from typing import cast

import pulumi
import pulumi_aws as aws

from claude_byoc.aws.gateway_args import AwsGatewayArgs
from claude_byoc.aws.gateway_host import AwsGateway
from claude_byoc.aws.gateway_steps import next_steps
from claude_byoc.gateway.service_args import GatewaySecretsArgs

config = pulumi.Config("gateway")
args: AwsGatewayArgs = config.require_object("args")
names = config.get_object("secrets") or []
if names:
    args["secrets"] = cast("GatewaySecretsArgs", {name: config.require_secret(name) for name in names})
provider = aws.Provider("aws", region=args["region"])
gateway = AwsGateway("gateway", args, pulumi.ResourceOptions(providers=[provider]))
for name in ("url", "dns_records", "identity", "log_source", "internal", "lasting"):
    pulumi.export(name, getattr(gateway, name))
pulumi.export("next_steps", next_steps(gateway.plan))
