"""Functions: what they read from the cloud, and what they refuse."""

from collections.abc import Iterator
from typing import cast

import pytest

from standin.catalog import walk
from standin.check import verify
from standin.errors import CloudError, StandinError
from standin.values import Plain, wire
from tests.standin.conftest import AGREEMENT, GET_OFFERS, GET_PROVIDER, OIDC, REGION, URL, Asked, wires

MODEL = "eu.anthropic.claude-opus-4-5-20251101-v1:0"


@pytest.mark.parametrize("by", ["arn", "url"])
def test_an_oidc_provider_is_found_by_arn_or_url(aws: Asked, by: str) -> None:
    tagged = Asked(aws.path, config={**REGION, "defaultTags": '{"tags":{"team":"it"}}'})
    made = tagged.create(OIDC, {"url": URL, "clientIdLists": ["b", "a"], "tags": {"x": "1"}})
    tagged.create(OIDC, {"url": URL + "/more", "clientIdLists": ["c"]}, "more")
    given = {"arn": made.id} if by == "arn" else {"url": URL}
    assert aws.told(GET_PROVIDER, **given) == {
        "arn": made.id,
        "id": made.id,
        "clientIdLists": ["b", "a"],
        "tags": {"team": "it", "x": "1"},
        "thumbprintLists": made.plain["thumbprintLists"],
        "url": URL.removeprefix("https://"),
    }


def test_a_lookup_sees_the_cloud_and_not_the_state(aws: Asked) -> None:
    made = aws.create(OIDC, {"url": URL, "clientIdLists": ["a"]})
    aws.cloud.alter(OIDC, made.id, "clientIdLists", ["a", "by-hand"])
    told = aws.told(GET_PROVIDER, url=URL)
    assert told["clientIdLists"] == ["a", "by-hand"]
    assert told["tags"] == {}


def test_an_oidc_provider_that_is_not_there(aws: Asked) -> None:
    arn = aws.create(OIDC, {"url": URL, "clientIdLists": ["a"]}).id
    other = Asked(aws.path, STANDIN_AWS_ACCOUNT_ID="123456789012")
    with pytest.raises(CloudError, match=r"reading IAM OIDC Provider \(https://.*\): couldn't find resource"):
        other.invoke(GET_PROVIDER, url=URL)
    with pytest.raises(CloudError, match="couldn't find resource"):
        aws.invoke(GET_PROVIDER, url=URL + "/")
    with pytest.raises(CloudError, match=f"OpenIDConnect Provider not found for arn {arn}"):
        other.invoke(GET_PROVIDER, arn=arn)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "arn"),
        ({"arn": "arn:aws:iam::000000000000:oidc-provider/x", "url": URL}, "arn"),
        ({"arn": "oidc-provider/x"}, "arn"),
        ({"url": "http://x.example"}, "url"),
    ],
)
def test_a_provider_is_named_once_and_rightly(aws: Asked, given: dict[str, str], problem: str) -> None:
    assert [failure.property for failure in aws.invoke(GET_PROVIDER, **given).failures] == [problem]


def test_a_lookup_cannot_give_back_a_secret_and_says_so(aws: Asked) -> None:
    aws.create(OIDC, {"url": URL, "clientIdLists": wire(["planted"], secret=True)})
    with pytest.raises(StandinError, match="cannot return clientIdLists: given as a secret"):
        aws.invoke(GET_PROVIDER, url=URL)


def test_offers_have_the_shape_that_the_sdk_reads(aws: Asked) -> None:
    told = aws.told(GET_OFFERS, modelId=MODEL, offerType="PUBLIC")
    assert (told["modelId"], told["offerType"], told["region"]) == (MODEL, "PUBLIC", "eu-central-1")
    assert "offerType" not in aws.told(GET_OFFERS, modelId=MODEL)
    assert aws.told(GET_OFFERS, modelId=MODEL, region="us-east-1")["region"] == "us-east-1"
    declared = aws.provider.catalog.function(GET_OFFERS).outputs
    assert list(verify(declared, wires(told), GET_OFFERS)) == []
    assert set(paths(told)) == {path for path, _ in walk(declared)}


def test_an_offers_token_is_another_each_time_so_that_a_program_ignores_it(aws: Asked) -> None:
    made = aws.create(AGREEMENT, {"modelId": MODEL, "offerToken": token(aws)})
    later = {"modelId": MODEL, "offerToken": token(aws)}
    assert made.diff(later).replaces == ["offerToken"]
    assert made.kinds(later, ("offerToken",)) == {}
    made.delete()
    assert (aws.cloud.resources(), aws.cloud.lasting()) == ([], [])


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "modelId"),
        ({"modelId": "Claude"}, "modelId"),
        ({"modelId": MODEL, "offerType": "ANY"}, "offerType"),
    ],
)
def test_offers_of_what(aws: Asked, given: dict[str, str], problem: str) -> None:
    assert [failure.property for failure in aws.invoke(GET_OFFERS, **given).failures] == [problem]


def paths(value: Plain, prefix: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from paths(item, prefix)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield prefix + name
            yield from paths(item, f"{prefix}{name}.")


def token(aws: Asked) -> str:
    [offer] = cast("list[dict[str, str]]", aws.told(GET_OFFERS, modelId=MODEL)["offers"])
    return offer["offerToken"]
