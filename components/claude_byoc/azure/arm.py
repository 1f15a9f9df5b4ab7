"""A small client of Azure Resource Manager: one resource put, read or deleted, each to its end.

What the service asks to try later is tried later; what it refuses is told with its cure
(`contract/azure_errors`).
source: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations and request-limits
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from claude_byoc.contract.azure_errors import explain

LONGEST_SECONDS = 1800.0
"""How long one change may take altogether."""
TRIES = 8
"""How often one request is sent before it counts as refused."""
_POLL_SECONDS, _LONGEST_WAIT = 5.0, 60.0
_LATER = frozenset({429, 500, 502, 503, 504})
_CONFLICTS = ("RequestConflict", "AnotherOperationInProgress", "Conflict")
_ENDED = frozenset({"Succeeded", "Failed", "Canceled", "Cancelled", "Disabled"})


class ArmRefusedError(Exception):
    """The service refuses, in its own words and with the cure where it is known."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code = status, code
        known = explain(f"{code}: {message}")
        cure = f"\n{known.means}\n  allowed: {known.allowed}\n  to do:   {known.cure}" if known else ""
        super().__init__(f"{code}: {message}{cure}")


@dataclass
class Arm:
    """The service at `address`; `token` returns an access token for it, None where none is asked for.

    `sleep` and `clock` are replaced in tests.
    """

    address: str
    token: Callable[[], str | None]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        # A loopback service is not behind anybody's proxy.
        self._client = httpx.Client(timeout=120, trust_env=not _is_loopback(self.address))

    def get(self, resource_id: str, api_version: str) -> dict[str, Any] | None:
        """Return the resource, or None where there is none. Raises ArmRefusedError."""
        answer = self._send("GET", resource_id, api_version)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        return _json(answer)

    def put(self, resource_id: str, api_version: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create or change the resource, wait until that is done, and return it. Raises ArmRefusedError."""
        end = self.clock() + LONGEST_SECONDS
        answer = self._send("PUT", resource_id, api_version, body)
        found = _json(answer)
        while (state := _state(found)) not in _ENDED:
            self._wait(answer, end, f"{resource_id} is still {state or 'being made'}")
            answer = self._send("GET", resource_id, api_version)
            if answer.status_code == HTTPStatus.NOT_FOUND:
                raise ArmRefusedError(404, "ResourceNotFound", f"{resource_id} went away while it was made")
            found = _json(answer)
        if state != "Succeeded":
            raise ArmRefusedError(200, state, f"{resource_id} ended in the state {state}: {_reason(found)}")
        return found

    def delete(self, resource_id: str, api_version: str) -> None:
        """Delete the resource and wait until it is gone; one that is not there is fine. Raises ArmRefusedError."""
        end = self.clock() + LONGEST_SECONDS
        answer = self._send("DELETE", resource_id, api_version)
        if answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.NO_CONTENT):
            return
        while self.get(resource_id, api_version) is not None:
            self._wait(answer, end, f"{resource_id} is still being deleted")

    def _send(
        self, method: str, resource_id: str, api_version: str, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        url = f"{self.address}{resource_id}"
        for attempt in range(TRIES):
            token = self.token()
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            try:
                answer = self._client.request(
                    method, url, params={"api-version": api_version}, headers=headers, json=body
                )
            except httpx.TransportError as error:
                last = ArmRefusedError(0, "NoAnswer", f"{self.address} does not answer ({error})")
                wait = _backoff(attempt)
            else:
                if answer.is_success or (answer.status_code == HTTPStatus.NOT_FOUND and method != "PUT"):
                    return answer
                last = _refused(answer)
                if not _may_pass(last):
                    raise last
                wait = _retry_after(answer) or _backoff(attempt)
            if attempt + 1 == TRIES:
                raise last
            self.sleep(wait)
        raise AssertionError("unreachable")

    def _wait(self, answer: httpx.Response, end: float, what: str) -> None:
        if self.clock() >= end:
            raise ArmRefusedError(
                0, "TimedOut", f"{what} after {LONGEST_SECONDS / 60:.0f} minutes; run up again"
            )
        self.sleep(_retry_after(answer) or _POLL_SECONDS)


def _may_pass(error: ArmRefusedError) -> bool:
    return error.status in _LATER or (error.status == HTTPStatus.CONFLICT and error.code in _CONFLICTS)


def _backoff(attempt: int) -> float:
    return min(2.0**attempt, _LONGEST_WAIT)


def _retry_after(answer: httpx.Response) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return min(float(text), _LONGEST_WAIT) if text.isdigit() else None


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ArmRefusedError(answer.status_code, "BadAnswer", "the service's answer is not a JSON object")
    return cast("dict[str, Any]", found)


def _refused(answer: httpx.Response) -> ArmRefusedError:
    try:
        error = answer.json()["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        code, message = f"HTTP {answer.status_code}", answer.reason_phrase
    return ArmRefusedError(answer.status_code, code, message)


def _state(found: dict[str, Any]) -> str:
    return str((found.get("properties") or {}).get("provisioningState", ""))


def _reason(found: dict[str, Any]) -> str:
    error = (found.get("properties") or {}).get("provisioningError") or found.get("error") or {}
    return str(error.get("message", "the service gives no reason"))


def _is_loopback(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "localhost", "::1")


def checked_address(address: str, override: str | None) -> tuple[str, bool]:
    """Return (address, whether it is real): `override` where one is given, which only a loopback address may be.

    Raises ValueError for another, which would be given access tokens.
    """
    if not override:
        return address, True
    if urlsplit(override).scheme != "http" or not _is_loopback(override):
        raise ValueError(
            f"{override!r} is not a loopback address; leave it out to reach Azure Resource Manager"
        )
    return override.rstrip("/"), False
