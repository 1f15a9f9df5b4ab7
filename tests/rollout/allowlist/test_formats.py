"""Each format of the allowlist, read back by something that is not ours and compared with the rows."""

import csv
import io
import json
import re
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_byoc.contract.allowlist import AllowlistRow, account_rows, bedrock_rows, merged_rows, office_rows
from claude_byoc.contract.desktop_allowlist import desktop_rows
from claude_byoc.rollout.allowlist import FORMATS, allowlist_csv_file, render

from .strategies import HOSTS

ROWS = merged_rows(
    [
        *office_rows(),
        *bedrock_rows("eu-west-3"),
        *account_rows(),
        *desktop_rows(
            {"inferenceProvider": "gateway", "inferenceGatewayBaseUrl": "https://gw.example.com:8443"}
        ),
        AllowlistRow("10.1.2.3", "a collector", port=4318, protocol="http", hosts=("desktop",)),
        AllowlistRow("2001:db8::1", "another", port=8443, hosts=("desktop",)),
    ]
)
ALL = {row.host for row in ROWS}
NAMES = {host for host in ALL if host not in ("10.1.2.3", "2001:db8::1")}


def text(name: str, rows: list[AllowlistRow] = ROWS) -> str:
    return render(name, rows).text


def notices(name: str) -> dict[str, str]:
    return {problem.wrong: problem.key for problem in render(name, ROWS).notices}


def test_csv() -> None:
    read = list(csv.DictReader(io.StringIO(text("csv"), newline="")))
    assert [(r["host"], r["path"], r["protocol"], r["why"]) for r in read] == [
        (row.host, row.path, row.protocol, row.why) for row in ROWS
    ]
    assert [(int(r["port"]), r["required"] == "yes", tuple(r["hosts"].split())) for r in read] == [
        (row.port, row.required, row.hosts) for row in ROWS
    ]
    assert allowlist_csv_file(ROWS).content.decode() == text("csv")
    assert render("csv", ROWS).notices == ()


def test_json() -> None:
    read: list[dict[str, Any]] = json.loads(text("json"))
    assert read == [{**asdict(row), "hosts": list(row.hosts)} for row in ROWS]
    assert render("json", ROWS).notices == ()


def test_azure_firewall() -> None:
    template = json.loads(text("azure-firewall"))
    (group,) = template["resources"]
    assert group["type"] == "Microsoft.Network/firewallPolicies/ruleCollectionGroups"
    (collection,) = group["properties"]["ruleCollections"]
    assert collection["ruleCollectionType"] == "FirewallPolicyFilterRuleCollection"
    assert collection["action"] == {"type": "Allow"}
    found = {
        (host, protocol["port"])
        for rule in collection["rules"]
        for host in rule["targetFqdns"]
        for protocol in rule["protocols"]
    }
    assert found == {(row.host, row.port) for row in ROWS if row.host in NAMES}
    assert len({rule["name"] for rule in collection["rules"]}) == len(collection["rules"])
    # Every parameter that the template uses is declared.
    used = set(re.findall(r"parameters\('(\w+)'\)", text("azure-firewall")))
    assert used == set(template["parameters"])
    assert notices("azure-firewall") == {
        "is allowed with every path, not only the one that is needed": "claude.ai",
        "is an IP address and is left out": "10.1.2.3, 2001:db8::1",
    }


def allowed_by_suffix(entries: list[str], host: str) -> bool:
    """What a list with leading dots lets through, as AWS and Squid describe it."""
    return any(host == e or (e.startswith(".") and (host == e[1:] or host.endswith(e))) for e in entries)


def test_aws_network_firewall() -> None:
    request = json.loads(text("aws-network-firewall"))
    assert set(request) == {"RuleGroupName", "Type", "Capacity", "Description", "RuleGroup"}
    source = request["RuleGroup"]["RulesSource"]["RulesSourceList"]
    assert source["GeneratedRulesType"] == "ALLOWLIST"
    assert source["TargetTypes"] == ["TLS_SNI", "HTTP_HOST"]
    for host in NAMES:
        assert allowed_by_suffix(source["Targets"], host.replace("*", "any"))
    assert not allowed_by_suffix(source["Targets"], "example.com")
    assert not any("*" in target for target in source["Targets"])
    assert "gw.example.com:8443" in notices("aws-network-firewall")["is listed without its port"]
    assert "*.sentry.io" in notices("aws-network-firewall")["lets the domain itself through as well"]


def test_squid() -> None:
    lines = [line for line in text("squid").splitlines() if line and not line.startswith("#")]
    acls: dict[str, tuple[str, list[str]]] = {}
    rules: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith("acl "):
            _, name, kind, value = line.split(" ")
            assert acls.setdefault(name, (kind, []))[0] == kind
            acls[name][1].append(value)
        else:
            directive, action, hosts, ports = line.split(" ")
            assert (directive, action) == ("http_access", "allow")
            rules.append((hosts, ports))
    assert set(acls) == {name for rule in rules for name in rule}

    def allowed(host: str, port: int) -> bool:
        return any(
            str(port) in acls[ports][1]
            and (
                host in acls[hosts][1] if acls[hosts][0] == "dst" else allowed_by_suffix(acls[hosts][1], host)
            )
            for hosts, ports in rules
        )

    for row in ROWS:
        assert allowed(row.host.replace("*", "any"), row.port)
    assert not allowed("gw.example.com", 443)
    assert not allowed("example.com", 443)
    # Squid refuses a domain that another of the same list covers.
    for kind, values in acls.values():
        covered = [v for v in values for o in values if kind == "dstdomain" and o.startswith(".") and v != o]
        assert not [
            value
            for value in covered
            if any(value.endswith(o) for o in values if o.startswith(".") and o != value)
        ]


def test_palo_alto() -> None:
    lines = text("palo-alto").splitlines()
    assert all(line.endswith("/") for line in lines)
    assert {line.removesuffix("/").strip("[]") for line in lines} == ALL
    assert len(lines) == len(set(lines))


ROW = st.builds(
    AllowlistRow, HOSTS, st.just("why"), port=st.sampled_from([443, 8443]), hosts=st.just(("office",))
)


@given(st.lists(ROW, min_size=1, max_size=8), HOSTS)
@settings(max_examples=400, deadline=None)
def test_suffix_lists_let_through_what_the_rows_say_and_no_more(rows: list[AllowlistRow], other: str) -> None:
    entries = json.loads(text("aws-network-firewall", rows))["RuleGroup"]["RulesSource"]["RulesSourceList"][
        "Targets"
    ]
    plain = other.replace("*", "any").lower()
    hosts = [row.host.lower() for row in rows]
    meant = any(
        plain == host or (host.startswith("*.") and (plain.endswith(host[1:]) or plain == host[2:]))
        for host in hosts
    )
    assert allowed_by_suffix(entries, plain) == meant


@pytest.mark.parametrize("name", FORMATS)
def test_rendering_is_the_same_every_time(name: str) -> None:
    assert render(name, ROWS) == render(name, list(ROWS))
