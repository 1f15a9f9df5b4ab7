"""Bedrock's invocation log: who asked which model when, and by explicit choice what was said.

Source: AWS "Monitor model invocation using CloudWatch Logs and Amazon S3" (role and trust of the delivery).
"""

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from claude_byoc.aws.bedrock_args import InvocationLoggingArgs
from claude_byoc.aws.documents import policy_document
from claude_byoc.contract.aws import partition

DEFAULT_LOG_GROUP = "/claude-byoc/bedrock-invocations"
DEFAULT_RETENTION_DAYS = 365
DELIVERY_ROLE_NAME = "ClaudeBedrockInvocationLogging"


def delivery_trust(part: str, region: str, account_id: str) -> str:
    """Return the trust policy (JSON) of the role by which Bedrock writes to CloudWatch, for one account only."""
    return policy_document(
        [
            {
                "Sid": "BedrockOfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": "bedrock.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account_id},
                    "ArnLike": {"aws:SourceArn": f"arn:{part}:bedrock:{region}:{account_id}:*"},
                },
            }
        ]
    )


def delivery_policy(log_group_arn: str) -> str:
    """Return the policy (JSON) that lets Bedrock write its one log stream."""
    return policy_document(
        [
            {
                "Sid": "WriteInvocationLog",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": f"{log_group_arn}:log-stream:aws/bedrock/modelinvocations",
            }
        ]
    )


def declare(
    name: str,
    args: InvocationLoggingArgs,
    *,
    region: Output[str],
    account_id: Output[str],
    tags: Input[dict[str, Input[str]]] | None,
    opts: pulumi.ResourceOptions,
) -> aws.bedrockmodel.InvocationLoggingConfiguration:
    """Declare the log and the configuration that feeds it, as children by `opts`."""
    included = args.get("include_prompts_and_responses", False)
    config = aws.bedrockmodel.InvocationLoggingConfigurationLoggingConfigArgs(
        text_data_delivery_enabled=included,
        image_data_delivery_enabled=included,
        embedding_data_delivery_enabled=included,
        video_data_delivery_enabled=included,
    )
    if "bucket_name" in args:
        config.s3_config = aws.bedrockmodel.InvocationLoggingConfigurationLoggingConfigS3ConfigArgs(
            bucket_name=args["bucket_name"], key_prefix=args.get("key_prefix")
        )
    else:
        group = aws.cloudwatch.LogGroup(
            f"{name}-invocations",
            name=args.get("log_group_name", DEFAULT_LOG_GROUP),
            retention_in_days=args.get("retention_days", DEFAULT_RETENTION_DAYS),
            tags=tags,
            opts=opts,
        )
        role = aws.iam.Role(
            f"{name}-invocations-role",
            name=region.apply(lambda known: f"{DELIVERY_ROLE_NAME}-{known}"),
            description="Amazon Bedrock writes its invocation log",
            assume_role_policy=Output.all(region, account_id).apply(
                lambda known: delivery_trust(partition(known[0]), known[0], known[1])
            ),
            tags=tags,
            opts=opts,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-invocations-policy",
            name="write-invocation-log",
            role=role.name,
            policy=group.arn.apply(delivery_policy),
            opts=opts,
        )
        config.cloudwatch_config = (
            aws.bedrockmodel.InvocationLoggingConfigurationLoggingConfigCloudwatchConfigArgs(
                log_group_name=group.name, role_arn=role.arn
            )
        )
        # Bedrock tries to write when it is configured, and refuses a role that may not yet.
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[policy]))
    return aws.bedrockmodel.InvocationLoggingConfiguration(
        f"{name}-invocation-logging", logging_config=config, opts=opts
    )
