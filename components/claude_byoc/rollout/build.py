"""Stack outputs -> the rollout folder: manifests, pages for people, and an index."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from claude_byoc.contract.problems import Problem, ProblemsError
from claude_byoc.rollout.allowlist import allowlist_csv_file, browser_policy_files
from claude_byoc.rollout.consent import consent_document, needed
from claude_byoc.rollout.deploy_script import deploy_script
from claude_byoc.rollout.desktop import DesktopFiles, render_all
from claude_byoc.rollout.document import Code, Rich, Strong
from claude_byoc.rollout.environment import HOST_NAMES, Environment, mapping, read_environment
from claude_byoc.rollout.estimate import Assumptions
from claude_byoc.rollout.files import INDEX, RolloutFile, index_of
from claude_byoc.rollout.html import to_html
from claude_byoc.rollout.manifest import OUTLOOK_TEMPLATE
from claude_byoc.rollout.manifests import FILES, Manifests, make_manifests
from claude_byoc.rollout.markdown import to_markdown
from claude_byoc.rollout.next_steps import next_steps
from claude_byoc.rollout.report import report
from claude_byoc.rollout.user_guide import user_guide

GUIDES: Mapping[str, str] = {
    "office": "user-guide.html",
    "outlook": "user-guide-outlook.html",
    "desktop": "user-guide-desktop.html",
}
"""Host -> file of its user guide."""


@dataclass(frozen=True)
class Built:
    """The files, the warnings that came up, and the files of earlier builds that are to go (`stale`)."""

    files: tuple[RolloutFile, ...]
    warnings: tuple[Problem, ...]
    stale: tuple[str, ...] = ()


def build(outputs: Mapping[str, Any], previous: Mapping[str, bytes]) -> list[RolloutFile]:
    """Return the rollout files; see `build_all`."""
    return list(build_all(outputs, previous).files)


def build_all(
    outputs: Mapping[str, Any],
    previous: Mapping[str, bytes],
    *,
    version: str | None = None,
    environment: str = "",
    date: str = "",
    outlook_template: bytes | None = None,
    assumed: Assumptions | None = None,
) -> Built:
    """Return the rollout files with their warnings.

    `outputs` are the stack outputs with secrets in plain (claude_byoc.outputs), `previous` the files of
    the rollout folder by name: a manifest keeps its Version while its content stays the same, and raises
    it otherwise. `version` overrides that. `environment` is the stack's name, `date` the day (YYYY-MM-DD)
    that the report bears, `outlook_template` the manifest template of Outlook, which else is taken from
    the manifest of the last build. Raises ProblemsError with everything that is wrong.
    """
    found: list[Problem] = []
    env = _tried(found, lambda: read_environment(outputs, name=environment, date=date))
    made = _tried(
        found,
        lambda: make_manifests(outputs, previous, version=version, outlook_template=outlook_template),
    )
    desktop = _tried(found, lambda: _desktop(outputs, environment))
    if env is None or made is None or desktop is None:
        raise ProblemsError(found)
    files = [*made.files, *desktop.files, *_pages(env, made, assumed or Assumptions())]
    index = index_of(files)
    names = {file.name for file in (*files, index)}
    stale = {*made.stale, *_earlier(previous)} - names
    return Built((*files, index), (*made.warnings, *desktop.notices), tuple(sorted(stale)))


T = TypeVar("T")


def _tried(found: list[Problem], make: Callable[[], T]) -> T | None:
    """Return what `make` makes; None where it refuses, with its problems in `found`."""
    try:
        return make()
    except ProblemsError as refused:
        found += refused.problems
        return None


def _desktop(outputs: Mapping[str, Any], environment: str) -> DesktopFiles:
    values = mapping(outputs.get("desktopValues"))
    if not values:
        return DesktopFiles((), ())
    return render_all(
        values, environment=environment or "claude", display_name=f"Claude ({environment or 'claude'})"
    )


def _pages(env: Environment, manifests: Manifests, assumed: Assumptions) -> Iterator[RolloutFile]:
    if manifests.deployed:
        yield deploy_script(env.name, manifests.deployed, exercise=env.exercise)
    if needed(env):
        document = consent_document(env)
        yield RolloutFile("consent.md", _text(to_markdown(document)), "consent: who clicks what, as text")
        yield RolloutFile("consent.html", to_html(document), "consent: who clicks what, as a page")
    if env.rows:
        yield allowlist_csv_file(env.rows)
    if env.part("gateway").get("internal") is True:
        yield from browser_policy_files(env.name or "claude")
    yield next_steps(env, _notes(env, manifests))
    for host in env.hosts:
        yield RolloutFile(
            GUIDES[host], to_html(user_guide(env, host)), f"for people who use {HOST_NAMES[host]}"
        )
    document = report(env, assumed, levels=manifests.levels, built=True)
    yield RolloutFile("report.html", to_html(document), "what was made, data flow, permissions, cost")
    yield RolloutFile("report.md", _text(to_markdown(document)), "the report as text")


def _outlook(env: Environment, *, made: bool) -> Rich:
    """Return what is to know of Outlook's template, of which none is built in."""
    name = FILES["outlook"]
    if made:
        return (
            Code(name),
            " is made of the Outlook template that a build was given once. A newer template: ",
            Code(f"claude-byoc build -s {env.name or 'ENV'} --outlook-template {OUTLOOK_TEMPLATE}"),
        )
    return (
        Strong(f"{name} is not here yet. "),
        "There is no built-in template for Outlook; give it once: ",
        Code(f"claude-byoc build -s {env.name or 'ENV'} --outlook-template {OUTLOOK_TEMPLATE}"),
    )


def _notes(env: Environment, manifests: Manifests) -> Sequence[Rich]:
    notes: list[Rich] = [
        (Code(one.file), " has the Id ", Code(one.manifest_id), " and the Version ", Code(one.version), ".")
        for one in manifests.deployed
    ]
    if "outlook" in env.values:
        notes.append(_outlook(env, made="outlook" in manifests.levels))
    if groups := [one.group for one in manifests.deployed if one.group]:
        names = ", ".join(dict.fromkeys(groups))
        notes.append(
            f"People of {names} get either their directory attributes and the manifest for everybody, or the manifest "
            "of their group alone: with both manifests they would see the add-in twice."
        )
    return notes


def _text(markdown: str) -> bytes:
    return markdown.encode(errors="replace")


def _earlier(previous: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the pages that the last build wrote; manifests and profiles stay, somebody may have deployed them."""
    try:
        index = json.loads(previous.get(INDEX, b"[]"))
    except (ValueError, RecursionError):
        return
    for entry in index if isinstance(index, list) else []:
        name = entry.get("file") if isinstance(entry, dict) else None
        if (
            isinstance(name, str)
            and re.fullmatch(r"[a-z][a-z-]*\.(html|md|ps1|csv)", name)
            and name in previous
        ):
            yield name
