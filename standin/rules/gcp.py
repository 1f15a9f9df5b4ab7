"""Google Cloud: IAM of a project, services, Model Garden."""

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
