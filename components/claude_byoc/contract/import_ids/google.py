"""How what the Vertex AI part and the gateway in Cloud Run declare is named for `pulumi import`.

A model's enablement has no rule: Google does not import it, and enabling it once more changes nothing. Nor have secret
versions, alert policies and dashboards: Google chooses their ids. A second one of them does no harm, and the first goes
with its secret, or is removed by hand.
source: "Import" in the documentation of each type in pulumi_gcp; the id parsers of terraform-provider-google.
"""

from collections.abc import Mapping
from string import Formatter

from claude_byoc.contract.import_ids.base import ImportId, Place

_DOCS = "https://www.pulumi.com/registry/packages/gcp/api-docs"
_REGISTRY = f"{_DOCS}/projects"


def _service(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['project']}/{inputs['service']}"


def _member(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['project']} {inputs['role']} {inputs['member']}"


def _custom_role(inputs: Mapping[str, str], _place: Place) -> str:
    return f"projects/{inputs['project']}/roles/{inputs['roleId']}"


def _audit_config(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['project']} {inputs['service']}"


_GLOBAL = "projects/{project}/global/"
_REGIONAL = "projects/{project}/regions/{region}/"


def _named(token: str, form: str) -> ImportId:
    """Return the rule of a type that the gateway names itself; `form` shows the id, which is made of its inputs."""
    module, _, name = token.partition(":")
    inputs = tuple(dict.fromkeys(field for _, field, _, _ in Formatter().parse(form) if field))
    page = f"{_DOCS}/{module.partition('/')[0]}/{name.lower()}/#import"
    return ImportId(f"gcp:{token}", inputs, form, lambda given, _place: form.format(**given), page)


RULES: tuple[ImportId, ...] = (
    ImportId(
        "gcp:projects/service:Service",
        ("project", "service"),
        "{project}/{service}",
        _service,
        f"{_REGISTRY}/service/#import",
        anyones=True,
    ),
    ImportId(
        "gcp:projects/iAMMember:IAMMember",
        ("project", "role", "member"),
        "{project} {role} {member}",
        _member,
        f"{_REGISTRY}/iammember/#import",
        anyones=True,
    ),
    ImportId(
        "gcp:projects/iAMCustomRole:IAMCustomRole",
        ("project", "roleId"),
        "projects/{project}/roles/{roleId}",
        _custom_role,
        f"{_REGISTRY}/iamcustomrole/#import",
    ),
    ImportId(
        "gcp:projects/iAMAuditConfig:IAMAuditConfig",
        ("project", "service"),
        "{project} {service}",
        _audit_config,
        f"{_REGISTRY}/iamauditconfig/#import",
        anyones=True,
    ),
    *(
        _named(token, form)
        for token, form in {
            "cloudrunv2/service:Service": "projects/{project}/locations/{location}/services/{name}",
            "serviceaccount/account:Account": "projects/{project}/serviceAccounts/"
            "{accountId}@{project}.iam.gserviceaccount.com",
            "secretmanager/secret:Secret": "projects/{project}/secrets/{secretId}",
            "secretmanager/secretIamMember:SecretIamMember": "projects/{project}/secrets/{secretId} {role} {member}",
            "logging/projectBucketConfig:ProjectBucketConfig": "projects/{project}/locations/{location}/"
            "buckets/{bucketId}",
            "logging/projectSink:ProjectSink": "projects/{project}/sinks/{name}",
            "logging/projectExclusion:ProjectExclusion": "projects/{project}/exclusions/{name}",
            "logging/metric:Metric": "{name}",
            "compute/sSLPolicy:SSLPolicy": f"{_GLOBAL}sslPolicies/{{name}}",
            "compute/regionSslPolicy:RegionSslPolicy": f"{_REGIONAL}sslPolicies/{{name}}",
            "compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": f"{_REGIONAL}"
            "networkEndpointGroups/{name}",
            "compute/backendService:BackendService": f"{_GLOBAL}backendServices/{{name}}",
            "compute/uRLMap:URLMap": f"{_GLOBAL}urlMaps/{{name}}",
            "compute/targetHttpsProxy:TargetHttpsProxy": f"{_GLOBAL}targetHttpsProxies/{{name}}",
            "compute/targetHttpProxy:TargetHttpProxy": f"{_GLOBAL}targetHttpProxies/{{name}}",
            "compute/managedSslCertificate:ManagedSslCertificate": f"{_GLOBAL}sslCertificates/{{name}}",
            "compute/globalAddress:GlobalAddress": f"{_GLOBAL}addresses/{{name}}",
            "compute/globalForwardingRule:GlobalForwardingRule": f"{_GLOBAL}forwardingRules/{{name}}",
            "compute/securityPolicy:SecurityPolicy": f"{_GLOBAL}securityPolicies/{{name}}",
            "compute/regionSecurityPolicy:RegionSecurityPolicy": f"{_REGIONAL}securityPolicies/{{name}}",
            "compute/regionBackendService:RegionBackendService": f"{_REGIONAL}backendServices/{{name}}",
            "compute/regionUrlMap:RegionUrlMap": f"{_REGIONAL}urlMaps/{{name}}",
            "compute/regionTargetHttpsProxy:RegionTargetHttpsProxy": f"{_REGIONAL}targetHttpsProxies/{{name}}",
            "compute/regionTargetHttpProxy:RegionTargetHttpProxy": f"{_REGIONAL}targetHttpProxies/{{name}}",
            "compute/address:Address": f"{_REGIONAL}addresses/{{name}}",
            "compute/forwardingRule:ForwardingRule": f"{_REGIONAL}forwardingRules/{{name}}",
            "compute/subnetwork:Subnetwork": f"{_REGIONAL}subnetworks/{{name}}",
            "certificatemanager/dnsAuthorization:DnsAuthorization": "projects/{project}/locations/{location}/"
            "dnsAuthorizations/{name}",
            "certificatemanager/certificate:Certificate": "projects/{project}/locations/{location}/certificates/{name}",
            "dns/managedZone:ManagedZone": "projects/{project}/managedZones/{name}",
            "dns/recordSet:RecordSet": "projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
        }.items()
    ),
)
