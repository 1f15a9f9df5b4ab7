"""`AzureGateway` by itself, with the arguments that the stack's config holds; each secret is a key of its own."""

from typing import Any

import pulumi
import pulumi_azure_native as azure

from claude_byoc.azure.gateway_host import AzureGateway
from claude_byoc.azure.gateway_steps import next_steps

SECRETS = (
    "anthropic_api_key",
    "foundry_api_key",
    "aws_access_key_id",
    "aws_secret_access_key",
    "google_credentials",
)

config = pulumi.Config("gateway")
args = config.require_object("args")
given = {name: config.get_secret(name) for name in SECRETS}
secrets = {name: value for name, value in given.items() if value is not None}
provider = azure.Provider("azure", subscription_id=args["subscription_id"], location=args["location"])
whole: Any = {**args, "secrets": secrets}
gateway = AzureGateway("gateway", whole, pulumi.ResourceOptions(providers=[provider]))
for name in ("url", "dns_records", "identity", "log_source", "internal", "vault"):
    pulumi.export(name, getattr(gateway, name))
pulumi.export("next_steps", next_steps(gateway.plan, stack=pulumi.get_stack()))
