"""Which credential is used: the same that the Azure provider would use; and that it is told to nobody."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from azure import identity
from typing_extensions import override

from claude_byoc.azure import credentials
from claude_byoc.azure.model_deployment import NO_SUBSCRIPTION, DeploymentProvider, deployment_id

ADDRESS = "https://management.azure.com"
PLANTED = "planted-7f3c1d"
APP = {"ARM_CLIENT_ID": "app", "ARM_TENANT_ID": "tenant"}


def nothing(_key: str) -> None:
    return None


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({}, "cli"),
        (APP, "cli"),
        ({**APP, "ARM_CLIENT_SECRET": "b"}, "secret"),
        ({**APP, "ARM_CLIENT_CERTIFICATE_PATH": "f"}, "certificate"),
        ({**APP, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "t"}, "oidc"),
        ({"ARM_USE_MSI": "true"}, "managed identity"),
        ({"ARM_USE_DEFAULT_AZURE_CREDENTIAL": "true"}, "default"),
        # The provider's order, where several are asked for.
        (
            {**APP, "ARM_USE_DEFAULT_AZURE_CREDENTIAL": "true", "ARM_CLIENT_CERTIFICATE_PATH": "f"},
            "default",
        ),
        ({**APP, "ARM_CLIENT_CERTIFICATE_PATH": "f", "ARM_CLIENT_SECRET": "b"}, "certificate"),
        ({**APP, "ARM_CLIENT_SECRET": "b", "ARM_USE_OIDC": "true"}, "secret"),
        ({**APP, "ARM_USE_OIDC": "true", "ARM_USE_MSI": "true"}, "oidc"),
        # `true` is its only yes.
        ({"ARM_USE_MSI": "1", "ARM_USE_OIDC": "false"}, "cli"),
    ],
)
def test_the_environment_decides(environment: dict[str, str], kind: str) -> None:
    assert credentials.kind(credentials.settings(nothing, environment)) == kind


def test_the_providers_configuration_wins_over_the_environment() -> None:
    config = {"azure-native:clientId": "from-config", "azure-native:useOidc": "true"}
    found = credentials.settings(config.get, {"ARM_CLIENT_ID": "from-environment", "ARM_TENANT_ID": "t"})
    assert found == {"clientId": "from-config", "useOidc": "true", "tenantId": "t"}


class Made:
    """Stands in for one class of azure.identity and keeps what it was made with."""

    def __init__(self, name: str, seen: dict[str, Any]) -> None:
        self._name, self._seen = name, seen

    def __call__(self, *args: object, **more: object) -> "Made":
        self._seen |= {"class": self._name, "args": args, **more}
        return self

    def get_token(self, scope: str) -> SimpleNamespace:
        self._seen["scope"] = scope
        return SimpleNamespace(token=f"token of {self._name}")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what the credential that is used was made with."""
    found: dict[str, Any] = {}
    for name in (
        *("DefaultAzureCredential", "CertificateCredential", "ClientSecretCredential"),
        *("ClientAssertionCredential", "ManagedIdentityCredential", "AzureCliCredential"),
    ):
        monkeypatch.setattr(identity, name, Made(name, found))
    return found


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"ARM_USE_DEFAULT_AZURE_CREDENTIAL": "true"}, {"class": "DefaultAzureCredential", "args": ()}),
        (
            {**APP, "ARM_CLIENT_CERTIFICATE_PATH": "f.pfx", "ARM_CLIENT_CERTIFICATE_PASSWORD": "p"},
            {"class": "CertificateCredential", "args": ("tenant", "app", "f.pfx"), "password": "p"},
        ),
        (
            {**APP, "ARM_CLIENT_SECRET": "b"},
            {"class": "ClientSecretCredential", "args": ("tenant", "app", "b")},
        ),
        (
            {"ARM_USE_MSI": "true"},
            {"class": "ManagedIdentityCredential", "args": (), "client_id": None},
        ),
        (
            {"ARM_USE_MSI": "true", "ARM_CLIENT_ID": "app"},
            {"class": "ManagedIdentityCredential", "args": (), "client_id": "app"},
        ),
        ({}, {"class": "AzureCliCredential", "args": (), "subscription": "SUB"}),
        ({"ARM_TENANT_ID": "t"}, {"class": "AzureCliCredential", "args": (), "tenant_id": "t"}),
    ],
)
def test_each_kind_is_made_of_its_own_values(
    seen: dict[str, Any], environment: dict[str, str], expected: dict[str, Any]
) -> None:
    given = credentials.settings(nothing, environment)
    token = credentials.token_source(given, ADDRESS, subscription_id="SUB")()
    assert token == f"token of {expected['class']}"
    assert seen == {**expected, "scope": f"{ADDRESS}/.default"}


def test_a_pipeline_shows_its_own_token(seen: dict[str, Any]) -> None:
    given = credentials.settings(nothing, {**APP, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "given"})
    assert credentials.token_source(given, ADDRESS)() == "token of ClientAssertionCredential"
    tenant, app, assertion = seen["args"]
    assert (tenant, app, assertion()) == ("tenant", "app", "given")


@pytest.mark.parametrize(
    ("address", "authority"),
    [
        ("https://management.usgovcloudapi.net", "login.microsoftonline.us"),
        ("https://management.chinacloudapi.cn", "login.chinacloudapi.cn"),
    ],
)
def test_other_clouds_have_their_own_authority(seen: dict[str, Any], address: str, authority: str) -> None:
    given = credentials.settings(nothing, {**APP, "ARM_CLIENT_SECRET": "b"})
    credentials.token_source(given, address)()
    assert (seen["authority"], seen["scope"]) == (authority, f"{address}/.default")


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({"ARM_CLIENT_SECRET": PLANTED}, ["ARM_TENANT_ID", "ARM_CLIENT_ID"]),
        ({"ARM_CLIENT_CERTIFICATE_PATH": "f", "ARM_CLIENT_CERTIFICATE_PASSWORD": PLANTED}, ["ARM_TENANT_ID"]),
        ({**APP, "ARM_USE_OIDC": "true"}, ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"]),
        (
            {**APP, "ARM_USE_OIDC": "true", "ARM_OIDC_REQUEST_TOKEN": PLANTED},
            ["ACTIONS_ID_TOKEN_REQUEST_URL"],
        ),
    ],
)
def test_what_a_kind_needs_is_named_all_at_once(environment: dict[str, str], missing: list[str]) -> None:
    with pytest.raises(ValueError, match="is not set") as caught:
        credentials.token_source(credentials.settings(nothing, environment), ADDRESS)
    assert [name for name in missing if name not in str(caught.value)] == []
    assert PLANTED not in str(caught.value)


class Pipeline(ThreadingHTTPServer):
    """A pipeline's token service on loopback; `asked` is what the last request was."""

    daemon_threads = True

    def __init__(self, status: int, answer: object) -> None:
        self.status, self.answer, self.asked = status, answer, ("", "")
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{self.server_port}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": PLANTED,
        }


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Pipeline)
        server.asked = (self.path, str(self.headers.get("Authorization")))
        self.send_response(server.status)
        self.end_headers()
        self.wfile.write(json.dumps(server.answer).encode())

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def pipeline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """Yield a service that answers as the test's parameter says: a status and a body."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    parameter: tuple[int, object] = getattr(request, "param", (200, {"value": "from-pipeline"}))
    server = Pipeline(*parameter)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_pipelines_token_is_found_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n", "utf-8")
    assert credentials.assertion({"oidcToken": "given", "oidcTokenFilePath": str(file)}) == "given"
    assert credentials.assertion({"oidcTokenFilePath": str(file)}) == "from-file"


@pytest.mark.parametrize(
    ("more", "audience"), [({}, "api%3A%2F%2FAzureADTokenExchange"), ({"ARM_OIDC_AUDIENCE": "mine"}, "mine")]
)
def test_a_pipelines_service_is_asked_with_its_own_parameters(
    pipeline: Pipeline, more: dict[str, str], audience: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        found = credentials.assertion(credentials.settings(nothing, {**pipeline.environment, **more}))
    assert found == "from-pipeline"
    assert pipeline.asked == (f"/token?api-version=2.0&audience={audience}", f"Bearer {PLANTED}")
    assert PLANTED not in caplog.text
    assert "from-pipeline" not in caplog.text


@pytest.mark.parametrize(
    ("pipeline", "error"),
    [
        ((403, {"message": "no"}), httpx.HTTPStatusError),
        ((200, {"value": ""}), ValueError),
        ((200, []), ValueError),
    ],
    indirect=["pipeline"],
)
def test_a_pipelines_refusal_names_no_credential(
    pipeline: Pipeline, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(error) as caught:
        credentials.assertion(credentials.settings(nothing, pipeline.environment))
    assert PLANTED not in f"{caught.value!r} {caplog.text}"


def test_a_certificate_that_does_not_open_names_no_password(tmp_path: Path) -> None:
    file = tmp_path / "app.pfx"
    file.write_bytes(b"not a certificate")
    environment = {
        **APP,
        "ARM_CLIENT_CERTIFICATE_PATH": str(file),
        "ARM_CLIENT_CERTIFICATE_PASSWORD": PLANTED,
    }
    with pytest.raises(ValueError, match=r".") as caught:
        credentials.token_source(credentials.settings(nothing, environment), ADDRESS)
    assert PLANTED not in repr(caught.value)


def test_the_subscription_of_stack_local_never_reaches_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUDE_BYOC_ARM_ADDRESS", raising=False)
    account = (
        f"/subscriptions/{NO_SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"
    )
    props = {
        "resource_manager": "https://management.azure.com",
        "account_id": account,
        "model": "claude-opus-5",
    }
    with pytest.raises(ValueError, match="exists in no real cloud"):
        DeploymentProvider().read(deployment_id(props), props)
