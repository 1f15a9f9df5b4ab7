"""What exists before any program, and what somebody else makes by hand."""

from pathlib import Path

import pytest

from standin import seeds
from standin.catalog import load, providers
from standin.cloud import Cloud
from standin.errors import CloudError, StandinError
from standin.scope import NO_TENANT
from tests.standin.conftest import OIDC, ROLE, TRUST, URL, Asked

PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
GET_PRINCIPAL = "azuread:index/getServicePrincipal:getServicePrincipal"
MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"
COGNITIVE_SERVICES = "7d312290-28c8-473c-a0ed-8e53749b6d6d"
ANTHROPIC = "c2995f31-11e7-4882-b7a7-ef9def0a0266"


@pytest.fixture
def entra(tmp_path: Path) -> Asked:
    return Asked(tmp_path / "cloud.sqlite", "azuread")


def clients(cloud: Cloud) -> set[object]:
    return {row.properties["clientId"] for row in cloud.foreign(PRINCIPAL)}


def test_a_tenant_has_its_apis_and_they_are_nobodys_resources(entra: Asked) -> None:
    assert clients(entra.cloud) >= {MICROSOFT_GRAPH, COGNITIVE_SERVICES, ANTHROPIC}
    assert entra.cloud.resources() == []
    assert {row.place for row in entra.cloud.foreign()} == {NO_TENANT}
    told = entra.told(GET_PRINCIPAL, clientId=MICROSOFT_GRAPH)
    assert told["displayName"] == "Microsoft Graph"
    scopes = told["oauth2PermissionScopeIds"]
    assert isinstance(scopes, dict)
    assert scopes["Mail.ReadWrite"] == "024d486e-b451-40bb-833d-3e66d98c5c73"


def test_what_is_removed_stays_removed(entra: Asked) -> None:
    [graph] = [row for row in entra.cloud.foreign(PRINCIPAL) if row.properties["clientId"] == MICROSOFT_GRAPH]
    entra.cloud.remove(PRINCIPAL, graph.id)
    assert clients(Asked(entra.path, "azuread").cloud) == clients(entra.cloud)
    assert MICROSOFT_GRAPH not in clients(entra.cloud)


def test_a_seed_can_be_left_out_by_name(tmp_path: Path) -> None:
    without = Asked(tmp_path / "cloud", "azuread", STANDIN_WITHOUT="nobody, anthropic")
    assert ANTHROPIC not in clients(without.cloud)
    with pytest.raises(CloudError, match=f'No service principal found for client ID: "{ANTHROPIC}"'):
        without.invoke(GET_PRINCIPAL, clientId=ANTHROPIC)


def test_use_existing_adopts_the_row_and_a_destroy_takes_it_away(entra: Asked) -> None:
    [before] = [row for row in entra.cloud.foreign(PRINCIPAL) if row.properties["clientId"] == ANTHROPIC]
    inputs = {"clientId": ANTHROPIC, "useExisting": True, "appRoleAssignmentRequired": True}
    made = entra.create(PRINCIPAL, inputs)
    assert (made.id, made.plain["objectId"]) == (before.id, before.properties["objectId"])
    assert made.plain["displayName"] == before.properties["displayName"]
    [after] = [row for row in entra.cloud.foreign(PRINCIPAL) if row.id == made.id]
    assert after.properties["appRoleAssignmentRequired"] is True
    assert entra.cloud.resources(PRINCIPAL) == []
    made.delete()
    assert ANTHROPIC not in clients(entra.cloud)


def test_without_use_existing_the_row_is_in_the_way(entra: Asked) -> None:
    with pytest.raises(CloudError, match="already exists"):
        entra.create(PRINCIPAL, {"clientId": ANTHROPIC})
    assert ANTHROPIC in clients(entra.cloud)


def test_what_somebody_else_made_is_there_for_every_rule_and_is_not_ours(aws: Asked) -> None:
    arn = seeds.add(aws.cloud, OIDC, {"url": URL, "clientIdLists": ["theirs"]})
    assert arn == f"arn:aws:iam::000000000000:oidc-provider/{URL.removeprefix('https://')}"
    [row] = aws.cloud.foreign()
    assert row.properties["clientIdLists"] == ["theirs"]
    assert aws.cloud.resources() == []
    with pytest.raises(CloudError, match="EntityAlreadyExists"):
        aws.create(OIDC, {"url": URL, "clientIdLists": ["ours"]})
    role = seeds.add(
        aws.cloud, ROLE, {"name": "theirs", "assumeRolePolicy": TRUST}, {"uniqueId": "AROATHEIRS"}
    )
    [row] = aws.cloud.foreign(ROLE)
    assert (role, row.properties["uniqueId"]) == ("theirs", "AROATHEIRS")
    assert aws.read(ROLE, role).resource_id == role


@pytest.mark.parametrize("provider", providers())
def test_seeds_are_of_declared_types_and_can_be_written(provider: str, tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud")
    seeds.plant(cloud, provider, {})
    seeds.plant(cloud, provider, {})
    assert len(cloud.foreign()) == len(seeds.seeds(provider))


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("text", "row 0: write rows: "),
        ("[a]", "row 0: write rows: "),
        ("[{name: a, type: 'x:y:Z', inputs: {}, source: s}]", "row 0: type x:y:Z is not declared"),
        ("[{name: a, type: 'x:y:A', inputs: {b: 1}, source: s}]", "row 0: b: x:y:A has no property b"),
        ("[{name: a, type: 'x:y:A', inputs: {}, outputs: {c: 1}, source: s}]", "row 0: x:y:A has no c"),
        ("[{name: a, type: 'x:y:A', inputs: {}, source: ' '}]", "row 0: `source` is empty"),
        ("[{name: a, kind: b}]", "row 0: unknown kind"),
        ("[{name: a}]", "row 0: Seed.__init__() missing"),
        (
            "[{name: a, type: 'x:y:A', inputs: {}, source: s}, {name: a, type: 'x:y:A', inputs: {}, source: s}]",
            "two rows are called a",
        ),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, rows: str, complaint: str) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "provider.yaml").write_text("provider: x\nsource: s\n")
    (folder / "a.yaml").write_text("type: x:y:A\nsource: s\nid: i\n")
    (folder / "seeds.yaml").write_text(f"rows: {rows}\n")
    assert list(load("x", tmp_path).types) == ["x:y:A"]
    with pytest.raises(StandinError) as caught:
        seeds.seeds("x", tmp_path)
    assert complaint in str(caught.value)
