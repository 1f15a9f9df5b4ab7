"""What `claude-byoc manifest` does between its arguments and the file."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from claude_byoc.cli.pairs import read_pairs
from claude_byoc.cli.template import load_template
from claude_byoc.contract.manifest_rules import check_manifest
from claude_byoc.contract.problems import Problem, ProblemsError, errors
from claude_byoc.rollout.manifest import (
    FIRST_VERSION,
    Rendered,
    check_host,
    check_identity,
    check_manifest_xml,
    compose,
    identity,
    next_version,
)
from claude_byoc.rollout.manifest_source import unconfigured


@dataclass(frozen=True)
class Request:
    """The command line, parsed; `target` is None for standard output."""

    host: str
    pairs: Sequence[str]
    target: Path | None
    template: str | None
    manifest_id: str | None
    version: str | None
    redacted: Path | None = None
    previous: Path | None = None
    """An older manifest that this one takes the place of: same Id, higher Version."""


@dataclass(frozen=True)
class Made:
    """The manifest, or None with the problems that prevent it."""

    rendered: Rendered | None
    problems: list[Problem]
    manifest_id: str = ""
    version: str = ""
    malformed: bool = False


def make(request: Request) -> Made:
    """Make the manifest, finding every problem of values, template and target before giving up."""
    pairs = read_pairs(request.pairs)
    found = [*pairs.problems, *check_manifest(request.host, pairs.values)]
    named = _Identity(request.manifest_id or "", request.version or "")
    try:
        named = _identity(request)
        found += check_identity(named.manifest_id, named.version)
    except ProblemsError as error:
        found += error.problems
    if request.redacted is not None:
        found += _check_redacted(request.redacted)
    template = b""
    try:
        template = _template(request)
        found += check_host(template, request.host)
    except ProblemsError as error:
        found += error.problems
    if errors(found):
        return Made(None, found, malformed=pairs.malformed)
    try:
        known = {name: value for name, value in pairs.values.items() if value is not None}
        rendered, version = _composed(template, known, named)
    except ProblemsError as error:
        return Made(None, [*found, *error.problems])
    # A foreign template's own faults are shown, but they are not ours to refuse.
    found += rendered.warnings
    found += [replace(problem, severity="warning") for problem in check_manifest_xml(rendered.xml)]
    return Made(rendered, found, named.manifest_id.lower(), version)


@dataclass(frozen=True)
class _Identity:
    """Id and Version; `before` is the file that they continue, with the Version `kept` in it."""

    manifest_id: str
    version: str
    before: bytes = b""
    kept: str = ""


def _composed(template: bytes, values: Mapping[str, str], named: _Identity) -> tuple[Rendered, str]:
    """Return the manifest and its Version: that of the file there, where nothing else would change."""
    if named.kept and not check_identity(named.manifest_id, named.kept):
        same = compose(template, values, manifest_id=named.manifest_id, version=named.kept)
        if same.xml == named.before:
            return same, named.kept
    return compose(template, values, manifest_id=named.manifest_id, version=named.version), named.version


def _identity(request: Request) -> _Identity:
    """Return Id and Version: as asked for, else continuing the file that is there, else fresh ones."""
    manifest_id, version, before, kept = request.manifest_id, request.version, b"", ""
    older = request.previous or request.target
    option = "--previous" if request.previous else "-o"
    if older is not None and (request.previous or older.is_file()):
        try:
            before = older.read_bytes()
            old_id, old_version = identity(before)
            kept = "" if version else old_version
            manifest_id, version = manifest_id or old_id.strip("{}"), version or next_version(old_version)
        except OSError as error:
            raise _not_continued(older, f"cannot be read: {error.strerror}", option) from None
        except ProblemsError:
            raise _not_continued(older, "is there and is not a manifest", option) from None
    return _Identity(manifest_id or str(uuid.uuid4()), version or FIRST_VERSION, before, kept)


def _template(request: Request) -> bytes:
    """Return the template: for Outlook, which has no built-in one, also that of the older manifest."""
    if request.template is None and request.host == "outlook" and request.previous is not None:
        try:
            return unconfigured(request.previous.read_bytes())
        except OSError:
            raise ProblemsError(()) from None  # `_identity` has said why
    return load_template(request.template, request.host)


def _check_redacted(target: Path) -> list[Problem]:
    """Return a problem where another file would be lost."""
    try:
        if target.is_file():
            identity(target.read_bytes())
    except OSError as error:
        return list(_not_continued(target, f"cannot be read: {error.strerror}", "--redacted").problems)
    except ProblemsError:
        return list(_not_continued(target, "is there and is not a manifest", "--redacted").problems)
    return []


def _not_continued(target: Path, wrong: str, option: str = "-o") -> ProblemsError:
    cure = f"name another file with {option}, or remove this one"
    return ProblemsError([Problem(str(target), wrong, "a manifest, or no file yet", cure)])
