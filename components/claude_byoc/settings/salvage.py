"""What can still be read of settings that were refused, so that rules between settings are told as well.

Every value that a finding names is left out; what stays is as valid as in settings without a finding.
"""

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails


def salvaged(raw: object, errors: Sequence[ErrorDetails], model: type[BaseModel]) -> dict[str, Any]:
    """Return `raw` in the names of the arguments (snake_case), without the places that `errors` name."""
    bad = {_place(error) for error in errors if error["type"] != "missing"}
    return _section(raw, model, (), bad) if isinstance(raw, dict) and () not in bad else {}


def _place(error: ErrorDetails) -> tuple[int | str, ...]:
    where = error["loc"]
    return where[:-1] if where and where[-1] == "[key]" else where


def _section(
    raw: dict[Any, Any], model: type[BaseModel], where: tuple[int | str, ...], bad: set[tuple[int | str, ...]]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        alias = field.alias or name
        if raw.get(alias) is not None:
            value = _value(raw[alias], field.annotation, (*where, alias), bad)
            if value is not _LOST:
                result[name] = value
    return result


_LOST = object()


def _value(raw: Any, annotation: Any, where: tuple[int | str, ...], bad: set[tuple[int | str, ...]]) -> Any:  # noqa: ANN401 -- JSON
    if where in bad:
        return _LOST
    model = _model_in(annotation)
    if isinstance(raw, dict):
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return _section(raw, annotation, where, bad)
        optional = [
            one for one in get_args(annotation) if isinstance(one, type) and issubclass(one, BaseModel)
        ]
        if optional:
            return _section(raw, optional[0], where, bad)
        inner = {key: _value(value, model, (*where, str(key)), bad) for key, value in raw.items()}
        return {str(key): value for key, value in inner.items() if value is not _LOST}
    if isinstance(raw, list):
        items = [_value(value, model, (*where, number), bad) for number, value in enumerate(raw)]
        return [value for value in items if value is not _LOST]
    return raw


def _model_in(annotation: Any) -> Any:  # noqa: ANN401 -- whatever typing makes of it
    """Return the model that a dict or list of sections holds, at any depth of the annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        if (found := _model_in(inner)) is not None:
            return found
    return None
