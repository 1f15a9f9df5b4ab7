"""The rows of a stack: its output, its desktop configuration, its Claude accounts."""

from dataclasses import asdict
from typing import Any

import pytest

from claude_byoc.contract.allowlist import account_rows, bedrock_rows, merged_rows, office_rows
from claude_byoc.contract.desktop_allowlist import desktop_rows
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.rollout.allowlist import rows_of

OFFICE = [*office_rows(), *bedrock_rows("eu-west-3")]
DESKTOP: dict[str, Any] = {
    "inferenceProvider": "gateway", "inferenceGatewayBaseUrl": "https://gw.example.com",
    "inferenceGatewayAuthScheme": "sso",
}  # fmt: skip


def outputs(**more: object) -> dict[str, Any]:
    # As Pulumi gives them back: lists for tuples, floats for integers.
    rows = [{**asdict(row), "hosts": list(row.hosts), "port": float(row.port)} for row in OFFICE]
    return {"allowlist": rows, **more}


def test_the_stack_is_the_contract_rows_and_nothing_else() -> None:
    assert rows_of(outputs()) == merged_rows(OFFICE)
    assert rows_of(outputs(desktopValues=DESKTOP)) == merged_rows([*OFFICE, *desktop_rows(DESKTOP)])
    assert rows_of({}) == []


def test_surfaces() -> None:
    both = outputs(desktopValues=DESKTOP)
    assert {row.host for row in rows_of(both, ["outlook"])} == {
        row.host for row in OFFICE if "outlook" in row.hosts
    }
    assert rows_of(both, ["desktop"]) == desktop_rows(DESKTOP)
    assert rows_of({}, ["1p"]) == account_rows()
    assert {row.host for row in rows_of(both, ["1p", "desktop"])} == {
        row.host for row in [*account_rows(), *desktop_rows(DESKTOP)]
    }


def test_claude_accounts_belong_to_a_stack_that_allows_them() -> None:
    allowed = outputs(manifestValues={"office": {"allow_1p": "1"}})
    assert {"api.anthropic.com", "mcp-proxy.anthropic.com"} <= {row.host for row in rows_of(allowed)}
    for other in ({"office": {"allow_1p": "0"}}, {"office": {}}, {}, None):
        assert rows_of(outputs(manifestValues=other)) == merged_rows(OFFICE)


@pytest.mark.parametrize(
    "entry",
    [
        7,
        {},
        {"host": "a b", "why": "x"},
        {"host": "a.example\nevil", "why": "x"},
        {"host": "https://a.example", "why": "x"},
        {"host": "a.example", "port": 0},
        {"host": "a.example", "port": 1.5},
        {"host": "a.example", "port": True},
        {"host": "a.example", "protocol": "gopher"},
        {"host": "a.example", "required": "no"},
        {"host": "a.example", "hosts": "office"},
    ],
)
def test_rows_of_another_shape_are_refused(entry: object) -> None:
    with pytest.raises(ProblemsError, match=r"allowlist\[1\]: is no row"):
        rows_of({"allowlist": [{"host": "ok.example", "hosts": ["office"]}, entry]})


def test_an_output_that_is_no_list() -> None:
    with pytest.raises(ProblemsError, match="allowlist: is not a list"):
        rows_of({"allowlist": {"a": 1}})
