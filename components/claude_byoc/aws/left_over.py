"""What `claude-byoc recover` cannot ask AWS by itself: the program's providers do, in its previews.

They have credentials, region and endpoints, and a stand-in cloud answers as the real one does. The answers go to the
file that the command names; any other run asks nothing.
"""

import json
import os
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi import Input, Output

from claude_byoc.contract.aws import ROUTE_53_REGIONS, partition
from claude_byoc.contract.import_ids import LOOKUPS, OWNERSHIP_TAGS

_RESOURCES = "aws:resourcegroupstaggingapi/getResources:getResources"
_VERSIONS = "aws:secretsmanager/getSecretVersions:getSecretVersions"
_CURRENT = "AWSCURRENT"


def tell_tagged(
    parent: pulumi.Resource, region: Input[str], tags: Input[Mapping[str, Input[str]]] | None
) -> None:
    """Ask which resources carry the environment's tags, in the region and where Route 53 has its own."""
    if LOOKUPS not in os.environ or tags is None:
        return

    async def ask(known: dict[str, Any]) -> None:
        own = {key: known["tags"].get(key) for key in OWNERSHIP_TAGS}
        if None in own.values():
            return
        filters = [{"key": key, "values": [value]} for key, value in own.items()]
        places = {known["region"], ROUTE_53_REGIONS.get(partition(known["region"]), known["region"])}
        for place in sorted(places):
            try:
                found = await _asked(parent, _RESOURCES, {"tagFilters": filters, "region": place})
            except Exception as error:  # noqa: BLE001 -- see _asked
                _write({"region": place, "failed": _line(error)})
            else:
                rows = found["resourceTagMappingLists"]
                said = [{"arn": row["resourceArn"], "tags": row["tags"]} for row in rows]
                _write({"region": place, "tagged": said})

    Output.all(region=region, tags=tags).apply(ask)


def tell_versions(parent: pulumi.Resource, secret_arn: Output[str]) -> None:
    """Ask which versions a secret has: none of their values is read."""
    if LOOKUPS not in os.environ:
        return

    async def ask(arn: str) -> None:
        try:
            found = await _asked(parent, _VERSIONS, {"secretId": arn})
        except Exception as error:  # noqa: BLE001 -- see _asked
            _write({"secret": arn, "failed": _line(error)})
        else:
            rows = found["versions"]
            ids = [row["versionId"] for row in rows if _CURRENT in row["versionStages"]]
            _write({"secret": arn, "versions": ids or [row["versionId"] for row in rows]})

    secret_arn.apply(ask)


async def _asked(parent: pulumi.Resource, token: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer. The SDK raises no narrower exception; a preview goes on without what was refused."""
    options = pulumi.InvokeOptions(parent=parent, version=metadata.version("pulumi_aws"))
    return cast("dict[str, Any]", await pulumi.runtime.invoke_async(token, dict(given), options))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _write(said: Mapping[str, Any]) -> None:
    with Path(os.environ[LOOKUPS]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(said) + "\n")
