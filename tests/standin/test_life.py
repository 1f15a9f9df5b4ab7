"""Create, read, update, delete, import and drift, as the engine asks for them."""

import asyncio
import re

import pytest
from pulumi.provider.experimental import provider as rpc

from standin.check import DEFAULTS
from standin.errors import CloudError, StandinError
from standin.values import UNKNOWN, plain, plain_map, wire
from tests.standin.conftest import (
    AGREEMENT,
    OIDC,
    PASSWORD,
    POLICY,
    REGION,
    ROLE,
    ROLE_POLICY,
    TRUST,
    URL,
    USE_CASE,
    UUID,
    Asked,
    wires,
)

ROLE_INPUTS = {"assumeRolePolicy": TRUST, "name": "n", "path": "/team/"}


def test_ids_and_computed_values_have_the_real_forms(aws: Asked) -> None:
    provider = aws.create(OIDC, {"url": URL, "clientIdLists": ["a"]})
    host = URL.removeprefix("https://")
    assert provider.id == f"arn:aws:iam::000000000000:oidc-provider/{host}"
    assert provider.plain["arn"] == provider.id
    assert provider.plain["url"] == host
    role = aws.create(ROLE, ROLE_INPUTS)
    assert role.id == "n"
    assert role.plain["arn"] == "arn:aws:iam::000000000000:role/team/n"
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", str(role.plain["uniqueId"]))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(role.plain["createDate"]))
    policy = aws.create(ROLE_POLICY, {"role": "n", "name": "p", "policy": POLICY})
    assert policy.id == "n:p"
    assert aws.create(USE_CASE, {"formData": "{}"}).id == "000000000000"
    assert aws.create(AGREEMENT, {"modelId": "m", "offerToken": "t"}).id == "m"


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("us-east-1", "aws")]
)
def test_the_partition_follows_the_region(aws: Asked, region: str, partition: str) -> None:
    other = Asked(aws.path, config={"region": region}, STANDIN_AWS_ACCOUNT_ID="123456789012")
    arn = other.create(ROLE, {**ROLE_INPUTS, "name": region}).plain["arn"]
    assert arn == f"arn:{partition}:iam::123456789012:role/team/{region}"


def test_a_name_prefix_makes_a_name(aws: Asked) -> None:
    made = aws.create(ROLE, {"assumeRolePolicy": TRUST, "namePrefix": "pre-"})
    assert re.fullmatch(r"pre-[0-9a-f]{26}", made.id)
    assert made.kinds({"assumeRolePolicy": TRUST, "namePrefix": "pre-"}) == {}


def test_a_preview_touches_nothing_and_knows_no_output(aws: Asked) -> None:
    made = aws.create(ROLE, {**ROLE_INPUTS, "tags": {"a": "1"}}, preview=True)
    assert made.id == ""
    assert made.plain["arn"] is made.plain["uniqueId"] is made.plain["createDate"] is UNKNOWN
    assert made.plain["name"] == "n"
    assert made.plain["tagsAll"] == {"a": "1"}
    assert aws.cloud.resources() == []
    assert aws.cloud.calls() == []


def test_an_update_keeps_what_the_cloud_chose(aws: Asked) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    changed = made.update({**ROLE_INPUTS, "description": "d"})
    assert {**made.plain, "description": "d"} == changed.plain
    preview = made.update({**ROLE_INPUTS, "description": wire(UNKNOWN)}, preview=True)
    assert preview.plain["uniqueId"] == made.plain["uniqueId"]
    assert preview.plain["description"] is UNKNOWN
    [row] = aws.cloud.resources(ROLE)
    assert row.properties["description"] == "d"
    kept = changed.update({**ROLE_INPUTS, "description": "e"}, ignore=("description",))
    assert kept.plain["description"] == "d"


def test_an_update_of_what_is_gone_fails(aws: Asked) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    aws.cloud.remove(ROLE, "n")
    with pytest.raises(CloudError, match="NotFound"):
        made.update({**ROLE_INPUTS, "description": "d"})


def test_refresh_sees_drift_and_leaves_the_rest_as_it_was(aws: Asked) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    unchanged = made.read()
    assert plain_map(unchanged.properties) == made.plain
    assert plain_map(unchanged.inputs) == plain_map(made.inputs)
    aws.cloud.alter(ROLE, "n", "maxSessionDuration", 7200)
    aws.cloud.alter(ROLE, "n", "assumeRolePolicy", TRUST.replace(",", ", "))
    seen = made.read()
    assert plain_map(seen.properties) == {**made.plain, "maxSessionDuration": 7200}
    assert plain_map(seen.inputs) == {**plain_map(made.inputs), "maxSessionDuration": 7200}


def test_refresh_drops_what_is_gone(aws: Asked) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    aws.cloud.remove(ROLE, "n")
    assert not made.read().resource_id
    made.delete()


@pytest.mark.parametrize(
    ("token", "inputs", "unread"),
    [
        (ROLE, {**ROLE_INPUTS, "tags": {"a": "1"}}, ()),
        (OIDC, {"url": URL, "clientIdLists": ["a", "b"]}, ()),
        (USE_CASE, {"formData": '{"a":1}'}, ()),
        (AGREEMENT, {"modelId": "m", "offerToken": "t"}, ("offerToken",)),
    ],
)
def test_import_gives_inputs_that_make_no_difference(
    aws: Asked, token: str, inputs: dict[str, object], unread: tuple[str, ...]
) -> None:
    made = aws.create(token, inputs)
    found = aws.read(token, made.id)
    assert found.resource_id == made.id
    assert not set(unread) & found.inputs.keys()
    made.inputs, made.state = found.inputs, found.properties
    given = {name: value for name, value in found.inputs.items() if name != DEFAULTS}
    assert set(made.kinds({**given, **{name: inputs[name] for name in unread}})) == set(unread)


def test_import_of_what_is_not_there_finds_nothing(aws: Asked) -> None:
    assert not aws.read(ROLE, "nobody").resource_id


def test_ids_of_regional_types_are_apart_per_region(aws: Asked) -> None:
    aws.create(AGREEMENT, {"modelId": "m", "offerToken": "t"})
    other = aws.create(AGREEMENT, {"modelId": "m", "offerToken": "t", "region": "us-east-1"}, "other")
    assert len(aws.cloud.resources(AGREEMENT)) == 2
    other.delete()
    assert [row.place for row in aws.cloud.resources(AGREEMENT)] == ["000000000000/eu-central-1"]


def test_destroy_leaves_only_what_the_real_cloud_keeps(aws: Asked) -> None:
    made = [aws.create(ROLE, ROLE_INPUTS), aws.create(USE_CASE, {"formData": '{"a":1}'})]
    for item in made:
        item.delete()
        item.delete()
    assert aws.cloud.resources() == []
    [kept] = aws.cloud.lasting()
    assert (kept.token, kept.id) == (USE_CASE, "000000000000")
    assert "no call that deletes it" in kept.reason
    assert kept.source
    again = aws.create(USE_CASE, {"formData": '{ "a": 1 }'})
    assert (len(aws.cloud.resources()), aws.cloud.lasting()) == (1, [])
    assert again.read().resource_id


def test_calls_are_counted_in_order(aws: Asked) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    made.read()
    made.update({**ROLE_INPUTS, "description": "d"}).delete()
    assert [(c.n, c.operation, c.id) for c in aws.cloud.calls()] == [
        (1, "create", "n"),
        (2, "read", "n"),
        (3, "update", "n"),
        (4, "delete", "n"),
    ]


def test_random_values_live_in_the_state_alone(random: Asked) -> None:
    uuid = random.create(UUID, {})
    assert uuid.id == uuid.plain["result"]
    password = random.create(PASSWORD, {"length": 12, "special": False, "minUpper": 9, "minNumeric": 3})
    assert password.id == "none"
    text = str(password.plain["result"])
    assert len(text) == 12
    assert sum(map(str.isupper, text)) == 9
    assert sum(map(str.isdigit, text)) == 3
    assert password.state["result"].is_secret
    assert password.state["bcryptHash"].is_secret
    assert random.cloud.resources() == []
    assert plain_map(password.read().properties) == password.plain
    assert plain(random.create(UUID, {}, preview=True).state["result"]) is UNKNOWN


def test_a_password_and_a_uuid_can_be_imported(random: Asked) -> None:
    found = random.read(PASSWORD, "correct horse")
    assert found.resource_id == "none"
    assert plain(found.properties["result"]) == "correct horse"
    assert found.properties["result"].is_secret
    assert plain(found.inputs["length"]) == 13
    assert random.read(UUID, "abc").resource_id == "abc"


def test_functions_answer_from_the_scope(aws: Asked) -> None:
    china = Asked(aws.path, config={"region": "cn-north-1"})
    assert china.told("aws:index/getPartition:getPartition") == {
        "dnsSuffix": "amazonaws.com.cn",
        "id": "aws-cn",
        "partition": "aws-cn",
        "reverseDnsPrefix": "cn.com.amazonaws",
    }
    assert aws.told("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "000000000000"
    wrong = aws.invoke("aws:index/getPartition:getPartition", partiton="x")
    assert [failure.property for failure in wrong.failures] == ["partiton"]


def test_what_is_not_declared_names_the_command_that_drafts_it(aws: Asked) -> None:
    with pytest.raises(StandinError, match="python -m standin learn aws:s3/bucket:Bucket"):
        aws.check("aws:s3/bucket:Bucket", {})
    with pytest.raises(StandinError, match="python -m standin learn aws:s3/getBucket:getBucket"):
        aws.invoke("aws:s3/getBucket:getBucket")


def test_configuration_refuses_everything_that_is_wrong_at_once(aws: Asked) -> None:
    config = {"allowedAccountIds": '["123456789012"]'}
    with pytest.raises(StandinError) as caught:
        Asked(aws.path, config=config, STANDIN_FAULTS="create=fail")
    text = str(caught.value)
    assert "region is missing" in text
    assert "AWS account ID not allowed: 000000000000" in text
    assert "STANDIN_FAULTS" in text
    Asked(aws.path, config={**REGION, **config}, STANDIN_AWS_ACCOUNT_ID="123456789012")
    with pytest.raises(StandinError, match="12 digits"):
        Asked(aws.path, STANDIN_AWS_ACCOUNT_ID="12")
    with pytest.raises(
        StandinError, match="STANDIN_AWS_ROLE_QUOTA is 'many': it must be a whole number from 1"
    ):
        Asked(aws.path, STANDIN_AWS_ROLE_QUOTA="many")
    with pytest.raises(StandinError, match="STANDIN_CLOUD is not set"):
        Asked(aws.path, STANDIN_CLOUD="")


def test_type_and_name_are_read_from_a_childs_urn(aws: Asked) -> None:
    urn = f"urn:pulumi:dev::tests::own:index:Parent$own:index:Child${ROLE}::a::b"
    request = rpc.CheckRequest(urn, {}, wires({"assumeRolePolicy": TRUST}), b"s")
    answer = asyncio.run(aws.provider.check(request))
    [failure] = answer.failures or []
    assert failure.property == "name"
    assert "'a::b-" in failure.reason
