"""What pydantic says about settings, in our words: each with what is allowed and the cure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from claude_byoc.contract.problems import Problem, nearest
from claude_byoc.desktop_plan import DESKTOP_CONFIG_KEYS
from claude_byoc.gateway.litellm import SECRETS as GATEWAY_SECRETS
from claude_byoc.manifest_plan import SECRET_CONFIG_KEYS

GROUP_WORDS = ("group", "groups", "groupIds", "roles", "appRoles", "claims", "wids")
"""Words by which a setting would ask AWS for what only Entra can decide."""

Path = tuple[int | str, ...]
_Texts = tuple[str, str, str]

_WORDS = re.compile(r"\^\((?:\?:)?([\w-]+(?:\|[\w-]+)*)\)\$")
"""A pattern that is nothing but a list of words."""
_SECRETS = {name.lower(): name for name in (*DESKTOP_CONFIG_KEYS, *SECRET_CONFIG_KEYS, *GATEWAY_SECRETS)}


def problems_of(refused: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Return every finding of a refused validation of `model`, one per setting, without any given value."""
    details = refused.errors(include_url=False)
    found = {error["loc"]: _problem(error, model) for error in details}
    for error in details:
        if error["type"] == "extra_forbidden" and (meant := _meant(error["loc"], model)):
            # The setting is there under a wrong name: to call it missing as well would be the same news.
            found.pop((*error["loc"][:-1], meant), None)
        if error["type"] != "missing":  # its input is the object around it
            found |= {place: _secret(place) for place in _secrets_in(error["loc"], error["input"])}
    return list(found.values())


def sections(model: type[BaseModel]) -> list[str]:
    """Return the names that stand at the top of the settings."""
    return list(_fields(model))


def touched(problems: Iterable[Problem], model: type[BaseModel]) -> set[str]:
    """Return what stands at the top of the settings and has a finding, with the section that a wrong name meant."""
    named = {problem.key.partition(".")[0] for problem in problems}
    meant = {close for name in named if name not in _fields(model) and (close := _meant((name,), model))}
    return named | meant


def _problem(error: ErrorDetails, model: type[BaseModel]) -> Problem:
    where = error["loc"]
    if error["type"] == "extra_forbidden":
        return _unknown(where, model)
    if where and where[-1] == "[key]":
        allowed = f"Pattern: {error.get('ctx', {}).get('pattern')}"
        return Problem(
            _shown(where[:-1]), "has a name of another form than it must have", allowed, "rename it"
        )
    return Problem(_shown(where), *_texts(error, model))


def _texts(error: ErrorDetails, model: type[BaseModel]) -> _Texts:
    """Return what is wrong, what is allowed and the cure for a setting that exists."""
    where, context = error["loc"], error.get("ctx", {})
    field, below = _at(where, model)
    described = (field.description or "") if field else "an object with at least `entra`"
    bounds = _bounds(field) or _missed(context)
    whole = f"{described} A whole number{bounds and f', {bounds}'}."
    out_of_bounds = (f"is not {bounds}", whole, "choose another number")
    absent = "" if field and field.is_required() else ", or leave the setting out"
    lines = "write it as `key: value` lines"
    texts: dict[str, _Texts] = {
        "missing": ("is missing", described, f"add `{_shown(where)}` to the settings"),
        "string_type": ("is not text", described, "put the value in quotes"),
        "string_unicode": ("is not valid Unicode text", described, "type the value anew"),
        "string_too_short": ("is empty", described, f"write a text{absent}"),
        "int_type": ("is not an integer", whole, "write digits alone, without quotes or unit"),
        "bool_type": ("is not true or false", described, "write true or false, without quotes"),
        "greater_than": out_of_bounds,
        "less_than": out_of_bounds,
        "greater_than_equal": out_of_bounds,
        "less_than_equal": out_of_bounds,
        "list_type": ("is not a list", described, "write it in brackets: `[value]`"),
        "too_short": (
            f"has {context.get('actual_length')} entries and must have at least {context.get('min_length')}",
            described,
            f"add an entry{absent}",
        ),
        "too_long": (
            f"has {context.get('actual_length')} entries and may have at most {context.get('max_length')}",
            described,
            "remove entries",
        ),
        "model_type": (
            "is not an object",
            described,
            lines
            if any(one.is_required() for one in below.values())
            else f"{lines}, or {{}} for every default",
        ),
        "dict_type": ("is not an object", described, lines),
    }
    if error["type"] == "string_pattern_mismatch":
        return _mismatch(str(context.get("pattern")), described, error["input"])
    return texts.get(error["type"], ("does not fit this setting", described, "correct the value"))


def _mismatch(pattern: str, described: str, given: object) -> _Texts:
    alternatives = _WORDS.fullmatch(pattern)
    if alternatives is None:
        return "does not have the form it must have", f"{described} Pattern: {pattern}", "correct the value"
    words = alternatives[1].split("|")
    close = nearest(given, words) if isinstance(given, str) else None
    cure = f"did you mean `{close}`?" if close else "write one of these words"
    return "is none of the words allowed", ", ".join(words), cure


def _bounds(field: FieldInfo | None) -> str:
    marks = field.metadata if field else []
    least = next((mark.ge for mark in marks if isinstance(mark, Ge)), None)
    most = next((mark.le for mark in marks if isinstance(mark, Le)), None)
    if least is not None and most is not None:
        return f"between {least} and {most}"
    return f"at least {least}" if least is not None else f"at most {most}" if most is not None else ""


def _missed(context: Mapping[str, object]) -> str:
    """Return the bound that pydantic names, of a type whose bounds the field itself does not carry."""
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return next((f"{said} {context[name]}" for name, said in words.items() if name in context), "")


def _unknown(where: Path, model: type[BaseModel]) -> Problem:
    if where[-1] in GROUP_WORDS and where[0] == "bedrock":
        return Problem(
            _shown(where),
            "asks AWS to look at groups or app roles, which it does not evaluate in Entra tokens",
            "audiences (application ids) or subjects (single people)",
            "give the team an app of its own with assignment required, assign the group there, and name its id "
            "under `audiences`",
        )
    close = _meant(where, model)
    cure = f"did you mean `{close}`?" if close else "remove it"
    return Problem(_shown(where), "is not a setting", ", ".join(_fields_at(where[:-1], model)), cure)


def _meant(where: Path, model: type[BaseModel]) -> str | None:
    return nearest(str(where[-1]), _fields_at(where[:-1], model))


def _secrets_in(where: Path, value: object) -> Iterator[Path]:
    """Yield the place of every secret manifest key at `where` and below, in whatever spelling."""
    if where and _secret_name(where[-1]):
        yield where
        return
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[object, object]", value).items():
            yield from _secrets_in((*where, str(key)), inner)
    elif isinstance(value, list):
        for place, inner in enumerate(cast("list[object]", value)):
            yield from _secrets_in((*where, place), inner)


def _secret_name(step: int | str) -> str | None:
    return _SECRETS.get(re.sub(r"[^a-z0-9]", "", str(step).rpartition(":")[2].lower()))


def _secret(where: Path) -> Problem:
    return Problem(
        _shown(where),
        "is a secret and stands in plain settings",
        "a Pulumi secret of its own",
        "remove it there, change the credential, then run: "
        f"pulumi config set --secret claude-byoc:{_secret_name(where[-1])}",
    )


def _shown(where: Path) -> str:
    return ".".join(str(step) for step in where) or "claude-byoc:settings"


def _fields_at(where: Path, model: type[BaseModel]) -> dict[str, FieldInfo]:
    return _at(where, model)[1]


def _at(where: Path, model: type[BaseModel]) -> tuple[FieldInfo | None, dict[str, FieldInfo]]:
    """Return the field that a place belongs to (None: the settings as a whole) and the fields below it."""
    field, fields = None, _fields(model)
    named = False
    for step in where:
        if named or isinstance(step, int):
            named = False  # the step is a key of the user's, or a place in a list
            continue
        field = fields.get(step)
        kinds = _kinds(field.annotation) if field else []
        fields = next((_fields(k) for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), {})
        named = dict in kinds
    return field, fields


def _kinds(annotation: object) -> list[object]:
    inner = [kind for argument in get_args(annotation) for kind in _kinds(argument)]
    return [get_origin(annotation) or annotation, *inner]


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}
