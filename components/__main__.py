"""The components as a Pulumi plugin, so that programs in every Pulumi language can use them."""

from pulumi.provider.experimental import component_provider_host

from claude_byoc import BedrockAccess, ClaudeByoc, __version__

if __name__ == "__main__":
    component_provider_host(name="claude-byoc", components=[ClaudeByoc, BedrockAccess], version=__version__)
