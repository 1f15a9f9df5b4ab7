"""The cases: what is asked and what must come, per address of the contract's table. Data alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote

from claude_byoc.contract.gateway import BEDROCK_PREFIX, REQUEST_HEADERS, ROUTES, VERTEX_PREFIX, Route

WRONG_TOKEN = "claude-byoc-doctor-wrong"  # noqa: S105 -- meant to be refused
NO_MODEL = "claude-byoc-doctor-no-such-model"
PROMPT = "Reply with: ok"

_PREFIXES: Mapping[str, str] = MappingProxyType({"bedrock": BEDROCK_PREFIX, "vertex": VERTEX_PREFIX})
_PRIVATE = "access-control-request-private-network"
_LARGE = 12_000
"""Characters: an Entra token of somebody in many groups."""


@dataclass(frozen=True)
class Case:
    """One request and what must come back.

    `judged` names the judge (`judge.py`). `credential` is `none`, `wrong` or `given`, sent in `header`.
    `statuses` are those that are right, none = any. A case that `sends` spends tokens.
    """

    name: str
    judged: str
    method: str
    url: str
    credential: str = "none"
    header: str = "x-api-key"
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType[str, str]({}))
    body: bytes | None = None
    statuses: Sequence[int] = ()
    sends: bool = False


def path_of(route: Route, model: str, project: str = "project", region: str = "region") -> str:
    """Return the route's path below the format's base."""
    path = route.path.removeprefix(_PREFIXES.get(route.api_format, ""))
    values = {"id": quote(model, safe=""), "project": quote(project), "region": quote(region)}
    return path.format(**values)


def routes_of(api_format: str) -> list[Route]:
    """Return the addresses of a format that take a request for a model, the first a whole answer's."""
    return [route for route in ROUTES if route.api_format == api_format and "POST" in route.methods]


def spendless(api_format: str) -> bytes:
    """Return a request that every upstream refuses: its messages are empty."""
    return json.dumps(_request(api_format, NO_MODEL, [])).encode()


def tiny(api_format: str, model: str) -> bytes:
    """Return the smallest request that shows a stream."""
    message = {"role": "user", "content": PROMPT}
    return json.dumps({**_request(api_format, model, [message]), "max_tokens": 16}).encode()


def _request(api_format: str, model: str, messages: list[dict[str, str]]) -> dict[str, object]:
    if api_format == "bedrock":
        return {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1, "messages": messages}
    if api_format == "vertex":
        return {
            "anthropic_version": "vertex-2023-10-16",
            "max_tokens": 1,
            "messages": messages,
            "stream": True,
        }
    return {"model": model, "max_tokens": 1, "messages": messages, "stream": True}


def cases(
    api_format: str, base: str, headers: Sequence[str], model: str, place: tuple[str, str]
) -> Iterator[Case]:
    """Yield the cases of one format at its base URL; `headers` are those that take the token, if it is known."""
    paths = [path_of(route, NO_MODEL, *place) for route in routes_of(api_format)]
    for path in paths:
        yield from _preflights(f"{base}{path}")
    ask = f"{base}{paths[0]}"
    body = spendless(api_format)
    error = "error"
    yield Case("no credential", error, "POST", ask, body=body, statuses=(401,))
    yield Case("no credential, body that is no JSON", error, "POST", ask, body=b"{bad", statuses=(401,))
    for header in ("x-api-key", "authorization"):
        yield Case(f"wrong {header}", error, "POST", ask, "wrong", header, body=body, statuses=(401,))
    large = MappingProxyType({"authorization": f"Bearer {'a' * _LARGE}"})
    yield Case(
        f"credential of {_LARGE:,} characters",
        error,
        "POST",
        ask,
        headers=large,
        body=body,
        statuses=(401, 431),
    )
    yield Case("address that does not exist", error, "GET", f"{base}/claude-byoc-doctor/none")
    yield Case("Content-Length that is no number", "malformed", "POST", ask)
    yield Case("the next request on one connection", "next", "POST", ask, body=body)
    for header in headers:
        yield from _given(ask, body, header)
    if api_format == "anthropic":
        yield from _anthropic(base, headers)
    answered = [path_of(route, model, *place) for route in routes_of(api_format)]
    yield from _sending(api_format, base, headers, model, answered)


def _preflights(url: str) -> Iterator[Case]:
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": ",".join(REQUEST_HEADERS),
    }
    yield Case("preflight", "preflight", "OPTIONS", url, headers=MappingProxyType(asked))
    private = MappingProxyType({**asked, _PRIVATE: "true"})
    yield Case("preflight to a private network", "private", "OPTIONS", url, headers=private)


def _given(ask: str, body: bytes, header: str) -> Iterator[Case]:
    # None of these can be answered by a model, so that none is paid for.
    for name, content in (("a list", b"[1]"), ("half of an object", b'{"model":'), ("nothing", b"")):
        title = f"body that is {name}"
        yield Case(title, "error", "POST", ask, "given", header, body=content, statuses=(400, 404, 413, 422))
    title = "request without messages, model that does not exist"
    yield Case(title, "error", "POST", ask, "given", header, body=body, statuses=(400, 403, 404))


def _anthropic(base: str, headers: Sequence[str]) -> Iterator[Case]:
    models = f"{base}/v1/models"
    version = MappingProxyType({"anthropic-version": "2023-06-01"})
    yield Case("models without a credential", "error", "GET", models, statuses=(401,))
    for header in headers:
        yield Case("models", "models", "GET", models, "given", header, version)


def _sending(
    api_format: str, base: str, headers: Sequence[str], model: str, paths: Sequence[str]
) -> Iterator[Case]:
    for header in headers[:1]:
        version = MappingProxyType({"anthropic-version": "2023-06-01"} if api_format == "anthropic" else {})
        streamed = paths[0] if api_format == "anthropic" else paths[-1]
        body = tiny(api_format, model)
        yield Case(
            "streamed answer",
            "stream",
            "POST",
            f"{base}{streamed}",
            "given",
            header,
            version,
            body,
            (200,),
            True,
        )
        if api_format == "anthropic":
            counted = json.dumps({"model": model, "messages": [{"role": "user", "content": PROMPT}]}).encode()
            url = f"{base}/v1/messages/count_tokens"
            yield Case(
                "token count", "count", "POST", url, "given", header, version, counted, (200,), sends=True
            )
