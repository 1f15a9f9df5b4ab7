"""Settings of the gateway part."""

from pydantic import Field

from claude_byoc.settings.base import Section, one_of


class ExistingGatewaySettings(Section):
    """A gateway that the organisation already runs."""

    url: str = Field(pattern=r"^https://\S+$", description="Base URL as people's browsers reach it, https.")
    api_format: str = Field(
        "anthropic",
        pattern=one_of(("anthropic", "bedrock", "vertex")),
        description="API that it speaks: anthropic, bedrock, vertex.",
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


class GatewaySettings(Section):
    """The gateway part."""

    existing: ExistingGatewaySettings = Field(description="A gateway that the organisation already runs.")
