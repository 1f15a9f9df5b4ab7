"""Claude in Microsoft 365 and Cowork on an organisation's own cloud, declared with Pulumi.

The names are loaded when they are used, so that an environment on one cloud loads one cloud's SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claude_byoc.aws.bedrock_access import BedrockAccess as BedrockAccess
    from claude_byoc.aws.bedrock_args import BedrockAccessArgs as BedrockAccessArgs
    from claude_byoc.config import load_settings as load_settings
    from claude_byoc.stack import ClaudeByoc as ClaudeByoc
    from claude_byoc.stack_args import ClaudeByocArgs as ClaudeByocArgs

__version__ = "0.1.0"

_HOMES = {
    "BedrockAccess": "claude_byoc.aws.bedrock_access",
    "BedrockAccessArgs": "claude_byoc.aws.bedrock_args",
    "ClaudeByoc": "claude_byoc.stack",
    "ClaudeByocArgs": "claude_byoc.stack_args",
    "load_settings": "claude_byoc.config",
}

__all__ = ["BedrockAccess", "BedrockAccessArgs", "ClaudeByoc", "ClaudeByocArgs", "load_settings"]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
