"""AWS: the rows that its functions read."""

from collections.abc import Mapping

from standin.catalog import Spec
from standin.cloud import Cloud
from standin.errors import CloudError
from standin.lookups import lookup
from standin.values import Plain


@lookup("aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider")
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


@lookup("aws:ec2/getVpc:getVpc")
def vpc(cloud: Cloud, spec: Spec, place: str, given: Mapping[str, Plain]) -> Mapping[str, object]:
    """Find a VPC by its id.

    source: github.com/hashicorp/terraform-provider-aws internal/service/ec2/vpc_data_source.go
    """
    row = cloud.get(spec.reads, place, str(given.get("id")))
    if row is None:
        raise CloudError("NotFound", "no matching EC2 VPC found")
    return row.properties


@lookup("aws:secretsmanager/getSecretVersions:getSecretVersions")
def secret_of_versions(
    cloud: Cloud, spec: Spec, place: str, given: Mapping[str, Plain]
) -> Mapping[str, object]:
    """Find a secret by its ARN or name.

    source: github.com/hashicorp/terraform-provider-aws internal/service/secretsmanager/
    secret_versions_data_source.go
    """
    wanted = given.get("secretId")
    for row in cloud.all(spec.reads, place):
        if wanted in (row.id, row.properties.get("name")):
            return row.properties
    raise CloudError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
