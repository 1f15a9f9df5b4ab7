"""Google Cloud: the form of ids and principals, Vertex AI's locations and hosts, roles, and refusals in plain words."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from claude_byoc.contract.allowlist import AllowlistRow
from claude_byoc.contract.entra import CONSENT_REDIRECT
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.contract.problems import Problem

PROJECT_ID_PATTERN = f"^{MANIFEST_KEYS['gcp_project_id'].pattern}$"
"""A project id. source: https://cloud.google.com/resource-manager/docs/creating-managing-projects; an old id of the
form `example.com:project` fits no manifest."""
CLIENT_ID_PATTERN = f"^{MANIFEST_KEYS['google_client_id'].pattern}$"

GLOBAL = "global"
MULTI_REGIONS: tuple[str, ...] = ("us", "eu")
LOCATION_PATTERN = r"^(global|us|eu|[a-z]+-[a-z]+[0-9]{1,2})$"
"""A Vertex AI location: `global`, a multi-region or a region.
source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations"""

REGIONS: frozenset[str] = frozenset(
    {
        "africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2",
        "asia-northeast3", "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2",
        "asia-southeast3", "australia-southeast1", "australia-southeast2", "europe-central2",
        "europe-north1", "europe-north2", "europe-southwest1", "europe-west1", "europe-west10",
        "europe-west12", "europe-west2", "europe-west3", "europe-west4", "europe-west6", "europe-west8",
        "europe-west9", "me-central1", "me-central2", "me-west1", "northamerica-northeast1",
        "northamerica-northeast2", "northamerica-south1", "southamerica-east1", "southamerica-west1",
        "us-central1", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2", "us-west3",
        "us-west4",
    }
)  # fmt: skip
"""source: https://cloud.google.com/run/docs/locations, https://docs.cloud.google.com/saas-runtime/docs/locations"""

VERTEX_API = "aiplatform.googleapis.com"
"""Service name of the Vertex AI API, as the Service Usage API enables it."""
PUBLISHER = "publishers/anthropic/models/"
MODEL_PATTERN = r"^[a-z0-9][a-z0-9.-]*(@[a-z0-9.-]+)?$"

USER_ROLE = "roles/aiplatform.user"
"""Vertex AI User. source: https://claude.com/docs/office-agents/third-party-platforms (403 Forbidden)."""
PREDICT_PERMISSION = "aiplatform.endpoints.predict"
"""The one permission that a prompt needs. source: the Vertex page of claude.com/docs/third-party/claude-desktop."""
PREDICT_ROLE_ID = "claudePredict"
CUSTOM_ROLE_ID_PATTERN = r"^[a-zA-Z0-9_.]{3,64}$"
"""source: ValidateIAMCustomRoleID of terraform-provider-google (verify/validation.go): no hyphen."""
EXISTING_ROLE_PATTERN = r"^(roles|(projects|organizations)/[^/]+/roles)/[a-zA-Z0-9_.]{3,64}$"

AUDIT_LOG_TYPES: tuple[str, ...] = ("DATA_READ", "DATA_WRITE")
"""What tells of model calls; neither holds prompts or responses.
source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/enable-audit-logs"""

OAUTH_REDIRECT = CONSENT_REDIRECT
"""Redirect URI of the OAuth client (type Web application) that the add-in signs in with.
source: Vertex page of claude-for-msft-365-install."""

WORKFORCE_AUDIENCE_PATTERN = (
    r"^//iam\.googleapis\.com/locations/global/workforcePools/[a-z0-9-]+/providers/[a-z0-9-]+$"
)
"""Audience of a Workforce Identity Federation provider.
source: https://docs.cloud.google.com/iam/docs/workforce-obtaining-short-lived-credentials"""

WEB_SEARCH_CONSTRAINT = "constraints/vertexai.allowedPartnerModelFeatures"
"""Organisation policy that allows features of partner models, web search among them.
source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/control-model-access"""
ENABLE_ROLE = "roles/consumerprocurement.entitlementManager"
"""What a person or pipeline needs to enable a partner model.
source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/use-partner-models"""


def inference_host(location: str) -> str:
    """Return the host that answers for a Vertex AI location.

    source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations; the Vertex pages of
    claude.com/docs/third-party/claude-desktop and code.claude.com name the four forms.
    """
    if location == GLOBAL:
        return VERTEX_API
    if location in MULTI_REGIONS:
        return f"aiplatform.{location}.rep.googleapis.com"
    return f"{location}-{VERTEX_API}"


def vertex_rows(location: str) -> list[AllowlistRow]:
    """Return what Vertex AI direct in `location` needs besides what the applications need on every path.

    source: https://claude.com/docs/office-agents/third-party-platforms (network allowlist) and the network page of
    claude.com/docs/third-party/claude-desktop.
    """
    desktop = ("desktop",)
    everywhere = ("office", "outlook", *desktop)
    rows = [
        AllowlistRow("accounts.google.com", "sign-in with Google", hosts=everywhere),
        AllowlistRow("oauth2.googleapis.com", "Google access tokens", hosts=everywhere),
        AllowlistRow(inference_host(location), "Vertex AI inference", hosts=everywhere),
        AllowlistRow("sts.googleapis.com", "Google tokens for Workforce identities", hosts=desktop),
        AllowlistRow("iamcredentials.googleapis.com", "Google tokens of service accounts", hosts=desktop),
    ]
    if location != GLOBAL:
        why = "Vertex AI's global endpoint: documented for this path, called only with the location `global`"
        rows.append(AllowlistRow(VERTEX_API, why, required=False, hosts=everywhere))
    return rows


def console_url(page: str, project_id: str) -> str:
    """Return a page of the Google Cloud console for one project, `page` as in CONSOLE_PAGES."""
    return f"https://console.cloud.google.com/{CONSOLE_PAGES[page]}?project={project_id}"


CONSOLE_PAGES: Mapping[str, str] = MappingProxyType(
    {
        "alertChannels": "monitoring/alerting/notifications",
        "audience": "auth/audience",
        "certificates": "net-services/loadbalancing/advanced/sslCertificates",
        "clients": "auth/clients",
        "models": "vertex-ai/model-garden",
        "policies": "iam-admin/orgpolicies/list",
    }
)
"""source: https://support.google.com/cloud/answer/15544987 (Google Auth Platform), the console itself."""

_MAIL = r"[^@\s:/]+@[^@\s:/]+\.[^@\s:/]+"
_POOL = r"//iam\.googleapis\.com/locations/global/workforcePools/[a-z0-9-]+"
MEMBER_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "group": _MAIL,
        "user": _MAIL,
        "serviceAccount": rf"[a-z][a-z0-9-]{{4,28}}[a-z0-9]@{PROJECT_ID_PATTERN[1:-1]}\.iam\.gserviceaccount\.com",
        "principal": rf"{_POOL}/subject/\S+",
        "principalSet": rf"{_POOL}/(group/\S+|attribute\.[a-z0-9_]+/\S+|\*)",
    }
)
"""Kind of principal -> what follows its colon.
source: https://docs.cloud.google.com/iam/docs/principal-identifiers"""
DOMAIN_PATTERN = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"
_CASELESS = ("group:", "user:", "serviceAccount:", "domain:")


def normal_member(member: str) -> str:
    """Return a principal as IAM compares it: addresses in lower case.

    source: iamMemberIsCaseSensitive of terraform-provider-google (tpgiamresource/iam.go)
    """
    kind, colon, rest = member.partition(":")
    return f"{kind}:{rest.lower()}" if f"{kind}{colon}" in _CASELESS else member


def check_member(key: str, member: str) -> list[Problem]:
    """Return a problem unless `member` is a principal that may be given access; `key` names the setting."""
    allowed = (
        "group:, user: or serviceAccount: and an address; principal: or principalSet: of a workforce pool"
    )
    kind, colon, rest = member.partition(":")
    if member in ("allUsers", "allAuthenticatedUsers"):
        return [
            Problem(key, f"names {member}: anybody on the internet", allowed, "name a group of your people")
        ]
    if kind == "domain":
        cure = "name a group, or, if everybody is meant, give the domain under vertex.wholeDomains"
        return [Problem(key, f"names {member}: everybody of that domain", allowed, cure)]
    if not colon:
        cure = f"write group:{member} or user:{member}" if "@" in member else "write its kind before it"
        return [Problem(key, f"has no kind of principal: {member!r}", allowed, cure)]
    if kind not in MEMBER_FORMS:
        return [Problem(key, f"has an unknown kind of principal: {kind!r}", allowed, "correct the kind")]
    if not re.fullmatch(MEMBER_FORMS[kind], rest):
        return [
            Problem(key, f"is not a principal: {member!r}", allowed, "copy it from IAM or from the directory")
        ]
    return []


# "X API has not been used in project N before or it is disabled", reason SERVICE_DISABLED (HTTP 403); the provider
# quotes both. source: https://github.com/hashicorp/terraform-provider-google/issues/10510 (a logged response)
_NOT_YET_ENABLED = ("SERVICE_DISABLED", "before or it is disabled")


def not_yet_enabled(error: str) -> bool:
    """Tell whether a refusal says that an API is off, or was enabled a moment ago and is not usable yet."""
    return any(words in error for words in _NOT_YET_ENABLED)


def explain(error: str, *, project_id: str) -> Problem | None:
    """Return what a refusal of Google Cloud means and what to do, or None where its own words are enough."""
    if "ENABLEMENT_STATE_FAILED" in error:
        # source: resource_vertex_ai_model_garden_enable_model.go of terraform-provider-google-beta
        return Problem(
            "vertex.enableModels",
            "names a model that Google did not enable: its questionnaire or terms are not accepted yet, or this "
            "project may not buy it",
            "a model whose card in Model Garden can be enabled",
            f"open {console_url('models', project_id)}, find the model, accept its terms, and run `pulumi up` again; "
            f"it needs {ENABLE_ROLE} and a billing account",
        )
    if "must be imported" in error and "role" in error:
        # source: resource_google_project_iam_custom_role.go of terraform-provider-google
        return Problem(
            "vertex.customRoleId",
            "is the id of a role that exists and is not this environment's",
            "an id of its own, or an existing role",
            "choose another id, or name that role as vertex.existingRole; it is then used and never changed",
        )
    if "in a deleted state" in error or "Error undeleting the custom project role" in error:
        # source: https://docs.cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role
        return Problem(
            "vertex.customRoleId",
            "is the id of a role that was deleted: Google restores it within 7 days, then keeps its id reserved "
            "for up to 30 more",
            "an id that was never used, or whose role was deleted less than 7 days ago",
            "choose another id, for instance claudePredict2",
        )
    return None
