"""Cloud Run and what stands before it: limits, ingress, images, the web application firewall, refusals in plain words.

sources: https://docs.cloud.google.com/run/docs (container contract, quotas, ingress, health checks),
https://docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, https://docs.cloud.google.com/armor/docs
"""

from collections.abc import Mapping
from types import MappingProxyType

from claude_byoc.contract.problems import Problem

APIS: Mapping[str, str] = MappingProxyType(
    {
        "run": "run.googleapis.com",
        "secrets": "secretmanager.googleapis.com",
        "iam": "iam.googleapis.com",
        "grants": "cloudresourcemanager.googleapis.com",
        "logging": "logging.googleapis.com",
        "monitoring": "monitoring.googleapis.com",
        "compute": "compute.googleapis.com",
        "certificates": "certificatemanager.googleapis.com",
        "dns": "dns.googleapis.com",
    }
)
"""What a gateway needs -> the API, as the Service Usage API enables it."""

NAME_PATTERN = r"^[a-z](?:[a-z0-9-]{4,22}[a-z0-9])$"
"""A gateway's name. A service account's id has 6 to 30 characters, a Cloud Run service 49, a load balancer's part 63;
24 leave room for what is appended. source: input documentation of serviceaccount.Account in pulumi_gcp;
https://docs.cloud.google.com/run/docs/deploying#service-names"""
REGION_PATTERN = r"^[a-z]+-[a-z]+[0-9]{1,2}$"
"""A region of Cloud Run."""

LONGEST_TIMEOUT_SECONDS = 3600
"""source: https://docs.cloud.google.com/run/docs/configuring/request-timeout"""
CPUS: tuple[int, ...] = (1, 2, 4, 6, 8)
LEAST_MEMORY_MIB: Mapping[int, int] = MappingProxyType({1: 512, 2: 512, 4: 2048, 6: 4096, 8: 4096})
MOST_MEMORY_MIB = 32_768
"""vCPUs of a container -> the memory that they ask for. The second generation wants 512 MiB at least.
source: the input's documentation in pulumi_gcp; https://docs.cloud.google.com/run/docs/configuring/services/memory-limits
"""

REGISTRIES: tuple[str, ...] = ("docker.io", "gcr.io")
REGISTRY_SUFFIXES: tuple[str, ...] = (".gcr.io", ".pkg.dev")
"""Hosts that Cloud Run pulls from; ghcr.io and public.ecr.aws are refused.
source: https://docs.cloud.google.com/run/docs/deploying#images"""

INGRESS: Mapping[str, str] = MappingProxyType(
    {
        "all": "INGRESS_TRAFFIC_ALL",
        "load balancer": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
        "internal": "INGRESS_TRAFFIC_INTERNAL_ONLY",
    }
)
"""Who reaches the service. A regional internal load balancer counts as internal; so do the networks of the service's
project, which call its run.app address unless that is disabled.
source: https://docs.cloud.google.com/run/docs/securing/ingress (settings, disable-url)"""

TLS_PROFILE = "MODERN"
LEAST_TLS = "TLS_1_2"
"""A load balancer's SSL policy. Without one it takes TLS 1.0.
source: https://docs.cloud.google.com/load-balancing/docs/ssl-policies-concepts; min_tls_version in pulumi_gcp"""

ACCESSOR_ROLE = "roles/secretmanager.secretAccessor"
INVOKER_CONSTRAINT = "constraints/run.managed.requireInvokerIam"
"""Organisation policy under which the invoker check cannot be switched off.
source: https://docs.cloud.google.com/run/docs/securing/managing-access#invoker_check"""

CHANNEL_PATTERN = r"^projects/[^/]+/notificationChannels/[0-9]+$"
_COMPUTE = r"(https://www\.googleapis\.com/compute/v1/)?projects/[^/]+/"
NETWORK_PATTERN = rf"^{_COMPUTE}global/networks/[a-z]([a-z0-9-]*[a-z0-9])?$"
SUBNET_PATTERN = rf"^{_COMPUTE}regions/(?P<region>[a-z0-9-]+)/subnetworks/[a-z]([a-z0-9-]*[a-z0-9])?$"
SSL_CERTIFICATE_PATTERN = rf"^{_COMPUTE}global/sslCertificates/[a-z0-9-]+$"
REGIONAL_CERTIFICATE_PATTERN = r"^projects/[^/]+/locations/[a-z0-9-]+/certificates/[A-Za-z][A-Za-z0-9_-]*$"
ZONE_PATTERN = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
"""The name of a managed zone of Cloud DNS."""

RULE_SETS: tuple[str, ...] = (
    "scannerdetection-v33-stable",
    "protocolattack-v33-stable",
    "sessionfixation-v33-stable",
    "lfi-v33-stable",
    "rfi-v33-stable",
    "rce-v33-stable",
    "sqli-v33-stable",
    "xss-v33-stable",
    "cve-canary",
)
"""Preconfigured rules of Cloud Armor, used at sensitivity 1.
source: https://docs.cloud.google.com/armor/docs/waf-rules"""

NOT_YET_READABLE = "Permission denied on secret"
"""Cloud Run on a secret whose grant is missing, or a moment old.
source: logged answers of google_cloud_run_v2_service"""
NOT_YET_A_METRIC = "Cannot find metric"
"""Cloud Monitoring on a log-based metric that was made a moment ago: up to ten minutes.
source: https://docs.cloud.google.com/logging/docs/logs-based-metrics/troubleshooting"""


def pulled_by_cloud_run(image: str) -> bool:
    """Tell whether Cloud Run pulls from the registry of an image reference."""
    host = image.partition("/")[0]
    # Without a host Cloud Run looks in Docker Hub.
    return "." not in host or host in REGISTRIES or host.endswith(REGISTRY_SUFFIXES)


def explain(error: str) -> Problem | None:
    """Return what a refusal of Cloud Run or Secret Manager means and what to do, or None where its words are enough."""
    if INVOKER_CONSTRAINT.removeprefix("constraints/") in error or "invoker_iam_disabled" in error:
        return Problem(
            "gateway.cloud",
            f"is google, and the organisation policy {INVOKER_CONSTRAINT} keeps the IAM check of callers on. A "
            "browser's preflight carries no token, so that no add-in could reach the gateway",
            "a project without that constraint; the gateway knows its callers by itself",
            "ask the organisation policy administrator for an exception for this project, or choose another cloud",
        )
    if NOT_YET_READABLE in error:
        return Problem(
            "gateway",
            "could not be started: the grant on a secret is not in force yet, which takes minutes at most",
            "a service account that may read the gateway's secrets",
            "run `pulumi up` again; raise gateway.google.propagationDelaySeconds if it happens often",
        )
    if "Buckets must be in an ACTIVE state" in error or "DELETE_REQUESTED" in error:
        return Problem(
            "gateway.google.name",
            "is that of a log bucket that was deleted less than 7 days ago, and holds its id for so long",
            "a name that was not used in the last 7 days",
            "choose another name, or restore the bucket: gcloud logging buckets undelete",
        )
    return None
