"""Settings of the Entra part."""

from pydantic import Field

from claude_byoc.contract import entra
from claude_byoc.settings.base import GUID, Section, one_of


class EntraSettings(Section):
    """The Entra tenant whose people use Claude."""

    tenant_id: str = Field(pattern=GUID, description="Tenant id (GUID).")
    cloud: str = Field(
        "global",
        pattern=one_of(entra.CLOUDS),
        description="Entra cloud: " + ", ".join(entra.CLOUDS) + ".",
    )
    client_id: str | None = Field(
        None,
        pattern=GUID,
        description="Application id (GUID) of the organisation's own app. Default: Anthropic's app.",
    )
