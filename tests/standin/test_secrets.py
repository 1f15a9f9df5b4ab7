"""Secrets reach the cloud's file only as digests, and come back from the state."""

import stat
from pathlib import Path

from standin.values import CHANGED, DIGEST, plain, wire
from tests.standin.conftest import AGREEMENT, PASSWORD, ROLE, TRUST, Asked

PLANTED = "planted-secret-7e1f"


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_a_secret_is_never_in_the_file(aws: Asked, tmp_path: Path) -> None:
    made = aws.create(
        ROLE,
        {
            "assumeRolePolicy": TRUST,
            "name": "n",
            "description": wire(PLANTED, secret=True),
            "tags": wire({"plain": "visible-tag", "hidden": PLANTED}, secret=True),
        },
    )
    assert made.state["tagsAll"].is_secret
    aws.create(AGREEMENT, {"modelId": wire("m"), "offerToken": wire(PLANTED, secret=True)})
    made.update({"assumeRolePolicy": TRUST, "name": "n", "description": wire(PLANTED + "2", secret=True)})
    random = Asked(tmp_path / "cloud.sqlite", "random")
    password = random.create(PASSWORD, {"length": 30})
    content = bytes_of(tmp_path)
    assert PLANTED.encode() not in content
    assert str(password.plain["result"]).encode() not in content
    assert b"AROA" in content


def test_a_nested_secret_is_hidden_and_the_rest_is_not(aws: Asked, tmp_path: Path) -> None:
    tags = wire({"a": "visible-tag"})
    tags = tags.with_value({"a": wire("visible-tag"), "b": wire(PLANTED, secret=True)})
    made = aws.create(ROLE, {"assumeRolePolicy": TRUST, "name": "n", "tags": tags})
    assert PLANTED.encode() not in bytes_of(tmp_path)
    assert b"visible-tag" in bytes_of(tmp_path)
    assert plain(made.read().properties["tags"]) == {"a": "visible-tag", "b": PLANTED}
    assert made.diff({"assumeRolePolicy": TRUST, "name": "n", "tags": tags}).changes is False


def test_read_gives_the_states_value_back_if_the_digest_matches(aws: Asked) -> None:
    made = aws.create(
        ROLE, {"assumeRolePolicy": TRUST, "name": "n", "description": wire(PLANTED, secret=True)}
    )
    seen = made.read().properties["description"]
    assert plain(seen) == PLANTED
    assert seen.is_secret
    made.state["description"] = wire("another", secret=True)
    drifted = made.read().properties["description"]
    assert plain(drifted) == CHANGED
    assert drifted.is_secret


def test_an_import_cannot_give_a_secret(aws: Asked) -> None:
    aws.create(ROLE, {"assumeRolePolicy": TRUST, "name": "n", "description": wire(PLANTED, secret=True)})
    found = aws.read(ROLE, "n")
    assert "description" not in found.properties
    assert "description" not in found.inputs


def test_digests_differ_from_cloud_to_cloud(tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        asked = Asked(tmp_path / name)
        asked.create(
            ROLE, {"assumeRolePolicy": TRUST, "name": "n", "description": wire(PLANTED, secret=True)}
        )
        [row] = asked.cloud.resources()
        stored = row.properties["description"]
        assert isinstance(stored, dict)
        digests.append(stored[DIGEST])
    assert digests[0] != digests[1]


def test_the_file_belongs_to_its_owner_alone(aws: Asked) -> None:
    assert stat.S_IMODE(aws.path.stat().st_mode) == 0o600
