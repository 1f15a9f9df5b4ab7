"""The environments of the complete matrix: a connection path with its ways of signing in, a host, an Entra cloud, an
app, a way of consenting and a registration of Claude Desktop."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TENANT = "11111111-2222-3333-4444-555555555555"
OWN_APP = "99999999-8888-7777-6666-555555555555"
DESKTOP_APP = "99999999-8888-7777-6666-666666666666"
GOOGLE_SECRET = "GOCSPX-planted-0123456789abcdefghij"
GATEWAY_TOKEN = "planted-0123456789abcdefghij"

WAYS = (
    ("bedrock", "role"),
    ("bedrock", "role and profile"),
    ("foundry", "key"),
    ("foundry", "keyless"),
    ("vertex", "no client"),
    ("vertex", "clients"),
    ("vertex", "clients without secret"),
    ("vertex", "workforce"),
    ("gateway", "token"),
    ("gateway", "no token"),
    ("gateway", "entra"),
)
HOSTS = {
    "none": (),
    "office": ("office",),
    "outlook": ("outlook",),
    "desktop": ("desktop",),
    "all": ("office", "outlook", "desktop"),
}
CLOUDS = {
    "global": "us-east-1",
    "us-gov-high": "us-gov-west-1",
    "us-gov-dod": "us-gov-east-1",
    "china": "cn-north-1",
}
"""Entra cloud -> a region of AWS that goes with it."""
APPS = ("Anthropic's", "Anthropic's, declared", "clientId", "fromStack", "app")
CONSENTS = ("links", "code")
SIGN_INS = ("none", "desktopClientId", "desktop")


@dataclass(frozen=True)
class Cell:
    """One environment."""

    path: str
    auth: str
    host: str
    cloud: str
    app: str
    consent: str
    sign_in: str

    @property
    def hosts(self) -> tuple[str, ...]:
        return HOSTS[self.host]

    @property
    def manifests(self) -> tuple[str, ...]:
        return tuple(host for host in self.hosts if host != "desktop")

    @property
    def own_app(self) -> bool:
        return not self.app.startswith("Anthropic's")

    @property
    def uses(self) -> tuple[str, ...]:
        """What manifests of the path use tokens for."""
        if self.path == "bedrock":
            return ("sso",)
        return ("sso", self.path) if self.auth in ("keyless", "entra") else ()

    def settings(self) -> dict[str, Any]:
        """Return the object under `claude-byoc:settings`."""
        entra: dict[str, Any] = {"tenantId": TENANT, "cloud": self.cloud, "consent": self.consent}
        entra |= {
            "Anthropic's": {},
            "Anthropic's, declared": {"anthropicApp": {}},
            "clientId": {"clientId": OWN_APP},
            "fromStack": {"fromStack": "organization/claude-byoc/tenant"},
            "app": {"app": {}},
        }[self.app]
        entra |= {
            "none": {},
            "desktopClientId": {"desktopClientId": DESKTOP_APP},
            "desktop": {"desktop": {}},
        }[self.sign_in]
        return {"hosts": list(self.hosts), "entra": entra, **self._part()}

    def _part(self) -> dict[str, Any]:
        if self.path == "bedrock":
            part: dict[str, Any] = {
                "aws": {"accountId": "111122223333", "region": CLOUDS[self.cloud]},
                "bedrock": {},
            }
            if self.auth == "role and profile":
                values = {"inferenceBedrockProfile": "claude", "inferenceModels": ["claude-sonnet-5"]}
                part["desktop"] = {"values": values}
            return part
        if self.path == "foundry":
            return {
                "azure": {"subscriptionId": TENANT, "location": "eastus2"},
                "foundry": {
                    "resourceName": "example-claude",
                    "auth": self.auth,
                    "organization": {
                        "organizationName": "Example",
                        "countryCode": "US",
                        "industry": "education",
                    },
                    "models": {"claude-sonnet-5": {"capacity": 20}},
                },
            }
        if self.path == "vertex":
            return {
                "google": {"projectId": "example-project"},
                "vertex": {"region": "eu", **self._google_clients()},
            }
        auth = "entra" if self.auth == "entra" else "token"
        return {"gateway": {"existing": {"url": "https://gateway.example.com", "auth": auth}}}

    def _google_clients(self) -> dict[str, Any]:
        if self.auth == "no client":
            return {}
        add_in = {"googleClientId": "1-office.apps.googleusercontent.com"}
        if self.auth != "workforce":
            return {**add_in, "desktop": {"clientId": "2-desktop.apps.googleusercontent.com"}}
        workforce = {
            "audience": "//iam.googleapis.com/locations/global/workforcePools/example/providers/entra",
            "clientId": OWN_APP,
            "issuer": f"https://login.microsoftonline.com/{TENANT}/v2.0",
        }
        return {**add_in, "desktop": {"workforce": workforce}}

    def secrets(self) -> dict[str, str]:
        """Return the secrets of the manifests by key."""
        if self.path == "vertex" and self.auth in ("clients", "workforce"):
            return {"google_client_secret": GOOGLE_SECRET}
        return {"gateway_token": GATEWAY_TOKEN} if (self.path, self.auth) == ("gateway", "token") else {}

    def desktop_secrets(self) -> dict[str, str]:
        """Return the secrets of Claude Desktop by key."""
        both = (self.path, self.auth) == ("vertex", "clients")
        return {"inferenceVertexOAuthClientSecret": GOOGLE_SECRET} if both else {}


def cells() -> Iterator[Cell]:
    """Return every environment of the matrix."""
    for (path, auth), *rest in itertools.product(WAYS, HOSTS, CLOUDS, APPS, CONSENTS, SIGN_INS):
        yield Cell(path, auth, *rest)
