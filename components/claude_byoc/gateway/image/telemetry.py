"""Telemetry of add-ins and desktop apps (OTLP over HTTP): checked, and sent on to the organisation's collector."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import httpx

from .caller import Call, Refused
from .exchange import Exchange, Incoming, Scope
from .own import Own

_PATHS = ("/v1/traces", "/v1/logs", "/v1/metrics")
_TYPES = ("application/json", "application/x-protobuf")
_PASSED = ("content-type", "content-encoding")
"""Headers of the client that reach the collector; its credential does not."""
_PATIENCE = 10.0
_AGAIN = 30
_SUCCESS, _REDIRECT = 200, 300
_CREDENTIAL_REFUSED = (401, 403)
_LATER = (429, 502, 503, 504)
"""What OTLP's clients try again. source: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes"""


@dataclass(frozen=True)
class TelemetrySettings:
    """The collector's base URL, the bytes of one delivery, the team whose tokens may send telemetry alone."""

    collector_url: str
    largest: int
    sender_team: str = ""


def collector_headers(text: str) -> dict[str, str]:
    """Return the headers in `name=value,name=value`, values URL-encoded; raise ValueError for another text."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, separator, value = pair.partition("=")
        if not separator or not name.strip():
            raise ValueError("GATEWAY_COLLECTOR_HEADERS is not name=value,name=value")
        found[name.strip()] = unquote(value.strip())
    return found


class Forwarder:
    """Sends deliveries on, with the collector's own credential in `headers`."""

    def __init__(self, settings: TelemetrySettings, headers: Mapping[str, str]) -> None:
        self._settings = settings
        # No redirects: the credential is the collector's alone.
        self._client = httpx.AsyncClient(headers=dict(headers), timeout=_PATIENCE, follow_redirects=False)

    def routes(self) -> dict[str, Own]:
        """Return the addresses that it serves."""
        return dict.fromkeys(_PATHS, Own("telemetry", self._serve))

    async def _serve(self, _call: Call, scope: Scope, incoming: Incoming, exchange: Exchange) -> None:
        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        kind = sent.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _TYPES:
            raise Refused(415, f"Telemetry comes as {' or '.join(_TYPES)} (OTLP over HTTP).")
        body = await incoming.read(self._settings.largest)
        if body is None:
            mib = self._settings.largest >> 20
            raise Refused(413, f"A delivery of telemetry may have {mib} MiB here. Send smaller batches.")
        passed = {name: sent[name] for name in _PASSED if name in sent}
        try:
            answer = await self._client.post(
                self._settings.collector_url + scope["path"], content=body, headers=passed
            )
        except httpx.HTTPError:
            raise Refused(
                503, "The collector of telemetry does not answer. Try again later.", retry_after=_AGAIN
            ) from None
        await _tell(answer, exchange)


async def _tell(answer: httpx.Response, exchange: Exchange) -> None:
    status = answer.status_code
    if _SUCCESS <= status < _REDIRECT:
        kind = answer.headers.get("content-type", "application/json")
        await exchange.answer(_SUCCESS, answer.content, headers={"content-type": kind})
    elif status in _CREDENTIAL_REFUSED:
        # A 401 would tell the client that its own credential is wrong.
        raise Refused(
            500, f"The collector refuses the gateway's credential (status {status}): check collectorHeaders."
        )
    elif status in _LATER:
        wait = answer.headers.get("retry-after", "")
        again = int(wait) if wait.isdigit() else _AGAIN
        raise Refused(429 if status == _LATER[0] else 503, "The collector is busy.", retry_after=again)
    else:
        raise Refused(status if status < 500 and status >= 400 else 500,  # noqa: PLR2004 -- HTTP's classes
                      f"The collector refuses the telemetry (status {status}).")  # fmt: skip
