"""Diff: what the provider would change, and how."""

import asyncio
from typing import Any

import pytest
from pulumi.provider.experimental import provider as rpc

from standin.values import UNKNOWN, wire
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
    Asked,
)

ROLE_INPUTS = {"assumeRolePolicy": TRUST, "name": "n", "tags": {"a": "1", "b-c": "2"}}


def test_no_change_is_no_difference(aws: Asked) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    answer = made.diff(ROLE_INPUTS)
    assert answer.changes is False
    assert not answer.detailed_diff


def test_an_automatic_name_makes_no_difference_later(aws: Asked) -> None:
    made = aws.create(ROLE, {"assumeRolePolicy": TRUST})
    assert made.diff({"assumeRolePolicy": TRUST}).changes is False


def test_each_changed_leaf_is_named_with_its_kind(aws: Asked) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    news = {"assumeRolePolicy": TRUST, "name": "n", "tags": {"b-c": "3", "d": "4"}, "description": "new"}
    kinds = made.kinds(news)
    assert kinds.pop("tagsAll") == "UPDATE"
    assert kinds == {"tags.a": "DELETE", 'tags["b-c"]': "UPDATE", "tags.d": "ADD", "description": "ADD"}


@pytest.mark.parametrize(
    ("token", "olds", "news", "replaces"),
    [
        (ROLE, ROLE_INPUTS, {**ROLE_INPUTS, "path": "/x/"}, ["path"]),
        (ROLE, ROLE_INPUTS, {**ROLE_INPUTS, "name": "m"}, ["name"]),
        (OIDC, {"url": URL, "clientIdLists": ["a"]}, {"url": URL + "/x", "clientIdLists": ["a"]}, ["url"]),
        (AGREEMENT, {"modelId": "m", "offerToken": "a"}, {"modelId": "m", "offerToken": "b"}, ["offerToken"]),
        (
            AGREEMENT,
            {"modelId": "m", "offerToken": "a"},
            {"modelId": "m", "offerToken": "a", "region": "x-y-1"},
            ["region"],
        ),
    ],
)
def test_what_replaces(
    aws: Asked, token: str, olds: dict[str, Any], news: dict[str, Any], replaces: list[str]
) -> None:
    answer = aws.create(token, olds).diff(news)
    assert answer.replaces == replaces
    assert all(change.kind.name.endswith("_REPLACE") for change in answer.detailed_diff.values())


def test_keepers_replace_a_password(random: Asked) -> None:
    made = random.create(PASSWORD, {"length": 20, "keepers": {"v": "1"}})
    assert made.kinds({"length": 20, "keepers": {"v": "2"}}) == {"keepers.v": "UPDATE_REPLACE"}
    assert made.kinds({"length": 20, "keepers": {"v": "1"}, "special": False}) == {
        "special": "UPDATE_REPLACE"
    }


def test_delete_comes_first_only_where_the_new_one_would_collide(aws: Asked) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    assert made.diff({**ROLE_INPUTS, "path": "/x/"}).delete_before_replace is True
    assert made.diff({**ROLE_INPUTS, "name": "m"}).delete_before_replace is False


def test_an_unknown_input_of_a_replacing_property_replaces(aws: Asked) -> None:
    made = aws.create(ROLE_POLICY, {"role": aws.create(ROLE, ROLE_INPUTS).id, "policy": POLICY, "name": "p"})
    answer = made.diff({"role": wire(UNKNOWN), "policy": POLICY, "name": "p"})
    assert answer.replaces == ["role"]


@pytest.mark.parametrize(
    "same",
    [
        '{"Statement":{"Principal":"*","Action":["sts:AssumeRole"],"Effect":"allow"},"Version":"2012-10-17"}',
        TRUST.replace('":', '" :\n '),
    ],
)
def test_a_policy_that_means_the_same_is_no_difference(aws: Asked, same: str) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    assert made.kinds({**ROLE_INPUTS, "assumeRolePolicy": same}) == {}
    other = TRUST.replace("AssumeRole", "TagSession")
    assert made.kinds({**ROLE_INPUTS, "assumeRolePolicy": other}) == {"assumeRolePolicy": "UPDATE"}


def test_order_of_audiences_and_scheme_of_the_url_do_not_count(aws: Asked) -> None:
    made = aws.create(OIDC, {"url": URL, "clientIdLists": ["a", "b"]})
    assert made.kinds({"url": URL, "clientIdLists": ["b", "a"]}) == {}
    assert made.kinds({"url": URL, "clientIdLists": ["b"]}) == {"clientIdLists": "UPDATE"}


def test_what_the_cloud_fills_in_is_no_difference(aws: Asked) -> None:
    made = aws.create(OIDC, {"url": URL, "clientIdLists": ["a"]})
    assert made.plain["thumbprintLists"]
    assert made.kinds({"url": URL, "clientIdLists": ["a"]}) == {}
    agreement = aws.create(AGREEMENT, {"modelId": "m", "offerToken": "t"})
    assert agreement.plain["region"] == REGION["region"]
    assert agreement.kinds({"modelId": "m", "offerToken": "t", "region": "eu-central-1"}) == {}


def test_a_form_is_compared_as_json(aws: Asked) -> None:
    made = aws.create(USE_CASE, {"formData": '{"a": 1, "b": 2}'})
    assert made.kinds({"formData": '{"b":2,"a":1}'}) == {}
    assert made.kinds({"formData": '{"b":2}'}) == {"formData": "UPDATE"}


@pytest.mark.parametrize("ignored", ["tags", "tags.a", 'tags["a"]', "*"])
def test_ignored_changes_are_no_difference(aws: Asked, ignored: str) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    news = {**ROLE_INPUTS, "tags": {"a": "other", "b-c": "2"}}
    assert not any(path.startswith("tags.") for path in made.kinds(news, (ignored,)))
    assert "tags.a" in made.kinds(news, ("description",))


def test_default_tags_of_the_provider_reach_every_resource(aws: Asked) -> None:
    made = aws.create(ROLE, ROLE_INPUTS)
    tagged = Asked(aws.path, config={**REGION, "defaultTags": '{"tags":{"team":"it","a":"0"}}'})
    made.asked = tagged
    answer = made.diff(ROLE_INPUTS)
    assert {path: change.input_diff for path, change in answer.detailed_diff.items()} == {"tagsAll": False}
    assert made.update(ROLE_INPUTS).plain["tagsAll"] == {"team": "it", "a": "1", "b-c": "2"}


def test_provider_configuration_is_checked(aws: Asked) -> None:
    def failures(**config: str) -> dict[str, str]:
        given = {name: wire(value) for name, value in config.items()}
        request = rpc.CheckRequest("urn:pulumi:d::p::pulumi:providers:aws::x", {}, given, b"")
        answer = asyncio.run(aws.provider.check_config(request))
        return {failure.property: failure.reason for failure in answer.failures or []}

    assert failures(region="r", version="7", allowedAccountIds='["1"]') == {}
    assert failures(regoin="r").keys() == {"regoin"}
    assert failures(defaultTags='{"tag":{}}').keys() == {"defaultTags.tag"}
    assert failures(maxRetries="many") == {"maxRetries": "expected a whole number, got string"}
