"""What leaves people's devices and who sees it: the picture of the report and its table.

source: https://claude.com/docs/office-agents/third-party-platforms (network allowlist, what Anthropic
collects) and its pages on telemetry and data storage; https://claude.com/docs/third-party/claude-desktop
(data handling with a gateway).
"""

from collections.abc import Iterator

from claude_byoc.contract.azure import hosted_by
from claude_byoc.contract.entra import CLOUDS
from claude_byoc.rollout.document import Block, Flow, Flows, Items, Notice, Section, Table, Text
from claude_byoc.rollout.environment import HOST_NAMES, PATHS, Environment, entries, host_of, text
from claude_byoc.rollout.gateway_facts import collector, days, is_ours, standing, upstreams

GATEWAY_STATEMENT = (
    "With a gateway, data handling is decided by whoever operates the gateway and by the provider that it "
    "forwards to. Statements about data residency and about conversation data that stays away from Anthropic "
    "hold for a direct path only."
)

_TELEMETRY = "features used, timings, error rates, tool use and token counts; no prompts and no answers"


def data_flow(env: Environment) -> Section:
    """Return the section with the picture, who sees what, and what stays on the device."""
    flows = tuple(_flows(env))
    blocks: list[Block] = [
        Flows(f"Data flow of {env.label}", _source(env), flows),
        Table(
            "Who sees what",
            ("Who", "Prompts and answers", "Tokens and keys", "Telemetry"),
            tuple(_views(env)),
        ),
    ]
    if "gateway" in env.all_paths:
        blocks.append(Notice(GATEWAY_STATEMENT))
    blocks.append(Text("On the device itself:"))
    blocks.append(Items(tuple(_on_device(env))))
    return Section("data-flow", "Where data goes", tuple(blocks))


def _source(env: Environment) -> str:
    return "; ".join(HOST_NAMES[host] for host in env.hosts) or "people's devices"


def _flows(env: Environment) -> Iterator[Flow]:
    for path in env.all_paths:
        yield Flow("prompts", "Prompts and answers", *_inference(env, path))
    if "bedrock" in env.all_paths and env.roles:
        yield Flow("tokens", "Entra ID token", "AWS STS", "exchanged for temporary AWS credentials")
    if env.signs_in:
        yield Flow("tokens", "Sign-in", CLOUDS[env.cloud].authority_host, "work account, Microsoft Entra ID")
    if "vertex" in env.all_paths:
        yield Flow("tokens", "Sign-in", "accounts.google.com", "Google account, OAuth")
    if "outlook" in env.hosts:
        yield Flow(
            "tokens",
            "Mail and calendar",
            CLOUDS[env.cloud].graph_host,
            "its token stays in Outlook",
        )
    if endpoint := _collector(env):
        held = "the collector of your own: prompts, tool calls, documents named"
        through = f"through the gateway; {held}" if collector(env) else held
        yield Flow("telemetry", "Audit trail", endpoint, through)
    if set(env.hosts) & {"office", "outlook"}:
        yield Flow("telemetry", "Operation", "pivot.claude.ai, claude.ai/api/", "Anthropic: " + _TELEMETRY)
        yield Flow("telemetry", "Crash reports", "sentry.io", "diagnostics", optional=True)
    elif "desktop" in env.hosts:
        yield Flow("telemetry", "Operation", "Anthropic", _TELEMETRY, optional=True)


def _inference(env: Environment, path: str) -> tuple[str, str]:
    """Return where prompts go on a path, and a word on it."""
    match path:
        case "bedrock":
            region = text(env.part("bedrock").get("region")) or env.value("aws_region")
            return (
                f"{PATHS[path]} {region}".strip(),
                f"AWS account {text(env.part('bedrock').get('accountId'))}".strip(),
            )
        case "vertex":
            region = text(env.part("vertex").get("region")) or env.value("gcp_region")
            project = text(env.part("vertex").get("projectId")) or env.value("gcp_project_id")
            return f"{PATHS[path]} {region}".strip(), f"Google Cloud project {project}".strip()
        case "foundry":
            name = text(env.part("foundry").get("resourceName")) or env.value("azure_resource_name")
            return f"{PATHS[path]} {name}".strip(), "Azure resource of your own"
        case _:
            whose = f"your own gateway in {standing(env)}" if is_ours(env) else "the gateway"
            return gateway_host(env) or PATHS[path], f"{whose}, which forwards to {_behind(env)}"


def _behind(env: Environment) -> str:
    """Return where the gateway takes prompts, in words."""
    first, *others = [one.place for one in upstreams(env)] or ["its provider"]
    return f"{first}, where that fails to {', then '.join(others)}" if others else first


def gateway_host(env: Environment) -> str:
    """Return host and port of the gateway, "" where the outputs do not tell."""
    urls = (
        text(env.part("gateway").get("url")),
        env.value("gateway_url"),
        env.desktop.get("inferenceGatewayBaseUrl", ""),
    )
    return next((host for host in map(host_of, urls) if host), "")


def _views(env: Environment) -> Iterator[tuple[str, ...]]:
    yield "People's devices", "yes", "their own", "made there"
    for path in env.all_paths:
        provider = {
            "bedrock": ("AWS, in your account", "the person's temporary credentials"),
            "vertex": ("Google Cloud, in your project", "the person's Google token"),
            "foundry": ("Microsoft Azure, in your resource", _foundry_credential(env)),
            "gateway": ("Operator of the gateway", _gateway_credential(env)),
        }[path]
        own = path == "gateway" and is_ours(env)
        logged = f"who used what, without prompts, for {days(env)}" if own else "what it logs itself"
        yield provider[0], "yes, in memory" if own else "yes", provider[1], logged
        if path == "gateway":
            if not (behind := upstreams(env)):
                yield "Provider behind the gateway", "yes", "the gateway's credential", "what it logs itself"
            for one in behind:
                who = f"{one.place}, behind the gateway"
                yield who, "yes", f"the gateway has {one.credential}", "what it logs itself"
    if env.signs_in or "outlook" in env.hosts:
        sees = "no; mail and calendar are theirs already" if "outlook" in env.hosts else "no"
        yield "Microsoft (Entra ID, Graph)", sees, "issues the sign-in tokens", "sign-in log"
    yield "Anthropic", _anthropic_sees(env), "no", _TELEMETRY
    if endpoint := _collector(env):
        yield (
            f"Your collector ({endpoint})",
            "yes, in traces",
            "no",
            "traces of the add-in, which Anthropic does not get then",
        )


def _anthropic_sees(env: Environment) -> str:
    if env.desktop.get("inferenceProvider") == "anthropic":
        return "yes, from Cowork: its provider is the Claude API"
    versions = [text(one.get("version")) for one in entries(env.part("foundry").get("deployments"))]
    if any(hosted_by(version) == "Anthropic" for version in versions):
        return "processed by Anthropic for the Foundry deployments that it hosts"
    if "gateway" not in env.all_paths:
        return "no"
    if behind := upstreams(env):
        hosts = [one.host for one in behind if one.kind == "anthropic"]
        if not hosts:
            return "no"
        return f"only through {hosts[0]}" if hosts[0] else "yes, as an upstream of the gateway"
    return "only through a gateway that forwards to Anthropic"


def _collector(env: Environment) -> str:
    """Return the host of the collector that telemetry ends at, "" where there is none."""
    sent = host_of(env.value("otlp_endpoint") or env.desktop.get("otlpEndpoint", ""))
    return collector(env) or sent if sent else ""


def _foundry_credential(env: Environment) -> str:
    if env.has_secret("azure_api_key"):
        return "the resource's API key, the same for everybody"
    return "the person's Entra access token"


def _gateway_credential(env: Environment) -> str:
    if env.value("gateway_auth_source") == "entra":
        return "the person's Entra access token"
    return "the gateway's own token"


def _on_device(env: Environment) -> Iterator[str]:
    if set(env.hosts) & {"office", "outlook"}:
        yield (
            "Conversations, skills and settings are kept in the web view's storage of https://pivot.claude.ai, at most "
            "50 conversations per person and application. Clearing the Office add-in cache removes them."
        )
        yield (
            "Credentials that the add-in keeps (a gateway token, an API key) stand there unencrypted. Give out "
            "gateway tokens that can be revoked, never a model provider's own key."
        )
    if "desktop" in env.hosts:
        yield "Cowork keeps conversations and the files that it works on in folders of the person's profile."
