"""Gateway tokens: at most 200 characters, forged, cut, expired, revoked and rotated ones, and the deny list."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from claude_byoc.contract.problems import ProblemsError
from claude_byoc.gateway.image import gateway_tokens
from claude_byoc.gateway.image.caller import Caller, Refused
from claude_byoc.gateway.image.gateway_tokens import (
    LONGEST,
    LONGEST_NAME,
    LONGEST_TEAM,
    DenyList,
    TokenVerifier,
    decode,
    encode,
    signed_part,
)
from claude_byoc.gateway.tokens import SigningKey, read, read_key

KEY, OTHER = (SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)) for n in (1, 2))
NOW = 1_800_000_000
ID = bytes(range(8))
TOKEN = KEY.sign(ID, NOW + 60, "finance-pilot", "finance")


def verifier(*keys: SigningKey, denied: DenyList | None = None, now: float = NOW) -> TokenVerifier:
    raw = [base64.b64decode(key.public) for key in keys]
    return TokenVerifier(raw, denied or DenyList([], None, lambda: 0), lambda: now)


def refusal(of: TokenVerifier, token: str) -> str:
    with pytest.raises(Refused) as refused:
        of.verify(token)
    assert refused.value.status == 401
    assert token not in refused.value.message
    return refused.value.message


def test_who_bears_a_token() -> None:
    assert verifier(KEY).verify(TOKEN) == Caller("token", ID.hex(), "finance-pilot", "finance")


@given(
    st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789._@-", min_size=1, max_size=LONGEST_NAME).filter(
        lambda name: name[0].isalnum()
    ),
    st.one_of(st.just(""), st.text("abcxyz-019", max_size=LONGEST_TEAM - 1).map(lambda rest: f"t{rest}")),
    st.integers(1, 2**32 - 1),
)
def test_every_token_fits_and_says_what_was_put_in(name: str, team: str, expires: int) -> None:
    token = KEY.sign(ID, expires, name, team)
    assert len(token) <= LONGEST
    found = read(token)
    assert (found.name, found.team, found.expires, found.key_id, found.token_id) == (
        name,
        team,
        expires,
        KEY.id,
        ID.hex(),
    )


def test_the_longest_token_has_200_characters() -> None:
    assert len(KEY.sign(ID, NOW, "n" * LONGEST_NAME, "t" * LONGEST_TEAM)) == LONGEST


def test_any_changed_character_makes_it_worthless() -> None:
    check = verifier(KEY)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place in range(len(TOKEN)):
        for letter in (alphabet[(alphabet.find(TOKEN[place]) + 1) % 64], "=", "\u00e9", " "):
            refusal(check, TOKEN[:place] + letter + TOKEN[place + 1 :])


@pytest.mark.parametrize("cut", [1, 2, 3, 10, 86, 100, 120])
def test_a_cut_token_is_none(cut: int) -> None:
    refusal(verifier(KEY), TOKEN[:-cut])
    refusal(verifier(KEY), TOKEN + TOKEN[:cut])


def test_a_token_of_another_key_is_refused_even_under_our_keys_name() -> None:
    assert "no longer valid" in refusal(verifier(KEY), OTHER.sign(ID, NOW + 60, "x"))
    claimed, _ = decode(TOKEN)
    forged = encode(claimed, OTHER.private.sign(signed_part(claimed)))
    assert "not genuine" in refusal(verifier(KEY), forged)


def test_a_signature_made_for_another_purpose_is_none() -> None:
    claimed, _ = decode(TOKEN)
    payload = signed_part(claimed).removeprefix(b"claude-byoc gateway token 1\x00")
    assert "not genuine" in refusal(verifier(KEY), encode(claimed, KEY.private.sign(payload)))


def test_it_expires_on_the_second() -> None:
    assert verifier(KEY, now=NOW + 59).verify(TOKEN)
    assert "expired" in refusal(verifier(KEY, now=NOW + 60), TOKEN)


def test_both_keys_count_while_they_rotate_and_the_old_one_no_longer_after() -> None:
    old, new = TOKEN, OTHER.sign(ID, NOW + 60, "x")
    both = verifier(KEY, OTHER)
    assert both.verify(old).name == "finance-pilot"
    assert both.verify(new).name == "x"
    assert "Ask for a new one" in refusal(verifier(OTHER), old)


def test_the_deny_list_is_read_again_when_it_changes(tmp_path: Path) -> None:
    clock = [0.0]
    file = tmp_path / "denied.txt"
    check = verifier(KEY, denied=DenyList([], file, lambda: clock[0]))
    assert check.verify(TOKEN)
    file.write_text(f"# revoked\n\nffff\n{ID.hex().upper()}  # finance-pilot\n")
    assert check.verify(TOKEN)  # looked at a moment ago
    clock[0] += 1
    assert "revoked" in refusal(check, TOKEN)
    file.unlink()
    clock[0] += 1
    refusal(check, TOKEN)  # a list that vanishes lets nobody back in
    file.write_text("")
    clock[0] += 1
    assert check.verify(TOKEN)


def test_a_list_in_the_settings_counts_too() -> None:
    assert "revoked" in refusal(verifier(KEY, denied=DenyList([ID.hex()], None, lambda: 0)), TOKEN)


def test_ten_thousand_tokens_take_no_more_memory_than_a_bounded_cache(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway_tokens, "_REMEMBERED", 10)
    check = verifier(KEY)
    for number in range(200):
        assert check.verify(KEY.sign(number.to_bytes(8), NOW + 60, f"n{number}")).name == f"n{number}"
    assert len(check._genuine) <= 10  # pyright: ignore[reportPrivateUsage] -- its size is what this is about


def test_what_is_remembered_still_expires() -> None:
    clock = [float(NOW)]
    check = TokenVerifier([base64.b64decode(KEY.public)], DenyList([], None, lambda: 0), lambda: clock[0])
    assert check.verify(TOKEN)
    clock[0] += 60
    assert "expired" in refusal(check, TOKEN)


@pytest.mark.parametrize(
    ("name", "team", "expires", "key"),
    [
        ("", "", NOW, "name"),
        ("n" * (LONGEST_NAME + 1), "", NOW, "name"),
        ("two words", "", NOW, "name"),
        ("x", "Finance", NOW, "--team"),
        ("x", "t" * (LONGEST_TEAM + 1), NOW, "--team"),
        ("x", "", 2**32, "--expires"),
    ],
)
def test_what_a_token_cannot_hold_is_told(name: str, team: str, expires: int, key: str) -> None:
    with pytest.raises(ProblemsError) as told:
        KEY.sign(ID, expires, name, team)
    assert [problem.key for problem in told.value.problems] == [key]


@pytest.mark.parametrize(
    "pem", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff"]
)
def test_what_is_no_signing_key_is_told(pem: bytes) -> None:
    with pytest.raises(ProblemsError, match="tokens keys new"):
        read_key(pem)


def test_a_signing_key_reads_back() -> None:
    assert read_key(KEY.pem()).public == KEY.public
