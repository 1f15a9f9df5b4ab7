"""Settings of whom people ask."""

from pydantic import Field

from claude_byoc.settings.base import Section


class SupportSettings(Section):
    """Whom people ask; the guides for people say it."""

    name: str | None = Field(None, min_length=1, description="Name of the help desk or team.")
    email: str | None = Field(None, pattern=r"^[^\s@<>]+@[^\s@<>]+$", description="Its mail address.")
    url: str | None = Field(None, pattern=r"^https?://\S+$", description="Its page (URL).")
    phone: str | None = Field(None, pattern=r"^[0-9+][0-9 ()/.-]*$", description="Its telephone number.")
