"""Where the gateway sends the telemetry that add-ins and desktop apps give it (OTLP over HTTP)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from claude_byoc.contract.problems import Problem
from claude_byoc.gateway.checks import check_range, check_team, check_url

COLLECTOR_VARIABLE = "GATEWAY_COLLECTOR_HEADERS"
COLLECTOR_SECRET = "collectorHeaders"  # noqa: S105 -- the name of a secret, not one
LARGEST_MIB = 16


@dataclass(frozen=True)
class TelemetrySpec:
    """A collector of OpenTelemetry.

    `collector_url` is its base, to which `/v1/traces`, `/v1/logs`, `/v1/metrics` are appended; http is taken for a
    collector in the same container group. `collector_headers` tells whether the secret GATEWAY_COLLECTOR_HEADERS
    holds the headers with its credential, as `name=value,name=value` with values URL-encoded (the form of
    OTEL_EXPORTER_OTLP_HEADERS). `max_body_mib` bounds one delivery. Gateway tokens of `sender_team` may send
    telemetry and nothing else, so that a manifest can carry one.
    source: https://opentelemetry.io/docs/specs/otlp/, https://opentelemetry.io/docs/specs/otel/protocol/exporter/
    """

    collector_url: str
    collector_headers: bool = False
    max_body_mib: int = 4
    sender_team: str = ""

    def problems(self) -> Iterator[Problem]:
        """Yield everything wrong with it."""
        key = "gateway.telemetry"
        yield from check_url(f"{key}.collectorUrl", self.collector_url)
        if self.collector_url.rstrip("/").endswith(("/v1/traces", "/v1/logs", "/v1/metrics")):
            wrong = "names one signal, and the gateway appends /v1/traces, /v1/logs and /v1/metrics"
            yield Problem(f"{key}.collectorUrl", wrong, "the collector's base URL", "cut the end off")
        yield from check_range(f"{key}.maxBodyMib", self.max_body_mib, 1, LARGEST_MIB)
        if self.sender_team:
            yield from check_team(f"{key}.senderTeam", self.sender_team)

    def rendered(self) -> dict[str, Any]:
        """Return what the application around LiteLLM reads."""
        return {
            "collectorUrl": self.collector_url.rstrip("/"),
            "maxBodyBytes": self.max_body_mib << 20,
            "senderTeam": self.sender_team,
        }
