"""The evaluator against AWS's published semantics: a row per rule, each with the page that states it."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.aws.evaluator import OPERATORS, Request, UnknownElement, Values, allowed, assumable

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
LOGIC = GUIDE + "reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html"
BOUNDARY = GUIDE + "access_policies_boundaries.html"
ACTION = GUIDE + "reference_policies_elements_action.html"
RESOURCE = GUIDE + "reference_policies_elements_resource.html"
CONDITION = GUIDE + "reference_policies_elements_condition.html"
OPERATOR = GUIDE + "reference_policies_elements_condition_operators.html"
SEVERAL = GUIDE + "reference_policies_condition-logic-multiple-context-keys-or-values.html"
MULTIVALUED = GUIDE + "reference_policies_condition-single-vs-multi-valued-context-keys.html"
TOKEN = GUIDE + "reference_policies_iam-condition-keys.html#condition-keys-wif"

THING = "arn:aws:s3:::box/thing"
Statement = dict[str, Any]


def policy(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(
    effect: str = "Allow", action: object = "s3:GetObject", resource: object = "*", **more: object
) -> Statement:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


@dataclass(frozen=True)
class Row:
    rule: str
    source: str
    statements: tuple[Statement, ...]
    expected: bool
    action: str = "s3:GetObject"
    resource: str = THING
    boundary: tuple[Statement, ...] | None = None


ALLOW = statement()
DENY = statement("Deny")
ROWS = (
    Row("nothing allowed is denied", LOGIC, (statement(action="s3:PutObject"),), False),
    Row("one allow is enough", LOGIC, (statement(action="s3:PutObject"), ALLOW), True),
    Row("an explicit deny wins", LOGIC, (ALLOW, DENY), False),
    Row("in any order", LOGIC, (DENY, ALLOW), False),
    Row("a deny of something else does not matter", LOGIC, (ALLOW, statement("Deny", "s3:PutObject")), True),
    Row("a deny alone allows nothing", LOGIC, (statement("Deny", "s3:PutObject"),), False),
    Row("a boundary that allows too", BOUNDARY, (ALLOW,), True, boundary=(ALLOW,)),
    Row("a boundary that is silent", BOUNDARY, (ALLOW,), False, boundary=(statement(action="ec2:*"),)),
    Row("a boundary grants nothing itself", BOUNDARY, (statement(action="ec2:*"),), False, boundary=(ALLOW,)),
    Row("a deny in the boundary", BOUNDARY, (ALLOW,), False, boundary=(ALLOW, DENY)),
    Row("action names in any case", ACTION, (statement(action="S3:getobject"),), True),
    Row("`*` in an action", ACTION, (statement(action="s3:Get*"),), True),
    Row("`*` as no character", ACTION, (statement(action="s3:GetObject*"),), True),
    Row("`*` in the middle", ACTION, (statement(action="s3:*Object"),), True),
    Row("every action of a service", ACTION, (statement(action="s3:*"),), True),
    Row("every action", ACTION, (statement(action="*"),), True),
    Row("`?` in an action", ACTION, (statement(action="s3:?etObject"),), True),
    Row("`?` as no character", ACTION, (statement(action="s3:GetObject?"),), False),
    Row("a name in front of another", ACTION, (statement(action="s3:Get"),), False),
    Row("one of several actions", ACTION, (statement(action=["s3:PutObject", "s3:GetObject"]),), True),
    Row("the resource itself", RESOURCE, (statement(resource=THING),), True),
    Row("another case", RESOURCE, (statement(resource="arn:aws:s3:::box/Thing"),), False),
    Row("`*` in a resource", RESOURCE, (statement(resource="arn:aws:s3:::box/*"),), True),
    Row("`*` over slashes", RESOURCE, (statement(resource="arn:aws:s3:::b*g"),), True),
    Row("`?` in a resource", RESOURCE, (statement(resource="arn:aws:s3:::bo?/thing"),), True),
    Row("`?` as no character", RESOURCE, (statement(resource=THING + "?"),), False),
    Row("one of several resources", RESOURCE, (statement(resource=["arn:aws:s3:::a", THING]),), True),
    Row("`*` for an empty segment", RESOURCE, (statement(resource="arn:aws:s3:*:*:box/thing"),), True),
    Row(
        "`*` that ends a segment runs over colons",
        RESOURCE,
        (statement(resource="arn:aws:sqs:*:1:queue"),),
        True,
        resource="arn:aws:sqs:eu-west-1:9:1:queue",
    ),
    Row("brackets are no wildcards", RESOURCE, (statement(resource="arn:aws:s3:::box/[t]hing"),), False),
    Row("a dot is no wildcard", RESOURCE, (statement(resource="arn:aws:s3:::box.thing"),), False),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_effect_action_resource(row: Row) -> None:
    boundary = None if row.boundary is None else policy(*row.boundary)
    assert allowed(policy(*row.statements), Request(row.action, row.resource), boundary) is row.expected, (
        row.source
    )


@pytest.mark.parametrize("first", [ALLOW, DENY])
def test_statements_of_several_policies_count_as_one_policy(first: Statement) -> None:
    request = Request("s3:GetObject", THING)
    assert allowed([policy(first), policy(ALLOW)], request) is (first is ALLOW), LOGIC
    assert not allowed([], request), LOGIC


@dataclass(frozen=True)
class Held:
    rule: str
    source: str
    condition: dict[str, dict[str, Any]]
    context: dict[str, Values]
    expected: bool


def eq(*values: str, key: str = "a:k", operator: str = "StringEquals") -> dict[str, dict[str, Any]]:
    return {operator: {key: list(values)}}


K: dict[str, Values] = {"a:k": "one"}
NONE: dict[str, Values] = {}
CONDITIONS = (
    Held("StringEquals", OPERATOR, eq("one"), K, True),
    Held("StringEquals, other value", OPERATOR, eq("two"), K, False),
    Held("StringEquals minds case", OPERATOR, eq("One"), K, False),
    Held("StringEquals takes `*` literally", OPERATOR, eq("o*"), K, False),
    Held("StringEquals, key absent", OPERATOR, eq("one"), NONE, False),
    Held("StringNotEquals", OPERATOR, eq("two", operator="StringNotEquals"), K, True),
    Held("StringNotEquals, same value", OPERATOR, eq("one", operator="StringNotEquals"), K, False),
    Held("StringNotEquals, key absent", OPERATOR, eq("one", operator="StringNotEquals"), NONE, True),
    Held("StringLike with `*`", OPERATOR, eq("o*", operator="StringLike"), K, True),
    Held("StringLike with `*` as nothing", OPERATOR, eq("one*", operator="StringLike"), K, True),
    Held("StringLike with `?`", OPERATOR, eq("o?e", operator="StringLike"), K, True),
    Held("StringLike with `?` as nothing", OPERATOR, eq("one?", operator="StringLike"), K, False),
    Held("StringLike is no search", OPERATOR, eq("n", operator="StringLike"), K, False),
    Held("StringLike minds case", OPERATOR, eq("O*", operator="StringLike"), K, False),
    Held("StringLike over colons", OPERATOR, eq("a*c", operator="StringLike"), {"a:k": "a:b:c"}, True),
    Held("StringLike, key absent", OPERATOR, eq("*", operator="StringLike"), NONE, False),
    Held("StringNotLike", OPERATOR, eq("t*", operator="StringNotLike"), K, True),
    Held("StringNotLike, same value", OPERATOR, eq("o*", operator="StringNotLike"), K, False),
    Held("StringNotLike, key absent", OPERATOR, eq("o*", operator="StringNotLike"), NONE, True),
    Held("Null true, key absent", OPERATOR, {"Null": {"a:k": "true"}}, NONE, True),
    Held("Null true, key there", OPERATOR, {"Null": {"a:k": "true"}}, K, False),
    Held("Null false, key absent", OPERATOR, {"Null": {"a:k": "false"}}, NONE, False),
    Held("Null false, key there", OPERATOR, {"Null": {"a:k": False}}, K, True),
    Held("Null sees an empty value as absent", OPERATOR, {"Null": {"a:k": True}}, {"a:k": ""}, True),
    Held("IfExists, key there", OPERATOR, eq("one", operator="StringEqualsIfExists"), K, True),
    Held("IfExists, other value", OPERATOR, eq("two", operator="StringEqualsIfExists"), K, False),
    Held("IfExists, key absent", OPERATOR, eq("two", operator="StringEqualsIfExists"), NONE, True),
    Held("values are alternatives", SEVERAL, eq("two", "one"), K, True),
    Held(
        "values of a negation are all refused",
        SEVERAL,
        eq("two", "one", operator="StringNotEquals"),
        K,
        False,
    ),
    Held("keys must all hold", SEVERAL, {"StringEquals": {"a:k": "one", "a:l": "two"}}, K, False),
    Held(
        "keys that all hold", SEVERAL, {"StringEquals": {"a:k": "one", "a:l": "2"}}, {**K, "a:l": "2"}, True
    ),
    Held("operators must all hold", SEVERAL, {**eq("one"), **eq("t*", operator="StringLike")}, K, False),
    Held("operators that all hold", SEVERAL, {**eq("one"), **eq("o*", operator="StringLike")}, K, True),
    Held("key names in any case", CONDITION, eq("one", key="A:K"), K, True),
    Held(
        "any of the key's values",
        MULTIVALUED,
        eq("b", operator="ForAnyValue:StringEquals"),
        {"a:k": ["a", "b"]},
        True,
    ),
    Held(
        "none of them", MULTIVALUED, eq("c", operator="ForAnyValue:StringEquals"), {"a:k": ["a", "b"]}, False
    ),
    Held(
        "any, with `*`", MULTIVALUED, eq("b*", operator="ForAnyValue:StringLike"), {"a:k": ["a", "bc"]}, True
    ),
    Held("any, key absent", MULTIVALUED, eq("a", operator="ForAnyValue:StringEquals"), NONE, False),
    Held("any, key empty", MULTIVALUED, eq("a", operator="ForAnyValue:StringEquals"), {"a:k": []}, False),
)


@pytest.mark.parametrize("row", CONDITIONS, ids=lambda row: row.rule)
def test_conditions(row: Held) -> None:
    document = policy(statement(Condition=row.condition))
    assert allowed(document, Request("s3:GetObject", THING, row.context)) is row.expected, row.source


def test_every_known_operator_has_a_row() -> None:
    # IfExists of the other operators is the same suffix over the same tests.
    shown = {operator for row in CONDITIONS for operator in row.condition}
    assert {name for name in OPERATORS if not name.endswith("IfExists")} <= shown


def test_a_deny_whose_condition_does_not_hold_denies_nothing() -> None:
    guarded = policy(ALLOW, statement("Deny", Condition=eq("one", operator="StringNotEquals")))
    assert allowed(guarded, Request("s3:GetObject", THING, {"a:k": "one"})), LOGIC
    assert not allowed(guarded, Request("s3:GetObject", THING, {"a:k": "two"})), LOGIC
    assert not allowed(guarded, Request("s3:GetObject", THING)), OPERATOR


PROVIDER = "arn:aws:iam::111122223333:oidc-provider/issuer.example/tenant/v2.0"
ISSUER = "issuer.example/tenant/v2.0"


def trust(
    condition: object = None, *, provider: object = PROVIDER, effect: str = "Allow", **more: object
) -> str:
    one: Statement = {"Effect": effect, "Principal": {"Federated": provider}, **more}
    one.setdefault("Action", "sts:AssumeRoleWithWebIdentity")
    return policy(one | ({"Condition": condition} if condition else {}))


AUDIENCE = {"StringEquals": {f"{ISSUER}:aud": "app"}}


@pytest.mark.parametrize(
    ("rule", "document", "claims", "expected"),
    [
        ("the audience asked for", trust(AUDIENCE), {"aud": "app"}, True),
        ("another audience", trust(AUDIENCE), {"aud": "other"}, False),
        ("no audience in the token", trust(AUDIENCE), {"sub": "app"}, False),
        ("no condition, any token of the issuer", trust(), {"aud": "other"}, True),
        ("another provider", trust(AUDIENCE, provider=PROVIDER + "x"), {"aud": "app"}, False),
        ("one of several providers", trust(AUDIENCE, provider=["arn:x", PROVIDER]), {"aud": "app"}, True),
        ("another issuer's key", trust({"StringEquals": {"else:aud": "app"}}), {"aud": "app"}, False),
        ("a deny", trust(AUDIENCE, effect="Deny"), {"aud": "app"}, False),
        (
            "any of the token's methods",
            trust({"ForAnyValue:StringEquals": {f"{ISSUER}:amr": "mfa"}}),
            {"amr": ["pwd", "mfa"]},
            True,
        ),
    ],
)
def test_trust(rule: str, document: str, claims: dict[str, Values], expected: bool) -> None:
    assert assumable(document, PROVIDER, claims) is expected, f"{rule}: {TOKEN}"


def test_a_role_can_be_assumed_by_another_providers_tokens_only_if_it_names_that_provider() -> None:
    assert not assumable(trust(), PROVIDER.replace("tenant", "another"), {"aud": "app"})


@pytest.mark.parametrize(
    ("what", "document"),
    [
        ("NotAction", policy({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})),
        ("NotResource", policy({"Effect": "Allow", "Action": "s3:*", "NotResource": "*"})),
        ("Principal", policy(statement(Principal="*"))),
        ("lacks", policy({"Effect": "Allow", "Action": "s3:*"})),
        ("Effect", policy(statement("allow"))),
        ("Action", policy(statement(action="GetObject"))),
        ("Action", policy(statement(action=[]))),
        ("Resource", policy(statement(resource="box/thing"))),
        ("Resource", policy(statement(resource="arn:aws:*:::box/thing"))),
        ("policy variable", policy(statement(resource="arn:aws:s3:::${aws:username}"))),
        ("Version", json.dumps({"Version": "2008-10-17", "Statement": [ALLOW]})),
        ("lacks", json.dumps({"Statement": [ALLOW]})),
        ("no JSON", "{"),
        ("stands twice", '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}'),
        ("ArnLike", policy(statement(Condition={"ArnLike": {"a:k": "x"}}))),
        ("ForAllValues", policy(statement(Condition={"ForAllValues:StringEquals": {"a:k": "x"}}))),
        ("NullIfExists", policy(statement(Condition={"NullIfExists": {"a:k": "true"}}))),
        ("stringequals", policy(statement(Condition={"stringequals": {"a:k": "x"}}))),
        ("Null", policy(statement(Condition={"Null": {"a:k": "yes"}}))),
        ("a:k", policy(statement(Condition={"StringEquals": {"a:k": []}}))),
        ("a:k", policy(statement(Condition={"StringEquals": {"a:k": 1}}))),
        ("twice", policy(statement(Condition={"StringEquals": {"a:k": "x", "A:k": "y"}}))),
        ("empty", policy(statement(Condition={}))),
        ("empty", policy(statement(Condition={"StringEquals": {}}))),
        ("ArnEquals", policy(ALLOW, statement("Deny", "ec2:*", Condition={"ArnEquals": {"a:k": "x"}}))),
    ],
)
def test_what_is_not_known_is_never_judged(what: str, document: str) -> None:
    with pytest.raises(UnknownElement, match=what):
        allowed(document, Request("s3:GetObject", THING))


@pytest.mark.parametrize(
    ("what", "document"),
    [
        ("Resource", trust(Resource="*")),
        (
            "Principal",
            policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"}),
        ),
        (
            "AWS",
            policy({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRoleWithWebIdentity"}),
        ),
        ("sts:AssumeRole", trust(Action="sts:AssumeRole")),
        ("scheme", trust({"StringEquals": {f"https://{ISSUER}:aud": "app"}})),
        ("groups", trust({"StringEquals": {f"{ISSUER}:groups": "finance"}})),
    ],
)
def test_what_is_not_known_of_a_trust_is_never_judged(what: str, document: str) -> None:
    with pytest.raises(UnknownElement, match=what):
        assumable(document, PROVIDER, {"aud": "app"})


def test_a_request_that_has_no_clear_answer_is_refused() -> None:
    with pytest.raises(UnknownElement, match="one action"):
        allowed(policy(ALLOW), Request("s3:*", THING))
    with pytest.raises(UnknownElement, match="several values"):
        allowed(
            policy(statement(Condition=eq("one"))), Request("s3:GetObject", THING, {"a:k": ["one", "two"]})
        )
    with pytest.raises(UnknownElement, match="crosses a colon"):
        allowed(policy(statement(resource="arn:aws:s3:::b*g")), Request("s3:GetObject", "arn:aws:s3:::b:g"))
    with pytest.raises(UnknownElement, match="different case"):
        allowed(policy(ALLOW), Request("s3:GetObject", THING, {"a:k": "1", "A:K": "2"}))
    with pytest.raises(UnknownElement, match="OIDC provider"):
        assumable(trust(), "arn:aws:iam::111122223333:saml-provider/x", {})
