"""Where prompts are processed and kept, path by path, as far as the outputs and the vendors' pages say."""

from collections.abc import Iterator, Mapping

from claude_byoc.contract.azure import DEPLOYMENT_SKUS, hosted_by
from claude_byoc.contract.models import APPLICATION_PROFILE
from claude_byoc.rollout.data_flow import GATEWAY_STATEMENT
from claude_byoc.rollout.document import Items, Rich, Section, Strong, Text
from claude_byoc.rollout.environment import PATHS, Environment, entries, text
from claude_byoc.rollout.gateway_facts import (
    Upstream,
    collector,
    days,
    is_ours,
    standing,
    upstreams,
)

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
            yield _vertex(text(env.part("vertex").get("region")) or env.value("gcp_region"))
        case "foundry":
            yield from _foundry(env)
        case _ if is_ours(env):
            yield from _gateway(env)
        case _:
            yield GATEWAY_STATEMENT


def _bedrock(env: Environment) -> Iterator[str]:
    region = text(env.part("bedrock").get("region")) or env.value("aws_region")
    yield f"requests enter at {region or '(no Region set)'}; a model called without an inference profile stays there."
    for role in env.roles:
        reach = "; ".join(f"{prefix}: {GEOGRAPHIES.get(prefix, 'see AWS')}" for prefix in role.residency)
        yield f"team {role.team}: inference profiles may process requests in {reach or 'no other Region'}."


def _vertex(location: str) -> str:
    reach = _VERTEX.get(location, "this Region alone")
    return f"requests go to the location {location or '(not set)'}: {reach}."


def _gateway(env: Environment) -> Iterator[str]:
    """Yield where a gateway of ours has prompts, and where each of its upstreams takes them."""
    yield f"runs in {standing(env)}; prompts pass through its memory and are in none of its logs, kept {days(env)}."
    part = env.part("gateway")
    if text(part.get("cloud")) == "google" and part.get("internal") is not True:
        yield _GOOGLE_FRONT
    for one in upstreams(env):
        for reach in _reach(env, one):
            yield f"{one.place}: {reach}"
    if found := collector(env):
        yield f"telemetry, which holds what people typed, goes on to {found}."


_GOOGLE_FRONT = (
    "Google's front ends end TLS near the person, which may be outside the region, and bring requests there within "
    "Google's network."
)
"""source: https://docs.cloud.google.com/load-balancing/docs/https (global external Application Load Balancer),
https://docs.cloud.google.com/docs/security/infrastructure/design (Google Front End)"""


def _reach(env: Environment, one: Upstream) -> Iterator[str]:
    """Yield where an upstream may process a request."""
    match one.kind:
        case "bedrock":
            for profile in one.profiles:
                yield _BY_PROFILE.get(
                    profile,
                    f"inference profiles {profile} may process in {GEOGRAPHIES.get(profile, 'see AWS')}.",
                )
        case "vertex":
            yield _vertex(one.region)
        case "foundry":
            own = one.resource == text(env.part("foundry").get("resourceName"))
            yield from _foundry(env) if own else (_BY_TYPE,)
        case _:
            where = f"the address {one.host}, which" if one.host else "Anthropic"
            yield f"{where} processes prompts; its terms and settings decide where and how long they are kept."


_BY_PROFILE = {
    "": "models called without an inference profile stay in this Region.",
    APPLICATION_PROFILE: "inference profiles of the account's own go where their definitions say.",
}


def _foundry(env: Environment) -> Iterator[str]:
    deployments = entries(env.part("foundry").get("deployments"))
    if not deployments:
        yield _BY_TYPE
    for one in deployments:
        name, version, sku = (text(one.get(key)) for key in ("name", "version", "sku"))
        where = DEPLOYMENT_SKUS.get(sku, "answered where its deployment type says")
        yield f"deployment {name} is {where}; version {version or '(default)'}, hosted by {hosted_by(version or None)}."


_BY_TYPE = (
    "the type of each deployment decides: "
    + "; ".join(f"{sku} is {where}" for sku, where in DEPLOYMENT_SKUS.items())
    + "."
)
