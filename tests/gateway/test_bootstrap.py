"""Bootstrap answers: settings judged by both contracts, and the running gateway's answers for both hosts."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from claude_byoc.contract.desktop_rules import check_desktop_set
from claude_byoc.contract.gateway import DESKTOP_BOOTSTRAP_PATH, OFFICE_BOOTSTRAP_KEYS, OFFICE_BOOTSTRAP_PATH
from claude_byoc.contract.manifest_keys import BOOTSTRAP_KEYS
from claude_byoc.contract.problems import errors
from claude_byoc.gateway.bootstrap import BootstrapSpec, BootstrapTeam
from claude_byoc.gateway.image.bootstrap import BootstrapSettings, answer, matches
from claude_byoc.gateway.spec import AnthropicUpstream, EntraAuth, GatewayModel, GatewaySpec, TokenAuth
from tests.gateway.issuer import APP, DESKTOP, TENANT, Issuer
from tests.gateway.readable import ORIGIN, preflight_refused, unreadable
from tests.gateway.running import Running
from tests.gateway.test_conformance import as_answer, check_error

KEY = "A" * 43 + "="
OIDC = {"clientId": DESKTOP, "issuer": f"https://login.microsoftonline.com/{TENANT}/v2.0"}
WHOLE = {
    "inferenceProvider": "gateway",
    "inferenceGatewayBaseUrl": "https://claude.example.com",
    "inferenceCredentialKind": "interactive",
    "inferenceGatewayOidc": OIDC,
}
SPEC = GatewaySpec(
    [AnthropicUpstream()],
    [GatewayModel("claude-opus-5"), GatewayModel("claude-newer-9")],
    TokenAuth([KEY]),
    EntraAuth(TENANT, APP, DESKTOP, team_roles={"Claude.Finance": "finance"}),
    bootstrap=BootstrapSpec(
        {
            "gateway_url": "https://claude.example.com",
            "available_models": ["claude-opus-5", {"id": "claude-newer-9", "label": "Newer"}],
            "disabled_features": ["thumbs", "web_search"],
            "access_policies": [{"effect": "deny", "action": "thumbs"}],
            "mcp_servers": [{"url": "https://mcp.example.com", "label": "Example"}],
            "skills": [{"name": "house", "description": "style", "url": "https://skills.example.com/house"}],
        },
        WHOLE,
        {"finance": BootstrapTeam({"gateway_url": None}, {"deploymentDisplayName": "Finance"})},
    ),
)


def test_a_spec_without_mistakes() -> None:
    assert SPEC.problems() == []
    assert set(OFFICE_BOOTSTRAP_KEYS) == BOOTSTRAP_KEYS | {"skills"}


@pytest.mark.parametrize(
    ("bootstrap", "key"),
    [
        (BootstrapSpec(), "gateway.bootstrap"),
        (BootstrapSpec({"gateway_url": "http://x"}), "gateway.bootstrap.office.gateway_url"),
        (BootstrapSpec({"gatewayUrl": "https://x.example.com"}), "gateway.bootstrap.office.gatewayUrl"),
        (BootstrapSpec({"entra_sso": "1"}), "gateway.bootstrap.office.entra_sso"),
        (BootstrapSpec({"gateway_token": "t"}), "gateway.bootstrap.office.gateway_token"),
        (BootstrapSpec({"otlp_headers": "a=b"}), "gateway.bootstrap.office.otlp_headers"),
        (
            BootstrapSpec(
                {"mcp_servers": [{"url": "https://m.example.com", "label": "x", "headers": {"a": "b"}}]}
            ),
            "gateway.bootstrap.office.mcp_servers",
        ),
        (BootstrapSpec({"disabled_features": "thumbs"}), "gateway.bootstrap.office.disabled_features"),
        (BootstrapSpec({"gateway_url": 7}), "gateway.bootstrap.office.gateway_url"),
        (
            BootstrapSpec(
                {"aws_role_arn": "arn:aws-us-gov:iam::123456789012:role/x", "aws_region": "us-east-1"}
            ),
            "gateway.bootstrap.office.aws_role_arn",
        ),
        (BootstrapSpec({"skills": [{"name": "x"}]}), "gateway.bootstrap.office.skills"),
        (
            BootstrapSpec({"access_policies": [{"effect": "maybe"}]}),
            "gateway.bootstrap.office.access_policies",
        ),
        (
            BootstrapSpec(desktop={"deploymentDisplayName": "x"}),
            "gateway.bootstrap.desktop.inferenceProvider",
        ),
        (
            BootstrapSpec(desktop={**WHOLE, "bootstrapEnabled": True}),
            "gateway.bootstrap.desktop.bootstrapEnabled",
        ),
        (
            BootstrapSpec(
                desktop={**WHOLE, "otlpEndpoint": "https://o.example.com", "otlpHeaders": {"k": "v"}}
            ),
            "gateway.bootstrap.desktop.otlpHeaders",
        ),
        (
            BootstrapSpec(desktop={**WHOLE, "inferenceprovider": "x"}),
            "gateway.bootstrap.desktop.inferenceprovider",
        ),
        (BootstrapSpec({"gcp_region": "x"}, expires_seconds=60), "gateway.bootstrap.expiresSeconds"),
        (
            BootstrapSpec({"gcp_region": "x"}, teams={"legal": BootstrapTeam({"gcp_region": "y"})}),
            "gateway.bootstrap.teams",
        ),
        (
            BootstrapSpec({"gcp_region": "x"}, teams={"finance": BootstrapTeam({"aws_region": "Frankfurt"})}),
            "gateway.bootstrap.teams.finance.office.aws_region",
        ),
    ],
)
def test_each_mistake_has_its_key(bootstrap: BootstrapSpec, key: str) -> None:
    found = replace(SPEC, bootstrap=bootstrap).problems()
    assert {problem.key for problem in found} == {key}


def test_nobody_could_fetch_without_entra() -> None:
    assert [problem.key for problem in replace(SPEC, entra=None).problems()] == ["gateway.bootstrap"]


def test_a_team_replaces_single_keys() -> None:
    assert SPEC.bootstrap is not None
    office, desktop = SPEC.bootstrap.answers("office"), SPEC.bootstrap.answers("desktop")
    assert set(office[""]) - set(office["finance"]) == {"gateway_url"}
    assert desktop["finance"] == {**WHOLE, "deploymentDisplayName": "Finance"}


def test_an_answer_never_is_about_to_expire() -> None:
    settings = BootstrapSettings({"office": {"": {"gcp_region": "global"}}}, 900)
    seen: dict[int, bytes] = {}
    for now in range(10_000, 14_000, 7):
        body = answer(settings, "office", "unknown", now)
        left = json.loads(body)["bootstrap_expires_at"] - now
        assert 900 < left <= 1800
        seen[json.loads(body)["bootstrap_expires_at"]] = body
    assert len(seen) == len(set(seen.values())) == 5


@pytest.mark.parametrize(
    ("sent", "same"),
    [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ('"b"', False), ("a", False), ("", False)],
)
def test_which_tags_match(sent: str, same: bool) -> None:
    assert matches({"headers": [(b"if-none-match", sent.encode())]}, '"a"') is same


def fetch(parts: Running, path: str, credential: str, **headers: str) -> httpx.Response:
    sent = {"authorization": f"Bearer {credential}"} if credential else {}
    with parts.client("none") as client:
        return client.get(path, headers={**sent, **headers})


@pytest.mark.gateway
def test_the_add_in_gets_its_teams_answer(parts: Running, issuer: Issuer) -> None:
    agent = {"origin": ORIGIN, "x-claude-user-agent": "claude-excel/1.0"}
    response = fetch(parts, OFFICE_BOOTSTRAP_PATH, issuer.token(), **agent)
    assert response.status_code == 200
    assert not unreadable(as_answer(response))
    assert response.headers["content-type"] == "application/json"
    document: dict[str, Any] = response.json()
    assert document.pop("bootstrap_expires_at") > 1_700_000_000
    assert document == {"available_models": ["claude-newer-9"], "otlp_endpoint": "https://claude.example.com"}
    other = fetch(parts, OFFICE_BOOTSTRAP_PATH, issuer.token(roles=[])).json()
    assert other["disabled_features"] == ["thumbs"]
    assert set(other) <= set(OFFICE_BOOTSTRAP_KEYS) | {"bootstrap_expires_at"}


@pytest.mark.gateway
def test_the_desktop_app_gets_its_answer_and_304_while_nothing_changes(
    parts: Running, issuer: Issuer
) -> None:
    credential = issuer.token(aud=DESKTOP, scp=None)
    response = fetch(parts, DESKTOP_BOOTSTRAP_PATH, credential)
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    document: dict[str, Any] = response.json()
    assert isinstance(document.pop("expiresAt"), int)
    assert document["deploymentDisplayName"] == "F"
    assert errors(check_desktop_set(document)) == []
    again = fetch(parts, DESKTOP_BOOTSTRAP_PATH, credential, **{"if-none-match": response.headers["etag"]})
    if again.status_code == 200:  # the expiry moved on between the two
        tag = {"if-none-match": again.headers["etag"]}
        again = fetch(parts, DESKTOP_BOOTSTRAP_PATH, credential, **tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-store"
    other = fetch(
        parts, DESKTOP_BOOTSTRAP_PATH, issuer.token(roles=[]), **{"if-none-match": response.headers["etag"]}
    )
    assert other.status_code == 200, "another team has another answer"


@pytest.mark.gateway
@pytest.mark.parametrize("path", [OFFICE_BOOTSTRAP_PATH, DESKTOP_BOOTSTRAP_PATH])
def test_who_gets_none_can_read_why(parts: Running, issuer: Issuer, path: str) -> None:
    for credential, status, said in (
        ("", 401, "credential"),
        (issuer.token(exp=1), 401, "expired"),
        (issuer.token(aud="other"), 401, "another application"),
        (issuer.token(scp="openid"), 403, "access_as_user"),
        (parts.token, 403, "Entra"),
    ):
        assert said in check_error(as_answer(fetch(parts, path, credential)), status)["message"]
    with parts.client() as client:
        check_error(as_answer(client.post(path, json={})), 405)


@pytest.mark.gateway
def test_the_preflight_of_the_add_in(parts: Running) -> None:
    wanted = ["authorization", "x-claude-user-agent"]
    with parts.client("none") as client:
        for asked in ({"access-control-request-headers": ",".join(wanted)}, {}):
            headers = {"origin": ORIGIN, "access-control-request-method": "GET", **asked}
            answered = as_answer(client.options(OFFICE_BOOTSTRAP_PATH, headers=headers))
            assert not preflight_refused(answered, "GET", wanted)
            assert "GET" in answered.all("access-control-allow-methods")[0]


@pytest.mark.gateway
def test_without_answers_there_is_no_such_address(gateway: Running, issuer: Issuer) -> None:
    for path in (OFFICE_BOOTSTRAP_PATH, DESKTOP_BOOTSTRAP_PATH):
        check_error(as_answer(fetch(gateway, path, issuer.token())), 404)
