"""The pieces of a gateway's specification, read from its arguments. Pure; what cannot be read is put into `wrong`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, cast

from claude_byoc.arguments import camel, whole
from claude_byoc.contract.desktop_keys import DESKTOP_KEYS
from claude_byoc.contract.gateway import Image
from claude_byoc.contract.problems import Problem
from claude_byoc.gateway.bootstrap import BootstrapSpec, BootstrapTeam
from claude_byoc.gateway.limits import LimitsSpec, TeamLimit
from claude_byoc.gateway.service_args import (
    GatewayAnswersArgs,
    GatewayBootstrapArgs,
    GatewayEntraArgs,
    GatewayLimitsArgs,
    GatewayServiceArgs,
    GatewayTeamLimitArgs,
    GatewayUpstreamArgs,
)
from claude_byoc.gateway.spec import (
    AnthropicUpstream,
    BedrockUpstream,
    EntraAuth,
    FoundryUpstream,
    GatewaySpec,
    Upstream,
    VertexUpstream,
)
from claude_byoc.gateway.values import desktop_values

TAKEN: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "anthropic": ("base_url",),
        "bedrock": ("region", "profile"),
        "vertex": ("project", "region"),
        "foundry": ("resource", "keyless", "base_url"),
    }
)
"""Kind of upstream -> what else is said of it."""
KINDS = tuple(TAKEN)
_HOME = {"bedrock": "aws", "vertex": "google", "foundry": "azure"}
"""Upstream -> the cloud whose containers reach it with an identity of their own."""
_IMAGE = re.compile(r"([a-z0-9][a-zA-Z0-9._/:-]{0,254})@(sha256:[0-9a-f]{64})")
NO_MODEL_IDS: Mapping[str, str] = MappingProxyType({})
_PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "region": "some-region1",
        "project": "some-project",
        "resource": "some-resource",
        "base_url": "https://some.example.com",
        "collector_url": "https://some.example.com",
        "tenant_id": "00000000-0000-0000-0000-000000000001",
        "client_id": "00000000-0000-0000-0000-000000000002",
        "desktop_client_id": "00000000-0000-0000-0000-000000000003",
    }
)
"""Argument -> a value of its form, in the place of one that is not known yet."""


def placeholder(place: str) -> str:
    """Return a value of the right form for an argument that is not known yet."""
    return _PLACEHOLDERS[place.rpartition(".")[2]]


def below(prefix: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return what `known` has under places that begin with `prefix`, by the rest of the place."""
    return {key.removeprefix(prefix): value for key, value in known.items() if key.startswith(prefix)}


def upstream_of(
    given: GatewayUpstreamArgs, known: Mapping[str, str], cloud: str, wrong: list[Problem]
) -> Upstream | None:
    """Return the upstream, called by identity in its own cloud and by a stored key elsewhere; None for no kind."""
    kind = given.get("kind", "")
    stored = _HOME.get(kind) != cloud
    match kind:
        case "anthropic":
            return AnthropicUpstream(**({"base_url": known["base_url"]} if "base_url" in known else {}))
        case "foundry":
            return FoundryUpstream(
                known.get("resource", ""),
                keyless=given.get("keyless", False),
                base_url=known.get("base_url", ""),
            )
        case "bedrock":
            return BedrockUpstream(known.get("region", ""), given.get("profile", ""), stored_key=stored)
        case "vertex":
            return VertexUpstream(known.get("project", ""), known.get("region", ""), stored_key=stored)
        case _:
            wrong.append(
                Problem(
                    "gateway.upstreams", f"has the kind {kind or 'nothing'}", ", ".join(KINDS), "choose one"
                )
            )
            return None


def entra_of(given: GatewayEntraArgs, known: Mapping[str, str]) -> EntraAuth:
    """Return whose Entra tokens count; `known` has the ids."""
    return EntraAuth(
        known.get("tenant_id", ""),
        known.get("client_id", ""),
        known.get("desktop_client_id", ""),
        given.get("cloud", "global"),
        audiences=given.get("audiences", []),
        scopes=given.get("scopes", ["access_as_user"]),
        roles=given.get("roles", []),
        team_roles=given.get("team_roles", {}),
        clock_skew_seconds=whole(given.get("clock_skew_seconds", 120)),
    )


def limits_of(given: GatewayLimitsArgs) -> LimitsSpec:
    """Return the limits."""
    teams = {team: _limit(limit) for team, limit in given.get("teams", {}).items()}
    return LimitsSpec(_limit(given.get("default", {})), teams, given.get("shared", False))


def _limit(given: GatewayTeamLimitArgs) -> TeamLimit:
    return TeamLimit(**{name: whole(cast("float", value)) for name, value in given.items()})


def bootstrap_of(
    given: GatewayBootstrapArgs, spec: GatewaySpec, domain: str | None, wrong: list[Problem]
) -> BootstrapSpec:
    """Return the answers; those for Claude Desktop also say how to reach and sign in to this very gateway."""
    teams: Mapping[str, GatewayAnswersArgs] = given.get("teams", {})
    desktop: dict[str, Any] = dict(given.get("desktop", {}))
    if desktop or any(team.get("desktop") for team in teams.values()):
        if domain is None and "inferenceGatewayBaseUrl" not in desktop:
            wrong.append(
                Problem(
                    "gateway.bootstrap.desktop",
                    "tells Claude Desktop to use this gateway, whose address is not known before it is made",
                    "gateway.domain",
                    "set gateway.domain, or inferenceGatewayBaseUrl among the keys",
                )
            )
        if spec.entra and not spec.entra.desktop_client_id:
            wrong.append(
                Problem(
                    "gateway.bootstrap.desktop",
                    "signs people in by a registration of Claude Desktop, and there is none",
                    "a registration of its own",
                    "add `desktop: {}` to `entra`, or name the one that exists: entra.desktopClientId",
                )
            )
            # With any id in its place nothing else is wrong on its account.
            spec = replace(
                spec, entra=replace(spec.entra, desktop_client_id=_PLACEHOLDERS["desktop_client_id"])
            )
        if spec.entra:
            base = str(desktop.get("inferenceGatewayBaseUrl", f"https://{domain or 'gateway.invalid'}"))
            own = desktop_values(base, spec, auth="entra")
            desktop = {**{key: own[key] for key in own if DESKTOP_KEYS[key].availability != "mdm"}, **desktop}
    return BootstrapSpec(
        given.get("office", {}),
        desktop,
        {
            name: BootstrapTeam(team.get("office", {}), team.get("desktop", {}))
            for name, team in teams.items()
        },
        whole(given.get("expires_seconds", 3600)),
    )


def strangers(args: GatewayServiceArgs) -> Iterator[Problem]:
    """Yield what names something that is not there: models, kinds, and arguments that mean nothing to a kind."""
    for key, table in (
        ("modelNames", args.get("model_names", {})),
        ("upstreamIds", args.get("upstream_ids", {})),
    ):
        for name in table:
            if name not in args.get("models", []):
                yield Problem(f"gateway.{key}.{name}", "is no model of gateway.models", "ids that are listed there",
                              "add it there, or remove it here")  # fmt: skip
    for upstream in args.get("upstreams", []):
        kind = upstream.get("kind", "")
        for name in sorted(set(upstream) - {"kind", *TAKEN.get(kind, upstream)}):
            yield Problem(f"gateway.upstreams.{kind}.{camel(name)}", f"means nothing to {kind}",
                          ", ".join(map(camel, TAKEN[kind])), "remove it")  # fmt: skip
    for name, ids in args.get("upstream_ids", {}).items():
        for kind in ids:
            if kind not in KINDS:
                yield Problem(f"gateway.upstreamIds.{name}.{kind}", "is no kind of upstream", ", ".join(KINDS),
                              "choose one")  # fmt: skip
            elif kind not in {upstream.get("kind", "") for upstream in args.get("upstreams", [])}:
                yield Problem(f"gateway.upstreamIds.{name}.{kind}", "is for an upstream that is not there",
                              "kinds of gateway.upstreams", "add that upstream, or remove this")  # fmt: skip


def image_of(key: str, given: str | None, default: Image, wrong: list[Problem]) -> Image:
    """Return the image of a reference by digest, or the default."""
    if given is None:
        return default
    found = _IMAGE.fullmatch(given)
    if not found:
        wrong.append(
            Problem(f"gateway.{key}", "is no image by its digest", "NAME@sha256:64 hexadecimal digits",
                    "copy the digest from the registry: a tag alone can change")
        )  # fmt: skip
        return default
    return Image("", found[2], (found[1],))
