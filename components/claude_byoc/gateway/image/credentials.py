"""Which credential a request carries, and who that is."""

import hashlib
import time
from collections.abc import Callable, Iterable

from .caller import Caller, Refused
from .entra import EntraVerifier
from .gateway_tokens import PREFIX, DenyList, TokenVerifier
from .settings import Settings
from .signing_keys import SigningKeys, fetch

_HELP = "Send a gateway token as x-api-key: TOKEN or as Authorization: Bearer TOKEN."
_HELP_ENTRA = "Send it as Authorization: Bearer TOKEN."


class Credentials:
    """Finds the caller from `x-api-key` or `Authorization`, whichever the request has, on every route alike."""

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        fetch: Callable[[str], bytes] = fetch,
    ) -> None:
        denied = DenyList(settings.denied_tokens, settings.deny_list_file, monotonic)
        self._digests = settings.token_digests
        self._tokens = TokenVerifier(settings.token_keys, denied, now) if settings.token_keys else None
        keys = SigningKeys(settings.jwks_url, monotonic, fetch)
        self._entra = EntraVerifier(settings.entra, keys, now) if settings.entra else None

    async def caller(self, headers: Iterable[tuple[bytes, bytes]]) -> Caller:
        """Return who calls; raise Refused where no credential is valid."""
        credential = _credential(headers)
        if not credential:
            raise Refused(401, f"No credential was sent. {self._help()}")
        if hashlib.sha256(credential.encode("latin-1")).hexdigest() in self._digests:
            return Caller("token", "local", "local")
        if credential.startswith(PREFIX) and self._tokens:
            return self._tokens.verify(credential)
        if self._entra and credential.count(".") == 2:  # noqa: PLR2004 -- a JWT has three parts
            return await self._entra.verify(credential)
        raise Refused(401, f"The credential is none that this gateway accepts. {self._help()}")

    def _help(self) -> str:
        if self._tokens and self._entra:
            return f"{_HELP} A token of Microsoft Entra ID works as well."
        return _HELP if self._tokens else f"Sign in with Microsoft Entra ID. {_HELP_ENTRA}"


def _credential(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the credential; several that differ are none, since nobody could say which one counts."""
    found: set[str] = set()
    for name, value in headers:
        text = value.decode("latin-1").strip()
        if name == b"authorization":
            scheme, _, rest = text.partition(" ")
            found.add(rest.strip() if scheme.lower() == "bearer" else "")
        elif name == b"x-api-key":
            # Some clients put the scheme in front here too.
            found.add(text.removeprefix("Bearer ").strip())
    found.discard("")
    if len(found) > 1:
        raise Refused(401, "Authorization and x-api-key carry different credentials. Send one of them.")
    return next(iter(found), "")
