"""Settings of the Claude Desktop (Cowork) profile."""

from typing import Any

from pydantic import Field

from claude_byoc.contract.desktop_profiles import DESKTOP_PROFILES
from claude_byoc.settings.base import Section, one_of


class DesktopSettings(Section):
    """The profile of the host `desktop`; {} takes every default."""

    profile: str | None = Field(
        None,
        pattern=one_of(DESKTOP_PROFILES),
        description="What the app may do: " + ", ".join(DESKTOP_PROFILES) + ". Default standard.",
    )
    values: dict[str, Any] | None = Field(
        None,
        description="Further keys of Claude Desktop that are no secrets, native values; they win over the profile.",
    )
