"""Where a provider works: its configuration, and the account, tenant, subscription or project that follow."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from standin.catalog import PLACES, Spec
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
TENANT = "STANDIN_ENTRA_TENANT_ID"
SUBSCRIPTION = "STANDIN_AZURE_SUBSCRIPTION_ID"
NO_TENANT = NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""The default tenant and subscription: the nil UUID, which Azure never gives out."""
PROJECT = "STANDIN_GOOGLE_PROJECT_ID"
NO_PROJECT = "stand-in-null-project"
"""The default project, of the right form but one that Google refuses to make.

source: cloud.google.com/resource-manager/docs/creating-managing-projects (an id cannot contain `null`)
"""
NO_PROJECT_NUMBER = "000000000000"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PROJECT_ID = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")

ENTRA_CLOUDS = ("global", "public", "usgovernment", "usgovernmentl4", "usgovernmentl5", "dod", "china")
"""source: github.com/hashicorp/terraform-provider-azuread internal/provider/provider.go (environment);
github.com/hashicorp/go-azure-sdk sdk/environments (FromName)"""
AZURE_CLOUDS = ("public", "usgovernment", "china", "azurecloud", "azureusgovernment", "azurechinacloud")
"""source: github.com/pulumi/pulumi-azure-native provider/pkg/azure/cloud.go"""

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


@dataclass(frozen=True)
class _Given:
    """A provider's configuration and its process's environment, and what is wrong with them so far."""

    config: Mapping[str, Plain]
    environment: Mapping[str, str]
    problems: list[str] = field(default_factory=list[str])

    def variable(self, name: str, default: str, form: re.Pattern[str], words: str) -> str:
        value = self.environment.get(name) or default
        if not form.fullmatch(value):
            self.problems.append(f"{name} is {value!r}: it must be {words}")
        return value

    def pinned(self, key: str, here: str, refusal: str) -> None:
        """Refuse a configured value that is not the one that the stand-in stands for."""
        value = self.config.get(key)
        if isinstance(value, str) and value and value.lower() != here:
            self.problems.append(refusal.format(value=value))

    def one_of(self, key: str, allowed: tuple[str, ...], provider: str) -> None:
        value = self.config.get(key)
        if isinstance(value, str) and value and value.lower() not in allowed:
            self.problems.append(
                f"{provider}:{key} is {value!r}: there is no such cloud; allowed: {', '.join(allowed)}"
            )

    def text(self, key: str) -> Plain:
        """Return a configured value, None where it is absent or empty."""
        return self.config.get(key) or None


def scope(provider: str, config: Mapping[str, Plain], environment: Mapping[str, str]) -> dict[str, Plain]:
    """Return what templates may refer to beside a resource's own properties.

    StandinError names every setting under which the real provider would refuse to work.
    """
    if provider not in _SCOPES:
        return {}
    given = _Given(config, environment)
    result = _SCOPES[provider](given)
    if given.problems:
        raise StandinError("; ".join(given.problems))
    return {name: value for name, value in result.items() if value is not None}


def _aws(given: _Given) -> dict[str, Plain]:
    account = given.variable(ACCOUNT, NO_ACCOUNT, re.compile(r"\d{12}"), "12 digits")
    quota = given.variable(
        ROLE_QUOTA, str(ROLES), re.compile(r"[1-9]\d{0,5}"), "a whole number from 1 to 999999"
    )
    region = given.config.get("region")
    if region is None:
        given.problems.append("the AWS region is missing: set it with `pulumi config set aws:region REGION`")
    # source: github.com/hashicorp/aws-sdk-go-base account id validation ("AWS account ID not allowed")
    allowed, forbidden = given.config.get("allowedAccountIds"), given.config.get("forbiddenAccountIds")
    if (isinstance(allowed, list) and allowed and account not in allowed) or (
        isinstance(forbidden, list) and account in forbidden
    ):
        given.problems.append(
            f"AWS account ID not allowed: {account} (aws:allowedAccountIds, aws:forbiddenAccountIds)"
        )
    known = region if isinstance(region, str) else UNKNOWN
    part: Plain = UNKNOWN if isinstance(known, Unknown) else partition(known)
    return {"account": account, "region": known, "partition": part, "roleQuota": quota}


def _azuread(given: _Given) -> dict[str, Plain]:
    tenant = given.variable(TENANT, NO_TENANT, _UUID, "a lower-case UUID")
    # The words: learn.microsoft.com/entra/identity-platform/reference-error-codes
    given.pinned(
        "tenantId",
        tenant,
        "AADSTS90002: Tenant '{value}' not found. Check to make sure you have the correct tenant ID and are "
        f"signing into the correct cloud. (azuread:tenantId; the stand-in is tenant {tenant})",
    )
    given.one_of("environment", ENTRA_CLOUDS, "azuread")
    return {"tenant": tenant, "environment": given.text("environment")}


def _azure_native(given: _Given) -> dict[str, Plain]:
    tenant = given.variable(TENANT, NO_TENANT, _UUID, "a lower-case UUID")
    subscription = given.variable(SUBSCRIPTION, NO_SUBSCRIPTION, _UUID, "a lower-case UUID")
    given.pinned(
        "tenantId",
        tenant,
        "AADSTS90002: Tenant '{value}' not found. Check to make sure you have the correct tenant ID and are "
        f"signing into the correct cloud. (azure-native:tenantId; the stand-in is tenant {tenant})",
    )
    # source: learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found (the code);
    # the sentence as Azure Resource Manager gives it
    given.pinned(
        "subscriptionId",
        subscription,
        "SubscriptionNotFound: The subscription '{value}' could not be found. (azure-native:subscriptionId; "
        f"the stand-in is subscription {subscription})",
    )
    given.one_of("environment", AZURE_CLOUDS, "azure-native")
    where = {name: given.text(name) for name in ("location", "environment")}
    return {"subscription": subscription, "tenant": tenant, **where}


def _gcp(given: _Given) -> dict[str, Plain]:
    project = given.variable(
        PROJECT, NO_PROJECT, _PROJECT_ID, "6 to 30 lower-case letters, digits and hyphens, a letter first"
    )
    # source: cloud.google.com/apis/design/errors: PERMISSION_DENIED also hides what does not exist
    given.pinned(
        "project",
        project,
        "googleapi: Error 403: Permission denied on resource project {value}., forbidden (gcp:project; the "
        f"stand-in is project {project})",
    )
    where = {name: given.text(name) for name in ("region", "zone")}
    return {"project": project, "projectNumber": NO_PROJECT_NUMBER, **where}


_SCOPES: Mapping[str, Callable[[_Given], dict[str, Plain]]] = {
    "aws": _aws,
    "azuread": _azuread,
    "azure-native": _azure_native,
    "gcp": _gcp,
}


def place(spec: Spec, where: Mapping[str, Plain]) -> str:
    """Return the place in which a type's ids are unique."""
    names = next((parts[spec.place] for parts in PLACES.values() if spec.place in parts), ())
    return "/".join(str(where[name]) for name in names if name in where)


def plain_config(given: Properties) -> dict[str, Plain]:
    """Return the decoded configuration's plain values."""
    return {name: plain(value) for name, value in given.items()}
