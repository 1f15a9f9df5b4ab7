"""What the rows of a stand-in AWS account say of the gateway's containers."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.gateway.declared import DeclaredContainer, DeclaredGateway, DeclaredProbe

Row = Mapping[str, Any]
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
GROUP = "aws:lb/targetGroup:TargetGroup"
_SECRET = re.compile(r"(?P<arn>arn:.*:secret:(?P<name>.+)-[A-Za-z0-9]{6}):::(?P<version>.+)")


def declared(rows: Sequence[Row], values: Mapping[str, str]) -> DeclaredGateway:
    """Return the containers of the one service; `values` has each secret by the last part of its name.

    A row is {token, id, and the properties}. A secret must name a version that exists.
    """
    [service] = of_type(rows, SERVICE)
    [task] = [row for row in of_type(rows, TASK) if row["arn"] == service["taskDefinition"]]
    volumes = {volume["name"] for volume in task["volumes"]}
    versions = {(row["secretId"], row["versionId"]) for row in of_type(rows, VERSION)}
    [front] = service["loadBalancers"]
    [group] = [row for row in of_type(rows, GROUP) if row["arn"] == front["targetGroupArn"]]
    assert group["port"] == front["containerPort"]

    def secret(reference: str) -> str:
        found = _SECRET.fullmatch(reference)
        assert found, reference
        assert (found["arn"], found["version"]) in versions
        return values[found["name"].rpartition("/")[2]]

    def one(definition: Mapping[str, Any]) -> DeclaredContainer:
        check = definition.get("healthCheck")
        mounts = {mount["containerPath"]: mount["sourceVolume"] for mount in definition["mountPoints"]}
        assert set(mounts.values()) <= volumes
        return DeclaredContainer(
            definition["name"],
            definition["image"],
            [*definition["entryPoint"], *definition["command"]],
            {
                **{pair["name"]: pair["value"] for pair in definition["environment"]},
                **{pair["name"]: secret(pair["valueFrom"]) for pair in definition["secrets"]},
            },
            mounts=mounts,
            depends_on=[needed["containerName"] for needed in definition["dependsOn"]],
            startup=DeclaredProbe(command=check["command"][1:]) if check else None,
            init=not definition["essential"],
        )

    return DeclaredGateway(
        [one(definition) for definition in json.loads(task["containerDefinitions"])], front["containerPort"]
    )


def of_type(rows: Sequence[Row], token: str) -> list[Row]:
    """Return the rows of one type."""
    return [row for row in rows if row["token"] == token]
