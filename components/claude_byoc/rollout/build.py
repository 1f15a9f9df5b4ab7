"""Stack outputs -> the rollout folder: manifests, what a person must still do, and an index."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from claude_byoc.contract.manifest_keys import HOSTS
from claude_byoc.contract.manifest_rules import check_manifest
from claude_byoc.contract.problems import Problem, ProblemsError, errors
from claude_byoc.rollout.files import RolloutFile, index_of
from claude_byoc.rollout.manifest import (
    FIRST_VERSION,
    OUTLOOK_TEMPLATE,
    Rendered,
    builtin_template,
    compose,
    identity,
    next_version,
    redact,
)
from claude_byoc.rollout.next_steps import next_steps

MANIFEST = "manifest.xml"
REDACTED_COPY = "manifest.redacted.xml"
_CONCEALED = "[secret]"


@dataclass(frozen=True)
class Built:
    """The files, and the warnings that came up while they were made."""

    files: tuple[RolloutFile, ...]
    warnings: tuple[Problem, ...]


def build(outputs: Mapping[str, Any], previous: Mapping[str, bytes]) -> list[RolloutFile]:
    """Return the rollout files; see `build_all`."""
    return list(build_all(outputs, previous).files)


def build_all(
    outputs: Mapping[str, Any],
    previous: Mapping[str, bytes],
    *,
    version: str | None = None,
) -> Built:
    """Return the rollout files with their warnings.

    `outputs` are the stack outputs with secrets in plain (claude_byoc.outputs), `previous` the files of
    the rollout folder by name: the manifest keeps its Version while its content stays the same, and
    raises it otherwise. `version` overrides that. Raises ProblemsError with everything that is wrong.
    """
    read = _read(outputs)
    found: list[Problem] = [*read.problems]
    for host, values in read.values.items():
        found += check_manifest(host, values)
    if "office" in read.values and "office" not in read.ids and not errors(found):
        found.append(_missing("manifestIds.office", "the Id of the Office manifest"))
    if errors(found):
        raise ProblemsError(found)

    files: list[RolloutFile] = []
    later: list[str] = []
    if "office" in read.values:
        template = builtin_template("office")
        manifest, number = _manifest(read.values["office"], template, read.ids["office"], previous, version)
        found += manifest.warnings
        files.append(
            RolloutFile(MANIFEST, manifest.xml, "add-in for Excel, PowerPoint and Word", manifest.secret)
        )
        if manifest.secret:
            purpose = "for validators, tickets and reviews: secrets taken out"
            files.append(RolloutFile(REDACTED_COPY, redact(manifest.xml), purpose))
        later.append(f"`{MANIFEST}` has the Id `{read.ids['office'].lower()}` and the Version `{number}`.")
    if "outlook" in read.values:
        wrong = "has values, and the Outlook manifest is not written here"
        cure = f"run: claude-byoc manifest outlook KEY=VALUE... --template {OUTLOOK_TEMPLATE}"
        found.append(Problem("manifestValues.outlook", wrong, "the office host", cure, "warning"))
    files.append(next_steps(outputs, later))
    return Built((*files, index_of(files)), tuple(found))


def _manifest(
    values: Mapping[str, str],
    template: bytes,
    manifest_id: str,
    previous: Mapping[str, bytes],
    version: str | None,
) -> tuple[Rendered, str]:
    """Return the manifest and its Version."""
    if version is not None or MANIFEST not in previous:
        number = version or FIRST_VERSION
        return compose(template, values, manifest_id=manifest_id, version=number), number
    before = previous[MANIFEST]
    try:
        number = identity(before)[1]
        raised = next_version(number)
        same = compose(template, values, manifest_id=manifest_id, version=number)
    except ProblemsError as error:
        # A fresh start at 1.0.0.0 would be ignored by the admin center, which knows a higher Version.
        raise ProblemsError(
            [
                *error.problems,
                Problem(
                    MANIFEST,
                    "of the last build cannot be continued, so its next Version is not known",
                    "the file as it was written",
                    "restore it, or remove it and pass --manifest-version with the next Version",
                ),
            ]
        ) from None
    if same.xml == before:
        return same, number
    return compose(template, values, manifest_id=manifest_id, version=raised), raised


@dataclass(frozen=True)
class _Read:
    values: dict[str, dict[str, str]]
    ids: dict[str, str]
    problems: list[Problem]


def _read(outputs: Mapping[str, Any]) -> _Read:
    """Take the manifest values and ids out of the outputs, naming every leaf of another shape."""
    problems: list[Problem] = []
    hosts = _mapping(outputs.get("manifestValues"))
    if not hosts:
        problems.append(_missing("manifestValues", "the manifest values of each host"))
    values: dict[str, dict[str, str]] = {}
    for host, leaves in (hosts or {}).items():
        texts = _mapping(leaves)
        if host not in HOSTS or texts is None:
            allowed = "{" + ", ".join(HOSTS) + "}: {key: value}"
            problems.append(Problem("manifestValues", "has an unknown shape", allowed, "check the outputs"))
            continue
        if not texts:
            continue
        values[host] = {}
        for name, value in texts.items():
            where = f"manifestValues.{host}.{name if re.fullmatch('[a-z0-9_]{1,40}', name) else '(key)'}"
            if value == _CONCEALED:
                cure = "run: pulumi stack output --json --show-secrets"
                problems.append(Problem(where, "is concealed", "outputs with secrets in plain", cure))
            elif not isinstance(value, str):
                problems.append(Problem(where, "is not a text", "a string", "put the value in quotes"))
            else:
                values[host][name] = value
    ids = {
        host: value
        for host, value in (_mapping(outputs.get("manifestIds")) or {}).items()
        if isinstance(value, str)
    }
    return _Read(values, ids, problems)


def _mapping(value: object) -> dict[str, object] | None:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        return None
    return cast("dict[str, object]", value)


def _missing(name: str, allowed: str) -> Problem:
    return Problem(name, "is not among the stack outputs", allowed, "run `claude-byoc up` first, then build")
