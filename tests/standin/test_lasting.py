"""What a delete leaves: as it was, as deleted, or with its name held until somebody restores or purges it."""

from dataclasses import replace
from pathlib import Path

import pytest

from standin.catalog import Lasting, Spec
from standin.errors import CloudError
from standin.rows import lasts
from standin.values import Plain
from tests.standin.conftest import ROLE, TRUST, Asked
from tests.standin.test_objects import ACCOUNT, GROUP, INPUTS

ROLE_INPUTS: dict[str, Plain] = {"assumeRolePolicy": TRUST, "name": "n"}


@pytest.fixture
def azure(tmp_path: Path) -> Asked:
    asked = Asked(tmp_path / "cloud.sqlite", "azure-native")
    asked.create(GROUP, {"resourceGroupName": "group", "location": "swedencentral"}, "group")
    return asked


def keeping(asked: Asked, **facts: object) -> Spec:
    """Let the cloud keep deleted roles, so that the core is seen without any real type's facts."""
    kept = Lasting("the role", "a test", "none", **facts)  # pyright: ignore[reportArgumentType] # the caller's
    catalog = asked.provider.catalog
    spec = replace(catalog.types[ROLE], lasting=kept)
    asked.provider.catalog = replace(catalog, types={**catalog.types, ROLE: spec})
    return spec


@pytest.mark.parametrize(
    ("when", "properties", "expected"),
    [
        ({}, {}, True),
        ({"skip": True}, {"skip": True}, True),
        ({"skip": True}, {}, False),
        ({"disable": False}, {}, True),
        ({"disable": False}, {"disable": True}, False),
        ({"a.b": "KEEP"}, {"a": {"b": "KEEP"}}, True),
        ({"a.b": "KEEP"}, {"a": None}, False),
        ({"a": True, "b": True}, {"a": True, "b": False}, False),
    ],
)
def test_it_depends_on_the_properties(
    when: dict[str, Plain], properties: dict[str, Plain], *, expected: bool
) -> None:
    assert lasts(Lasting("w", "r", "s", when=when), properties) is expected


def test_what_nobody_deletes_goes_on_and_what_is_deleted_is_gone(aws: Asked) -> None:
    keeping(aws)
    made = aws.create(ROLE, ROLE_INPUTS)
    made.delete()
    assert made.read().resource_id == "n"
    aws.cloud.purge(ROLE, "n")
    assert not made.read().resource_id
    keeping(aws, deleted=True)
    made = aws.create(ROLE, ROLE_INPUTS)
    made.delete()
    assert [kept.id for kept in aws.cloud.lasting()] == ["n"]
    assert not made.read().resource_id
    made.delete()
    with pytest.raises(CloudError, match="NotFound"):
        made.update({**ROLE_INPUTS, "description": "d"})
    again = aws.create(ROLE, ROLE_INPUTS)
    assert again.plain["uniqueId"] != made.plain["uniqueId"]
    assert aws.cloud.lasting() == []


def test_a_held_name_is_refused_until_it_is_purged(azure: Asked) -> None:
    azure.create(ACCOUNT, INPUTS).delete()
    assert [kept.token for kept in azure.cloud.lasting()] == [ACCOUNT]
    with pytest.raises(
        CloudError, match=r"has been soft-deleted\. To restore the resource, you must specify"
    ) as caught:
        azure.create(ACCOUNT, INPUTS)
    assert caught.value.code == "FlagMustBeSetForRestore"
    [kept] = azure.cloud.lasting()
    azure.cloud.purge(ACCOUNT, kept.id)
    with pytest.raises(KeyError, match="nothing is kept"):
        azure.cloud.purge(ACCOUNT, kept.id)
    assert azure.create(ACCOUNT, INPUTS).id == kept.id


def test_a_restore_brings_back_what_the_cloud_had_chosen(azure: Asked) -> None:
    made = azure.create(ACCOUNT, INPUTS)
    made.delete()
    restoring: dict[str, Plain] = {**INPUTS, "properties": {"customSubDomainName": "claude", "restore": True}}
    restored = azure.create(ACCOUNT, restoring)
    before, after = made.plain["properties"], restored.plain["properties"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert (restored.id, after["internalId"]) == (made.id, before["internalId"])
    assert azure.cloud.lasting() == []
    assert [row.id for row in azure.cloud.resources(ACCOUNT)] == [made.id]
