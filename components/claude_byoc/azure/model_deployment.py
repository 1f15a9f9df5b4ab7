"""A Claude deployment in Foundry as a resource with a life: made, read, changed and deleted through ARM's REST API.

A dynamic provider, since no provider's resource can carry modelProviderData (docs/decisions/0009). Its class is
stored in the state by its name: module and name of `DeploymentProvider` and `KeySwitchProvider` are API.
"""

import datetime as dt
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import Input, Output
from pulumi.dynamic import (
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from typing_extensions import override

from claude_byoc.azure import documents
from claude_byoc.contract import azure as facts

if TYPE_CHECKING:
    from claude_byoc.azure import arm

ADDRESS_VARIABLE = "CLAUDE_BYOC_ARM_ADDRESS"
"""Environment variable with the loopback address of a service that answers instead of Azure Resource Manager."""
NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""A subscription that Azure never gives out; stack `local` is pinned to it."""
OWNERSHIP = ("claude-byoc:project", "claude-byoc:stack")

_BODY = ("capacity", "sku", "version", "organization")
_PLACE = ("account_id", "model")


class DeploymentProvider(ResourceProvider):
    """Creates, reads, changes and deletes one deployment."""

    serialize_as_secret_always = False  # the pickle holds no value, only this class's name

    @override
    def configure(self, req: ConfigureRequest) -> None:
        self._config = req.config

    def _arm(self, props: Mapping[str, Any]) -> "arm.Arm":
        # They load an HTTP client, which a run that changes nothing does not need.
        from claude_byoc.azure import arm, credentials  # noqa: PLC0415

        address, real = arm.checked_address(props["resource_manager"], os.environ.get(ADDRESS_VARIABLE))
        if not real:
            return arm.Arm(address, lambda: None, sleep=_briefly)
        if f"/{NO_SUBSCRIPTION}/" in props["account_id"]:
            raise ValueError(
                f"subscription {NO_SUBSCRIPTION} exists in no real cloud, so Azure Resource Manager is not asked"
            )
        subscription = facts.split_account_id(props["account_id"]).subscription_id
        given = credentials.settings(self._config.get)
        return arm.Arm(address, credentials.token_source(given, address, subscription_id=subscription))

    @override
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        replaces = [name for name in _PLACE if _olds.get(name) != _news.get(name)]
        changed = [name for name in _BODY if not _same(name, _olds.get(name), _news.get(name))]
        return DiffResult(
            changes=bool(replaces or changed), replaces=replaces, delete_before_replace=bool(replaces)
        )

    @override
    def create(self, props: dict[str, Any]) -> CreateResult:
        service, where = self._arm(props), deployment_id(props)
        found = service.get(where, facts.DEPLOYMENT_API_VERSION)
        if found is not None and not _ours(found, props):
            raise ValueError(
                f"{where} exists and is not this environment's, so it is left as it is.\n"
                "  allowed: a deployment that this environment makes\n"
                f"  to do:   use it as it is: foundry.existingModels: [{props['model']}], or delete it by hand"
            )
        made = service.put(where, facts.DEPLOYMENT_API_VERSION, _body(props))
        return CreateResult(where, {**props, **_seen(made, props)})

    @override
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        found = self._arm(props).get(id_, facts.DEPLOYMENT_API_VERSION)
        if found is None:
            return ReadResult(None, {})
        return ReadResult(id_, {**props, **_seen(found, props)})

    @override
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        made = self._arm(_news).put(_id, facts.DEPLOYMENT_API_VERSION, _body(_news))
        return UpdateResult({**_news, **_seen(made, _news)})

    @override
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        self._arm(_props).delete(_id, facts.DEPLOYMENT_API_VERSION)


def _briefly(_seconds: float) -> None:
    """Wait hardly at all: a local service keeps no quota, and its changes end within the request."""
    time.sleep(0.05)


def deployment_id(props: Mapping[str, Any]) -> str:
    """Return the ARM id of a deployment from its account's id and its name."""
    return f"{props['account_id']}/deployments/{props['model']}"


def _body(props: Mapping[str, Any]) -> dict[str, Any]:
    return documents.deployment_body(
        props["model"],
        capacity=int(props["capacity"]),
        sku=props["sku"],
        version=props.get("version"),
        organization=props["organization"],
        tags=props.get("tags") or {},
    )


def _seen(found: Mapping[str, Any], props: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the service says of a deployment, in the names of the inputs.

    A version that was not asked for is Azure's choice and no drift. What the service does not return
    (modelProviderData) is taken to be as it was given.
    """
    properties, sku = found.get("properties") or {}, found.get("sku") or {}
    actual = (properties.get("model") or {}).get("version")
    data = properties.get("modelProviderData") or {}
    said = {
        "organization_name": data.get("organizationName"),
        "country_code": data.get("countryCode"),
        "industry": data.get("industry"),
    }
    return {
        "sku": sku.get("name", props["sku"]),
        "capacity": sku.get("capacity", props["capacity"]),
        "version": actual if props.get("version") is not None else None,
        "organization": {
            **props["organization"],
            **{name: value for name, value in said.items() if value is not None},
        },
        "actual_version": actual or "",
    }


def _same(name: str, old: object, new: object) -> bool:
    if name == "capacity" and isinstance(old, int | float) and isinstance(new, int | float):
        return int(old) == int(new)
    return old == new


def _ours(found: Mapping[str, Any], props: Mapping[str, Any]) -> bool:
    """Tell whether a run of this environment made the deployment; one that was interrupted leaves it so."""
    here, planned = found.get("tags") or {}, props.get("tags") or {}
    return all(tag in planned and here.get(tag) == planned[tag] for tag in OWNERSHIP)


class ModelDeployment(Resource, module="claude-byoc", name="FoundryDeployment"):
    """A Claude deployment. `actual_version` is the version that Azure runs."""

    actual_version: Output[str]

    def __init__(
        self,
        name: str,
        *,
        account_id: Input[str],
        model: str,
        capacity: Input[int],
        sku: str,
        version: str | None,
        organization: Mapping[str, Input[str]],
        resource_manager: str,
        tags: Input[Mapping[str, Input[str]]] | None,
        opts: pulumi.ResourceOptions,
    ) -> None:
        props: dict[str, Any] = {
            "account_id": account_id,
            "model": model,
            "capacity": capacity,
            "sku": sku,
            "version": version,
            "organization": dict(organization),
            "resource_manager": resource_manager,
            "tags": tags or {},
            "actual_version": None,
        }
        super().__init__(DeploymentProvider(), name, props, opts)


class KeySwitchProvider(ResourceProvider):
    """Keeps in the state when the key that is handed out was changed, and what the other key was then."""

    serialize_as_secret_always = False

    @override
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        return DiffResult(changes=_number(_olds) != _number(_news), replaces=[], delete_before_replace=False)

    @override
    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("key-switch", {**props, "switches": 0, "switched_at": _now()})

    @override
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult({**_news, "switches": int(_olds["switches"]) + 1, "switched_at": _now()})


def _number(props: Mapping[str, Any]) -> int:
    return int(props["active_key"])


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class KeySwitch(Resource, module="claude-byoc", name="FoundryKeySwitch"):
    """The last change of the key that is handed out.

    `switched_at` is its time (UTC), `switches` counts them (0: never changed), `other_key` is a fingerprint of
    the key that is not handed out, as it was then.
    """

    switched_at: Output[str]
    switches: Output[float]
    other_key: Output[str]

    def __init__(
        self, name: str, *, active_key: Input[int], other_key: Output[str], opts: pulumi.ResourceOptions
    ) -> None:
        props: dict[str, Any] = {
            "active_key": active_key,
            "other_key": other_key,
            "switched_at": None,
            "switches": None,
        }
        super().__init__(KeySwitchProvider(), name, props, opts)
