"""How a resource that exists in the cloud is named for `pulumi import`, from its inputs alone.

After an interrupted run the engine knows a pending create's type and inputs but not whether the cloud
made it; with the id the resource can be looked up and adopted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from claude_byoc.contract.problems import Problem, ProblemsError

_REGISTRY = "https://www.pulumi.com/registry/packages/aws/api-docs/iam"


@dataclass(frozen=True)
class ImportId:
    """Rule of one resource type.

    `inputs` are those the id is made of (Pulumi's names), `form` shows the id, `make` builds it from
    (inputs, partition, account id).
    """

    token: str
    inputs: tuple[str, ...]
    form: str
    make: Callable[[Mapping[str, str], str, str], str]
    source: str


def _oidc_provider(inputs: Mapping[str, str], partition: str, account: str) -> str:
    return f"arn:{partition}:iam::{account}:oidc-provider/{inputs['url'].removeprefix('https://')}"


def _name(inputs: Mapping[str, str], _partition: str, _account: str) -> str:
    return inputs["name"]


def _role_policy(inputs: Mapping[str, str], _partition: str, _account: str) -> str:
    return f"{inputs['role']}:{inputs['name']}"


IMPORT_IDS: Mapping[str, ImportId] = MappingProxyType(
    {
        rule.token: rule
        for rule in (
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
    }
)
"""By resource type token."""


def import_id(token: str, inputs: Mapping[str, object], *, partition: str, account: str) -> str:
    """Return the import id of a resource of type `token` with `inputs` (as the state holds them).

    Raises ProblemsError when the type has no rule here, or an input that the id needs is absent or
    not yet known.
    """
    rule = IMPORT_IDS.get(token)
    if rule is None:
        raise ProblemsError(
            [
                Problem(
                    token,
                    "has no known import id",
                    ", ".join(IMPORT_IDS),
                    f"look the id up in the provider's documentation and run `pulumi import {token} NAME ID`",
                )
            ]
        )
    texts = {name: value for name in rule.inputs if isinstance(value := inputs.get(name), str) and value}
    missing = [name for name in rule.inputs if name not in texts]
    if missing:
        raise ProblemsError(
            [
                Problem(
                    token,
                    f"has no {name} among its inputs, so its import id is not known",
                    rule.form,
                    "look the resource up in the account, then import or clear it by hand",
                )
                for name in missing
            ]
        )
    return rule.make(texts, partition, account)
