"""Tokens of Microsoft Entra ID: access tokens for the organisation's app, and those of the desktop app's sign-in."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import jwt

from .caller import Caller, Refused
from .signing_keys import SigningKeys

LARGEST = 16_384
"""Characters of a token; Entra leaves groups out of larger ones."""


@dataclass(frozen=True)
class EntraSettings:
    """Whose tokens are accepted, and for whom.

    `audiences` are those of access tokens, which must carry one of `scopes`; `desktop_client_ids` those of the
    desktop app's registration, whose ID tokens carry none. Where `roles` are given, one of them (an app role)
    must be in the token. `teams` maps an app role to a team; the first that matches counts.
    """

    tenant_id: str
    issuers: Sequence[str]
    audiences: Sequence[str] = ()
    scopes: Sequence[str] = ()
    desktop_client_ids: Sequence[str] = ()
    roles: Sequence[str] = ()
    teams: Mapping[str, str] = field(default_factory=dict[str, str])
    clock_skew: int = 120


class EntraVerifier:
    """Verifies tokens of one tenant."""

    def __init__(
        self, settings: EntraSettings, keys: SigningKeys, now: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._now = now

    async def verify(self, token: str) -> Caller:
        """Return who signed in; raise Refused: 401 for a token that is not valid here, 403 for lacking rights."""
        claims = await self._claims(token)
        desktop = self._check_audience(claims)
        if not desktop:
            self._check_scope(claims)
        roles = _words(claims.get("roles"))
        if self._settings.roles and not roles & set(self._settings.roles):
            wanted = " or ".join(self._settings.roles)
            raise Refused(
                403,
                f"You are signed in, but have not been given access: ask your administrator for {wanted}.",
            )
        user = claims.get("oid") or claims.get("sub")
        if not isinstance(user, str) or not user:
            raise Refused(401, "The token does not say who signed in (no oid, no sub).")
        name = next(
            (v for k in ("preferred_username", "upn", "name") if isinstance(v := claims.get(k), str)), user
        )
        team = next((team for role, team in self._settings.teams.items() if role in roles), "")
        return Caller("desktop" if desktop else "entra", user, name, team)

    async def _claims(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that this tenant signed and that is valid now."""
        if len(token) > LARGEST:
            raise Refused(401, f"The token is larger than {LARGEST} characters: too many groups or claims.")
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError:
            raise Refused(401, "The credential is neither a gateway token nor an Entra token.") from None
        key_id = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(key_id, str):
            raise Refused(401, "The token is not signed as Entra signs (RS256 with a key id).")
        key = await self._keys.key(key_id)
        if key is None:
            raise Refused(
                401, "The token was not signed by Microsoft Entra ID, or with a key it has withdrawn."
            )
        try:
            # Times are checked below, against our own clock; the library has none to pass in.
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                options={
                    "verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False,
                    "verify_sub": False, "verify_jti": False,
                },
            )  # fmt: skip
        except jwt.InvalidTokenError:
            raise Refused(401, "The token's signature is not valid.") from None
        self._check_times(claims)
        if claims.get("iss") not in self._settings.issuers:
            raise Refused(401, "The token was issued by another tenant or another Microsoft cloud.")
        if str(claims.get("tid", "")).lower() != self._settings.tenant_id:
            raise Refused(401, "The token belongs to another tenant.")
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now, skew = self._now(), self._settings.clock_skew
        expires, starts = claims.get("exp"), claims.get("nbf", 0)
        if not isinstance(expires, int | float) or not isinstance(starts, int | float):
            raise Refused(401, "The token has no expiry.")
        if now >= expires + skew:
            raise Refused(401, "The sign-in has expired. Sign in again.")
        if now < starts - skew:
            raise Refused(401, "The token is not valid yet: check the clock of this computer.")

    def _check_audience(self, claims: Mapping[str, Any]) -> bool:
        """Tell whether the token is one of the desktop app's registration."""
        audience = claims.get("aud")
        if audience in self._settings.desktop_client_ids:
            return True
        if not isinstance(audience, str) or audience not in self._settings.audiences:
            allowed = ", ".join([*self._settings.audiences, *self._settings.desktop_client_ids])
            raise Refused(401, f"The token is meant for another application. Expected audience: {allowed}.")
        return False

    def _check_scope(self, claims: Mapping[str, Any]) -> None:
        scope = claims.get("scp")
        granted = set(scope.split()) if isinstance(scope, str) else set[str]()
        if self._settings.scopes and not granted & set(self._settings.scopes):
            wanted = " or ".join(self._settings.scopes)
            raise Refused(403, f"The token lacks the scope {wanted}. Check entra_scope in the manifest.")


def _words(value: object) -> set[str]:
    return (
        {word for word in cast("list[object]", value) if isinstance(word, str)}
        if isinstance(value, list)
        else set()
    )
