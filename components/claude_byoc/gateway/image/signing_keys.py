"""The public keys with which an issuer signs (JWKS): kept, renewed, and found again when they roll over."""

import asyncio
import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import cast

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from .caller import Refused

FRESH = 3600.0
"""Seconds after which the keys are read again."""
STALE = 86_400.0
"""Seconds for which keys read earlier stay in use while the issuer does not answer."""
PAUSE = 30.0
"""Seconds between two readings at least: unknown key ids must not become requests to the issuer."""

_LARGEST = 1 << 20
_SHORTEST_KEY = 2048


def fetch(url: str) -> bytes:
    """Return what lies at a URL; raise OSError when it cannot be had within 10 seconds."""
    # The scheme was checked with the settings: https, or http on loopback for tests.
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
        return answer.read(_LARGEST)


class SigningKeys:
    """The RSA keys at one JWKS URL."""

    def __init__(
        self, url: str, monotonic: Callable[[], float], fetch: Callable[[str], bytes] = fetch
    ) -> None:
        self._url = url
        self._fetch = fetch
        self._monotonic = monotonic
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._read = float("-inf")
        self._tried = float("-inf")
        self._lock = asyncio.Lock()

    async def key(self, key_id: str) -> RSAPublicKey | None:
        """Return the key, or None when the issuer has none of that id; raise Refused (503) if nobody can tell."""
        if key_id not in self._keys or self._monotonic() - self._read > FRESH:
            await self._renew(key_id)
        if self._monotonic() - self._read > STALE:
            raise Refused(
                503,
                "The gateway cannot read Microsoft Entra ID's signing keys at the moment. Try again shortly.",
                retry_after=int(PAUSE),
            )
        return self._keys.get(key_id)

    async def _renew(self, key_id: str) -> None:
        async with self._lock:
            now = self._monotonic()
            if now - self._tried < PAUSE or (key_id in self._keys and now - self._read <= FRESH):
                return
            self._tried = now
            try:
                keys = _parse(await asyncio.to_thread(self._fetch, self._url))
            except (OSError, ValueError):
                return
            if keys:
                self._keys, self._read = keys, now


def _parse(text: bytes) -> dict[str, RSAPublicKey]:
    """Return the RSA signing keys of a JWKS by id, {} where there are none; raise ValueError for what is no JSON."""
    document: object = json.loads(text)
    entries = cast("dict[str, object]", document).get("keys") if isinstance(document, dict) else None
    keys: dict[str, RSAPublicKey] = {}
    for entry in cast("list[object]", entries) if isinstance(entries, list) else []:
        if not isinstance(entry, dict):
            continue
        jwk = cast("dict[str, object]", entry)
        name = jwk.get("kid")
        if jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig" or not isinstance(name, str):
            continue
        try:
            key = RSAAlgorithm.from_jwk(jwk)
        except (jwt.InvalidKeyError, ValueError, TypeError):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= _SHORTEST_KEY:
            keys[name] = key
    return keys
