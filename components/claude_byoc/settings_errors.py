"""What pydantic says about settings, in our words: each with what is allowed and the cure."""

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from claude_byoc.contract.problems import Problem, nearest

GROUP_WORDS = ("group", "groups", "groupIds", "roles", "appRoles", "claims", "wids")
"""Words by which a setting would ask AWS for what only Entra can decide."""

Path = tuple[int | str, ...]


def problems_of(refused: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Return every finding of a refused validation of `model`, without any value that was given."""
    return [_problem(error, model) for error in refused.errors(include_url=False, include_input=False)]


def _problem(error: ErrorDetails, model: type[BaseModel]) -> Problem:
    where = error["loc"]
    path = ".".join(str(step) for step in where) or "claude-byoc:settings"
    context: dict[str, Any] = error.get("ctx", {})
    described = _described(where, model)
    if error["type"] == "extra_forbidden":
        return _unknown(where, path, model)
    texts = {
        "missing": ("is missing", described, f"add `{path}` to the settings"),
        "string_type": ("is not text", described, "put the value in quotes"),
        "model_type": (
            "is not an object",
            described,
            "write it as `key: value` lines, or {} for every default",
        ),
        "dict_type": ("is not an object", described, "write it as `key: value` lines"),
        "string_pattern_mismatch": (
            "does not have the form it must have",
            f"{described} Pattern: {context.get('pattern')}",
            "correct the value",
        ),
    }
    return Problem(path, *texts.get(error["type"], (error["msg"], described, "correct the value")))


def _unknown(where: Path, path: str, model: type[BaseModel]) -> Problem:
    if where[-1] in GROUP_WORDS and where[0] == "bedrock":
        return Problem(
            path,
            "asks AWS to look at groups or app roles, which it does not evaluate in Entra tokens",
            "audiences (application ids) or subjects (single people)",
            "give the team an app of its own with assignment required, assign the group there, and name its id "
            "under `audiences`",
        )
    known = list(_fields_at(where[:-1], model))
    close = nearest(str(where[-1]), known)
    return Problem(
        path, "is not a setting", ", ".join(known), f"did you mean `{close}`?" if close else "remove it"
    )


def _fields_at(path: Path, model: type[BaseModel]) -> dict[str, FieldInfo]:
    fields = _fields(model)
    named = False
    for step in path:
        if named or isinstance(step, int):
            named = False  # the step is a key of the user's, or a place in a list
            continue
        field = fields.get(step)
        kinds = _kinds(field.annotation) if field else []
        fields = next((_fields(k) for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), {})
        named = dict in kinds
    return fields


def _kinds(annotation: object) -> list[object]:
    inner = [kind for argument in get_args(annotation) for kind in _kinds(argument)]
    return [get_origin(annotation) or annotation, *inner]


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _described(path: Path, model: type[BaseModel]) -> str:
    names = tuple(step for step in path if isinstance(step, str))
    field = _fields_at(names[:-1], model).get(names[-1]) if names else None
    return (field.description or "") if field else "an object with at least `entra`"
