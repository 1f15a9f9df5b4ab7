"""The anchor for what our layers cost: scenario `bedrock`, or the roles of `teams` teams, written out by hand."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_random as random

ISSUER = "login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0"
APP = "c2995f31-11e7-4882-b7a7-ef9def0a0266"

provider = aws.Provider("aws", region="us-east-1", allowed_account_ids=["000000000000"])
options = pulumi.ResourceOptions(provider=provider)
oidc = aws.iam.OpenIdConnectProvider("oidc", url=f"https://{ISSUER}", client_id_lists=[APP], opts=options)
TRUST = oidc.arn.apply(
    lambda arn: json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": arn},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {"StringEquals": {f"{ISSUER}:aud": APP}},
                }
            ],
        }
    )
)
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
                "Resource": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.*",
            }
        ],
    }
)
for number in range(pulumi.Config("claude-byoc").get_int("teams") or 1):
    name = f"ClaudeBedrockAccess-{number}"
    role = aws.iam.Role(name, name=name, assume_role_policy=TRUST, opts=options)
    aws.iam.RolePolicy(f"{name}-policy", name="claude-inference", role=role.name, policy=POLICY, opts=options)
    pulumi.export(name, role.arn)
aws.bedrock.UseCaseForModelAccess("use-case", form_data=json.dumps({"companyName": "Example"}), opts=options)
guid = random.RandomUuid("manifest-id")
pulumi.export("manifestId", guid.result)
