"""What the real clouds refuse, and the stand-ins with them."""

import json
from typing import Any

import pytest

from standin.catalog import load, providers
from standin.errors import CloudError
from standin.rules import RULES
from standin.rules.aws.iam import AUDIENCES, INLINE_POLICY_CHARACTERS, TRUST_POLICY_CHARACTERS
from standin.values import wire
from tests.standin.conftest import OIDC, PASSWORD, POLICY, ROLE, ROLE_POLICY, TRUST, URL, USE_CASE, Asked

ROLE_INPUTS = {"assumeRolePolicy": TRUST, "name": "n"}
OIDC_INPUTS = {"url": URL, "clientIdLists": ["a"]}


def refusal(aws: Asked, token: str, inputs: dict[str, Any]) -> str:
    with pytest.raises(CloudError) as caught:
        aws.create(token, inputs, "other")
    return str(caught.value)


def test_every_rule_has_a_source_and_a_declared_type() -> None:
    declared = {
        token for name in providers() for token in (*load(name).types.keys(), *load(name).functions.keys())
    }
    assert RULES
    for rule in RULES:
        assert rule.source.strip()
        assert rule.token in declared


def test_one_oidc_provider_per_url_and_account(aws: Asked) -> None:
    aws.create(OIDC, OIDC_INPUTS)
    assert refusal(aws, OIDC, OIDC_INPUTS) == f"EntityAlreadyExists: Provider with url {URL} already exists."
    other = Asked(aws.path, STANDIN_AWS_ACCOUNT_ID="123456789012")
    assert other.create(OIDC, OIDC_INPUTS).id
    assert len(aws.cloud.resources(OIDC)) == 2


@pytest.mark.parametrize(
    ("inputs", "property_"),
    [
        ({"url": "http://x.example"}, "url"),
        ({"url": "https://x.example?a=b"}, "url"),
        ({"url": "x.example"}, "url"),
        ({"clientIdLists": ["ok", "x" * 256]}, "clientIdLists[1]"),
        ({"clientIdLists": [""]}, "clientIdLists[0]"),
        ({"thumbprintLists": ["abc"]}, "thumbprintLists[0]"),
    ],
)
def test_oidc_inputs(aws: Asked, inputs: dict[str, Any], property_: str) -> None:
    assert aws.problems(OIDC, {**OIDC_INPUTS, **inputs}).keys() == {property_}


def test_a_hundred_audiences(aws: Asked) -> None:
    many = [str(number) for number in range(AUDIENCES + 1)]
    assert refusal(aws, OIDC, {**OIDC_INPUTS, "clientIdLists": many}).startswith("LimitExceeded")
    made = aws.create(OIDC, {**OIDC_INPUTS, "clientIdLists": many[1:]})
    with pytest.raises(CloudError, match="LimitExceeded"):
        made.update({**OIDC_INPUTS, "clientIdLists": many})
    [row] = aws.cloud.resources()
    assert len(row.properties["clientIdLists"]) == AUDIENCES  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("inputs", "property_"),
    [
        ({"name": "x" * 65}, "name"),
        ({"name": "not/allowed"}, "name"),
        ({"name": "ümlaut"}, "name"),
        ({"maxSessionDuration": 3599}, "maxSessionDuration"),
        ({"maxSessionDuration": 43201}, "maxSessionDuration"),
        ({"description": "x" * 1001}, "description"),
        ({"assumeRolePolicy": "{"}, "assumeRolePolicy"),
    ],
)
def test_role_inputs(aws: Asked, inputs: dict[str, Any], property_: str) -> None:
    assert aws.problems(ROLE, {**ROLE_INPUTS, **inputs}).keys() == {property_}


@pytest.mark.parametrize("duration", [3600, 43200])
def test_session_durations_at_the_edge_are_fine(aws: Asked, duration: int) -> None:
    assert not aws.problems(
        ROLE, {"assumeRolePolicy": TRUST, "name": "x" * 64, "maxSessionDuration": duration}
    )


def test_a_role_name_is_taken_whatever_its_case(aws: Asked) -> None:
    aws.create(ROLE, {**ROLE_INPUTS, "name": "Excel"})
    text = refusal(aws, ROLE, {**ROLE_INPUTS, "name": "eXCEL"})
    assert text == "EntityAlreadyExists: Role with name eXCEL already exists."


@pytest.mark.parametrize(
    "policy",
    [
        "[]",
        '{"Version":"2012-10-17"}',
        '{"Statement":[]}',
        '{"Statement":[{"Effect":"Maybe","Action":"a:B","Principal":"*"}]}',
        '{"Statement":[{"Effect":"Allow","Principal":"*"}]}',
        '{"Statement":[{"Effect":"Allow","Action":"a:B"}]}',
        '{"Statement":[{"Effect":"Allow","Action":"a:B","Principal":"*","Resource":"*"}]}',
    ],
)
def test_malformed_trust_policies(aws: Asked, policy: str) -> None:
    inputs = {**ROLE_INPUTS, "assumeRolePolicy": policy}
    assert refusal(aws, ROLE, inputs).startswith("MalformedPolicyDocument")
    assert aws.cloud.resources() == []


def test_white_space_of_a_trust_policy_does_not_count(aws: Asked) -> None:
    document = json.loads(TRUST)
    document["Statement"][0]["Sid"] = ""
    room = TRUST_POLICY_CHARACTERS - len(json.dumps(document, separators=(",", ":")))
    document["Statement"][0]["Sid"] = "x" * room
    aws.create(ROLE, {**ROLE_INPUTS, "assumeRolePolicy": json.dumps(document, indent=8)})
    document["Statement"][0]["Sid"] += "x"
    text = refusal(aws, ROLE, {"name": "m", "assumeRolePolicy": json.dumps(document)})
    assert text == "LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048"


def test_a_policy_on_a_role_that_is_not_there(aws: Asked) -> None:
    text = refusal(aws, ROLE_POLICY, {"role": "nobody", "name": "p", "policy": POLICY})
    assert text == "NoSuchEntity: The role with name nobody cannot be found."
    assert aws.problems(ROLE_POLICY, {"role": "arn:aws:iam::1:role/x", "policy": POLICY}).keys() == {"role"}


def test_inline_policies_share_one_limit_per_role(aws: Asked) -> None:
    aws.create(ROLE, ROLE_INPUTS)
    half = POLICY.replace("a:B", "a:" + "B" * (INLINE_POLICY_CHARACTERS // 2))
    first = aws.create(ROLE_POLICY, {"role": "n", "name": "p", "policy": half})
    text = refusal(aws, ROLE_POLICY, {"role": "n", "name": "q", "policy": half})
    assert text.startswith("LimitExceeded: Maximum policy size of 10240 bytes exceeded for role n")
    assert first.update({"role": "n", "name": "p", "policy": half.replace("a:C", "a:D")})
    with pytest.raises(CloudError, match="prohibited field Principal"):
        first.update({"role": "n", "name": "p", "policy": TRUST.replace("}]", ',"Resource":"*"}]')})


def test_policies_inside_a_role_count_like_those_beside_it(aws: Asked) -> None:
    half = POLICY.replace("a:B", "a:" + "B" * (INLINE_POLICY_CHARACTERS // 2))
    spaced = json.dumps(json.loads(half), indent=9)
    inside = {**ROLE_INPUTS, "inlinePolicies": [{"name": "p", "policy": spaced}]}
    role = aws.create(ROLE, inside)
    text = refusal(aws, ROLE_POLICY, {"role": "n", "name": "q", "policy": half})
    assert text.startswith("LimitExceeded: Maximum policy size of 10240 bytes exceeded for role n")
    # A policy of the same name is written over, so that it counts once.
    assert aws.create(ROLE_POLICY, {"role": "n", "name": "p", "policy": half}).id == "n:p"
    with pytest.raises(CloudError, match="LimitExceeded: Maximum policy size"):
        role.update({**inside, "inlinePolicies": [{"name": "r", "policy": half}]})
    both = [{"name": name, "policy": half} for name in "pq"]
    assert refusal(aws, ROLE, {**inside, "name": "m", "inlinePolicies": both}).startswith("LimitExceeded")
    trust = [{"name": "p", "policy": TRUST}]
    assert "Missing required field Resource" in refusal(
        aws, ROLE, {**inside, "name": "m", "inlinePolicies": trust}
    )


def test_the_quota_of_roles_is_per_account(aws: Asked) -> None:
    few = Asked(aws.path, STANDIN_AWS_ROLE_QUOTA="2")
    few.create(ROLE, ROLE_INPUTS)
    second = few.create(ROLE, {**ROLE_INPUTS, "name": "m"})
    text = refusal(few, ROLE, {**ROLE_INPUTS, "name": "o"})
    assert text == "LimitExceeded: Cannot exceed quota for RolesPerAccount: 2"
    assert second.update({**ROLE_INPUTS, "name": "m", "description": "still fine"})
    assert Asked(aws.path, STANDIN_AWS_ACCOUNT_ID="123456789012").create(ROLE, ROLE_INPUTS).id
    second.delete()
    assert few.create(ROLE, {**ROLE_INPUTS, "name": "o"}).id == "o"
    assert aws.create(ROLE, {**ROLE_INPUTS, "name": "p"}).id == "p"  # 1,000 unless it says otherwise


def test_a_role_with_policies_made_by_hand_cannot_be_deleted(aws: Asked) -> None:
    role = aws.create(ROLE, ROLE_INPUTS)
    aws.create(ROLE_POLICY, {"role": "n", "name": "by-hand", "policy": POLICY})
    with pytest.raises(CloudError, match="DeleteConflict: Cannot delete entity, must delete policies first"):
        role.delete()
    role.update({**ROLE_INPUTS, "forceDetachPolicies": True}).delete()
    assert aws.cloud.resources() == []


@pytest.mark.parametrize("secret", [False, True])
def test_a_form_that_was_accepted_is_adopted_only_if_it_is_the_same(aws: Asked, *, secret: bool) -> None:
    form = wire('{"company":"A"}', secret=secret)
    made = aws.create(USE_CASE, {"formData": form})
    made.delete()
    assert refusal(aws, USE_CASE, {"formData": '{"company":"B"}'}).startswith("AlreadyExists")
    again = aws.create(USE_CASE, {"formData": form})
    with pytest.raises(CloudError, match="NotSupported"):
        again.update({"formData": '{"company":"B"}'})
    assert aws.problems(USE_CASE, {"formData": "no JSON"}).keys() == {"formData"}


def test_passwords_that_cannot_be_made(random: Asked) -> None:
    assert random.problems(PASSWORD, {"length": 3, "minLower": 2, "minUpper": 2}) == {
        "length": "must be at least 4, got 3"
    }
    none = dict.fromkeys(("upper", "lower", "numeric", "special"), False)
    assert random.problems(PASSWORD, {"length": 3, **none}).keys() == {"numeric"}
