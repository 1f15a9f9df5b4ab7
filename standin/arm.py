"""Azure Resource Manager's REST API over the stand-in cloud, on loopback: the deployments of Foundry resources.

Deployments are made through ARM itself, since no provider's resource carries modelProviderData; they stand in the
cloud as rows of the type azure-native:cognitiveservices:Deployment, whose faults (faults.py) hold here too.
"""

import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from standin.cloud import Cloud, Resource, from_environment
from standin.errors import CloudError
from standin.exclusive import held
from standin.faults import from_environment as faults_from
from standin.loopback import Answer, LoopbackServer, Request
from standin.refusals import refusal
from standin.rules.azure_native import ACCOUNT, DEPLOYMENT, provider_data_problem
from standin.scope import NO_SUBSCRIPTION, SUBSCRIPTION
from standin.values import Plain, wire

API_VERSIONS = ("2025-10-01-preview", "2025-12-01", "2026-01-15-preview", "2026-05-01", "2026-05-15-preview")
"""Versions that were reported to take modelProviderData.

source: Azure/bicep-registry-modules pull 7207; hashicorp/terraform-provider-azurerm issue 31140; deployments
described in public repositories, 2026
"""
_PROVIDER = "azure-native"
_STATUS = {
    "TooManyRequests": HTTPStatus.TOO_MANY_REQUESTS,
    "RequestConflict": HTTPStatus.CONFLICT,
    "ParentResourceNotFound": HTTPStatus.NOT_FOUND,
    "ResourceNotFound": HTTPStatus.NOT_FOUND,
}
_ID = re.compile(
    r"/subscriptions/([^/]+)/resource[gG]roups/([^/]+)/providers/Microsoft\.CognitiveServices"
    r"/accounts/([^/]+)/deployments/([^/]+)"
)
_RETRY_AFTER = "1"
_DEFAULT_VERSION = "2"  # the one that Azure hosts (BELIEVED.md)

Json = dict[str, object]


class ArmServer(LoopbackServer):
    """The service over the cloud that `environment` names; it is read anew for each request."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        super().__init__(self._answered)

    def _answered(self, request: Request) -> Answer:
        cloud = from_environment(self.environment)
        try:
            found = _Deployment(cloud, self.environment, request)
            match request.method:
                case "GET":
                    return found.read()
                case "PUT":
                    return found.put()
                case _:
                    return found.delete()
        except CloudError as refused:
            message = re.search(r'Message="(.*)"$', str(refused), re.DOTALL)
            status = _STATUS.get(refused.code, HTTPStatus.BAD_REQUEST)
            later = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.CONFLICT)
            return Answer(
                status,
                {"error": {"code": refused.code, "message": message[1] if message else str(refused)}},
                {"Retry-After": _RETRY_AFTER} if later else {},
            )
        finally:
            cloud.close()


class _Deployment:
    """The deployment that a request is about."""

    def __init__(self, cloud: Cloud, environment: Mapping[str, str], request: Request) -> None:
        self._cloud, self._environment = cloud, environment
        self._body = cast("Json", request.body or {})
        match = _ID.fullmatch(request.path)
        subscription = environment.get(SUBSCRIPTION) or NO_SUBSCRIPTION
        if match is None or match[1] != subscription:
            raise refusal(_PROVIDER, "ResourceNotFound", {"id": request.path})
        self._id, self._place = request.path, subscription
        self._parent = request.path.rpartition("/deployments/")[0]
        self._group, self._account, self._name = match[2], match[3], match[4]
        version = request.query.get("api-version", "")
        if version not in API_VERSIONS:
            raise refusal(_PROVIDER, "NoRegisteredProviderFound", {"location": "", "version": version})

    def read(self) -> Answer:
        self._fault("read")
        row = self._row()
        if row is None:
            raise refusal(_PROVIDER, "ResourceNotFound", {"id": self._id})
        return Answer(HTTPStatus.OK, self._shown(row.properties, "Succeeded"))

    def put(self) -> Answer:
        if self._cloud.get(ACCOUNT, self._place, self._parent) is None:
            raise refusal(_PROVIDER, "ParentResourceNotFound", {"parent": self._account})
        operation = "update" if self._row() else "create"
        with held(self._cloud.path, self._parent) as alone:
            if not alone:
                raise refusal(_PROVIDER, "RequestConflict", {"parent": self._parent})
            self._fault(operation)
            return self._write(operation)

    def delete(self) -> Answer:
        row = self._row()
        if row is None:
            return Answer(HTTPStatus.NO_CONTENT)
        with held(self._cloud.path, self._parent) as alone:
            if not alone:
                raise refusal(_PROVIDER, "RequestConflict", {"parent": self._parent})
            self._fault("delete")
            self._cloud.delete(row)
        return Answer(HTTPStatus.ACCEPTED)

    def _write(self, operation: str) -> Answer:
        properties = cast("Json", self._body.get("properties") or {})
        if provider_data_problem(properties):
            raise refusal(_PROVIDER, "InvalidModelProviderData", {})
        model = cast("Json", properties.get("model") or {})
        row: Json = {
            "accountName": self._account,
            "resourceGroupName": self._group,
            "deploymentName": self._name,
            "name": self._name,
            "sku": self._body.get("sku") or {},
            "tags": self._body.get("tags") or {},
            "properties": {**properties, "model": {"version": _DEFAULT_VERSION, **model}},
        }
        stored = {name: wire(cast("Plain", value)) for name, value in row.items()}
        self._cloud.put(DEPLOYMENT, self._place, self._id, self._id.lower(), stored, over=True)
        status = HTTPStatus.CREATED if operation == "create" else HTTPStatus.OK
        return Answer(status, self._shown(row, "Creating"))

    def _row(self) -> Resource | None:
        return self._cloud.get(DEPLOYMENT, self._place, self._id)

    def _fault(self, operation: str) -> None:
        with self._cloud.transaction():
            self._cloud.record(_PROVIDER, operation, DEPLOYMENT, self._id)
        faults = faults_from(self._environment, self._cloud, _PROVIDER)
        sku = cast("Json", self._body.get("sku") or {})
        known: dict[str, Plain] = {
            "id": self._id,
            "parent": self._parent,
            "model": self._name,
            "capacity": str(sku.get("capacity", "")),
        }
        asyncio.run(faults.before(operation, DEPLOYMENT, known))

    def _shown(self, row: Mapping[str, object], state: str) -> Json:
        # Whether the service returns modelProviderData is not known; without it is the harder case (BELIEVED.md).
        properties = {
            name: value
            for name, value in cast("Json", row["properties"]).items()
            if name != "modelProviderData"
        }
        return {
            "id": self._id,
            "name": self._name,
            "type": "Microsoft.CognitiveServices/accounts/deployments",
            "sku": row["sku"],
            "tags": row["tags"],
            "properties": {**properties, "provisioningState": state},
        }
