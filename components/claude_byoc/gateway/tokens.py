"""Making and reading gateway tokens and their signing keys. What verifies them runs in image/gateway_tokens.py."""

import base64
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from claude_byoc.contract.problems import Problem, ProblemsError
from claude_byoc.gateway.image.gateway_tokens import (
    LONGEST_NAME,
    LONGEST_TEAM,
    GatewayToken,
    decode,
    encode,
    key_id,
    signed_part,
)

NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._@-]{{0,{LONGEST_NAME - 1}}}")
TEAM = re.compile(rf"[a-z][a-z0-9-]{{0,{LONGEST_TEAM - 1}}}")
_LATEST = 2**32


@dataclass(frozen=True)
class SigningKey:
    """A private key that signs tokens."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public key as the settings take it: base64 of 32 bytes."""
        return base64.b64encode(self.private.public_key().public_bytes_raw()).decode("ascii")

    @property
    def id(self) -> str:
        """The id by which tokens name it: 8 hexadecimal digits."""
        return key_id(self.private.public_key().public_bytes_raw())

    def pem(self) -> bytes:
        """Return the private key as PEM (PKCS 8, not encrypted): a secret."""
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, token_id: bytes, expires: int, name: str, team: str = "") -> str:
        """Return a token. `token_id` are 8 random bytes, `expires` Unix seconds.

        Raises ProblemsError for a name, team or expiry that a token cannot hold.
        """
        if problems := check(name, team, expires):
            raise ProblemsError(problems)
        token = GatewayToken(self.id, token_id.hex(), expires, name, team)
        return encode(token, self.private.sign(signed_part(token)))


def new_key() -> SigningKey:
    """Return a new signing key."""
    return SigningKey(Ed25519PrivateKey.generate())


def read_key(pem: bytes) -> SigningKey:
    """Return the signing key in a PEM text; raise ProblemsError for any other content."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        cure = "make one with `claude-byoc tokens keys new -o FILE`"
        raise ProblemsError([Problem("signing key", "is no Ed25519 private key in PEM, without a password",
                                     "-----BEGIN PRIVATE KEY-----", cure)])  # fmt: skip
    return SigningKey(key)


def read(text: str) -> GatewayToken:
    """Return what a token says, without knowing whether it is genuine; raise ProblemsError for what is none."""
    try:
        return decode(text.strip())[0]
    except ValueError:
        raise ProblemsError([
            Problem("token", "is not a whole gateway token", "byoc_ and 190 characters or so", "copy it again")
        ]) from None  # fmt: skip


def check(name: str, team: str, expires: int) -> list[Problem]:
    """Return what a token could not hold."""
    found: list[Problem] = []
    if not NAME.fullmatch(name):
        allowed = f"1 to {LONGEST_NAME} letters, digits and . _ @ -"
        found.append(Problem("name", "is not valid", allowed, "choose who or what the token is for"))
    if team and not TEAM.fullmatch(team):
        allowed = f"a lower-case letter, then letters, digits and hyphens, {LONGEST_TEAM} at most"
        found.append(Problem("--team", "is not valid", allowed, "name a team as in the settings"))
    if not 0 < expires < _LATEST:
        found.append(Problem("--expires", "is out of range", "before 2106", "choose an earlier date"))
    return found
