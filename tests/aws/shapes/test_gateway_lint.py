"""A policy linter (parliament) has nothing to say about the gateway's policies but what is listed here with reasons."""

from claude_byoc.aws import gateway_documents as documents
from tests.aws.shapes.conftest import Ask

ACCOUNT, REGION = "123456789012", "us-east-1"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:claude-gateway/gatewayFiles-AbCdEf"
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/claude-byoc/claude-gateway"
MODELS = ["us.anthropic.claude-sonnet-4-6", "anthropic.claude-opus-4-8", "global.anthropic.claude-opus-4-8"]
DOCUMENTS = {
    "execution": documents.execution_policy([SECRET], LOG_GROUP),
    "bedrock": documents.bedrock_policy(partition="aws", region=REGION, account_id=ACCOUNT, models=MODELS),
}
REASONED = {
    # It wants every kind of resource that InvokeModel may have in each statement: models and profiles have one each.
    ("bedrock", "RESOURCE_MISMATCH"): "bedrock:InvokeModel",
    # AWS's own examples compare this key as text.
    ("bedrock", "MISMATCHED_TYPE_BUT_USABLE"): "StringLike",
    # It is older than the action. source: the API reference of Amazon Bedrock Runtime, CountTokens
    ("bedrock", "UNKNOWN_ACTION"): "bedrock:CountTokens",
}


def test_the_linter_has_nothing_else_to_say(ask: Ask) -> None:
    for one in ask(region=REGION, documents=DOCUMENTS)["findings"]:
        assert REASONED.get((one["document"], one["issue"]), "no reason") in one["detail"], one
