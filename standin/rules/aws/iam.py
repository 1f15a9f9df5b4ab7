"""AWS IAM: OIDC providers, roles and their inline policies."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from standin.check import Problem
from standin.cloud import Resource
from standin.errors import CloudError
from standin.policies import compact
from standin.rules import ARN, Subject, check_rule, cloud_rule
from standin.values import Plain

PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
STS_PREFERENCES = "aws:iam/securityTokenServicePreferences:SecurityTokenServicePreferences"
GET_PROVIDER = "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider"

AUDIENCES = 100
TRUST_POLICY_CHARACTERS = 2048
INLINE_POLICY_CHARACTERS = 10240
TOKEN_VERSIONS = ("v1Token", "v2Token")

_TF = "github.com/hashicorp/terraform-provider-aws internal/service/iam/"
_QUOTAS = "docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_API = "docs.aws.amazon.com/IAM/latest/APIReference/"

_NAME = re.compile(r"[\w+=,.@-]*", re.ASCII)


@check_rule(PROVIDER, source=_TF + "validate.go (validOpenIDURL), openid_connect_provider.go")
def provider_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a URL that is not https or has a query, and audiences and thumbprints of a wrong length."""
    yield from _url(inputs.get("url"))
    yield from _lengths(inputs, "clientIdLists", 1, 255)
    yield from _lengths(inputs, "thumbprintLists", 40, 40)


@check_rule(ROLE, source=_TF + "role.go, validate.go (validResourceName)")
def role_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse names, durations, descriptions and a trust policy that the provider refuses in its plan."""
    yield from _name(inputs, "name", 64)
    yield from _name(inputs, "namePrefix", 38)
    yield from _json(inputs, "assumeRolePolicy")
    duration = inputs.get("maxSessionDuration")
    if isinstance(duration, int) and not 3600 <= duration <= 43200:  # noqa: PLR2004 # one and twelve hours
        yield Problem("maxSessionDuration", f"expected a value from 3600 to 43200 seconds, got {duration}")
    if len(str(inputs.get("description", ""))) > 1000:  # noqa: PLR2004
        yield Problem("description", "expected at most 1000 characters")


@check_rule(ROLE_POLICY, source=_TF + "role_policy.go, validate.go (validRolePolicyRole)")
def role_policy_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse names and a policy that the provider refuses in its plan."""
    yield from _name(inputs, "name", 128)
    yield from _name(inputs, "namePrefix", 102)
    yield from _json(inputs, "policy")
    if str(inputs.get("role", "")).startswith("arn:"):
        yield Problem("role", '"role" must be the role\'s name not its ARN')


@check_rule(GET_PROVIDER, source=_TF + "openid_connect_provider_data_source.go (ExactlyOneOf, validators)")
def provider_is_named_once(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse both ARN and URL, or neither, and either of a wrong form."""
    arn, url = inputs.get("arn"), inputs.get("url")
    if (arn is None) == (url is None):
        yield Problem("arn", "exactly one of arn, url must be given")
    if isinstance(arn, str) and not ARN.fullmatch(arn):
        yield Problem("arn", f'"arn" ({arn}) is an invalid ARN')
    yield from _url(url)


@check_rule(STS_PREFERENCES, source=_API + "API_SetSecurityTokenServicePreferences.html")
def token_version(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a token version that there is not."""
    version = inputs.get("globalEndpointTokenVersion")
    if version is not None and version not in TOKEN_VERSIONS:
        yield Problem(
            "globalEndpointTokenVersion", f"expected one of {', '.join(TOKEN_VERSIONS)}, got {version!r}"
        )


@cloud_rule(PROVIDER, "create", source=_API + "API_CreateOpenIDConnectProvider.html")
def one_provider_per_url(subject: Subject) -> None:
    """Allow one OIDC provider per URL and account."""
    if subject.cloud.taken(PROVIDER, subject.place, subject.unique_key):
        raise CloudError(
            "EntityAlreadyExists", f"Provider with url https://{subject.text('url')} already exists."
        )


@cloud_rule(PROVIDER, "create", "update", source=_QUOTAS)
def audiences(subject: Subject) -> None:
    """Allow 100 audiences per OIDC provider."""
    given = subject.properties.get("clientIdLists")
    if isinstance(given, list) and len(given) > AUDIENCES:
        raise CloudError(
            "LimitExceeded", f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {AUDIENCES}"
        )


@cloud_rule(ROLE, "create", source=_QUOTAS + " (names are not distinguished by case)")
def role_name_is_free(subject: Subject) -> None:
    """Allow a role name once per account, whatever its case."""
    if subject.cloud.taken(ROLE, subject.place, subject.unique_key):
        raise CloudError("EntityAlreadyExists", f"Role with name {subject.text('name')} already exists.")


@cloud_rule(
    ROLE,
    "create",
    source=_QUOTAS + "; github.com/openshift/release pull 69365 (the quota's name in an error)",
)
def roles_per_account(subject: Subject) -> None:
    """Allow as many roles as the account's quota says."""
    quota = int(str(subject.scope["roleQuota"]))
    if subject.cloud.count(ROLE, subject.place) >= quota:
        raise CloudError("LimitExceeded", f"Cannot exceed quota for RolesPerAccount: {quota}")


@cloud_rule(ROLE, "create", "update", source=_API + "API_CreateRole.html; " + _QUOTAS)
def trust_policy(subject: Subject) -> None:
    """Refuse a trust policy that is malformed or too long."""
    text = subject.text("assumeRolePolicy")
    _wellformed(text, needs="Principal", without="Resource")
    if len(compact(text)) > TRUST_POLICY_CHARACTERS:
        raise CloudError(
            "LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {TRUST_POLICY_CHARACTERS}"
        )


@cloud_rule(ROLE_POLICY, "create", "update", source=_API + "API_PutRolePolicy.html; " + _QUOTAS)
def inline_policy(subject: Subject) -> None:
    """Refuse an inline policy on a role that is not there, malformed, or too long for the role."""
    role, name = subject.text("role"), subject.text("name")
    row = subject.cloud.get(ROLE, subject.place, role)
    if row is None:
        raise CloudError("NoSuchEntity", f"The role with name {role} cannot be found.")
    _inline_policies(subject, role, {**_embedded(row.properties), name: subject.text("policy")})


@cloud_rule(ROLE, "create", "update", source=_TF + "role.go (inline_policy: PutRolePolicy); " + _QUOTAS)
def embedded_policies(subject: Subject) -> None:
    """Refuse policies inside a role (`inlinePolicies`) that are malformed, or too long for the role."""
    embedded = _embedded(subject.properties)
    if embedded:
        _inline_policies(subject, subject.id, embedded)


@cloud_rule(ROLE, "delete", source=_API + "API_DeleteRole.html; " + _TF + "role.go (DeleteRole)")
def role_has_no_policies(subject: Subject) -> None:
    """Refuse to delete a role with inline policies, unless the provider may take them off first."""
    left = _policies_of(subject, subject.id)
    if left and subject.properties.get("forceDetachPolicies") is not True:
        raise CloudError("DeleteConflict", "Cannot delete entity, must delete policies first.")
    for row in left:
        subject.cloud.delete(row)


def _policies_of(subject: Subject, role: str) -> list[Resource]:
    # An id is `role:name`, and no role's name has a colon.
    return subject.cloud.starting(ROLE_POLICY, subject.place, f"{role}:")


def _embedded(role: Mapping[str, Any]) -> dict[str, str]:
    """Return the policies inside a role's properties: name -> text."""
    rows = role.get("inlinePolicies")
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {str(row.get("name")): str(row["policy"]) for row in found if row.get("policy")}


def _inline_policies(subject: Subject, role: str, new: Mapping[str, str]) -> None:
    """Judge a role's inline policies as they would be with the new ones; equal names write over."""
    for text in new.values():
        _wellformed(text, needs="Resource", without="Principal")
    stored = {row.id.partition(":")[2]: row.properties for row in _policies_of(subject, role)}
    texts = {name: str(properties.get("policy")) for name, properties in stored.items()} | dict(new)
    if sum(len(compact(text)) for text in texts.values()) > INLINE_POLICY_CHARACTERS:
        raise CloudError(
            "LimitExceeded",
            f"Maximum policy size of {INLINE_POLICY_CHARACTERS} bytes exceeded for role {role}",
        )


def _url(url: Plain) -> Iterator[Problem]:
    if isinstance(url, str):
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.netloc:
            yield Problem("url", f'expected "url" to be an https URL with a host, got {url!r}')
        if parts.query:
            yield Problem("url", '"url" cannot contain query parameters per the OIDC standard')


def _lengths(inputs: Mapping[str, Plain], name: str, least: int, most: int) -> Iterator[Problem]:
    values = inputs.get(name)
    for number, text in enumerate(values if isinstance(values, list) else []):
        if isinstance(text, str) and not least <= len(text) <= most:
            yield Problem(f"{name}[{number}]", f"expected {least} to {most} characters, got {len(text)}")


def _name(inputs: Mapping[str, Plain], name: str, most: int) -> Iterator[Problem]:
    text = inputs.get(name)
    if not isinstance(text, str):
        return
    if not 1 <= len(text) <= most:
        yield Problem(name, f"expected length of {name} to be in the range (1 - {most}), got {len(text)}")
    if not _NAME.fullmatch(text):
        yield Problem(name, f"invalid value for {name} (must match [\\w+=,.@-]), got {text!r}")


def _json(inputs: Mapping[str, Plain], name: str) -> Iterator[Problem]:
    text = inputs.get(name)
    if isinstance(text, str):
        try:
            json.loads(text)
        except ValueError as error:
            yield Problem(name, f'"{name}" contains an invalid JSON policy: {error}')


def _wellformed(text: str, *, needs: str, without: str) -> None:
    """Judge a policy's grammar; wording as IAM's.

    source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    document = _object(json.loads(text))
    statements = document.get("Statement")
    rows = cast("list[object]", statements) if isinstance(statements, list) else [statements]
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise CloudError("MalformedPolicyDocument", "Syntax errors in policy.")
    for row in map(_object, rows):
        if row.get("Effect") not in ("Allow", "Deny"):
            raise CloudError("MalformedPolicyDocument", "Missing required field Effect")
        for either, other in (("Action", "NotAction"), (needs, f"Not{needs}")):
            if either not in row and other not in row:
                raise CloudError("MalformedPolicyDocument", f"Missing required field {either}")
        for field in (without, f"Not{without}"):
            if field in row:
                raise CloudError("MalformedPolicyDocument", f"Has prohibited field {field}")


def _object(data: object) -> dict[str, object]:
    if not isinstance(data, dict):
        raise CloudError("MalformedPolicyDocument", "Syntax errors in policy.")
    return cast("dict[str, object]", data)
