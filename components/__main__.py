"""The components as a Pulumi plugin, so that programs in every Pulumi language can use them."""

import typing
from collections.abc import Iterator

import typing_extensions
from pulumi.provider.experimental import component_provider_host
from pulumi.provider.experimental.analyzer import Analyzer

from claude_byoc import (
    AnthropicApp,
    AwsGateway,
    AzureGateway,
    BedrockAccess,
    ClaudeByoc,
    DesktopSignIn,
    EntraApp,
    FoundryAccess,
    GoogleGateway,
    VertexAccess,
    __version__,
)

_described = Analyzer.get_docstring


def _homes(typ: type) -> Iterator[type]:
    yield typ
    for base in getattr(typ, "__orig_bases__", ()):
        if isinstance(base, type):
            yield from _homes(base)


def _with_inherited(self: Analyzer, typ: type, name: str) -> str | None:
    """Return the description of a field from the class that declares it: Pulumi looks into `typ` alone."""
    return next((text for home in _homes(typ) if (text := _described(self, home, name))), None)


if __name__ == "__main__":
    Analyzer.get_docstring = _with_inherited
    # Pulumi asks typing which fields may be left out, which until Python 3.12 knows its own TypedDict alone.
    typing.is_typeddict = typing_extensions.is_typeddict
    component_provider_host(
        name="claude-byoc",
        components=[
            ClaudeByoc,
            BedrockAccess,
            FoundryAccess,
            VertexAccess,
            EntraApp,
            DesktopSignIn,
            AnthropicApp,
            AwsGateway,
            GoogleGateway,
            AzureGateway,
        ],
        version=__version__,
    )
