"""AWS IAM: OIDC providers, roles and their inline policies."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast
from urllib.parse import urlsplit

from standin.check import Problem
from standin.cloud import Resource
from standin.errors import CloudError
from standin.policies import compact
from standin.rules import Subject, check_rule, cloud_rule
from standin.values import Plain

PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"

AUDIENCES = 100
TRUST_POLICY_CHARACTERS = 2048
INLINE_POLICY_CHARACTERS = 10240

_TF = "github.com/hashicorp/terraform-provider-aws internal/service/iam/"
_QUOTAS = "docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_API = "docs.aws.amazon.com/IAM/latest/APIReference/"

_NAME = re.compile(r"[\w+=,.@-]*", re.ASCII)


@check_rule(PROVIDER, source=_TF + "validate.go (validOpenIDURL), openid_connect_provider.go")
def provider_inputs(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a URL that is not https or has a query, and audiences and thumbprints of a wrong length."""
    url = inputs.get("url")
    if isinstance(url, str):
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.netloc:
            yield Problem("url", f'expected "url" to be an https URL with a host, got {url!r}')
        if parts.query:
            yield Problem("url", '"url" cannot contain query parameters per the OIDC standard')
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


@cloud_rule(PROVIDER, "create", source=_API + "API_CreateOpenIDConnectProvider.html")
def one_provider_per_url(subject: Subject) -> None:
    """Allow one OIDC provider per URL and account."""
    url = subject.text("url")
    if any(subject.holds(row.properties.get("url"), url) for row in _rows(subject, PROVIDER)):
        raise CloudError("EntityAlreadyExists", f"Provider with url https://{url} already exists.")


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
    name = subject.text("name")
    if any(row.id.lower() == name.lower() for row in _rows(subject, ROLE)):
        raise CloudError("EntityAlreadyExists", f"Role with name {name} already exists.")


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
    if not any(row.id == role for row in _rows(subject, ROLE)):
        raise CloudError("NoSuchEntity", f"The role with name {role} cannot be found.")
    text = subject.text("policy")
    _wellformed(text, needs="Resource", without="Principal")
    others = [row for row in _policies_of(subject, role) if row.id != f"{role}:{name}"]
    size = len(compact(text)) + sum(len(compact(str(row.properties.get("policy")))) for row in others)
    if size > INLINE_POLICY_CHARACTERS:
        raise CloudError(
            "LimitExceeded",
            f"Maximum policy size of {INLINE_POLICY_CHARACTERS} bytes exceeded for role {role}",
        )


@cloud_rule(ROLE, "delete", source=_API + "API_DeleteRole.html; " + _TF + "role.go (DeleteRole)")
def role_has_no_policies(subject: Subject) -> None:
    """Refuse to delete a role with inline policies, unless the provider may take them off first."""
    left = _policies_of(subject, subject.id)
    if left and subject.properties.get("forceDetachPolicies") is not True:
        raise CloudError("DeleteConflict", "Cannot delete entity, must delete policies first.")
    for row in left:
        subject.cloud.remove(ROLE_POLICY, row.id, row.place)


def _rows(subject: Subject, token: str) -> list[Resource]:
    return [row for row in subject.cloud.resources(token) if row.place == subject.place]


def _policies_of(subject: Subject, role: str) -> list[Resource]:
    return [row for row in _rows(subject, ROLE_POLICY) if subject.holds(row.properties.get("role"), role)]


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
