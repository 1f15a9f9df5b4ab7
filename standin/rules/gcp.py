"""Google Cloud: IAM of a project, services, Model Garden, Cloud Run and its secrets."""

import json
import re
from collections.abc import Iterator, Mapping

from standin.check import Problem
from standin.rules import Subject, check_rule, cloud_rule
from standin.values import Plain

SERVICE = "gcp:projects/service:Service"
MEMBER = "gcp:projects/iAMMember:IAMMember"
CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
AUDIT_CONFIG = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
ENABLE_MODEL = "gcp:vertex/aiModelGardenEnableModel:AiModelGardenEnableModel"
RUN_SERVICE = "gcp:cloudrunv2/service:Service"
ACCOUNT = "gcp:serviceaccount/account:Account"
SECRET = "gcp:secretmanager/secret:Secret"  # noqa: S105 -- a type
SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion"  # noqa: S105 -- a type
SECRET_MEMBER = "gcp:secretmanager/secretIamMember:SecretIamMember"  # noqa: S105 -- a type
NEG = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
BACKEND_SERVICE = "gcp:compute/backendService:BackendService"
REGION_BACKEND_SERVICE = "gcp:compute/regionBackendService:RegionBackendService"
LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
LOG_METRIC = "gcp:logging/metric:Metric"
ALERT = "gcp:monitoring/alertPolicy:AlertPolicy"
ACCESSOR = "roles/secretmanager.secretAccessor"
LONGEST_TIMEOUT = 3600
LONGEST_VARIABLE = 32768
LONGEST_START = 240
"""Seconds that a startup probe may take in all. source: cloud.google.com/run/docs/configuring/healthchecks"""

VERTEX = "aiplatform.googleapis.com"
STAGES = ("ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP")

_TF = "github.com/hashicorp/terraform-provider-google-beta google-beta/"
_IAM = _TF + "tpgiamresource/"
_RM = _TF + "services/resourcemanager/"
_MODEL = re.compile(r"publishers/[a-z0-9-]+/models/[a-z0-9.-]+(@[a-z0-9.-]+)?")
_ROLE_ID = re.compile(r"[a-zA-Z0-9_.]{3,64}")
_ANY_MEMBER = re.compile(
    r"(.+:.+|projectOwners|projectReaders|projectWriters|allUsers|allAuthenticatedUsers)"
)


@check_rule(SERVICE, source=_RM + "resource_google_project_service.go (validateProjectServiceService)")
def service_is_a_domain(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a service that is not named by its whole domain."""
    name = inputs.get("service")
    if isinstance(name, str) and "." not in name:
        yield Problem("service", f"expected {name} to be a domain like serviceusage.googleapis.com")


@check_rule(MEMBER, source=_IAM + "resource_iam_member.go (validateIAMMember)")
def member_is_a_principal(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse what is no principal, and deleted principals."""
    member = inputs.get("member")
    if not isinstance(member, str):
        return
    if member.startswith("deleted"):
        yield Problem("member", "invalid value for member (IAM members for deleted principals)")
    elif not _ANY_MEMBER.search(member):
        yield Problem(
            "member", f'invalid value "{member}" for member (IAM members must have one of the values)'
        )


@check_rule(
    CUSTOM_ROLE,
    source=_RM + "resource_google_project_iam_custom_role.go; " + _TF + "verify/validation.go (role ids)",
)
def custom_role_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse ids, stages and empty permissions that the provider refuses in its plan."""
    role_id, stage = inputs.get("roleId"), inputs.get("stage")
    if role_id is None:
        yield Problem("roleId", "missing: the stand-in chooses no id for a custom role")
    elif not _ROLE_ID.fullmatch(str(role_id)):
        yield Problem("roleId", f'"role_id" ("{role_id}") doesn\'t match regexp "^[a-zA-Z0-9_.]{{3,64}}$"')
    if stage is not None and stage not in STAGES:
        yield Problem("stage", f"expected stage to be one of {', '.join(STAGES)}, got {stage}")
    if inputs.get("permissions") == []:
        yield Problem("permissions", "attribute supports 1 item as a minimum, config has 0 declared")


@check_rule(ENABLE_MODEL, source="the input's documentation in pulumi_gcp (publisherModelName)")
def model_of_a_publisher(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a model that is not named with its publisher.

    The provider sends any text; the API's answer to a wrong one is a 404 with a page of HTML.
    """
    name = inputs.get("publisherModelName")
    if isinstance(name, str) and not _MODEL.fullmatch(name):
        yield Problem("publisherModelName", "has the form publishers/{publisher}/models/{publisher_model}")


@cloud_rule(CUSTOM_ROLE, "create", source=_RM + "resource_google_project_iam_custom_role.go (Create)")
def custom_role_id_is_free(subject: Subject) -> None:
    """Refuse the id of a role that exists; one that was deleted is restored."""
    if subject.cloud.get(CUSTOM_ROLE, subject.place, subject.id):
        raise subject.refusal("CUSTOM_ROLE_EXISTS")


@cloud_rule(MEMBER, "create", source="types/gcp/errors.yaml (ROLE_NOT_FOUND)")
def granted_role_exists(subject: Subject) -> None:
    """Refuse a grant of a custom role of this project that is not there, or is deleted."""
    role = subject.text("role")
    if role.startswith("projects/") and not subject.cloud.get(CUSTOM_ROLE, subject.place, role):
        raise subject.refusal("ROLE_NOT_FOUND")


@cloud_rule(ENABLE_MODEL, "create", source="types/gcp/errors.yaml (SERVICE_DISABLED)")
def vertex_api_is_enabled(subject: Subject) -> None:
    """Refuse calls of the Vertex AI API in a project that has not enabled it."""
    key = (SERVICE, subject.place, f"{subject.text('project')}/{VERTEX}")
    if not subject.cloud.get(*key) and not subject.cloud.kept(*key):
        raise subject.refusal("SERVICE_DISABLED")


@check_rule(
    RUN_SERVICE,
    source=_TF + "services/cloudrunv2/resource_cloud_run_v2_service.go (descriptions); "
    "cloud.google.com/run/docs/deploying#images, /run/docs/configuring/request-timeout, /run/docs/container-contract",
)
def cloud_run_service_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse images that Cloud Run does not pull, variables that are too long, and probes that cannot be."""
    template = _object(inputs.get("template"))
    timeout = template.get("timeout")
    if isinstance(timeout, str) and not (
        (seconds := re.fullmatch(r"(\d+)s", timeout)) and int(seconds[1]) <= LONGEST_TIMEOUT
    ):
        yield Problem(
            "template.timeout", f"{timeout} is no duration in seconds of at most {LONGEST_TIMEOUT}s"
        )
    containers = [_object(one) for one in _items(template.get("containers"))]
    names = [one.get("name") for one in containers]
    if sum("ports" in one for one in containers) != 1 and len(containers) > 1:
        yield Problem("template.containers", "exactly one of several containers has a port")
    for number, one in enumerate(containers):
        at = f"template.containers[{number}]"
        host = str(one.get("image", "")).partition("/")[0]
        if "." in host and not (host in ("docker.io", "gcr.io") or host.endswith((".gcr.io", ".pkg.dev"))):
            yield Problem(f"{at}.image", f"{host} is none of gcr.io, docker.io and pkg.dev")
        for variable in _items(one.get("envs")):
            given = _object(variable)
            if len(str(given.get("value", "")).encode()) > LONGEST_VARIABLE:
                yield Problem(f"{at}.envs", f"{given.get('name')} is longer than {LONGEST_VARIABLE} bytes")
        for other in _items(one.get("dependsOns")):
            if other not in names:
                yield Problem(f"{at}.dependsOns", f"there is no container {other}")
        probe = _object(one.get("startupProbe"))
        period, failures = probe.get("periodSeconds", 10), probe.get("failureThreshold", 3)
        if (
            isinstance(period, int | float)
            and isinstance(failures, int | float)
            and period * failures > LONGEST_START
        ):
            yield Problem(f"{at}.startupProbe", f"takes longer than {LONGEST_START} seconds")


@cloud_rule(RUN_SERVICE, "create", "update", source="types/gcp/errors.yaml (SECRET_PERMISSION_DENIED)")
def cloud_run_reads_its_secrets(subject: Subject) -> None:
    """Refuse a revision whose service account may not read a secret, or whose secret version is not there."""
    template = _object(subject.properties.get("template"))
    account = f"serviceAccount:{template.get('serviceAccount')}"
    for secret, version in _referenced(template):
        name = f"projects/{subject.scope['projectNumber']}/secrets/{secret}/versions/{version}"
        grants = subject.cloud.all(SECRET_MEMBER, subject.place)
        allowed = any(
            (
                row.properties["member"],
                row.properties["role"],
                str(row.properties["secretId"]).rsplit("/", 1)[-1],
            )
            == (account, ACCESSOR, secret)
            for row in grants
        )
        if not allowed or not subject.cloud.get(SECRET_VERSION, subject.place, name):
            raise subject.refusal("SECRET_PERMISSION_DENIED", secretVersion=name, account=account)


@cloud_rule(BACKEND_SERVICE, "create", "update", source="types/gcp/errors.yaml (SERVERLESS_TIMEOUT)")
@cloud_rule(REGION_BACKEND_SERVICE, "create", "update", source="types/gcp/errors.yaml (SERVERLESS_TIMEOUT)")
def serverless_backends_have_no_timeout(subject: Subject) -> None:
    """Refuse a timeout on a backend service whose backends are serverless."""
    groups = [str(_object(one).get("group", "")) for one in _items(subject.properties.get("backends"))]
    serverless = any(subject.cloud.get(NEG, subject.place, group) for group in groups)
    if serverless and subject.properties.get("timeoutSec") is not None:
        raise subject.refusal("SERVERLESS_TIMEOUT")


@check_rule(ACCOUNT, source="the input's documentation in pulumi_gcp (accountId, 6 to 30 characters)")
def service_account_id(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse an account id of the wrong form."""
    name = inputs.get("accountId")
    if isinstance(name, str) and not re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", name):
        yield Problem("accountId", f'"{name}" must be 6 to 30 lower-case letters, digits and hyphens')


@cloud_rule(ALERT, "create", source="types/gcp/errors.yaml (METRIC_NOT_FOUND)")
def alert_metric_exists(subject: Subject) -> None:
    """Refuse an alert on a log-based metric that is not there."""
    prefix = "logging.googleapis.com/user/"
    for name in re.findall(
        rf'metric\.type\s*=\s*"{prefix}([^"]+)"', json.dumps(subject.properties).replace('\\"', '"')
    ):
        if not subject.cloud.get(LOG_METRIC, subject.place, name):
            raise subject.refusal("METRIC_NOT_FOUND", metric=prefix + name)


def _object(value: Plain) -> Mapping[str, Plain]:
    return value if isinstance(value, dict) else {}


def _items(value: Plain) -> list[Plain]:
    return value if isinstance(value, list) else []


def _referenced(template: Mapping[str, Plain]) -> list[tuple[str, str]]:
    """Return (secret, version) of each secret that containers or volumes refer to."""
    found: list[tuple[str, str]] = []
    for container in _items(template.get("containers")):
        for variable in _items(_object(container).get("envs")):
            reference = _object(_object(_object(variable).get("valueSource")).get("secretKeyRef"))
            if reference:
                found.append((str(reference.get("secret")), str(reference.get("version"))))
    for volume in _items(template.get("volumes")):
        secret = _object(_object(volume).get("secret"))
        found += [
            (str(secret.get("secret")), str(_object(item).get("version")))
            for item in _items(secret.get("items"))
        ]
    return [(secret.rsplit("/", 1)[-1], version) for secret, version in found]
