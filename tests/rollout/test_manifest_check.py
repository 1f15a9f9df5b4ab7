"""The rules for manifests, each shown by a manifest that breaks it alone."""

import pytest

from claude_byoc.contract.problems import errors
from claude_byoc.rollout.manifest import builtin_template, check_manifest_xml, render

OFFICE = render(
    builtin_template("office"),
    {"gateway_url": "https://gw.contoso.com"},
    manifest_id="12345678-1234-1234-1234-1234567890ab",
    version="1.0.0.7",
)

# name, text to replace, its replacement, word of the error (None: a warning is enough)
BROKEN: list[tuple[str, bytes, bytes, str]] = [
    ("id", b"12345678-1234", b"xyz", "valid Id"),
    ("version-three-parts", b"1.0.0.7", b"1.0.7", "valid Version"),
    ("version-six-digits", b"1.0.0.7", b"1.0.0.777777", "valid Version"),
    ("version-below-one", b"1.0.0.7", b"0.9.0.7", "Version below 1"),
    ("locale", b">en-US<", b">english language<", "DefaultLocale"),
    ("provider", b">Anthropic<", b"><", "ProviderName"),
    (
        "name-too-long",
        b'DisplayName DefaultValue="Claude"',
        b'DisplayName DefaultValue="' + b"x" * 126 + b'"',
        "DisplayName",
    ),
    ("no-description", b'<Description DefaultValue="Claude in Microsoft Office"/>', b"", "no Description"),
    ("icon-http", b'IconUrl DefaultValue="https://', b'IconUrl DefaultValue="http://', "IconUrl"),
    ("support-relative", b'"https://support.claude.com"', b'"/help"', "SupportUrl"),
    ("permissions", b"ReadWriteDocument", b"ReadWriteItem", "Permissions"),
    ("type", b'xsi:type="TaskPaneApp"', b'xsi:type="ContentApp"', "xsi:type"),
    (
        "order",
        b"<Permissions>ReadWriteDocument</Permissions>",
        b"<Id/><Permissions>ReadWriteDocument</Permissions>",
        "order",
    ),
    ("host-missing-on-top", b'<Host Name="Document"/>', b"", "VersionOverrides"),
    (
        "host-unknown",
        b'<Host Name="Document"/>',
        b'<Host Name="Document"/><Host Name="Visio"/>',
        "unknown hosts",
    ),
    (
        "dangling-resid",
        b'String id="CommandsGroup.Label"',
        b'String id="Other.Label"',
        "refers to the resource CommandsGroup.Label",
    ),
    ("duplicate-resource", b'Image id="Icon.16x16"', b'Image id="Icon.32x32"', "Icon.32x32 twice"),
    ("resid-too-long", b'"GetStarted.Title"', b'"' + b"x" * 33 + b'"', "resource ids"),
    ("string-too-long", b'"Open Claude beside your work"', b'"' + b"x" * 251 + b'"', "String"),
    ("icon-size", b'<bt:Image size="80" resid="Icon.80x80"/>', b"", "sizes 16, 32, 80"),
    ("overrides-version", b'"VersionOverridesV1_0"', b'"VersionOverridesV1_1"', "another version"),
    ("shortcuts", b'"https://pivot.claude.ai/shortcuts.json"', b'"shortcuts.json"', "ExtendedOverrides"),
    ("url-too-long", b"gw.contoso.com", b"x" * 2000, "SourceLocation"),
]

DOUBTFUL: list[tuple[str, bytes, bytes, str]] = [
    ("no-support-url", b'<SupportUrl DefaultValue="https://support.claude.com"/>', b"", "no SupportUrl"),
    ("domain-with-path", b"https://claude.ai<", b"https://claude.ai/x<", "AppDomain"),
    ("domain-wildcard", b"https://claude.ai<", b"https://*.claude.ai<", "AppDomain"),
    ("raw-brace", b"gw.contoso.com", b"{gw}", "not encoded"),
    ("bad-escape", b"gw.contoso.com", b"%zz", "not encoded"),
    ("unknown-child", b"<ExtendedOverrides", b"<Extra/><ExtendedOverrides", "child Extra"),
]


def test_ours_keeps_every_rule() -> None:
    assert check_manifest_xml(OFFICE) == []


def test_a_mail_manifest_keeps_every_rule(mail_template: bytes) -> None:
    whole = mail_template.replace(b"<Id>{", b"<Id>").replace(b"}</Id>", b"</Id>")
    assert check_manifest_xml(whole) == []


@pytest.mark.parametrize(
    ("old", "new", "word"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_broken(old: bytes, new: bytes, word: str) -> None:
    assert old in OFFICE
    assert any(word in problem.wrong for problem in errors(check_manifest_xml(OFFICE.replace(old, new))))


@pytest.mark.parametrize(
    ("old", "new", "word"), [case[1:] for case in DOUBTFUL], ids=[case[0] for case in DOUBTFUL]
)
def test_doubtful(old: bytes, new: bytes, word: str) -> None:
    assert old in OFFICE
    found = check_manifest_xml(OFFICE.replace(old, new))
    assert errors(found) == []
    assert any(word in problem.wrong for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"<Rule xsi:type='ItemIs' ItemType='Message' FormType='Read'/>", b"", "no Rule"),
        (b">250<", b">20<", "RequestedHeight"),
        (b"ReadWriteMailbox", b"ReadWriteDocument", "Permissions"),
        (b"  </mail:VersionOverrides>", b"<mail:Late/></mail:VersionOverrides>", "not the last child"),
        (b"A test", b"x" * 251, "Description"),
        (b"<!-- made", b"<!-- " + b"x" * 262_144, "256 KB"),
    ],
)
def test_broken_mail(old: bytes, new: bytes, word: str, mail_template: bytes) -> None:
    assert old in mail_template
    assert any(
        word in problem.wrong for problem in errors(check_manifest_xml(mail_template.replace(old, new)))
    )
