"""Model ids per platform: hints and defaults, never a cage. A newer id than these works as it is.

source: model list of LiteLLM 1.109.1 and the page on model ids of platform.claude.com, read 2026-11.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from claude_byoc.contract.aws import PROFILE_PREFIXES
from claude_byoc.contract.problems import Problem, Severity, nearest

SOURCE = "LiteLLM 1.109.1 (model list); https://platform.claude.com/docs, page on model ids; read 2026-11"

PLATFORMS: Mapping[str, str] = MappingProxyType(
    {
        "anthropic": "Claude API",
        "bedrock": "Amazon Bedrock",
        "vertex": "Vertex AI",
        "foundry": "Microsoft Foundry",
    }
)
"""Platform -> its name in texts."""


@dataclass(frozen=True)
class Model:
    """One model with its id on every platform, () where the platform does not have it.

    The first id of a platform is the one to use. `profiles` are the Bedrock inference-profile prefixes seen
    with it, `mantle` tells whether Bedrock's Mantle endpoint has it; `input_tokens` and `output_tokens` are
    the limits of one request.
    """

    name: str
    anthropic: tuple[str, ...]
    bedrock: tuple[str, ...]
    profiles: tuple[str, ...]
    vertex: tuple[str, ...]
    foundry: tuple[str, ...]
    mantle: bool = False
    input_tokens: int = 1_000_000
    output_tokens: int = 128_000

    def ids(self, platform: str) -> tuple[str, ...]:
        """Return the ids on a platform of PLATFORMS, without inference profiles."""
        return {
            "anthropic": self.anthropic,
            "bedrock": self.bedrock,
            "vertex": self.vertex,
            "foundry": self.foundry,
        }[platform]


def _dateless(name: str, profiles: str, *, dated: str = "", suffix: str = "", mantle: bool = False) -> Model:
    """Return a model of the 4.6 generation or later: one id, `anthropic.` before it on Bedrock."""
    own = (f"claude-{name}",)
    on_api = (*own, f"claude-{name}-{dated}") if dated else own
    return Model(
        name, on_api, (f"anthropic.claude-{name}{suffix}",), tuple(profiles.split()), own, own, mantle
    )


def _dated(name: str, date: str, profiles: str, *, mantle: bool = False) -> Model:
    """Return a model of the 4.5 generation: dated ids everywhere but on Foundry, with short aliases."""
    own = f"claude-{name}"
    bedrock = (f"anthropic.{own}-{date}-v1:0",)
    vertex = (own, f"{own}@{date}")
    api = (own, f"{own}-{date}")
    return Model(name, api, bedrock, tuple(profiles.split()), vertex, (own,), mantle, 200_000, 64_000)


def _limited(name: str, profiles: str) -> Model:
    """Return a model that neither Vertex AI nor Foundry has."""
    own = f"claude-{name}"
    return Model(name, (own,), (f"anthropic.{own}",), tuple(profiles.split()), (), ())


MODELS: tuple[Model, ...] = (
    _dateless("opus-5-5", "apac au eu global jp us us-gov", mantle=True),
    _dateless("sonnet-5-5", "apac au eu global jp us us-gov", mantle=True),
    _dateless("haiku-5-5", "apac au eu global jp us us-gov", mantle=True),
    _dateless("fable-5-1", "eu global us us-gov"),
    _dateless("fable-5", "apac au eu global us"),
    _limited("mythos-5-1", "global us"),
    _limited("mythos-5", "us"),
    _dateless("opus-5", "apac au eu global jp us us-gov"),
    _dateless("sonnet-5", "apac au eu global jp us us-gov"),
    _dateless("opus-4-8", "apac au eu global jp us us-gov"),
    _dateless("opus-4-7", "apac au eu global jp us", dated="20260416"),
    _dateless("opus-4-6", "au eu global us", dated="20260205", suffix="-v1"),
    _dateless("sonnet-4-6", "apac au eu global jp us"),
    _dated("opus-4-5", "20251101", "eu global us"),
    _dated("sonnet-4-5", "20250929", "au eu global jp us us-gov"),
    _dated("haiku-4-5", "20251001", "apac au eu global jp us", mantle=True),
)
"""Newest first. The direct paths need Claude Sonnet 4.5 or a later model."""

APPLICATION_PROFILE = "application"
"""Stands for an inference profile of the account's own, whose ARN tells no geography."""
_PROFILE = re.compile(rf"(?:(?P<prefix>{'|'.join(PROFILE_PREFIXES)})\.)?(?P<id>anthropic\..+)")
_BY_ID: Mapping[str, tuple[Model, frozenset[str]]] = MappingProxyType(
    {
        name: (model, frozenset(p for p in PLATFORMS if name in model.ids(p)))
        for model in MODELS
        for platform in PLATFORMS
        for name in model.ids(platform)
    }
)
_SHOWN = re.compile(r"[A-Za-z0-9.:@_-]{0,40}claude-[A-Za-z0-9.:@_-]{1,40}")
_WORD = re.compile(r"[A-Za-z]{1,16}|[a-z]{0,6}[0-9]{1,4}[a-z]{0,2}|20[0-9]{6}")
_LONGEST, _SHORT = 60, 2
_NAMES = (
    *("anthropic", "claude", "fable", "haiku", "mythos", "opus", "sonnet"),
    *("gemini", "gpt", "llama", "mistral", "nova"),
)
"""Words of models' ids, Claude's and those that people mix up with them."""
_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "anthropic": "claude-<name>-<major>[-<minor>]",
        "bedrock": "[<profile>.]anthropic.claude-<name>-<major>[-<minor>]",
        "vertex": "claude-<name>-<major>[-<minor>][@<date>]",
        "foundry": "claude-<name>-<major>[-<minor>], the name of the deployment",
    }
)
"""Platform -> form of the ids of the 4.6 generation and later."""


def profile_of(given: str) -> str:
    """Return by which inference profile an id or ARN at Bedrock calls: its prefix, "" for none, APPLICATION_PROFILE."""
    known, _, name = given.rpartition("/")
    prefix, called, _ = name.rpartition(".anthropic.")
    if called:
        return prefix
    return APPLICATION_PROFILE if known.endswith("inference-profile") else ""


def bedrock_ids(model: Model) -> tuple[str, ...]:
    """Return every id that Bedrock takes for the model: its own and those of its inference profiles."""
    return (*model.bedrock, *(f"{prefix}.{name}" for name in model.bedrock for prefix in model.profiles))


def check_models(platforms: str | Sequence[str], ids: Iterable[str], *, key: str = "models") -> list[Problem]:
    """Return a warning for every id that is not known on the platform, naming the one that was meant.

    `platforms` is one of PLATFORMS or several, of which an id has to fit one; `key` names the setting.
    Nothing here is an error: models appear faster than releases of this package.
    """
    accepted = (platforms,) if isinstance(platforms, str) else tuple(platforms)
    found: list[Problem] = []
    for number, name in enumerate(ids, 1):
        if problem := _check_one(accepted, f"model {number}{shown(name)}", name, key):
            found.append(problem)
    return found


def _check_one(accepted: tuple[str, ...], which: str, name: str, key: str) -> Problem | None:
    platform = accepted[0]
    allowed = f"an id of {PLATFORMS[platform]}: {_FORMS[platform]}"
    split = _PROFILE.fullmatch(name)
    prefix, plain = (split["prefix"], split["id"]) if split else (None, name)
    if name.startswith("arn:") and "bedrock" in accepted:
        return None  # an inference profile of the account's own, which says nothing of its model
    model, known_on = _BY_ID.get(plain, (None, frozenset[str]()))
    if model is None:
        wrong, cure = _unknown(platform, name, plain)
        return Problem(key, f"{which} {wrong}", allowed, cure, "warning")
    if known_on.isdisjoint(accepted):
        right = model.ids(platform)
        home = PLATFORMS[next(p for p in PLATFORMS if p in known_on)]
        wrong = f"has the form of {home}"
        cure = (
            f"use {right[0]}" if right else f"choose another: {PLATFORMS[platform]} is not known to have it"
        )
        return Problem(key, f"{which} {wrong}", allowed, cure, "warning")
    if prefix and prefix not in model.profiles:
        cure = "use one of " + ", ".join(model.profiles) + ", or keep it if AWS has added the profile"
        return Problem(key, f"{which} names an inference profile not known here", allowed, cure, "warning")
    return None


def _unknown(platform: str, name: str, plain: str) -> tuple[str, str]:
    """Return what is wrong with an id of no known model, and the cure."""
    core = plain.removeprefix("anthropic.")
    bedrock_form = plain.startswith("anthropic.")
    if bedrock_form != (platform == "bedrock") and core.startswith("claude-"):
        home = PLATFORMS["bedrock" if bedrock_form else "anthropic"]
        meant = f"anthropic.{core}" if platform == "bedrock" else re.sub(r"(-v\d+)?(:\d+)?$", "", core)
        return f"has the form of {home}", f"use {meant}" if shown(
            meant
        ) else "write it in the platform's form"
    known = [
        i for model in MODELS for i in (bedrock_ids(model) if platform == "bedrock" else model.ids(platform))
    ]
    close = nearest(name, known) if len(name) <= _LONGEST else None
    cure = "keep it if it is newer than this list"
    return "is not known here", f"did you mean {close}? Otherwise {cure}" if close else f"check it, or {cure}"


def shown(name: str) -> str:
    """Return an id in brackets where it is surely meant as one: anything else may be a secret in the wrong place.

    Meant as one is what names `claude`, short words and numbers with one that is close to a model's name, and what is
    too short for a secret.
    """
    if _SHOWN.fullmatch(name) or 0 < len(name) <= _SHORT:
        return f" ({name})"
    words = re.split(r"[-._:@/ ]", name) if len(name) <= _LONGEST else []
    meant = any(nearest(word, _NAMES) for word in words if len(word) > _SHORT)
    return f" ({name})" if meant and all(map(_WORD.fullmatch, words)) else ""


def outsiders(
    key: str,
    named: Iterable[str],
    served: Collection[str],
    *,
    listed: str = "gateway.models",
    severity: Severity = "error",
) -> list[Problem]:
    """Return a problem for each model that a setting offers to people and that their gateway would refuse.

    `served` are the ids that it takes, from the setting `listed`; the closest of them is named.
    """
    found: list[Problem] = []
    for number, name in enumerate(named, 1):
        if name not in served:
            close = nearest(name, served) if len(name) <= _LONGEST else None
            other = f"did you mean {close}? Otherwise add it" if close else "add it"
            wrong = (
                f"offers model {number}{shown(name)}, which the gateway refuses: {listed} does not list it"
            )
            cure = f"{other} to {listed}, or remove it here"
            found.append(Problem(key, wrong, ", ".join(sorted(served)), cure, severity))
    return found


@dataclass(frozen=True)
class ModelName:
    """Family and version that an id tells."""

    family: str
    major: int
    minor: int = 0


_END = r"(?:-v\d+)?(?::\d+)?(?:\[1m\]|-latest|@default)?"
_NEW = re.compile(
    rf"(?:.*[/.:])?claude-(?P<family>[a-z]+)-(?P<major>\d)(?:[-.](?P<minor>\d{{1,2}}))?(?:[-@]\d{{8}})?{_END}"
)
_OLD = re.compile(
    rf"(?:.*[/.:])?claude-(?P<major>\d)(?:[-.](?P<minor>\d))?-(?P<family>[a-z]+)(?:[-@]\d{{8}})?{_END}"
)


def model_name(model_id: str) -> ModelName | None:
    """Return family and version of an id of any platform, behind gateway prefixes too; None if unclear.

    `bedrock/us.anthropic.claude-opus-4-8` and `claude-3-5-haiku@20241022` are read, names of a gateway's
    own such as `team-claude-opus-4-1` are not: what they stand for is the gateway's matter.
    """
    found = _NEW.fullmatch(model_id.strip().lower()) or _OLD.fullmatch(model_id.strip().lower())
    if found is None:
        return None
    return ModelName(found["family"], int(found["major"]), int(found["minor"] or 0))


OUTLOOK_FROM: Mapping[str, tuple[int, int] | None] = MappingProxyType(
    {"opus": (4, 7), "sonnet": (5, 0), "haiku": None}
)
"""Family -> the version from which Outlook takes its models on a third-party platform; None = none of them.
Families above these, which the documentation does not mention, are unclear.
source: https://claude.com/docs/office-agents/third-party-platforms (Opus 4.7 and later, Sonnet 5 and later;
another page of the same documentation names Opus 4.7 alone, so the more generous one counts)."""


def outlook_takes(model_id: str) -> bool | None:
    """Tell whether Outlook takes the model; None where the id or the documentation does not say."""
    name = model_name(model_id)
    if name is None or name.family not in OUTLOOK_FROM:
        return None
    start = OUTLOOK_FROM[name.family]
    return start is not None and (name.major, name.minor) >= start
