"""The components as a Pulumi plugin, so that programs in every Pulumi language can use them."""

from claude_byoc import BedrockAccess, ClaudeByoc, __version__
from pulumi.provider.experimental import component_provider_host

if __name__ == "__main__":
    component_provider_host(name="claude-byoc", components=[ClaudeByoc, BedrockAccess], version=__version__)
