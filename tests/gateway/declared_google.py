"""Reads a gateway's containers back from the Cloud Run service that was declared, and secrets by their references."""

from collections.abc import Mapping, Sequence
from typing import Any

from standin.rules.gcp import ACCESSOR, ACCOUNT, RUN_SERVICE, SECRET, SECRET_MEMBER
from tests.gateway.declared import DeclaredContainer, DeclaredGateway, DeclaredProbe

Rows = Sequence[Mapping[str, Any]]


def declared(rows: Rows, secrets: Mapping[str, str]) -> DeclaredGateway:
    """Return what `rows` (an inventory) declare; `secrets` maps the end of a secret's id to its value.

    A reference counts only where the secret is declared, the service account may read it, and the version is exact.
    """
    [service] = _inputs(rows, RUN_SERVICE)
    template = service["template"]
    vault = _Vault(rows, template["serviceAccount"], secrets)
    volumes = {one["name"]: one for one in template["volumes"]}
    containers = [_container(one, volumes, vault) for one in template["containers"]]
    [port] = [one["ports"]["containerPort"] for one in template["containers"] if "ports" in one]
    return DeclaredGateway(containers, port)


class _Vault:
    def __init__(self, rows: Rows, account: str, secrets: Mapping[str, str]) -> None:
        [own] = _inputs(rows, ACCOUNT)
        assert account == f"{own['accountId']}@{own['project']}.iam.gserviceaccount.com"
        self._secrets = secrets
        self._readable = {
            one["secretId"]
            for one in _inputs(rows, SECRET_MEMBER)
            if one["role"] == ACCESSOR and one["member"] == f"serviceAccount:{account}"
        } & {one["secretId"] for one in _inputs(rows, SECRET)}

    def value(self, secret: str, version: str) -> str:
        assert secret in self._readable, f"{secret} cannot be read"
        assert version.isdigit(), f"{secret} at {version} is not exact"
        return self._secrets[secret.rpartition("-")[2]]


def _container(
    one: Mapping[str, Any], volumes: Mapping[str, Mapping[str, Any]], vault: _Vault
) -> DeclaredContainer:
    environment: dict[str, str] = {}
    for variable in one["envs"]:
        if "valueSource" in variable:
            reference = variable["valueSource"]["secretKeyRef"]
            environment[variable["name"]] = vault.value(reference["secret"], reference["version"])
        else:
            environment[variable["name"]] = variable["value"]
    mounts: dict[str, str] = {}
    files: dict[str, str] = {}
    for mount in one["volumeMounts"]:
        volume = volumes[mount["name"]]
        if "emptyDir" in volume:
            mounts[mount["mountPath"]] = volume["name"]
            continue
        for item in volume["secret"]["items"]:
            value = vault.value(volume["secret"]["secret"], item["version"])
            files[f"{mount['mountPath']}/{item['path']}"] = value
    probe = one.get("startupProbe", {}).get("httpGet")
    return DeclaredContainer(
        name=one["name"],
        image=one["image"],
        command=[*one["commands"], *one.get("args", [])],
        environment=environment,
        mounts=mounts,
        files=files,
        depends_on=one.get("dependsOns", []),
        startup=DeclaredProbe(probe["path"], int(probe["port"])) if probe else None,
    )


def _inputs(rows: Rows, token: str) -> list[Any]:
    return [row["inputs"] for row in rows if row["type"] == token]
