"""The values and the id of each manifest, put together from the parts that its host uses."""

from collections.abc import Mapping

import pulumi
import pulumi_random as random
from pulumi import Input

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Part, Tenant
from claude_byoc.contract.manifest_keys import HOSTS
from claude_byoc.manifest_plan import Plan
from claude_byoc.stack_args import ClaudeByocArgs


def values(
    args: ClaudeByocArgs, planned: Plan, parts: Mapping[str, Part], tenant: Tenant
) -> out.ManifestValues:
    """Return the key=value pairs of each manifest; exactly the keys that the plan told of."""
    given: dict[str, Input[str]] = {**args.get("manifest", {}), **args.get("secrets", {})}
    result: out.ManifestValues = {}
    for host in HOSTS:
        if host not in planned.hosts:
            continue
        made: dict[str, Input[str]] = {"graph_client_id": tenant.client_id}
        for connection in planned.connections_of(host):
            made |= parts[connection.path].manifest
        result[host] = {
            key: out.checked_value(key, _one(key, literal, given, made))
            for key, literal in planned.keys(host).items()
        }
    return result


def _one(
    key: str, literal: str | None, given: Mapping[str, Input[str]], made: Mapping[str, Input[str]]
) -> Input[str]:
    if key in given:
        return given[key]
    return literal if literal is not None else made[key]


def ids(name: str, planned: Plan, parent: pulumi.Resource) -> out.ManifestIds:
    """Declare the `<Id>` of each manifest, made once per environment."""
    result: out.ManifestIds = {}
    for host in HOSTS:
        if host in planned.hosts:
            guid = random.RandomUuid(f"{name}-{host}-manifest-id", opts=pulumi.ResourceOptions(parent=parent))
            result[host] = guid.result
    return result
