"""The rules that an Office add-in manifest must keep, beyond being well-formed.

source: [MS-OWEMXML] Appendix A (schemas) and Microsoft's add-in manifest documentation. A breach that the
schema or the admin center surely refuses is an error, one that only some checks refuse a warning.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from claude_byoc.contract import quotas
from claude_byoc.contract.entra import GUID_PATTERN
from claude_byoc.contract.manifest_keys import URL_LIMIT
from claude_byoc.contract.problems import Problem, Severity
from claude_byoc.rollout.manifest_xml import TASKPANE, XSI_TYPE, Element, child, local, named, parse

_VERSION = r"[0-9]{1,5}(\.[0-9]{1,5}){3}"
_LOCALE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"

_ORDER = (
    "Id", "AlternateId", "Version", "ProviderName", "DefaultLocale", "DisplayName", "Description", "IconUrl",
    "HighResolutionIconUrl", "SupportUrl", "AppDomains", "Hosts", "Requirements", "DefaultSettings",
    "FormSettings", "Permissions", "Rule", "DisableEntityHighlighting", "Dictionary", "VersionOverrides",
    "ExtendedOverrides",
)  # fmt: skip
"""Children of OfficeApp in the order that the schemas fix (of the two types together)."""

_PERMISSIONS = {
    "TaskPaneApp": {"Restricted", "ReadDocument", "ReadAllDocument", "WriteDocument", "ReadWriteDocument"},
    "MailApp": {"Restricted", "ReadItem", "ReadWriteItem", "ReadWriteMailbox"},
}
_HOST_NAMES = {"Document", "Workbook", "Presentation", "Mailbox", "Notebook", "Project", "Database"}
_TEXT_LIMITS = {"ProviderName": 125, "DisplayName": 125, "Description": 250}
_RESOURCE_LIMITS = {"Image": URL_LIMIT, "Url": URL_LIMIT, "String": 250}
_SHORT_STRING = 125
_RESID = 32
_ICON_SIZES = {"16", "32", "80"}
_MAIL_BYTES = quotas.MANIFEST["mail_bytes"].limit


def _found(wrong: str, allowed: str, cure: str, severity: Severity = "error") -> Problem:
    return Problem("manifest", wrong, allowed, cure, severity)


def check_manifest_xml(xml: bytes) -> list[Problem]:
    """Return every problem of a manifest; raise ProblemsError when it is not a readable one at all."""
    root = parse(xml)
    found = [problem for rule in _RULES for problem in rule(root)]
    if _kind(root) == "MailApp" and len(xml) > _MAIL_BYTES:
        wrong = "has more than the 256 KB that Exchange takes"
        found.append(_found(wrong, f"at most {_MAIL_BYTES} bytes", "remove what is not needed"))
    return found


def _kind(root: Element) -> str:
    return (root.get(XSI_TYPE) or "").rpartition(":")[2]


def _text(root: Element, name: str) -> str | None:
    element = child(root, name)
    return None if element is None else (element.text or "").strip()


def _basics(root: Element) -> Iterator[Problem]:
    if _kind(root) not in _PERMISSIONS:
        yield _found("has no known xsi:type", "TaskPaneApp or MailApp", "set it on OfficeApp")
    for name, pattern, allowed in (
        ("Id", GUID_PATTERN, "a GUID without braces"),
        ("Version", _VERSION, "four numbers a.b.c.d of at most five digits"),
        ("DefaultLocale", _LOCALE, "a culture name such as en-US"),
    ):
        text = _text(root, name)
        if text is None or not re.fullmatch(pattern, text):
            yield _found(f"has no valid {name}", allowed, f"set {name}")
    version = _text(root, "Version") or ""
    if re.fullmatch(_VERSION, version) and int(version.split(".")[0]) < 1:
        yield _found("has a Version below 1", "a first part of at least 1", "raise it")
    permission = _text(root, "Permissions")
    if permission not in _PERMISSIONS.get(_kind(root), {permission}) or not permission:
        yield _found("has no valid Permissions", "a permission level of its type", "set Permissions")


def _texts(root: Element) -> Iterator[Problem]:
    for name, limit in _TEXT_LIMITS.items():
        element = child(root, name)
        if element is None:
            yield _found(f"has no {name}", f"1 to {limit} characters", f"add {name}")
        elif not 1 <= len(element.get("DefaultValue") or (element.text or "").strip()) <= limit:
            yield _found(f"has a {name} of the wrong length", f"1 to {limit} characters", "change it")
    for name in ("IconUrl", "HighResolutionIconUrl", "SupportUrl"):
        element = child(root, name)
        if element is None:
            wrong, cure = f"has no {name}", f"add {name}; Microsoft's online check asks for it"
            yield _found(wrong, "an https:// URL", cure, "warning")
        else:
            yield from _url(name, element.get("DefaultValue"))


def _order(root: Element) -> Iterator[Problem]:
    names = [local(element) for element in root if local(element)]
    for name in dict.fromkeys(names):
        if name not in _ORDER:
            yield _found(f"has a child {name}", "elements of the schema", "remove it", "warning")
        elif name != "VersionOverrides" and names.count(name) > 1:
            yield _found(f"has {name} more than once", "one", "remove the others")
    known = [_ORDER.index(name) for name in names if name in _ORDER]
    if known != sorted(known):
        wrong = "has the children of OfficeApp in another order than the schema"
        yield _found(wrong, " ".join(_ORDER), "put them in this order")


def _url(what: str, url: str | None) -> Iterator[Problem]:
    try:
        parts = urlsplit(url or "")
        good = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        good = False
    if not url or not good or not 1 <= len(url) <= URL_LIMIT:
        allowed = f"an absolute https:// URL of at most {URL_LIMIT} characters"
        yield _found(f"has a {what} that Office refuses", allowed, "correct it")
    elif re.search(r"[\s{}|\\^`<>\"]|[^\x21-\x7e]|%(?![0-9A-Fa-f]{2})", url):
        wrong = f"has a {what} with characters that are not encoded"
        yield _found(wrong, "percent-encoded URLs", "encode them", "warning")


def _urls(root: Element) -> Iterator[Problem]:
    for element in named(root, "SourceLocation"):
        if element.get("resid") is None:
            yield from _url("SourceLocation", element.get("DefaultValue"))
    overrides = child(root, "ExtendedOverrides")
    if overrides is not None:
        yield from _url("ExtendedOverrides Url", overrides.get("Url"))
    for element in named(root, "AppDomain"):
        if not re.fullmatch(r"https://[A-Za-z0-9.-]+(:[0-9]+)?/?", (element.text or "").strip()):
            allowed = "scheme and host, without path or wildcard"
            yield _found("has an AppDomain that Office does not understand", allowed, "correct it", "warning")


def _hosts(root: Element) -> Iterator[Problem]:
    top = child(root, "Hosts")
    names = [] if top is None else [element.get("Name") or "" for element in top if local(element) == "Host"]
    if not names:
        yield _found("has no Hosts", "at least one Host with Name", "add the Office applications")
    if unknown := [name for name in names if name not in _HOST_NAMES]:
        yield _found(f"names {len(unknown)} unknown hosts", ", ".join(sorted(_HOST_NAMES)), "correct them")
    for overrides in named(root, "VersionOverrides"):
        inner = child(overrides, "Hosts")
        listed = {e.get(XSI_TYPE) for e in (() if inner is None else inner) if local(e) == "Host"}
        mail = {"MailHost"} if "Mailbox" in names else set[str]()
        if not listed <= set(names) | mail:
            wrong = "lists a host under VersionOverrides that the top Hosts does not"
            yield _found(wrong, "the same applications in both lists", "add or remove it in both")
        elif not mail and listed != set(names):
            wrong = "lists fewer hosts under VersionOverrides than the top Hosts"
            yield _found(wrong, "the same applications in both lists", "add or remove it in both", "warning")


def _resources(root: Element) -> Iterator[Problem]:
    for overrides in named(root, "VersionOverrides"):
        holder = child(overrides, "Resources")
        own = [] if holder is None else [e for e in holder.iter() if local(e) in _RESOURCE_LIMITS]
        ids = [element.get("id") or "" for element in own]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            yield _found(f"defines the resource {name} twice", "unique ids", "rename or remove one")
        if too_long := [name for name in ids if not 1 <= len(name) <= _RESID]:
            wrong = f"has {len(too_long)} resource ids of the wrong length"
            yield _found(wrong, "1 to 32 characters", "rename them")
        # The nested V1_1 overrides of a mail add-in have resources of their own.
        used = {e.get("resid") for e in _without_nested(overrides) if e.get("resid") is not None}
        for name in sorted(str(resid) for resid in used - set(ids)):
            wrong = f"refers to the resource {name}, which does not exist"
            yield _found(wrong, "ids of Resources", "define it")
        for element in own:
            yield from _resource(element)


def _without_nested(overrides: Element) -> Iterator[Element]:
    for element in overrides:
        if local(element) != "VersionOverrides":
            yield from element.iter()


def _resource(element: Element) -> Iterator[Problem]:
    what, value = f"{local(element)} {element.get('id')}", element.get("DefaultValue") or ""
    if local(element) != "String":
        yield from _url(what, value)
        return
    parent = element.getparent()
    limit = _SHORT_STRING if parent is not None and local(parent) == "ShortStrings" else 250
    if not 1 <= len(value) <= limit:
        yield _found(f"has a {what} of the wrong length", f"1 to {limit} characters", "change it")


def _commands(root: Element) -> Iterator[Problem]:
    for icon in named(root, "Icon"):
        if icon.get(XSI_TYPE) is not None:
            continue  # a list of mobile icons, which have sizes of their own
        sizes = {element.get("size") for element in icon if local(element) == "Image"}
        if not sizes >= _ICON_SIZES:
            yield _found("has an icon without one of the sizes 16, 32, 80", "all three", "add it")
    for element in root.iter():
        if local(element) in ("Control", "Group") and not 1 <= len(element.get("id") or "") <= _SHORT_STRING:
            yield _found(f"has a {local(element)} id of the wrong length", "1 to 125 characters", "change it")
    if _kind(root) == "TaskPaneApp":
        for overrides in named(root, "VersionOverrides"):
            if overrides.get(XSI_TYPE) != "VersionOverridesV1_0":
                allowed = "VersionOverridesV1_0"
                yield _found("has VersionOverrides of another version", allowed, "use version 1.0")
    if not any(element.get("id") == TASKPANE for element in named(root, "Url")):
        wrong = f"has no bt:Url with the id {TASKPANE}"
        yield _found(wrong, "one that the commands open", "add it", "warning")


def _mail(root: Element) -> Iterator[Problem]:
    if _kind(root) != "MailApp":
        return
    for name in ("Requirements", "FormSettings", "Rule"):
        if child(root, name) is None:
            yield _found(f"has no {name}", "mail add-ins need it", f"add {name}")
    for element in named(root, "RequestedHeight"):
        text = (element.text or "").strip()
        if not re.fullmatch(r"[0-9]{2,3}", text) or not 32 <= int(text) <= 450:  # noqa: PLR2004 - the schema's
            yield _found("has a RequestedHeight out of range", "32 to 450", "change it")
    for overrides in named(root, "VersionOverrides"):
        nested = child(overrides, "VersionOverrides")
        if nested is not None and nested.getnext() is not None:
            yield _found("has nested VersionOverrides that are not the last child", "last", "move them")


_RULES: tuple[Callable[[Element], Iterator[Problem]], ...] = (
    _basics, _texts, _order, _urls, _hosts, _resources, _commands, _mail,
)  # fmt: skip
