"""Who calls, and what a refusal says."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Caller:
    """Somebody whose credential was verified.

    `kind` is `token` (a gateway token), `entra` (an access token) or `desktop` (a token of the desktop app's
    registration); `user` a stable id: the token's id, or Entra's `oid`; `name` what people call it; `team` the
    team that use is counted for, "" for none.
    """

    kind: str
    user: str
    name: str
    team: str = ""


@dataclass
class Call:
    """One request: its caller, whether a model may be asked for, and which one is, once somebody has read that."""

    caller: Caller
    takes: Callable[[str], bool]
    model: str = ""
    stream: bool = False
    """Whether the request asks for a stream."""
    limit: str = ""
    """The limit of the team by which the request was refused."""
    upstream_headers: dict[str, str] = field(default_factory=dict[str, str])
    """Headers of an upstream's error that LiteLLM would drop."""


current_call: ContextVar[Call] = ContextVar("claude_gateway_call")
"""The call that is served now: set by the application alone, so that no request can pretend to have one."""


class Refused(Exception):  # noqa: N818 -- a refusal is an answer, not a fault of the program
    """The request is answered with `status` and `message`, which names the cure and never a credential."""

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after
