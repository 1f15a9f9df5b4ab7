"""What a gateway is, found by asking: which API formats at which base, which header takes the token, whose product."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

from claude_byoc.contract.gateway import BEDROCK_PREFIX, READY_PATH, VERTEX_PREFIX
from claude_byoc.gateway.conformance.browser import Answer
from claude_byoc.gateway.conformance.cases import NO_MODEL, WRONG_TOKEN, path_of, routes_of, spendless
from claude_byoc.gateway.conformance.judge import document, model_ids
from claude_byoc.gateway.conformance.wire import Wire

HEADERS = ("x-api-key", "authorization")
FORMATS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"anthropic": ("", "/anthropic"), "bedrock": ("", BEDROCK_PREFIX), "vertex": ("", VERTEX_PREFIX)}
)
"""API format -> where its base may lie below a URL: there, or where LiteLLM has it."""

PRODUCTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "LiteLLM": ("x-litellm-", "litellm"),
        "Portkey": ("x-portkey-", "portkey"),
        "Kong": ("x-kong-", "kong/"),
    }
)
"""Product -> what its answers' headers begin with, or hold. source: what each sends of its own accord."""

_ABSENT = frozenset({404, 405, 410, 501})
_ASKS_WHO = frozenset({401, 403})
_NUMBERS = re.compile(r"[0-9a-f]{8,}|\d+", re.IGNORECASE)
_TAIL = re.compile(r"(?:/v1)?/(?:messages(?:/count_tokens)?|models)/?$")


@dataclass(frozen=True)
class Found:
    """What a gateway is. `bases` maps a format to its base URL; `headers` take the token (needs one to be known).

    `unclear` holds the formats that only a token can tell, `takes_any` tells that a wrong token does what the
    right one does.
    """

    bases: Mapping[str, str]
    headers: Sequence[str] = ()
    unclear: Sequence[str] = ()
    takes_any: bool = False
    product: str = ""
    models: Sequence[str] = field(default_factory=tuple)


def base_of(url: str) -> str:
    """Return the base that people should give, from what they may have copied."""
    return _TAIL.sub("", url.rstrip("/")).rstrip("/")


def credential(header: str, token: str) -> dict[str, str]:
    """Return the header that carries the token."""
    return {header: f"Bearer {token}" if header == "authorization" else token}


def find(wire: Wire, token: str, place: tuple[str, str], formats: Sequence[str]) -> Found:
    """Ask what the gateway is, of `formats`; `token` may be ""."""
    base = base_of(wire.url)
    anonymous = wire.ask("POST", f"{base}/claude-byoc-doctor/none", body=b"{}")
    tokens = [credential(header, token) for header in HEADERS] if token else []
    known = [wire.ask("POST", f"{base}/claude-byoc-doctor/none", body=b"{}", headers=one) for one in tokens]
    seen: list[Answer | str] = [anonymous, *known]
    bases: dict[str, str] = {}
    unclear: list[str] = []
    for name in formats:
        for prefix in FORMATS[name]:
            if base.endswith(prefix) and prefix:
                continue
            url = f"{base}{prefix}{path_of(routes_of(name)[0], NO_MODEL, *place)}"
            asked = [wire.ask("POST", url, body=spendless(name), headers=one) for one in ({}, *tokens)]
            seen += asked
            there = [
                _is_there(answer, control) for answer, control in zip(asked, [anonymous, *known], strict=True)
            ]
            if any(there):
                bases[name] = f"{base}{prefix}"
                break
            if not tokens and _status(asked[0]) in _ASKS_WHO and not prefix:
                unclear.append(name)
    headers, takes_any, models = _headers(wire, bases, token, place)
    return Found(bases, headers, unclear, takes_any, _product(wire, base, seen), models)


def _status(answer: Answer | str) -> int:
    return answer.status if isinstance(answer, Answer) else 0


def _is_there(answer: Answer | str, control: Answer | str) -> bool:
    """Tell whether an address exists, by comparison with one that surely does not."""
    if isinstance(answer, str) or isinstance(control, str) or 300 <= answer.status < 400:  # noqa: PLR2004 -- redirects
        return False
    if answer.status in _ABSENT:
        # A model that does not exist is a 404 too: it says so in a body of JSON that names it.
        return answer.status == 404 and NO_MODEL.encode() in answer.body and control.body != answer.body  # noqa: PLR2004
    return answer.status != control.status


def _headers(
    wire: Wire, bases: Mapping[str, str], token: str, place: tuple[str, str]
) -> tuple[list[str], bool, list[str]]:
    """Return the headers that take the token, whether any other would do as well, and the models offered."""
    taken: list[str] = []
    any_will_do: list[bool] = []
    models: list[str] = []
    for header in HEADERS if token else ():
        for name, base in bases.items():
            right, wrong = (
                _answers(wire, name, base, credential(header, value), place) for value in (token, WRONG_TOKEN)
            )
            offered = next(
                (model_ids(one) for one in right if isinstance(one, Answer) and model_ids(one)), []
            )
            models = models or offered
            passed = [_status(one) not in {0, 500, *_ASKS_WHO} for one in right]
            differs = [_shape(one) != _shape(other) for one, other in zip(right, wrong, strict=True)]
            if any(p and d for p, d in zip(passed, differs, strict=True)):
                taken.append(header)
                any_will_do.append(False)
                break
            if all(passed) and not any(differs):
                any_will_do.append(True)
    takes_any = bool(any_will_do) and not taken and all(any_will_do)
    return (list(HEADERS) if takes_any else taken), takes_any, models


def _answers(
    wire: Wire, name: str, base: str, headers: Mapping[str, str], place: tuple[str, str]
) -> list[Answer | str]:
    ask = f"{base}{path_of(routes_of(name)[0], NO_MODEL, *place)}"
    found = [wire.ask("POST", ask, body=spendless(name), headers=headers)]
    if name == "anthropic":
        version = {"anthropic-version": "2023-06-01"}
        found.append(wire.ask("GET", f"{base}/v1/models", headers={**headers, **version}))
    return found


def _shape(answer: Answer | str) -> tuple[int, str]:
    """Return what stays the same between two answers of the same meaning."""
    text = answer.body.decode("latin-1") if isinstance(answer, Answer) else ""
    return _status(answer), _NUMBERS.sub("0", text)


def _product(wire: Wire, base: str, seen: Sequence[Answer | str]) -> str:
    parts = urlsplit(base)
    ready = wire.ask("GET", f"{parts.scheme}://{parts.netloc}{READY_PATH}")
    if isinstance(ready, Answer) and document(ready).get("status") == "ready":
        return "claude-byoc"
    lines = [
        f"{name}: {value}".lower() for one in seen if isinstance(one, Answer) for name, value in one.headers
    ]
    bodies = b" ".join(one.body for one in seen if isinstance(one, Answer)).lower()
    for product, signs in PRODUCTS.items():
        if any(sign in line for sign in signs for line in lines) or signs[-1].encode() in bodies:
            return product
    return ""
