"""The real engine over log group, logging, agreement and lookups: one life in which nothing is replaced."""

from pathlib import Path

import pytest

from standin.cloud import Cloud
from tests.standin.conftest import AGREEMENT, LOG_GROUP, LOGGING, OIDC, STS_PREFERENCES, Asked
from tests.standin.stack import Run
from tools.engine.acquire import Engine
from tools.engine.sandbox import SandboxError

pytestmark = pytest.mark.engine

URL = "https://login.example.com/t/v2.0"

PROGRAM = f"""
import json
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
model = "eu.anthropic.claude-opus-4-5-20251101-v1:0"
offers = aws.bedrockfoundation.get_model_agreement_offers(model_id=model, offer_type="PUBLIC")
aws.bedrockfoundation.ModelAgreement(
    "claude",
    model_id=offers.model_id,
    offer_token=offers.offers[0].offer_token,
    opts=None if config.get_bool("forgetful") else pulumi.ResourceOptions(ignore_changes=["offerToken"]),
)
aws.iam.SecurityTokenServicePreferences("sts", global_endpoint_token_version="v2Token")
group = aws.cloudwatch.LogGroup("prompts", name="/claude/prompts", retention_in_days=config.get_int("days"))
trust = {{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"Service": "bedrock.amazonaws.com"}}}}
role = aws.iam.Role("logs", assume_role_policy=json.dumps({{"Version": "2012-10-17", "Statement": [trust]}}))
aws.bedrockmodel.InvocationLoggingConfiguration(
    "logging",
    logging_config={{
        "cloudwatch_config": {{"log_group_name": group.name, "role_arn": role.arn}},
        "image_data_delivery_enabled": False,
    }},
)
existing = aws.iam.get_open_id_connect_provider(url="{URL}")
pulumi.export("group", group.arn)
pulumi.export("audiences", existing.client_id_lists)
pulumi.export("provider", existing.arn)
pulumi.export("terms", offers.offers[0].term_details[0].legal_terms[0].url)
"""


@pytest.fixture
def run(engine: Engine, tmp_path: Path, home: Path) -> Run:
    return Run(engine, tmp_path, home, PROGRAM)


def test_one_life(run: Run) -> None:
    with pytest.raises(SandboxError, match=r"reading IAM OIDC Provider .*: couldn't find resource"):
        run("preview")
    Asked(run.cloud_path).create(OIDC, {"url": URL, "clientIdLists": ["app"]})
    assert "6 to create" in run("preview").stdout
    assert "6 created" in run.up()
    outputs = run.outputs()
    assert outputs["group"] == "arn:aws:logs:eu-central-1:000000000000:log-group:/claude/prompts"
    assert outputs["audiences"] == ["app"]
    assert outputs["terms"].startswith("https://")
    [logging] = run.cloud.resources(LOGGING)
    [role] = [row for row in run.cloud.resources("aws:iam/role:Role") if row.id.startswith("logs-")]
    assert logging.id == "eu-central-1"
    assert logging.properties["loggingConfig"] == {
        "cloudwatchConfig": {
            "logGroupName": "/claude/prompts",
            "roleArn": f"arn:aws:iam::000000000000:role/{role.id}",
        },
        "embeddingDataDeliveryEnabled": True,
        "imageDataDeliveryEnabled": False,
        "textDataDeliveryEnabled": True,
        "videoDataDeliveryEnabled": True,
    }

    assert "6 unchanged" in run.up()
    assert "6 unchanged" in run("refresh", "--yes", "--skip-preview").stdout
    run("config", "set", "days", "90")
    assert "1 updated" in run.up()
    assert run.cloud.resources(LOG_GROUP)[0].properties["retentionInDays"] == 90
    run("config", "set", "forgetful", "true")
    assert "1 to replace" in run("preview").stdout
    run("config", "rm", "forgetful")

    run.cloud.alter(LOGGING, "eu-central-1", "loggingConfig", {"s3Config": {"bucketName": "theirs"}})
    assert "1 updated" in run("refresh", "--yes", "--skip-preview").stdout
    assert "1 updated" in run.up()
    run("state", "delete", "--yes", f"urn:pulumi:dev::life::{LOGGING}::logging")
    command = ("import", LOGGING, "logging", "eu-central-1", "--yes", "--generate-code=false")
    run(*command, "--protect=false")
    assert "6 unchanged" in run.up()

    run("destroy", "--yes", "--skip-preview")
    assert [row.token for row in run.cloud.resources()] == [OIDC]
    assert [kept.token for kept in run.cloud.lasting()] == [STS_PREFERENCES]
    assert AGREEMENT in {call.token for call in Cloud(run.cloud_path).calls() if call.operation == "delete"}
