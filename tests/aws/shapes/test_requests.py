"""AWS's own client accepts the requests that the Bedrock part comes down to, and hands the documents back equal.

What this does not prove: moto checks no conditions and hands out credentials for any token, so who is let in is
judged in `test_residency.py` by the evaluator. Its IAM lives in the partition `aws` alone; GovCloud's documents
meet the evaluator and the linter. Operations that moto lacks are held against botocore's model of the service,
which knows names, types, lengths, patterns and enumerations, not what AWS does with them; of the first-use form
it knows the length alone. That the Pulumi provider sends these requests is taken for granted.
"""

import json
from typing import Any

import pytest

from claude_byoc.aws.documents import inference_policy, trust_policy
from claude_byoc.aws.invocation_logging import DEFAULT_LOG_GROUP, delivery_policy, delivery_trust
from claude_byoc.contract import aws as facts
from claude_byoc.contract.entra import ANTHROPIC_APP_ID, issuer, issuer_key
from tests.aws.shapes.conftest import Ask

ACCOUNT, REGION = "123456789012", "us-east-1"  # moto's account
TENANT = "11111111-2222-3333-4444-555555555555"
AUDIENCES = [ANTHROPIC_APP_ID, "99999999-8888-7777-6666-555555555555"]
TAGS = [{"Key": "cost-centre", "Value": "4711"}, {"Key": "owner", "Value": "Ämter & Co"}]
IAM = f"arn:aws:iam::{ACCOUNT}"
KEY = issuer_key("global", TENANT)
PROVIDER, BOUNDARY = f"{IAM}:oidc-provider/{KEY}", f"{IAM}:policy/boundary"
ROLE, DELIVERY_ROLE = f"{IAM}:role/claude/{facts.DEFAULT_ROLE_NAME}", f"{IAM}:role/delivery"

TRUST = trust_policy(provider_arn=PROVIDER, issuer_key=KEY, audiences=AUDIENCES, subjects=["ann", "ben"])
INFERENCE = inference_policy(
    partition="aws",
    region=REGION,
    account_id=ACCOUNT,
    residency=["us", "global"],
    models=["anthropic.claude-*"],
)
DELIVERY_TRUST = delivery_trust("aws", REGION, ACCOUNT)
DELIVERY = delivery_policy(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{DEFAULT_LOG_GROUP}")
ANYTHING = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
USE_CASE = {"companyName": "Example Ö", "companyWebsite": "https://example.com", "intendedUsers": "0"}
LOGGING = {
    "cloudWatchConfig": {"logGroupName": DEFAULT_LOG_GROUP, "roleArn": DELIVERY_ROLE},
    **{f"{kind}DataDeliveryEnabled": False for kind in ("text", "image", "embedding", "video")},
}


def call(service: str, operation: str, **parameters: object) -> dict[str, object]:
    return {"service": service, "operation": operation, "parameters": parameters}


NAMED = {"RoleName": facts.DEFAULT_ROLE_NAME}
INLINE = {**NAMED, "PolicyName": "claude-inference"}
WRITE = {"RoleName": "delivery", "PolicyName": "write-invocation-log"}
CALLS = {
    "provider": call(
        "iam", "CreateOpenIDConnectProvider", Url=issuer("global", TENANT), ClientIDList=AUDIENCES, Tags=TAGS
    ),
    "provider read": call("iam", "GetOpenIDConnectProvider", OpenIDConnectProviderArn=PROVIDER),
    "boundary": call("iam", "CreatePolicy", PolicyName="boundary", PolicyDocument=ANYTHING),
    "role": call(
        "iam",
        "CreateRole",
        **NAMED,
        Path="/claude/",
        AssumeRolePolicyDocument=TRUST,
        MaxSessionDuration=facts.SESSION_SECONDS[-1],
        PermissionsBoundary=BOUNDARY,
        Tags=TAGS,
    ),
    # moto reads a trust policy when it replaces another, not when a role is made with it.
    "trust": call("iam", "UpdateAssumeRolePolicy", **NAMED, PolicyDocument=TRUST),
    "role read": call("iam", "GetRole", **NAMED),
    "policy": call("iam", "PutRolePolicy", **INLINE, PolicyDocument=INFERENCE),
    "policy read": call("iam", "GetRolePolicy", **INLINE),
    "session": call(
        "sts",
        "AssumeRoleWithWebIdentity",
        RoleArn=ROLE,
        RoleSessionName="ann@example.com",
        WebIdentityToken="header.claims.signature",
        DurationSeconds=facts.SESSION_SECONDS[0],
    ),
    "delivery role": call("iam", "CreateRole", RoleName="delivery", AssumeRolePolicyDocument=DELIVERY_TRUST),
    "delivery policy": call("iam", "PutRolePolicy", **WRITE, PolicyDocument=DELIVERY),
    "delivery policy read": call("iam", "GetRolePolicy", **WRITE),
    "log group": call("logs", "CreateLogGroup", logGroupName=DEFAULT_LOG_GROUP),
    "retention": call("logs", "PutRetentionPolicy", logGroupName=DEFAULT_LOG_GROUP, retentionInDays=365),
    "logging": call("bedrock", "PutModelInvocationLoggingConfiguration", loggingConfig=LOGGING),
    "logging read": call("bedrock", "GetModelInvocationLoggingConfiguration"),
    "use case": call("bedrock", "PutUseCaseForModelAccess", formData=json.dumps(USE_CASE)),
    "terms": call(
        "bedrock", "CreateFoundationModelAgreement", modelId="anthropic.claude-sonnet-5", offerToken="offer"
    ),
    "sts tokens": call("iam", "SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v2Token"),
}
BY_MODEL = {"use case", "terms", "sts tokens"}


@pytest.fixture(scope="module")
def answered(ask: Ask) -> dict[str, dict[str, Any]]:
    answers = ask(region=REGION, calls=list(CALLS.values()))["calls"]
    return dict(zip(CALLS, answers, strict=True))


@pytest.fixture(scope="module")
def answers(answered: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {name: one["answer"] for name, one in answered.items()}


def test_no_request_is_refused(answered: dict[str, dict[str, Any]]) -> None:
    assert {name: one["problems"] for name, one in answered.items() if one["problems"]} == {}
    assert {name for name, one in answered.items() if one["by"] == "model"} == BY_MODEL


def test_the_provider_is_known_by_the_issuer_and_keeps_its_audiences(answers: dict[str, Any]) -> None:
    assert answers["provider"]["OpenIDConnectProviderArn"] == PROVIDER
    assert answers["provider read"]["Url"] == KEY
    assert answers["provider read"]["ClientIDList"] == AUDIENCES
    assert answers["provider read"]["Tags"] == TAGS


def test_the_role_comes_back_as_it_was_made(answers: dict[str, Any]) -> None:
    role = answers["role read"]["Role"]
    assert (role["Arn"], role["Path"]) == (ROLE, "/claude/")
    assert role["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert role["MaxSessionDuration"] == 43_200
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY
    assert role["Tags"] == TAGS


def test_inline_policies_and_the_other_trust_come_back_as_they_were_put(answers: dict[str, Any]) -> None:
    assert answers["policy read"]["PolicyDocument"] == json.loads(INFERENCE)
    assert answers["delivery policy read"]["PolicyDocument"] == json.loads(DELIVERY)
    assert answers["delivery role"]["Role"]["AssumeRolePolicyDocument"] == json.loads(DELIVERY_TRUST)


def test_a_token_is_exchanged_for_credentials_of_the_role(answers: dict[str, Any]) -> None:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{facts.DEFAULT_ROLE_NAME}/ann@example.com"
    assert answers["session"]["AssumedRoleUser"]["Arn"] == session
    assert set(answers["session"]["Credentials"]) == {
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Expiration",
    }


def test_the_invocation_log_comes_back_as_it_was_put(answers: dict[str, Any]) -> None:
    assert answers["logging read"]["loggingConfig"] == LOGGING


MINIMAL = {"RoleName": "a", "AssumeRolePolicyDocument": TRUST}
REFUSED = [
    ("v2Token", call("iam", "SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v3Token")),
    ("GlobalEndpointTokenVersion", call("iam", "SetSecurityTokenServicePreferences")),
    ("less than 10", call("bedrock", "PutUseCaseForModelAccess", formData="{}")),
    ("text", call("bedrock", "PutModelInvocationLoggingConfiguration", loggingConfig={"text": True})),
    ("match", call("iam", "CreateRole", **MINIMAL | {"RoleName": "a b"})),
    ("more than 64", call("iam", "CreateRole", **MINIMAL | {"RoleName": "a" * 65})),
    ("more than 43200", call("iam", "CreateRole", **MINIMAL, MaxSessionDuration=43_201)),
    ("match", call("iam", "CreateRole", **MINIMAL, Path="claude")),
    ("MalformedPolicyDocument", call("iam", "CreatePolicy", PolicyName="a", PolicyDocument=TRUST)),
    ("NoSuchEntity", call("iam", "PutRolePolicy", RoleName="b", PolicyName="c", PolicyDocument=ANYTHING)),
]


def test_wrong_requests_are_refused(ask: Ask) -> None:
    """Else the acceptance above would say nothing."""
    answers = ask(calls=[wrong for _, wrong in REFUSED])["calls"]
    said = [" ".join(one["problems"]) for one in answers]
    assert [says for (says, _), heard in zip(REFUSED, said, strict=True) if says not in heard] == [], said
