"""What Cloud Run, Secret Manager, Compute Engine, Logging and Monitoring refuse, and the stand-in with them."""

from pathlib import Path
from typing import Any

import pytest

from standin.errors import CloudError
from standin.rules.gcp import (
    ACCESSOR,
    ACCOUNT,
    ALERT,
    BACKEND_SERVICE,
    LOG_BUCKET,
    LOG_METRIC,
    NEG,
    RUN_SERVICE,
    SECRET,
    SECRET_MEMBER,
    SECRET_VERSION,
)
from standin.scope import NO_PROJECT as PROJECT
from tests.standin.conftest import Asked

REGION = "europe-west1"
IDENTITY = f"gateway@{PROJECT}.iam.gserviceaccount.com"
SECRET_ID = f"projects/{PROJECT}/secrets/key"
BUCKET = {"project": PROJECT, "location": REGION, "bucketId": "gateway"}


@pytest.fixture
def gcp(tmp_path: Path) -> Asked:
    return Asked(tmp_path / "cloud.sqlite", "gcp", config={"region": REGION})


def service(**container: Any) -> dict[str, Any]:  # noqa: ANN401 -- any field of a container
    edge = {"name": "edge", "image": "docker.io/library/nginx", "ports": {"containerPort": 8080}, **container}
    return {
        "name": "gateway",
        "location": REGION,
        "template": {"serviceAccount": IDENTITY, "timeout": "600s", "containers": [edge]},
    }


def with_secret(version: str) -> dict[str, Any]:
    reference = {"secretKeyRef": {"secret": "key", "version": version}}
    return service(envs=[{"name": "KEY", "valueSource": reference}])


def keep(gcp: Asked, value: str = "v") -> Any:  # noqa: ANN401 -- what Asked makes
    gcp.create(SECRET, {"secretId": "key", "replication": {"auto": {}}}, "secret")
    return gcp.create(SECRET_VERSION, {"secret": SECRET_ID, "secretData": value}, "version")


def let_read(gcp: Asked) -> None:
    member = f"serviceAccount:{IDENTITY}"
    gcp.create(SECRET_MEMBER, {"secretId": "key", "role": ACCESSOR, "member": member}, "reader")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"image": "ghcr.io/berriai/litellm"}, "ghcr.io is none of"),
        ({"envs": [{"name": "FILES", "value": "x" * 32_769}]}, "longer than 32768 bytes"),
        ({"dependsOns": ["app"]}, "there is no container app"),
        ({"startupProbe": {"periodSeconds": 10, "failureThreshold": 25}}, "longer than 240 seconds"),
    ],
)
def test_cloud_run_refuses(gcp: Asked, changes: dict[str, Any], said: str) -> None:
    assert said in " ".join(gcp.problems(RUN_SERVICE, service(**changes)).values())
    assert gcp.problems(RUN_SERVICE, service()) == {}


@pytest.mark.parametrize("timeout", ["3601s", "10m", "600"])
def test_a_timeout_is_in_seconds_and_an_hour_at_most(gcp: Asked, timeout: str) -> None:
    given = service()
    given["template"]["timeout"] = timeout
    assert set(gcp.problems(RUN_SERVICE, given)) == {"template.timeout"}


def test_one_container_of_several_has_the_port(gcp: Asked) -> None:
    given = service()
    given["template"]["containers"].append(
        {"name": "app", "image": "litellm/litellm", "ports": {"containerPort": 1}}
    )
    assert set(gcp.problems(RUN_SERVICE, given)) == {"template.containers"}


def test_a_revision_needs_the_right_to_its_secret_and_a_version_that_is_there(gcp: Asked) -> None:
    keep(gcp)
    with pytest.raises(CloudError, match=r"Permission denied on secret: .*/secrets/key/versions/1 "):
        gcp.create(RUN_SERVICE, with_secret("1"))
    let_read(gcp)
    with pytest.raises(CloudError, match="Permission denied on secret"):
        gcp.create(RUN_SERVICE, with_secret("2"))
    made = gcp.create(RUN_SERVICE, with_secret("1"))
    assert made.plain["uri"] == f"https://gateway-000000000000.{REGION}.run.app"
    assert made.plain["urls"] == [made.plain["uri"]]


def test_versions_count_up_and_a_new_value_is_there_before_the_old_one_goes(gcp: Asked) -> None:
    first = keep(gcp)
    assert (first.id, first.plain["version"]) == ("projects/000000000000/secrets/key/versions/1", "1")
    found = first.diff({"secret": SECRET_ID, "secretData": "w"})
    assert found.replaces == ["secretData"]
    assert not found.delete_before_replace
    second = gcp.create(SECRET_VERSION, {"secret": SECRET_ID, "secretData": "w"}, "version")
    assert second.plain["version"] == "2"


def test_a_serverless_backend_has_no_timeout_of_its_own(gcp: Asked) -> None:
    group = gcp.create(NEG, {"name": "gateway", "region": REGION, "cloudRun": {"service": "gateway"}})
    backend = {"name": "gateway", "backends": [{"group": group.id}]}
    with pytest.raises(CloudError, match="Timeout sec is not supported"):
        gcp.create(BACKEND_SERVICE, {**backend, "timeoutSec": 600})
    gcp.create(BACKEND_SERVICE, backend)


def test_an_alert_needs_its_log_based_metric(gcp: Asked) -> None:
    threshold = {
        "filter": 'metric.type = "logging.googleapis.com/user/restarts"',
        "comparison": "COMPARISON_GT",
        "duration": "0s",
    }
    condition = {"displayName": "d", "conditionThreshold": threshold}
    alert = {"displayName": "a", "combiner": "OR", "conditions": [condition]}
    with pytest.raises(CloudError, match="Cannot find metric"):
        gcp.create(ALERT, alert)
    gcp.create(LOG_METRIC, {"name": "restarts", "filter": "severity>=WARNING"})
    gcp.create(ALERT, alert)


def test_a_deleted_log_bucket_holds_its_id(gcp: Asked) -> None:
    gcp.create(LOG_BUCKET, BUCKET).delete()
    assert [row.token for row in gcp.cloud.lasting()] == [LOG_BUCKET]
    with pytest.raises(CloudError, match="DELETE_REQUESTED"):
        gcp.create(LOG_BUCKET, BUCKET)
    gcp.create(LOG_BUCKET, {**BUCKET, "bucketId": "other"})


@pytest.mark.parametrize("account", ["short", "a" * 31, "Gateway"])
def test_a_service_account_id_has_6_to_30_characters(gcp: Asked, account: str) -> None:
    assert set(gcp.problems(ACCOUNT, {"accountId": account})) == {"accountId"}
