"""Objects in which the cloud adds fields of its own, as Azure's `properties`."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from standin.catalog import Property, Spec
from standin.compare import differences
from standin.state import declared
from standin.values import UNKNOWN, Plain, plain, plain_map, wire
from tests.standin.conftest import Asked

ACCOUNT = "azure-native:cognitiveservices:Account"
GROUP = "azure-native:resources:ResourceGroup"
INPUTS: dict[str, Plain] = {
    "resourceGroupName": "group",
    "accountName": "claude",
    "location": "swedencentral",
    "kind": "AIServices",
    "properties": {"customSubDomainName": "claude"},
    "sku": {"name": "S0"},
}


@pytest.fixture
def azure(tmp_path: Path) -> Asked:
    asked = Asked(tmp_path / "cloud.sqlite", "azure-native")
    asked.create(GROUP, {"resourceGroupName": "group", "location": "swedencentral"}, "group")
    return asked


def changed(**properties: Plain) -> dict[str, Plain]:
    return {**INPUTS, "properties": {"customSubDomainName": "claude", **properties}}


def test_the_cloud_adds_its_fields_and_keeps_those_that_it_chose(azure: Asked) -> None:
    made = azure.create(ACCOUNT, INPUTS)
    properties = made.plain["properties"]
    assert isinstance(properties, dict)
    assert properties["provisioningState"] == "Succeeded"
    assert properties["customSubDomainName"] == "claude"
    assert re.fullmatch(r"[0-9a-f]{32}", str(properties["internalId"]))
    later = made.update(changed(publicNetworkAccess="Disabled")).plain["properties"]
    assert later == {**properties, "publicNetworkAccess": "Disabled"}


def test_what_the_cloud_added_is_no_difference(azure: Asked) -> None:
    made = azure.create(ACCOUNT, INPUTS)
    assert made.kinds(INPUTS) == {}
    assert made.kinds(changed(publicNetworkAccess="Disabled")) == {"properties.publicNetworkAccess": "UPDATE"}
    assert made.kinds(changed(allowedFqdnList=["a"])) == {"properties.allowedFqdnList": "ADD"}
    assert made.kinds({**INPUTS, "sku": {"name": "S1"}}) == {"sku.name": "UPDATE"}


def test_a_preview_knows_what_was_given_and_not_what_the_cloud_adds(azure: Asked) -> None:
    properties = azure.create(ACCOUNT, INPUTS, preview=True).plain["properties"]
    assert isinstance(properties, dict)
    assert properties["customSubDomainName"] == "claude"
    assert properties["provisioningState"] is properties["internalId"] is UNKNOWN


def test_a_refresh_and_an_import_give_inputs_without_the_clouds_fields(azure: Asked) -> None:
    made = azure.create(ACCOUNT, INPUTS)
    assert plain_map(made.read().inputs) == plain_map(made.inputs)
    [row] = azure.cloud.resources(ACCOUNT)
    stored = row.properties["properties"]
    assert isinstance(stored, dict)
    azure.cloud.alter(ACCOUNT, made.id, "properties", {**stored, "publicNetworkAccess": "Disabled"})
    drifted = plain(made.read().inputs["properties"])
    assert isinstance(drifted, dict)
    assert drifted["publicNetworkAccess"] == "Disabled"
    imported = plain(azure.read(ACCOUNT, made.id).inputs["properties"])
    assert isinstance(imported, dict)
    assert imported == drifted
    assert not {"internalId", "provisioningState", "endpoint"} & imported.keys()


INNER = Property("inner", "object", fields={"kept": Property("kept", "string", computed=True)})
FIELDS = {
    "name": Property("name", "string", replaces=True),
    "size": Property("size", "integer", fills=3),
    "inner": INNER,
}
SPEC = Spec("a:b:C", "s", {"one": Property("one", "object", fields=FIELDS)}, {}, id="i")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"name": "a", "added": 1}, {"name": "a"}, {}),
        ({"name": "a"}, {"name": "b"}, {"one.name": "UPDATE_REPLACE"}),
        ({"inner": {"kept": "x", "added": 1}}, {"inner": {}}, {}),
        ({"inner": {"kept": "x"}}, {"inner": {"kept": "y"}}, {"one.inner.kept": "UPDATE"}),
        ({"size": 3}, None, {"one": "DELETE"}),
    ],
)
def test_fields_differ_one_by_one(old: Plain, new: Plain, expected: dict[str, str]) -> None:
    found = differences(SPEC, {"one": old}, {"one": new}, [])
    assert {path: change.kind.name for path, change in found.items()} == expected


def test_objects_in_lists_and_maps_are_compared_field_by_field_too() -> None:
    listed = replace(SPEC, inputs={"one": Property("one", "list(object)", fields=FIELDS)})
    old: Plain = [{"name": "a", "added": 1}, {"name": "b", "added": 2}]
    found = differences(listed, {"one": old}, {"one": [{"name": "a"}, {"name": "c"}, {"name": "d"}]}, [])
    assert {path: change.kind.name for path, change in found.items()} == {
        "one[1].name": "UPDATE_REPLACE",
        "one[2]": "ADD",
    }
    mapped = Property("one", "map(object)", fields=FIELDS)
    assert plain(declared(mapped, wire({"k": {"name": "a", "added": 1}}))) == {"k": {"name": "a"}}
    assert plain(declared(listed.inputs["one"], wire(old))) == [{"name": "a"}, {"name": "b"}]
