"""The Vertex AI part of an environment."""

import pulumi
import pulumi_gcp as gcp

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Part, Tenant
from claude_byoc.contract.google import vertex_rows
from claude_byoc.google import values
from claude_byoc.google.vertex_access import VertexAccess
from claude_byoc.google.vertex_steps import next_steps
from claude_byoc.manifest_plan import DESKTOP
from claude_byoc.stack_args import ClaudeByocArgs
from claude_byoc.stack_plan import plan, vertex_access_args, vertex_desktop_values


def declare(name: str, args: ClaudeByocArgs, _tenant: Tenant, parent: pulumi.Resource) -> Part:
    """Declare the provider of the project and `VertexAccess` in it."""
    part = vertex_access_args(args)
    if part is None:
        raise ValueError("the environment has no Vertex AI part")
    provider = gcp.Provider(
        f"{name}-google", project=part["project_id"], opts=pulumi.ResourceOptions(parent=parent)
    )
    access = VertexAccess(f"{name}-vertex", part, pulumi.ResourceOptions(parent=parent, providers=[provider]))
    secrets = args.get("secrets", {})
    outputs: out.VertexOutputs = {
        "projectId": access.project_id,
        "region": access.region,
        "role": access.role,
        "members": access.members,
        "models": access.models,
        "lasting": access.lasting,
    }
    users = [
        host for host in plan(args).hosts if "vertex" in [one.path for one in plan(args).connections_of(host)]
    ]
    return Part(
        outputs=outputs,
        manifest=values.manifest_values(
            project_id=access.project_id,
            region=access.region,
            client_id=part.get("google_client_id"),
            client_secret=secrets.get("google_client_secret"),
        ),
        desktop=vertex_desktop_values(args, project_id=access.project_id, region=access.region),
        rows=access.region.apply(vertex_rows),
        steps=next_steps(
            access.plan,
            access.project_id,
            add_in=any(host != DESKTOP for host in users),
            desktop=DESKTOP in users,
        ),
    )
