"""What a person must still do for the Vertex AI path, in order.

sources: Vertex page of claude-for-msft-365-install (client type, redirect); Vertex page of
claude.com/docs/third-party/claude-desktop (client type); contract/google.py.
"""

import functools

from pulumi import Output

from claude_byoc.contract import google as facts
from claude_byoc.google.vertex_plan import VertexPlan
from claude_byoc.outputs import NextStep


def next_steps(plan: VertexPlan, project_id: Output[str], *, add_in: bool, desktop: bool) -> list[NextStep]:
    """Return the steps; `add_in` and `desktop` tell where people use this path."""

    def page(which: str) -> Output[str]:
        return project_id.apply(functools.partial(facts.console_url, which))

    steps: list[NextStep] = []
    by_workforce = plan.desktop is not None and plan.desktop.has_workforce
    client = add_in and not plan.has_client
    desktop_client = desktop and plan.desktop is None
    if client:
        steps.append(
            {
                "who": "Identity administrator",
                "what": "Make sure that each person has a Google identity (Cloud Identity or Google Workspace, synced "
                "from Entra for instance): the add-in signs people in to Vertex AI with it, and Workforce "
                "Identity Federation does not do. Without such identities, choose the gateway path",
            }
        )
    if client or desktop_client:
        steps.append(
            {
                "who": "Google Cloud administrator",
                "what": "Set the audience of the OAuth consent screen to Internal, so that only people of the "
                "organisation can sign in",
                "url": page("audience"),
            }
        )
    if client:
        steps.append(
            {
                "who": "Google Cloud administrator",
                "what": "Create an OAuth client of type Web application with the redirect URI "
                f"{facts.OAUTH_REDIRECT}, and set vertex.googleClientId and its secret",
                "url": page("clients"),
                "command": "pulumi config set --secret claude-byoc:googleClientSecret",
            }
        )
    if desktop_client:
        steps.append(
            {
                "who": "Google Cloud administrator",
                "what": "Create a second OAuth client, of type Desktop app, for Claude Desktop, and set "
                "vertex.desktop.clientId and its secret (or vertex.desktop.workforce instead)",
                "url": page("clients"),
                "command": "pulumi config set --secret claude-byoc:desktopInferenceVertexOAuthClientSecret",
            }
        )
    if not plan.models():
        steps.append(
            {
                "who": f"Google Cloud administrator with {facts.ENABLE_ROLE}",
                "what": "Enable each Claude model in Model Garden (Claude Sonnet 4.5 or later) and accept its terms, "
                "or list it under vertex.enableModels; a model once enabled stays enabled",
                "url": page("models"),
            }
        )
    if add_in or (desktop and not by_workforce):
        steps.append(
            {
                "who": "Organization Policy Administrator",
                "what": f"For web search, allow it in {facts.WEB_SEARCH_CONSTRAINT}: "
                f"`{facts.PUBLISHER}MODEL:web_search`; projects outside an organisation have no such policy",
                "url": page("policies"),
            }
        )
    return steps
