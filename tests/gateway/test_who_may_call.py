"""Credentials against the running gateway: gateway tokens, tokens of Entra and of the desktop app, revocation."""

import json
import time
from pathlib import Path

import httpx
import pytest

from claude_byoc.gateway.tokens import SigningKey, read
from tests.gateway.issuer import DESKTOP, Issuer
from tests.gateway.running import Running, body, token
from tests.gateway.test_conformance import as_answer, check_error

pytestmark = pytest.mark.gateway


def call(gateway: Running, credential: str, header: str = "authorization") -> httpx.Response:
    value = f"Bearer {credential}" if header == "authorization" else credential
    with gateway.client("none") as client:
        return client.post("/v1/messages", json=body(), headers={header: value})


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_somebody_signed_in_with_entra(gateway: Running, issuer: Issuer, header: str) -> None:
    count = len(gateway.records())
    assert call(gateway, issuer.token(), header).status_code == 200
    record = gateway.record_of("/anthropic/v1/messages", count)
    told = {"kind": "entra", "user": "person-1", "name": "ada@example.com", "team": "finance"}
    assert told.items() <= record.items()
    assert "person-1" not in json.dumps(gateway.fake.last())


def test_somebody_signed_in_with_the_desktop_app(gateway: Running, issuer: Issuer) -> None:
    count = len(gateway.records())
    assert call(gateway, issuer.token(aud=DESKTOP, scp=None)).status_code == 200
    assert gateway.record_of("/anthropic/v1/messages", count)["kind"] == "desktop"


def test_who_lacks_rights_gets_403_and_who_is_nobody_401(gateway: Running, issuer: Issuer) -> None:
    assert (
        "access_as_user" in check_error(as_answer(call(gateway, issuer.token(scp="openid"))), 403)["message"]
    )
    for claim, value in {"exp": 1, "aud": "other", "iss": "https://example.com", "tid": "other"}.items():
        check_error(as_answer(call(gateway, issuer.token("one", **{claim: value}))), 401)


def test_a_token_with_very_many_claims_still_fits_the_headers(gateway: Running, issuer: Issuer) -> None:
    large = issuer.token(groups=[f"{n:08}-2222-3333-4444-555555555555" for n in range(200)])
    assert len(large) > 8192
    assert call(gateway, large).status_code == 200


def test_an_expired_token_and_one_of_another_key(gateway: Running, signing_key: SigningKey) -> None:
    expired = token(signing_key, seconds=-1)
    assert "expired" in check_error(as_answer(call(gateway, expired)), 401)["message"]
    check_error(as_answer(call(gateway, gateway.token[:-4] + "AAAA")), 401)


def test_a_revoked_token_is_refused_without_a_restart(
    gateway: Running, signing_key: SigningKey, deny_list: Path
) -> None:
    mine, other = token(signing_key), token(signing_key)
    assert call(gateway, mine).status_code == 200
    deny_list.write_text(f"{read(mine).token_id}  # lost laptop\n")
    until = time.monotonic() + 10
    while call(gateway, mine).status_code == 200:
        assert time.monotonic() < until
    assert "revoked" in check_error(as_answer(call(gateway, mine)), 401)["message"]
    assert call(gateway, other).status_code == 200
