"""The Bedrock part of an environment."""

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Part, Tenant, ownership_tags
from claude_byoc.aws.bedrock_access import BedrockAccess
from claude_byoc.aws.bedrock_plan import EVERYONE
from claude_byoc.contract import allowlist
from claude_byoc.stack_args import ClaudeByocArgs
from claude_byoc.stack_plan import bedrock_access_args


def declare(name: str, args: ClaudeByocArgs, tenant: Tenant, parent: pulumi.Resource) -> Part:
    """Declare the AWS provider of the account and `BedrockAccess` in it."""
    part = bedrock_access_args(args)
    if part is None:
        raise ValueError("the environment has no Bedrock part")
    provider = aws.Provider(
        f"{name}-aws",
        region=part["region"],
        allowed_account_ids=[part["account_id"]] if "account_id" in part else None,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    access = BedrockAccess(
        f"{name}-bedrock",
        {**part, "audiences": [tenant.client_id], "tags": ownership_tags()},
        pulumi.ResourceOptions(parent=parent, providers=[provider]),
    )
    manifest: dict[str, Input[str]] = {"aws_region": access.region, "entra_sso": "1"}
    for role in access.roles:
        if role["team"] == EVERYONE:
            manifest["aws_role_arn"] = role["roleArn"]
    outputs: out.BedrockOutputs = {
        "accountId": access.account_id,
        "region": access.region,
        "issuer": access.issuer,
        "oidcProviderArn": access.oidc_provider_arn,
        "roles": access.roles,
    }
    return Part(
        outputs=outputs,
        manifest=manifest,
        desktop={"inferenceProvider": "bedrock", "inferenceBedrockRegion": access.region},
        rows=access.region.apply(allowlist.bedrock_rows),
        steps=_steps(args, access),
        attributes=[
            {"group": role["team"], "values": {"aws_role_arn": role["roleArn"]}}
            for role in access.roles
            if role["team"] != EVERYONE
        ],
    )


def _steps(args: ClaudeByocArgs, access: BedrockAccess) -> list[out.NextStep]:
    part = args.get("bedrock", {})
    steps: list[out.NextStep] = []
    if "use_case" not in part:
        steps.append(
            {
                "who": "AWS administrator",
                "what": "Submit the first-use form for Anthropic models in Amazon Bedrock, once per account "
                "(or set bedrock.useCase)",
                "url": Output.from_input("https://console.aws.amazon.com/bedrock/home#/model-catalog"),
            }
        )
    if own_apps := [team for team, role in part.get("teams", {}).items() if "audiences" in role]:
        steps.append(
            {
                "who": "Platform engineer",
                "what": f"Make a manifest of its own, with its app as graph_client_id, for: {', '.join(own_apps)} "
                "(directory attributes cannot carry that key)",
                "command": "claude-byoc manifest office graph_client_id=<application id> entra_sso=1 "
                "aws_role_arn=<role ARN> aws_region=<region> -o manifest-<team>.xml",
            }
        )
    for audience, teams in access.plan.shared_audiences():
        steps.append(
            {
                "who": "Security reviewer",
                "what": f"Accept or change: the roles of {', '.join(teams)} all accept the audience "
                f"{audience}, so any user of the tenant who can sign in to that app could assume each of "
                "them. An app with assignment required per team (bedrock.teams.<team>.audiences) separates "
                "them",
            }
        )
    return steps
