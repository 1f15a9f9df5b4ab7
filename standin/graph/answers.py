"""Microsoft Graph's answers: routes, filters, pages and errors."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from standin import seeds, state
from standin.cloud import Cloud
from standin.graph.shapes import Directory, Json
from standin.loading import load_code
from standin.loopback import Answer, Request
from standin.rows import Rows
from standin.scope import scope

VERSION = "/v1.0"
PAGE = 100
"""Rows in a page that names no size.

source: learn.microsoft.com/graph/api/serviceprincipal-list (default page size 100)
"""

Handler = Callable[[Directory, Request, re.Match[str]], Answer]


@dataclass(frozen=True)
class _Route:
    method: str
    shown: str
    path: re.Pattern[str]
    handler: Handler


ROUTES: list[_Route] = []

SETS: Mapping[str, Callable[[Directory], list[Json]]] = {
    "applications": Directory.applications,
    "oauth2PermissionGrants": Directory.grants,
    "servicePrincipals": Directory.service_principals,
}

_SEGMENTS = {"{set}": f"(?P<set>{'|'.join(SETS)})", "{id}": "(?P<id>[^/()]+)", "{key}": "(?P<key>[^']+)"}


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Register an answer. `{set}` is one of SETS, `{id}` a segment, `{key}` a client id in quotes."""
    pattern = re.escape(path)
    for name, form in _SEGMENTS.items():
        pattern = pattern.replace(re.escape(name), form)

    def register(handler: Handler) -> Handler:
        ROUTES.append(_Route(method, f"{method} {VERSION}{path}", re.compile(VERSION + pattern), handler))
        return handler

    return register


class GraphError(Exception):
    """An error in Graph's shape.

    source: learn.microsoft.com/graph/errors
    """

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(status, {"error": {"code": code, "message": message, "innerError": {}}})


class Graph:
    """Answers requests from one cloud file; the file and its directory are made if they are missing."""

    def __init__(self, cloud: Path, environment: Mapping[str, str]) -> None:
        load_code("azuread")
        self._path = cloud
        self._environment = dict(environment)
        self._where = scope("azuread", {}, environment)

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        cloud = Cloud(self._path)
        try:
            seeds.plant(cloud, "azuread", self._environment)
            context = state.Context(self._where, {}, lambda: cloud)
            return _answer(Directory(cloud, Rows("azuread", context), str(self._where["tenant"])), request)
        except GraphError as error:
            return error.answer
        finally:
            cloud.close()


def _answer(directory: Directory, request: Request) -> Answer:
    path = request.path.rstrip("/")
    for known in ROUTES:
        if known.method == request.method and (match := known.path.fullmatch(path)):
            return known.handler(directory, request, match)
    there_is = ", ".join(item.shown for item in ROUTES)
    raise GraphError(
        HTTPStatus.NOT_FOUND,
        "ResourceNotFound",
        f"the stand-in Graph has no {request.method} {path}; it has: {there_is}",
    )


@route("GET", "/{set}")
def rows(directory: Directory, request: Request, match: re.Match[str]) -> Answer:
    """Return the rows of a set.

    source: learn.microsoft.com/graph/api/serviceprincipal-list, oauth2permissiongrant-list, application-list
    """
    return listed(request, SETS[match["set"]](directory), match["set"])


@route("GET", "/{set}/{id}")
@route("GET", "/{set}(appId='{key}')")
def row(directory: Directory, request: Request, match: re.Match[str]) -> Answer:
    """Return one row of a set.

    source: learn.microsoft.com/graph/api/serviceprincipal-get, oauth2permissiongrant-get, application-get
    """
    context = f"{request.base}{VERSION}/$metadata#{match['set']}/$entity"
    found = _one(SETS[match["set"]](directory), match)
    return Answer(HTTPStatus.OK, {"@odata.context": context, **_selected(request, found)})


@route("GET", "/servicePrincipals/{id}/oauth2PermissionGrants")
@route("GET", "/servicePrincipals(appId='{key}')/oauth2PermissionGrants")
def grants_of_a_client(directory: Directory, request: Request, match: re.Match[str]) -> Answer:
    """Return the grants that a client has.

    source: learn.microsoft.com/graph/api/serviceprincipal-list-oauth2permissiongrants
    """
    client = _one(directory.service_principals(), match)["id"]
    grants = [grant for grant in directory.grants() if grant["clientId"] == client]
    return listed(request, grants, "oauth2PermissionGrants")


@route("GET", "/servicePrincipals/{id}/appRoleAssignedTo")
def assignments_to_a_resource(directory: Directory, request: Request, match: re.Match[str]) -> Answer:
    """Return who is assigned to an app.

    source: learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto
    """
    resource = _one(directory.service_principals(), match)["id"]
    assigned = [row for row in directory.assignments() if row["resourceId"] == resource]
    return listed(request, assigned, "appRoleAssignments")


def _one(rows: list[Json], match: re.Match[str]) -> Json:
    """Return the row whose id, or whose client id, the path names.

    source of the words: learn.microsoft.com/graph/resolve-auth-errors and logged answers (Request_ResourceNotFound)
    """
    named = match.groupdict()
    name, wanted = ("appId", named["key"]) if "key" in named else ("id", named["id"])
    for row in rows:
        if str(row.get(name)).lower() == wanted.lower():
            return row
    raise GraphError(
        HTTPStatus.NOT_FOUND,
        "Request_ResourceNotFound",
        f"Resource '{wanted}' does not exist or one of its queried reference-property objects are not present.",
    )


def listed(request: Request, rows: list[Json], of: str) -> Answer:
    """Return the rows that the filter lets through, a page of them, with the next one's address.

    source: learn.microsoft.com/graph/query-parameters, learn.microsoft.com/graph/paging
    """
    kept = [row for row in rows if _passes(request.query.get("$filter", ""), row)]
    start, size = _number(request, "$skiptoken", 0), _number(request, "$top", PAGE)
    body: dict[str, object] = {"@odata.context": f"{request.base}{VERSION}/$metadata#{of}"}
    if start + size < len(kept):
        query = {**request.query, "$skiptoken": str(start + size)}
        body["@odata.nextLink"] = f"{request.base}{request.path}?{urlencode(query)}"
    body["value"] = [_selected(request, row) for row in kept[start : start + size]]
    return Answer(HTTPStatus.OK, body)


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not re.fullmatch(r"\d{1,3}", text) or (name == "$top" and text == "0"):
        raise GraphError(
            HTTPStatus.BAD_REQUEST, "BadRequest", f"Invalid value '{text}' for $top query option found."
        )
    return int(text)


_CLAUSE = r"(\w+) eq (?:'((?:[^']|'')*)'|(true|false))"
_FILTER = re.compile(f"{_CLAUSE}(?: and {_CLAUSE})*")


def _passes(text: str, row: Json) -> bool:
    """Judge `NAME eq VALUE and ...`; any other filter is refused, as are names that the rows lack."""
    if not text:
        return True
    clauses = [match.groups() for match in re.finditer(_CLAUSE, text)]
    if not _FILTER.fullmatch(text) or any(name not in row for name, _, _ in clauses):
        raise GraphError(HTTPStatus.BAD_REQUEST, "Request_UnsupportedQuery", "Unsupported Query.")
    for name, quoted, word in clauses:
        wanted = word == "true" if word else quoted.replace("''", "'").lower()
        found = row[name]
        if (found.lower() if isinstance(found, str) else found) != wanted:
            return False
    return True


def _selected(request: Request, row: Json) -> Json:
    names = request.query.get("$select")
    return {name: row[name] for name in names.split(",") if name in row} if names else row
