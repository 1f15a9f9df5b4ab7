"""The tenant as another stack declared it: its output `entra`, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Output

from claude_byoc.contract import entra
from claude_byoc.contract.problems import Problem
from claude_byoc.refusal import refuse_errors


@dataclass(frozen=True)
class ForeignTenant:
    """What the stack of the tenant gives."""

    client_id: Output[str]
    scope: Output[str | None]
    """Scope of the API that its app exposes, where it does."""
    desktop_client_id: Output[str | None]
    """Application id of its registration for Claude Desktop, where it has one."""


def read(
    name: str, stack: str, *, tenant_id: str | None, cloud: str, parent: pulumi.Resource
) -> ForeignTenant:
    """Return the app of the tenant that the stack `stack` declared.

    The Output raises pulumi.RunError where the stack has no such output, or is of another tenant or cloud.
    """
    reference = pulumi.StackReference(name, stack_name=stack, opts=pulumi.ResourceOptions(parent=parent))
    found: Output[Mapping[str, Any]] = reference.get_output("entra").apply(
        lambda output: _checked(output, stack, tenant_id, cloud)
    )
    return ForeignTenant(
        client_id=found.apply(lambda output: str(output["clientId"])),
        scope=found.apply(lambda output: output.get("scope")),
        desktop_client_id=found.apply(_desktop_client_id),
    )


def _desktop_client_id(output: Mapping[str, Any]) -> str | None:
    desktop: Mapping[str, Any] = output.get("desktop") or {}
    return desktop.get("clientId")


def _checked(output: object, stack: str, tenant_id: str | None, cloud: str) -> Mapping[str, Any]:
    if not isinstance(output, Mapping) or not output.get("clientId"):
        wrong = f"names {stack}, which has no output `entra` with a clientId"
        refuse_errors(
            [
                Problem(
                    "entra.fromStack",
                    wrong,
                    "a stack that declares the tenant's app, after its `pulumi up`",
                    f"run `pulumi stack output entra -s {stack}`, or give entra.clientId instead",
                )
            ]
        )
    known: Mapping[str, Any] = output  # pyright: ignore[reportAssignmentType] # refused above otherwise
    problems: list[Problem] = []
    other = str(known.get("tenantId", ""))
    if tenant_id is not None and other and other.lower() != tenant_id.lower():
        problems.append(
            Problem(
                "entra.fromStack",
                f"names {stack}, a stack of the tenant {other}",
                f"a stack of the tenant {tenant_id}",
                "correct entra.tenantId or entra.fromStack",
            )
        )
    if known.get("cloud", "global") != cloud:
        problems.append(
            Problem(
                "entra.fromStack",
                f"names {stack}, a stack of the cloud {known.get('cloud', 'global')}",
                f"a stack of the cloud {cloud}",
                "correct entra.cloud or entra.fromStack",
            )
        )
    refuse_errors([*problems, *entra.check_guid("entra.fromStack", str(known["clientId"]))])
    return known
