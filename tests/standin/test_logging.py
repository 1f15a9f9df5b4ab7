"""Log groups, model invocation logging and STS preferences: what the cloud overwrites, fills in and keeps."""

from typing import Any

import pytest

from standin.errors import CloudError
from standin.rules.aws.logs import RETENTION_DAYS
from standin.values import UNKNOWN, plain, plain_map
from tests.standin.conftest import LOG_GROUP, LOGGING, REGION, STS_PREFERENCES, Asked

ROLE_ARN = "arn:aws:iam::000000000000:role/bedrock-logs"
TO_LOG_GROUP = {"cloudwatchConfig": {"logGroupName": "/claude", "roleArn": ROLE_ARN}}
TO_BUCKET = {"s3Config": {"bucketName": "bucket", "keyPrefix": "claude"}, "textDataDeliveryEnabled": False}
FLAGS = {f"{kind}DataDeliveryEnabled": True for kind in ("embedding", "image", "text", "video")}


def test_the_cloud_fills_in_the_flags_inside_the_object(aws: Asked) -> None:
    made = aws.create(LOGGING, {"loggingConfig": TO_LOG_GROUP})
    assert made.id == "eu-central-1"
    assert made.plain["loggingConfig"] == {**TO_LOG_GROUP, **FLAGS}
    assert plain(made.inputs["loggingConfig"]) == TO_LOG_GROUP
    assert made.kinds({"loggingConfig": TO_LOG_GROUP}) == {}
    assert made.kinds({"loggingConfig": {**TO_LOG_GROUP, "imageDataDeliveryEnabled": True}}) == {}
    quiet = {**TO_LOG_GROUP, "textDataDeliveryEnabled": False}
    assert made.kinds({"loggingConfig": quiet}) == {"loggingConfig.textDataDeliveryEnabled": "UPDATE"}
    changed = made.update({"loggingConfig": quiet})
    assert changed.kinds({"loggingConfig": TO_LOG_GROUP}) == {
        "loggingConfig.textDataDeliveryEnabled": "UPDATE"
    }


def test_a_refresh_changes_no_input_and_sees_drift_inside_the_object(aws: Asked) -> None:
    made = aws.create(LOGGING, {"loggingConfig": TO_LOG_GROUP})
    seen = made.read()
    assert plain_map(seen.inputs) == plain_map(made.inputs)
    assert plain_map(seen.properties) == made.plain
    now = {**TO_LOG_GROUP, **FLAGS, "textDataDeliveryEnabled": False}
    aws.cloud.alter(LOGGING, "eu-central-1", "loggingConfig", now)
    assert plain(made.read().inputs["loggingConfig"]) == now


def test_what_another_stack_had_set_is_written_over_and_then_lost(aws: Asked) -> None:
    theirs = aws.create(LOGGING, {"loggingConfig": TO_BUCKET}, "theirs")
    ours = aws.create(LOGGING, {"loggingConfig": TO_LOG_GROUP}, "ours")
    [row] = aws.cloud.resources(LOGGING)
    assert row.properties["loggingConfig"] == {**TO_LOG_GROUP, **FLAGS}
    assert plain_map(theirs.read().properties)["loggingConfig"] == {**TO_LOG_GROUP, **FLAGS}
    ours.delete()
    assert (aws.cloud.resources(), aws.cloud.lasting()) == ([], [])
    assert not theirs.read().resource_id


def test_one_configuration_per_region_and_the_id_imports_any(aws: Asked) -> None:
    aws.create(LOGGING, {"loggingConfig": TO_LOG_GROUP})
    other = aws.create(LOGGING, {"loggingConfig": TO_BUCKET, "region": "us-east-1"}, "other")
    assert other.id == "us-east-1"
    assert len(aws.cloud.resources(LOGGING)) == 2
    found = plain_map(aws.read(LOGGING, "us-east-1").properties)
    assert found["region"] == "us-east-1"
    assert other.diff({"loggingConfig": TO_BUCKET, "region": "eu-west-1"}).replaces == ["region"]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"cloudwatchConfig": {"logGroupName": "g", "roleArn": "bedrock-logs"}}, ".cloudwatchConfig.roleArn"),
        ({"cloudwatchConfig": {"roleArn": ROLE_ARN}}, ".cloudwatchConfig.logGroupName"),
        ({"s3Config": {"keyPrefix": "k"}}, ".s3Config.bucketName"),
        ({"textDataDelivery": False}, ".textDataDelivery"),
    ],
)
def test_logging_inputs(aws: Asked, config: dict[str, Any], problem: str) -> None:
    assert aws.problems(LOGGING, {"loggingConfig": config}).keys() == {f"loggingConfig{problem}"}
    assert aws.problems(LOGGING, {}).keys() == {"loggingConfig"}


def test_a_log_group_has_the_real_forms(aws: Asked) -> None:
    named = aws.create(LOG_GROUP, {"name": "/claude/prompts", "tags": {"a": "1"}})
    assert named.id == "/claude/prompts"
    assert named.plain["arn"] == "arn:aws:logs:eu-central-1:000000000000:log-group:/claude/prompts"
    assert (named.plain["retentionInDays"], named.plain["logGroupClass"]) == (0, "STANDARD")
    assert named.plain["tagsAll"] == {"a": "1"}
    abroad = aws.create(LOG_GROUP, {"name": "/claude/prompts", "region": "us-east-1"}, "abroad")
    assert str(abroad.plain["arn"]).startswith("arn:aws:logs:us-east-1:")
    assert aws.create(LOG_GROUP, {}, "auto").id.startswith("auto-")
    preview = aws.create(LOG_GROUP, {"name": "n"}, preview=True)
    assert preview.plain["logGroupClass"] is preview.plain["arn"] is UNKNOWN
    made = aws.read(LOG_GROUP, "/claude/prompts")
    named.inputs, named.state = made.inputs, made.properties
    assert named.kinds({"name": "/claude/prompts", "tags": {"a": "1"}}) == {}


@pytest.mark.parametrize(
    ("inputs", "property_"),
    [
        ({"retentionInDays": 2}, "retentionInDays"),
        ({"retentionInDays": 364}, "retentionInDays"),
        ({"name": "a b"}, "name"),
        ({"name": "x" * 513}, "name"),
        ({"namePrefix": "x" * 484}, "namePrefix"),
        ({"logGroupClass": "CHEAP"}, "logGroupClass"),
    ],
)
def test_log_group_inputs(aws: Asked, inputs: dict[str, Any], property_: str) -> None:
    assert aws.problems(LOG_GROUP, inputs).keys() == {property_}


def test_every_documented_retention_is_fine(aws: Asked) -> None:
    assert len(RETENTION_DAYS) == 23
    for days in RETENTION_DAYS:
        assert not aws.problems(LOG_GROUP, {"name": "n", "retentionInDays": days})


def test_what_changes_a_log_group(aws: Asked) -> None:
    made = aws.create(LOG_GROUP, {"name": "n", "retentionInDays": 30, "kmsKeyId": "arn:k"})
    assert made.kinds({"name": "n", "retentionInDays": 90}) == {
        "retentionInDays": "UPDATE",
        "kmsKeyId": "DELETE",
    }
    for given in (
        {"name": "m"},
        {"name": "n", "logGroupClass": "DELIVERY"},
        {"name": "n", "region": "x-y-1"},
    ):
        assert made.diff(given).replaces


def test_a_log_group_that_is_there_is_refused(aws: Asked) -> None:
    made = aws.create(LOG_GROUP, {"name": "n"})
    with pytest.raises(CloudError, match="ResourceAlreadyExistsException: The specified log group already"):
        aws.create(LOG_GROUP, {"name": "n"}, "other")
    made.delete()
    assert aws.cloud.lasting() == []
    assert aws.create(LOG_GROUP, {"name": "n"}).id == "n"


def test_skip_destroy_leaves_the_log_group_behind_until_it_is_imported(aws: Asked) -> None:
    made = aws.create(LOG_GROUP, {"name": "n", "skipDestroy": True})
    assert made.read().properties["skipDestroy"].value is True
    made.delete()
    [kept] = aws.cloud.lasting()
    assert (aws.cloud.resources(), kept.id) == ([], "n")
    with pytest.raises(CloudError, match="ResourceAlreadyExistsException"):
        aws.create(LOG_GROUP, {"name": "n"})
    found = aws.read(LOG_GROUP, "n")
    made.inputs, made.state = found.inputs, found.properties
    again = made.update({"name": "n", "retentionInDays": 30})
    assert (len(aws.cloud.resources()), aws.cloud.lasting()) == (1, [])
    again.delete()
    assert (aws.cloud.resources(), aws.cloud.lasting()) == ([], [])


def test_an_imported_log_group_that_was_left_behind_can_be_deleted_at_once(aws: Asked) -> None:
    made = aws.create(LOG_GROUP, {"name": "n", "skipDestroy": True})
    made.delete()
    made.state = aws.read(LOG_GROUP, "n").properties
    made.delete()
    assert (aws.cloud.resources(), aws.cloud.lasting()) == ([], [])


def test_deletion_protection_stays_until_it_is_switched_off(aws: Asked) -> None:
    made = aws.create(LOG_GROUP, {"name": "n", "deletionProtectionEnabled": True})
    assert made.kinds({"name": "n"}) == {}
    with pytest.raises(CloudError, match="ValidationException: Cannot delete log group with deletion protec"):
        made.delete()
    off = made.update({"name": "n", "deletionProtectionEnabled": False})
    off.delete()
    assert aws.cloud.resources() == []
    assert aws.create(LOG_GROUP, {"name": "n"}).plain["deletionProtectionEnabled"] is False


def test_sts_preferences_are_the_accounts_and_stay(aws: Asked) -> None:
    made = aws.create(STS_PREFERENCES, {"globalEndpointTokenVersion": "v1Token"})
    assert made.id == "000000000000"
    far = Asked(aws.path, config={**REGION, "region": "ap-east-1"})
    other = far.create(STS_PREFERENCES, {"globalEndpointTokenVersion": "v2Token"}, "other")
    assert plain_map(made.read().properties)["globalEndpointTokenVersion"] == "v2Token"
    other.delete()
    assert aws.cloud.resources() == []
    [kept] = aws.cloud.lasting()
    assert kept.properties["globalEndpointTokenVersion"] == "v2Token"
    assert "SetSecurityTokenServicePreferences" in kept.reason
    # The account still has preferences: who holds the other copy sees and sets them.
    assert made.read().resource_id
    made.update({"globalEndpointTokenVersion": "v1Token"})
    assert (len(aws.cloud.resources()), aws.cloud.lasting()) == (1, [])
    assert aws.problems(STS_PREFERENCES, {"globalEndpointTokenVersion": "v3Token"}).keys() == {
        "globalEndpointTokenVersion"
    }
