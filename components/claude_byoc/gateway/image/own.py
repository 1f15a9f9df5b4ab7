"""What the application answers itself, without LiteLLM: an address and who serves it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .caller import Call
from .exchange import Exchange, Incoming, Scope

Serve = Callable[[Call, Scope, Incoming, Exchange], Awaitable[None]]


@dataclass(frozen=True)
class Own:
    """One address of ours. `event` names its requests in the log, in the place of `usage`."""

    event: str
    serve: Serve
