"""Declares `GoogleGateway` alone, from one config object and the secrets that it names."""

import sys

import pulumi
import pulumi_gcp as gcp

from claude_byoc.google.gateway_args import GoogleGatewayArgs
from claude_byoc.google.gateway_host import GoogleGateway
from claude_byoc.google.gateway_steps import next_steps

config = pulumi.Config("claude-byoc")
args: GoogleGatewayArgs = config.require_object("gateway")
names = config.require_object("secretNames")
args["secrets"] = {name: config.require_secret(name) for name in names}  # pyright: ignore[reportGeneralTypeIssues]
provider = gcp.Provider("google", project=args["project_id"], region=args["region"])
gateway = GoogleGateway("gateway", args, pulumi.ResourceOptions(providers=[provider]))
pulumi.export("url", gateway.url)
pulumi.export("identity", gateway.identity)
pulumi.export("dnsRecords", gateway.dns_records)
pulumi.export("logSource", gateway.log_source)
pulumi.export("internal", gateway.internal)
pulumi.export("lasting", gateway.lasting)
pulumi.export("nextSteps", next_steps(gateway.plan, gateway.project_id))
sdks = ("pulumi_aws", "pulumi_azure_native", "pulumi_azuread", "pulumi_gcp")
pulumi.export("sdks", [sdk for sdk in sdks if sdk in sys.modules])
