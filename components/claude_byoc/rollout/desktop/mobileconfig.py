"""macOS: a configuration profile."""

import plistlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from claude_byoc.rollout.desktop.encode import in_order, portable

DOMAIN = "com.anthropic.claudefordesktop"
"""Preference domain, which is the app's bundle id.
source: https://claude.com/docs/third-party/claude-desktop/configuration"""
_NAMESPACE = uuid.UUID("5b0f1d0e-7d3a-5c5e-9f63-2a4c1f0b8e71")
"""Of the UUIDs in profiles: the same environment gives the same UUIDs, so that a new profile replaces the old."""


def stable_uuid(environment: str, part: str) -> str:
    """Return the UUID of one part of an environment's profile, the same on every run."""
    return str(uuid.uuid5(_NAMESPACE, f"{environment}\n{part}")).upper()


def configuration_profile(
    environment: str, name: str, *, display_name: str, payloads: Sequence[Mapping[str, Any]]
) -> bytes:
    """Return a profile of these payloads, each of which has its `PayloadType` and its settings.

    `name` tells the profiles of one environment apart.
    """
    identifier = f"claude-byoc.{environment}.{name}"
    content = [
        {
            "PayloadType": payload["PayloadType"],
            "PayloadIdentifier": f"{identifier}.{payload['PayloadType']}",
            "PayloadUUID": stable_uuid(environment, f"{name}/{payload['PayloadType']}"),
            "PayloadVersion": 1,
            "PayloadDisplayName": display_name,
            **payload,
        }
        for payload in payloads
    ]
    profile = {
        "PayloadType": "Configuration",
        "PayloadIdentifier": identifier,
        "PayloadUUID": stable_uuid(environment, name),
        "PayloadVersion": 1,
        "PayloadDisplayName": display_name,
        "PayloadScope": "System",
        "PayloadContent": content,
    }
    return plistlib.dumps(profile, fmt=plistlib.FMT_XML, sort_keys=False)


def mobileconfig(values: Mapping[str, Any], *, environment: str, display_name: str) -> bytes:
    """Return the profile of these (checked, native) values."""
    settings = {key: portable(value) for key, value in in_order(values).items()}
    payload = {"PayloadType": DOMAIN, **settings}
    return configuration_profile(environment, "desktop", display_name=display_name, payloads=[payload])
