"""Reads a gateway's containers back from the container app that was declared, and secrets by their references."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from standin.rules.azure_native import ASSIGNMENT
from standin.rules.azure_native.container_apps import APP, IDENTITY, SECRET, SECRETS_USER
from tests.gateway.declared import DeclaredContainer, DeclaredGateway, DeclaredProbe

_ADDRESS = re.compile(
    r"https://(?P<vault>[a-z0-9-]+)\.vault\.azure\.net/secrets/(?P<name>[a-z0-9-]+)/[0-9a-f]{32}"
)

Rows = Sequence[Mapping[str, Any]]


def declared(rows: Rows, secrets: Mapping[str, str]) -> DeclaredGateway:
    """Return what `rows` (an inventory) declare; `secrets` maps the name of a vault's secret to its value.

    A reference counts only where the vault's secret is declared, a role lets an identity read that very secret, the
    app has that identity alone, and the version is exact.
    """
    [app] = _inputs(rows, APP)
    template, configuration = app["template"], app["configuration"]
    vault = _Vault(rows, app["identity"]["userAssignedIdentities"], configuration["secrets"], secrets)
    volumes = {one["name"]: one for one in template["volumes"]}
    first = [_container(one, volumes, vault, init=True) for one in template["initContainers"]]
    others = [_container(one, volumes, vault) for one in template["containers"]]
    return DeclaredGateway([*first, *others], configuration["ingress"]["targetPort"])


class _Vault:
    def __init__(
        self, rows: Rows, identities: Sequence[str], references: Rows, secrets: Mapping[str, str]
    ) -> None:
        # A firewall has one of its own.
        [identity] = identities
        assert identity.rpartition("/")[2] in {one["resourceName"] for one in _inputs(rows, IDENTITY)}
        stored = {(one["vaultName"], one["secretName"]) for one in _inputs(rows, SECRET)}
        readable = [
            one["scope"]
            for one in _inputs(rows, ASSIGNMENT)
            if one["principalType"] == "ServicePrincipal" and one["roleDefinitionId"].endswith(SECRETS_USER)
        ]
        self._values: dict[str, str] = {}
        for reference in references:
            found = _ADDRESS.fullmatch(reference["keyVaultUrl"])
            assert found, f"{reference['keyVaultUrl']} is no exact version"
            assert reference["identity"] in identities
            assert (found["vault"], found["name"]) in stored
            end = f"/vaults/{found['vault']}/secrets/{found['name']}"
            assert [one for one in readable if one.endswith(end)], f"{end} cannot be read"
            self._values[reference["name"]] = secrets[found["name"]]

    def value(self, reference: str) -> str:
        return self._values[reference]


def _container(
    one: Mapping[str, Any], volumes: Mapping[str, Mapping[str, Any]], vault: _Vault, *, init: bool = False
) -> DeclaredContainer:
    environment = {
        row["name"]: vault.value(row["secretRef"]) if "secretRef" in row else row["value"]
        for row in one["env"]
    }
    mounts: dict[str, str] = {}
    files: dict[str, str] = {}
    for mount in one["volumeMounts"]:
        volume = volumes[mount["volumeName"]]
        if volume["storageType"] == "EmptyDir":
            mounts[mount["mountPath"]] = volume["name"]
            continue
        assert volume["storageType"] == "Secret"
        for item in volume["secrets"]:
            files[f"{mount['mountPath']}/{item['path']}"] = vault.value(item["secretRef"])
    # Container Apps starts all containers at once and asks the replica, whatever container a probe stands in: here
    # only the container that is started last can wait for what answers for all of them.
    probes = [
        row["httpGet"] for row in one.get("probes", []) if row["type"] == "Startup" and one["name"] == "edge"
    ]
    return DeclaredContainer(
        name=one["name"],
        image=one["image"],
        command=one["command"],
        environment=environment,
        mounts=mounts,
        files=files,
        startup=DeclaredProbe(probes[0]["path"], int(probes[0]["port"])) if probes else None,
        init=init,
    )


def _inputs(rows: Rows, token: str) -> list[Any]:
    return [row["inputs"] for row in rows if row["type"] == token]
