"""Check: what the provider refuses and what it adds."""

import pytest

from standin.check import DEFAULTS
from standin.values import UNKNOWN, plain, plain_map, wire
from tests.standin.conftest import OIDC, PASSWORD, POLICY, ROLE, ROLE_POLICY, TRUST, URL, Asked


def test_every_problem_is_named_at_once_with_its_property(aws: Asked) -> None:
    problems = aws.problems(
        ROLE, {"maxSesionDuration": 3600, "path": 5, "tags": {"a": 1}, "inlinePolicies": "x"}
    )
    assert "did you mean maxSessionDuration?" in problems["maxSesionDuration"]
    assert problems["path"] == "expected text, got number"
    assert problems["tags.a"] == "expected text, got number"
    assert problems["inlinePolicies"] == "expected a list, got string"
    assert problems["assumeRolePolicy"] == "missing required property assumeRolePolicy"


def test_a_name_far_from_any_lists_what_is_allowed(aws: Asked) -> None:
    assert (
        "allowed: name, namePrefix, policy, role"
        in aws.problems(ROLE_POLICY, {"role": "r", "policy": POLICY, "zzz": True})["zzz"]
    )


def test_nested_objects_are_checked_by_their_fields(aws: Asked) -> None:
    given = {"assumeRolePolicy": TRUST, "inlinePolicies": [{"name": "a", "polcy": "{}"}, {"name": 3}]}
    problems = aws.problems(ROLE, given)
    assert "did you mean policy?" in problems["inlinePolicies[0].polcy"]
    assert problems["inlinePolicies[1].name"] == "expected text, got number"


def test_conflicting_inputs_are_refused(aws: Asked) -> None:
    problems = aws.problems(ROLE, {"assumeRolePolicy": TRUST, "name": "a", "namePrefix": "b"})
    assert problems["name"] == "conflicts with namePrefix: give one of the two"


def test_whole_numbers_only_where_the_type_says_so(random: Asked) -> None:
    assert random.problems(PASSWORD, {"length": 12.5}) == {"length": "expected a whole number, got number"}


def test_unknown_null_and_secret_inputs_pass_and_stay_what_they_are(aws: Asked) -> None:
    given = {
        "assumeRolePolicy": wire(UNKNOWN),
        "maxSessionDuration": wire(UNKNOWN),
        "description": wire("hidden", secret=True),
        "permissionsBoundary": wire(None),
        "name": "n",
    }
    inputs = aws.inputs(ROLE, given)
    assert plain(inputs["assumeRolePolicy"]) is UNKNOWN
    assert inputs["description"].is_secret
    assert "permissionsBoundary" not in inputs


def test_defaults_are_filled_in_and_recorded(aws: Asked) -> None:
    inputs = plain_map(aws.inputs(ROLE, {"assumeRolePolicy": TRUST, "name": "n", "path": "/a/"}))
    assert inputs["maxSessionDuration"] == 3600
    assert inputs["path"] == "/a/"
    assert inputs[DEFAULTS] == ["forceDetachPolicies", "maxSessionDuration"]


def test_a_policy_given_as_an_object_becomes_text(aws: Asked) -> None:
    document = {"Version": "2012-10-17", "Statement": []}
    inputs = aws.inputs(ROLE, {"assumeRolePolicy": document, "name": "n"})
    assert plain(inputs["assumeRolePolicy"]) == '{"Version":"2012-10-17","Statement":[]}'
    half = aws.inputs(ROLE, {"assumeRolePolicy": {"Statement": UNKNOWN}, "name": "n"})
    assert plain(half["assumeRolePolicy"]) is UNKNOWN


def test_automatic_names_come_from_the_seed_and_survive_updates(aws: Asked) -> None:
    first = aws.inputs(ROLE, {"assumeRolePolicy": TRUST}, "excel")
    name = plain(first["name"])
    assert isinstance(name, str)
    assert name.startswith("excel-")
    assert len(name) == len("excel-") + 7
    assert set(name[-7:]) <= set("0123456789abcdef")
    assert plain(aws.inputs(ROLE, {"assumeRolePolicy": TRUST}, "excel")["name"]) == name
    kept = aws.inputs(ROLE, {"assumeRolePolicy": TRUST}, "renamed", first)
    assert plain(kept["name"]) == name


def test_a_name_that_the_program_no_longer_gives_is_not_kept(aws: Asked) -> None:
    explicit = aws.inputs(ROLE, {"assumeRolePolicy": TRUST, "name": "given"}, "excel")
    assert plain(aws.inputs(ROLE, {"assumeRolePolicy": TRUST}, "excel", explicit)["name"]) != "given"


def test_an_automatic_name_that_is_too_long_is_refused_with_the_cure(aws: Asked) -> None:
    reason = aws.problems(ROLE, {"assumeRolePolicy": TRUST}, "x" * 60)["name"]
    assert "at most 64" in reason
    assert "set name" in reason


@pytest.mark.parametrize("prefix", ["pre-", wire(UNKNOWN)])
def test_a_name_prefix_leaves_the_name_to_the_provider(aws: Asked, prefix: object) -> None:
    assert "name" not in aws.inputs(ROLE, {"assumeRolePolicy": TRUST, "namePrefix": prefix})


def test_provider_rules_run_on_what_is_known(aws: Asked) -> None:
    assert aws.problems(OIDC, {"url": "http://x.example", "clientIdLists": wire(UNKNOWN)}).keys() == {"url"}
    assert not aws.problems(OIDC, {"url": URL, "clientIdLists": wire(UNKNOWN)})
