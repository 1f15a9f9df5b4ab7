"""What a month costs, with its assumptions in sight: an order of magnitude, not an offer."""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.contract.hosting import DEFAULTS, ITEMS
from claude_byoc.contract.models import MODELS, Model, bedrock_ids, model_name
from claude_byoc.contract.problems import Problem
from claude_byoc.rollout import prices
from claude_byoc.rollout.document import Block, Section, Table, Text
from claude_byoc.rollout.environment import Environment, mapping, text
from claude_byoc.rollout.gateway_facts import is_ours

_DEFAULTS = ("opus-5-5", "sonnet-5-5", "haiku-5-5")
"""Models of the estimate where the environment names none."""
_MOST = 10_000_000


@dataclass(frozen=True)
class Assumptions:
    """How much people work with Claude."""

    people: int = 100
    """People who use it in a month."""
    prompts_a_day: int = 15
    """Prompts of one person on a working day; work on a document makes several requests."""
    days: int = 21
    """Working days of a month."""
    input_tokens: int = 12_000
    """Tokens that a prompt sends: the question, the open document, what was said before."""
    output_tokens: int = 900
    """Tokens that an answer has."""
    cached_percent: int = 50
    """How much of the input is read from the prompt cache; half of the rest is written to it."""

    def problems(self) -> list[Problem]:
        """Return a problem for every number out of range."""
        found: list[Problem] = []
        for one in fields(self):
            most = {"days": 31, "cached_percent": 100}.get(one.name, _MOST)
            if not 0 <= getattr(self, one.name) <= most:
                key = one.name.replace("_", "-")
                found.append(Problem(f"--{key}", "is out of range", f"0 to {most}", "give another number"))
        return found

    @property
    def prompts(self) -> int:
        """Return the prompts of a month."""
        return self.people * self.prompts_a_day * self.days


def monthly_usd(price: prices.ModelPrice, assumed: Assumptions) -> float:
    """Return what all prompts of a month cost on one model, in USD."""
    million = 1_000_000
    sent = assumed.prompts * assumed.input_tokens / million
    cached = sent * assumed.cached_percent / 100
    written = (sent - cached) / 2
    answered = assumed.prompts * assumed.output_tokens / million
    return (
        (sent - cached - written) * price.input
        + cached * price.cache_read
        + written * price.cache_write
        + answered * price.output
    )


def hosting_usd(cloud: str, items: Mapping[str, float]) -> float:
    """Return what a month of a gateway with these items (contract.hosting) costs in a cloud, in USD."""
    return sum(count * prices.HOSTING[cloud][item].usd for item, count in items.items())


def models_of(env: Environment) -> list[Model]:
    """Return the models that the environment names, and three of the newest where all are allowed."""
    wanted = {found for name in env.models if (found := _known(name))}
    if not wanted or any(not role.models for role in env.roles):
        wanted |= set(_DEFAULTS)
    return [model for model in MODELS if model.name in wanted]


def _known(name: str) -> str:
    """Return the name of the model that an id means, for a pattern the newest that fits, "" for none."""
    if "*" in name:
        return next((model.name for model in MODELS if fnmatch.filter(bedrock_ids(model), name)), "")
    known = model_name(name)
    return "-".join(map(str, filter(None, (known.family, known.major, known.minor)))) if known else ""


def estimate(env: Environment, assumed: Assumptions) -> Section:
    """Return the estimate."""
    rows = tuple(
        (
            f"Claude {_titled(model.name)}",
            _usd(total),
            _usd(total / assumed.people) if assumed.people else "0",
        )
        for model in models_of(env)
        for total in (monthly_usd(prices.MODEL_PRICES[model.name], assumed),)
    )
    blocks: list[Block] = [
        Text(
            "An order of magnitude with the assumptions below, in US dollars at list prices. It is no offer."
        ),
        Table("If every prompt went to this model", ("Model", "A month", "A person and month"), rows),
        Table("Assumptions", ("What", "Value"), _assumptions(assumed)),
        Text(f"Model prices: {prices.MODEL_PRICES_SOURCE}; read {prices.MODEL_PRICES_DATE}."),
    ]
    if "gateway" not in env.all_paths:
        free = "identity providers, roles and app registrations are free"
        blocks.append(Text(f"A direct path has no hosting of its own: {free}."))
    elif is_ours(env):
        blocks += _hosting(
            text(env.part("gateway").get("cloud")), mapping(env.part("gateway").get("hosting"))
        )
    else:
        rows = tuple((CLOUDS[cloud], _usd(hosting_usd(cloud, DEFAULTS[cloud]))) for cloud in CLOUDS)
        blocks += [
            Table("Hosting of a gateway of your own, with default settings", ("Host", "A month"), rows),
            _hosting_sources({cloud: list(DEFAULTS[cloud]) for cloud in CLOUDS}),
        ]
    return Section("cost", "What a month costs", tuple(blocks))


def _hosting(cloud: str, told: Mapping[str, object]) -> list[Block]:
    """Return what the host of a gateway of ours costs, item by item, from what the stack declared."""
    known = {
        item: float(count)
        for item in prices.HOSTING[cloud]
        if isinstance(count := told.get(item), int | float) and not isinstance(count, bool)
    }
    items = known or DEFAULTS[cloud]
    rows = [
        (ITEMS[item] + ("" if prices.HOSTING[cloud][item].confirmed else " (unconfirmed)"), f"{count:g}",
         _usd(hosting_usd(cloud, {item: count})))
        for item, count in items.items()
    ]  # fmt: skip
    rows.append(("together", "", _usd(hosting_usd(cloud, items))))
    how = "" if known else ", with default settings"
    table = Table(
        f"Hosting of the gateway in {CLOUDS[cloud]}{how}", ("What", "How many", "A month"), tuple(rows)
    )
    return [table, _hosting_sources({cloud: list(items)})]


def _hosting_sources(shown: Mapping[str, Sequence[str]]) -> Text:
    sources = dict.fromkeys(
        prices.HOSTING[cloud][item].source for cloud, items in shown.items() for item in items
    )
    return Text(
        f"Hosting prices of {prices.HOSTING_PRICES_DATE}, for the instances that always run, without more of them "
        f"under load, traffic, requests, logs, secrets and alarms: {'; '.join(sources)}."
        + (
            " In a network of yours Azure bills the environment's load balancers and addresses too "
            "(https://learn.microsoft.com/azure/container-apps/custom-virtual-networks)."
            if "azure" in shown
            else ""
        )
    )


def _assumptions(assumed: Assumptions) -> tuple[tuple[str, str], ...]:
    return (
        ("People", f"{assumed.people:,}"),
        ("Prompts of a person on a working day", f"{assumed.prompts_a_day:,}"),
        ("Working days", f"{assumed.days}"),
        ("Prompts in a month", f"{assumed.prompts:,}"),
        ("Input tokens of a prompt", f"{assumed.input_tokens:,}"),
        ("Output tokens of an answer", f"{assumed.output_tokens:,}"),
        ("Input read from the prompt cache", f"{assumed.cached_percent} %"),
    )


def _titled(name: str) -> str:
    family, *version = name.split("-")
    return f"{family.capitalize()} {'.'.join(version)}"


def _usd(amount: float) -> str:
    if amount == 0:
        return "0"
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:,.2f}"  # noqa: PLR2004 - cents matter below a hundred
