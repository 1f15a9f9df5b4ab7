"""The addresses that a manifest names are on the allowlist."""

from claude_byoc.contract.allowlist import manifest_rows


def test_each_address_has_a_row_with_its_port() -> None:
    rows = manifest_rows(
        {"otlp_endpoint": "https://telemetry.example.com", "gateway_url": "https://gw.example.com:8443/v1"}
    )
    assert [(row.host, row.port, row.path) for row in rows] == [
        ("telemetry.example.com", 443, "/"),
        ("gw.example.com", 8443, "/"),
    ]
    assert [row.why for row in rows] == [
        "the OpenTelemetry collector",
        "the gateway: inference, model discovery",
    ]


def test_an_address_that_differs_per_person_has_none() -> None:
    assert manifest_rows({"bootstrap_url": "https://{{region}}.example.com/x"}) == []
