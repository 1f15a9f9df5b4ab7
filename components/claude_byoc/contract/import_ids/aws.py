"""How what the Bedrock part declares is named for `pulumi import`."""

from collections.abc import Mapping

from claude_byoc.contract.import_ids.base import ImportId, Place

_REGISTRY = "https://www.pulumi.com/registry/packages/aws/api-docs/iam"


def _oidc_provider(inputs: Mapping[str, str], place: Place) -> str:
    return (
        f"arn:{place.partition}:iam::{place.account}:oidc-provider/{inputs['url'].removeprefix('https://')}"
    )


def _name(inputs: Mapping[str, str], _place: Place) -> str:
    return inputs["name"]


def _role_policy(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['role']}:{inputs['name']}"


RULES: tuple[ImportId, ...] = (
    ImportId(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        ("url",),
        "arn:{partition}:iam::{account}:oidc-provider/{url without https://}",
        _oidc_provider,
        f"{_REGISTRY}/openidconnectprovider/#import",
    ),
    ImportId("aws:iam/role:Role", ("name",), "{name}", _name, f"{_REGISTRY}/role/#import"),
    ImportId(
        "aws:cloudwatch/logGroup:LogGroup",
        ("name",),
        "{name}",
        _name,
        "https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/loggroup/#import",
    ),
    ImportId(
        "aws:iam/rolePolicy:RolePolicy",
        ("role", "name"),
        "{role}:{name}",
        _role_policy,
        f"{_REGISTRY}/rolepolicy/#import",
    ),
)
