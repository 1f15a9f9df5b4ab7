"""Imports that name a resource by something else than its id, as some of the real providers' do."""

import asyncio
from pathlib import Path

import pytest
from pulumi.provider.experimental import provider as rpc

from standin.rules.azuread import IDENTIFIER_URI, REGISTRATION
from standin.rules.gcp import AUDIT_CONFIG, MEMBER
from standin.scope import NO_PROJECT as PROJECT
from standin.values import plain_map
from tests.standin.conftest import Asked, urn

GRANT = {"project": PROJECT, "role": "roles/aiplatform.user", "member": "group:a@example.com"}
API = "aiplatform.googleapis.com"
AUDIT = {"project": PROJECT, "service": API, "auditLogConfigs": [{"logType": "DATA_READ"}]}


def imported(asked: Asked, token: str, named: str) -> rpc.ReadResponse:
    request = rpc.ReadRequest(urn(token, "it"), named, {}, {})
    return asyncio.run(asked.provider.read(request))


@pytest.mark.parametrize(
    ("token", "inputs", "named"),
    [
        (MEMBER, GRANT, f"{PROJECT} roles/aiplatform.user group:a@example.com"),
        (AUDIT_CONFIG, AUDIT, f"{PROJECT} {API}"),
    ],
)
def test_google_imports_iam_by_words_apart_by_blanks(
    tmp_path: Path, token: str, inputs: dict[str, object], named: str
) -> None:
    gcp = Asked(tmp_path / "cloud.sqlite", "gcp")
    assert not imported(gcp, token, named).resource_id
    made = gcp.create(token, inputs)
    found = imported(gcp, token, named)
    assert found.resource_id == made.id
    assert plain_map(found.inputs or {}) == {**inputs, "__defaults": []}
    assert not imported(gcp, token, f"{named}x").resource_id


def test_an_identifier_uri_is_in_base64_in_its_id(tmp_path: Path) -> None:
    entra = Asked(tmp_path / "cloud.sqlite", "azuread")
    app = entra.create(REGISTRATION, {"displayName": "x"})
    uri = f"api://{app.plain['clientId']}"
    made = entra.create(IDENTIFIER_URI, {"applicationId": app.id, "identifierUri": uri})
    assert made.id.startswith(f"{app.id}/identifierUris/YXBpOi8v")
    assert imported(entra, IDENTIFIER_URI, made.id).resource_id == made.id
