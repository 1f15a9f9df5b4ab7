"""Microsoft's online check of a manifest, asked for with --validate-online: a redacted copy leaves, never the file.

source: packages/office-addin-manifest/src/validate.ts of OfficeDev/Office-Addin-Scripts (address, request and
the shape of the answer).
"""

import ipaddress
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import httpx

from claude_byoc.cli.report import show_problems
from claude_byoc.contract.problems import Problem, ProblemsError, refuse_errors
from claude_byoc.rollout.environment import entries, mapping, text
from claude_byoc.rollout.redaction import redact

SERVICE = "https://validationgateway.omex.office.net/package/api/check?clientId=Default"
"""The service. `Default` asks for the rules of production."""
OVERRIDE = "CLAUDE_BYOC_VALIDATION_URL"
"""Variable that names another service, on a loopback address alone: for tests."""

_SECONDS = 60
_LONGEST = 300
_CURE = "try again later, or leave --validate-online out: the offline rules have passed"


def check_online(manifests: Mapping[str, bytes]) -> None:
    """Show what the service warns of; raise ProblemsError with all that it refuses, before anything is written."""
    found = [problem for name, content in manifests.items() for problem in validate_online(name, content)]
    show_problems(refuse_errors(found))


def validate_online(name: str, manifest: bytes) -> list[Problem]:
    """Return what the service says of a redacted copy of `manifest`; raise ProblemsError when it says nothing.

    What it refuses is an error, its warnings are warnings.
    """
    try:
        answer = httpx.post(
            _service(),
            content=redact(manifest),
            headers={"Content-Type": "application/xml"},
            timeout=_SECONDS,
            follow_redirects=False,
        )
    except httpx.HTTPError as error:
        raise _silent(name, f"cannot be reached: {type(error).__name__}") from None
    report: Mapping[str, object] = {}
    with suppress(ValueError, RecursionError):
        report = mapping(json.loads(answer.content))
    if not text(report.get("status")):
        raise _silent(name, f"answered {answer.status_code} without a report")
    found = [_problem(name, one, "error") for one in entries(report.get("errors"))]
    found += [_problem(name, one, "warning") for one in entries(report.get("warnings"))]
    refused = text(report.get("status")).lower() != "accepted"
    if refused and not any(problem.severity == "error" for problem in found):
        found.append(Problem(name, "is refused by the online check, without a reason", "Accepted", _CURE))
    return found


def _service() -> str:
    other = os.environ.get(OVERRIDE)
    if not other:
        return SERVICE
    try:
        loopback = ipaddress.ip_address(urlsplit(other).hostname or "").is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        wrong = "names an address that is not this machine's own"
        raise ProblemsError([Problem(OVERRIDE, wrong, "http://127.0.0.1:PORT/...", "unset it")])
    return other


def _problem(name: str, issue: Mapping[str, object], severity: str) -> Problem:
    said = ": ".join(part for part in (text(issue.get("title")), text(issue.get("content"))) if part)
    help_url = text(issue.get("helpUrl"))
    cure = f"see {help_url}" if help_url.startswith("https://") else "correct the template"
    wrong = f"online check: {said[:_LONGEST] or text(issue.get('code')) or 'no text'}"
    return Problem(
        name, wrong, "what Microsoft's check accepts", cure, "error" if severity == "error" else "warning"
    )


def _silent(name: str, why: str) -> ProblemsError:
    return ProblemsError([Problem(name, f"was not checked: the online service {why}", "a report", _CURE)])
