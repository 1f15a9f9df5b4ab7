"""Templates of computed values: `arn:{partition}:iam::{account}:role{path}{name}`.

A field is `{name}`, `{name.inner}`, `{name|filter}` or a generator, `{name:argument}`. A template whose field
is not known yet is not known either; one whose field is absent is absent.
"""

import base64
import datetime as dt
import re
import secrets
import uuid
from collections.abc import Callable, Mapping

from standin.values import UNKNOWN, Plain, Unknown, at

_FIELD = re.compile(r"\{(\w+(?:\.\w+)*)(?::(\w+))?(?:\|(\w+))?\}")
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

# source: github.com/aws/aws-sdk-go-v2 internal/endpoints/awsrulesfn/partitions.json
_DNS_SUFFIX = {"aws-cn": "amazonaws.com.cn"}

FILTERS: Mapping[str, Callable[[str], str | int]] = {
    "lower": str.lower,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "length": len,
    "without_scheme": lambda text: text.removeprefix("https://"),
    "last": lambda text: text.rpartition("/")[2],
    "dns_suffix": lambda text: _DNS_SUFFIX.get(text, "amazonaws.com"),
    "reverse_dns": lambda text: "cn.com.amazonaws" if text == "aws-cn" else "com.amazonaws",
}

GENERATORS: Mapping[str, Callable[[str], str]] = {
    "uuid": lambda _: str(uuid.uuid4()),
    "now": lambda _: dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "base32": lambda size: "".join(secrets.choice(_BASE32) for _ in range(int(size))),
    "hex": lambda size: secrets.token_hex(int(size))[: int(size)],
}


def fields(template: str) -> list[str]:
    """Return the properties that a template refers to, generators included, in order."""
    return [match.group(1).partition(".")[0] for match in _FIELD.finditer(template)]


def is_volatile(template: str) -> bool:
    """Say whether rendering twice gives two texts."""
    return any(name in GENERATORS for name in fields(template))


def render(template: str, values: Mapping[str, Plain], *, generate: bool = True) -> Plain:
    """Fill in a template: text, UNKNOWN, or None where a field is absent.

    A template that is one field alone gives that field's value as it is. With `generate` false (a preview)
    a generator's value is not known.
    """
    parts = [_field(match, values, generate=generate) for match in _FIELD.finditer(template)]
    if UNKNOWN in parts:
        return UNKNOWN
    if None in parts:
        return None
    if _FIELD.fullmatch(template):
        return parts[0]
    rest = iter(parts)
    return _FIELD.sub(lambda _: str(next(rest)), template)


def _field(match: re.Match[str], values: Mapping[str, Plain], *, generate: bool) -> Plain:
    name, argument, filtered = match.groups()
    if name in GENERATORS:
        return GENERATORS[name](argument or "") if generate else UNKNOWN
    value = at(values, name)
    if value is None or isinstance(value, Unknown) or not filtered:
        return value
    return FILTERS[filtered](str(value))


def partition(region: str) -> str:
    """Return the AWS partition of a region.

    source: docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html (aws, aws-cn, aws-us-gov)
    """
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(re.sub(r"-[a-z]+-\d+$", "", region), "aws")
