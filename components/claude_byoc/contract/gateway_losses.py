"""What each way to a model keeps of a request. source: LiteLLM 1.103.0 before a fake upstream (tests/gateway)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """A way from the gateway to a model; `body` to `models` say what becomes of each part of a request."""

    to: str
    body: str
    beta: str
    errors: str
    tools: str
    models: str


WAYS: tuple[Way, ...] = (
    Way(
        to="Anthropic or Foundry (key) alone",
        body="byte by byte",
        beta="as sent",
        errors="as sent",
        tools="as the upstream has them",
        models="the upstream's own",
    ),
    Way(
        to="`/v1/messages` to Bedrock, Vertex AI, keyless Foundry, or with failover",
        body="the fields that LiteLLM knows; `service_tier` and unknown ones are dropped, and those that it holds "
        "unfit for a model",
        beta="those that LiteLLM knows for the upstream",
        errors="restored; LiteLLM tells some 500 as 503",
        tools="not promised",
        models="yours, with an id per upstream",
    ),
    Way(
        to="`/bedrock`, `/vertex_ai`",
        body="as it is",
        beta="in the body",
        errors="restored",
        tools="as the upstream has them",
        models="the upstream's own",
    ),
)

PARTS: tuple[tuple[str, str], ...] = (
    ("body", "body"),
    ("beta", "`anthropic-beta`"),
    ("errors", "status, `retry-after`, message of an error"),
    ("tools", "web search, code execution"),
    ("models", "model names"),
)
"""Field of `Way` -> what it is about."""
