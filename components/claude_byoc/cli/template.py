"""Where a manifest template comes from: built in, a file, or an https:// URL."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from claude_byoc.contract.problems import Problem, ProblemsError
from claude_byoc.rollout.manifest import builtin_template
from claude_byoc.rollout.manifest_xml import SIZE_LIMIT

_SECONDS = 20
_ALLOWED = "a file, or an https:// URL"


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirects to https:// alone, so that nobody on the way can change the template."""

    def redirect_request(  # noqa: PLR0917 - the overridden method's parameters
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: object,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.startswith("https://"):
            raise urllib.error.URLError("it redirects to an address that is not https://")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # pyright: ignore[reportArgumentType]


def load_template(where: str | None, host: str) -> bytes:
    """Return the template's bytes; raise ProblemsError when it cannot be had."""
    if where is None:
        return builtin_template(host)
    if "://" not in where:
        return _from_file(where)
    if where.startswith("https://"):
        return _from_url(where)
    raise ProblemsError([_problem("is not an https:// URL", "fetch it over https://, or give a file")])


def _from_file(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else "the name is not valid"
        raise ProblemsError([_problem(f"cannot be read: {why}", "check the file's name")]) from None


def _from_url(url: str) -> bytes:
    opener = urllib.request.build_opener(_HttpsOnly)
    request = urllib.request.Request(url, headers={"User-Agent": "claude-byoc"})  # noqa: S310 - https:// only
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return answer.read(SIZE_LIMIT + 1)
    except urllib.error.HTTPError as error:
        why = f"the server answered {error.code}"
    except (OSError, ValueError) as error:
        why = str(getattr(error, "reason", "") or error)
    raise ProblemsError([_problem(f"cannot be fetched: {why}", "check the URL, or give a file")])


def _problem(wrong: str, cure: str) -> Problem:
    return Problem("--template", wrong, _ALLOWED, cure)
