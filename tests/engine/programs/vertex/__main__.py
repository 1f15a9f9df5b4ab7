"""Declares `VertexAccess` alone, from one config object."""

import sys

import pulumi
import pulumi_gcp as gcp

from claude_byoc.google.vertex_access import VertexAccess
from claude_byoc.google.vertex_args import VertexAccessArgs
from claude_byoc.google.vertex_steps import next_steps

args: VertexAccessArgs = pulumi.Config("claude-byoc").require_object("vertex")
provider = gcp.Provider("google", project=args["project_id"])
access = VertexAccess("vertex", args, pulumi.ResourceOptions(providers=[provider]))
pulumi.export("role", access.role)
pulumi.export("members", access.members)
pulumi.export("lasting", access.lasting)
pulumi.export("nextSteps", next_steps(access.plan, access.project_id, add_in=True, desktop=True))
sdks = ("pulumi_aws", "pulumi_azure_native", "pulumi_azuread", "pulumi_gcp")
pulumi.export("sdks", [sdk for sdk in sdks if sdk in sys.modules])
