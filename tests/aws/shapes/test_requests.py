"""AWS's own client accepts the requests that the Bedrock part comes down to, and hands the documents back equal.

What this does not prove: moto checks no conditions and hands out credentials for any token, so who is let in is
judged in `test_residency.py` by the evaluator. Operations that moto lacks are held against botocore's model of the
service, which knows names, types, lengths, patterns and enumerations, not what AWS does with them; of the
first-use form it knows the length alone. That the Pulumi provider sends these requests is taken for granted.
"""

import json
from typing import Any

import pytest

from claude_byoc.aws.documents import inference_policy, trust_policy
from claude_byoc.aws.invocation_logging import DEFAULT_LOG_GROUP, delivery_policy, delivery_trust
from claude_byoc.contract import aws as facts
from claude_byoc.contract.entra import ANTHROPIC_APP_ID, issuer, issuer_key
from tests.aws.shapes.conftest import Ask

ACCOUNT = "123456789012"  # moto's
TENANT = "11111111-2222-3333-4444-555555555555"
TAGS = [{"Key": "cost-centre", "Value": "4711"}, {"Key": "owner", "Value": "Ämter & Co"}]
USE_CASE = {"companyName": "Example Ö", "companyWebsite": "https://example.com", "intendedUsers": "0"}


def call(service: str, operation: str, **parameters: object) -> dict[str, object]:
    return {"service": service, "operation": operation, "parameters": parameters}


class Part:
    """The requests for one Region, and what they should give."""

    def __init__(self, region: str, residency: list[str]) -> None:
        self.region = region
        part = facts.partition(region)
        key = issuer_key("global", TENANT)
        self.provider = f"arn:{part}:iam::{ACCOUNT}:oidc-provider/{key}"
        self.role = f"arn:{part}:iam::{ACCOUNT}:role/claude/{facts.DEFAULT_ROLE_NAME}"
        self.boundary = f"arn:{part}:iam::{ACCOUNT}:policy/boundary"
        self.delivery_role = f"arn:{part}:iam::{ACCOUNT}:role/delivery"
        self.trust = trust_policy(
            provider_arn=self.provider, issuer_key=key, audiences=[ANTHROPIC_APP_ID, TENANT], subjects=["ann"]
        )
        self.inference = inference_policy(
            partition=part,
            region=region,
            account_id=ACCOUNT,
            residency=residency,
            models=["anthropic.claude-*"],
        )
        self.delivery_trust = delivery_trust(part, region, ACCOUNT)
        self.delivery = delivery_policy(f"arn:{part}:logs:{region}:{ACCOUNT}:log-group:{DEFAULT_LOG_GROUP}")

    def calls(self) -> list[dict[str, object]]:
        role, policy = {"RoleName": facts.DEFAULT_ROLE_NAME}, {"PolicyName": "claude-inference"}
        everything = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
        logging = {
            "cloudWatchConfig": {"logGroupName": DEFAULT_LOG_GROUP, "roleArn": self.delivery_role},
            **{f"{kind}DataDeliveryEnabled": False for kind in ("text", "image", "embedding", "video")},
        }
        audiences = [ANTHROPIC_APP_ID, TENANT]
        url = issuer("global", TENANT)
        return [
            call("iam", "CreateOpenIDConnectProvider", Url=url, ClientIDList=audiences, Tags=TAGS),
            call("iam", "GetOpenIDConnectProvider", OpenIDConnectProviderArn=self.provider),
            call("iam", "CreatePolicy", PolicyName="boundary", PolicyDocument=everything),
            call(
                "iam",
                "CreateRole",
                **role,
                Path="/claude/",
                AssumeRolePolicyDocument=self.trust,
                MaxSessionDuration=facts.SESSION_SECONDS[-1],
                PermissionsBoundary=self.boundary,
                Tags=TAGS,
            ),
            call("iam", "GetRole", **role),
            call("iam", "PutRolePolicy", **role, **policy, PolicyDocument=self.inference),
            call("iam", "GetRolePolicy", **role, **policy),
            call(
                "sts",
                "AssumeRoleWithWebIdentity",
                RoleArn=self.role,
                RoleSessionName="ann@example.com",
                WebIdentityToken="header.claims.signature",
                DurationSeconds=3600,
            ),
            call("iam", "CreateRole", RoleName="delivery", AssumeRolePolicyDocument=self.delivery_trust),
            call(
                "iam", "PutRolePolicy", RoleName="delivery", PolicyName="write", PolicyDocument=self.delivery
            ),
            call("iam", "GetRolePolicy", RoleName="delivery", PolicyName="write"),
            call("logs", "CreateLogGroup", logGroupName=DEFAULT_LOG_GROUP),
            call("logs", "PutRetentionPolicy", logGroupName=DEFAULT_LOG_GROUP, retentionInDays=365),
            call("bedrock", "PutModelInvocationLoggingConfiguration", loggingConfig=logging),
            call("bedrock", "GetModelInvocationLoggingConfiguration"),
            call("bedrock", "PutUseCaseForModelAccess", formData=json.dumps(USE_CASE)),
            call("iam", "SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v2Token"),
        ]


@pytest.fixture(scope="module", params=[("us-east-1", ["us", "global"]), ("us-gov-west-1", ["us-gov"])])
def part(request: pytest.FixtureRequest) -> Part:
    return Part(*request.param)


@pytest.fixture(scope="module")
def answers(ask: Ask, part: Part) -> dict[str, Any]:
    """The answers by operation, the last one of each; none of the requests may have met a refusal."""
    asked = part.calls()
    got = ask(region=part.region, calls=asked)["calls"]
    named = [(one["operation"], answer) for one, answer in zip(asked, got, strict=True)]
    assert {name: answer["problems"] for name, answer in named if answer["problems"]} == {}
    assert {name for name, answer in named if answer["by"] == "model"} == {
        "PutUseCaseForModelAccess",
        "SetSecurityTokenServicePreferences",
    }
    return {name: answer["answer"] for name, answer in named}


def test_the_provider_is_known_by_the_issuer_and_keeps_its_audiences(
    answers: dict[str, Any], part: Part
) -> None:
    assert answers["CreateOpenIDConnectProvider"]["OpenIDConnectProviderArn"] == part.provider
    provider = answers["GetOpenIDConnectProvider"]
    assert provider["Url"] == issuer_key("global", TENANT)
    assert provider["ClientIDList"] == [ANTHROPIC_APP_ID, TENANT]
    assert provider["Tags"] == TAGS


def test_the_role_comes_back_as_it_was_made(answers: dict[str, Any], part: Part) -> None:
    role = answers["GetRole"]["Role"]
    assert role["Arn"] == part.role
    assert role["Path"] == "/claude/"
    assert role["AssumeRolePolicyDocument"] == json.loads(part.trust)
    assert role["MaxSessionDuration"] == 43_200
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == part.boundary
    assert role["Tags"] == TAGS


def test_an_inline_policy_comes_back_as_it_was_put(ask: Ask, part: Part) -> None:
    names = {"RoleName": "role", "PolicyName": "policy"}
    for document in (part.inference, part.delivery):
        calls = [
            call("iam", "CreateRole", RoleName="role", AssumeRolePolicyDocument=part.trust),
            call("iam", "PutRolePolicy", **names, PolicyDocument=document),
            call("iam", "GetRolePolicy", **names),
        ]
        *_, read = ask(region=part.region, calls=calls)["calls"]
        assert read["answer"]["PolicyDocument"] == json.loads(document)


def test_a_token_is_exchanged_for_credentials_of_the_role(answers: dict[str, Any], part: Part) -> None:
    answer = answers["AssumeRoleWithWebIdentity"]
    session = part.role.replace(":iam:", ":sts:").replace(":role/claude/", ":assumed-role/")
    assert answer["AssumedRoleUser"]["Arn"].removeprefix(session) == "/ann@example.com"
    assert {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"} <= set(answer["Credentials"])


def test_the_invocation_log_comes_back_without_prompts(answers: dict[str, Any], part: Part) -> None:
    config = answers["GetModelInvocationLoggingConfiguration"]["loggingConfig"]
    assert config["cloudWatchConfig"] == {"logGroupName": DEFAULT_LOG_GROUP, "roleArn": part.delivery_role}
    assert not any(value for name, value in config.items() if name.endswith("DataDeliveryEnabled"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (call("iam", "SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v3Token"), "v2Token"),
        (call("iam", "SetSecurityTokenServicePreferences"), "GlobalEndpointTokenVersion"),
        (call("bedrock", "PutUseCaseForModelAccess", formData="{}"), "formData"),
        (call("bedrock", "PutModelInvocationLoggingConfiguration", loggingConfig={"text": True}), "text"),
        (call("iam", "CreateRole", RoleName="a b", AssumeRolePolicyDocument="{}"), "RoleName"),
        (call("iam", "CreateRole", RoleName="a" * 65, AssumeRolePolicyDocument="{}"), "more than 64"),
        (
            call("iam", "CreateRole", RoleName="a", AssumeRolePolicyDocument="{}", MaxSessionDuration=43_201),
            "43200",
        ),
        (call("iam", "PutRolePolicy", RoleName="a", PolicyName="b", PolicyDocument="{}"), "NoSuchEntity"),
    ],
)
def test_a_wrong_request_is_refused(ask: Ask, wrong: dict[str, object], says: str) -> None:
    """Else the acceptance above would say nothing."""
    [answer] = ask(calls=[wrong])["calls"]
    assert says in " ".join(answer["problems"])
