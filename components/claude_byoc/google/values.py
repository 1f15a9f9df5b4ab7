"""Manifest and desktop values of the Vertex AI path; values pass through, known or not.

sources: KEYS of claude-for-msft-365-install (manifest); Vertex page of claude.com/docs/third-party/claude-desktop.
"""

from collections.abc import Mapping
from typing import Any

from pulumi import Input

from claude_byoc.google.vertex_args import VertexDesktopArgs


def manifest_values(
    *,
    project_id: Input[str],
    region: Input[str],
    client_id: Input[str] | None = None,
    client_secret: Input[str] | None = None,
) -> dict[str, Input[str]]:
    """Return the manifest keys of Vertex AI direct; the client's two as soon as it was made.

    `client_secret` has to be a Pulumi secret.
    """
    given = {
        "gcp_project_id": project_id,
        "gcp_region": region,
        "google_client_id": client_id,
        "google_client_secret": client_secret,
    }
    return {key: value for key, value in given.items() if value is not None}


def desktop_values(
    desktop: VertexDesktopArgs | None, *, project_id: Input[str], region: Input[str]
) -> dict[str, Input[Any]]:
    """Return the desktop keys of Vertex AI; exactly one way of signing in, none where `desktop` is None.

    `inferenceVertexWorkforceOidc` is a mapping of its own keys, the others are text.
    """
    place: dict[str, Input[Any]] = {
        "inferenceProvider": "vertex",
        "inferenceVertexProjectId": project_id,
        "inferenceVertexRegion": region,
    }
    if desktop is None:
        return place
    if "workforce" not in desktop:
        return place | _present(
            {
                "inferenceCredentialKind": "interactive",
                "inferenceVertexOAuthClientId": desktop.get("client_id"),
                "inferenceVertexOAuthClientSecret": desktop.get("client_secret"),
            }
        )
    workforce = desktop["workforce"]
    return place | _present(
        {
            "inferenceCredentialKind": "workforce",
            "inferenceVertexWorkforceAudience": workforce["audience"],
            "inferenceVertexWorkforceUserProject": workforce.get("user_project"),
            "inferenceVertexWorkforceOidc": {
                "clientId": workforce["client_id"],
                "issuer": workforce["issuer"],
            },
            "inferenceVertexWorkforceAuthFlow": workforce.get("auth_flow"),
        }
    )


def _present(values: Mapping[str, Input[Any] | None]) -> dict[str, Input[Any]]:
    return {key: value for key, value in values.items() if value is not None}
