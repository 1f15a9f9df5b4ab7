"""Tokens of Entra, from a test issuer: whose are accepted, whose are not, and what happens to its keys."""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from claude_byoc.gateway.image.caller import Caller, Refused
from claude_byoc.gateway.image.entra import LARGEST, EntraSettings, EntraVerifier
from claude_byoc.gateway.image.signing_keys import FRESH, PAUSE, STALE, SigningKeys

TENANT, APP, DESKTOP = (f"{n * 8}-2222-3333-4444-555555555555" for n in "189")
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
NOW = 1_800_000_000
KEYS = {name: rsa.generate_private_key(65537, 2048) for name in ("one", "two", "stranger")}
SETTINGS = EntraSettings(
    tenant_id=TENANT,
    issuers=[ISSUER, f"https://sts.windows.net/{TENANT}/"],
    audiences=[APP, f"api://{APP}"],
    scopes=["access_as_user"],
    desktop_client_ids=[DESKTOP],
    teams={"Claude.Finance": "finance"},
)
CLAIMS: Mapping[str, Any] = {
    "iss": ISSUER, "aud": APP, "tid": TENANT, "exp": NOW + 3600, "nbf": NOW - 10, "iat": NOW - 10, "oid": "person-1",
    "sub": "pairwise", "scp": "openid access_as_user", "preferred_username": "ada@example.com",
    "roles": ["Claude.Finance"],
}  # fmt: skip


class Issuer:
    """The tenant's keys as it publishes them, and a clock."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.down = False
        self.fetched = 0
        self.clock = 0.0

    def fetch(self, url: str) -> bytes:
        assert url == "https://keys"
        self.fetched += 1
        if self.down:
            raise OSError("no answer")
        keys: list[dict[str, Any]] = [
            {"kty": "EC", "kid": "ec", "crv": "P-256", "x": "AA", "y": "AA"},
            {"kty": "RSA", "kid": "bad"},
        ]
        for name in self.names:
            public = json.loads(RSAAlgorithm.to_jwk(KEYS[name].public_key()))
            keys.append({**public, "kid": name, "use": "sig"})
        return json.dumps({"keys": keys}).encode()

    def verifier(self, settings: EntraSettings = SETTINGS) -> EntraVerifier:
        return EntraVerifier(
            settings, SigningKeys("https://keys", lambda: self.clock, self.fetch), lambda: NOW
        )


def token(key: str = "one", kid: str | None = None, **changes: object) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return jwt.encode(claims, KEYS[key], algorithm="RS256", headers={"kid": kid or key})


def verify(text: str, issuer: Issuer | None = None, settings: EntraSettings = SETTINGS) -> Caller:
    return asyncio.run((issuer or Issuer("one")).verifier(settings).verify(text))


def refusal(text: str, settings: EntraSettings = SETTINGS, issuer: Issuer | None = None) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        verify(text, issuer, settings)
    assert text not in refused.value.message
    return refused.value.status, refused.value.message


def unsigned(header: dict[str, Any], claims: Mapping[str, Any] = CLAIMS, signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(dict(claims)).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_an_access_token_of_the_app() -> None:
    assert verify(token()) == Caller("entra", "person-1", "ada@example.com", "finance")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": f"api://{APP}"},
        {
            "iss": f"https://sts.windows.net/{TENANT}/",
            "ver": "1.0",
            "preferred_username": None,
            "upn": "ada@example.com",
        },
        {"exp": NOW - 100, "nbf": NOW - 4000},  # within the skew
        {"nbf": NOW + 100},
        {"tid": TENANT.upper()},
    ],
    ids=["api://", "v1.0", "just expired", "clock ahead", "upper case"],
)
def test_every_spelling_of_a_valid_one(changes: dict[str, Any]) -> None:
    assert verify(token(**changes)).user == "person-1"


def test_the_desktop_apps_id_token_needs_no_scope() -> None:
    caller = verify(token(aud=DESKTOP, scp=None, roles=None))
    assert (caller.kind, caller.team) == ("desktop", "")


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (token(exp=NOW - 121), 401, "expired"),
        (token(exp=None), 401, "no expiry"),
        (token(exp="tomorrow"), 401, "no expiry"),
        (token(nbf=NOW + 121), 401, "clock"),
        (token(iss="https://login.microsoftonline.com/other/v2.0"), 401, "another tenant"),
        (token(iss="https://login.microsoftonline.us/" + TENANT + "/v2.0"), 401, "another Microsoft cloud"),
        (token(tid="99999999-2222-3333-4444-555555555555"), 401, "another tenant"),
        (token(tid=None), 401, "another tenant"),
        (token(aud="00000003-0000-0000-c000-000000000000"), 401, APP),
        (token(aud=[APP]), 401, "another application"),
        (token(aud=None), 401, "another application"),
        (token(scp="openid"), 403, "access_as_user"),
        (token(scp=None), 403, "access_as_user"),
        (token(oid=None, sub=None), 401, "who signed in"),
        (token("stranger"), 401, "not signed by"),
        (token("stranger", kid="one"), 401, "signature"),
        (unsigned({"alg": "none", "kid": "one"}), 401, "RS256"),
        (unsigned({"alg": "None", "kid": "one"}), 401, "RS256"),
        (unsigned({"alg": "RS256", "kid": "one"}), 401, "signature"),
        (unsigned({"alg": "RS256"}), 401, "RS256"),
        (unsigned({"alg": "RS256", "kid": 7}), 401, ""),
        ("a.b.c", 401, "neither"),
        ("..", 401, "neither"),
        (token(wids=["x" * LARGEST]), 401, "larger"),
    ],
)  # fmt: skip
def test_whose_tokens_are_refused(text: str, status: int, said: str) -> None:
    found, message = refusal(text)
    assert (found, said in message) == (status, True), message


def test_a_public_key_is_no_hmac_secret() -> None:
    """The confusion of algorithms: HS256 with the published key as the secret."""
    header = (
        base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "one"}).encode()).decode().rstrip("=")
    )
    claims = base64.urlsafe_b64encode(json.dumps(dict(CLAIMS)).encode()).decode().rstrip("=")
    pem = (
        KEYS["one"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    mac = hmac.HMAC(pem, hashes.SHA256())
    mac.update(f"{header}.{claims}".encode())
    signature = base64.urlsafe_b64encode(mac.finalize()).decode().rstrip("=")
    status, message = refusal(f"{header}.{claims}.{signature}")
    assert (status, "RS256" in message) == (401, True)


def test_an_app_role_may_be_needed() -> None:
    settings = replace(SETTINGS, roles=["Claude.User", "Claude.Finance"])
    assert verify(token(), settings=settings)
    for roles in (["Other"], None, "Claude.User"):
        status, message = refusal(token(roles=roles), settings)
        assert status == 403
        assert "Claude.User or Claude.Finance" in message


def run(check: Callable[[EntraVerifier, Issuer], Any], *names: str) -> Issuer:
    issuer = Issuer(*names)
    asyncio.run(check(issuer.verifier(), issuer))
    return issuer


def test_keys_are_read_once_and_again_when_they_roll_over() -> None:
    async def check(verifier: EntraVerifier, issuer: Issuer) -> None:
        for _ in range(50):
            await verifier.verify(token())
        assert issuer.fetched == 1
        issuer.names = ["two"]
        issuer.clock += PAUSE
        assert (await verifier.verify(token("two"))).user == "person-1"
        with pytest.raises(Refused, match="withdrawn"):
            await verifier.verify(token("one"))

    assert run(check, "one").fetched == 2


def test_unknown_key_ids_are_no_flood_to_the_issuer() -> None:
    async def check(verifier: EntraVerifier, _issuer: Issuer) -> None:
        async def unknown(number: int) -> None:
            with pytest.raises(Refused):
                await verifier.verify(token("stranger", kid=f"k{number}"))

        await asyncio.gather(*(unknown(number) for number in range(100)))

    assert run(check, "one").fetched == 1


def test_an_issuer_that_is_down_costs_nothing_at_first_and_everything_after_a_day() -> None:
    async def check(verifier: EntraVerifier, issuer: Issuer) -> None:
        await verifier.verify(token())
        issuer.down = True
        issuer.clock += FRESH + 1
        assert await verifier.verify(token())
        issuer.clock += STALE
        with pytest.raises(Refused) as refused:
            await verifier.verify(token())
        assert (refused.value.status, refused.value.retry_after) == (503, 30)
        issuer.down = False
        issuer.clock += PAUSE
        assert await verifier.verify(token())

    run(check, "one")


def test_an_issuer_that_never_answered_is_503() -> None:
    issuer = Issuer("one")
    issuer.down = True
    assert refusal(token(), issuer=issuer)[0] == 503


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"[]", b"{}", b'{"keys": 1}', b'{"keys": [1, {"kty": "RSA"}]}']
)
def test_an_answer_that_is_no_key_set_leaves_the_old_keys(answer: bytes) -> None:
    async def check(verifier: EntraVerifier, issuer: Issuer) -> None:
        await verifier.verify(token())
        issuer.fetch = lambda _: answer  # type: ignore[method-assign]
        issuer.clock += FRESH + 1
        assert await verifier.verify(token())

    run(check, "one")
