"""Claude in Microsoft 365 and Cowork on an organisation's own cloud, declared with Pulumi.

The names are loaded when they are used, so that an environment on one cloud loads one cloud's SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claude_byoc.aws.bedrock_access import BedrockAccess as BedrockAccess
    from claude_byoc.aws.bedrock_args import BedrockAccessArgs as BedrockAccessArgs
    from claude_byoc.aws.gateway_args import AwsGatewayArgs as AwsGatewayArgs
    from claude_byoc.aws.gateway_host import AwsGateway as AwsGateway
    from claude_byoc.azure.foundry_access import FoundryAccess as FoundryAccess
    from claude_byoc.azure.foundry_args import FoundryAccessArgs as FoundryAccessArgs
    from claude_byoc.azure.gateway_args import AzureGatewayArgs as AzureGatewayArgs
    from claude_byoc.azure.gateway_host import AzureGateway as AzureGateway
    from claude_byoc.config import load_settings as load_settings
    from claude_byoc.entra.anthropic_app import AnthropicApp as AnthropicApp
    from claude_byoc.entra.anthropic_args import AnthropicAppArgs as AnthropicAppArgs
    from claude_byoc.entra.app import EntraApp as EntraApp
    from claude_byoc.entra.app_args import EntraAppArgs as EntraAppArgs
    from claude_byoc.entra.desktop_args import DesktopSignInArgs as DesktopSignInArgs
    from claude_byoc.entra.desktop_sign_in import DesktopSignIn as DesktopSignIn
    from claude_byoc.google.gateway_args import GoogleGatewayArgs as GoogleGatewayArgs
    from claude_byoc.google.gateway_host import GoogleGateway as GoogleGateway
    from claude_byoc.google.vertex_access import VertexAccess as VertexAccess
    from claude_byoc.google.vertex_args import VertexAccessArgs as VertexAccessArgs
    from claude_byoc.stack import ClaudeByoc as ClaudeByoc
    from claude_byoc.stack_args import ClaudeByocArgs as ClaudeByocArgs

__version__ = "0.1.0"

_HOMES = {
    "AnthropicApp": "claude_byoc.entra.anthropic_app",
    "AnthropicAppArgs": "claude_byoc.entra.anthropic_args",
    "AwsGateway": "claude_byoc.aws.gateway_host",
    "AwsGatewayArgs": "claude_byoc.aws.gateway_args",
    "AzureGateway": "claude_byoc.azure.gateway_host",
    "AzureGatewayArgs": "claude_byoc.azure.gateway_args",
    "BedrockAccess": "claude_byoc.aws.bedrock_access",
    "BedrockAccessArgs": "claude_byoc.aws.bedrock_args",
    "ClaudeByoc": "claude_byoc.stack",
    "ClaudeByocArgs": "claude_byoc.stack_args",
    "DesktopSignIn": "claude_byoc.entra.desktop_sign_in",
    "DesktopSignInArgs": "claude_byoc.entra.desktop_args",
    "EntraApp": "claude_byoc.entra.app",
    "EntraAppArgs": "claude_byoc.entra.app_args",
    "FoundryAccess": "claude_byoc.azure.foundry_access",
    "FoundryAccessArgs": "claude_byoc.azure.foundry_args",
    "GoogleGateway": "claude_byoc.google.gateway_host",
    "GoogleGatewayArgs": "claude_byoc.google.gateway_args",
    "load_settings": "claude_byoc.config",
    "VertexAccess": "claude_byoc.google.vertex_access",
    "VertexAccessArgs": "claude_byoc.google.vertex_args",
}

__all__ = [
    "AnthropicApp",
    "AnthropicAppArgs",
    "AwsGateway",
    "AwsGatewayArgs",
    "AzureGateway",
    "AzureGatewayArgs",
    "BedrockAccess",
    "BedrockAccessArgs",
    "ClaudeByoc",
    "ClaudeByocArgs",
    "DesktopSignIn",
    "DesktopSignInArgs",
    "EntraApp",
    "EntraAppArgs",
    "FoundryAccess",
    "FoundryAccessArgs",
    "GoogleGateway",
    "GoogleGatewayArgs",
    "VertexAccess",
    "VertexAccessArgs",
    "load_settings",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
