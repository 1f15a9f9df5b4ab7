"""What the stack has made and what is still to do."""

from collections.abc import Iterator, Mapping

from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.rollout.data_flow import gateway_host
from claude_byoc.rollout.document import Block, Code, Items, Rich, Section, Step, Steps, Strong, Table, Text
from claude_byoc.rollout.environment import HOST_NAMES, PATHS, Environment, entries, mapping, text, texts
from claude_byoc.rollout.gateway_facts import upstreams
from claude_byoc.rollout.manifest_source import own_app

BUILD = "claude-byoc build"
"""The step that writes the files: whoever reads them has done it."""


def made(env: Environment) -> Section:
    """Return what this environment consists of."""
    rows: list[tuple[Rich, ...]] = [
        (HOST_NAMES[host], " or ".join(PATHS[path] for path in env.paths(host)) or "set per person")
        for host in env.hosts
    ]
    blocks: list[Block] = []
    if rows:
        blocks.append(Table("Hosts and paths", ("Where people meet Claude", "Connection path"), tuple(rows)))
    if parts := tuple(_parts(env)):
        blocks.append(Items(parts))
    blocks += _bedrock_roles(env)
    if env.groups:
        groups = tuple(
            (one.name, ", ".join(sorted({*one.values, *one.secret, *own_app(env.outputs, one.name)})))
            for one in env.groups
        )
        blocks.append(Table("Groups of their own", ("Group", "What differs"), groups))
    if kept := lasting_of(env.outputs):
        blocks.append(Table("What a destroy would leave", ("What", "Why"), tuple(kept)))
    return Section("made", "What was made", tuple(blocks) or (Text("Nothing that people use yet."),))


def lasting_of(outputs: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return (what, why) of all that the parts of an environment say that a destroy leaves."""
    parts = (mapping(outputs.get(name)) for name in PATHS)
    rows = (
        (text(one.get("what")), text(one.get("why")))
        for part in parts
        for one in entries(part.get("lasting"))
    )
    return [(what, why) for what, why in rows if what]


def _parts(env: Environment) -> Iterator[Rich]:
    entra = env.part("entra")
    if env.tenant_id:
        whose = "an app of its own" if env.own_app else "Anthropic's app Claude for Office"
        yield (
            Strong("Entra tenant "),
            Code(env.tenant_id),
            f" (cloud {env.cloud}), {whose} ",
            Code(env.client_id),
        )
    if issuer := text(entra.get("issuer")):
        yield Strong("Issuer of its tokens: "), Code(issuer)
    if bedrock := env.part("bedrock"):
        yield (
            Strong("AWS account "),
            Code(text(bedrock.get("accountId"))),
            " in ",
            Code(text(bedrock.get("region"))),
        )
        yield Strong("OIDC provider "), Code(text(bedrock.get("oidcProviderArn")))
    if vertex := env.part("vertex"):
        models = ", ".join(texts(vertex.get("models"))) or "every enabled Claude model"
        yield (
            Strong("Google Cloud project "),
            Code(text(vertex.get("projectId"))),
            f", location {text(vertex.get('region'))}, {models}",
        )
    if foundry := env.part("foundry"):
        how = "without keys" if foundry.get("keyless") is True else "with an API key"
        yield Strong("Foundry resource "), Code(text(foundry.get("resourceName"))), f", {how}"
        for one in entries(foundry.get("deployments")):
            yield (
                Strong("Deployment "),
                Code(text(one.get("name"))),
                f" version {text(one.get('version')) or 'default'}",
            )
    if gateway := env.part("gateway"):
        speaks = ", ".join(texts(gateway.get("formats"))) or "anthropic"
        yield (
            Strong("Gateway "),
            Code(gateway_host(env)),
            f", speaks {speaks}, asks for {text(gateway.get('auth')) or 'a token'}",
            f", in {CLOUDS[cloud]}" if (cloud := text(gateway.get("cloud"))) in CLOUDS else "",
            f", forwards to {', '.join(one.place for one in behind)}" if (behind := upstreams(env)) else "",
        )


def _bedrock_roles(env: Environment) -> list[Block]:
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            role.team,
            Code(role.name),
            ", ".join(role.models) or "every Anthropic model",
            ", ".join(role.residency) or "this Region",
            role.assumable_by,
        )
        for role in env.roles
    )
    head = ("Team", "Role", "Models", "Residency", "Who can assume it")
    return [Table("Roles", head, rows)] if rows else []


def next_steps_section(env: Environment, *, built: bool) -> Section:
    """Return every step with its state: what the stack and the build have done, and what people must do."""
    steps = (*_done(env, built=built), *open_steps(env))
    return Section("next", "Next steps", (Steps(steps),) if steps else (Text("Nothing."),))


def _done(env: Environment, *, built: bool) -> Iterator[Step]:
    parts = [PATHS[path] for path in PATHS if env.part(path)]
    if parts:
        yield Step("The stack", f"Made the cloud side: {', '.join(parts)}", done=True)
    if text(env.part("consent").get("state")) == "granted":
        yield Step("The stack", "Gave consent for the tenant", done=True)
    if built:
        yield Step("The build", "Wrote the files of this folder, which index.json lists", done=True)


def open_steps(env: Environment) -> tuple[Step, ...]:
    """Return the steps of the output `nextSteps`, but for the build itself."""
    found = (
        Step(
            text(one.get("who")),
            text(one.get("what")),
            url=text(one.get("url")),
            command=text(one.get("command")),
        )
        for one in env.steps
    )
    return tuple(step for step in found if not f"{step.command} ".startswith(f"{BUILD} "))


def allowlist_section(env: Environment) -> Section:
    """Return the addresses that the network must let through."""
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            Code(f"{row.host}{row.path}"),
            f"{row.port}",
            "always" if row.required else "optional",
            ", ".join(row.hosts),
            row.why,
        )
        for row in env.rows
    )
    table = Table("Allowlist", ("Address", "Port", "Needed", "For", "Why"), rows)
    content = (table,) if rows else (Text("The outputs name no address."),)
    return Section("allowlist", "Addresses that the network must let through", content)
