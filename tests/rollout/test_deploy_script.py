"""deploy.ps1, read by a PowerShell parser: it is valid, and nothing of an environment becomes code in it."""

import re

import pytest
import tree_sitter_powershell
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tree_sitter import Language, Node, Parser

from claude_byoc.rollout.build import build_all
from claude_byoc.rollout.deploy_script import Deployed, deploy_script, literal

from .conftest import MAIL
from .environments import environments

PARSER = Parser(Language(tree_sitter_powershell.language()))
ONE = Deployed("manifest.xml", "office", "", "12345678-1234-1234-1234-1234567890ab", "1.0.0.3")


def parsed(script: bytes) -> Node:
    root = PARSER.parse(script.removeprefix(b"\xef\xbb\xbf")).root_node
    assert not root.has_error, [node.text for node in nodes(root) if node.is_error or node.is_missing]
    return root


def nodes(root: Node) -> list[Node]:
    return [root, *(inner for child in root.children for inner in nodes(child))]


def texts(root: Node, kind: str) -> list[str]:
    return [(node.text or b"").decode() for node in nodes(root) if node.type == kind]


def script_of(name: str) -> bytes:
    built = build_all(environments()[name], {}, environment=name, outlook_template=MAIL)
    return next(file.content for file in built.files if file.name == "deploy.ps1")


def test_the_parser_sees_mistakes() -> None:
    assert PARSER.parse(b"if ($a { 'x' }").root_node.has_error


@pytest.mark.parametrize("name", environments())
def test_it_is_powershell(name: str) -> None:
    script = script_of(name)
    assert script.startswith(b"\xef\xbb\xbf<#\r\n")
    assert b"\n" not in script.replace(b"\r\n", b"")
    root = parsed(script)
    calls = set(texts(root, "command_name"))
    assert calls >= {
        "New-OrganizationAddIn", "Set-OrganizationAddIn", "Set-OrganizationAddInAssignments",
        "Remove-OrganizationAddIn", "Get-OrganizationAddIn", "Connect-OrganizationAddInService",
        "New-App", "Set-App", "Get-App", "Remove-App", "Connect-ExchangeOnline",
    }  # fmt: skip
    # What fetches, runs text or takes a password has no place in it.
    assert not {call.lower() for call in calls} & {
        "invoke-expression", "iex", "invoke-webrequest", "invoke-restmethod", "start-process", "add-type",
        "convertto-securestring",
    }  # fmt: skip


def test_every_change_asks_first() -> None:
    """Each action but Check stands under ShouldProcess, so that -WhatIf changes nothing."""
    switch = next(node for node in nodes(parsed(script_of("gateway"))) if node.type == "switch_statement")
    clauses = [node for node in nodes(switch) if node.type == "switch_clause"]
    names = [texts(clause, "verbatim_string_characters")[0] for clause in clauses]
    assert names == [
        f"'{name}'"
        for name in (
            "Check",
            "Install",
            "Update",
            "Assign",
            "Unassign",
            "Stop",
            "Resume",
            "Rollback",
            "Remove",
        )
    ]
    changing = {
        "Install-Manifest",
        "Update-Manifest",
        "Set-Audience",
        "Set-Enabled",
        "Remove-App",
        "Remove-OrganizationAddIn",
    }
    for clause, name in zip(clauses, names, strict=True):
        asked = [
            node
            for node in nodes(clause)
            if node.type == "if_statement" and b"ShouldProcess" in (node.text or b"")
        ]
        inside = {call for node in asked for call in texts(node, "command_name")}
        assert changing & set(texts(clause, "command_name")) == changing & inside
        assert bool(asked) == (name != "'Check'")


def test_it_knows_the_manifests() -> None:
    text = script_of("gateway").decode("utf-8-sig")
    rows = re.findall(
        r"AddIn   = '(\w+)'\r\n\s+Group   = '(\w*)'\r\n\s+File    = '([\w.-]+)'\r\n\s+Id      = '([\w-]+)'\r\n"
        r"\s+Version = '([\d.]+)'",
        text,
    )
    assert [row[:3] for row in rows] == [
        ("office", "", "manifest.xml"),
        ("outlook", "", "manifest-outlook.xml"),
        ("office", "finance", "manifest-finance.xml"),
        ("outlook", "finance", "manifest-outlook-finance.xml"),
    ]
    assert len({row[3] for row in rows}) == 4
    assert {row[4] for row in rows} == {"1.0.0.0"}


def test_an_exercise_deploys_nothing() -> None:
    statements = [
        text for text in texts(parsed(script_of("bedrock")), "flow_control_statement") if "stand-in" in text
    ]
    assert len(statements) == 1
    assert b"stand-in clouds: an exercise" not in script_of("gateway")


@settings(max_examples=25)  # each is parsed in whole
@given(st.text(max_size=30))
@example("'; Remove-Item -Recurse C:\\ ; '")
@example("\u2019; iex 'x'; \u2018")
@example("$(Get-Secret)`n#>")
@example("#>\r\nStop-Computer")
def test_a_name_never_becomes_code(name: str) -> None:
    one = Deployed("manifest.xml", "office", name, ONE.manifest_id, ONE.version)
    root = parsed(deploy_script(name, [one], exercise=False).content)
    usual = parsed(deploy_script("x", [ONE], exercise=False).content)
    assert texts(root, "command_name") == texts(usual, "command_name")
    assert [node.type for node in nodes(root) if node.is_named] == [
        node.type for node in nodes(usual) if node.is_named
    ]


def test_literals() -> None:
    assert literal("it's $x") == "'it''s $x'"
    assert literal("a\nb\u2019") == "'a b\u2019\u2019'"
