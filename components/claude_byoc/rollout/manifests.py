"""Every manifest of an environment: one per host, and one per group whose values differ."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from claude_byoc.contract.manifest_rules import check_manifest
from claude_byoc.contract.problems import Problem, ProblemsError, errors
from claude_byoc.rollout.deploy_script import Deployed
from claude_byoc.rollout.environment import HOST_NAMES
from claude_byoc.rollout.files import RolloutFile
from claude_byoc.rollout.manifest import (
    FIRST_VERSION,
    OUTLOOK_TEMPLATE,
    Rendered,
    builtin_template,
    check_host,
    check_manifest_xml,
    compose,
    identity,
    next_version,
    redact,
)
from claude_byoc.rollout.manifest_source import Source, missing, read_sources, unconfigured
from claude_byoc.rollout.manifest_xml import child, parse

FILES: Mapping[str, str] = {"office": "manifest.xml", "outlook": "manifest-outlook.xml"}
"""Host -> file of the manifest for everybody."""

_REDACTED = ".redacted.xml"
_SLUG = 40


@dataclass(frozen=True)
class Manifests:
    """The manifest files with what the other files say of them.

    `deployed` is what deploy.ps1 knows, `levels` maps a host to the permission level in its manifest, and
    `stale` names the redacted copies of earlier builds, which nobody should review any more.
    """

    files: tuple[RolloutFile, ...] = ()
    deployed: tuple[Deployed, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict[str, str])
    warnings: tuple[Problem, ...] = ()
    stale: tuple[str, ...] = ()


def make_manifests(
    outputs: Mapping[str, object],
    previous: Mapping[str, bytes],
    *,
    version: str | None,
    outlook_template: bytes | None,
) -> Manifests:
    """Return every manifest; raise ProblemsError with all that is wrong with their values.

    `previous` holds the files of the rollout folder by name, `version` overrides the Version of all.
    """
    sources, found = read_sources(outputs)
    found += dict.fromkeys(_checked(sources))
    templates = _templates(sources, previous, outlook_template, found)
    if not errors(found):
        found += [
            missing(f"manifestIds.{source.host}", "the Id of the manifest")
            for source in sources
            if source.host in templates and not source.manifest_id
        ]
    if errors(found):
        raise ProblemsError(found)
    files: list[RolloutFile] = []
    deployed: list[Deployed] = []
    levels: dict[str, str] = {}
    for source, name in zip(sources, _names(sources), strict=True):
        if source.host not in templates:
            continue
        made, number = _continued(name, source, templates[source.host], previous, version)
        own = [replace(one, severity="warning") for one in check_manifest_xml(made.xml)]
        found += [*made.warnings, *own]
        whom = f" of the group {source.group}" if source.group else ""
        files.append(RolloutFile(name, made.xml, f"add-in for {HOST_NAMES[source.host]}{whom}", made.secret))
        if made.secret:
            purpose = "for validators, tickets and reviews: secrets taken out"
            files.append(RolloutFile(_redacted(name), redact(made.xml), purpose))
        deployed.append(Deployed(name, source.host, source.group, source.manifest_id.lower(), number))
        levels[source.host] = permission_level(made.xml)
    found += _left_over(previous, {file.name for file in files})
    stale = [name for name in previous if _is_redacted(name) and name not in {file.name for file in files}]
    return Manifests(tuple(files), tuple(deployed), levels, tuple(dict.fromkeys(found)), tuple(stale))


def _checked(sources: list[Source]) -> Iterator[Problem]:
    """Yield what is wrong with the values; of a group's, what is not everybody's too."""
    common: set[Problem] = set()
    for source in sources:
        for problem in check_manifest(source.host, source.values):
            if not source.group:
                common.add(problem)
                yield problem
            elif problem not in common:
                yield replace(problem, key=f"{problem.key} (group {source.group})")


def _templates(
    sources: list[Source], previous: Mapping[str, bytes], outlook: bytes | None, found: list[Problem]
) -> dict[str, bytes]:
    templates: dict[str, bytes] = {}
    hosts = {source.host for source in sources}
    if "office" in hosts:
        templates["office"] = builtin_template("office")
    if "outlook" in hosts:
        if outlook is None and FILES["outlook"] in previous:
            outlook = unconfigured(previous[FILES["outlook"]])
        if outlook is None:
            wrong = "has values, and its manifest is not written: there is no built-in Outlook template"
            cure = f"add --outlook-template {OUTLOOK_TEMPLATE}, or a copy of that file, once"
            found.append(Problem("manifestValues.outlook", wrong, "a template", cure, "warning"))
        else:
            found += check_host(outlook, "outlook")
            templates["outlook"] = outlook
    return templates


def _continued(
    name: str, source: Source, template: bytes, previous: Mapping[str, bytes], version: str | None
) -> tuple[Rendered, str]:
    """Return the manifest and its Version: the one before while nothing changes, else one higher."""

    def composed(number: str) -> Rendered:
        return compose(template, source.values, manifest_id=source.manifest_id, version=number)

    if version is not None or name not in previous:
        number = version or FIRST_VERSION
        return composed(number), number
    before = previous[name]
    try:
        number = identity(before)[1]
        raised = next_version(number)
        same = composed(number)
    except ProblemsError as error:
        # A fresh start at 1.0.0.0 would be ignored by the admin center, which knows a higher Version.
        raise ProblemsError(
            [
                *error.problems,
                Problem(
                    name,
                    "of the last build cannot be continued, so its next Version is not known",
                    "the file as it was written",
                    "restore it, or remove it and pass --manifest-version with the next Version",
                ),
            ]
        ) from None
    return (same, number) if same.xml == before else (composed(raised), raised)


def _names(sources: list[Source]) -> list[str]:
    """Return the file of each source: a group's name made fit for one, and never the same twice."""
    taken = set(FILES.values())
    names: list[str] = []
    for source in sources:
        name = FILES[source.host]
        if source.group:
            stem = f"{name.removesuffix('.xml')}-{_slug(source.group)}"
            candidates = (
                f"{stem}{f'-{number}' if number > 1 else ''}.xml" for number in range(1, len(sources) + 3)
            )
            name = next(one for one in candidates if one not in taken)
            taken.add(name)
        names.append(name)
    return names


def _slug(group: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", group.lower()).strip("-")[:_SLUG] or "group"


def _redacted(name: str) -> str:
    return name.removesuffix(".xml") + _REDACTED


def is_manifest(name: str) -> bool:
    """Tell whether a file of the rollout folder is a manifest, not a redacted copy of one."""
    return re.fullmatch(r"manifest(-[a-z0-9-]+)?\.xml", name) is not None


def _is_redacted(name: str) -> bool:
    return name.startswith("manifest") and name.endswith(_REDACTED)


def permission_level(xml: bytes) -> str:
    """Return the permission level that a manifest asks for, "" where it names none."""
    element = child(parse(xml), "Permissions")
    return "" if element is None else (element.text or "").strip()


def _left_over(previous: Mapping[str, bytes], written: set[str]) -> Iterator[Problem]:
    for name in previous:
        if is_manifest(name) and name not in written:
            wrong = "is of an earlier build and no longer part of this environment"
            cure = "remove its app in the admin center, then delete the file"
            yield Problem(name, wrong, "manifests of this build", cure, "warning")
