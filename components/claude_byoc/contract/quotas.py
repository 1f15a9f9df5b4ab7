"""Service quotas that a deployment or a rollout can reach: the one home of every such number."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Quota:
    """A limit of a service: `limit` in `unit`, `adjustable_to` the highest that is granted on request."""

    limit: int
    unit: str
    source: str
    adjustable_to: int | None = None


_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_ROLE = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"
_SECRETS_MANAGER = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"
_SCHEMA = "[MS-OWEMXML] Appendix A"
_EXTENSION = "https://learn.microsoft.com/graph/api/resources/extensionproperty"

AWS: Mapping[str, Quota] = MappingProxyType(
    {
        "role_inline_policies": Quota(
            10_240, "characters of all inline policies of a role, without white space", _IAM
        ),
        "role_trust_policy": Quota(
            2_048, "characters of a role's trust policy, without white space; more on request", _IAM
        ),
        "managed_policy": Quota(6_144, "characters of a managed policy, without white space", _IAM),
        "oidc_audiences": Quota(100, "client ids of an OIDC provider", _IAM),
        "oidc_providers_per_account": Quota(100, "OIDC providers; more on request", _IAM),
        "role_name": Quota(64, "characters", _IAM),
        "roles_per_account": Quota(1_000, "roles", _IAM, 5_000),
        "session_seconds_min": Quota(3_600, "seconds, lowest MaxSessionDuration of a role", _ROLE),
        "session_seconds_max": Quota(43_200, "seconds, highest MaxSessionDuration of a role", _ROLE),
        "secret_value": Quota(65_536, "bytes of a secret in AWS Secrets Manager", _SECRETS_MANAGER),
    }
)

GOOGLE: Mapping[str, Quota] = MappingProxyType(
    {
        "secret_value": Quota(
            65_536,
            "bytes of a secret version in Google Secret Manager",
            "https://cloud.google.com/secret-manager/quotas",
        ),
    }
)

MICROSOFT: Mapping[str, Quota] = MappingProxyType(
    {
        "extension_attribute": Quota(
            256, "characters of a directory extension attribute of type String", _EXTENSION
        ),
        "extension_values_per_user": Quota(
            100, "extension values of one directory object, over all applications", _EXTENSION
        ),
        "batch_requests": Quota(
            20, "requests in one Microsoft Graph batch", "https://learn.microsoft.com/graph/json-batching"
        ),
        "exchange_app_users": Quota(
            1_000,
            "people in -UserList of New-App (Exchange Online)",
            "https://learn.microsoft.com/powershell/module/exchange/new-app",
        ),
        "key_vault_secret": Quota(
            25_000,
            "bytes of a secret in Azure Key Vault",
            "https://learn.microsoft.com/azure/key-vault/secrets/about-secrets",
        ),
    }
)

MANIFEST: Mapping[str, Quota] = MappingProxyType(
    {
        "url": Quota(2_048, "characters of SourceLocation and bt:Url", _SCHEMA),
        "url_budget": Quota(
            2_000,
            "characters of the task pane URL, a prudent ceiling: Office on the web appends its own parameters",
            "decision of this project",
        ),
        "mail_bytes": Quota(
            262_144,
            "bytes of a mail add-in's manifest",
            "Microsoft, documentation of XML manifests for mail add-ins",
        ),
    }
)

QUOTAS: Mapping[str, Mapping[str, Quota]] = MappingProxyType(
    {"Office add-in manifest": MANIFEST, "Microsoft": MICROSOFT, "AWS": AWS, "Google Cloud": GOOGLE}
)
"""Every quota by the name of its service."""
