"""Refuses to take over grants and audit logs that exist already.

IAM would merge ours into them without a word, and a destroy would then take away what was not ours.
source: tpgiamresource/resource_iam_member.go (create merges, delete subtracts) and resource_iam_audit_config.go
(create replaces what the service had) of terraform-provider-google.
"""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_gcp as gcp

from claude_byoc.contract.google import normal_member
from claude_byoc.contract.problems import Problem
from claude_byoc.refusal import refuse_errors

AUDIT_CONFIG = "gcp:projects/iAMAuditConfig:IAMAuditConfig"


def refuse_taken_over(name: str, resource: pulumi.Resource) -> pulumi.ResourceHook:
    """Return a hook for `before_create` of IAMMember and IAMAuditConfig; `name` is unique in the program.

    It runs where the engine is about to create one, so that what is in the state never meets it. A preview warns
    only: it has to succeed for `claude-byoc recover`, which looks up what an interrupted run made.
    """
    policies: dict[str, dict[str, Any]] = {}

    def guard(args: pulumi.ResourceHookArgs) -> None:
        inputs = args.new_inputs or {}
        project = inputs.get("project")
        if not isinstance(project, str):
            return  # a preview that does not know it yet
        if project not in policies:
            # Not the form with outputs: where that fails, it ends the whole program with a traceback.
            found = gcp.projects.get_iam_policy(project=project, opts=pulumi.InvokeOptions(parent=resource))
            policies[project] = json.loads(found.policy_data or "{}")
        problems = taken(args.type, inputs, policies[project], args.name, pulumi.get_stack())
        if not pulumi.runtime.is_dry_run():
            refuse_errors(problems)
        for problem in problems:
            pulumi.log.warn(f"`pulumi up` will refuse this:\n{problem}", resource)

    return pulumi.ResourceHook(name, guard, pulumi.ResourceHookOptions(on_dry_run=True))


def taken(
    token: str, inputs: Mapping[str, Any], policy: Mapping[str, Any], name: str = "NAME", stack: str = "ENV"
) -> list[Problem]:
    """Return a problem where `policy` (a project's IAM policy as JSON) holds what would be created already.

    `name` is the resource's logical name in `stack`.
    """
    project = inputs["project"]
    recover = (
        f"an interrupted run of this environment made it: claude-byoc recover -s {stack} --adopt '{name}'"
    )
    if token == AUDIT_CONFIG:
        service = inputs.get("service")
        if any(row.get("service") == service for row in policy.get("auditConfigs", [])):
            return [
                Problem(
                    "vertex.auditLogs",
                    f"project {project} has an audit configuration for {service} already",
                    "one owner of it: this one would replace it, and a destroy would remove it",
                    f"remove vertex.auditLogs and keep the other; or, if {recover}",
                )
            ]
        return []
    role, member = inputs.get("role"), inputs.get("member")
    for row in policy.get("bindings", []):
        members = [normal_member(one) for one in row.get("members", [])]
        if row.get("role") == role and not row.get("condition") and member in members:
            return [
                Problem(
                    "vertex.members",
                    f"{member} has {role} in project {project} already, granted by someone else",
                    "people whose access this environment grants: a destroy would take it from them",
                    f"remove {member} from vertex.members, the access is there; or, if {recover}",
                )
            ]
    return []
