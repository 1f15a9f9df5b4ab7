"""When two IAM policy documents mean the same, as the AWS provider judges it.

source: github.com/hashicorp/awspolicyequivalence, which the provider's `assume_role_policy` and `policy`
use to suppress differences: the order of statements, of actions, resources and condition values does not
count, one text equals a list of that text, an account id as principal equals that account's root ARN, and
`Effect` ignores case; `Version`, `Id` and `Sid` count.
"""

import json
import re
from typing import cast

_ROOT = re.compile(r"arn:[\w-]+:iam::(\d{12}):root")
_LISTS = ("Action", "NotAction", "Resource", "NotResource")


def equivalent(first: str, second: str) -> bool:
    """Say whether two policy texts mean the same; texts that are no policy must be equal."""
    if first == second:
        return True
    try:
        return _document(json.loads(first)) == _document(json.loads(second))
    except (ValueError, TypeError):
        return False


def compact(text: str) -> str:
    """Return a policy without the white space that IAM does not count; as it stands if it is no JSON.

    source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    try:
        return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)
    except ValueError:
        return text


def _document(data: object) -> object:
    document = _object(data)
    statements = document.get("Statement")
    rows = cast("list[object]", statements) if isinstance(statements, list) else [statements]
    meaning = {json.dumps(_statement(_object(row)), sort_keys=True) for row in rows}
    return document.get("Version", ""), document.get("Id", ""), len(rows), meaning


def _statement(row: dict[str, object]) -> dict[str, object]:
    result = dict(row)
    for key in _LISTS:
        if key in row:
            result[key] = _texts(row[key])
    for key in ("Principal", "NotPrincipal"):
        principal = row.get(key)
        if isinstance(principal, dict):
            result[key] = {
                kind: sorted(_ROOT.sub(r"\1", text) for text in _texts(who))
                for kind, who in _object(cast("object", principal)).items()
                if _texts(who)
            }
    if "Condition" in row:
        result["Condition"] = {
            operator: {key: sorted(set(_texts(value))) for key, value in _object(keys).items()}
            for operator, keys in _object(row["Condition"]).items()
        }
    result["Effect"] = str(row.get("Effect", "")).lower()
    return result


def _object(data: object) -> dict[str, object]:
    if not isinstance(data, dict):
        raise TypeError("not an object")
    return cast("dict[str, object]", data)


def _texts(value: object) -> list[str]:
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return sorted(item if isinstance(item, str) else json.dumps(item) for item in values)
