"""Regions: what a mistyped one is told, and that the lists are those of the SDKs where these have one."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from claude_byoc.contract import aws, azure, google
from claude_byoc.contract.regions import check_region


@pytest.mark.parametrize(
    ("cloud", "region", "said"),
    [
        ("aws", "eu-centrall-1", "did you mean eu-central-1?"),
        ("google", "europe-wets1", "did you mean europe-west1?"),
        ("azure", "sweedencentral", "did you mean swedencentral?"),
        ("aws", "moon-base-1", "check it, or keep it if it is newer"),
        ("aws", "x" * 500, "check it"),
    ],
)
def test_an_unknown_region_is_a_warning_with_the_closest(cloud: str, region: str, said: str) -> None:
    [hint] = check_region("aws.region", cloud, region)
    assert (hint.key, hint.severity) == ("aws.region", "warning")
    assert said in hint.cure
    assert "x" * 100 not in str(hint)
    if len(region) < 100:
        assert region in hint.wrong


@pytest.mark.parametrize(
    ("cloud", "region"), [("aws", "us-gov-west-1"), ("google", None), ("azure", "eastus2")]
)
def test_nothing_is_said_of_a_known_region_or_one_that_is_not_there_yet(
    cloud: str, region: str | None
) -> None:
    assert check_region("region", cloud, region) == []


def test_every_region_has_the_form_that_is_asked_of_one() -> None:
    assert all(re.match(aws.REGION_PATTERN, one) for one in aws.REGIONS)
    assert all(re.match(google.LOCATION_PATTERN, one) for one in google.REGIONS)
    assert all(re.match(azure.LOCATION_PATTERN, one) for one in azure.LOCATIONS)
    assert aws.OPT_IN_REGIONS <= aws.REGIONS


def test_the_regions_of_aws_are_those_of_the_sdk() -> None:
    spec = find_spec("pulumi_aws")
    assert spec is not None
    assert spec.origin is not None
    # Read, not imported: the SDK takes seconds to load.
    text = (Path(spec.origin).parent / "_enums.py").read_text("utf-8")
    found = re.search(r"^class Region\(.*?(?=^class |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    assert frozenset(re.findall(r'^    \w+ = "([a-z0-9-]+)"$', found[0], re.MULTILINE)) == aws.REGIONS
