"""`FoundryAccess` by itself, with the arguments that the stack's config holds."""

import pulumi
import pulumi_azure_native as azure

from claude_byoc.azure.foundry_access import FoundryAccess

config = pulumi.Config("foundry")
args = config.require_object("args")
provider = azure.Provider("azure", subscription_id=args["subscription_id"], location=args["location"])
access = FoundryAccess("foundry", args, pulumi.ResourceOptions(providers=[provider]))
for name in ("resource_id", "resource_name", "endpoint", "deployments", "api_key", "key_rotation"):
    pulumi.export(name, getattr(access, name))
