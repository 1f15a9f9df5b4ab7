"""What the output `gateway` says of a gateway of ours: where it runs, who may call, where prompts go on to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.contract.models import PLATFORMS, profile_of
from claude_byoc.rollout.document import Block, Rich, Section, Strong, Table, Text
from claude_byoc.rollout.environment import Environment, entries, mapping, text, texts

_ACCOUNTS = {"aws": "AWS account", "google": "Google Cloud project", "azure": "Azure subscription"}
_FIREWALL = {
    "ours": "in front; it lets bodies through, since prompts hold SQL, HTML and shell",
    "existing": "in front, with rules of others, who see to it that prompts pass",
}
_LIMITS = {
    "requestsPerMinute": "requests a minute",
    "tokensPerMinute": "tokens a minute",
    "tokensPerDay": "tokens a day",
}


@dataclass(frozen=True)
class Upstream:
    """What the gateway forwards to; each part may be empty."""

    kind: str
    region: str = ""
    project: str = ""
    resource: str = ""
    host: str = ""
    """Host that is called in place of the provider's own."""
    ids: tuple[str, ...] = ()
    stored_key: bool = False

    @property
    def place(self) -> str:
        """Return the provider and where it is called."""
        name = PLATFORMS.get(self.kind, self.kind)
        where = self.region if self.kind != "foundry" else self.resource
        return f"{name} {where or self.host}".strip()

    @property
    def credential(self) -> str:
        """Return what it is called with, in words."""
        return "a key that it keeps" if self.stored_key else "its own identity"

    @property
    def profiles(self) -> tuple[str, ...]:
        """Return the prefixes of the inference profiles that models are called by; "" = none, in the region itself."""
        return tuple(dict.fromkeys(map(profile_of, self.ids)))


def is_ours(env: Environment) -> bool:
    """Tell whether this environment makes the gateway."""
    return text(env.part("gateway").get("cloud")) in CLOUDS


def upstreams(env: Environment) -> tuple[Upstream, ...]:
    """Return what the gateway forwards to, in order; () where the outputs do not tell."""
    return tuple(
        Upstream(
            kind,
            *(text(one.get(key)) for key in ("region", "project", "resource")),
            host=text(one.get("host")),
            ids=tuple(name for name in map(text, mapping(one.get("ids")).values()) if name),
            stored_key=one.get("storedKey") is True,
        )
        for one in entries(env.part("gateway").get("upstreams"))
        if (kind := text(one.get("kind")))
    )


def collector(env: Environment) -> str:
    """Return the host of the collector that the gateway sends telemetry on to, "" where there is none."""
    return text(env.part("gateway").get("collector"))


def standing(env: Environment) -> str:
    """Return where a gateway of ours runs, in words."""
    part = env.part("gateway")
    cloud = text(part.get("cloud"))
    words = f"{CLOUDS[cloud]}, {_ACCOUNTS[cloud]} {text(part.get('account'))}".strip()
    return f"{words}, {text(part.get('region')) or 'region not told'}"


def days(env: Environment) -> str:
    """Return how long logs are kept, in words."""
    kept = _count(env.part("gateway").get("logRetentionDays"))
    return f"{kept} days" if kept else "as long as its log store keeps them"


def gateway_section(env: Environment) -> Section:
    """Return what holds for a gateway of ours, as a reviewer asks for it."""
    rows: list[tuple[Rich, ...]] = [(Strong(what), how) for what, how in _rules(env)]
    blocks: list[Block] = [Table("The gateway of this environment", ("What", "How it is"), tuple(rows))]
    if behind := upstreams(env):
        order = "The first answers; the others, in this order, where those before fail."
        found = tuple((one.place, ", ".join(one.ids), one.credential) for one in behind)
        head = ("Provider", "Models by their ids there", "Called with")
        blocks += [Text(order), Table("What it forwards to", head, found)]
    return Section("gateway", "The gateway", tuple(blocks))


def _rules(env: Environment) -> Iterator[tuple[str, str]]:
    part = env.part("gateway")
    callers = mapping(part.get("callers"))
    yield "Runs in", standing(env)
    inside = part.get("internal") is True
    yield "Reached", "from private networks alone" if inside else "over the internet"
    if not text(part.get("health")):
        yield "Answers", "not yet: a next step says what is missing"
    ranges = texts(callers.get("addresses"))
    yield "From", ", ".join(ranges) or ("those networks" if inside else "every address")
    yield "Callers", _callers(callers)
    yield "Web application firewall", _FIREWALL.get(text(callers.get("firewall")), "none")
    refused = part.get("restrictModels") is not False
    yield "Models", "those listed, others are refused" if refused else "those listed; others are not refused"
    yield "Limits", _limits(mapping(part.get("limits")))
    yield (
        "Logs",
        f"who called, team, model, tokens, status, times; no prompts, answers or credentials; kept {days(env)}",
    )
    passed = "goes on to {}; its spans hold what people typed, and no log of the gateway has them"
    yield "Telemetry", passed.format(found) if (found := collector(env)) else "not taken"


_ANYBODY = (
    "of everybody whom the app lets sign in (those assigned, where it requires assignment, else the tenant)"
)


def _callers(callers: Mapping[str, object]) -> str:
    ways: list[str] = []
    if callers.get("entra") is True:
        roles = texts(callers.get("roles"))
        whose = f"with one of the app roles {', '.join(roles)}" if roles else _ANYBODY
        ways.append(f"Entra tokens {whose}")
    if callers.get("tokens") is True:
        ways.append("gateway tokens that the signing key made and that are neither expired nor revoked")
    return "; ".join(ways) or "not told"


def _limits(limits: Mapping[str, object]) -> str:
    teams = mapping(limits.get("teams"))
    found = [f"{team}: {words}" for team, one in teams.items() if (words := _amounts(one))]
    if words := _amounts(limits.get("default")):
        found.append(f"{'every other team' if found else 'each team'}: {words}")
    if not found:
        return "none"
    how = "all instances together" if limits.get("shared") is True else "each instance by itself"
    return f"{'; '.join(found)} ({how})"


def _amounts(limit: object) -> str:
    counted = ((_count(mapping(limit).get(key)), name) for key, name in _LIMITS.items())
    return ", ".join(f"{count} {name}" for count, name in counted if count)


def _count(value: object) -> str:
    """Return a whole number of an output, which comes as a float, with separators; "" for anything else."""
    known = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    return f"{value:,.0f}" if known else ""
