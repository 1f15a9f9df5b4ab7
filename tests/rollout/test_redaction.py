"""The redacted copy: no planted secret survives in any spelling, and it is still the same manifest."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS, SECRET_KEYS
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.rollout.manifest import (
    builtin_template,
    check_manifest_xml,
    identity,
    read_back,
    redact,
    render,
)

from .conftest import READ_URLS, slot_urls

ID = "12345678-1234-1234-1234-1234567890ab"
OFFICE = builtin_template("office")
SECRET = "hunter2/Top+Secret~*é=="
PLAIN = {name: key.example for name, key in MANIFEST_KEYS.items() if name not in SECRET_KEYS}

Node = Callable[[str, Any], Any]


def values_with(secret: str) -> dict[str, str]:
    return {
        **PLAIN,
        "gateway_token": secret,
        "azure_api_key": secret + "0",
        "google_client_secret": "GOCSPX-" + secret,
        "otlp_headers": f"x-a=b,authorization=Bearer {secret}",
        "inference_headers": json.dumps({"x-team": secret}),
        "mcp_servers": json.dumps(
            [{"url": "https://m.contoso.com", "label": "m", "headers": {"authorization": f"Bearer {secret}"}}]
        ),
    }


def spellings(secret: str) -> dict[str, str]:
    """How a secret may be written, told without the redactor's own code; each with the part that must go."""
    raw = secret.encode()
    escaped = secret.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    whole = {secret, escaped, quote(secret, safe=""), quote(secret), quote_plus(secret)}
    whole |= {
        quote(secret, safe="").lower(),
        json.dumps(secret)[1:-1],
        quote(quote(secret, safe=""), safe=""),
    }
    whole |= {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    whole.add(urlencode({"": secret})[1:])
    found = {one: one.rstrip("=")[:-1] if one.endswith("=") and one != secret else one for one in whole}
    # Behind a user name, as HTTP Basic writes it; the first and last characters depend on the neighbours.
    for user in (b"a:", b"ab:", b"abc:"):
        start = len(base64.b64encode(user).rstrip(b"="))
        behind = base64.b64encode(user + raw).decode()
        found[behind] = behind.rstrip("=")[start:-1]
    return {planted: part for planted, part in found.items() if len(part) >= 6}


def assert_gone(secret: str, xml: bytes) -> None:
    text = xml.decode().lower()
    assert [part for part in spellings(secret).values() if part.lower() in text] == []


def made(values: dict[str, str], template: bytes = OFFICE) -> bytes:
    return render(template, values, manifest_id=ID, version="1.2.3.4")


@pytest.mark.parametrize("slots", [2, 6], ids=["office", "outlook"])
def test_every_secret_is_replaced_and_nothing_else(slots: int, mail_template: bytes, node: Node) -> None:
    xml = made(values_with(SECRET), OFFICE if slots == 2 else mail_template)
    copy = redact(xml)
    assert_gone(SECRET, copy)
    assert identity(copy) == identity(xml) == (ID, "1.2.3.4")
    assert read_back(copy) == {**PLAIN, **dict.fromkeys(SECRET_KEYS, "REDACTED")}
    for page in node(READ_URLS, slot_urls(copy)):
        assert dict(page["after"]) == dict.fromkeys(SECRET_KEYS, "REDACTED")
        assert {**PLAIN, **dict(page["before"])} == dict(page["before"])
    assert set(check_manifest_xml(copy)) == set(check_manifest_xml(xml))
    assert redact(copy) == copy


def test_without_a_secret_nothing_changes() -> None:
    xml = made(PLAIN)
    assert redact(xml) == xml


PLACES: dict[str, Callable[[bytes, str], bytes]] = {
    "query of the task pane": lambda xml, s: xml.replace(
        b"unified-1.0.0.12", f"unified-1.0.0.12&amp;Gateway_Token={s}".encode()
    ),
    "percent-encoded name": lambda xml, s: xml.replace(
        b"unified-1.0.0.12", f"unified-1.0.0.12&amp;gateway%5Ftoken={s}".encode()
    ),
    "inside another value": lambda xml, s: xml.replace(
        b"unified-1.0.0.12",
        b"unified-1.0.0.12&amp;bootstrap_url="
        + quote(f"https://b.contoso.com/?gateway_token={s}&x=1", safe="").encode(),
    ),
    "fragment of another URL": lambda xml, s: xml.replace(
        b'icon-32.png"', f'icon-32.png#azure_api_key={s}"'.encode()
    ),
    "unknown fragment key": lambda xml, s: xml.replace(b'icon-32.png"', f'icon-32.png#new_key={s}"'.encode()),
    "bare fragment": lambda xml, s: xml.replace(b'icon-32.png"', f'icon-32.png#{s}"'.encode()),
    "comment": lambda xml, s: xml.replace(b"<Id>", f"<!-- gateway_token={s} of May --><Id>".encode()),
    "JSON in a comment": lambda xml, s: xml.replace(
        b"<Id>", f'<!-- {{"otlp_headers": "{s}"}} --><Id>'.encode()
    ),
    "comment before the root": lambda xml, s: xml.replace(
        b"<OfficeApp", f"<!-- azure_api_key={s} --><OfficeApp".encode(), 1
    ),
    "URL in prose": lambda xml, s: xml.replace(
        b'Description DefaultValue="',
        f'Description DefaultValue="see https://a.b/?gateway_token={s} '.encode(),
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_key_wherever_it_stands(place: str) -> None:
    secret = "hunter2hunter2"
    xml = PLACES[place](made({"entra_sso": "1"}), secret)
    assert secret.encode() in xml
    copy = redact(xml)
    assert_gone(secret, copy)
    assert identity(copy) == identity(xml)
    assert b"entra_sso=1" in copy


@pytest.mark.parametrize("spelling", sorted(spellings(SECRET)))
def test_a_known_secret_in_any_spelling(spelling: str) -> None:
    written = spelling.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    xml = made({"gateway_token": SECRET})
    xml = xml.replace(b'Description DefaultValue="', f'Description DefaultValue="x {written} y '.encode())
    copy = redact(xml)
    assert spellings(SECRET)[spelling].lower() not in copy.decode().lower()
    assert_gone(SECRET, copy)


def test_hosts_stay_even_when_a_header_names_one() -> None:
    values = {
        "inference_headers": json.dumps({"x-app": "Claude", "referer": "https://pivot.claude.ai/icon-32.png"})
    }
    xml = made(values)
    copy = redact(xml)
    assert all(url.startswith("https://pivot.claude.ai/?m=") for url in slot_urls(copy))
    assert b'IconUrl DefaultValue="https://pivot.claude.ai/REDACTED"' in copy
    assert set(check_manifest_xml(copy)) == set(check_manifest_xml(xml))


def test_what_is_no_manifest_is_refused() -> None:
    for xml in (b"", b"<html/>", b"<!DOCTYPE x><OfficeApp/>"):
        with pytest.raises(ProblemsError):
            redact(xml)


# Long and mixed enough that no manifest has it by itself.
TOKENS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cn", "Co"]),
    min_size=12,
    max_size=40,
).map(lambda text: f"q7{text}")


@given(TOKENS, st.lists(st.sampled_from(sorted(SECRET_KEYS)), min_size=1, unique=True))
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@example("q7&amp;<\"'>&#x41;%41+ ~*", ["gateway_token"])
@example("q7=a,b=c,d={}[]", ["otlp_headers", "mcp_servers"])
def test_no_planted_secret_survives(secret: str, keys: list[str]) -> None:
    values = {"entra_sso": "1"} | {key: value for key, value in values_with(secret).items() if key in keys}
    planted = {"mcp_servers", "inference_headers"} & set(keys)
    try:
        xml = made(values)
    except ProblemsError:  # longer than a URL may be
        return
    copy = redact(xml)
    assert read_back(copy) == {"entra_sso": "1"} | dict.fromkeys(keys, "REDACTED")
    assert check_manifest_xml(copy) == []
    assert identity(copy) == (ID, "1.2.3.4")
    assert_gone(secret, copy)
    if planted == set(keys):
        assert_gone(json.dumps(secret)[1:-1], copy)
