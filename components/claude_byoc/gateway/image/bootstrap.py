"""The bootstrap answers of the Office add-ins and of Claude Desktop: from settings, by team, with an expiry."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .caller import Call, Refused
from .exchange import Exchange, Incoming, Scope, json_bytes
from .own import Own

_PATHS = {"office": "/bootstrap/office", "desktop": "/user/bootstrap"}
_EXPIRY = {"office": "bootstrap_expires_at", "desktop": "expiresAt"}
"""Host -> the field of the expiry, in Unix seconds."""


@dataclass(frozen=True)
class BootstrapSettings:
    """Host -> team -> answer, with "" for everybody without an answer of the team's own."""

    answers: Mapping[str, Mapping[str, Mapping[str, Any]]]
    expires_seconds: int


def routes(settings: BootstrapSettings, now: Callable[[], float] = time.time) -> dict[str, Own]:
    """Return the addresses that have answers."""

    def serving(host: str) -> Own:
        async def serve(call: Call, scope: Scope, incoming: Incoming, exchange: Exchange) -> None:
            await incoming.drain()
            if call.caller.kind == "token":
                raise Refused(
                    403,
                    "The bootstrap answers to people signed in with Microsoft Entra ID; a gateway token names none. "
                    "Set entra_sso=1, or bootstrapOidc for Claude Desktop.",
                )
            body = answer(settings, host, call.caller.team, now())
            tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            same = matches(scope, tag)
            await exchange.answer(304 if same else 200, b"" if same else body, headers={"etag": tag})

        return Own("bootstrap", serve)

    return {_PATHS[host]: serving(host) for host in settings.answers}


def answer(settings: BootstrapSettings, host: str, team: str, now: float) -> bytes:
    """Return a team's answer.

    Its expiry moves in steps: the answer, and so its ETag, stays the same within one, and always holds for
    `expires_seconds` at least. A 304 thus never leaves a client with a configuration about to expire.
    """
    answers = settings.answers[host]
    step = settings.expires_seconds
    expires = (int(now) // step + 2) * step
    return json_bytes({**answers.get(team, answers[""]), _EXPIRY[host]: expires})


def matches(scope: Scope, tag: str) -> bool:
    """Tell whether If-None-Match names the tag. Proxies may have weakened it."""
    sent = b",".join(value for name, value in scope["headers"] if name == b"if-none-match").decode("latin-1")
    return tag in {word.strip().removeprefix("W/") for word in sent.split(",")}
