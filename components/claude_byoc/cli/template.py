"""Where a manifest template comes from: built in, a file, or an https:// URL."""

import http.client
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import IO

from claude_byoc.contract.problems import Problem, ProblemsError
from claude_byoc.rollout.manifest import builtin_template
from claude_byoc.rollout.manifest_xml import SIZE_LIMIT

_SECONDS = 20
"""For each answer of the server, and for the whole file: a slow server cannot hold the command up."""
_CHUNK = 65_536
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
    # What the server calls the content is not looked at: the XML parser alone says what it is.
    opener = urllib.request.build_opener(_HttpsOnly)
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "claude-byoc"})  # noqa: S310 - https:// only
        deadline = time.monotonic() + _SECONDS
        with opener.open(request, timeout=_SECONDS) as answer:
            return _read(answer, deadline)
    except urllib.error.HTTPError as error:
        error.close()
        why = f"the server answered {error.code}"
        if HTTPStatus.MULTIPLE_CHOICES <= error.code < HTTPStatus.BAD_REQUEST:
            why = "it redirects in a circle, or to an address that is not https://"
    except http.client.InvalidURL:
        why = "the URL is not valid"
    except http.client.HTTPException:
        why = "the server did not answer as a web server does"
    except (OSError, ValueError) as error:
        why = str(getattr(error, "reason", "") or error)
    raise ProblemsError([_problem(f"cannot be fetched: {why}", "check the URL, or give a file")])


def _read(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    """Read to the end, but not beyond what a template may have; raise an OSError when it takes too long."""
    content = bytearray()
    while len(content) <= SIZE_LIMIT and (chunk := answer.read1(_CHUNK)):
        content += chunk
        if time.monotonic() > deadline:
            raise TimeoutError(f"it took more than {_SECONDS} seconds")
    return bytes(content)


def _problem(wrong: str, cure: str) -> Problem:
    return Problem("--template", wrong, _ALLOWED, cure)
