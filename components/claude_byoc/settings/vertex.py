"""Settings of the Google Cloud project and the Vertex AI part."""

from typing import Annotated

from pydantic import Field

from claude_byoc.contract import google
from claude_byoc.google.vertex_plan import LONGEST_DELAY, ROLES
from claude_byoc.settings.base import Section, one_of


class GoogleSettings(Section):
    """The Google Cloud project."""

    project_id: str = Field(
        pattern=google.PROJECT_ID_PATTERN, description="Project id: not the number, not the display name."
    )


class VertexWorkforceSettings(Section):
    """Claude Desktop signs in through Workforce Identity Federation, without Google accounts."""

    audience: str = Field(
        pattern=google.WORKFORCE_AUDIENCE_PATTERN,
        description="//iam.googleapis.com/locations/global/workforcePools/POOL/providers/PROVIDER.",
    )
    client_id: str = Field(min_length=1, description="Client id of the app at the identity provider.")
    issuer: str = Field(
        pattern=r"^https://\S+$", description="Issuer of the identity provider's tokens (URL)."
    )
    user_project: str | None = Field(
        None,
        pattern=google.PROJECT_ID_PATTERN,
        description="Project that is charged for the exchange. Default: the Vertex AI project.",
    )
    auth_flow: str | None = Field(
        None, pattern=one_of(("browser", "broker")), description="browser (default) or broker."
    )


class VertexDesktopSettings(Section):
    """How Claude Desktop signs in: clientId with its secret, or workforce."""

    client_id: str | None = Field(
        None,
        pattern=google.CLIENT_ID_PATTERN,
        description="OAuth client of type Desktop app; its secret is the config key "
        "desktopInferenceVertexOAuthClientSecret.",
    )
    workforce: VertexWorkforceSettings | None = Field(
        None, description="Workforce Identity Federation instead of Google accounts."
    )


class VertexSettings(Section):
    """The Vertex AI part."""

    region: str = Field(
        pattern=google.LOCATION_PATTERN, description="Vertex AI location: a region, us, eu or global."
    )
    members: list[str] | None = Field(
        None,
        description="Who may prompt: group:..., user:..., serviceAccount:..., principal:... or principalSet:....",
    )
    whole_domains: list[Annotated[str, Field(pattern=google.DOMAIN_PATTERN)]] | None = Field(
        None, description="Domains of Google Workspace or Cloud Identity whose people may all prompt."
    )
    role: str | None = Field(
        None,
        pattern=one_of(ROLES),
        description="user (default, Vertex AI User) or predict (a custom role that can send prompts only).",
    )
    custom_role_id: str | None = Field(
        None,
        pattern=google.CUSTOM_ROLE_ID_PATTERN,
        description=f"Id of that custom role. Default {google.PREDICT_ROLE_ID}.",
    )
    existing_role: str | None = Field(
        None,
        pattern=google.EXISTING_ROLE_PATTERN,
        description="Full name of a role that exists, instead; it is used and never changed.",
    )
    enable_models: list[Annotated[str, Field(pattern=google.MODEL_PATTERN)]] | None = Field(
        None,
        description="Enables these Claude models (ids) in Model Garden. Google has no way back: destroy only forgets.",
    )
    audit_logs: bool | None = Field(
        None,
        description="Turns Data Access audit logs of Vertex AI on: who called which model when, not what was said.",
    )
    propagation_delay_seconds: float | None = Field(
        None,
        ge=0,
        le=LONGEST_DELAY,
        description="Seconds between tries while an enabled API is not usable yet. Default 20.",
    )
    google_client_id: str | None = Field(
        None,
        pattern=google.CLIENT_ID_PATTERN,
        description="The add-in's OAuth client, of type Web application; its secret is the config key "
        "googleClientSecret.",
    )
    desktop: VertexDesktopSettings | None = Field(None, description="How Claude Desktop signs in.")
