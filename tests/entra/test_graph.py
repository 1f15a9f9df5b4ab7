"""Reads from Microsoft Graph over a real socket: pages, throttling, refusals, and where tokens go."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from azure import identity

from claude_byoc.contract.local import LOCAL_TENANT_ID
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.entra import credentials
from claude_byoc.entra.graph import (
    GRAPH_URL,
    LONGEST_WAIT,
    PAGES,
    TRIES,
    Grant,
    GraphReader,
    GraphUnreadableError,
    reader,
)
from tests.entra.conftest import Answer, FakeGraph
from tests.entra.ids import APP, GRANT, GROUP, TENANT

GRANTS = f"/v1.0/servicePrincipals/{APP}/oauth2PermissionGrants"


def row(kind: str = "AllPrincipals", scope: str = "openid Mail.ReadWrite") -> dict[str, str]:
    return {"id": GRANT, "clientId": APP, "resourceId": GROUP, "consentType": kind, "scope": scope}


def never(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} s")


def test_tenant_wide_grants_over_all_pages(fake_graph: FakeGraph) -> None:
    second = f"{GRANTS}?$skiptoken=x"
    fake_graph.answers[GRANTS] = [
        Answer(body={"value": [row("Principal")], "@odata.nextLink": fake_graph.url + second})
    ]
    fake_graph.answers[second] = [Answer(body={"value": [row()]})]
    found = GraphReader(fake_graph.url, None, sleep=never).tenant_grants(APP)
    assert found == [Grant(GRANT, APP, GROUP, ("openid", "Mail.ReadWrite"))]
    assert [header for _, header in fake_graph.asked] == [None, None]


def test_a_token_goes_to_graph_alone(fake_graph: FakeGraph) -> None:
    fake_graph.answers[GRANTS] = [
        Answer(body={"value": [], "@odata.nextLink": "http://127.0.0.1:1/v1.0/elsewhere"})
    ]
    with pytest.raises(GraphUnreadableError, match="another host"):
        GraphReader(fake_graph.url, lambda: "secret-token").tenant_grants(APP)
    assert fake_graph.asked == [(GRANTS, "Bearer secret-token")]


def test_a_redirect_is_not_followed(fake_graph: FakeGraph) -> None:
    fake_graph.answers[GRANTS] = [Answer(302, "", {"Location": fake_graph.url + "/other"})]
    with pytest.raises(GraphUnreadableError):
        GraphReader(fake_graph.url, lambda: "secret-token").tenant_grants(APP)
    assert [path for path, _ in fake_graph.asked] == [GRANTS]


def test_an_app_that_is_not_in_the_tenant_has_no_grants(fake_graph: FakeGraph) -> None:
    assert GraphReader(fake_graph.url, None).tenant_grants(APP) == []


@pytest.mark.parametrize(
    ("given", "expected"), [("7", 7.0), ("99999", LONGEST_WAIT), ("", 1.0), ("soon", 1.0)]
)
def test_throttling_is_waited_out(fake_graph: FakeGraph, given: str, expected: float) -> None:
    waited: list[float] = []
    headers = {"Retry-After": given} if given else {}
    fake_graph.answers[GRANTS] = [
        Answer(429, {}, headers),
        Answer(503, {}, headers),
        Answer(body={"value": [row()]}),
    ]
    assert len(GraphReader(fake_graph.url, None, sleep=waited.append).tenant_grants(APP)) == 1
    assert waited == [expected, expected]


def test_waiting_has_an_end(fake_graph: FakeGraph) -> None:
    waited: list[float] = []
    fake_graph.answers[GRANTS] = [Answer(429, {"error": {"code": "TooManyRequests"}}, {"Retry-After": "1"})]
    with pytest.raises(GraphUnreadableError, match="429 TooManyRequests"):
        GraphReader(fake_graph.url, None, sleep=waited.append).tenant_grants(APP)
    assert len(waited) == TRIES - 1
    assert len(fake_graph.asked) == TRIES


def test_pages_have_an_end(fake_graph: FakeGraph) -> None:
    fake_graph.answers[GRANTS] = [Answer(body={"value": [], "@odata.nextLink": fake_graph.url + GRANTS})]
    with pytest.raises(GraphUnreadableError, match=f"more than {PAGES} pages"):
        GraphReader(fake_graph.url, None).tenant_grants(APP)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(403, {"error": {"code": "Authorization_RequestDenied"}}), "403 Authorization_RequestDenied"),
        (Answer(500, "<html>"), "500"),
        (Answer(200, "<html>"), "JSONDecodeError"),
        (Answer(200, {"values": []}), "KeyError"),
        (Answer(200, []), "TypeError"),
    ],
)
def test_what_cannot_be_read_says_why(fake_graph: FakeGraph, answer: Answer, says: str) -> None:
    fake_graph.answers[GRANTS] = [answer]
    with pytest.raises(GraphUnreadableError, match=says):
        GraphReader(fake_graph.url, None).tenant_grants(APP)


def test_nobody_listens() -> None:
    with pytest.raises(GraphUnreadableError, match=r"127\.0\.0\.1:1 gave no usable answer"):
        GraphReader("http://127.0.0.1:1", None).tenant_grants(APP)


def test_registrations_by_name_with_a_quote(fake_graph: FakeGraph) -> None:
    path = "/v1.0/applications?$filter=displayName%20eq%20'O''Neill%20%26%20Co'"
    found = {"id": GROUP, "appId": APP, "displayName": "O'Neill & Co", "notes": None}
    fake_graph.answers[path.replace("''", "%27%27")] = [Answer(body={"value": [found]})]
    [registration] = GraphReader(fake_graph.url, None).registrations("O'Neill & Co")
    assert (registration.object_id, registration.client_id, registration.notes) == (GROUP, APP, "")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080/"])
def test_another_graph_may_be_on_this_machine(url: str) -> None:
    assert isinstance(reader("global", TENANT, {GRAPH_URL: url}), GraphReader)


@pytest.mark.parametrize(
    "url",
    [
        "https://graph.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "file:///x",
        "x",
        "http://[",
    ],
)
def test_another_graph_may_be_nowhere_else(url: str) -> None:
    with pytest.raises(ProblemsError, match=GRAPH_URL):
        reader("global", TENANT, {GRAPH_URL: url})


WHO = {"ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": APP}


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({**WHO, "ARM_CLIENT_SECRET": "x"}, identity.ClientSecretCredential),
        (
            {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": APP, "AZURE_CLIENT_SECRET": "x"},
            identity.ClientSecretCredential,
        ),
        ({**WHO, "ARM_OIDC_TOKEN": "x"}, identity.ClientAssertionCredential),
        ({**WHO, "AZURE_FEDERATED_TOKEN_FILE": "/x"}, identity.ClientAssertionCredential),
        ({"ARM_USE_MSI": "true"}, identity.ManagedIdentityCredential),
        (
            {"IDENTITY_ENDPOINT": "http://127.0.0.1:1", "IDENTITY_HEADER": "x"},
            identity.ManagedIdentityCredential,
        ),
        ({}, identity.AzureCliCredential),
        (WHO, identity.AzureCliCredential),
    ],
)
def test_credentials_by_the_names_of_the_provider_and_of_azure(
    monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str], kind: type
) -> None:
    # The managed identity reads its endpoint from the process's own environment.
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    found = credentials.credential("login.microsoftonline.com", None, environ)
    assert isinstance(found, kind)


def test_an_oidc_token_comes_from_a_file_or_from_the_pipeline(fake_graph: FakeGraph, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    from_file = credentials.assertion({"ARM_OIDC_TOKEN_FILE_PATH": str(tmp_path / "token")})
    assert from_file is not None
    assert from_file() == "from-file"
    path = "/token?api-version=2&audience=api%3A%2F%2FAzureADTokenExchange"
    fake_graph.answers[path] = [Answer(body={"value": "from-pipeline"}), Answer(500, "")]
    environ = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{fake_graph.url}/token?api-version=2",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner",
    }
    asked = credentials.assertion(environ)
    assert asked is not None
    assert asked() == "from-pipeline"
    assert fake_graph.asked == [(path, "Bearer runner")]
    with pytest.raises(ValueError, match="gave none"):
        asked()


def test_no_credentials_is_said_without_a_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GraphUnreadableError, match=r"no token for graph\.microsoft\.com: .*Azure CLI"):
        reader("global", TENANT, {}).tenant_grants(APP)


def test_stack_local_reaches_no_real_directory() -> None:
    with pytest.raises(GraphUnreadableError, match="no directory has the tenant"):
        reader("global", LOCAL_TENANT_ID, {**WHO, "ARM_CLIENT_SECRET": "x"}).tenant_grants(APP)
