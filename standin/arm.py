"""Azure Resource Manager's REST API over the stand-in cloud, on loopback: the deployments of Foundry resources.

`python -m standin.arm --port-file FILE` serves until its parent ends. Deployments are made through ARM itself,
since no provider's resource carries modelProviderData; they stand in the cloud as rows of the type
azure-native:cognitiveservices:Deployment, whose faults (faults.py) hold here too.
"""

import argparse
import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override

from standin.cloud import Cloud, Resource, from_environment
from standin.errors import CloudError
from standin.exclusive import held
from standin.faults import from_environment as faults_from
from standin.lifetime import end_with_parent
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


class ArmServer(ThreadingHTTPServer):
    """The service; `address` is its base URL."""

    daemon_threads = True

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: standard error is the caller's."""

    def do_GET(self) -> None:
        self._answer("read")

    def do_PUT(self) -> None:
        self._answer("put")

    def do_DELETE(self) -> None:
        self._answer("delete")

    def _answer(self, operation: str) -> None:
        server = cast("ArmServer", self.server)
        length = int(self.headers.get("Content-Length") or 0)
        body = cast("Json", json.loads(self.rfile.read(length))) if length else {}
        cloud = from_environment(server.environment)
        try:
            request = _Request(cloud, server.environment, self.path, body)
            status, found = getattr(request, operation)()
        except CloudError as refused:
            message = re.search(r'Message="(.*)"$', str(refused), re.DOTALL)
            status = _STATUS.get(refused.code, HTTPStatus.BAD_REQUEST)
            found = {"error": {"code": refused.code, "message": message[1] if message else str(refused)}}
        finally:
            cloud.close()
        data = json.dumps(found).encode() if found is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.CONFLICT):
            self.send_header("Retry-After", _RETRY_AFTER)
        self.end_headers()
        self.wfile.write(data)


class _Request:
    """One request for one deployment."""

    def __init__(self, cloud: Cloud, environment: Mapping[str, str], target: str, body: Json) -> None:
        self._cloud, self._environment, self._body = cloud, environment, body
        url = urlsplit(target)
        match = _ID.fullmatch(url.path)
        subscription = environment.get(SUBSCRIPTION) or NO_SUBSCRIPTION
        if match is None or match[1] != subscription:
            raise refusal(_PROVIDER, "ResourceNotFound", {"id": url.path})
        self._id, self._place = url.path, subscription
        self._parent = url.path.rpartition("/deployments/")[0]
        self._group, self._account, self._name = match[2], match[3], match[4]
        [version] = parse_qs(url.query).get("api-version", [""])
        if version not in API_VERSIONS:
            raise refusal(_PROVIDER, "NoRegisteredProviderFound", {"location": "", "version": version})

    def read(self) -> tuple[int, Json]:
        self._fault("read")
        row = self._row()
        if row is None:
            raise refusal(_PROVIDER, "ResourceNotFound", {"id": self._id})
        return HTTPStatus.OK, self._shown(row.properties, "Succeeded")

    def put(self) -> tuple[int, Json]:
        if self._cloud.get(ACCOUNT, self._place, self._parent) is None:
            raise refusal(_PROVIDER, "ParentResourceNotFound", {"parent": self._account})
        operation = "update" if self._row() else "create"
        with held(self._cloud.path, self._parent) as alone:
            if not alone:
                raise refusal(_PROVIDER, "RequestConflict", {"parent": self._parent})
            self._fault(operation)
            return self._write(operation)

    def delete(self) -> tuple[int, Json | None]:
        row = self._row()
        if row is None:
            return HTTPStatus.NO_CONTENT, None
        with held(self._cloud.path, self._parent) as alone:
            if not alone:
                raise refusal(_PROVIDER, "RequestConflict", {"parent": self._parent})
            self._fault("delete")
            self._cloud.delete(row)
        return HTTPStatus.ACCEPTED, None

    def _write(self, operation: str) -> tuple[int, Json]:
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
        return status, self._shown(row, "Creating")

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


def main(arguments: list[str] | None = None) -> int:
    """Serve until the parent ends; the port goes to a file, which appears whole."""
    parser = argparse.ArgumentParser("python -m standin.arm", description=__doc__)
    parser.add_argument("--port-file", type=Path, required=True, metavar="FILE")
    file: Path = parser.parse_args(arguments).port_file
    end_with_parent()
    server = ArmServer(os.environ)
    draft = file.with_name(f"{file.name}.new")
    draft.write_text(f"{server.server_port}\n", "utf-8")
    draft.replace(file)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
