"""The suite against one gateway: find what it is, ask every case, say what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from claude_byoc.gateway.conformance.browser import Answer
from claude_byoc.gateway.conformance.cases import WRONG_TOKEN, Case, cases
from claude_byoc.gateway.conformance.findings import Finding
from claude_byoc.gateway.conformance.judge import judge
from claude_byoc.gateway.conformance.probe import FORMATS, HEADERS, Found, base_of, credential, find
from claude_byoc.gateway.conformance.wire import Wire, is_loopback, is_private


@dataclass(frozen=True)
class Result:
    """One case as it went. `skipped` says why it was not asked."""

    api_format: str
    case: str
    request: str
    findings: Sequence[Finding] = ()
    skipped: str = ""


@dataclass(frozen=True)
class Report:
    """All that is known of a gateway. `unreachable` says why there is nothing to know."""

    url: str
    found: Found
    results: Sequence[Result] = ()
    general: Sequence[Finding] = field(default_factory=tuple)
    unreachable: str = ""
    asked: int = 0

    @property
    def findings(self) -> list[Finding]:
        """Return everything that is wrong."""
        return [*self.general, *(finding for result in self.results for finding in result.findings)]

    @property
    def breaks(self) -> bool:
        """Tell whether an add-in cannot work with the gateway as it is."""
        return bool(self.unreachable) or any(finding.breaks for finding in self.findings)


def examine(
    url: str,
    token: str = "",
    *,
    send: bool = False,
    model: str = "",
    place: tuple[str, str] = ("project", "region"),
    seconds: float = 10,
    formats: Sequence[str] = tuple(FORMATS),
) -> Report:
    """Examine the gateway at `url`. With `send` one tiny request per format is answered by a model.

    `token` is a credential that the gateway should take, "" = only what needs none is asked. `model` is what
    requests that are sent ask for, `place` the project and region of format vertex, `formats` what to look for.
    """
    base = base_of(url)
    with Wire(base, seconds, (token,)) as wire:
        first = wire.ask("GET", base)
        if isinstance(first, str):
            return Report(base, Found({}), unreachable=first, asked=wire.asked)
        found = find(wire, token, place, formats)
        private = is_private(base)
        wanted = model or next((one for one in found.models if "claude" in one), "")
        results = [
            _result(wire, name, case, token, send=send, private=private, model=wanted)
            for name, its_base in found.bases.items()
            for case in cases(name, its_base, found.headers or (HEADERS if not token else ()), wanted, place)
        ]
        return Report(base, found, results, _general(base, found, token), asked=wire.asked)


def _general(base: str, found: Found, token: str) -> list[Finding]:
    general: list[Finding] = []
    if urlsplit(base).scheme != "https" and not is_loopback(base):
        general.append(Finding("insecure", "the URL begins with http:"))
    if not found.bases and not found.unclear:
        general.append(Finding("no-format", "none of anthropic, bedrock, vertex"))
    if found.takes_any:
        general.append(Finding("open", "a wrong token is answered as the given one is"))
    elif token and found.bases and not found.headers:
        general.append(Finding("no-credential", "the given token is refused in both headers"))
    elif len(found.headers) == 1:
        general.append(Finding("one-header", f"only {found.headers[0]} takes the token"))
    return general


def _result(
    wire: Wire, name: str, case: Case, token: str, *, send: bool, private: bool, model: str
) -> Result:
    request = f"{case.method} {urlsplit(case.url).path}"
    title = f"{case.name} ({case.header})" if case.credential == "given" else case.name
    if case.credential == "given" and not token:
        return Result(name, title, request, skipped="needs --token")
    if case.sends and not send:
        return Result(name, title, request, skipped="needs --send")
    if case.sends and not model:
        return Result(name, title, request, skipped="needs --model")
    headers = dict(case.headers)
    if case.credential != "none":
        headers |= credential(case.header, token if case.credential == "given" else WRONG_TOKEN)
    answer: Answer | str
    if case.judged == "malformed":
        answer = wire.ask_malformed(case.url, headers)
    elif case.judged == "next":
        answer = wire.ask_twice(case.url, headers, case.body or b"")
    else:
        answer = wire.ask(case.method, case.url, headers=headers, body=case.body)
    return Result(name, title, request, judge(case, answer, private=private))
