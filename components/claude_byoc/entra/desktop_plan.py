"""What `DesktopSignIn` will declare, checked before anything is.

Pure. A value that is not known yet (an Output) is None here and is checked when it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from claude_byoc.contract.entra_permissions import (
    ACCESS_SCOPE,
    COGNITIVE_SERVICES,
    GATEWAY,
    GRAPH,
    SIGN_IN,
    USES,
    Permission,
)
from claude_byoc.contract.problems import Problem
from claude_byoc.entra.app_plan import cloud_problems, guid_problems
from claude_byoc.entra.grants_plan import GrantImport, GrantPlan, grants_of, import_problems

APIS = ("gateway", "foundry")
"""What Claude Desktop calls with people's tokens."""
BEARER_TOKEN_TYPES = ("access_token", "id_token")
"""What it sends to a gateway: a token for the gateway's API, or the proof of sign-in itself."""
IMPORT_PREFIX = "desktop"


@dataclass(frozen=True)
class DesktopSignInPlan:
    """The registration of Claude Desktop."""

    tenant_id: str | None
    api: str
    bearer_token_type: str = "access_token"  # noqa: S105 -- a word of the configuration
    cloud: str = "global"
    broker: bool = True
    device_code: bool = False
    gateway_client_id: str | None = None
    names_gateway: bool = False
    """Whether the app and the scope of the gateway are given, known or not."""
    names_gateway_principal: bool = False
    owners: Sequence[str | None] = ()
    assignment_required: bool = False
    groups: Sequence[str | None] = ()
    import_object_id: str | None = None
    consent: str = "links"
    imports: Mapping[str, GrantImport] = field(default_factory=dict[str, GrantImport])

    @property
    def permissions(self) -> list[Permission]:
        """The delegated permissions that it asks for: one API at most, and never mail."""
        if self.api == "foundry":
            return [Permission(COGNITIVE_SERVICES, "user_impersonation", USES["foundry"])]
        if self.bearer_token_type == "access_token":  # noqa: S105 -- a word of the configuration
            return [Permission(GATEWAY, ACCESS_SCOPE, USES["gateway"])]
        return []

    @property
    def public_client_flows(self) -> bool:
        """Whether a token may be had without a redirect: Foundry by device code or through the broker.

        source: documentation of Claude Desktop on third-party platforms, Microsoft Foundry page
        """
        return self.api == "foundry" and (self.broker or self.device_code)

    @property
    def foundry_flow(self) -> str:
        """`inferenceFoundryAuthFlow` that fits."""
        return "device-code" if self.device_code else "broker" if self.broker else "browser"

    def grants(self) -> list[GrantPlan]:
        """Return the grants that consent amounts to: sign-in, and the one API."""
        sign_in = [Permission(GRAPH, scope, USES["sso"]) for scope in (*SIGN_IN, "email")]
        return grants_of([*sign_in, *self.permissions], self.imports, IMPORT_PREFIX)

    def problems(self) -> list[Problem]:
        """Return everything that Entra would refuse, or that would not work."""
        found = [*cloud_problems(self.cloud)]
        if self.api not in APIS:
            found.append(
                Problem("entra.desktop.api", f"is {self.api!r}", " or ".join(APIS), "choose one of the two")
            )
        if self.bearer_token_type not in BEARER_TOKEN_TYPES:
            found.append(
                Problem(
                    "entra.desktop.bearerTokenType",
                    f"is {self.bearer_token_type!r}",
                    " or ".join(BEARER_TOKEN_TYPES),
                    "choose one of the two",
                )
            )
        if self.api == "gateway" and self.permissions and not self.names_gateway:
            found.append(
                Problem(
                    "entra.desktop.bearerTokenType",
                    "is access_token, and no app exposes the gateway's API",
                    "an app with the use `gateway`, or id_token",
                    "add `gateway` to entra.app.uses, or set bearerTokenType: id_token",
                )
            )
        if self.consent == "code" and self.api == "gateway" and self.permissions:
            found += self._principal()
        if self.device_code and self.api != "foundry":
            found.append(
                Problem(
                    "entra.desktop.deviceCode",
                    "is set for a gateway, which signs in through the browser or the broker",
                    "with `api: foundry` alone",
                    "remove it",
                )
            )
        return [
            *found,
            *guid_problems(
                {
                    "entra.tenantId": [self.tenant_id],
                    "entra.desktop.gatewayClientId": [self.gateway_client_id],
                    "entra.desktop.owners": self.owners,
                    "entra.desktop.groups": self.groups,
                    "entra.desktop.importObjectId": [self.import_object_id],
                }
            ),
            *import_problems(self.consent, self.grants(), self.imports),
        ]

    def _principal(self) -> list[Problem]:
        if self.names_gateway_principal or not self.names_gateway:
            return []
        return [
            Problem(
                "entra.desktop.gatewayServicePrincipalObjectId",
                "is missing, and the grant for the gateway's API is declared as code",
                "object id of the service principal of the app that exposes it",
                "add it, or leave consent to links",
            )
        ]

    def hints(self) -> list[Problem]:
        """Return warnings."""
        found = [hint for grant in self.grants() for hint in grant.hints()]
        if self.device_code:
            found.append(
                Problem(
                    "entra.desktop.deviceCode",
                    "lets people sign in by device code, the way of phishing",
                    "the broker or the browser",
                    "leave it out where those work; else block the device code flow for all other apps "
                    "(Conditional Access)",
                    "warning",
                )
            )
        return found
