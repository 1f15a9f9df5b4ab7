"""Reading manifest XML safely, and the places in it that hold the task pane's URL ("slots")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias
from xml.parsers import expat

from lxml import etree

from claude_byoc.contract.problems import Problem, ProblemsError

# lxml documents this class as the type of its elements, in spite of the name.
Element: TypeAlias = etree._Element  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
TASKPANE = "Taskpane.Url"
SIZE_LIMIT = 1_048_576
"""Largest template in bytes; real ones have about 10,000."""

_ZIP = b"PK\x03\x04"
_HTML = re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?<(!doctype\s+)?html\b", re.IGNORECASE)

HOST_TYPES = {"office": "TaskPaneApp", "outlook": "MailApp"}


@dataclass(frozen=True)
class Slot:
    """One attribute that holds the task pane's URL."""

    element: Element
    attribute: str

    @property
    def url(self) -> str:
        """The URL, unescaped."""
        return str(self.element.get(self.attribute))

    def put(self, url: str) -> None:
        """Replace the URL."""
        self.element.set(self.attribute, url)


def refused(wrong: str, cure: str, allowed: str = "an Office add-in manifest (XML)") -> ProblemsError:
    """Return the error for a template or manifest that cannot be used."""
    return ProblemsError([Problem("template", wrong, allowed, cure)])


class _DoctypeError(Exception):
    """The document declares a document type."""


def parse(xml: bytes) -> Element:
    """Return the root element of `xml`. No DTD, entity, network access or unbounded size.

    Raises ProblemsError for what is not well-formed, declares a document type, or is no manifest (a zip
    archive and an HTML page are named as such).
    """
    if len(xml) > SIZE_LIMIT:
        raise refused(f"has {len(xml)} bytes", "give a manifest", f"at most {SIZE_LIMIT} bytes")
    _refuse_other_kinds(xml)
    _refuse_doctype(xml)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refused("is not well-formed XML", f"correct it: {_plain(error)}") from None
    if local(root) != "OfficeApp":
        raise refused(f"has the root element {local(root)}", "give a manifest whose root is OfficeApp")
    return root


def _refuse_other_kinds(xml: bytes) -> None:
    # What people have in hand instead; the XML parsers would only speak of a token or a document type.
    if xml.startswith(_ZIP):
        wrong = "is a zip archive, such as the app package of a unified manifest (JSON)"
        raise refused(wrong, "give the XML file; if it is in the archive, extract it first")
    if _HTML.match(xml):
        wrong = "is an HTML page, such as a sign-in or an error page"
        raise refused(wrong, "download the manifest itself, and look into the file before you use it")


def _refuse_doctype(xml: bytes) -> None:
    # Expat calls back before it reads any declaration, whatever the encoding, so nothing is ever expanded.
    def on_doctype(*_: object) -> None:
        raise _DoctypeError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = on_doctype
    try:
        parser.Parse(xml, True)
    except _DoctypeError:
        raise refused("declares a document type (DOCTYPE)", "remove it: manifests have none") from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise refused("is not well-formed XML", f"correct it: {_plain(error)}") from None


def _plain(error: Exception) -> str:
    # The parsers' messages may quote element and attribute names, never attribute values.
    return str(error).split(" (<string>", maxsplit=1)[0]


def local(element: Element) -> str:
    """Return the element's name without its namespace; "" for a comment or processing instruction."""
    return "" if callable(element.tag) else etree.QName(element).localname


def named(
    root: Element,
    name: str,
) -> Iterator[Element]:
    """Yield every element below `root` of that local name, whatever its namespace, in document order."""
    return (element for element in root.iter() if local(element) == name)


def child(
    root: Element,
    name: str,
) -> Element | None:
    """Return the first child of that local name."""
    return next((element for element in root if local(element) == name), None)


def source_locations(root: Element) -> list[Slot]:
    """Return the SourceLocation slots, with their locale overrides."""
    found = [element for element in named(root, "SourceLocation") if element.get("DefaultValue") is not None]
    return [slot for element in found for slot in _with_overrides(element)]


def taskpane_urls(root: Element) -> list[Slot]:
    """Return the bt:Url slots with the id `Taskpane.Url`, with their locale overrides."""
    found = [
        element
        for element in named(root, "Url")
        if element.get("id") == TASKPANE and element.get("DefaultValue") is not None
    ]
    return [slot for element in found for slot in _with_overrides(element)]


def _with_overrides(element: Element) -> Iterator[Slot]:
    yield Slot(element, "DefaultValue")
    for override in element:
        if local(override) == "Override" and override.get("Value") is not None:
            yield Slot(override, "Value")


def slots(root: Element) -> list[Slot]:
    """Return every slot; raise ProblemsError when one of the two kinds is absent."""
    tops, urls = source_locations(root), taskpane_urls(root)
    missing = [
        Problem(
            "template",
            f"has no {what}, so that people would open the add-in without its configuration",
            "at least one SourceLocation with DefaultValue and one bt:Url with the id Taskpane.Url",
            "give a complete manifest of the add-in",
        )
        for what, found in (
            ("SourceLocation with DefaultValue", tops),
            (f"bt:Url with the id {TASKPANE}", urls),
        )
        if not found
    ]
    if missing:
        raise ProblemsError(missing)
    return [*tops, *urls]
