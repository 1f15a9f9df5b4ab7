"""Where prompts are processed and kept, path by path, as far as the outputs and the vendors' pages say."""

from collections.abc import Iterator, Mapping

from claude_byoc.contract.azure import DEPLOYMENT_SKUS, hosted_by
from claude_byoc.rollout.data_flow import GATEWAY_STATEMENT
from claude_byoc.rollout.document import Items, Rich, Section, Strong, Text
from claude_byoc.rollout.environment import PATHS, Environment, entries, text

GEOGRAPHIES: Mapping[str, str] = {
    "us": "Regions in the United States",
    "eu": "Regions in the European Union",
    "apac": "Regions in Asia, the Pacific and the Middle East",
    "au": "Regions in Australia",
    "jp": "Regions in Japan",
    "us-gov": "AWS GovCloud (US) Regions",
    "global": "any commercial AWS Region in the world",
}
"""Prefix of an inference profile -> where it may process a request. source:
https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html"""

_VERTEX = {
    "global": "any Region of Google Cloud in the world",
    "us": "Regions in the United States",
    "eu": "Regions in the European Union",
}
"""Multi-region locations. source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations"""


def residency(env: Environment) -> Section:
    """Return the residency statement."""
    statements: list[Rich] = [
        (Strong(f"{PATHS[path]}: "), one) for path in env.all_paths for one in _of(env, path)
    ]
    statements += [
        (Strong("Anthropic: "), "telemetry about the operation of the add-in, without prompts and answers."),
        (
            Strong("Device: "),
            "conversations and settings stay in the application's storage of the person who works there.",
        ),
    ]
    intro = (
        "This states what is configured. It is no legal opinion: contracts with the provider and its own "
        "documentation decide."
    )
    return Section("residency", "Where prompts are processed", (Text(intro), Items(tuple(statements))))


def _of(env: Environment, path: str) -> Iterator[str]:
    match path:
        case "bedrock":
            yield from _bedrock(env)
        case "vertex":
            location = text(env.part("vertex").get("region")) or env.value("gcp_region")
            reach = _VERTEX.get(location, "this Region alone")
            yield f"requests go to the location {location or '(not set)'}: {reach}."
        case "foundry":
            yield from _foundry(env)
        case _:
            yield GATEWAY_STATEMENT


def _bedrock(env: Environment) -> Iterator[str]:
    region = text(env.part("bedrock").get("region")) or env.value("aws_region")
    yield f"requests enter at {region or '(no Region set)'}; a model called without an inference profile stays there."
    for role in env.roles:
        reach = "; ".join(f"{prefix}: {GEOGRAPHIES.get(prefix, 'see AWS')}" for prefix in role.residency)
        yield f"team {role.team}: inference profiles may process requests in {reach or 'no other Region'}."


def _foundry(env: Environment) -> Iterator[str]:
    deployments = entries(env.part("foundry").get("deployments"))
    if not deployments:
        yield (
            "the type of each deployment decides: "
            + "; ".join(f"{sku} is {where}" for sku, where in _SKUS)
            + "."
        )
    for one in deployments:
        name, version, sku = (text(one.get(key)) for key in ("name", "version", "sku"))
        where = DEPLOYMENT_SKUS.get(sku, "answered where its deployment type says")
        yield f"deployment {name} is {where}; version {version or '(default)'}, hosted by {hosted_by(version or None)}."


_SKUS = tuple(DEPLOYMENT_SKUS.items())
