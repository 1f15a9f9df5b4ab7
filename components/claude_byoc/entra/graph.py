"""Reads from Microsoft Graph that the provider cannot make: what exists of registrations, grants and assignments.

Never imports Pulumi, so that the command uses it as well. Nothing is written.
"""

import contextlib
import ipaddress
import os
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from claude_byoc.contract import entra
from claude_byoc.contract.local import LOCAL_TENANT_ID
from claude_byoc.contract.problems import Problem, ProblemsError

GRAPH_URL = "CLAUDE_BYOC_GRAPH_URL"
"""Environment variable that names another Graph on this machine, a stand-in's; it is sent no token."""

PAGES = 50
TRIES = 4
LONGEST_WAIT = 30.0
"""Seconds that one Retry-After is followed for at most."""
_BUSY = (429, 503, 504)
"""source: https://learn.microsoft.com/graph/throttling"""


class GraphUnreadableError(Exception):
    """Graph could not be read: no credentials, no permission, no answer. The text says which."""


@dataclass(frozen=True)
class Grant:
    """A grant of delegated permissions by which the app acts for every person of the tenant."""

    id: str
    client_id: str
    """Object id of the app's service principal."""
    resource_id: str
    """Object id of the API's service principal."""
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Registration:
    """An app registration."""

    object_id: str
    client_id: str
    display_name: str
    notes: str


@dataclass(frozen=True)
class Assignment:
    """Who is assigned to an app, in which of its roles."""

    id: str
    principal_id: str
    """Object id of the person or group."""
    role_id: str


class GraphReader:
    """Reads one tenant. `token` gives a bearer token, None where none is needed."""

    def __init__(
        self,
        base: str,
        token: Callable[[], str] | None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = base.rstrip("/")
        self._token = token
        self._sleep = sleep

    def tenant_grants(self, client_object_id: str) -> list[Grant]:
        """Return the tenant-wide grants of an app; none where it is not in the tenant."""
        rows = self._rows(f"/v1.0/servicePrincipals/{quote(client_object_id)}/oauth2PermissionGrants")
        return [
            Grant(
                str(row["id"]),
                str(row["clientId"]),
                str(row["resourceId"]),
                tuple(str(row.get("scope") or "").split()),
            )
            for row in rows
            # Grants of single people stand beside the tenant's and are none of ours.
            if row.get("consentType") == "AllPrincipals"
        ]

    def registrations(self, display_name: str) -> list[Registration]:
        """Return the app registrations of that name."""
        name = quote(display_name.replace("'", "''"), safe="")
        rows = self._rows(f"/v1.0/applications?$filter=displayName%20eq%20'{name}'")
        return [
            Registration(
                str(row["id"]), str(row["appId"]), str(row["displayName"]), str(row.get("notes") or "")
            )
            for row in rows
        ]

    def service_principals(self, client_id: str) -> list[str]:
        """Return the object ids of the service principals of an app: one or none."""
        rows = self._rows(f"/v1.0/servicePrincipals?$filter=appId%20eq%20'{quote(client_id, safe='')}'")
        return [str(row["id"]) for row in rows]

    def assignments(self, principal_object_id: str) -> list[Assignment]:
        """Return who is assigned to the app of a service principal; none where it is not in the tenant."""
        rows = self._rows(f"/v1.0/servicePrincipals/{quote(principal_object_id)}/appRoleAssignedTo")
        return [Assignment(str(row["id"]), str(row["principalId"]), str(row["appRoleId"])) for row in rows]

    def _rows(self, path: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        url = self._base + path
        with httpx.Client(timeout=30, follow_redirects=False, trust_env=self._token is not None) as client:
            for _ in range(PAGES):
                with _spoken(url):
                    answer = self._get(client, url)
                    if answer.status_code == HTTPStatus.NOT_FOUND:
                        return rows
                    if answer.is_error:
                        raise GraphUnreadableError(f"{url.partition('?')[0]} answered {_error(answer)}")
                    page = answer.json()
                    rows += page["value"]
                following = page.get("@odata.nextLink")
                if following is None:
                    return rows
                if urlsplit(following)[:2] != urlsplit(self._base)[:2]:
                    raise GraphUnreadableError("a page of the answer names another host as the next one")
                url = following
        raise GraphUnreadableError(f"{path.partition('?')[0]} has more than {PAGES} pages")

    def _get(self, client: httpx.Client, url: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token()}"} if self._token else {}
        answer = client.get(url, headers=headers)
        for _ in range(TRIES - 1):
            if answer.status_code not in _BUSY:
                break
            self._sleep(_wait(answer.headers.get("Retry-After", "")))
            answer = client.get(url, headers=headers)
        return answer


def reader(cloud: str, tenant_id: str | None, environ: Mapping[str, str] = os.environ) -> GraphReader:
    """Return the reader of the cloud's Graph, with the credentials that the azuread provider would find.

    Raises ProblemsError where CLAUDE_BYOC_GRAPH_URL names anything but this machine.
    """
    if local := environ.get(GRAPH_URL):
        if not _is_loopback(local):
            raise ProblemsError(
                [
                    Problem(
                        GRAPH_URL,
                        "names another machine",
                        "an http:// URL of this machine, as http://127.0.0.1:8080",
                        "unset it to read the tenant's own Microsoft Graph",
                    )
                ]
            )
        return GraphReader(local, None)
    host = entra.cloud_of(cloud).graph_host

    def token() -> str:
        if tenant_id == LOCAL_TENANT_ID:
            # Before any credential is looked for: stack `local` reaches no real cloud.
            raise GraphUnreadableError("no directory has the tenant that stack `local` is pinned to")
        from claude_byoc.entra import credentials  # noqa: PLC0415 -- loads azure-identity, for a real Graph alone

        return credentials.token(host, entra.cloud_of(cloud).authority_host, tenant_id, environ)

    return GraphReader(f"https://{host}", token)


@contextlib.contextmanager
def _spoken(url: str) -> Generator[None]:
    try:
        yield
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        host = urlsplit(url).netloc
        raise GraphUnreadableError(f"{host} gave no usable answer ({type(error).__name__})") from None


def _error(answer: httpx.Response) -> str:
    try:
        code = answer.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)
    return f"{answer.status_code} {code}"


def _wait(text: str) -> float:
    return min(float(text), LONGEST_WAIT) if text.isdigit() else 1.0


def _is_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme == "http" and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False
