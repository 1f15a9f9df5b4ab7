"""What functions read from the cloud: for each, the small code that finds its row.

The function's file says of which type the row is (`reads`); its templates refer to the row's properties.
"""

import json
from collections.abc import Callable, Mapping
from typing import cast

from standin.catalog import Spec
from standin.cloud import Cloud
from standin.errors import CloudError, StandinError
from standin.values import DIGEST, Plain

Lookup = Callable[[Cloud, Spec, str, Mapping[str, Plain]], Mapping[str, object]]
"""Takes the cloud, the function, the place of the row and the given inputs; returns the row's properties, or
raises CloudError as the provider does."""


def oidc_provider(cloud: Cloud, spec: Spec, place: str, given: Mapping[str, Plain]) -> Mapping[str, object]:
    """Find an OIDC provider by its ARN, else by its URL.

    source: github.com/hashicorp/terraform-provider-aws internal/service/iam/
    openid_connect_provider_data_source.go; internal/retry/error.go (words of NotFoundError)
    """
    arn, url = given.get("arn"), given.get("url")
    if arn:
        row = cloud.get(spec.reads, place, str(arn))
        if row is None:
            raise CloudError(
                "NoSuchEntity", f"reading IAM OIDC Provider: OpenIDConnect Provider not found for arn {arn}"
            )
        return row.properties
    # The provider looks for the URL in the ARNs, which hold all after the first slash as it was given.
    wanted = str(url).removeprefix("https://")
    for row in cloud.starting(spec.reads, place, "arn:"):
        if row.id.partition("/")[2] == wanted:
            return row.properties
    raise CloudError("NotFound", f"reading IAM OIDC Provider ({url}): couldn't find resource")


LOOKUPS: Mapping[str, Lookup] = {
    "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": oidc_provider,
}


def look_up(spec: Spec, place: str, given: Mapping[str, Plain], cloud: Cloud) -> dict[str, Plain]:
    """Return the properties of the row that a function reads.

    CloudError where there is none; StandinError where a property was given as a secret, of which the cloud
    keeps only a digest.
    """
    properties = LOOKUPS[spec.token](cloud, spec, place, given)
    hidden = sorted(name for name, value in properties.items() if f'"{DIGEST}"' in json.dumps(value))
    if hidden:
        raise StandinError(
            f"{spec.token} cannot return {', '.join(hidden)}: given as a secret, and the stand-in cloud keeps "
            "no secret; pass a plain value to the resource"
        )
    return cast("dict[str, Plain]", dict(properties))
