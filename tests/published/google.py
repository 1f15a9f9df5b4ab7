"""Google: a row of the state against the discovery document of its API.

source of the documents: google-api-python-client, discovery_cache/documents, in the side environment `google`
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tools.side_env import ensure

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Body:
    """What a resource type's inputs become: a schema of a document (API and version)."""

    document: str
    schema: str
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names that the SDK has otherwise, mostly its plurals -> the API's."""
    lists: frozenset[str] = frozenset()
    """Inputs that are one object in the SDK and a list in the API, which takes one."""
    path: frozenset[str] = frozenset()
    """Inputs that go into a request's path or query or into a request of their own, or that the provider keeps."""


_PATH = frozenset({"__defaults", "deletionProtection", "location", "name", "project", "region"})
_CONTAINERS = {"envs": "env", "commands": "command", "dependsOns": "dependsOn"}
_COMPUTE = {
    "Address": "Address",
    "BackendService": "BackendService",
    "ForwardingRule": "ForwardingRule",
    "GlobalAddress": "Address",
    "GlobalForwardingRule": "ForwardingRule",
    "ManagedSslCertificate": "SslCertificate",
    "RegionBackendService": "BackendService",
    "RegionNetworkEndpointGroup": "NetworkEndpointGroup",
    "RegionSecurityPolicy": "SecurityPolicy",
    "RegionSslPolicy": "SslPolicy",
    "RegionTargetHttpProxy": "TargetHttpProxy",
    "RegionTargetHttpsProxy": "TargetHttpsProxy",
    "RegionUrlMap": "UrlMap",
    "SSLPolicy": "SslPolicy",
    "SecurityPolicy": "SecurityPolicy",
    "Subnetwork": "Subnetwork",
    "TargetHttpProxy": "TargetHttpProxy",
    "TargetHttpsProxy": "TargetHttpsProxy",
    "URLMap": "UrlMap",
}
_NAMES = {
    "ipAddress": "IPAddress",
    "ipProtocol": "IPProtocol",
    # source: github.com/GoogleCloudPlatform/magic-modules mmv1/products/compute/RegionTargetHttpsProxy.yaml
    # (the encoder joins both lists)
    "certificateManagerCertificates": "sslCertificates",
}
BODIES: Mapping[str, Body] = {
    "gcp:certificatemanager/certificate:Certificate": Body("certificatemanager.v1", "Certificate"),
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": Body(
        "certificatemanager.v1", "DnsAuthorization"
    ),
    "gcp:cloudrunv2/service:Service": Body(
        "run.v2", "GoogleCloudRunV2Service", names=_CONTAINERS, lists=frozenset({"ports"})
    ),
    **{
        f"gcp:compute/{token[0].lower()}{token[1:]}:{token}": Body(
            "compute.v1",
            schema,
            names=_NAMES,
            # backendServices.setSecurityPolicy
            path=frozenset({"securityPolicy"} if schema == "BackendService" else ()),
        )
        for token, schema in _COMPUTE.items()
    },
    "gcp:dns/managedZone:ManagedZone": Body("dns.v1", "ManagedZone"),
    "gcp:dns/recordSet:RecordSet": Body("dns.v1", "ResourceRecordSet", path=frozenset({"managedZone"})),
    "gcp:logging/metric:Metric": Body("logging.v2", "LogMetric"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": Body(
        "logging.v2", "LogBucket", names={"enableAnalytics": "analyticsEnabled"}, path=frozenset({"bucketId"})
    ),
    "gcp:logging/projectExclusion:ProjectExclusion": Body("logging.v2", "LogExclusion"),
    "gcp:logging/projectSink:ProjectSink": Body(
        "logging.v2", "LogSink", path=frozenset({"uniqueWriterIdentity"})
    ),
    "gcp:monitoring/alertPolicy:AlertPolicy": Body("monitoring.v3", "AlertPolicy"),
    "gcp:monitoring/dashboard:Dashboard": Body("monitoring.v1", "Dashboard"),
    "gcp:projects/iAMCustomRole:IAMCustomRole": Body(
        "iam.v1", "Role", names={"permissions": "includedPermissions"}, path=frozenset({"roleId"})
    ),
    "gcp:secretmanager/secret:Secret": Body(
        "secretmanager.v1", "Secret", names={"auto": "automatic"}, path=frozenset({"secretId"})
    ),
    "gcp:serviceaccount/account:Account": Body(
        "iam.v1", "ServiceAccount", path=frozenset({"accountId", "disabled"})
    ),
}
"""By resource type token."""
WITHOUT_BODY = frozenset(
    {
        "gcp:projects/iAMAuditConfig:IAMAuditConfig",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:projects/service:Service",
        "gcp:secretmanager/secretIamMember:SecretIamMember",
        "gcp:secretmanager/secretVersion:SecretVersion",
        "gcp:vertex/aiModelGardenEnableModel:AiModelGardenEnableModel",
    }
)
"""Types whose inputs become a change of something else (a policy), or a request without a body."""
_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


@cache
def _document(name: str) -> Mapping[str, Any]:
    [file] = ensure("google").parent.parent.glob(
        f"lib/python3*/site-packages/googleapiclient/discovery_cache/documents/{name}.json"
    )
    return json.loads(file.read_text("utf-8"))["schemas"]


def problems(rows: Sequence[Row]) -> list[str]:
    """Return what the published shapes refuse in rows of Google (type, inputs); an unknown type is a problem."""
    found: list[str] = []
    for row in rows:
        token = row["type"]
        if token in BODIES:
            found += [f"{token} {one}" for one in _row_problems(row["inputs"], BODIES[token])]
        elif token not in WITHOUT_BODY:
            found.append(f"{token} is not in BODIES")
    return found


def _row_problems(inputs: Mapping[str, Any], body: Body) -> Iterator[str]:
    if "dashboardJson" in inputs:
        inputs = json.loads(inputs["dashboardJson"])
    given = {key: value for key, value in inputs.items() if key not in _PATH | body.path}
    yield from _object(given, _document(body.document)[body.schema], body, "")


def _object(value: Mapping[str, Any], schema: Mapping[str, Any], body: Body, where: str) -> Iterator[str]:
    for key, inner in value.items():
        if key == "__defaults":
            continue
        name = body.names.get(key, key)
        place = f"{where}.{name}"
        known = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
        if known is None:
            yield f"{place} is no field; fields: {', '.join(schema.get('properties', {}))}"
        elif known.get("readOnly") or known.get("description", "").startswith(
            ("Output only", "[Output Only]")
        ):
            yield f"{place} is what the API says, not what it takes"
        else:
            yield from _value([inner] if key in body.lists else inner, known, body, place)


def _value(value: Any, schema: Mapping[str, Any], body: Body, where: str) -> Iterator[str]:  # noqa: ANN401 -- JSON
    if "$ref" in schema:
        schema = _document(body.document)[schema["$ref"]]
    kind = schema.get("type", "any")
    # JSON has no 64-bit integers: the API carries them as text, the SDK as numbers.
    kinds = (int, str) if schema.get("format") in ("int64", "uint64") else _KINDS.get(kind, (object,))
    if not isinstance(value, kinds) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{where} is {type(value).__name__}, not {kind}"
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _value(one, schema["items"], body, f"{where}[{number}]")
    elif isinstance(value, dict):
        yield from _object(value, schema, body, where)
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, none of {', '.join(schema['enum'])}"
    elif isinstance(value, str) and not re.fullmatch(schema.get("pattern", ".*"), value, re.DOTALL):
        yield f"{where} is {value!r}, which does not match {schema['pattern']}"
    elif schema.get("format") == "google-duration" and not _is_duration(str(value)):
        yield f"{where} is {value!r}, no duration such as 600s"


def _is_duration(text: str) -> bool:
    return text.endswith("s") and text[:-1].replace(".", "", 1).isdigit()
