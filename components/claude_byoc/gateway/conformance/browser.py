"""What a browser lets a page at the add-in's origin read: the rules of CORS, applied to raw answers.

source: https://fetch.spec.whatwg.org (CORS check, CORS-preflight fetch, CORS-safelisted response-header names).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from claude_byoc.contract.entra import ADDIN_ORIGIN
from claude_byoc.contract.gateway import EXPOSED_HEADERS

_SIMPLE_METHODS = frozenset({"GET", "HEAD", "POST"})
_SUCCESS = range(200, 300)


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire; header names in lower case."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for key, value in self.headers if key == name]

    def words(self, name: str) -> set[str]:
        """Return the words of a header that is a list."""
        return {word.strip() for value in self.all(name) for word in value.split(",")} - {""}


def unreadable(answer: Answer) -> str:
    """Return why a page at the add-in's origin cannot read the answer; "" if it can."""
    origins = answer.all("access-control-allow-origin")
    if len(origins) != 1:
        return f"{len(origins) or 'no'} Access-Control-Allow-Origin header{'s' if origins else ''}"
    if origins[0] not in (ADDIN_ORIGIN, "*"):
        return f"Access-Control-Allow-Origin is {origins[0][:80]!r}"
    return ""


def hidden_headers(answer: Answer) -> list[str]:
    """Return the headers that the contract wants exposed and that a page cannot read."""
    exposed = {name.lower() for name in answer.words("access-control-expose-headers")}
    return [] if "*" in exposed else [name for name in EXPOSED_HEADERS if name not in exposed]


def preflight_refused(answer: Answer, method: str, headers: Sequence[str], *, private: bool = False) -> str:
    """Return why a browser would not send the real request after this preflight; "" if it would."""
    if why := unreadable(answer):
        return why
    if answer.status not in _SUCCESS:
        return f"status {answer.status}"
    methods = answer.words("access-control-allow-methods") | _SIMPLE_METHODS
    if method not in methods and "*" not in methods:
        return f"method {method} is not allowed"
    allowed = {name.lower() for name in answer.words("access-control-allow-headers")}
    # `*` never covers authorization.
    asked = {name.lower() for name in headers}
    missing = (asked & {"authorization"} if "*" in allowed else asked) - allowed
    if missing:
        return f"headers {', '.join(sorted(missing))} are not allowed"
    if private and answer.all("access-control-allow-private-network") != ["true"]:
        return "no Access-Control-Allow-Private-Network: true"
    return ""
