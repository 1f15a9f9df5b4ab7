"""Consent links: the right host, tenant, redirect and scopes; and the id of a grant."""

from urllib.parse import parse_qs, urlsplit

import pytest

from claude_byoc.contract import entra, entra_consent
from claude_byoc.contract.entra_permissions import USES
from claude_byoc.contract.problems import ProblemsError
from tests.entra.ids import APP, TENANT


def links(client_id: str, *uses: str, cloud: str = "global") -> list[entra_consent.ConsentLink]:
    return entra_consent.consent_links(cloud=cloud, tenant_id=TENANT, client_id=client_id, uses=uses)


def query(url: str) -> dict[str, str]:
    return {key: value for key, [value] in parse_qs(urlsplit(url).query).items()}


def test_anthropics_app_takes_a_link_for_each_of_its_uses() -> None:
    assert [link.url for link in links(entra.ANTHROPIC_APP_ID, "sso", "outlook")] == [
        entra.consent_url("global"),
        entra.graph_consent_url("global"),
    ]
    assert [link.why for link in links(entra.ANTHROPIC_APP_ID, "outlook")] == [USES["outlook"]]
    assert links(entra.ANTHROPIC_APP_ID) == []


@pytest.mark.parametrize("cloud", list(entra.CLOUDS))
def test_an_own_app_takes_one_link_in_its_own_tenant(cloud: str) -> None:
    [link] = links(APP, "sso", "outlook", "gateway", cloud=cloud)
    parts = urlsplit(link.url)
    assert parts.hostname == entra.CLOUDS[cloud].authority_host
    assert parts.path == f"/{TENANT}/adminconsent"
    assert query(link.url) == {"client_id": APP, "redirect_uri": "https://pivot.claude.ai/msal-redirect.html"}
    assert all(USES[use] in link.why for use in ("sso", "outlook", "gateway"))
    assert USES["foundry"] not in link.why


@pytest.mark.parametrize("cloud", [name for name in entra.CLOUDS if name != "global"])
def test_anthropics_app_outside_the_global_cloud(cloud: str) -> None:
    with pytest.raises(ProblemsError, match="does not exist in the cloud"):
        links(entra.ANTHROPIC_APP_ID, "sso", cloud=cloud)


@pytest.mark.parametrize("cloud", list(entra.CLOUDS))
def test_desktop_asks_for_sign_in_and_one_api_and_never_for_mail(cloud: str) -> None:
    facts = entra.CLOUDS[cloud]
    ways = {
        None: entra_consent.desktop_consent_link(cloud=cloud, tenant_id=TENANT, client_id=APP),
        f"api://{APP}/access_as_user": entra_consent.desktop_consent_link(
            cloud=cloud, tenant_id=TENANT, client_id=TENANT, gateway_client_id=APP
        ),
        f"{facts.cognitive_services}/user_impersonation": entra_consent.desktop_consent_link(
            cloud=cloud, tenant_id=TENANT, client_id=APP, foundry=True
        ),
    }
    for api, link in ways.items():
        asked = query(link.url)
        expected = ["openid", "profile", "offline_access", "email", *([api] if api else [])]
        assert asked["scope"].split() == expected
        assert asked["redirect_uri"] == "http://127.0.0.1/callback"
        assert urlsplit(link.url)[1:3] == (facts.authority_host, f"/{TENANT}/v2.0/adminconsent")


def test_who_may_consent_is_named() -> None:
    assert "Cloud Application Administrator" in links(APP, "sso")[0].who


@pytest.mark.parametrize(
    ("client", "resource", "expected"),
    [
        (
            "b25985a8-9d2b-4fde-9fa7-6c4e43a8ddec",
            "a3efc889-f1b7-4532-9e01-91e32d1039f4",
            "qIVZsiud3k-fp2xOQ6jd7InI76O38TJFngGR4y0QOfQ",
        ),
    ],
)
def test_grant_ids_as_graph_gave_them(client: str, resource: str, expected: str) -> None:
    assert entra_consent.grant_id(client, resource) == expected
    assert entra_consent.grant_id(client.upper(), resource) == expected


def test_a_grant_id_begins_with_the_clients_bytes() -> None:
    known = "l5eW7x0ga0-WDOntXzHateXDBv2r7pFEkRdq-kFAbXo"
    ours = entra_consent.grant_id("ef969797-201d-4f6b-960c-e9ed5f31dab5", TENANT)
    assert ours[:21] == known[:21]
    assert len(ours) == len(known)


@pytest.mark.parametrize("cloud", list(entra.CLOUDS))
def test_every_cloud_has_its_own_hosts_and_provider_environment(cloud: str) -> None:
    facts = entra.CLOUDS[cloud]
    suffix = {"global": ".com", "china": ".cn"}.get(cloud, ".us")
    assert all(
        host.endswith(suffix) for host in (facts.authority_host, facts.graph_host, facts.cognitive_services)
    )
    environments = {"us-gov-high": "usgovernmentl4", "us-gov-dod": "usgovernmentl5"}
    assert facts.provider_environment == environments.get(cloud, cloud)
    assert entra.cognitive_services_scope(cloud) == f"{facts.cognitive_services}/.default"
