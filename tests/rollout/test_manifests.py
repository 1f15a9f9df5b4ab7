"""One manifest per host and per group that differs: their values, Ids, Versions, names and what is left over."""

import json
from typing import Any

import pytest

from claude_byoc.contract.problems import ProblemsError
from claude_byoc.rollout.build import build_all
from claude_byoc.rollout.manifest import compose, identity, read_back
from claude_byoc.rollout.manifest_source import unconfigured
from claude_byoc.rollout.manifests import Manifests, make_manifests

from .conftest import MAIL
from .environments import MANIFEST_ID, OUTLOOK_ID, environments


def make(
    outputs: dict[str, Any], previous: dict[str, bytes] | None = None, template: bytes | None = MAIL
) -> Manifests:
    return make_manifests(outputs, previous or {}, version=None, outlook_template=template)


def contents(manifests: Manifests) -> dict[str, bytes]:
    return {file.name: file.content for file in manifests.files}


def test_groups_get_what_differs() -> None:
    outputs = environments()["teams"]
    made = make(outputs)
    common = outputs["manifestValues"]["office"]
    for row in outputs["userAttributes"]:
        values = read_back(contents(made)[f"manifest-{row['group']}.xml"])
        own_app = (
            {"graph_client_id": "99999999-8888-7777-6666-555555555555"} if row["group"] == "finance" else {}
        )
        assert values == {**common, **row["values"], **own_app}
    assert read_back(contents(made)["manifest.xml"]) == common


def test_ids_stay_and_differ() -> None:
    one, two = (make(environments()["gateway"]).deployed for _ in range(2))
    assert one == two
    assert len({manifest.manifest_id for manifest in one}) == len(one) == 4
    assert (one[0].manifest_id, one[1].manifest_id) == (MANIFEST_ID, OUTLOOK_ID)
    outputs = environments()["gateway"]
    outputs["manifestIds"]["office"] = OUTLOOK_ID
    assert {one[2].manifest_id}.isdisjoint(manifest.manifest_id for manifest in make(outputs).deployed)


def test_a_group_that_does_not_differ_gets_none() -> None:
    outputs = environments()["gateway"]
    outputs["userAttributes"] = [
        {"group": "same", "values": {"gateway_url": "https://claude.contoso.com"}},
        {"group": "", "values": {"gateway_url": "https://other.contoso.com"}},
        # Outlook cannot use these keys.
        {
            "group": "bedrock",
            "values": {"aws_role_arn": "arn:aws:iam::123456789012:role/X", "aws_region": "us-east-1"},
        },
    ]
    assert [one.file for one in make(outputs).deployed] == [
        "manifest.xml", "manifest-outlook.xml", "manifest-bedrock.xml",
    ]  # fmt: skip


def test_names_are_fit_for_files_and_never_the_same() -> None:
    outputs = environments()["gateway"]
    groups = ["A&B", "a b", "outlook", "../../etc", "\u6f22", "x" * 80]
    outputs["userAttributes"] = [
        {"group": group, "values": {"gateway_token": f"token-{number}"}}
        for number, group in enumerate(groups)
    ]
    names = [one.file for one in make(outputs).deployed if one.host == "office" and one.group]
    assert names == [
        "manifest-a-b.xml", "manifest-a-b-2.xml", "manifest-outlook-2.xml", "manifest-etc.xml", "manifest-group.xml",
        f"manifest-{'x' * 40}.xml",
    ]  # fmt: skip
    everything = [one.file for one in make(outputs).deployed]
    assert len(set(everything)) == len(everything)


def test_only_what_changed_gets_a_new_version() -> None:
    outputs = environments()["gateway"]
    first = contents(make(outputs))
    outputs["userAttributes"][0]["values"]["gateway_token"] = "another-token-12"
    second = contents(make(outputs, first))
    versions = {name: identity(xml)[1] for name, xml in second.items() if "redacted" not in name}
    assert versions == {
        "manifest.xml": "1.0.0.0",
        "manifest-outlook.xml": "1.0.0.0",
        "manifest-finance.xml": "1.0.0.1",
        "manifest-outlook-finance.xml": "1.0.0.1",
    }
    assert contents(make(outputs, second)) == second


def test_outlook_needs_its_template_once() -> None:
    outputs = environments()["gateway"]
    first = contents(make(outputs))
    assert contents(make(outputs, first, template=None)) == first
    outputs["manifestValues"]["outlook"]["gateway_url"] = "https://other.contoso.com"
    second = contents(make(outputs, first, template=None))
    assert read_back(second["manifest-outlook.xml"])["gateway_url"] == "https://other.contoso.com"
    assert identity(second["manifest-outlook.xml"])[1] == "1.0.0.1"


def test_a_template_is_found_again_in_a_manifest() -> None:
    values = {"gateway_url": "https://gw.contoso.com", "gateway_token": "t&t", "entra_sso": "1"}
    made = compose(MAIL, values, manifest_id=MANIFEST_ID, version="1.0.0.7").xml
    again = compose(unconfigured(made), values, manifest_id=MANIFEST_ID, version="1.0.0.7").xml
    assert again == made
    assert b"gw.contoso.com" not in unconfigured(made)
    assert b"m=outlook-1.0.0.4&amp;x=1&amp;l=de" in unconfigured(made)


@pytest.mark.parametrize("template", [b"<html></html>", b"", MAIL.replace(b"'MailApp'", b"'TaskPaneApp'")])
def test_a_wrong_outlook_template(template: bytes) -> None:
    with pytest.raises(ProblemsError):
        make(environments()["gateway"], template=template)


def test_problems_of_a_group_name_it_once() -> None:
    outputs = environments()["gateway"]
    outputs["userAttributes"] = [{"group": "ops", "values": {"gateway_url": "http://x", "bogus": 3}}]
    with pytest.raises(ProblemsError) as refusal:
        make(outputs)
    keys = [problem.key for problem in refusal.value.problems if problem.severity == "error"]
    assert keys == ["userAttributes.bogus", "gateway_url (group ops)"]
    warned = make({**environments()["teams"]}).warnings
    assert [problem.key for problem in warned] == ["otlp_headers"]  # everybody's, and not once more per group


def test_an_environment_without_hosts_has_pages_all_the_same() -> None:
    outputs = {**environments()["foundry"], "manifestValues": {}, "desktopValues": {}}
    names = {file.name for file in build_all(outputs, {}).files}
    assert names == {"consent.md", "consent.html", "allowlist.csv", "next-steps.md", "report.html", "report.md",
                     "index.json"}  # fmt: skip


def test_what_is_left_over() -> None:
    outputs = environments()["gateway"]
    before = {file.name: file.content for file in build_all(outputs, {}, outlook_template=MAIL).files}
    outputs |= {"userAttributes": [], "desktopValues": {}, "consent": {"state": "notNeeded", "links": []}}
    del outputs["manifestValues"]["outlook"]
    after = build_all(outputs, {**before, "mine.html": b"", "notes.md": b""})
    # Pages and redacted copies go. Manifests may be deployed: they stay, and are told of in every build.
    assert set(after.stale) == {
        "consent.html", "consent.md", "user-guide-outlook.html", "user-guide-desktop.html",
        "manifest-finance.redacted.xml", "manifest-outlook.redacted.xml", "manifest-outlook-finance.redacted.xml",
    }  # fmt: skip
    told = [problem.key for problem in after.warnings if "earlier build" in problem.wrong]
    assert told == ["manifest-outlook.xml", "manifest-finance.xml", "manifest-outlook-finance.xml"]


@pytest.mark.parametrize(
    "index", [b"", b"{", b'"x"', b'[1, {"file": 2}, {"file": "../x.md"}, {"file": "gone.md"}]']
)
def test_an_index_that_is_none_removes_nothing(index: bytes) -> None:
    assert build_all(environments()["vertex"], {"index.json": index, "x.md": b""}).stale == ()


def test_the_index_lists_everything_but_itself() -> None:
    files = build_all(environments()["foundry"], {}, outlook_template=MAIL).files
    index = json.loads(files[-1].content)
    assert [entry["file"] for entry in index] == [file.name for file in files[:-1]]
