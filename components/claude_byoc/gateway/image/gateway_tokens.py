"""Gateway tokens: named, expiring, signed with Ed25519, at most 200 characters, verified without a list.

A token is `byoc_` and the base64url (no padding) of payload + signature. The payload: key id (4 bytes), token id
(8), expiry in Unix seconds (4), length of the name (1), name, team. Only what is signed is trusted; which tokens
are revoked is a list of token ids, which is as long as the revocations, not as the tokens.
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .caller import Caller, Refused

PREFIX = "byoc_"
LONGEST = 200
"""Characters; a directory extension attribute holds 256, and the manifest has a budget for its URL."""
LONGEST_NAME = 34
LONGEST_TEAM = 31

_DOMAIN = b"claude-byoc gateway token 1\x00"
"""Signed with the payload, so that no signature made for another purpose is one of a token."""
_HEAD = struct.Struct(">4s8sIB")
_SIGNATURE = 64
_REMEMBERED = 4096
"""Tokens whose signature is not verified anew; expiry and revocation are looked at every time."""


@dataclass(frozen=True)
class GatewayToken:
    """What a token says. `key_id` (8 hex digits) and `token_id` (16) name its signing key and itself."""

    key_id: str
    token_id: str
    expires: int
    name: str
    team: str


def key_id(public_key: bytes) -> str:
    """Return the id of a signing key from its raw public key (32 bytes)."""
    return hashlib.sha256(public_key).hexdigest()[:8]


def signed_part(token: GatewayToken) -> bytes:
    """Return the bytes that are signed for a token."""
    return _DOMAIN + _payload(token)


def encode(token: GatewayToken, signature: bytes) -> str:
    """Return the token as its bearer sends it."""
    blob = base64.urlsafe_b64encode(_payload(token) + signature)
    return PREFIX + blob.rstrip(b"=").decode("ascii")


def decode(text: str) -> tuple[GatewayToken, bytes]:
    """Return what a token says, unverified, and its signature; raise ValueError for what is none."""
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        raise ValueError("not a gateway token")
    body = text.removeprefix(PREFIX)
    try:
        blob = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not a gateway token") from error
    payload, signature = blob[:-_SIGNATURE], blob[-_SIGNATURE:]
    if len(payload) < _HEAD.size:
        raise ValueError("not a gateway token")
    key, token, expires, length = _HEAD.unpack_from(payload)
    names = payload[_HEAD.size :]
    try:
        found = GatewayToken(
            key.hex(), token.hex(), expires, names[:length].decode(), names[length:].decode()
        )
    except UnicodeDecodeError as error:
        raise ValueError("not a gateway token") from error
    # base64 has several spellings of some bytes; one token has one spelling.
    if encode(found, signature) != text:
        raise ValueError("not a gateway token")
    return found, signature


def _payload(token: GatewayToken) -> bytes:
    name = token.name.encode()
    head = _HEAD.pack(bytes.fromhex(token.key_id), bytes.fromhex(token.token_id), token.expires, len(name))
    return head + name + token.team.encode()


class DenyList:
    """Ids of revoked tokens: those given, and those in a file that is read again whenever it changes.

    The file has one id a line; text after `#` is a comment. A file that vanishes or cannot be read leaves the ids
    read last in force: a revoked token must not come back because a mount was slow. The file is looked at once
    per `interval` seconds at most.
    """

    def __init__(
        self, ids: Iterable[str], file: Path | None, monotonic: Callable[[], float], interval: float = 1.0
    ) -> None:
        self._fixed = frozenset(ids)
        self._file = file
        self._monotonic = monotonic
        self._interval = interval
        self._looked = float("-inf")
        self._seen: tuple[int, int, int] | None = None
        self._read: frozenset[str] = frozenset()

    def __contains__(self, token_id: str) -> bool:
        if self._file is not None and self._monotonic() - self._looked >= self._interval:
            self._looked = self._monotonic()
            self._reload(self._file)
        return token_id in self._fixed or token_id in self._read

    def _reload(self, file: Path) -> None:
        try:
            state = file.stat()
            version = (state.st_ino, state.st_mtime_ns, state.st_size)
            if version == self._seen:
                return
            lines = file.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return
        self._seen = version
        self._read = frozenset(word for line in lines if (word := line.partition("#")[0].strip().lower()))


class TokenVerifier:
    """Verifies gateway tokens against one public key, or two while keys rotate."""

    def __init__(self, public_keys: Iterable[bytes], denied: DenyList, now: Callable[[], float]) -> None:
        self._keys: Mapping[str, Ed25519PublicKey] = {
            key_id(raw): Ed25519PublicKey.from_public_bytes(raw) for raw in public_keys
        }
        self._denied = denied
        self._now = now
        self._genuine: dict[str, GatewayToken] = {}

    def verify(self, text: str) -> Caller:
        """Return who bears the token; raise Refused (401) for any other."""
        token = self._genuine.get(text) or self._check(text)
        if token.expires <= self._now():
            raise Refused(401, f"The gateway token {token.name} has expired. Ask for a new one.")
        if token.token_id in self._denied:
            raise Refused(401, f"The gateway token {token.name} has been revoked. Ask for a new one.")
        return Caller("token", token.token_id, token.name, token.team)

    def _check(self, text: str) -> GatewayToken:
        """Return what a genuine token says, and remember it: a signature costs more than all the rest."""
        try:
            token, signature = decode(text)
        except ValueError:
            raise Refused(
                401, "This is not a whole gateway token. Copy it again, from byoc_ to its end."
            ) from None
        key = self._keys.get(token.key_id)
        if key is None:
            raise Refused(
                401, "This gateway token was signed with a key that is no longer valid. Ask for a new one."
            )
        try:
            key.verify(signature, signed_part(token))
        except InvalidSignature:
            raise Refused(
                401, "This gateway token is not genuine. Copy it again, or ask for a new one."
            ) from None
        if len(self._genuine) >= _REMEMBERED:
            self._genuine.clear()
        self._genuine[text] = token
        return token
