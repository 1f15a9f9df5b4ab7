"""`BedrockAccess`: Microsoft 365 users reach Claude on Amazon Bedrock with their Entra token."""

import json
from typing import Optional

import pulumi
import pulumi_aws as aws
from pulumi import Output

from claude_byoc.aws import documents
from claude_byoc.aws.bedrock_args import BedrockAccessArgs, BedrockRoleArgs, UseCaseArgs
from claude_byoc.contract import aws as facts
from claude_byoc.contract import entra
from claude_byoc.contract.problems import ProblemsError, refuse_errors


class BedrockAccess(pulumi.ComponentResource):
    """Lets people signed in to one Entra tenant call Anthropic models on Amazon Bedrock, and nothing else.

    Declares an IAM OIDC provider, a role whose trust names the token's audience, and an inline policy for
    Anthropic models inside the residency asked for.
    """

    role_arn: Output[str]
    """ARN of the role: the manifest's `aws_role_arn`."""
    role_name: Output[str]
    """Name of the role."""
    oidc_provider_arn: Output[str]
    """ARN of the OIDC provider, made here or existing."""
    issuer: Output[str]
    """Issuer of the tokens that are trusted (URL)."""
    account_id: Output[str]
    """AWS account id."""
    audiences: Output[list[str]]
    """Application ids whose tokens are accepted."""
    region: Output[str]
    """AWS region that the add-in calls: the manifest's `aws_region`."""
    residency: Output[list[str]]
    """Inference-profile prefixes that prompts may be routed by."""

    def __init__(
        self,
        name: str,
        args: BedrockAccessArgs,
        opts: Optional[pulumi.ResourceOptions] = None,  # noqa: UP045 -- Pulumi's inference reads the signature
    ) -> None:
        super().__init__("claude-byoc:index:BedrockAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        cloud = args.get("entra_cloud", "global")
        role: BedrockRoleArgs = args.get("role", {})
        tenant_id = Output.from_input(args["tenant_id"])
        self.region = Output.from_input(args["region"])
        self.residency = self.region.apply(lambda region: _residency(region, role.get("residency")))
        self.issuer = tenant_id.apply(lambda tenant: entra.issuer(cloud, tenant))
        self.audiences = Output.all(*args.get("audiences", [entra.ANTHROPIC_APP_ID]))
        self.account_id = (
            Output.from_input(args["account_id"])
            if "account_id" in args
            else aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=self)).account_id
        )
        tags = args.get("tags")

        self.oidc_provider: aws.iam.OpenIdConnectProvider | None = None
        if "existing_oidc_provider_arn" in args:
            self.oidc_provider_arn = Output.from_input(args["existing_oidc_provider_arn"])
        else:
            self.oidc_provider = aws.iam.OpenIdConnectProvider(
                f"{name}-oidc", url=self.issuer, client_id_lists=self.audiences, tags=tags, opts=child
            )
            self.oidc_provider_arn = self.oidc_provider.arn

        trust = Output.all(
            arn=self.oidc_provider_arn,
            key=tenant_id.apply(lambda tenant: entra.issuer_key(cloud, tenant)),
            audiences=self.audiences,
        ).apply(
            lambda known: documents.trust_policy(
                provider_arn=known["arn"], issuer_key=known["key"], audiences=known["audiences"]
            )
        )
        self.role = aws.iam.Role(
            f"{name}-role",
            name=role.get("name", facts.DEFAULT_ROLE_NAME),
            description="Claude in Microsoft 365 on Amazon Bedrock, assumed with a token of the Entra tenant",
            assume_role_policy=trust,
            max_session_duration=role.get("session_seconds", facts.SESSION_SECONDS.start),
            permissions_boundary=role.get("permissions_boundary"),
            tags=tags,
            opts=child,
        )
        self.policy = aws.iam.RolePolicy(
            f"{name}-inference",
            name="claude-inference",
            role=self.role.name,
            policy=Output.all(region=self.region, account=self.account_id, residency=self.residency).apply(
                lambda known: _inference_policy(known["region"], known["account"], known["residency"])
            ),
            opts=child,
        )
        self.use_case: aws.bedrock.UseCaseForModelAccess | None = None
        if "use_case" in args:
            self.use_case = aws.bedrock.UseCaseForModelAccess(
                f"{name}-use-case", form_data=_use_case_form(args["use_case"]), opts=child
            )

        self.role_arn = self.role.arn
        self.role_name = self.role.name
        self.register_outputs(
            {
                "roleArn": self.role_arn,
                "roleName": self.role_name,
                "oidcProviderArn": self.oidc_provider_arn,
                "issuer": self.issuer,
                "accountId": self.account_id,
                "audiences": self.audiences,
                "region": self.region,
                "residency": self.residency,
            }
        )


def _residency(region: str, asked: list[str] | None) -> list[str]:
    if prefixes := asked or facts.default_residency(region):
        return sorted(set(prefixes))
    raise ProblemsError([facts.residency_unclear(region)])


def _inference_policy(region: str, account_id: str, residency: list[str]) -> str:
    document = documents.inference_policy(
        partition=facts.partition(region), region=region, account_id=account_id, residency=residency
    )
    refuse_errors(documents.size_problems(document))
    return document


def _use_case_form(use_case: UseCaseArgs) -> Output[str]:
    return Output.all(**use_case).apply(
        lambda known: json.dumps(
            {
                "companyName": known["company_name"],
                "companyWebsite": known["company_website"],
                "intendedUsers": known["intended_users"],
                "industryOption": known["industry"],
                "otherIndustryOption": "",
                "useCases": known["use_cases"],
            }
        )
    )
