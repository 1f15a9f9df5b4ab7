"""What the files of this folder are told, from the JSON that `claude_byoc.gateway.container` renders."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bootstrap import BootstrapSettings
from .entra import EntraSettings
from .limits import LimitSettings
from .telemetry import TelemetrySettings


@dataclass(frozen=True)
class Model:
    """A model: its id, its name for people, and its ids in the URLs of the formats bedrock and vertex."""

    id: str
    name: str
    url_ids: Sequence[str] = ()


@dataclass(frozen=True)
class Settings:
    """Settings of the gateway's application.

    `models` are those of `/v1/models`, in its order; `restrict_models` tells whether any other is refused.
    `error_types` maps a status to Anthropic's error type.
    """

    models: Sequence[Model]
    error_types: Mapping[int, str]
    token_keys: Sequence[bytes] = ()
    denied_tokens: Sequence[str] = ()
    token_digests: frozenset[str] = frozenset()
    deny_list_file: Path | None = None
    entra: EntraSettings | None = None
    jwks_url: str = ""
    restrict_models: bool = True
    limits: LimitSettings | None = None
    bootstrap: BootstrapSettings | None = None
    telemetry: TelemetrySettings | None = None

    def takes(self, model: str) -> bool:
        """Tell whether a model may be asked for: by its id, or by one that an upstream has for it."""
        return not self.restrict_models or any(model == one.id or model in one.url_ids for one in self.models)


def load(file: Path) -> Settings:
    """Return the settings in a file; raise OSError, ValueError or KeyError for one that we did not write."""
    given: dict[str, Any] = json.loads(file.read_text("utf-8"))
    tokens: dict[str, Any] = given.get("tokens") or {}
    entra: dict[str, Any] | None = given.get("entra")
    limits: dict[str, Any] | None = given.get("limits")
    bootstrap: dict[str, Any] | None = given.get("bootstrap")
    telemetry: dict[str, Any] | None = given.get("telemetry")
    deny_list = tokens.get("denyListFile")
    return Settings(
        models=[Model(model["id"], model["name"], model["urlIds"]) for model in given["models"]],
        error_types={int(status): kind for status, kind in given["errorTypes"].items()},
        token_keys=[base64.b64decode(key, validate=True) for key in tokens.get("publicKeys", [])],
        denied_tokens=[str(name).lower() for name in tokens.get("denied", [])],
        token_digests=frozenset(tokens.get("digests", [])),
        deny_list_file=Path(deny_list) if deny_list else None,
        entra=EntraSettings(
            tenant_id=entra["tenantId"],
            issuers=entra["issuers"],
            audiences=entra["audiences"],
            scopes=entra["scopes"],
            desktop_client_ids=entra["desktopClientIds"],
            roles=entra["roles"],
            teams=entra["teams"],
            clock_skew=entra["clockSkewSeconds"],
        )
        if entra
        else None,
        jwks_url=entra["jwksUrl"] if entra else "",
        restrict_models=bool(given.get("restrictModels", True)),
        limits=LimitSettings(limits["default"], limits["teams"], limits["shared"]) if limits else None,
        bootstrap=BootstrapSettings(bootstrap["answers"], bootstrap["expiresSeconds"]) if bootstrap else None,
        telemetry=TelemetrySettings(
            telemetry["collectorUrl"], telemetry["maxBodyBytes"], telemetry["senderTeam"]
        )
        if telemetry
        else None,
    )
