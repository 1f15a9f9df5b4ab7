"""Manifest values of the Entra part: every use, host, cloud, app and way of consent, checked by the contract."""

import itertools

import pytest

from claude_byoc.contract import entra
from claude_byoc.contract.entra_consent import consent_links
from claude_byoc.contract.entra_permissions import GRAPH, permissions_of
from claude_byoc.contract.manifest_keys import HOSTS, MANIFEST_KEYS
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.manifest_sets import check_set
from claude_byoc.contract.problems import ProblemsError, errors
from claude_byoc.entra import values
from claude_byoc.entra.anthropic_args import AnthropicAppPlan
from claude_byoc.entra.app_plan import EntraAppPlan
from tests.entra.ids import APP, TENANT

# What the path itself brings to the manifest, beside the Entra keys.
PATHS: dict[str, dict[str, str]] = {
    "bedrock": {"aws_role_arn": "arn:aws:iam::123456789012:role/x", "aws_region": "us-east-1"},
    "vertex": {"gcp_project_id": "contoso-claude", "gcp_region": "global"},
    "foundry": {"azure_resource_name": "contoso"},
    "foundry-key": {"azure_resource_name": "contoso", "azure_api_key": "0" * 32},
    "gateway": {"gateway_url": "https://gateway.example.com"},
    "gateway-token": {"gateway_url": "https://gateway.example.com", "gateway_token": "gw-1"},
}
USES = {"bedrock": ["sso"], "foundry": ["foundry"], "gateway": ["gateway"]}
SCOPE = f"api://{APP}/access_as_user"

MATRIX = [
    (path, host, cloud, own_app, consent)
    for path, host, cloud, own_app, consent in itertools.product(
        PATHS, HOSTS, entra.CLOUDS, (True, False), ("links", "code")
    )
    if (path, host) != ("bedrock", "outlook")
]


def test_the_matrix_is_complete() -> None:
    assert len(MATRIX) == (len(PATHS) * len(HOSTS) - 1) * len(entra.CLOUDS) * 2 * 2


def possible(path: str, host: str, cloud: str, *, own_app: bool) -> bool:
    """Say which combinations can be, from the documented rules rather than from the code."""
    if own_app:
        return True
    if path in ("foundry", "gateway"):
        return False
    return cloud == "global" or (host == "office" and path != "bedrock")


@pytest.mark.parametrize(("path", "host", "cloud", "own_app", "consent"), MATRIX)
def test_values_of_every_combination(
    path: str, host: str, cloud: str, consent: str, *, own_app: bool
) -> None:
    uses = [*USES.get(path, []), *(["outlook"] if host == "outlook" else [])]
    if not possible(path, host, cloud, own_app=own_app):
        with pytest.raises(ProblemsError, match=r"entra\.app: is missing"):
            values.manifest_values(uses, host, cloud, own_app=own_app)
        return
    made = values.manifest_values(
        uses, host, cloud, own_app=own_app, client_id=APP if own_app else None, entra_scope=SCOPE
    )
    for key, value in made.items():
        assert key in MANIFEST_KEYS
        assert value is not None
        assert errors(check_value(key, value)) == []
    whole = {**PATHS[path], **made}
    refused = [problem for problem in check_set(host, whole) if problem.key in made]
    assert errors(refused) == []
    takes_token = path in ("foundry", "gateway")
    assert ("entra_sso" in made) is (own_app or path == "bedrock")
    assert ("graph_client_id" in made) is own_app
    assert ("gateway_auth_source" in made) is takes_token
    assert made.get("entra_scope") == (
        {"foundry": f"{entra.CLOUDS[cloud].cognitive_services}/.default", "gateway": SCOPE}.get(path)
    )
    # Without an app of one's own nobody signs in there, and the contract takes no graph_cloud.
    assert made.get("graph_cloud") == (cloud if own_app and cloud != "global" else None)
    check_consent(uses, cloud, consent, own_app=own_app)


def check_consent(uses: list[str], cloud: str, consent: str, *, own_app: bool) -> None:
    """Whoever gives consent, a person or code, it covers what these uses ask for."""
    client_id = APP if own_app else entra.ANTHROPIC_APP_ID
    wanted = ["sso", *uses] if uses or own_app else uses
    if consent == "links":
        found = consent_links(cloud=cloud, tenant_id=TENANT, client_id=client_id, uses=wanted)
        assert bool(found) is bool(wanted)
        assert all(f"//{entra.CLOUDS[cloud].authority_host}/" in link.url for link in found)
        return
    if own_app:
        plan = EntraAppPlan(TENANT, cloud=cloud, uses=wanted, consent="code")
    elif wanted:
        plan = AnthropicAppPlan(TENANT, cloud=cloud, uses=wanted, consent="code")
    else:
        return
    assert errors(plan.problems()) == []
    granted = {(grant.resource, scope) for grant in plan.grants() for scope in grant.scopes}
    assert granted == {(one.resource, one.scope) for one in permissions_of(wanted)}
    assert (GRAPH, "openid") in granted


def test_values_that_are_made_later_are_none() -> None:
    made = values.manifest_values(["gateway"], "office", "global", own_app=True)
    assert made == {
        "entra_sso": "1",
        "graph_client_id": None,
        "entra_scope": None,
        "gateway_auth_source": "entra",
    }
    assert errors(check_set("office", {**made, "gateway_url": "https://gateway.example.com"})) == []


def test_two_tokens_in_one_manifest_are_refused_with_every_other_problem() -> None:
    with pytest.raises(ProblemsError) as caught:
        values.manifest_values(["gateway", "foundry"], "office", "china", own_app=False)
    assert [problem.key for problem in caught.value.problems] == ["paths", "entra.app", "entra.app"]
    with pytest.raises(ProblemsError, match=r"entra\.cloud"):
        values.manifest_values(["sso"], "office", "germany", own_app=True)


@pytest.mark.parametrize(
    ("hosts", "paths", "expected"),
    [
        (["office"], {}, ["sso"]),
        (["office", "outlook"], {"gateway": ["office", "outlook"]}, ["sso", "outlook", "gateway"]),
        (["office"], {"foundry": ["office"], "gateway": ["desktop"]}, ["sso", "foundry"]),
    ],
)
def test_uses_of_an_environment(hosts: list[str], paths: dict[str, list[str]], expected: list[str]) -> None:
    assert values.uses_of(hosts, paths) == expected


def test_desktop_values() -> None:
    made = values.desktop_gateway_values(
        issuer="https://login.example/v2.0",
        client_id=APP,
        scopes=[SCOPE],
        bearer_token_type="access_token",
        broker=True,
    )
    assert made == {
        "inferenceCredentialKind": "interactive",
        "inferenceGatewayOidc": {
            "clientId": APP,
            "issuer": "https://login.example/v2.0",
            "bearerTokenType": "access_token",
            "scopes": SCOPE,
        },
        "inferenceGatewayOidcAuthFlow": "broker",
    }
    plain = values.desktop_gateway_values(
        issuer="https://login.example/v2.0",
        client_id=APP,
        scopes=["openid"],
        bearer_token_type="id_token",
        broker=False,
    )
    assert "inferenceGatewayOidcAuthFlow" not in plain
    assert "scopes" not in str(plain)
    foundry = values.desktop_foundry_values(tenant_id=TENANT, client_id=APP, auth_flow="broker")
    assert foundry["inferenceFoundryAuthFlow"] == "broker"
