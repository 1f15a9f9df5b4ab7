"""Judge an IAM document as IAM would, for the part of the policy language that this project writes.

Whatever lies outside that part raises `UnknownElement`, also where it could not change the answer: an evaluator
that guesses proves nothing. Pages of the IAM user guide, docs.aws.amazon.com/IAM/latest/UserGuide:
reference_policies_evaluation-logic, reference_policies_elements_action, reference_policies_elements_resource,
reference_policies_elements_condition_operators, reference_policies_condition-logic-multiple-context-keys-or-values,
reference_policies_condition-single-vs-multi-valued-context-keys, access_policies_boundaries,
reference_policies_iam-condition-keys. `test_evaluator.py` holds a row for each rule taken from them.
"""

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

ASSUME = "sts:AssumeRoleWithWebIdentity"

TOKEN_KEYS = frozenset({"aud", "sub", "amr"})
"""What IAM takes from the token of an OIDC provider that it does not know by name; other claims (Entra's `tid`,
`groups`, `roles`) never become condition keys. source: reference_policies_iam-condition-keys, OIDC federation"""

Values = str | Sequence[str]
"""A context value: text for a single-valued key, a sequence of texts for a multivalued one."""


class UnknownElement(Exception):  # noqa: N818 -- the name says what was met, as KeyError does
    """Something in a document or a request whose meaning is not implemented here."""


@dataclass(frozen=True)
class Request:
    """One authorization question: an action on a resource (ARN, or `*` where the action has no resource)."""

    action: str
    resource: str
    context: Mapping[str, Values] = field(default_factory=dict[str, Values])


@dataclass(frozen=True)
class _Condition:
    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class _Statement:
    deny: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    providers: tuple[str, ...]
    conditions: tuple[_Condition, ...]


def allowed(policies: str | Sequence[str], request: Request, boundary: str | None = None) -> bool:
    """Tell whether identity policies (JSON) allow a request, inside a permissions boundary if there is one."""
    documents = [policies] if isinstance(policies, str) else policies
    if "*" in request.action or ":" not in request.action:
        raise UnknownElement(f"a request has one action, not {request.action!r}")
    inside = _decide(documents, "identity", lambda statement: _asks_for(statement, request), request.context)
    if boundary is None:
        return inside
    within = _decide([boundary], "identity", lambda statement: _asks_for(statement, request), request.context)
    return inside and within


def assumable(trust: str, provider_arn: str, claims: Mapping[str, Values]) -> bool:
    """Tell whether a token with these claims, issued by the provider, may assume the role of this trust policy.

    That signature, expiry and the provider's own list of audiences were right is taken for granted.
    """
    _, found, issuer = provider_arn.partition(":oidc-provider/")
    if not found:
        raise UnknownElement(f"not the ARN of an OIDC provider: {provider_arn!r}")
    context = {f"{issuer}:{name}": value for name, value in claims.items() if name in TOKEN_KEYS}
    return _decide([trust], "trust", lambda statement: provider_arn in statement.providers, context)


def _decide(
    documents: Sequence[str],
    kind: Literal["identity", "trust"],
    applies: Callable[[_Statement], bool],
    context: Mapping[str, Values],
) -> bool:
    # Everything is read before anything is decided, so that no unknown element hides behind an early answer.
    statements = [statement for document in documents for statement in _read(document, kind)]
    known = _folded(context)
    held = [(one, [_holds(condition, known) for condition in one.conditions]) for one in statements]
    matching = [one for one, conditions in held if all(conditions) and applies(one)]
    return bool(matching) and not any(one.deny for one in matching)


def _asks_for(statement: _Statement, request: Request) -> bool:
    # Service prefix and action name are case-insensitive, resources are not.
    action = request.action.lower()
    return any(_like(one.lower(), action) for one in statement.actions) and any(
        _covers(one, request.resource) for one in statement.resources
    )


def _folded(context: Mapping[str, Values]) -> dict[str, Values]:
    # Key names are case-insensitive. An empty value counts as absent, as the Null operator sees it.
    folded = {key.lower(): value for key, value in context.items()}
    if len(folded) != len(context):
        raise UnknownElement("a context names one key twice, in different case")
    return {key: value for key, value in folded.items() if len(value) > 0}


# --- conditions ---


def _like(pattern: str, value: str) -> bool:
    return _glob(pattern).fullmatch(value) is not None


@functools.lru_cache(maxsize=4096)
def _glob(pattern: str, *, within_segments: bool = False) -> re.Pattern[str]:
    """Compile a pattern; `within_segments` lets a `*` run over colons only from the end of an ARN segment."""
    parts: list[str] = []
    for at, char in enumerate(pattern):
        if char == "*":
            ends_segment = pattern[at + 1 : at + 2] in ("", ":")
            parts.append(".*" if ends_segment or not within_segments else "[^:]*")
        else:
            parts.append("." if char == "?" else re.escape(char))
    return re.compile("".join(parts), re.DOTALL)


_TESTS: Mapping[str, Callable[[str, str], bool]] = {"StringEquals": str.__eq__, "StringLike": _like}
_OPPOSITES = {"StringNotEquals": "StringEquals", "StringNotLike": "StringLike"}
_ANY = "ForAnyValue:"
_IF_EXISTS = "IfExists"
OPERATORS = frozenset(
    {"Null", *(_ANY + name for name in _TESTS)}
    | {name + suffix for name in (*_TESTS, *_OPPOSITES) for suffix in ("", _IF_EXISTS)}
)
"""The condition operators that have a meaning here."""


def _holds(condition: _Condition, context: Mapping[str, Values]) -> bool:
    given = context.get(condition.key)
    operator = condition.operator
    if operator == "Null":
        return (given is None) == (condition.values[0] == "true")
    if given is None:
        return operator in _OPPOSITES or operator.endswith(_IF_EXISTS)
    several = operator.startswith(_ANY)
    if not several and not isinstance(given, str):
        raise UnknownElement(
            f"{operator} on {condition.key}, which has several values: a set operator is needed"
        )
    plain = operator.removeprefix(_ANY).removesuffix(_IF_EXISTS)
    test = _TESTS[_OPPOSITES.get(plain, plain)]
    held = any(test(wanted, one) for wanted in condition.values for one in _each(given))
    return held != (plain in _OPPOSITES)


# --- resources ---


def _covers(pattern: str, resource: str) -> bool:
    """Tell whether a Resource element covers an ARN.

    A `*` at the end of an ARN segment may run over colons. About others the guide only recommends to keep them
    inside a segment; where that would change the answer, there is none.
    """
    if pattern == "*":
        return True
    inside = _glob(pattern, within_segments=True).fullmatch(resource) is not None
    if inside != _like(pattern, resource):
        raise UnknownElement(
            f"whether {pattern!r} covers {resource!r} hangs on a wildcard that crosses a colon"
        )
    return inside


# --- reading ---


@functools.lru_cache(maxsize=256)
def _read(document: str, kind: Literal["identity", "trust"]) -> tuple[_Statement, ...]:
    try:
        policy = json.loads(document, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise UnknownElement(f"a policy that is no JSON: {error}") from None
    elements = _elements(policy, required={"Version", "Statement"}, optional={"Id"}, where="a policy")
    if elements["Version"] != "2012-10-17":
        raise UnknownElement(f"Version {elements['Version']!r}")
    return tuple(_statement(one, kind) for one in _listed(elements["Statement"]))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON lets a key stand twice and Python would keep the last one.
    if len({name for name, _ in pairs}) != len(pairs):
        raise UnknownElement(f"an element stands twice among {[name for name, _ in pairs]}")
    return dict(pairs)


def _elements(found: object, *, required: set[str], optional: set[str], where: str) -> dict[str, object]:
    elements = _mapping(found, where)
    names = set(elements)
    if odd := (names - required - optional) | (required - names):
        raise UnknownElement(f"{where} has an unknown element or lacks a known one: {', '.join(sorted(odd))}")
    return elements


def _statement(statement: object, kind: Literal["identity", "trust"]) -> _Statement:
    target = "Resource" if kind == "identity" else "Principal"
    required, where = {"Effect", "Action", target}, f"a statement of the kind {kind}"
    found = _elements(statement, required=required, optional={"Sid", "Condition"}, where=where)
    if found["Effect"] not in ("Allow", "Deny"):
        raise UnknownElement(f"Effect {found['Effect']!r}")
    actions = _texts(found["Action"], "Action")
    for action in actions:
        if action != "*" and re.fullmatch(r"[a-z0-9-]+:[a-z0-9*?]+", action, re.IGNORECASE) is None:
            raise UnknownElement(f"Action {action!r}")
    resources: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    if kind == "identity":
        resources = tuple(_resource(one) for one in _texts(found["Resource"], "Resource"))
    else:
        principal = _elements(found["Principal"], required={"Federated"}, optional=set(), where="a Principal")
        providers = _texts(principal["Federated"], "Federated")
        if actions != (ASSUME,):
            raise UnknownElement(f"a trust policy for {', '.join(actions)}: only {ASSUME} is judged here")
    conditions = tuple(_conditions(found["Condition"], kind)) if "Condition" in found else ()
    return _Statement(found["Effect"] == "Deny", actions, resources, providers, conditions)


def _resource(text: str) -> str:
    segments = text.split(":", 5)
    if text != "*" and (len(segments) != 6 or segments[0] != "arn" or set("*?") & set(segments[2])):
        raise UnknownElement(f"Resource {text!r}: neither `*` nor an ARN whose service is spelled out")
    return text


def _conditions(found: object, kind: str) -> list[_Condition]:
    blocks = _mapping(found, "Condition")
    conditions: list[_Condition] = []
    for operator, block in blocks.items():
        if operator not in OPERATORS:
            raise UnknownElement(f"condition operator {operator!r}")
        keys = _mapping(block, operator)
        if len({key.lower() for key in keys}) != len(keys):
            raise UnknownElement(f"{operator} names one key twice, in different case")
        conditions += [_condition(operator, key, value, kind) for key, value in keys.items()]
    return conditions


def _condition(operator: str, key: str, value: object, kind: str) -> _Condition:
    if ":" not in key or "://" in key:
        raise UnknownElement(
            f"condition key {key!r}: keys are prefix:name, and an issuer stands without scheme"
        )
    if (
        kind == "trust"
        and not key.lower().startswith(("aws:", "sts:"))
        and key.rpartition(":")[2] not in TOKEN_KEYS
    ):
        raise UnknownElement(
            f"condition key {key!r}: of a token, only {', '.join(sorted(TOKEN_KEYS))} reach IAM"
        )
    if operator == "Null":
        value = str(value).lower() if isinstance(value, bool) else value
        if value not in ("true", "false"):
            raise UnknownElement(f"Null {key} is {value!r}: true or false")
    return _Condition(operator, key.lower(), _texts(value, key))


def _mapping(found: object, where: str) -> dict[str, object]:
    if not isinstance(found, dict) or not found:
        raise UnknownElement(f"{where} that is no object, or an empty one")
    return cast("dict[str, object]", found)


def _listed(found: object) -> list[object]:
    return cast("list[object]", found) if isinstance(found, list) else [found]


def _texts(found: object, where: str) -> tuple[str, ...]:
    texts = tuple(one for one in _listed(found) if isinstance(one, str) and one)
    if not texts or len(texts) != len(_listed(found)):
        raise UnknownElement(f"{where} is {found!r}: a text, or a list of at least one")
    if variable := next((one for one in texts if "${" in one), None):
        raise UnknownElement(f"{where} holds a policy variable: {variable!r}")
    return texts


def _each(value: Values) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value
