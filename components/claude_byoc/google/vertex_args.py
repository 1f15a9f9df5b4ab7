"""The arguments of `VertexAccess` and what they ask for, apart from it so that neither needs the Google SDK."""

from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.arguments import known_text, require
from claude_byoc.google.vertex_plan import DesktopPlan, VertexPlan

DEFAULT_DELAY = 20
"""Seconds between tries while Google makes an API usable that was just enabled; it takes minutes at most."""


class VertexWorkforceArgs(TypedDict):
    """How Claude Desktop signs in through Workforce Identity Federation, without Google accounts."""

    audience: Input[str]
    """`//iam.googleapis.com/locations/global/workforcePools/POOL/providers/PROVIDER`."""
    client_id: Input[str]
    """Client id of the app at the identity provider (in Entra: the application id)."""
    issuer: Input[str]
    """Issuer of the identity provider's tokens (URL)."""
    user_project: NotRequired[Input[str]]
    """Project that is charged for the exchange. Default: the Vertex AI project."""
    auth_flow: NotRequired[Input[str]]
    """`browser` (default) or `broker`."""


class VertexDesktopArgs(TypedDict, total=False):
    """How Claude Desktop signs in: an OAuth client of type Desktop app, or a workforce pool."""

    client_id: Input[str]
    """Id of an OAuth client of type Desktop app; another one than the add-in's."""
    client_secret: Input[str]
    """Secret of that client. Pass a Pulumi secret."""
    workforce: VertexWorkforceArgs
    """Workforce Identity Federation instead of Google accounts."""


class VertexArgs(TypedDict):
    """The Vertex AI part."""

    region: Input[str]
    """Vertex AI location: a region, `us`, `eu` or `global`."""
    members: NotRequired[list[str]]
    """Who may prompt: `group:...`, `user:...`, `serviceAccount:...`, `principal:...` or `principalSet:...`."""
    whole_domains: NotRequired[list[str]]
    """Domains of Google Workspace or Cloud Identity whose people may all prompt."""
    role: NotRequired[str]
    """`user` (default, Vertex AI User) or `predict` (a custom role that can send prompts and nothing else)."""
    custom_role_id: NotRequired[str]
    """Id of that custom role. Default `claudePredict`."""
    existing_role: NotRequired[str]
    """Full name of a role that exists, given instead; it is used and never changed."""
    enable_models: NotRequired[list[str]]
    """Enables these Claude models (ids) in Model Garden. Google has no way back: destroy only forgets."""
    audit_logs: NotRequired[bool]
    """Turns Data Access audit logs of Vertex AI on: who called which model when, never what was said."""
    propagation_delay_seconds: NotRequired[float]
    """Seconds between tries, 15 at most, while an enabled API is not usable yet. Default 20."""
    google_client_id: NotRequired[Input[str]]
    """OAuth client of type Web application that people sign in with in the add-in; made by hand."""
    desktop: NotRequired[VertexDesktopArgs]
    """How Claude Desktop signs in; made by hand as well."""


class VertexAccessArgs(VertexArgs):
    """What `VertexAccess` needs to know."""

    project_id: Input[str]
    """Google Cloud project that answers, by its id."""


def plan_of(args: VertexAccessArgs) -> VertexPlan:
    """Return what `args` ask for, as far as it is known before the run.

    Raises ProblemsError where a required argument is missing.
    """
    require(args, "VertexAccess", VertexAccessArgs.__annotations__, ["project_id", "region"])
    return VertexPlan(
        project_id=known_text(args["project_id"]),
        region=known_text(args["region"]),
        members=args.get("members", []),
        whole_domains=args.get("whole_domains", []),
        role=args.get("role", "user"),
        custom_role_id=args.get("custom_role_id"),
        existing_role=args.get("existing_role"),
        enable_models=args.get("enable_models", []),
        client_id=known_text(args.get("google_client_id")),
        has_client="google_client_id" in args,
        desktop=_desktop(args["desktop"]) if "desktop" in args else None,
        delay=args.get("propagation_delay_seconds", DEFAULT_DELAY),
    )


def _desktop(desktop: VertexDesktopArgs) -> DesktopPlan:
    return DesktopPlan(
        client_id=known_text(desktop.get("client_id")),
        has_client="client_id" in desktop,
        workforce_audience=known_text(desktop["workforce"]["audience"]) if "workforce" in desktop else None,
        has_workforce="workforce" in desktop,
    )
