"""Settings of the gateway part: one that exists, or one of ours."""

from pydantic import Field

from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.settings.base import Section, one_of
from claude_byoc.settings.gateway_hosts import (
    AwsGatewayHostSettings,
    AzureGatewayHostSettings,
    GoogleGatewayHostSettings,
)
from claude_byoc.settings.gateway_service import GatewayCallersSettings, GatewayServiceSettings

_FORMATS = ("anthropic", "bedrock", "vertex")


class ExistingGatewaySettings(Section):
    """A gateway that the organisation already runs."""

    url: str = Field(pattern=r"^https://\S+$", description="Base URL as people's browsers reach it, https.")
    api_format: str = Field(
        "anthropic", pattern=one_of(_FORMATS), description="API that it speaks: anthropic, bedrock, vertex."
    )
    auth: str = Field(
        "token",
        pattern=one_of(("token", "entra")),
        description="How people are known to it: token (gateway tokens) or entra (their Entra access token).",
    )
    auth_header: str | None = Field(
        None,
        pattern=one_of(("x-api-key", "authorization")),
        description="Header of the gateway token. Default x-api-key.",
    )
    models: list[str] | None = Field(
        None, min_length=1, description="Model ids that it serves, for the Claude Desktop profile."
    )
    internal: bool | None = Field(
        None,
        description="Its name resolves to a private address, so that browsers need a policy to let the add-in "
        "reach it. Default false.",
    )


class GatewaySettings(GatewayServiceSettings):
    """The gateway part: one that exists, or one of our own in a cloud of the organisation."""

    existing: ExistingGatewaySettings | None = Field(
        None, description="A gateway that the organisation already runs; nothing else is set beside it."
    )
    cloud: str | None = Field(
        None,
        pattern=one_of(CLOUDS),
        description="Where ours runs: "
        + ", ".join(f"{name} ({service})" for name, service in CLOUDS.items())
        + ".",
    )
    auth: str | None = Field(
        None,
        pattern=one_of(("token", "entra")),
        description="How add-ins are known to ours: entra (default with gateway.entra) or token.",
    )
    api_format: str | None = Field(
        None,
        pattern=one_of(_FORMATS),
        description="API by which add-ins call ours: anthropic (default), or bedrock or vertex where it has that "
        "upstream.",
    )
    entra: GatewayCallersSettings | None = Field(
        None,
        description="Lets people of the tenant call with the tokens of the organisation's app; {} takes every default.",
    )
    aws: AwsGatewayHostSettings | None = Field(
        None, description="With cloud: aws: where and how it stands there."
    )
    google: GoogleGatewayHostSettings | None = Field(
        None, description="With cloud: google, which needs it for the region: where and how it stands there."
    )
    azure: AzureGatewayHostSettings | None = Field(
        None, description="With cloud: azure: where and how it stands there."
    )
