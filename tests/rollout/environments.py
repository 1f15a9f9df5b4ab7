"""Stack outputs of one environment per connection path, as the golden tests and the browser see them.

`bedrock` and `teams` are what the real engine gave (tests/scenarios); the others are written by hand in the
shape of `claude_byoc.outputs`.
"""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

import yaml

SCENARIOS = Path(__file__).parents[1] / "scenarios"
TENANT = "11111111-2222-3333-4444-555555555555"
APP = "99999999-8888-7777-6666-555555555555"
MANIFEST_ID = "12345678-1234-1234-1234-1234567890ab"
OUTLOOK_ID = "87654321-4321-4321-4321-ba0987654321"
PLANTED = (
    "planted-mcp-93d0aa", "planted-otlp-5b1e7c", "planted-gateway-token-7f31",
    "GOCSPX-planted-google-4c2d", "planted-header-55aa", "planted-desktop-key-88ee", "planted-team-token-19c4",
)  # fmt: skip
"""Secret values: only manifests and profiles may hold them."""

_ADDIN_ROWS: list[dict[str, Any]] = [
    {
        "host": "pivot.claude.ai", "path": "/", "port": 443.0, "protocol": "https", "required": True,
        "why": "the add-in's pages, analytics and telemetry", "hosts": ["office", "outlook"],
    },
    {
        "host": "o1158394.ingest.us.sentry.io", "path": "/", "port": 443.0, "protocol": "https",
        "required": False, "why": "crash reports; blocking it costs diagnostics only", "hosts": ["office"],
    },
]  # fmt: skip


def scenario(name: str) -> dict[str, Any]:
    """The outputs of a scenario, with an Id in the place of the one that differs from run to run."""
    text = (SCENARIOS / name / "expected.yaml").read_text(encoding="utf-8")
    outputs = yaml.safe_load(text)["outputs"]
    outputs["manifestIds"] = dict.fromkeys(outputs["manifestIds"], MANIFEST_ID)
    return cast("dict[str, Any]", outputs)


FOUNDRY: dict[str, Any] = {
    "manifestValues": {
        host: {
            "azure_resource_name": "contoso-claude",
            "entra_sso": "1",
            "graph_client_id": APP,
            "entra_scope": "https://cognitiveservices.azure.com/.default",
            "gateway_auth_source": "entra",
        }
        for host in ("office", "outlook")
    },
    "manifestIds": {"office": MANIFEST_ID, "outlook": OUTLOOK_ID},
    "desktopValues": {
        "inferenceProvider": "foundry",
        "inferenceFoundryResource": "contoso-claude",
        "inferenceCredentialKind": "interactive",
        "inferenceFoundryTenantId": TENANT,
        "inferenceFoundryClientId": APP,
        "inferenceModels": ["claude-opus-5-5"],
    },
    "consent": {
        "state": "links",
        "links": [
            {
                "who": "Global Administrator",
                "why": "mail and calendar in Outlook",
                "url": f"https://login.microsoftonline.com/{TENANT}/v2.0/adminconsent?client_id={APP}"
                "&scope=https://graph.microsoft.com/Mail.ReadWrite%20https://graph.microsoft.com/Calendars.Read"
                "%20https://graph.microsoft.com/User.Read%20offline_access"
                "&redirect_uri=https://pivot.claude.ai/msal-redirect.html",
            }
        ],
    },
    "allowlist": [
        *_ADDIN_ROWS,
        {
            "host": "contoso-claude.services.ai.azure.com", "path": "/", "port": 443.0, "protocol": "https",
            "required": True, "why": "Foundry inference", "hosts": ["office", "outlook", "desktop"],
        },
    ],
    "userAttributes": [],
    "nextSteps": [{"who": "Azure administrator", "what": "Ask for more quota", "url": "https://portal.azure.com"}],
    "foundry": {
        "resourceName": "contoso-claude",
        "endpoint": "https://contoso-claude.services.ai.azure.com/anthropic",
        "keyless": True,
        "deployments": [
            {"name": "claude-opus-5-5", "version": "2"},
            {"name": "claude-haiku-4-5", "version": "20251001"},
        ],
    },
    "entra": {"tenantId": TENANT, "cloud": "global", "issuer": "", "clientId": APP, "ownApp": True},
    "support": {
        "name": "Claude desk", "email": "claude@example.com", "url": "https://example.com/claude",
        "phone": "+1 555 0100",
    },
}  # fmt: skip

VERTEX: dict[str, Any] = {
    "manifestValues": {
        "office": {
            "gcp_project_id": "contoso-claude",
            "gcp_region": "europe-west1",
            "google_client_id": "123-abc.apps.googleusercontent.com",
            "google_client_secret": "GOCSPX-planted-google-4c2d",
        }
    },
    "manifestIds": {"office": MANIFEST_ID},
    "desktopValues": {},
    "consent": {"state": "notNeeded", "links": []},
    "allowlist": _ADDIN_ROWS,
    "userAttributes": [],
    "nextSteps": [{"who": "Google Cloud administrator", "what": "Make the OAuth client"}],
    "vertex": {"projectId": "contoso-claude", "region": "europe-west1", "models": ["claude-sonnet-5-5"]},
    "entra": {"tenantId": TENANT, "cloud": "global", "issuer": "", "clientId": "", "ownApp": False},
}

GATEWAY: dict[str, Any] = {
    "manifestValues": {
        "office": {
            "gateway_url": "https://claude.contoso.com",
            "gateway_token": "planted-gateway-token-7f31",
            "inference_headers": '{"x-team":"planted-header-55aa"}',
            "otlp_endpoint": "https://otel.contoso.com",
            "entra_sso": "1",
        },
        "outlook": {
            "gateway_url": "https://claude.contoso.com",
            "gateway_token": "planted-gateway-token-7f31",
            "entra_sso": "1",
        },
    },
    "manifestIds": {"office": MANIFEST_ID, "outlook": OUTLOOK_ID},
    "desktopValues": {
        "inferenceProvider": "gateway",
        "inferenceGatewayBaseUrl": "https://claude.contoso.com",
        "inferenceGatewayApiKey": "planted-desktop-key-88ee",
        "inferenceCredentialKind": "static",
    },
    "consent": {"state": "granted", "links": []},
    "allowlist": _ADDIN_ROWS,
    "userAttributes": [{"group": "finance", "values": {"gateway_token": "planted-team-token-19c4"}}],
    "gateway": {
        "url": "https://claude.contoso.com",
        "formats": ["anthropic"],
        "auth": "token",
        "models": ["claude-sonnet-5-5", "claude-opus-5-5"],
        "health": "https://claude.contoso.com/health",
    },
    "nextSteps": [{"who": "Network administrator", "what": "Point claude.contoso.com at the gateway"}],
    "entra": {"tenantId": TENANT, "cloud": "global", "issuer": "", "clientId": APP, "ownApp": True},
}


def environments() -> Mapping[str, dict[str, Any]]:
    """Fresh outputs by name."""
    made = {name: scenario(name) for name in ("bedrock", "teams", "gateway-google")}
    return made | deepcopy({"foundry": FOUNDRY, "vertex": VERTEX, "gateway": GATEWAY})
