"""The installed Pulumi SDK of a provider, found without importing it.

A provider's process needs the SDK's version and must start quickly.
"""

import functools
import importlib.util
import json
from pathlib import Path

from standin.errors import StandinError


def folder(provider: str) -> Path:
    """Return where the SDK is installed; StandinError with the cure where it is not."""
    spec = importlib.util.find_spec(f"pulumi_{provider.replace('-', '_')}")
    if spec is None or spec.origin is None:
        raise StandinError(f"the SDK pulumi-{provider} is not installed: `pip install pulumi-{provider}`")
    return Path(spec.origin).parent


@functools.cache
def version(provider: str) -> str:
    """Return the SDK's version, which is the version that its programs ask of the plugin."""
    return json.loads((folder(provider) / "pulumi-plugin.json").read_text("utf-8"))["version"]
