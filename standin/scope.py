"""Where a provider works: its configuration, and the account, region and partition that follow from it."""

import json
import re
from collections.abc import Mapping

from standin.catalog import Spec
from standin.errors import StandinError
from standin.templates import partition
from standin.values import UNKNOWN, Plain, Properties, Unknown, plain, wire

ACCOUNT = "STANDIN_AWS_ACCOUNT_ID"
NO_ACCOUNT = "000000000000"
"""The default account, one that AWS never gives out, so that no real account is meant by mistake."""
ROLE_QUOTA = "STANDIN_AWS_ROLE_QUOTA"
ROLES = 1000
"""How many roles an account may have unless AWS raised it.

source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

# The engine's own keys in a provider's inputs.
_ENGINE_KEYS = ("version", "pluginDownloadURL")


def configuration(spec: Spec, given: Properties) -> Properties:
    """Return the configuration with every value that came as JSON text decoded.

    source: pulumi_aws Provider sends all that is no text through `pulumi.runtime.to_json`
    """
    result: Properties = {}
    for name, value in given.items():
        if name in _ENGINE_KEYS or name.startswith("__") or value.value is None:
            continue
        result[name] = value
        if name in spec.inputs and spec.inputs[name].type != "string" and isinstance(value.value, str):
            try:
                decoded = json.loads(value.value)
            except ValueError:
                continue
            result[name] = wire(decoded, secret=value.is_secret)
    return result


def scope(provider: str, config: Mapping[str, Plain], environment: Mapping[str, str]) -> dict[str, Plain]:
    """Return what templates may refer to beside a resource's own properties.

    StandinError names every setting under which the real provider would refuse to work.
    """
    return _aws(config, environment) if provider == "aws" else {}


def _aws(config: Mapping[str, Plain], environment: Mapping[str, str]) -> dict[str, Plain]:
    account = environment.get(ACCOUNT) or NO_ACCOUNT
    problems: list[str] = []
    if not re.fullmatch(r"\d{12}", account):
        problems.append(f"{ACCOUNT} is {account!r}: it must be 12 digits")
    quota = environment.get(ROLE_QUOTA) or str(ROLES)
    if not re.fullmatch(r"[1-9]\d{0,5}", quota):
        problems.append(f"{ROLE_QUOTA} is {quota!r}: it must be a whole number from 1 to 999999")
    region = config.get("region")
    if region is None:
        problems.append("the AWS region is missing: set it with `pulumi config set aws:region REGION`")
    # source: github.com/hashicorp/aws-sdk-go-base account id validation ("AWS account ID not allowed")
    allowed, forbidden = config.get("allowedAccountIds"), config.get("forbiddenAccountIds")
    if (isinstance(allowed, list) and allowed and account not in allowed) or (
        isinstance(forbidden, list) and account in forbidden
    ):
        problems.append(
            f"AWS account ID not allowed: {account} (aws:allowedAccountIds, aws:forbiddenAccountIds)"
        )
    if problems:
        raise StandinError("; ".join(problems))
    known = region if isinstance(region, str) else UNKNOWN
    part: Plain = UNKNOWN if isinstance(known, Unknown) else partition(known)
    return {"account": account, "region": known, "partition": part, "roleQuota": int(quota)}


def place(spec: Spec, where: Mapping[str, Plain]) -> str:
    """Return the place in which a type's ids are unique."""
    names = ("account", "region") if spec.place == "region" else ("account",)
    return "/".join(str(where[name]) for name in names if name in where)


def plain_config(given: Properties) -> dict[str, Plain]:
    """Return the decoded configuration's plain values."""
    return {name: plain(value) for name, value in given.items()}
