"""The random provider: passwords that cannot be made."""

from collections.abc import Iterator, Mapping

from standin.check import Problem
from standin.rules import check_rule
from standin.values import Plain

PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105 # a type's token

_SOURCE = "github.com/hashicorp/terraform-provider-random internal/provider/resource_password.go"


@check_rule(PASSWORD, source=_SOURCE + "; `length` in its documentation")
def password_can_be_made(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a length below one or below the sum of the minimums, and no class of characters at all."""
    length = inputs.get("length")
    least = sum(
        value
        for name in ("minUpper", "minLower", "minNumeric", "minSpecial")
        if isinstance(value := inputs.get(name, 0), int)
    )
    if isinstance(length, int) and length < max(1, least):
        yield Problem("length", f"must be at least {max(1, least)}, got {length}")
    if all(inputs.get(name) is False for name in ("upper", "lower", "numeric", "special")):
        yield Problem("numeric", "at least one of upper, lower, numeric, special must be true")
