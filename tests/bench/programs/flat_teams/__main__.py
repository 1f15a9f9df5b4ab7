"""The anchor for what a team costs: as many roles and policies as `teams` in the config says, written by hand."""

import json

import pulumi
import pulumi_aws as aws

provider = aws.Provider("aws", region="us-east-1", allowed_account_ids=["000000000000"])
options = pulumi.ResourceOptions(provider=provider)
ISSUER = "login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0"
oidc = aws.iam.OpenIdConnectProvider(
    "oidc", url=f"https://{ISSUER}", client_id_lists=["c2995f31-11e7-4882-b7a7-ef9def0a0266"], opts=options
)
TRUST = oidc.arn.apply(
    lambda arn: json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": arn},
                    "Action": "sts:AssumeRoleWithWebIdentity",
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
                "Action": "bedrock:InvokeModel",
                "Resource": "arn:aws:bedrock:*::foundation-model/a.*",
            }
        ],
    }
)
for number in range(pulumi.Config("claude-byoc").require_int("teams")):
    role = aws.iam.Role(f"role-{number}", name=f"role-{number}", assume_role_policy=TRUST, opts=options)
    aws.iam.RolePolicy(f"policy-{number}", name="claude", role=role.name, policy=POLICY, opts=options)
