"""Stack outputs in, rollout files out; versions that rise when they must; files that others cannot read."""

import json
import os
import resource
import stat
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from claude_byoc.contract.local import LOCAL_TENANT_ID
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.rollout.build import build, build_all
from claude_byoc.rollout.files import RolloutFile, read_folder, write_atomic, write_files
from claude_byoc.rollout.manifest import identity, read_back

ID = "12345678-1234-1234-1234-1234567890ab"
VALUES = {
    "aws_role_arn": "arn:aws:iam::123456789012:role/ClaudeBedrockAccess",
    "aws_region": "eu-west-3",
    "entra_sso": "1",
}
OUTPUTS: dict[str, Any] = {
    "manifestValues": {"office": VALUES},
    "manifestIds": {"office": ID.upper()},
    "consent": {
        "state": "links",
        "links": [{"who": "Global Administrator", "why": "sign-in", "url": "https://login.example/consent?a=b"}],
    },
    "allowlist": [
        {
            "host": "claude.ai", "path": "/api/", "port": 443.0, "protocol": "https", "why": "flags | features",
            "required": True, "hosts": ["office", "outlook"],
        }
    ],
    "nextSteps": [
        {"who": "Global Administrator", "what": "Consent", "url": "https://login.example/consent?a=b"},
        {"who": "Engineer", "what": "Write the\nfiles", "command": "claude-byoc build -s x"},
        {"who": "Engineer", "what": "Look\nat it", "command": "claude-byoc `preview` -s x"},
    ],
}  # fmt: skip


def changed(**values: str) -> dict[str, Any]:
    outputs = deepcopy(OUTPUTS)
    outputs["manifestValues"]["office"] |= values
    return outputs


def by_name(files: list[RolloutFile]) -> dict[str, bytes]:
    return {file.name: file.content for file in files}


def test_what_is_written() -> None:
    files = build(OUTPUTS, {})
    contents = by_name(files)
    assert set(contents) == {
        "manifest.xml", "deploy.ps1", "consent.md", "consent.html", "allowlist.csv", "next-steps.md",
        "user-guide.html", "report.html", "report.md", "index.json",
    }  # fmt: skip
    assert identity(contents["manifest.xml"]) == (ID, "1.0.0.0")
    assert read_back(contents["manifest.xml"]) == VALUES
    index = json.loads(contents["index.json"])
    assert [entry["file"] for entry in index] == [name for name in contents if name != "index.json"]
    assert not any(entry["secret"] for entry in index)
    assert all(entry["purpose"] for entry in index)
    assert not any(file.secret for file in files)


def test_next_steps() -> None:
    text = by_name(build(OUTPUTS, {}))["next-steps.md"].decode()
    assert "1. **Global Administrator**: Consent\n   <https://login.example/consent?a=b>" in text
    assert "2. **Engineer**: Look at it\n   ``claude-byoc `preview` -s x``" in text
    assert "claude-byoc build" not in text  # whoever reads the file has run that step
    assert "stand-in" not in text
    assert text.count("login.example") == 1  # the consent link is a step already
    assert "| `claude.ai/api/` | 443 | always | office, outlook | flags \\| features |" in text
    assert ID in text


def test_next_steps_of_the_stand_in_clouds_say_so() -> None:
    outputs = {**OUTPUTS, "entra": {"tenantId": LOCAL_TENANT_ID}}
    lines = by_name(build(outputs, {}))["next-steps.md"].decode().splitlines()
    assert lines[:6] == [
        "# What is left to do",
        "",
        "From top to bottom.",
        "",
        "**Made by the stand-in clouds: an exercise. Do not upload or follow it.**",
        "",
    ]
    bare = by_name(build({**outputs, "nextSteps": OUTPUTS["nextSteps"][1:2]}, {}))["next-steps.md"].decode()
    assert "Nothing.\n" in bare
    assert "besides uploading" not in bare
    real = {**OUTPUTS, "entra": {"tenantId": "11111111-2222-3333-4444-555555555555"}}
    assert b"exercise" not in by_name(build(real, {}))["next-steps.md"]


def test_a_secret_makes_the_manifest_secret_and_appears_nowhere_else() -> None:
    built = build_all(changed(gateway_url="https://gw.contoso.com", gateway_token="hunter2"), {})
    assert [file.name for file in built.files if file.secret] == ["manifest.xml"]
    copy = next(file for file in built.files if file.name == "manifest.redacted.xml")
    assert copy.purpose == "for validators, tickets and reviews: secrets taken out"
    assert read_back(copy.content)["gateway_token"] == "REDACTED"
    assert not any(b"hunter2" in file.content for file in built.files if not file.secret)
    assert "hunter2" not in str(built.warnings)


def test_the_version_rises_with_the_content_only() -> None:
    first = by_name(build(OUTPUTS, {}))
    assert by_name(build(OUTPUTS, first)) == first
    second = by_name(build(changed(aws_region="eu-west-1"), first))
    assert identity(second["manifest.xml"]) == (ID, "1.0.0.1")
    third = by_name(build(OUTPUTS, second))
    assert identity(third["manifest.xml"])[1] == "1.0.0.2"
    assert by_name(build(OUTPUTS, third)) == third


def test_a_new_id_raises_the_version_too() -> None:
    first = by_name(build(OUTPUTS, {}))
    second = build({**OUTPUTS, "manifestIds": {"office": "f" * 8 + ID[8:]}}, first)
    assert identity(by_name(second)["manifest.xml"])[1] == "1.0.0.1"


def test_a_version_that_is_asked_for() -> None:
    files = build_all(OUTPUTS, {}, version="3.2.1.0").files
    assert identity(by_name(list(files))["manifest.xml"])[1] == "3.2.1.0"
    with pytest.raises(ProblemsError, match="version: is not a manifest version"):
        build_all(OUTPUTS, {}, version="3.2")


def test_an_unreadable_last_manifest_stops_the_build() -> None:
    with pytest.raises(ProblemsError, match="--manifest-version"):
        build(OUTPUTS, {"manifest.xml": b"<half"})


def test_outlook_values_are_not_dropped_in_silence() -> None:
    outputs = deepcopy(OUTPUTS)
    outputs["manifestValues"]["outlook"] = {"gateway_url": "https://gw.contoso.com"}
    built = build_all(outputs, {})
    assert [problem.key for problem in built.warnings] == ["manifestValues.outlook"]
    assert "--outlook-template https://" in built.warnings[0].cure
    assert "manifest-outlook.xml" not in {file.name for file in built.files}


@pytest.mark.parametrize(
    ("outputs", "keys"),
    [
        ({}, {"manifestValues"}),
        ({"manifestValues": []}, {"manifestValues"}),
        ({"manifestValues": {"desktop": {}}}, {"manifestValues"}),
        ({"manifestValues": {"office": "x"}}, {"manifestValues"}),
        ({"manifestValues": {"office": VALUES}}, {"manifestIds.office"}),
        ({"manifestValues": {"office": {"entra_sso": 1}}}, {"manifestValues.office.entra_sso"}),
        (
            {
                "manifestValues": {
                    "office": {"gateway_url": "http://x", "gateway_token": "[secret]", "bogus": "1"}
                }
            },
            {"gateway_url", "manifestValues.office.gateway_token", "bogus"},
        ),
        ({**OUTPUTS, "manifestIds": {"office": "not-a-guid"}}, {"id"}),
        ({**OUTPUTS, "allowlist": {"a": 1}}, {"allowlist"}),
        ({"manifestValues": {}, "allowlist": [1], "desktopValues": {"x": 1}}, {"allowlist[0]"}),
    ],
)
def test_outputs_that_are_wrong(outputs: dict[str, Any], keys: set[str]) -> None:
    with pytest.raises(ProblemsError) as refusal:
        build(outputs, {})
    assert keys <= {problem.key for problem in refusal.value.problems if problem.severity == "error"}


def test_odd_steps_are_passed_over() -> None:
    outputs = {**OUTPUTS, "nextSteps": ["x", {"who": None}], "consent": []}
    assert b"1. " in by_name(build(outputs, {}))["next-steps.md"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_modes_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_files(
            tmp_path / "a" / "b", [RolloutFile("s", b"1", "", secret=True), RolloutFile("p", b"2", "")]
        )
    finally:
        os.umask(before)
    folder = tmp_path / "a" / "b"
    assert (mode(folder / "s"), mode(folder / "p")) == (0o600, 0o644)
    write_atomic(folder / "p", b"3", secret=True)
    assert mode(folder / "p") == 0o600
    assert read_folder(folder) == {"p": b"3", "s": b"1"}


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "manifest.xml"
    write_atomic(target, b"old", secret=False)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, limits[1]))
    try:
        with pytest.raises(ProblemsError, match="File too large"):
            write_atomic(target, b"longer", secret=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert read_folder(tmp_path) == {"manifest.xml": b"old"}


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"kept")
    (tmp_path / "m").symlink_to(tmp_path / "elsewhere")
    write_atomic(tmp_path / "m", b"new", secret=True)
    assert (tmp_path / "elsewhere").read_bytes() == b"kept"
    assert not (tmp_path / "m").is_symlink()


@pytest.mark.parametrize("place", ["file/below", "file/below/deeper", "folder", "nul\0"])
def test_places_that_cannot_be_written(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ProblemsError):
        write_atomic(tmp_path / place, b"x", secret=False)
    assert read_folder(tmp_path) == {"file": b"x"}


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ProblemsError, match="cannot be written"):
        write_files(tmp_path / "file" / "out", [])
    with pytest.raises(ProblemsError, match="cannot be read"):
        read_folder(tmp_path / "file")
    assert read_folder(tmp_path / "nowhere") == {}
