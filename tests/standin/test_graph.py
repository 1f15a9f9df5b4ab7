"""Microsoft Graph's view of the stand-in directory."""

import json
import os
import select
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlsplit

import pytest

from standin import seeds
from standin.cloud import Cloud
from standin.graph.answers import Graph
from standin.loopback import Request
from standin.values import Plain
from tests.standin.test_seeds import ANTHROPIC, COGNITIVE_SERVICES, MICROSOFT_GRAPH

REPO = Path(__file__).parents[2]
BASE = "http://127.0.0.1:1"
GRANT = "azuread:index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant"
REGISTRATION = "azuread:index/applicationRegistration:ApplicationRegistration"
APPLICATION = "azuread:index/application:Application"
REDIRECTS = "azuread:index/applicationRedirectUris:ApplicationRedirectUris"
IDENTIFIER_URI = "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri"
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path / "cloud.sqlite")


def ask(cloud: Cloud, target: str, method: str = "GET") -> tuple[int, dict[str, Any]]:
    url = urlsplit(target.removeprefix(BASE))
    request = Request(method, url.path, dict(parse_qsl(url.query)), None, BASE)
    answer = Graph(cloud.path, {})(request)
    return answer.status, cast("dict[str, Any]", answer.body)


def found(cloud: Cloud, target: str) -> dict[str, Any]:
    status, body = ask(cloud, target)
    assert status == 200, body
    return body


def principal(cloud: Cloud, client_id: str) -> str:
    return found(cloud, f"/v1.0/servicePrincipals(appId='{client_id}')")["id"]


def test_a_service_principal_is_found_by_app_id_id_and_filter(cloud: Cloud) -> None:
    one = found(cloud, f"/v1.0/servicePrincipals(appId='{MICROSOFT_GRAPH}')")
    assert (one["appId"], one["displayName"]) == (MICROSOFT_GRAPH, "Microsoft Graph")
    assert {"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "value": "User.Read", "isEnabled": True} in one[
        "oauth2PermissionScopes"
    ]
    assert one["@odata.context"] == f"{BASE}/v1.0/$metadata#servicePrincipals/$entity"
    assert found(cloud, f"/v1.0/servicePrincipals/{one['id']}") == one
    listed = found(cloud, f"/v1.0/servicePrincipals?$filter=appId eq '{MICROSOFT_GRAPH.upper()}'")
    assert [row["id"] for row in listed["value"]] == [one["id"]]
    assert found(cloud, "/v1.0/servicePrincipals?$filter=appId eq 'none'")["value"] == []


def test_grants_have_graphs_names_and_the_scopes_as_one_text(cloud: Cloud) -> None:
    client, api = principal(cloud, ANTHROPIC), principal(cloud, MICROSOFT_GRAPH)
    given = {"servicePrincipalObjectId": client, "resourceServicePrincipalObjectId": api}
    id_ = seeds.add(cloud, GRANT, {**given, "claimValues": ["User.Read", "openid"]})
    other = {**given, "resourceServicePrincipalObjectId": principal(cloud, COGNITIVE_SERVICES)}
    seeds.add(cloud, GRANT, {**other, "claimValues": ["user_impersonation"], "userObjectId": api})
    expected = {
        "id": id_.rpartition("/")[2],
        "clientId": client,
        "consentType": "AllPrincipals",
        "principalId": None,
        "resourceId": api,
        "scope": "User.Read openid",
    }
    both = found(cloud, f"/v1.0/servicePrincipals/{client}/oauth2PermissionGrants")["value"]
    assert expected in both
    assert {row["consentType"]: row["principalId"] for row in both} == {
        "AllPrincipals": None,
        "Principal": api,
    }
    query = f"/v1.0/oauth2PermissionGrants?$filter=clientId eq '{client}' and resourceId eq '{api}'"
    assert found(cloud, query)["value"] == [expected]
    assert (
        found(cloud, f"/v1.0/servicePrincipals(appId='{MICROSOFT_GRAPH}')/oauth2PermissionGrants")["value"]
        == []
    )
    assert found(cloud, f"/v1.0/oauth2PermissionGrants/{expected['id']}")["scope"] == "User.Read openid"


def test_applications_of_both_types_carry_what_their_parts_add(cloud: Cloud) -> None:
    name = "Claude's own"
    parts = seeds.add(cloud, REGISTRATION, {"displayName": name})
    seeds.add(
        cloud,
        REDIRECTS,
        {"applicationId": parts, "type": "SPA", "redirectUris": ["brk-multihub://pivot.claude.ai"]},
    )
    seeds.add(cloud, IDENTIFIER_URI, {"applicationId": parts, "identifierUri": "api://x"})
    whole: dict[str, Plain] = {
        "displayName": name,
        "singlePageApplication": {"redirectUris": ["https://example.com/a"]},
    }
    whole["identifierUris"] = ["api://y"]
    seeds.add(cloud, APPLICATION, whole)
    seeds.add(cloud, REGISTRATION, {"displayName": "another"})
    rows = found(cloud, "/v1.0/applications?$filter=displayName eq 'Claude''s own'")["value"]
    assert [(row["identifierUris"], row["spa"]["redirectUris"]) for row in rows] == [
        (["api://x"], ["brk-multihub://pivot.claude.ai"]),
        (["api://y"], ["https://example.com/a"]),
    ]
    assert rows[0]["publicClient"] == {"redirectUris": []}
    assert parts.endswith(rows[0]["id"])


def test_values_that_follow_other_rows_are_as_they_are_now(cloud: Cloud) -> None:
    id_ = seeds.add(cloud, REGISTRATION, {"displayName": "before"})
    [app] = [row for row in cloud.foreign(REGISTRATION) if row.id == id_]
    client_id = str(app.properties["clientId"])
    seeds.add(cloud, PRINCIPAL, {"clientId": client_id})
    cloud.alter(REGISTRATION, id_, "displayName", "after")
    assert found(cloud, f"/v1.0/servicePrincipals(appId='{client_id}')")["displayName"] == "after"


def test_pages_lead_to_each_other(cloud: Cloud) -> None:
    target, seen, pages = "/v1.0/servicePrincipals?$top=2&$select=id", list[str](), 0
    while target:
        page = found(cloud, target)
        assert all(set(row) == {"id"} for row in page["value"])
        seen += [row["id"] for row in page["value"]]
        target, pages = page.get("@odata.nextLink", ""), pages + 1
    everybody = found(cloud, "/v1.0/servicePrincipals")["value"]
    assert seen == [row["id"] for row in everybody]
    assert pages == (len(everybody) + 1) // 2


@pytest.mark.parametrize(
    ("target", "method", "status", "code"),
    [
        ("/v1.0/servicePrincipals/nobody", "GET", 404, "Request_ResourceNotFound"),
        (
            "/v1.0/servicePrincipals(appId='nobody')/oauth2PermissionGrants",
            "GET",
            404,
            "Request_ResourceNotFound",
        ),
        ("/v1.0/me", "GET", 404, "ResourceNotFound"),
        ("/beta/servicePrincipals", "GET", 404, "ResourceNotFound"),
        ("/v1.0/servicePrincipals", "DELETE", 404, "ResourceNotFound"),
        (
            "/v1.0/servicePrincipals?$filter=startswith(displayName,'M')",
            "GET",
            400,
            "Request_UnsupportedQuery",
        ),
        ("/v1.0/servicePrincipals?$filter=shoeSize eq '46'", "GET", 400, "Request_UnsupportedQuery"),
        ("/v1.0/servicePrincipals?$top=0", "GET", 400, "BadRequest"),
        ("/v1.0/servicePrincipals?$top=many", "GET", 400, "BadRequest"),
    ],
)
def test_what_there_is_not_is_an_error_in_graphs_shape(
    cloud: Cloud, target: str, method: str, status: int, code: str
) -> None:
    given, body = ask(cloud, target, method)
    assert given == status
    assert set(body["error"]) == {"code", "message", "innerError"}
    assert body["error"]["code"] == code


PARENT = """
import subprocess, sys
subprocess.Popen(sys.argv[1:])
sys.stdin.read()
"""


def test_it_serves_on_loopback_and_ends_with_its_parent(tmp_path: Path) -> None:
    file = tmp_path / "port"
    command = [
        sys.executable,
        "-m",
        "standin",
        "graph",
        "--cloud",
        str(tmp_path / "cloud"),
        "--port-file",
        str(file),
    ]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *command],
        cwd=REPO,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout
        port = parent.stdout.readline()
        assert file.read_text() == port
        base = f"http://127.0.0.1:{port.strip()}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{base}/v1.0/servicePrincipals(appId='{ANTHROPIC}')") as answer:
            assert json.load(answer)["appId"] == ANTHROPIC
        with pytest.raises(HTTPError) as caught:
            opener.open(f"{base}/v1.0/nothing")
        with caught.value as error:
            assert json.load(error)["error"]["code"] == "ResourceNotFound"
        output = parent.stdout.fileno()
        parent.kill()
        # The server has inherited standard output: it ends when the last process that holds it does.
        ready, _, _ = select.select([output], [], [], 20)
        assert ready
        assert os.read(output, 1) == b""
