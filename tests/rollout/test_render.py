"""Manifests made from templates, read back by parsers that are not ours."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS, SECRET_KEYS
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.rollout.manifest import (
    builtin_template,
    check_host,
    check_manifest_xml,
    compose,
    identity,
    next_version,
    read_back,
    render,
)

from .conftest import READ_URLS, slot_urls

ID = "12345678-1234-1234-1234-1234567890ab"
VERSION = "1.0.0.7"
ALL = {key.name: key.example for key in MANIFEST_KEYS.values()}
ODD = {
    "gateway_url": "https://gw.contoso.com/a?b",
    "gateway_token": "&<>\"'~*%+#=é日 \U0001f600",
    "bootstrap_url": "https://b.contoso.com/{{gateway_url}}",
}
OFFICE = builtin_template("office")

Node = Callable[[str, Any], Any]


def made(template: bytes, values: dict[str, str]) -> bytes:
    return render(template, values, manifest_id=ID, version=VERSION)


@pytest.mark.parametrize("values", [ALL, ODD, {"entra_sso": "1"}, {"gateway_token": "t"}])
@pytest.mark.parametrize("slots", [2, 6], ids=["office", "outlook"])
def test_the_page_finds_every_value_where_it_belongs(
    values: dict[str, str], slots: int, mail_template: bytes, node: Node
) -> None:
    xml = made(OFFICE if slots == 2 else mail_template, values)
    pages = node(READ_URLS, slot_urls(xml))
    assert len(pages) == slots
    for page in pages:
        before = [(name, value) for name, value in page["before"] if name not in ("m", "x", "l")]
        wanted = [name for name in MANIFEST_KEYS if name in values]
        assert [name for name, _ in before] == [name for name in wanted if name not in SECRET_KEYS]
        assert [name for name, _ in page["after"]] == [name for name in wanted if name in SECRET_KEYS]
        assert dict(before) | dict(page["after"]) == values
    assert read_back(xml) == values


def test_nothing_else_changes_in_the_builtin_template() -> None:
    # Undoing what was asked for gives the template back, byte for byte.
    xml = made(OFFICE, ALL)
    undone = re.sub(rb'(unified-1\.0\.0\.12)[^"]*', rb"\1", xml)
    undone = undone.replace(ID.encode(), b"0" * 8 + b"-0000" * 3 + b"-" + b"0" * 12)
    assert undone.replace(VERSION.encode(), b"1.0.0.0", 1) == OFFICE


def test_the_tag_of_the_template_stays_first() -> None:
    assert all(
        url.startswith("https://pivot.claude.ai/?m=unified-1.0.0.12&gcp_project_id=")
        for url in slot_urls(made(OFFICE, ALL))
    )


def shape(xml: bytes) -> list[tuple[str, dict[str, str], str]]:
    hidden = {"DefaultValue", "Value"}
    return [
        (
            e.tag,
            {k: v for k, v in e.attrib.items() if k not in hidden},
            "" if e.tag.endswith(("}Id", "}Version")) else (e.text or ""),
        )
        for e in ET.fromstring(xml).iter()
    ]


def test_namespaces_and_everything_besides_the_slots_stay(mail_template: bytes) -> None:
    xml = made(mail_template, ALL)
    assert shape(xml) == shape(mail_template)
    assert b"<mail:VersionOverrides" in xml
    assert b'<VersionOverrides xmlns="http://schemas.microsoft.com/office/mailappversionoverrides/1.1"' in xml
    assert b"<!-- made by hand" in xml
    assert b"Mail &amp; more" in xml
    assert b'Help.Url" DefaultValue="https://a.example/help"' in xml
    assert b'Value="Ein Test"' in xml


def test_id_and_version_are_replaced(mail_template: bytes) -> None:
    for template in (OFFICE, mail_template):
        assert identity(render(template, {}, manifest_id=ID.upper(), version=VERSION)) == (ID, VERSION)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert made(OFFICE, ALL) == made(OFFICE, dict(reversed(ALL.items())))


def test_utf_16_is_read() -> None:
    text = OFFICE.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert read_back(made(text.encode("utf-16"), ALL)) == ALL


BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE OfficeApp [<!ENTITY a "aaaaaaaaaa">%s]><OfficeApp>&j;</OfficeApp>"""
    % (b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)))
)

REFUSED = [
    (b"", "not well-formed"),
    (b"not xml", "not well-formed"),
    (b"<OfficeApp>", "not well-formed"),
    (b"<OfficeApp a='&x;'/>", "not well-formed"),
    (b"<?xml version='1.0' encoding='klingon'?><OfficeApp/>", "not well-formed"),
    (b"<html/>", "is an HTML page"),
    (b"<htmlish/>", "root element htmlish"),
    (b"PK\x03\x04rest", "is a zip archive"),
    (b"<OfficeApp/>", "SourceLocation"),
    (OFFICE.replace(b"Taskpane.Url", b"Other.Url"), "bt:Url with the id Taskpane.Url"),
    (
        OFFICE.replace(b"<SourceLocation DefaultValue", b"<SourceLocation Value"),
        "SourceLocation with DefaultValue",
    ),
    (OFFICE.replace(b"unified-1.0.0.12", b"unified-1.0.0.12#x"), "`#` part"),
    (
        OFFICE.replace(b"unified-1.0.0.12", b"unified-1.0.0.12&amp;gateway_url=y"),
        "carries configuration already",
    ),
    (OFFICE.replace(b"https://pivot.claude.ai/?m", b"http://pivot.claude.ai/?m"), "not https"),
    (OFFICE.replace(b"https://pivot.claude.ai/?m", b"https://[/?m"), "not https"),
    (re.sub(rb"<Version>.*</Version>", b"", OFFICE), "has no Version"),
    (re.sub(rb"<Id>.*</Id>", b"", OFFICE), "has no Id"),
    (OFFICE.replace(b"<OfficeApp", b"<!DOCTYPE OfficeApp><OfficeApp", 1), "DOCTYPE"),
    (BOMB, "DOCTYPE"),
    (BOMB.decode().encode("utf-16"), "DOCTYPE"),
    (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><OfficeApp/>', "DOCTYPE"),
    (b"<OfficeApp>" + b" " * 1_100_000 + b"</OfficeApp>", "bytes"),
    (b"<OfficeApp>" * 5000, "not well-formed"),
]


@pytest.mark.parametrize(("template", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_templates_that_are_refused(template: bytes, why: str) -> None:
    with pytest.raises(ProblemsError) as refusal:
        made(template, {"entra_sso": "1"})
    assert why in str(refusal.value)
    assert {problem.key for problem in refusal.value.problems} == {"template"}


def test_filling_in_twice_is_refused() -> None:
    with pytest.raises(ProblemsError, match="carries configuration already: entra_sso"):
        made(made(OFFICE, {"entra_sso": "1"}), {"entra_sso": "0"})


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ProblemsError) as refusal:
        render(OFFICE.replace(b"unified-1.0.0.12", b"x#y"), {"bogus": "1"}, manifest_id="{x}", version="1.0")
    assert {problem.key for problem in refusal.value.problems} == {"template", "bogus", "id", "version"}


def test_url_budget() -> None:
    room = 2048 - compose(OFFICE, {"gateway_token": ""}, manifest_id=ID, version=VERSION).url_length
    assert (
        compose(OFFICE, {"gateway_token": "x" * (room - 48)}, manifest_id=ID, version=VERSION).warnings == ()
    )
    full = compose(OFFICE, {"gateway_token": "x" * room}, manifest_id=ID, version=VERSION)
    assert full.url_length == 2048
    assert max(map(len, slot_urls(full.xml))) == 2048
    assert [problem.severity for problem in full.warnings] == ["warning"]
    with pytest.raises(ProblemsError, match="has 2049 characters"):
        made(OFFICE, {"gateway_token": "x" * (room + 1)})


def test_the_advice_names_what_is_long_and_nothing_secret() -> None:
    servers = '[{"url":"https://mcp.contoso.com","label":"%s"}]' % ("hunter2" * 300)
    with pytest.raises(ProblemsError) as refusal:
        made(OFFICE, {"mcp_servers": servers, "available_models": "a"})
    assert re.search(
        r"bootstrap_url \(a new one of at most \d+ characters\) what is long: mcp_servers \(\d+ characters\)",
        str(refusal.value),
    )
    assert "hunter2" not in str(refusal.value)


def test_a_file_with_a_fragment_holds_a_secret() -> None:
    assert compose(OFFICE, {"gateway_token": "t"}, manifest_id=ID, version=VERSION).secret
    assert not compose(OFFICE, {"gateway_url": "https://x"}, manifest_id=ID, version=VERSION).secret


def test_slots_that_differ_are_not_read_back() -> None:
    xml = made(OFFICE, {"entra_sso": "1"})
    with pytest.raises(ProblemsError, match="different values"):
        read_back(xml.replace(b"entra_sso=1", b"entra_sso=0", 1))


def test_outlook_has_no_builtin_template(mail_template: bytes) -> None:
    with pytest.raises(
        ProblemsError, match=re.escape("pass --template https://pivot.claude.ai/manifest-outlook-3p.xml")
    ):
        builtin_template("outlook")
    assert check_host(OFFICE, "office") == check_host(mail_template, "outlook") == []
    assert check_host(OFFICE, "outlook")
    assert check_host(mail_template, "office")


@pytest.mark.parametrize(
    ("version", "following"),
    [
        ("1.0.0.0", "1.0.0.1"),
        ("1.0.0.99999", "1.0.1.0"),
        ("1.0.99999.99999", "1.1.0.0"),
        ("1.2", "1.2.0.1"),
        ("0.9.0.0", "1.9.0.1"),
    ],
)
def test_next_version(version: str, following: str) -> None:
    assert next_version(version) == following


@pytest.mark.parametrize("version", ["", "a.b", "1..2", ".1", "1."])
def test_a_version_that_cannot_rise(version: str) -> None:
    with pytest.raises(ProblemsError, match="not numeric"):
        next_version(version)


@given(st.dictionaries(st.sampled_from(sorted(MANIFEST_KEYS)), st.text(max_size=40), max_size=5))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_survives(values: dict[str, str]) -> None:
    xml = made(OFFICE, values)
    assert read_back(xml) == values
    assert check_manifest_xml(xml) == []
